"""From relations to numbers: a problem over keypoints, solved and proven, with no world and no mind.

A problem file holds keypoints, solids and a program; the answer is a pose of the hand and a way for each
stage, with the residual of every relation and the clearance on the way. `handsel solve FILE` does the same.

Usage:
    python examples/05_plan_without_a_world.py
    python examples/05_plan_without_a_world.py my_problem.toml
"""

import sys
from pathlib import Path

from handsel.cli.solve import Solve
from handsel.cli.solving import read_file, solved

PROBLEM = Path(__file__).resolve().parent / "problems" / "two_stages.toml"


def main(path: str = str(PROBLEM)) -> int:
    """Solve the file's stages and print what proves them."""
    command = Solve(problem=Path(path))
    table = solved(read_file(command.problem, command), command)
    for stage in table["stages"]:
        print(f"{stage['purpose']}: clearance {1000 * stage['clearance_m']:.0f} mm")
        for relation in stage["relations"]:
            residual, unit = relation["residual"], relation["unit"]
            print(f"    {relation['text']}  residual {residual:.1e} {unit}, met {relation['met']}")
    return 0 if table["proved"] else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
