"""What is closed at the end of a ``with`` block."""

from types import TracebackType
from typing import Self


class Closing:
    """Gives a class with ``close`` its ``with`` block."""

    __slots__ = ()

    def close(self) -> None:
        """Let go of everything."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Use it in a ``with`` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()
