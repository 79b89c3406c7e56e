"""Watchers to put beside a run: the live page, and the log."""

from collections.abc import Callable
from pathlib import Path

from .behind import Behind
from .painter import Painter

LOGGED = 4096
"""Events of a log that wait at most: a log is of no use with holes in it."""


class LivePage(Behind):
    """A page in the browser that shows the run as it goes.

    Attributes:
        address: Where a browser on this machine can watch.
    """

    def __init__(self, port: int | None = None, *, notice: Callable[[str], None]):
        """Open the page.

        Args:
            port: Where it listens on this machine; a free one where none is given.
            notice: Told what a person should know: that it failed, or that it was late.

        Raises:
            InputError: If nothing can listen there.
        """
        self.address = ""
        super().__init__(lambda: self._open(port), notice=notice, name="viewer")

    def _open(self, port: int | None) -> Painter:
        from .meshcat_canvas import MeshcatCanvas

        canvas = MeshcatCanvas(port)
        self.address = canvas.address
        return Painter(canvas)


class RunLog(Behind):
    """A file for the rerun viewer with what the live page shows."""

    def __init__(self, path: Path, *, notice: Callable[[str], None]):
        """Begin the file.

        Args:
            path: Where it goes, ``*.rrd``; an old one is written over.
            notice: Told what a person should know: that it failed, or that it was late.

        Raises:
            MissingDependency: If rerun is not installed.
            InputError: If the file cannot be written.
        """
        super().__init__(lambda: self._open(path), notice=notice, name="rerun log", most=LOGGED)

    def _open(self, path: Path) -> Painter:
        from .rerun_canvas import RerunCanvas

        return Painter(RerunCanvas(path))
