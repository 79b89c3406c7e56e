"""Minds that have decided already: what a plan said is what ``/go`` does, and ``/undo`` knows its steps."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from ..agent.mind import Candidate, Mind, Ranking, Subtask, Verdict
from ..agent.rules.deeds import Turn
from ..agent.wrapped import Wrapped
from ..perception.scene import Scene
from ..skills.skill import SkillSpec


@runtime_checkable
class Dialogue(Protocol):
    """A mind that can go back to an earlier point of the dialogue."""

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said so far."""
        ...

    def go_back(self, turns: tuple[Turn, ...]) -> None:
        """Go on from there."""
        ...


class DecidedMind(Wrapped):
    """Another mind, whose steps and first programs are given."""

    def __init__(self, mind: Mind, steps: Sequence[Subtask], programs: Mapping[str, str] | None = None):
        """Decide.

        Args:
            mind: Who ranks, writes, judges and explains.
            steps: What is to be done.
            programs: The first program of a step, by its text; the mind writes where there is none, and
                where one is refused.
        """
        super().__init__(mind)
        self._steps, self._programs = tuple(steps), dict(programs or {})
        self._given: set[str] = set()

    @property
    def name(self) -> str:
        """Name in traces: the mind's."""
        return self.mind.name

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Give the steps."""
        return self._steps

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Weigh candidates as the mind does."""
        return self.mind.rank(subtask, candidates, scene)

    def candidate(self, subtask: Subtask) -> Candidate | None:
        """Give what the step names itself."""
        return self.mind.candidate(subtask)

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Give the program that was shown, once; then the mind's own.

        Raises:
            Retryable: If the mind has no other program.
            CannotDo: If the mind finds it impossible.
        """
        if not feedback and subtask in self._programs:
            self._given.add(subtask)
            return self._programs.pop(subtask)
        if not feedback:
            self._given.discard(subtask)
        # What was said of the given program the mind did not write now.
        return self.mind.write(subtask, scene, feedback[1:] if subtask in self._given else feedback)

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Judge as the mind does."""
        return self.mind.judge(subtask, before, after)

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Explain as the mind does."""
        return self.mind.explain(subtask, failure)


class KeptMind(DecidedMind):
    """Another mind, whose latest steps are kept."""

    def __init__(self, mind: Mind):
        """Keep what a mind decides.

        Args:
            mind: The mind.
        """
        super().__init__(mind, ())

    @property
    def steps(self) -> tuple[Subtask, ...]:
        """The steps of the latest instruction."""
        return self._steps

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Break an instruction down as the mind does, and keep the steps."""
        self._steps = ()
        self._steps = self.mind.decompose(instruction, scene, skills)
        return self._steps
