"""The seam of minds: who understands, ranks, writes and judges."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..perception.scene import Scene
from ..skills.skill import Arguments, ProgramSource, SkillSpec

if TYPE_CHECKING:
    from .corrections import Talk


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtask:
    """One step in words, small enough for one program.

    Attributes:
        text: The step, naming things by their identifiers.
        skill: The skill that the mind named for it, or nothing where the choice is open.
        arguments: The arguments that the mind named with the skill.
    """

    text: str
    skill: str = ""
    arguments: Arguments = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A skill with arguments that could be started."""

    skill: str
    arguments: Arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How useful each candidate is for a step.

    Attributes:
        scores: P(useful | words), one for each candidate, 0 to 1.
        method: How the scores were found, as the trace names it.
        done: P(nothing is left to do | words).
        none: P(no candidate serves | words).
        least: What a candidate has to get to remain, where the mind asks in doubt; see ``asking.py``.
    """

    scores: tuple[float, ...]
    method: str
    done: float = 0.0
    none: float = 0.0
    least: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether something happened.

    Attributes:
        success: The judgement.
        reason: What it rests on, with numbers.
        by: Who judged: ``geometry`` or the mind's name.
    """

    success: bool
    reason: str
    by: str


class Mind(ProgramSource, Protocol):
    """Understands instructions and writes programs."""

    @property
    def name(self) -> str:
        """Name in traces, such as ``rules``."""
        ...

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Break an instruction down.

        Args:
            instruction: What the person said.
            scene: What is there.
            skills: What can be done.

        Returns:
            The steps in order, at least one.

        Raises:
            InputError: If it is not understood; the text says which words.
            NeedsAnswer: If several readings remain.
            CannotDo: If it is understood but impossible.
            Retryable: If a model's answer could not be used.
        """
        ...

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Weigh candidates by how useful they are for a step."""
        ...

    def candidate(self, subtask: Subtask) -> Candidate | None:
        """Give the skill and arguments that a step names itself, whether or not a skill lists them."""
        ...

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Say whether a step happened, or None where geometry alone has to say."""
        ...

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Put a failure into one sentence for the person."""
        ...


@runtime_checkable
class Replanner(Protocol):
    """A mind that can break down anew what is left to do, after something went wrong."""

    def again(self, talk: "Talk", happened: str) -> tuple[Subtask, ...]:
        """Say what is to be done now.

        Args:
            talk: What is there, held and still to be done; the step that failed comes first.
            happened: What went wrong, in words.

        Returns:
            All that is to be done from now on; nothing where all of it is done.

        Raises:
            HandselError: If there is no other way, or the mind gave no usable answer.
        """
        ...


@runtime_checkable
class Seeded(Protocol):
    """A mind that draws; its chance is the episode's."""

    def seed(self, seed: int) -> None:
        """Begin an instruction's chance.

        Args:
            seed: Seed of all chance of the episode.
        """
        ...


@runtime_checkable
class Informed(Protocol):
    """A mind that wants to know which candidate is carried out: it writes for that one, not for the words."""

    def chose(self, subtask: Subtask, candidate: Candidate) -> None:
        """Take note of what was chosen for a step.

        Args:
            subtask: The step.
            candidate: The skill and its arguments.
        """
        ...


@runtime_checkable
class Spender(Protocol):
    """A mind whose answers cost something."""

    @property
    def spent(self) -> tuple[int, float]:
        """Calls and money spent so far, in all; money in the unit of the prices that it was given."""
        ...
