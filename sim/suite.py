"""The seam of suites: what an evaluation runs, one record an episode, and how records are summed up."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..core.registry import Registry
from .camera_error import NONE, CameraError, check_error
from .statistics import wilson_interval

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What is the same in every episode of a run.

    Attributes:
        suite: Name of the suite.
        seed: Seed of the whole run; with an episode's number it decides everything.
        mind: Name of the mind.
        perceiver: Name of the perceiver.
        noise: Whether the cameras' depth is as noisy as a real camera's.
        camera_error: By how much every camera's pose is told wrongly, [m] and [rad].
        disturbed: Whether somebody moves a thing while the arm is on its way.
        kind: The only kind of task to run, of suites with kinds; all of them in turn where empty.
        record: Folder for the conversations with a language model, one a kind of task; none where empty.
        memory: What the minds remember: ``none``, ``episode`` (a fresh memory in each episode) or a file.
    """

    suite: str
    seed: int = 0
    mind: str = "rules"
    perceiver: str = "geometric"
    noise: bool = True
    camera_error: CameraError = NONE
    disturbed: bool = False
    kind: str = ""
    record: str = ""
    memory: str = "none"

    def __post_init__(self) -> None:
        """Check the error.

        Raises:
            InputError: If it is none.
        """
        object.__setattr__(self, "camera_error", check_error(self.camera_error))


class Suite(Protocol):
    """A named family of episodes."""

    @property
    def name(self) -> str:
        """The suite's registered name."""
        ...

    @property
    def purpose(self) -> str:
        """What it measures, in a sentence."""
        ...

    @property
    def mind(self) -> str:
        """Name of the mind where none is asked for."""
        ...

    def run(self, conditions: Conditions, number: int, folder: Path) -> Record:
        """Run one episode.

        Args:
            conditions: What is the same in every episode.
            number: The episode's number, from 0.
            folder: Where files about the episode may go.

        Returns:
            A JSON-ready record with at least ``episode``, ``seed``, ``success`` and ``cause``.
        """
        ...

    def sum_up(self, records: list[Record]) -> Record:
        """Sum up records: ``success_rate``, its ``interval``, and ``metrics``."""
        ...


SUITES: Registry[Suite] = Registry(
    "suite",
    "handsel.suites",
    {
        "basics": "handsel.sim.suites.basics:SUITE",
        "dialogue": "handsel.sim.suites.dialogue:SUITE",
        "disturbed": "handsel.sim.suites.disturbed:SUITE",
        "household": "handsel.sim.suites.household:SUITE",
        "perception": "handsel.sim.suites.perception:SUITE",
        "reach_in": "handsel.sim.suites.reach_in:SUITE",
        "relations": "handsel.sim.suites.relations:SUITE",
        "stay_away": "handsel.sim.suites.stay_away:SUITE",
        "tabletop": "handsel.sim.suites.tabletop:SUITE",
    },
)


def rate(successes: int, trials: int) -> Record:
    """Give a share with its 95 % Wilson interval."""
    return {
        "trials": trials,
        "success_rate": successes / trials if trials else None,
        "interval": wilson_interval(successes, trials),
    }


def run_episode(conditions: Conditions, number: int, folder: Path) -> Record:
    """Run one episode of a suite by name; what worker processes call."""
    return SUITES.load(conditions.suite).run(conditions, number, folder)
