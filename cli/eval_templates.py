"""What ``handsel eval cap_templates`` does: another's templates over blocks and bowls; no world."""

import json
from typing import Any

from ..agent.mind import Mind
from ..agent.minds import make_mind
from ..core.errors import InputError
from ..sim.templates.filling import read_templates
from ..sim.templates.run import run_templates, sum_up
from .eval import TRIALS, Eval
from .evaluation import mind_of


def run_cap_templates(command: Eval) -> int:
    """Let a mind do every template with seen and unseen words, and print how often it ends as meant.

    Args:
        command: The arguments; ``trials`` is how often each template is filled with either kind of words.

    Returns:
        0; a low rate is a result, not a failure of the command.

    Raises:
        InputError: If the data cannot be read.
    """
    if command.data is None:
        raise InputError(
            "cap_templates needs a file of templates: --data FILE.json; see docs/planning_only.md"
        )
    mind = mind_of(command) if command.mind else "rules"
    if command.record is not None:
        command.record.mkdir(parents=True, exist_ok=True)

    def make(number: int) -> Mind:
        record = None if command.record is None else command.record / f"{number:04d}.json"
        return make_mind(mind, record=record, choosing=command.choose)

    records = []
    trials = TRIALS if command.trials is None else command.trials
    for record in run_templates(read_templates(command.data), make, trials, command.seed):
        records.append(record)
        if not record["success"]:
            print(f"{record['number']:>4} {record['text']} | {record['reason']}")
    summary = {"suite": "cap_templates", "mind": mind, "seed": command.seed, **sum_up(records)}
    if command.json is not None:
        text = json.dumps({**summary, "records": records}, indent=1) + "\n"
        command.json.write_text(text, encoding="utf-8")
    _show(summary)
    return 0


def _show(summary: dict[str, Any]) -> None:
    """Print the figures, one a line."""
    print(f"cap_templates, {summary['mind']}, seed {summary['seed']}")
    for name, row in {**summary["rows"], **summary["meanings"]}.items():
        low, high = row["interval"]
        share = f"{row['right'] / row['of']:.1%}" if row["of"] else "-"
        print(f"  {name:<30} {row['right']:>3} of {row['of']:>3} {share:>6}", end="")
        print(f" (95 % interval {low:.1%} to {high:.1%})")
    print(f"  done, and not as meant: {summary['wrongly_done']} of {summary['instructions']}")
