"""A mind as the loop asks it: within the limits, and with what holds for the dialogue kept.

What a person forbade is not left to the mind's goodwill: a program that takes a
forbidden thing goes back to its writer with the reason, before anything is planned.
"""

import time
from dataclasses import replace

from ..core.errors import HandselError, Retryable
from ..perception.scene import Scene
from ..planners.program import Program
from ..planners.read import Vocabulary, read
from ..robots.robot import RobotInfo
from ..skills.skill import SkillSpec
from .corrections import FASTER, SLOWER, Correction, Kind, Listener, Standing, Talk, doing
from .episode import Limits
from .mind import Candidate, Informed, Mind, Ranking, Replanner, Seeded, Spender, Subtask, Verdict
from .remarks import is_about_doing, take_apart


class OverLimit(HandselError):
    """What one instruction may use up is used up."""


class Thinking:
    """Stands before a mind, as one."""

    def __init__(self, mind: Mind, limits: Limits, robot: RobotInfo):
        """Take a mind; the clock runs from ``begin``.

        Args:
            mind: Who is asked.
            limits: What one instruction may use up.
            robot: Whose hands a program may speak of.
        """
        self._mind, self._limits, self._robot = mind, limits, robot
        self._standing = Standing()
        self._began, self._spent = time.monotonic(), (0, 0.0)
        self._held: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The mind's name."""
        return self._mind.name

    def begin(self, seed: int) -> None:
        """Begin an instruction: nothing is used up yet.

        Args:
            seed: Seed of the episode, for a mind that draws.
        """
        if isinstance(self._mind, Seeded):
            self._mind.seed(seed)
        self._began = time.monotonic()
        self._spent = self._mind.spent if isinstance(self._mind, Spender) else (0, 0.0)

    def heed(self, standing: Standing) -> None:
        """Take what holds from now on to heart."""
        self._standing = standing
        if isinstance(self._mind, Listener):
            self._mind.heed(standing)

    def holding(self, held: dict[str, str]) -> None:
        """Take note of what each hand holds, by hand."""
        self._held = held

    def check(self) -> None:
        """See whether the mind may be asked again.

        Raises:
            OverLimit: If not.
        """
        limits = self._limits
        wall = time.monotonic() - self._began
        if wall > limits.wall:
            raise OverLimit(f"the {limits.wall:.0f} s that an instruction may take are over")
        if not isinstance(self._mind, Spender):
            return
        calls, cost = (now - then for now, then in zip(self._mind.spent, self._spent, strict=True))
        if limits.calls is not None and calls >= limits.calls:
            raise OverLimit(f"the {limits.calls} calls that an instruction may make are used up")
        if limits.cost is not None and cost >= limits.cost:
            raise OverLimit(f"{cost:.3g} was spent; an instruction may cost {limits.cost:.3g}")

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Break an instruction down; see ``Mind``."""
        self.check()
        return self._mind.decompose(instruction, scene, skills)

    def correct(self, line: str, talk: Talk) -> Correction:
        """Understand what is said meanwhile; see ``corrections.Listener``.

        Words that need no scene are understood without the mind, so that it need not be there for them.
        """
        plain = plain_correction(line, talk)
        if plain is not None:
            return plain
        self.check()
        if isinstance(self._mind, Listener):
            return self._mind.correct(line, talk)
        subtasks = self._mind.decompose(line, talk.scene, talk.skills)
        return Correction(kinds=(Kind.INSTRUCT,), pending=subtasks, standing=talk.standing)

    def again(self, talk: Talk, happened: str) -> tuple[Subtask, ...] | None:
        """Ask again what to do; None where the mind knows of nothing like it."""
        self.check()
        return self._mind.again(talk, happened) if isinstance(self._mind, Replanner) else None

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: Scene) -> Ranking:
        """Weigh candidates; see ``Mind``."""
        self.check()
        return self._mind.rank(subtask, candidates, scene)

    def candidate(self, subtask: Subtask) -> Candidate | None:
        """Give what a step names itself; see ``Mind``."""
        return self._mind.candidate(subtask)

    def chose(self, subtask: Subtask, candidate: Candidate) -> None:
        """Tell what was chosen for a step; see ``Informed``."""
        if isinstance(self._mind, Informed):
            self._mind.chose(subtask, candidate)

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Have a program written that takes nothing forbidden; see ``ProgramSource``.

        Raises:
            Retryable: If the mind cannot write one, or it takes what must not be touched.
        """
        self.check()
        text = self._mind.write(subtask, scene, feedback)
        wrong = self._forbidden(text, scene) if self._standing.excluded else ()
        if wrong:
            raise Retryable(
                f"{' and '.join(wrong)} must not be touched: the person said so; leave it where it is"
            )
        return text

    def _forbidden(self, text: str, scene: Scene) -> tuple[str, ...]:
        """Name what a program takes, pushes or carries though it must not be touched."""
        hands = tuple(arm.name for arm in self._robot.arms)
        for held in (self._held, {}):
            try:
                program = read(text, Vocabulary.of(scene, hands, held, maps=True))
            except Retryable:
                continue  # Whoever reads it for planning tells the writer what is wrong with it.
            return tuple(name for name in self._standing.excluded if name in _moved(program))
        return ()

    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        """Say whether a step happened; see ``Mind``."""
        self.check()
        return self._mind.judge(subtask, before, after)

    def explain(self, subtask: Subtask, failure: str) -> str:
        """Put a failure into one sentence; see ``Mind``."""
        return self._mind.explain(subtask, failure)


def _moved(program: Program) -> set[str]:
    """Name what a program takes, or speaks of the place of in a goal of a stage without anything in hand."""
    return {grasp.thing for stage in program.stages for grasp in stage.grasps}


def plain_correction(line: str, talk: Talk) -> Correction | None:
    """Understand a line that needs neither scene nor mind; None where it needs them.

    Args:
        line: What was said.
        talk: What is done, held and standing.
    """
    remarks = take_apart(" ".join(line.lower().replace("\u2019", "'").split()))
    easy = (Kind.STOP, Kind.GO_ON, Kind.SLOWER, Kind.FASTER, Kind.GENTLY, Kind.THANKS)
    asked = [one for one in remarks.rest if one.asked and is_about_doing(one.text)]
    if len(asked) < len(remarks.rest) or not (remarks.kinds or asked):
        return None
    dropped = {Kind.NEVER_MIND, Kind.LEAVE} & {*remarks.kinds} and not talk.held
    if not dropped and any(kind not in easy for kind in remarks.kinds):
        return None
    standing = talk.standing
    for kind in remarks.kinds:
        if kind in (Kind.SLOWER, Kind.FASTER):
            standing = standing.paced(SLOWER if kind == Kind.SLOWER else FASTER)
        elif kind == Kind.GENTLY:
            standing = replace(standing, gentle=True)
    return Correction(
        kinds=(*remarks.kinds, *((Kind.QUESTION,) if asked else ())),
        pending=() if dropped else talk.pending,
        standing=standing,
        answer=doing(talk) if asked else "",
        rests=Kind.STOP in remarks.kinds,
    )
