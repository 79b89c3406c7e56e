"""What ``handsel eval compare A B`` does: two runs, paired, with a test of the difference."""

import json
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from ..core.errors import InputError
from ..sim.comparison import TIMES, compare, load_run
from .eval import Eval

WIDTH = 108
"""Of the tables, [characters]."""
ALPHA = 0.05
"""A difference is called one from this probability of chance down."""
MOST_CHANGED = 12
"""So many episodes that only one of the runs did are listed."""


def run_compare(command: Eval) -> int:
    """Print how two runs differ; as JSON to a file where one is named.

    Args:
        command: The arguments.

    Returns:
        0, whichever is better.

    Raises:
        InputError: If there are not two runs, or they cannot be paired.
    """
    if len(command.runs) != 2:
        raise InputError(f"compare takes two runs, folders or summaries; got {len(command.runs)}")
    found = compare(*map(load_run, command.runs))
    if command.json is not None:
        command.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    show(found)
    return 0


def show(found: dict[str, Any]) -> None:
    """Print a comparison.

    Args:
        found: What ``sim.comparison.compare`` gave.
    """
    print(f"{found['suite']}, seed {found['seed']}")
    print(f"  A  {found['a']}")
    print(f"  B  {found['b']}")
    for name, (one, other) in found["conditions_differ"].items():
        print(f"  {name}: {_plain(one)} in A, {_plain(other)} in B")
    for side in ("a", "b"):
        alone = found[f"only_in_{side}"]
        if alone:
            print(f"  {len(alone)} episodes are only in {side.upper()} and are left out")
    table = Table(box=box.SIMPLE, show_edge=False)
    for heading in ("", "pairs", "A", "B", "only A", "only B", "B less A", "95 % interval", "p"):
        table.add_column(heading, justify="left" if not heading else "right", no_wrap=True)
    table.add_row("all", *_row(found["success"], found["success"]["p"]))
    for kind, cell in found["by_kind"].items():
        table.add_row(f"  {kind}", *_row(cell, cell["p_holm"]))
    Console(highlight=False, markup=False, width=WIDTH).print(table)
    print(f"  {verdict(found['success'])}")
    print("  p: McNemar's exact test; of kinds, corrected for their number (Holm)")
    for name, what in TIMES.items():
        cell = found["times"][name]
        if cell["pairs"]:
            interval = cell["interval"]
            told = "" if interval is None else f" ({interval[0]:+.3f} to {interval[1]:+.3f})"
            print(f"  {what}: {cell['median_difference']:+.3f}{told}, median of {cell['pairs']} both did")
    for one in found["changed"][:MOST_CHANGED]:
        print(f"  episode {one['episode']} {one['kind']}: only in {one['done_in'].upper()}: {one['cause']}")
    if len(found["changed"]) > MOST_CHANGED:
        print(f"  and {len(found['changed']) - MOST_CHANGED} more; --json FILE has all of them")


def verdict(cell: dict[str, Any]) -> str:
    """Say in a sentence what the test says, no more.

    Args:
        cell: The counts of all pairs.
    """
    if cell["p"] <= ALPHA:
        better = "B" if cell["difference"] > 0 else "A"
        return f"{better} did more; chance alone gives such a difference in {cell['p']:.2g} of cases"
    if not cell["only_a"] + cell["only_b"]:
        return "every episode ended alike in both"
    return f"no difference that chance alone would not give in {cell['p']:.2g} of cases"


def _row(cell: dict[str, Any], p: float) -> tuple[str, ...]:
    low, high = cell["interval"]
    return (
        str(cell["pairs"]),
        f"{cell['a']:.1%}",
        f"{cell['b']:.1%}",
        str(cell["only_a"]),
        str(cell["only_b"]),
        f"{100 * cell['difference']:+.1f}",
        f"{100 * low:+.1f} to {100 * high:+.1f}",
        f"{p:.3g}",
    )


def _plain(value: object) -> str:
    return repr(value) if value != "" else "none"
