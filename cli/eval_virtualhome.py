"""What ``handsel eval virtualhome`` does: plans for household tasks told in words, judged by others."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..agent.minds import named_mind
from ..core.errors import InputError, UnknownName
from ..sim.virtualhome.minds import make_planner
from ..sim.virtualhome.package import KINDS
from ..sim.virtualhome.run import evaluate, run_in
from .eval import Eval
from .eval_plan import default_folder


def run_virtualhome(command: Eval) -> int:
    """Make a plan for every prompt of the package, let it judge them, and print its figures.

    Args:
        command: The arguments; ``--trials`` counts the tasks.

    Returns:
        0; a low rate is a result, not a failure of the command.

    Raises:
        InputError: If the mind is none that can plan here, or the folder holds another run.
        MissingDependency: If the package's environment is not there; the text has the line that makes it.
    """
    if command.resume is not None and any(
        (command.out, command.mind, command.model, command.trials, command.kind)
    ):
        raise InputError("the folder of --resume says who plans and what: leave the other options out")
    folder = command.resume or command.out or default_folder(command)
    if command.resume is None:
        mind, tasks = named_mind(command.mind or "rules", command.model, command.base_url), command.trials
        kind = command.kind or "actions"
        if kind not in KINDS:
            raise UnknownName("kind of virtualhome", kind, KINDS)
        if (folder / "config.json").exists():
            raise InputError(f"{folder} holds a run already; go on with it by --resume {folder}")
    else:
        kind, mind, tasks = run_in(folder)
    planner = make_planner(mind, kind, command.record)
    folder.mkdir(parents=True, exist_ok=True)
    console = Console(file=sys.stderr, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("virtualhome: its prompts", total=None)

        def on_plan(record: dict[str, Any], total: int) -> None:
            done = progress.tasks[0].completed + 1
            what = "plans" if done < total else "judged by the package, which takes minutes"
            progress.update(bar, total=total, completed=done, description=f"virtualhome: {what}")

        summary = evaluate(mind, planner, folder, kind=kind, tasks=tasks, on_plan=on_plan)
    if command.json is not None:
        command.json.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    show(summary)
    print(f"  tasks     {folder / 'tasks.jsonl'}")
    return 0


def show(summary: dict[str, Any]) -> None:
    """Print the figures."""
    plans = summary["kind"] == "actions"
    print(f"virtualhome, {summary['kind']}, {summary['mind']}, {summary['package']}: ", end="")
    print(f"{summary['counted']} of {summary['tasks']} tasks count", end="")
    print(", those whose own plan meets their goals" if plans else "")
    rows = {"goals met" if plans else "goals exact": summary["goals"]}
    rows |= {"carried out": summary["execution"]} if plans else {}
    rows |= {f"goals, {half}": row for half, row in summary["halves"].items()}
    for name, row in rows.items():
        low, high = row["interval"]
        part = f"{row['right'] / row['of']:.1%}" if row["of"] else "-"
        print(f"  {name:<20} {row['right']:>3} of {row['of']:>3} {part:>6}", end="")
        print(f" (95 % interval {low:.1%} to {high:.1%})")
    if plans:
        print(f"  plans that are the package's own, which its judge gives no goals: {summary['as_theirs']}")
    else:
        theirs = ("node_f1", "edge_f1", "action_f1", "all_f1")
        print("  " + ", ".join(f"{name} {summary['theirs'].get(name)}" for name in theirs))
    for name, row in summary["names"].items():
        if row["right"] < row["of"]:
            print(f"    {name:<34} {row['right']:>3} of {row['of']:>3}")
