"""A program in place of a mind: relations over a thing's keypoints, read, planned and carried out.

Program text is parsed and never executed (docs/programs.md), whoever wrote it: a person, the grammar or a
language model. The first line says what sentence it is for; a slot takes the words that stand in its place.

Usage:
    python examples/08_write_a_program_yourself.py
"""

import sys
import tempfile
from pathlib import Path

from handsel.agent import Agent, make_mind
from handsel.perception.geometric import GeometricPerceiver
from handsel.robots.registry import open_robot

PROGRAM = """# show the {thing}
def stage_1():
    grasp({thing})

def stage_2():
    \"\"\"15 cm up, no more tilted than it was\"\"\"
    goal(height({thing}.bottom) == height(origin({thing}.bottom)) + cm(15))
    along(norm(xy({thing}.center) - xy(origin({thing}.center))) <= cm(2))
    hold({thing})
"""


def main() -> int:
    """Show the red block to the camera."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "show.txt"
        path.write_text(PROGRAM)
        mind = make_mind(f"program:{path}")
        with open_robot("sim:blocks") as robot:
            episode = Agent(robot, mind, GeometricPerceiver(), seed=0).run("show the red block")
    for stage in episode.stages:
        print(f"{stage.purpose}: {stage.duration:.1f} s, clearance {1000 * stage.clearance:.0f} mm")
    print(f"{episode.outcome}: {episode.reason}")
    return episode.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
