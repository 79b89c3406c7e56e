"""A process of ours that others' software runs in: started, listened to when it dies, and ended."""

import contextlib
import subprocess
import tempfile
from collections.abc import Mapping, Sequence

LAST_WORDS = 2000
"""Characters of what a dead process said that go into a message."""
PATIENCE = 20.0
"""How long one that was let go may take to end, [s]."""
DYING = 2.0
"""How long one that has hung up may take to say why, [s]."""


class Child:
    """A child process; what it says is kept for messages."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        fds: Sequence[int] = (),
        pipes: bool = False,
        env: Mapping[str, str] | None = None,
    ):
        """Start it, in a session of its own: a Ctrl-C here is not one there.

        Args:
            command: What is run.
            fds: Descriptors that it inherits.
            pipes: Whether its standard input and output are pipes from here; else it has no input, and its
                output is kept along with its errors.
            env: Its environment variables; ours where None.

        Raises:
            OSError: If the command cannot be run.
        """
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process.
        try:
            self.process = subprocess.Popen(
                list(command),
                pass_fds=tuple(fds),
                stdin=subprocess.PIPE if pipes else subprocess.DEVNULL,
                stdout=subprocess.PIPE if pipes else self._said,
                stderr=self._said,
                start_new_session=True,
                env=env,
            )
        except OSError:
            self._said.close()
            raise

    def last_words(self) -> str:
        """Give the end of what the process said; empty after its end."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(DYING)
        if self._said.closed:
            return ""
        size = self._said.seek(0, 2)
        self._said.seek(max(0, size - LAST_WORDS))
        return self._said.read().decode(errors="replace")

    def end(self, patience: float = PATIENCE) -> None:
        """Wait for its end, [s]; one that does not end is killed. May be called twice."""
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._said.close()
