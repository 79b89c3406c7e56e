"""One sentence in, one finished task out.

Starts a simulated Panda at its table in a process of its own, gives an agent its handle, and has a sentence
carried out. The agent sees through the robot's cameras and nothing else; the mind is the offline grammar.

Usage:
    python examples/01_run_one_sentence.py
    python examples/01_run_one_sentence.py "put the yellow block on the plate"
"""

import sys

from handsel.agent import Agent
from handsel.agent.rules.mind import RulesMind
from handsel.perception.geometric import GeometricPerceiver
from handsel.sim.start import start_world


def main(sentence: str = "put the red block in the bowl") -> int:
    """Carry the sentence out and tell how each stage went."""
    robot, _ = start_world("default", seed=0)
    with robot:
        agent = Agent(robot, RulesMind(), GeometricPerceiver(), seed=0)
        episode = agent.run(sentence)
    for stage in episode.stages:
        print(f"{stage.purpose}: clearance {1000 * stage.clearance:.0f} mm, {stage.duration:.1f} s")
    print(f"{episode.outcome}: {episode.reason}")
    return episode.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
