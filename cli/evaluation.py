"""What ``handsel eval`` does once its imports are paid for."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from math import radians
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ..agent.minds import RECORDED, named_mind
from ..agent.report.folder import finish_replay, start_replay
from ..core.errors import HandselError, InputError
from ..sim.evaluate import Evaluation, evaluate
from ..sim.suite import SUITES, Conditions
from .eval import Eval

WIDTH = 108  # Of the table, [characters]: rows are read across, so they are not broken.


def run_evaluation(command: Eval) -> int:
    """Run a suite, showing the count as it grows, and print the summary.

    Args:
        command: The arguments.

    Returns:
        0; a low rate is a result, not a failure of the command.

    Raises:
        InputError: If the summary's file cannot be written.
    """
    if command.json is not None and not command.json.parent.is_dir():
        raise InputError(f"the folder of --json {str(command.json)!r} does not exist")
    conditions = Conditions(
        suite=command.suite,
        seed=command.seed,
        mind=mind_of(command),
        perceiver=command.perceiver,
        noise=command.noise,
        camera_error=(1e-3 * command.camera_error[0], radians(command.camera_error[1])),
        disturbed=command.disturbed,
        kind=command.kind,
        record="" if command.record is None else str(command.record),
        memory=command.memory,
    )
    evaluation = Evaluation(
        conditions=conditions, trials=command.trials, workers=command.workers, first=command.first
    )
    folder = command.out or default_folder(command)
    console = Console(file=sys.stderr, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task(command.suite, total=command.trials)
        successes = 0

        def on_episode(record: dict[str, Any]) -> None:
            nonlocal successes
            successes += bool(record["success"])
            progress.update(bar, advance=1, description=f"{command.suite}: {successes} done")
            if not record["success"]:
                progress.console.print(f"episode {record['episode']}: {record['cause']}", markup=False)

        summary = evaluate(evaluation, folder, on_episode)
        progress.update(bar, description="animating failures")
        for note in animate_failures(summary, folder):
            progress.console.print(note, markup=False)
    if command.json is not None:
        command.json.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    show(summary, folder)
    return 0


def mind_of(command: Eval) -> str:
    """Give the one name that says all of the mind.

    Raises:
        InputError: If recorded conversations are given to another mind than a model's.
    """
    mind = command.mind or SUITES.load(command.suite).mind
    if command.recorded is None:
        return named_mind(mind, command.model, command.base_url)
    if mind != "model" or command.model or command.base_url or command.record:
        raise InputError("--recorded answers in a model's place: it goes with --mind model and nothing else")
    return f"{RECORDED}{command.recorded}"


def animate_failures(summary: dict[str, Any], folder: Path) -> Iterator[str]:
    """Make the animation of every failed episode that has none yet.

    Yields:
        What could not be made, one sentence each.
    """
    for record in summary["episodes"]:
        place = folder / f"episode-{record['episode']:04d}"
        if record["success"] or (place / "replay.html").exists() or not (place / "trace.jsonl").exists():
            continue
        try:
            finish_replay(start_replay(place))
        except HandselError as error:
            yield f"episode {record['episode']}: {error}"


def default_folder(command: Eval) -> Path:
    """Name a folder for the episodes: the summary's without its ending, else by the time."""
    if command.json is not None:
        return command.json.with_suffix("")
    return Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}-eval-{command.suite}-{command.seed}"


def show(summary: dict[str, Any], folder: Path) -> None:
    """Print the figures that matter: as a table where the suite asks for some, else one a line."""
    low, high = summary["interval"]
    print(
        f"{summary['suite']}, seed {summary['seed']}: {summary['success_rate']:.1%} of {summary['trials']}",
        end="",
    )
    print(f" (95 % interval {low:.1%} to {high:.1%})")
    if "rows" in summary:
        Console(highlight=False, width=WIDTH).print(table_of(summary["rows"]))
    else:
        for name, value in summary["metrics"].items():
            print(f"  {name:<18} {value:.3f}" if isinstance(value, float) else f"  {name:<18} {value}")
    print(f"  episodes           {folder}")


def table_of(rows: list[dict[str, Any]]) -> Table:
    """Lay out what is asked beside what was measured.

    Args:
        rows: Rows as ``sim.perception_summary.rows`` gives them.
    """
    table = Table("what", box=box.SIMPLE)
    for heading in ("asked", "measured", "95 % interval", "of"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("")
    for row in rows:
        unit = row["unit"]
        sign = ">=" if row["least"] else "<="
        asked = "" if row["asked"] is None else f"{sign} {_figure(row['asked'], unit)}"
        interval = row["interval"] or (None, None)
        span = " to ".join(_figure(end, unit) for end in interval) if row["count"] else ""
        met = {True: "met", False: "MISSED", None: ""}[row["met"]]
        table.add_row(row["what"], asked, _figure(row["measured"], unit), span, str(row["count"]), met)
    return table


def _figure(value: float | None, unit: str) -> str:
    """Write a figure in its unit; what is stored is SI, shares from 0 to 1 and degrees."""
    if value is None:
        return "-"
    scale, digits = {"%": (100.0, 1), "mm": (1e3, 1), "ms": (1e3, 0), "deg": (1.0, 1)}[unit]
    return f"{scale * value:.{digits}f} {unit}"
