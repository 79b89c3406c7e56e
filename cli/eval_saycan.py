"""What ``handsel eval saycan`` does: household instructions in a home of symbols; no world, no motion."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..agent.ablation import Part, check_mind, checked_parts, term_left_out
from ..agent.minds import make_mind
from ..core.errors import InputError
from ..sim.report.page import write_report
from ..sim.saycan.cases import Case, read_cases
from ..sim.saycan.home import read_home
from ..sim.saycan.run import run_case, sum_up
from ..sim.sharing import read_workers
from ..sim.suite import check_ablation
from .eval import Eval
from .eval_plan import parts_of
from .evaluation import mind_of

PARTS: tuple[Part, ...] = ("can", "say", "repair")
"""What the household of symbols can do without: nothing moves there."""


def run_saycan(command: Eval) -> int:
    """Let a mind carry out every instruction of the data, and print plan success by kind.

    Args:
        command: The arguments.

    Returns:
        0; a low rate is a result, not a failure of the command.

    Raises:
        InputError: If the data cannot be read.
    """
    if command.data is None:
        raise InputError("saycan needs a table of instructions and plans: --data FILE.tsv")
    ablate = checked_parts(parts_of(command))
    check_ablation("saycan", ablate, PARTS)
    home, mind = read_home(), mind_of(command) if command.mind else "rules"
    cases = read_cases(command.data, home)
    if command.record is not None:
        command.record.mkdir(parents=True, exist_ok=True)

    def one(case: Case) -> dict[str, Any]:
        record = None if command.record is None else command.record / f"{case.number:03d}.json"
        own = make_mind(mind, record=record, choosing=command.choose, repairs="repair" not in ablate)
        check_mind(own, ablate)
        return run_case(case, home, own, term_left_out(ablate))

    # Thinking is waiting for a server; each instruction has a mind and a house of its own.
    workers = read_workers(command.workers)
    if workers.cluster is not None:
        raise InputError("saycan has no world to share out over a cluster; give --workers a number")
    with ThreadPoolExecutor(workers.count) as pool:
        records = list(pool.map(one, cases))
    for record in records:
        if not record["success"]:
            print(f"{record['episode']:>3} {record['instruction']} | {record['cause']}")
    summary = {"suite": "saycan", "mind": mind, "ablate": list(ablate), **sum_up(records)}
    _write(command.json, {**summary, "episodes": records})
    if command.html is not None:
        write_report({**summary, "episodes": records}, command.html.parent, command.html)
    _show(summary)
    return 0


def _write(path: Path | None, summary: dict[str, Any]) -> None:
    if path is not None:
        path.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")


def _show(summary: dict[str, Any]) -> None:
    """Print the figures, one a line."""
    low, high = summary["interval"]
    left_out = f" without {' and '.join(summary['ablate'])}" if summary["ablate"] else ""
    share, count = summary["success_rate"], summary["instructions"]
    print(f"saycan, {summary['mind']}{left_out}: {share:.1%} of {count} plans", end="")
    print(f" (95 % interval {low:.1%} to {high:.1%}); gave up on {summary['stuck']}")
    for kind, count in summary["by_kind"].items():
        right = round(count["success_rate"] * count["trials"])
        print(f"  {kind:<14} {right:>3} of {count['trials']:>3}")
