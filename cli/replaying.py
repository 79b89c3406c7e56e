"""What ``handsel replay`` does once its imports are paid for."""

import math
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from ..agent.trace import read_trace
from ..core.errors import HandselError, InputError
from .replay import Replay
from .telling import told_fully
from .why import Event, why


def replay(command: Replay) -> int:
    """Play a run.

    Args:
        command: The arguments.

    Returns:
        0.

    Raises:
        InputError: If there is no such run, or the speed is none.
        HandselError: If the animation cannot be made.
    """
    if not (math.isfinite(command.speed) and command.speed >= 0.0):
        raise InputError(f"--speed {command.speed!r}: expected 0 or more, such as 1 for as fast as it was")
    trace = trace_of(command.run)
    events = read_trace(trace)
    if not events or events[0]["kind"] != "begin":
        raise InputError(f"{str(trace)!r} is no trace of a run: its first event is not 'begin'")
    console = Console(highlight=False, soft_wrap=True, markup=False)
    if command.why:
        for line in checked(why(events), trace):
            console.print(line)
    else:
        for at, line in checked(played(events), trace):
            wait(at, command.speed)
            console.print(line)
    if command.open:
        for note in made_whole(trace.parent):
            console.print(f"note: {note}")
        console.print(f"open in a browser: {(trace.parent / 'replay.html').absolute()}")
    return 0


def trace_of(run: Path) -> Path:
    """Find the trace of a run.

    Raises:
        InputError: If there is none.
    """
    trace = run / "trace.jsonl" if run.is_dir() else run
    if not trace.is_file():
        raise InputError(f"there is no run at {str(run)!r}: expected a run folder with trace.jsonl in it")
    return trace


def played(events: tuple[Event, ...]) -> Iterator[tuple[float, str]]:
    """Give robot time since the beginning and a line for each event that says something."""
    start = before = float(events[0].get("t", 0.0))
    for event in events:
        line = told_fully(str(event["kind"]), event)
        if line is not None:
            now = float(event.get("t", start))
            yield now - before, f"{now - start:7.2f} s  {line[0]:>8}  {line[1]}"
            before = now
    if events[-1]["kind"] != "end":
        yield 0.0, f"{'':10} {'end':>8}  the trace breaks off: the run goes on, or was killed"


def checked(lines: Iterator, trace: Path) -> Iterator:
    """Give lines; what is not as a trace has it is told.

    Raises:
        InputError: If an event lacks what it should have.
    """
    try:
        yield from lines
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise InputError(f"{str(trace)!r} has an event that cannot be told: {error!r}") from error


def wait(seconds: float, speed: float) -> None:
    """Let the time between two events pass."""
    if speed > 0.0:
        time.sleep(max(0.0, seconds) / speed)


def made_whole(folder: Path) -> list[str]:
    """Make the animation and the pictures that a run folder lacks.

    Args:
        folder: It; the trace lies in it.

    Returns:
        What could not be made though it is of use, one sentence each.

    Raises:
        HandselError: If the animation cannot be made.
    """
    from ..agent.report.folder import finish_replay, start_replay
    from ..agent.report.plan_picture import draw_plan
    from ..agent.report.read_trace import read_run

    record = read_run(folder / "trace.jsonl")
    child = None if (folder / "replay.html").exists() else start_replay(folder)
    notes = []
    try:
        if record.stages and not (folder / "plan.png").exists():
            draw_plan(record, folder / "plan.png")
    except HandselError as error:
        notes.append(str(error))
    finally:
        if child is not None:
            finish_replay(child)
    if not (folder / "scene.png").exists():
        notes.append(
            "scene.png shows what a camera saw, which a trace does not hold; plan.png has the things"
        )
    return notes
