"""What ``handsel eval libero_goals`` does: another's instructions against their symbolic goals; no world."""

import json
from typing import Any

from ..core.errors import InputError
from ..sim.goals.run import run_tasks, sum_up
from ..sim.goals.tasks import read_tasks
from .eval import Eval


def run_goals(command: Eval) -> int:
    """Let the rules understand every task of the data, and print whose goal was met exactly.

    Args:
        command: The arguments.

    Returns:
        0; a low rate is a result, not a failure of the command.

    Raises:
        InputError: If the data cannot be read, or another mind than the rules is asked for.
    """
    if command.data is None:
        raise InputError("libero_goals needs a file of tasks: --data FILE.json; see docs/planning_only.md")
    if command.mind not in (None, "rules"):
        raise InputError(f"libero_goals reads the meanings of --mind rules; {command.mind!r} gives none")
    records = list(run_tasks(read_tasks(command.data)))
    for record in records:
        if record["judgement"] != "right":
            print(f"{record['number']:>3} {record['judgement']}: {record['text']} | {record['said']}")
            print(f"      expected {', '.join(record['expected'])}")
            print(f"      got      {', '.join(record['got']) or 'nothing'}")
    summary = {"suite": "libero_goals", "mind": "rules", **sum_up(records)}
    if command.json is not None:
        text = json.dumps({**summary, "records": records}, indent=1) + "\n"
        command.json.write_text(text, encoding="utf-8")
    _show(summary)
    return 0


def _show(summary: dict[str, Any]) -> None:
    """Print the figures, one a line."""
    rows = {"all": summary["all"], **summary["halves"], **summary["suites"]}
    rows["in other words"] = summary["in_other_words"]
    for name, row in rows.items():
        low, high = row["interval"]
        share = f"{row['right'] / row['of']:.1%}" if row["of"] else "-"
        print(f"{name:<16} {row['right']:>3} of {row['of']:>3} {share:>6}", end="")
        print(f" (95 % interval {low:.1%} to {high:.1%})")
    print(", ".join(f"{name} {number}" for name, number in summary["judgements"].items()), end="")
    print(f"; right where what holds from the start is left aside {summary['but_standing']}")
