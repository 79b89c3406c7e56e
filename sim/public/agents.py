"""Who can act in which tier of a public benchmark."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from ...core.errors import CannotDo
from ...robots.robot import MotionState
from .env import Body, Tier
from .robot import ARM, BenchRobot

Over = Callable[[], bool]
READ = "read:"
"""Before the folder of the recorded readings that who acts goes by."""


class Told(Protocol):
    """What whoever acted tells of it."""

    tries: list[str]
    cause: str


class Act(Protocol):
    """Does what is said, until the episode is over."""

    def __call__(self, robot: BenchRobot, body: Body, over: Over, instruction: str, seed: int) -> Told:
        """Act in one episode.

        Args:
            robot: What moves.
            body: Where pictures come from, with names in the tiers that may have them.
            over: Tells whether the evaluation has ended the episode.
            instruction: What was said.
            seed: Of chance, where chance is used.
        """
        ...


class Chance:
    """What the floor tells: nothing."""

    def __init__(self) -> None:
        """Have tried nothing."""
        self.tries: list[str] = []
        self.cause = "chance"


def act_by_names(robot: BenchRobot, body: Body, over: Over, instruction: str, seed: int) -> Told:
    """Act by what named pixels show; chance is not used."""
    from .named.agent import TURNS, KeypointAgent, by_names, seeing_names
    from .tabletop.agent import TableAgent

    if TURNS in robot.limits.names:
        return TableAgent(robot, body, over).run(instruction)
    return KeypointAgent(robot, over, seeing_names(robot, body), by_names).run(instruction)


def act_by_colors(robot: BenchRobot, body: Body, over: Over, instruction: str, seed: int) -> Told:
    """Act by colours and depth, without names; chance is not used."""
    from .named.agent import KeypointAgent
    from .unnamed.guessing import by_words
    from .unnamed.seeing import seeing_colors

    return KeypointAgent(robot, over, seeing_colors(robot, body), by_words).run(instruction)


def act_by_readings(folder: Path) -> Act:
    """Make who acts by recorded readings, without names; chance is not used.

    Raises:
        InputError: If the folder has no recordings, or a file is none.
    """
    from .named.agent import KeypointAgent
    from .recorded.player import Player
    from .unnamed.seeing import seeing_colors

    player = Player(folder)

    def act(robot: BenchRobot, body: Body, over: Over, instruction: str, seed: int) -> Told:
        return KeypointAgent(robot, over, seeing_colors(robot, body), player).run(instruction)

    return act


def act_by_chance(robot: BenchRobot, body: Body, over: Over, instruction: str, seed: int) -> Told:
    """Go to places drawn at random and open and close the fingers: the floor of every figure."""
    from .named.hand import OPEN, SHUT, leg

    rng, limits = np.random.default_rng(seed), robot.limits
    while not (robot.over or over()):
        start = np.clip(robot.observe().arms[ARM].q, limits.lower, limits.upper)
        robot.grip(ARM, OPEN if rng.random() < 0.5 else SHUT, 1.0)
        robot.execute(leg(start, rng.uniform(limits.lower, limits.upper), 0.5, limits.names))
        while not (robot.over or over()):
            robot.advance(robot.period)
            if MotionState.RUNNING not in robot.observe().motions.values():
                break
    return Chance()


AGENTS: dict[str, dict[Tier, Act]] = {
    "keypoints": {"geometric": act_by_colors, "named": act_by_names},
    "random": {"geometric": act_by_chance, "named": act_by_chance},
}
"""Who acts, by name and by the tier in which it can."""


def agent_for(name: str, tier: Tier) -> Act:
    """Find who acts.

    Raises:
        CannotDo: If nobody of that name acts in that tier.
        InputError: If it goes by recordings that cannot be read.
    """
    if tier == "recorded" and name.startswith(READ):
        return act_by_readings(Path(name.removeprefix(READ)))
    found = AGENTS.get(name, {}).get(tier)
    if found is None:
        known = "; ".join(f"{who}: {', '.join(tiers)}" for who, tiers in AGENTS.items())
        known += f"; {READ}FOLDER of recordings: recorded"
        raise CannotDo(f"nobody called {name!r} acts in the {tier} tier of public benchmarks; known: {known}")
    return found
