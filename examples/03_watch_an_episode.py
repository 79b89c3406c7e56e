"""Watch what an agent decides, as it decides it.

A subscriber is anything with ``on_event`` and ``close``; the trace, the terminal and the run folder are
subscribers too. This one prints the program that the mind wrote and the verdict of the judge.

Usage:
    python examples/03_watch_an_episode.py
"""

import sys

from handsel.agent import Agent
from handsel.agent.events import Event
from handsel.agent.rules.mind import RulesMind
from handsel.perception.geometric import GeometricPerceiver
from handsel.sim.start import start_world


class Narrator:
    """Prints the few events that say most."""

    def on_event(self, event: Event) -> None:
        """Print a program, a grasp or a verdict."""
        match event.kind:
            case "program":
                print(event.data["text"])
            case "grasped":
                print(f"{event.time:6.2f} s  holds {event.data['thing']}")
            case "verdict":
                print(f"{event.time:6.2f} s  {event.data['reason']}")
            case _:
                pass

    def close(self) -> None:
        """Say that it is over."""
        print("over")


def main() -> int:
    """Stack two blocks and tell of it."""
    robot, _ = start_world("blocks", seed=0)
    with robot:
        agent = Agent(robot, RulesMind(), GeometricPerceiver(), seed=0, subscribers=(Narrator(),))
        return agent.run("stack the red block on the green block").exit_code


if __name__ == "__main__":
    sys.exit(main())
