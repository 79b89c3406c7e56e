"""What ``handsel eval`` does once its imports are paid for."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from ..agent.minds import RECORDED, named_mind
from ..agent.report.folder import finish_replay, start_replay
from ..core.errors import HandselError, InputError
from ..sim.baselines import count, run_baselines
from ..sim.evaluate import evaluate
from ..sim.report.page import REPORT, write_report
from ..sim.run_folder import read_records, write_summary
from ..sim.suite import SUITES
from .eval import Eval
from .eval_plan import Plan, plan_of
from .eval_progress import Course, course

WIDTH = 108  # Of the table, [characters]: rows are read across, so they are not broken.


def run_evaluation(command: Eval) -> int:
    """Run a suite, showing how far it is, and print the summary; the report is written beside it.

    Args:
        command: The arguments.

    Returns:
        0; a low rate is a result, not a failure of the command.

    Raises:
        InputError: If it cannot be run so; nothing was run then.
    """
    plan = plan_of(command)
    wanted = count(plan.evaluation) if command.baselines else 0
    console = Console(file=sys.stderr, highlight=False)
    try:
        with course(console) as shown:
            summary = _run(plan, shown)
            if wanted:
                with shown.of("baselines", wanted) as told:
                    rows = run_baselines(
                        plan.evaluation, plan.folder, lambda record: told(bool(record["success"]), False)
                    )
                summary["baselines"] = rows
            for note in animate_failures(summary, plan.folder):
                shown.say(note)
    except KeyboardInterrupt:
        console.print(f"go on with: handsel eval --resume {plan.folder}", markup=False, soft_wrap=True)
        raise
    summary["command"] = plan.command + (" --baselines" if wanted else "")
    write_summary(plan.folder, summary)
    if command.json is not None:
        command.json.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    report = command.html or plan.folder / REPORT
    write_report(summary, plan.folder, report)
    show(summary, plan.folder, report)
    return 0


def _run(plan: Plan, shown: Course) -> dict[str, Any]:
    """Run the suite itself; what fails is said as it fails."""
    numbers = set(plan.evaluation.numbers)
    found = {record["episode"] for record in read_records(plan.folder)}
    with shown.of(plan.evaluation.conditions.suite, len(numbers)) as told:

        def on_episode(record: dict[str, Any]) -> None:
            if record["episode"] not in numbers:
                return
            told(bool(record["success"]), record["episode"] in found)
            if not record["success"]:
                shown.say(f"episode {record['episode']}: {record['cause']}")

        return evaluate(plan.evaluation, plan.folder, on_episode)


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


def show(summary: dict[str, Any], folder: Path, report: Path | None = None) -> None:
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
    for name, row in summary.get("baselines", {}).items():
        low, high = row["interval"]
        print(f"  beside it, {name:<8} {row['success_rate']:6.1%} of {row['trials']}", end="")
        print(f" ({low:.1%} to {high:.1%}): {row['label']}")
    print(f"  episodes           {folder}")
    if report is not None:
        print(f"  report             {report}")


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
