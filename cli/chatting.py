"""What ``handsel chat`` does once its imports are paid for."""

import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from ..agent.memory.memory import MEMORY, Memory, memory_named
from ..core.errors import InputError
from ..sim.start import start_world
from .chat import Chat
from .chat_session import ChatSession
from .dialogue import can_ask
from .kernels import COMPILING, compiled_before
from .session import chosen_mind, chosen_perceiver, chosen_scene
from .viewing import viewing

LONGEST_LINE = 100_000
"""Most bytes of a line of a pipe that are read at once."""


def run_chat(command: Chat) -> int:
    """Talk until the person leaves.

    Args:
        command: The arguments.

    Returns:
        The exit code of the worst outcome.

    Raises:
        HandselError: If it cannot begin.
    """
    chosen = command.as_run()
    scene, mind, perceiver = chosen_scene(chosen), chosen_mind(chosen), chosen_perceiver(chosen)
    here = can_ask()
    console = Console(highlight=False, soft_wrap=True)
    if not compiled_before():
        console.print(COMPILING, markup=False)
    with (
        memory_beside(command.out, command.memory) as memory,
        viewing(command.view, command.rerun, console) as watchers,
    ):
        watched = command.view is not None
        robot, _ = start_world(scene, seed=command.seed, paced=here or watched, noise=command.noise)
        with robot:
            session = ChatSession(
                robot,
                mind,
                perceiver,
                memory=memory,
                console=console,
                out=command.out,
                seed=command.seed,
                base_url=command.base_url,
                watchers=watchers,
            )
            return converse(session, here)


def memory_beside(runs: Path, name: str | None) -> Memory:
    """Open the memory of a conversation.

    Args:
        runs: Folder of all runs.
        name: The memory, as ``--memory`` has it; the one beside the runs where None.

    Raises:
        InputError: If the folder or the file cannot be used.
    """
    try:
        runs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {str(runs)!r} cannot be made: {error.strerror}") from error
    return memory_named(str(runs / MEMORY) if name is None else name) or Memory(None)


def converse(session: ChatSession, here: bool) -> int:
    """Take lines from a person at a terminal, or from a pipe.

    Args:
        session: What the lines are for.
        here: Whether somebody sits there.

    Returns:
        The exit code of the worst outcome.
    """
    try:
        if here:
            from .chat_terminal import talk

            talk(session)
        else:
            follow(session, lines_of_pipe())
    finally:
        session.close()
    return session.exit_code


def follow(session: ChatSession, lines: Iterator[str]) -> None:
    """Take lines one after the other, each when the one before it is over.

    Args:
        session: What the lines are for.
        lines: The lines; empty ones and those that begin with ``#`` are passed over.
    """
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        session.print(f"> {line}")
        goes_on = session.take(line)
        try:
            session.wait()
        except KeyboardInterrupt:
            session.stop()
            session.wait()
            return
        if not goes_on or session.gone:
            return


def lines_of_pipe() -> Iterator[str]:
    """Give the lines of standard input; one that ends with a backslash goes on in the next."""
    kept = ""
    for raw in iter(lambda: sys.stdin.buffer.readline(LONGEST_LINE), b""):
        line = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        if line.endswith("\\"):
            kept += line[:-1] + "\n"
            continue
        yield kept + line
        kept = ""
    if kept:
        yield kept
