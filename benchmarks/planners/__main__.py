"""Measure the free hand's solvers against the field's on the seven problems, in one process.

Usage:
    python -m benchmarks.planners [--parts subgoal warm noise way snopt] [--seeds 10] [--out FILE.jsonl]

All times are processor seconds of one thread. Each finished case is one line of
``--out``; a run that finds the file goes on where the last one stopped. The
table at the end is computed from the file, and written next to it as JSON.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from . import cases, report

PARTS: dict[str, Callable[[int], Iterator[tuple[str, Callable[[], dict]]]]] = {
    "subgoal": cases.subgoals,
    "warm": cases.warm,
    "noise": cases.noise,
    "way": cases.ways,
    "snopt": cases.snopt,
}


def main() -> None:
    """Run what is not in the file yet, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=tuple(PARTS), default=list(PARTS))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--out", type=Path, default=Path("build/bench/planners.jsonl"))
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.touch()
    known = {json.loads(line)["case"] for line in args.out.read_text().splitlines()}
    for part in args.parts:
        for case, measure in PARTS[part](args.seeds):
            name = f"{part} {case}"
            if name in known:
                continue
            row = {"case": name, "part": part, **measure()}
            with args.out.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(report.line(row), flush=True)
    rows = [json.loads(line) for line in args.out.read_text().splitlines()]
    summary = report.summary(rows)
    args.out.with_suffix(".json").write_text(json.dumps(summary, indent=1) + "\n")
    print(report.table(rows, summary))


if __name__ == "__main__":
    main()
