"""The seam of suites: what an evaluation runs, one record an episode, and how records are summed up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from ..agent.ablation import Part, checked_parts
from ..core.errors import InputError
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
        ablate: Parts of the agent to do without, in the order of ``agent.ablation.PARTS``.
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
    ablate: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Check the error and the parts.

        Raises:
            InputError: If one of them is none.
        """
        object.__setattr__(self, "camera_error", check_error(self.camera_error))
        object.__setattr__(self, "ablate", checked_parts(self.ablate))


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


@runtime_checkable
class OfKinds(Protocol):
    """A suite whose tasks are of kinds, visited in turn."""

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds, in their order."""
        ...


@runtime_checkable
class WithAgent(Protocol):
    """A suite whose episodes an agent does: there are parts of it to leave out, and minds to compare."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the agent that its episodes use."""
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


def kinds_of(suite: Suite) -> tuple[str, ...]:
    """List a suite's kinds of task; nothing where it has none."""
    return tuple(suite.kinds) if isinstance(suite, OfKinds) else ()


def kind_at(suite: Suite, number: int, kind: str = "") -> str:
    """Give the kind of an episode: the only one that is asked for, or the one whose turn it is.

    Args:
        suite: Whose kinds.
        number: The episode's number, from 0.
        kind: The kind that is asked for; any where empty.

    Raises:
        InputError: If the suite has no such kind, or none at all.
    """
    kinds = kinds_of(suite)
    if not kinds and kind:
        raise InputError(f"the suite {suite.name!r} has no kinds of task; leave --kind out")
    if kind and kind not in kinds:
        raise InputError(f"the suite {suite.name!r} has no kind {kind!r}; its kinds: {', '.join(kinds)}")
    return kind or (kinds[number % len(kinds)] if kinds else "")


def check_conditions(conditions: Conditions) -> None:
    """See, before anything runs, whether a suite can be run so.

    Args:
        conditions: What is asked for.

    Raises:
        UnknownName: If there is no such suite.
        InputError: If it has no such kind, or no such part of an agent.
    """
    suite = SUITES.load(conditions.suite)
    kind_at(suite, 0, conditions.kind)
    check_ablation(suite.name, conditions.ablate, suite.parts if isinstance(suite, WithAgent) else ())


def check_ablation(suite: str, ablate: Iterable[str], parts: Sequence[str]) -> None:
    """See whether a suite has the parts that are to be left out.

    Args:
        suite: Its name.
        ablate: What is to be left out.
        parts: What there is.

    Raises:
        InputError: If one is not there; the text says which are.
    """
    for part in ablate:
        if part not in parts:
            there = f"it can do without: {', '.join(parts)}" if parts else "nothing can be left out of it"
            raise InputError(f"the suite {suite!r} has no {part!r} that could be left out; {there}")


def rate(successes: int, trials: int) -> Record:
    """Give a share with its 95 % Wilson interval."""
    return {
        "trials": trials,
        "success_rate": successes / trials if trials else None,
        "interval": wilson_interval(successes, trials),
    }


def total(records: Sequence[Record], kinds: Iterable[str] = ()) -> Record:
    """Give the head of every summary: ``success_rate``, its ``interval``, and the rates by kind.

    Args:
        records: One an episode; those of a suite with kinds have a ``kind``.
        kinds: The kinds, in the order in which they are listed; others follow by name.
    """
    whole = rate(sum(bool(record["success"]) for record in records), len(records))
    head: Record = {"success_rate": whole["success_rate"], "interval": whole["interval"]}
    by_kind: dict[str, list[bool]] = {}
    for record in records:
        if record.get("kind"):
            by_kind.setdefault(record["kind"], []).append(bool(record["success"]))
    order = [*(kind for kind in kinds if kind in by_kind), *sorted(by_kind.keys() - set(kinds))]
    if order:
        head["by_kind"] = {kind: rate(sum(by_kind[kind]), len(by_kind[kind])) for kind in order}
    return head


def run_episode(conditions: Conditions, number: int, folder: Path) -> Record:
    """Run one episode of a suite by name; what worker processes call."""
    return SUITES.load(conditions.suite).run(conditions, number, folder)
