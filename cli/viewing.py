"""``--view [PORT]`` and ``--rerun FILE``: who watches a run besides its folder and the terminal."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from ..agent.events import Subscriber
from ..core.errors import InputError

View = tuple[int, ...] | None
"""``--view`` as it is parsed: None where it was not said, no number where any free port will do."""
PORTS = (1024, 65535)


@contextmanager
def viewing(view: View, rerun: Path | None, console: Console) -> Iterator[tuple[Subscriber, ...]]:
    """Watch meanwhile; the page's address is told before anything else happens.

    Args:
        view: Port of the live page.
        rerun: File of the log.
        console: Where a person is told of the address, and of watchers that failed or were late.

    Yields:
        Subscribers for any number of episodes, one after the other.

    Raises:
        InputError: If the port or the file cannot be had.
        MissingDependency: If rerun is not installed.
    """
    with ExitStack() as stack:
        watchers: list[Subscriber] = []
        port = view_port(view)

        def notice(text: str) -> None:
            console.print(f"[dim]    view[/]  {escape(text)}")

        if view is not None:
            from ..agent.viewer.live import LivePage

            page = stack.enter_context(LivePage(port, notice=notice))
            console.print(f"watch at {page.address}")
            watchers.append(page)
        if rerun is not None:
            from ..agent.viewer.live import RunLog

            watchers.append(stack.enter_context(RunLog(rerun, notice=notice)))
        yield tuple(watchers)


def view_port(view: View) -> int | None:
    """Give the port that was asked for, None where none was.

    Raises:
        InputError: If it is no port that a user's program may have, or there are several.
    """
    if view is None or view == ():
        return None
    first, *others = view
    if others or not PORTS[0] <= first <= PORTS[1]:
        said = " ".join(map(str, view))
        raise InputError(f"--view {said}: expected one port from {PORTS[0]} to {PORTS[1]}, or none")
    return first
