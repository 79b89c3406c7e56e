"""What ``handsel eval instructions`` does: a mind understands sentences; no world, no motion."""

import json
from pathlib import Path
from typing import Any

from ..sim.instructions.run import DEFAULT, read_cases, run_cases, sum_up
from .eval import Eval


def run_instructions(command: Eval) -> int:
    """Let a mind understand every instruction of the data, and print the count.

    Args:
        command: The arguments.

    Returns:
        0; a low rate is a result, not a failure of the command.

    Raises:
        InputError: If the data cannot be read.
    """
    records = []
    for record in run_cases(read_cases(command.data or DEFAULT), command.mind or "rules"):
        records.append(record)
        if record["judgement"] != "right":
            print(f"{record['id']} {record['judgement']}: {record['text']}")
    summary = sum_up(records)
    _write(command.json, {**summary, "records": records})
    _show(summary)
    return 0


def _write(path: Path | None, summary: dict[str, Any]) -> None:
    if path is not None:
        path.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")


def _show(summary: dict[str, Any]) -> None:
    """Print the figures, one a line."""
    count = summary["instructions"]
    if count:
        low, high = summary["right_interval"]
        print(f"instructions {count}: {summary['right'] / count:.1%} exactly right", end="")
        print(f" (95 % interval {low:.1%} to {high:.1%})")
        print("  " + ", ".join(f"{name} {number}" for name, number in summary["judgements"].items()))
        print(f"  wrong actions {summary['wrong_actions']}", end="")
        print(f", of these instead of a question {summary['wrong_instead_of_asking']}")
        for kind, (right, of) in summary["kinds"].items():
            print(f"  {kind:<16} {right:>3} of {of:>3}")
    if summary["unknown"]:
        print(f"unknown {summary['unknown']}: acted on {summary['unknown_acted_on']}", end="")
        print(f", refused or asked as meant {summary['unknown_named']}")
    if summary["cpu_median"] is not None:
        print(f"processor time: median {summary['cpu_median'] * 1e3:.1f} ms", end="")
        print(f", most {summary['cpu_most'] * 1e3:.1f} ms")
