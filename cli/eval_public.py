"""What ``handsel eval metaworld`` does: a public benchmark, in a process and an environment of its own."""

import json
import sys
from pathlib import Path
from typing import Any, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..core.errors import InputError
from ..sim.public.agents import READ
from ..sim.public.env import Tier
from ..sim.public.evaluation import PublicRun, Record, evaluate_public
from ..sim.public.recorded.session import KEY, PROMPTS, RECORDINGS, read_key, take_answers, write_prompts
from ..sim.public.remote import open_bench
from ..sim.public.tasks_file import TasksFile, own_tasks, read_tasks
from .eval import Eval
from .eval_plan import default_folder

READING_SEED = 1000
"""Seed of the pictures that readers are shown, unless another is given: of no episode that is counted."""
TRIALS_OF_A_TASK = 10
"""Episodes of each task where no number is given; so many are published."""


def run_public(command: Eval) -> int:
    """Run a public benchmark's tasks and print success by group and in all.

    Args:
        command: The arguments; ``--trials`` counts the episodes of each task.

    Returns:
        0; a low rate is a result, not a failure of the command.

    Raises:
        InputError: If no instructions are given or they cannot be read.
    """
    said = command.data or own_tasks(command.suite)
    if said is None:
        raise InputError(
            f"{command.suite} needs its instructions: --data FILE.json; see docs/public_benchmarks.md"
        )
    tasks = read_tasks(said)
    if command.record is not None:
        return ask_readers(command, tasks, command.record)
    run = PublicRun(
        benchmark=command.suite,
        tier=cast(Tier, command.tier),
        agent=_who(command),
        seed=command.seed,
    )
    console = Console(file=sys.stderr, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        open_bench(command.suite, tasks.instructions) as env,
        Progress(*columns, console=console, disable=not console.is_terminal) as progress,
    ):
        bar, right = progress.add_task(command.suite, total=None), 0

        def on_episode(record: Record, total: int) -> None:
            nonlocal right
            right += bool(record["success"])
            progress.update(bar, total=total, advance=1, description=f"{command.suite}: {right} done")
            if not record["success"]:
                progress.console.print(f"{record['task']} {record['seed']}: {_why(record)}", markup=False)

        summary = evaluate_public(
            run,
            env,
            tasks,
            command.out or default_folder(command),
            trials=TRIALS_OF_A_TASK if command.trials is None else command.trials,
            kind=command.kind,
            on_episode=on_episode,
        )
    if command.json is not None:
        command.json.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    show(summary)
    return 0


def ask_readers(command: Eval, tasks: TasksFile, folder: Path) -> int:
    """Write prompts with pictures for readers into a folder, and take the answers that are there.

    Args:
        command: The arguments; ``--model`` names the reader.
        tasks: What is said in the tasks.
        folder: Where.

    Returns:
        1 where an answer was refused, else 0.

    Raises:
        InputError: If it is for another tier.
    """
    if command.tier != "recorded":
        raise InputError(f"--record asks readers for the recorded tier; not for {command.tier!r}")
    if not (folder / KEY).exists():
        with open_bench(command.suite, tasks.instructions) as env:
            write_prompts(folder, env, tasks, command.seed or READING_SEED)
    accepted, refused = take_answers(folder, command.model or "a reader")
    print(
        f"{len(read_key(folder))} prompts in {folder / PROMPTS}; {accepted} answers in {folder / RECORDINGS}"
    )
    for number, why in refused.items():
        print(f"{number}: {why}")
    return 1 if refused else 0


def _who(command: Eval) -> str:
    """Say who acts.

    Raises:
        InputError: If recordings are given to another tier.
    """
    if command.recorded is None:
        return command.mind or "keypoints"
    if command.tier != "recorded":
        raise InputError("--recorded goes with --tier recorded: no other tier may know readers' answers")
    return f"{READ}{command.recorded}"


def show(summary: dict[str, Any]) -> None:
    """Print the figures, the tier beside them."""
    low, high = summary["interval"]
    print(
        f"{summary['benchmark']}, {summary['tier']} tier, {summary['agent']}: "
        f"{summary['success_rate']:.1%} of {summary['episodes']} episodes "
        f"(95 % interval {low:.1%} to {high:.1%}); mean over groups {summary['macro']:.1%}"
    )
    for note in summary["notes"]:
        print(f"  {note}")
    for name, one in summary["groups"].items():
        print(f"  {name:<12} {one['right']:>4} of {one['of']:>4}  {one['share']:.1%}")
    for name, one in summary["tasks"].items():
        if one["right"] < one["of"]:
            print(f"    {name:<32} {one['right']:>3} of {one['of']:>3}")


def _why(record: Record) -> str:
    return "; ".join([*record["tries"][-1:], record["cause"]])
