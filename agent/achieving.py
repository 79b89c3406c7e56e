"""One step, tried until it is seen to be done: choose, act while watching, look again, judge."""

import time
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import numpy as np

from ..core.causes import Cause
from ..core.errors import CannotDo, UnknownName
from ..perception.scene import Scene
from ..planners.leaving_out import SAID, Said
from ..planners.program import Program
from ..robots.robot import RobotInfo
from ..skills.skill import Arguments, Context, EndsMeasured, Failed, Skill
from .ablation import Part, term_left_out
from .acting import Acting
from .choose import Ablate, choose, weigh
from .conversation import Dialogue
from .episode import Limits, Tally
from .events import Stream
from .judge import judge
from .meter import Meter
from .mind import Candidate, Subtask, Verdict
from .recovery import Recovery, StepFailed
from .senses import Senses
from .thinking import OverLimit, Thinking


class Achieving:
    """Does one step at a time; the parts are the agent's."""

    def __init__(
        self,
        robot: RobotInfo,
        skills: tuple[Skill, ...],
        thinking: Thinking,
        senses: Senses,
        acting: Acting,
        dialogue: Dialogue,
        recovery: Recovery,
        stream: Stream,
        tally: Tally,
        limits: Limits,
        rng: np.random.Generator,
        meter: Meter,
        ablate: Collection[Part] = (),
    ):
        """Bring the parts together.

        Args:
            robot: What the robot is made of.
            skills: What can be done.
            thinking: Who understands.
            senses: What is sensed and believed.
            acting: What moves.
            dialogue: What holds and what is to be done.
            recovery: Who counts what went wrong.
            stream: Who is told.
            tally: Who adds up.
            limits: What may be used up.
            rng: The only source of chance.
            meter: Where what others cost is booked.
            ablate: Parts to do without.
        """
        self._meter = meter
        self._robot, self._skills, self._thinking = robot, skills, thinking
        self._senses, self._acting, self._dialogue = senses, acting, dialogue
        self._recovery, self._stream, self._tally = recovery, stream, tally
        self._limits, self._rng = limits, rng
        self._term_left_out: Ablate = term_left_out(ablate)
        self._unsaid: frozenset[Said] = frozenset(part for part in SAID if part in ablate)

    def achieve(self, subtask: Subtask) -> Iterator[None]:
        """Do one step until it is seen to be done.

        Raises:
            StepFailed: If it was tried as often as it may be.
            CannotDo: If it cannot be done, and nothing has moved yet.
            Halted: If somebody speaks.
            OverLimit: If stages or time are used up.
        """
        cause, reason = Cause.NOT_DONE, ""
        for attempt in range(self._limits.retries + 1):
            if attempt:
                self._recovery.again(attempt, cause, reason, subtask)
            try:
                verdict, failed = yield from self._try(subtask, attempt)
            except (CannotDo, UnknownName) as refusal:
                if not self._acting.moved:
                    raise
                cause, reason = self._missing(subtask) or Cause.CANNOT, str(refusal)
                continue
            if verdict.success:
                return
            if failed is not None:
                cause, reason = failed.cause, failed.reason
            else:
                cause, reason = self._missing(subtask) or Cause.NOT_DONE, verdict.reason
        raise StepFailed(subtask, cause, reason)

    def _try(self, subtask: Subtask, attempt: int) -> Generator[None, None, tuple[Verdict, Failed | None]]:
        """Try a step once; gives the verdict, and why the motion failed if it did."""
        self._thinking.check()
        if len(self._tally.stages) >= self._limits.stages:
            raise OverLimit(f"the {self._limits.stages} stages that an instruction may take are used up")
        dialogue, scene = self._dialogue, self.scene
        # What is still in a hand stood where it did before the step was first begun.
        begun = dialogue.begun if self._senses.held and (attempt or dialogue.resumed) else None
        before = dialogue.begun = begun or scene
        skill, arguments = self._choose(subtask, attempt)
        self._thinking.holding({hand: one.thing for hand, one in self._senses.held.items()})
        with self._meter.on("skill"):
            activity = skill.start(arguments, self._context(subtask, begun), self._senses.observation)
        began = time.monotonic()
        try:
            failed = yield from self._acting.act(activity)
        finally:
            self._tally.spend("act", time.monotonic() - began)
        if failed is not None and failed.cause in (Cause.NO_PLAN, Cause.REFUSED) and not self._acting.moved:
            raise CannotDo(failed.reason)
        yield from self._look_again(activity.program)
        ends = activity.ends if isinstance(activity, EndsMeasured) else None
        seen = (activity.program, before, self.scene)
        with self._meter.on("judge"):
            verdict = judge(subtask, skill, arguments, *seen, self._thinking, ends)
        self._stream.record("verdict", subtask=subtask.text, **asdict(verdict))
        return verdict, failed

    @property
    def scene(self) -> Scene:
        """What was seen last, kept true to what was done since."""
        assert self._senses.scene is not None, "nothing was looked at yet"
        return self._senses.scene

    def _missing(self, subtask: Subtask) -> Cause | None:
        """Say that a thing is gone where the step names one that is not seen any more."""
        named = self._thinking.candidate(subtask)
        words = {
            part for value in ({} if named is None else named.arguments).values() for part in value.split(",")
        }
        seen = {thing.name for thing in self.scene.things}
        return Cause.THING_LOST if (words & self._dialogue.known) - seen else None

    def _choose(self, subtask: Subtask, attempt: int) -> tuple[Skill, Arguments]:
        with self.timed("choose"):
            table = weigh(subtask, self._skills, self.scene, self._robot, self._thinking, self._term_left_out)
        self._stream.record("choice", subtask=subtask.text, attempt=attempt, **asdict(table))
        skill, arguments = choose(table, self._skills, subtask)
        self._thinking.chose(subtask, Candidate(skill=skill.spec.name, arguments=arguments))
        return skill, arguments

    def _context(self, subtask: Subtask, begun: Scene | None) -> Context:
        return Context(
            robot=self._robot,
            scene=self.scene,
            subtask=subtask.text,
            program_source=self._thinking,
            recorder=self._stream,
            rng=self._rng,
            held=self._senses.held,
            begun=begun,
            pace=self._dialogue.standing.speed,
            replans=self._limits.replans,
            backs=self._limits.backs,
            writes=self._limits.writes,
            left_out=self._unsaid,
        )

    def _look_again(self, after: Program | None) -> Iterator[None]:
        """Go to where the cameras see the table, unless something is held, and look.

        Args:
            after: What was carried out; what it keeps away from is kept away from on this way, too.
        """
        ways = ()
        if not self._senses.held and self._acting.moved:
            with self.timed("plan to look"):
                ways = self._senses.ways_to_look(self._rng, after)
        if isinstance(ways, str):
            self._stream.record(
                "trouble", cause=Cause.NO_PLAN, reason=f"no way to where the cameras see: {ways}"
            )
        elif ways:
            yield from self._acting.follow(ways)
        with self.timed("perceive"):
            self._senses.look("to judge")

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Add the wall time of a part to the episode's, and book its processor time to the part."""
        began = time.monotonic()
        try:
            with self._meter.on(part):
                yield
        finally:
            self._tally.spend(part, time.monotonic() - began)
