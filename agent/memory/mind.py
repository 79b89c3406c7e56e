"""A mind with a memory: what worked is offered again, and what was done before can be spoken of."""

import time
from typing import Protocol, runtime_checkable

from ...core.errors import Answered
from ...perception.scene import Scene
from ...robots.robot import Robot
from ...skills.skill import SkillSpec
from ..mind import Candidate, Mind, Ranking, Subtask, Verdict
from ..rules.deeds import Turn
from ..wrapped import Wrapped
from .mark import MARK
from .memory import Memory
from .past import answer, told_of
from .records import PastProgram
from .turns import turns_of

LATEST_ACTS = 60
"""Acts of earlier dialogues that a mind is told of."""
LATEST_LINES = 6
"""The same, where a mind keeps them as lines."""


@runtime_checkable
class Recollecting(Protocol):
    """A mind that can be told what earlier dialogues were about."""

    def recollect(self, turns: tuple[Turn, ...]) -> None:
        """Take note of earlier turns, oldest first."""
        ...


@runtime_checkable
class Noting(Protocol):
    """A mind that keeps lines of what happened, as a language model's does."""

    def remember(self, line: str) -> None:
        """Take note of a line."""
        ...


class RememberingMind(Wrapped):
    """Stands before another mind; its programs of before come first, and the program's text says so."""

    def __init__(self, mind: Mind, memory: Memory, *, robot: str = ""):
        """Remember for a mind.

        Args:
            mind: Who understands and writes where nothing is remembered.
            memory: What was done.
            robot: The robot's name: programs of other robots are not offered; all are where empty.
        """
        super().__init__(mind)
        self.memory = memory
        self._robot = robot
        # What is said from now on the mind knows itself.
        self._until = memory.last_number() + 1
        self._offered: dict[str, bool] = {}
        self._noted = False

    @property
    def name(self) -> str:
        """Name in traces: the mind's, and which memory."""
        return f"{self.mind.name}+memory:{self.memory.name}"

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Break an instruction down as the mind does; questions about what was done are answered.

        Raises:
            Answered: If it is such a question, with its answer.
            InputError: If the memory cannot be read any more, or the mind does not understand.
            NeedsAnswer: If several readings remain.
            CannotDo: If it is understood but impossible.
        """
        self._offered.clear()
        told = answer(instruction, self.memory, scene, dialogue=self._until)
        if told:
            raise Answered(told)
        acts = self.memory.moved(before=self._until, failed=True, limit=LATEST_ACTS)
        if isinstance(self.mind, Recollecting):
            self.mind.recollect(turns_of(acts, scene))
        elif isinstance(self.mind, Noting) and not self._noted:
            for act in acts[-LATEST_LINES:]:
                self.mind.remember(f"in an earlier dialogue: {told_of(act)}")
        self._noted = True
        return self.mind.decompose(instruction, scene, skills)

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Weigh candidates as the mind does."""
        return self.mind.rank(subtask, candidates, scene)

    def candidate(self, subtask: Subtask) -> Candidate | None:
        """Give what the step names itself."""
        return self.mind.candidate(subtask)

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Write a program: first one that worked for a like step, once; then the mind's own.

        Raises:
            Retryable: If the mind has no other program, or its answer could not be used.
            InputError: If the memory cannot be read any more.
            CannotDo: If the mind finds it impossible.
        """
        if not feedback and subtask not in self._offered:
            past = self.memory.programs_like(subtask, scene, self._robot)
            self._offered[subtask] = bool(past)
            if past:
                return f"{_said(past[0])}\n{past[0].text}"
        elif not feedback:
            self._offered[subtask] = False
        # What was said of the remembered program the mind did not write.
        return self.mind.write(subtask, scene, feedback[1:] if self._offered.get(subtask) else feedback)

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Judge as the mind does."""
        return self.mind.judge(subtask, before, after)

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Explain as the mind does."""
        return self.mind.explain(subtask, failure)


def with_memory(mind: Mind, memory: Memory | None, robot: Robot) -> Mind:
    """Give a mind its memory, where there is one."""
    return mind if memory is None else RememberingMind(mind, memory, robot=robot.info.name)


def _said(past: PastProgram) -> str:
    """Say where a program is from, as the comment that it begins with."""
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(past.began))
    words = " ".join("".join(one if one.isprintable() else " " for one in past.instruction).split())[:200]
    return f"{MARK}it worked on {when} UTC for {words!r} (episode {past.episode})"
