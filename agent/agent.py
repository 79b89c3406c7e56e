"""The one loop: look, understand, choose, act while watching, look again, judge; or say why not."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict

import numpy as np

from ..core.errors import (
    Answered,
    CannotDo,
    HandselError,
    InputError,
    MissingDependency,
    NeedsAnswer,
    RobotError,
    SkillFailed,
)
from ..perception.perceiver import Perceiver
from ..perception.scene import Scene
from ..planners.program import Program
from ..robots.robot import Robot
from ..skills.registry import make_skills
from ..skills.skill import Arguments, Context, EndsMeasured, Skill
from .acting import Acting
from .bodies import Bodies
from .choose import choose, weigh
from .episode import INTERRUPTED, Episode, Limits, Outcome, Tally, check_instruction
from .events import Stream, Subscriber
from .header import header
from .judge import judge
from .mind import Mind, Subtask
from .senses import Senses


class Agent:
    """Carries out one instruction at a time; robot, mind and perceiver are the caller's."""

    def __init__(
        self,
        robot: Robot,
        mind: Mind,
        perceiver: Perceiver,
        *,
        skills: Sequence[Skill] | None = None,
        seed: int = 0,
        limits: Limits | None = None,
        subscribers: Sequence[Subscriber] = (),
    ):
        """Bring the parts together; nothing moves.

        Args:
            robot: What acts; it stands where its cameras see the table.
            mind: Who understands and writes.
            perceiver: Who sees.
            skills: What can be done; pick, place and manipulate where none are given.
            seed: Seed of all chance.
            limits: What an instruction may use up.
            subscribers: Who watches; they are closed when an episode ends.
        """
        self.robot, self.mind, self.perceiver = robot, mind, perceiver
        self.skills = tuple(skills) if skills is not None else make_skills()
        self.limits, self.seed = limits or Limits(), seed
        self.subscribers = tuple(subscribers)
        self.episode: Episode | None = None
        self._senses = Senses(robot, perceiver, Bodies(robot.info))

    @property
    def scene(self) -> Scene:
        """What was seen last, kept true to what was done since."""
        assert self._senses.scene is not None, "nothing was looked at yet"
        return self._senses.scene

    def look(self) -> Scene:
        """See what is there now; nothing moves and no episode begins.

        Raises:
            InputError: If nothing can be measured in the pictures.
            RobotError: If the robot fails.
        """
        # The watchers of an episode are closed with it.
        self._senses.stream = None
        return self._senses.look("asked for by the person")

    def run(self, instruction: str) -> Episode:
        """Do what a sentence says.

        Args:
            instruction: What the person said.

        Returns:
            The episode, whatever its outcome.

        Raises:
            RobotError: If the robot fails; the episode is told to every subscriber first.
        """
        self.start(instruction)
        try:
            while self.episode is None:
                self.step()
        except KeyboardInterrupt:
            self.interrupt()
            self.step()
        finally:
            if self.episode is None:
                self._end("failed", 1, "a fault ended the episode")
        assert self.episode is not None
        return self.episode

    def start(self, instruction: str) -> None:
        """Begin an episode; ``step`` carries it on."""
        self.episode, self._instruction = None, instruction
        self._interrupted = False
        self._tally, self._rng = Tally(), np.random.default_rng(self.seed)
        self._stream = Stream((*self.subscribers, self._tally), lambda: self._senses.time)
        self._stream.record("begin", **header(self, instruction))
        self._senses.stream = self._stream
        self._senses.sense()
        self._acting = Acting(self.robot, self._senses, self._stream, self.limits)
        self._work = self._carry_out(instruction)

    def step(self) -> None:
        """Go on by one tick of the loop, of which there are 20 or more in a second of robot time."""
        if self._interrupted:
            with suppress(RobotError):
                # In a lock-step world an arm brakes only while time passes.
                for _ in self._acting.rest():
                    pass
            return self._end("stopped", INTERRUPTED, "stopped by the person; the arm is at rest")
        try:
            next(self._work)
        except StopIteration:
            # A stop that came within this tick is how it ended: the next one says so.
            if not self._interrupted:
                self._end("done", 0, self._tally.verdicts[-1].reason)
        except NeedsAnswer as question:
            self._end("question", question.exit_code, question.question, question.options)
        except Answered as answer:
            self._end("answered", answer.exit_code, str(answer))
        except (RobotError, MissingDependency) as fault:
            self._end("failed", fault.exit_code, str(fault))
            raise
        except HandselError as error:
            if self._interrupted:
                return
            refused = not self._acting.moved and isinstance(error, InputError | CannotDo)
            self._end("refused" if refused else "failed", error.exit_code if refused else 1, str(error))

    def interrupt(self) -> None:
        """Bring the arm to rest now; the episode ends with the next step."""
        # First, so that the loop takes the motion's end for what it is.
        self._interrupted = True
        self.robot.stop()

    def _carry_out(self, instruction: str) -> Iterator[None]:
        text = check_instruction(instruction)
        self._senses.listen(text)
        with self._timed("perceive"):
            self._senses.look("to begin")
        with self._timed("decompose"):
            subtasks = self.mind.decompose(text, self.scene, tuple(skill.spec for skill in self.skills))
        self._stream.record("subtasks", texts=[subtask.text for subtask in subtasks])
        if len(subtasks) > self.limits.steps:
            raise CannotDo(f"that takes {len(subtasks)} steps; at most {self.limits.steps} are done at once")
        for subtask in subtasks:
            yield from self._achieve(subtask)

    def _achieve(self, subtask: Subtask) -> Iterator[None]:
        """Do one step until it is seen to be done, or give up with the reason."""
        reason, before = "", self.scene
        for attempt in range(self.limits.retries + 1):
            # What is still in a hand stood where it did before the first try.
            begun = before if attempt and self._senses.held else None
            before = begun or self.scene
            skill, arguments = self._choose(subtask, attempt)
            activity = skill.start(arguments, self._context(subtask, begun), self._senses.observation)
            with self._timed("act"):
                failed = yield from self._acting.act(activity)
            if failed is not None and failed.cause in ("no_plan", "refused") and not self._acting.moved:
                raise CannotDo(failed.reason)
            yield from self._look_again(activity.program)
            ends = activity.ends if isinstance(activity, EndsMeasured) else None
            seen = (activity.program, before, self.scene)
            verdict = judge(subtask, skill, arguments, *seen, self.mind, ends)
            self._stream.record("verdict", subtask=subtask.text, **asdict(verdict))
            if verdict.success:
                return
            reason = verdict.reason if failed is None else failed.reason
        raise SkillFailed(self.mind.explain(subtask, reason))

    def _choose(self, subtask: Subtask, attempt: int) -> tuple[Skill, Arguments]:
        with self._timed("choose"):
            table = weigh(subtask, self.skills, self.scene, self.robot.info, self.mind)
        self._stream.record("choice", subtask=subtask.text, attempt=attempt, **asdict(table))
        return choose(table, self.skills, subtask)

    def _context(self, subtask: Subtask, begun: Scene | None) -> Context:
        return Context(
            robot=self.robot.info,
            scene=self.scene,
            subtask=subtask.text,
            program_source=self.mind,
            recorder=self._stream,
            rng=self._rng,
            held=self._senses.held,
            begun=begun,
        )

    def _look_again(self, after: Program | None) -> Iterator[None]:
        """Go to where the cameras see the table, unless something is held, and look.

        Args:
            after: What was carried out; what it keeps away from is kept away from on this way, too.
        """
        ways = ()
        if not self._senses.held and self._acting.moved:
            with self._timed("plan to look"):
                ways = self._senses.ways_to_look(self._rng, after)
        if isinstance(ways, str):
            self._stream.record("trouble", cause="no_plan", reason=f"no way to where the cameras see: {ways}")
        elif ways:
            yield from self._acting.follow(ways)
        with self._timed("perceive"):
            self._senses.look("to judge")

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self._tally.spend(part, time.monotonic() - began)

    def _end(self, outcome: Outcome, exit_code: int, reason: str, options: tuple[str, ...] = ()) -> None:
        """Bring the arm to rest, tell of the end, and close every subscriber."""
        if outcome != "done":
            with suppress(RobotError):
                self.robot.stop()
        self.episode = Episode(
            instruction=self._instruction,
            outcome=outcome,
            exit_code=exit_code,
            reason=reason,
            options=options,
            subtasks=self._tally.subtasks,
            verdicts=tuple(self._tally.verdicts),
            stages=tuple(self._tally.stages),
            timings=self._tally.timings | {"wall": self._stream.wall, "robot": self._tally.robot_time},
            metrics=self._tally.metrics() | {"perceive_cpu": list(self._senses.cpu)},
            seed=self.seed,
            perceiver=self.perceiver.name,
            mind=self.mind.name,
            moved=self._acting.moved,
        )
        self._stream.record("end", **self.episode.to_json())
        self._stream.close()
