"""The one loop: look, understand, do one step after the other while listening; or say why not."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

import numpy as np

from ..core.causes import Cause
from ..core.errors import (
    Answered,
    CannotDo,
    HandselError,
    InputError,
    MissingDependency,
    NeedsAnswer,
    RobotError,
)
from ..perception.perceiver import Perceiver
from ..perception.scene import Scene
from ..robots.robot import Robot
from ..skills.registry import make_skills
from ..skills.skill import Skill
from .ablation import Part, check_mind, checked_parts, limits_without
from .achieving import Achieving
from .acting import Acting, Fingers
from .bodies import Bodies
from .conversation import Dialogue
from .corrections import Kind
from .episode import INTERRUPTED, Episode, Limits, Outcome, Tally, check_instruction
from .events import Stream, Subscriber
from .header import header, versions
from .hearing import Hearing, PersonStopped
from .inbox import Inbox
from .meter import Meter
from .mind import Mind
from .recovery import Recovery, StepFailed, cause_of
from .reins import Halted, Reins
from .senses import Senses
from .thinking import Thinking


class Agent:
    """Carries out one instruction at a time and listens meanwhile; its parts are the caller's."""

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
        dialogue: Dialogue | None = None,
        ablate: Collection[Part] = (),
    ):
        """Bring the parts together; nothing moves.

        Args:
            robot: What acts; it stands where its cameras see the table. From now on it is the agent's alone.
            mind: Who understands and writes.
            perceiver: Who sees.
            skills: What can be done; pick, place and manipulate where none are given.
            seed: Seed of all chance.
            limits: What an instruction may use up.
            subscribers: Who watches; they are closed when an episode ends.
            dialogue: What was said and done before; a new one where None.
            ablate: Parts to do without, to see what they are worth; see ``ablation.py``.
        """
        self.robot, self.mind, self.perceiver = robot, mind, perceiver
        self.skills = tuple(skills) if skills is not None else make_skills()
        self.ablate = checked_parts(ablate)
        check_mind(mind, self.ablate)
        self.limits, self.seed = limits_without(limits or Limits(), self.ablate), seed
        self.subscribers = tuple(subscribers)
        self.dialogue = dialogue or Dialogue()
        self.episode: Episode | None = None
        self._meter = Meter()
        self._reins = Reins(robot, self._meter)
        self._inbox = Inbox(self._reins)
        self._senses = Senses(self._reins, perceiver, Bodies(robot.info))
        self._fingers: dict[str, Fingers] = {}
        # Asked for now, so that no instruction waits for it.
        versions()

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
            instruction: What the person said; after the first one of a dialogue also "go on", "put it back"
                and whatever else ``say`` understands.

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
                self._end("failed", 1, "a fault ended the episode", Cause.FAULT)
        assert self.episode is not None
        return self.episode

    def start(self, instruction: str) -> None:
        """Begin an episode; ``step`` carries it on."""
        self.episode, self._instruction = None, instruction
        self._interrupted = False
        self._tally, self._rng = Tally(), np.random.default_rng(self.seed)
        self._meter.begin()
        watchers = (self.dialogue, *self.subscribers, self._tally, self._meter)
        self._stream = Stream(watchers, lambda: self._senses.time, lambda: self._meter.on("told"))
        self._inbox.open()
        self._stream.record("begin", **header(self, instruction))
        self._senses.stream = self._stream
        with self._meter.on("sense"):
            self._senses.sense()
        self._thinking = Thinking(self.mind, self.limits, self.robot.info)
        self._thinking.begin(self.seed)
        self._thinking.heed(self.dialogue.standing)
        self._acting = Acting(
            *(self._reins, self._senses, self._stream, self.limits, self._meter, self._fingers),
            watches="watch" not in self.ablate,
        )
        self._recovery = Recovery(self._thinking, self.limits, self._stream)
        self._hearing = Hearing(
            *(self._inbox, self._thinking, self._senses, self._acting, self.dialogue, self._stream),
            tuple(skill.spec for skill in self.skills),
            self.limits.patience,
            self._meter,
        )
        self._achieving = Achieving(
            *(self.robot.info, self.skills, self._thinking, self._senses, self._acting, self.dialogue),
            *(self._recovery, self._stream, self._tally, self.limits, self._rng, self._meter, self.ablate),
        )
        self._work = self._carry_out(instruction)

    def step(self) -> None:
        """Go on by one tick of the loop, of which there are 20 or more in a second of robot time."""
        if self._interrupted:
            with suppress(RobotError):
                # In a lock-step world an arm brakes only while time passes. Nothing else moves after a
                # stop: fingers that it broke off are opened when there is something to do again.
                for _ in self._acting.rest():
                    pass
            return self._stopped("stopped by the person; the arm is at rest")
        try:
            next(self._work)
        except StopIteration:
            # A stop that came within this tick is how it ended: the next one says so.
            if not self._interrupted:
                self._finish()
        except PersonStopped:
            self._stopped("stopped by the person; the arm is at rest: say 'go on', or what to do instead")
        except NeedsAnswer as question:
            self._end("question", question.exit_code, question.question, Cause.NEEDS_ANSWER, question.options)
        except Answered as answer:
            self._end("answered", answer.exit_code, str(answer))
        except (RobotError, MissingDependency) as fault:
            self._end("failed", fault.exit_code, str(fault), cause_of(fault, self._acting.moved))
            raise
        except HandselError as error:
            if self._interrupted:
                return
            moved = self._acting.moved
            refused = not moved and isinstance(error, InputError | CannotDo)
            code = error.exit_code if refused else 1
            self._end("refused" if refused else "failed", code, str(error), cause_of(error, moved))

    def say(self, text: str) -> bool:
        """Say something while an instruction is carried out; any thread may, at any moment.

        The arm is brought to rest before anything else, also while the loop plans or a model thinks. Then the
        line is understood: what is asked for is done, and what was being done goes on where that is meant.

        Args:
            text: What the person says.

        Returns:
            Whether it will be heard; False where nothing is carried out: then it is for ``run``.

        Raises:
            InputError: If the text is empty, too long or no text, or too many lines wait already.
        """
        return self._inbox.say(text, self._senses.time)

    def interrupt(self) -> None:
        """Bring the arm to rest now; the episode ends with the next step. Any thread may."""
        # First, so that the loop takes the motion's end for what it is.
        self._interrupted = True
        self._reins.pull()
        self._reins.halt()

    def _carry_out(self, instruction: str) -> Iterator[None]:
        text = check_instruction(instruction)
        self._senses.listen(text)
        yield from self._acting.let_go()
        with self._achieving.timed("perceive"):
            self._senses.look("to begin")
        self._begin(text)
        while True:
            failure: StepFailed | None = None
            try:
                while self.dialogue.pending:
                    yield from self._achieving.achieve(self.dialogue.pending[0])
                    self.dialogue.finish()
                if self._inbox.close():
                    return
                yield from self._hearing.hear()
            except Halted:
                if self._interrupted:
                    yield  # The next step ends the episode.
                yield from self._hearing.hear()
            except StepFailed as failed:
                failure = failed
            if failure is not None:
                yield from self._recover(failure)

    def _begin(self, text: str) -> None:
        """Understand the instruction: by itself, or by what was said and done before.

        Raises:
            Answered: If it asks for nothing to be done.
            PersonStopped: If it asks to do nothing.
        """
        dialogue = self.dialogue
        dialogue.turn += 1
        dialogue.resumed = bool(self._senses.held)
        with self._achieving.timed("decompose"):
            if dialogue.turn > 1:
                found = self._hearing.understand(text)
                if found.rests:
                    raise PersonStopped
                if not found.pending:
                    raise Answered(found.answer or "nothing is to be done")
                if Kind.QUESTION in found.kinds and len(found.kinds) == 1:
                    raise Answered(found.answer)
            else:
                specs = tuple(skill.spec for skill in self.skills)
                dialogue.hear(text)
                dialogue.pending = self._thinking.decompose(text, self.scene, specs)
                self._stream.record("subtasks", texts=[subtask.text for subtask in dialogue.pending])
        if len(dialogue.pending) > self.limits.steps:
            count, dialogue.pending = len(dialogue.pending), ()
            raise CannotDo(f"that takes {count} steps; at most {self.limits.steps} are done at once")

    def _recover(self, failure: StepFailed) -> Iterator[None]:
        """Climb the upper rungs: ask the mind anew, ask the person, give up."""
        found = self._recovery.redecomposed(failure, self._hearing.talk())
        if found is not None:
            self.dialogue.pending = found
            self._stream.record("subtasks", texts=[one.text for one in found])
            return
        asked = self._recovery.question(failure)
        if asked is not None:
            try:
                return (yield from self._hearing.hear(NeedsAnswer(*asked)))
            except NeedsAnswer:
                pass  # Nobody is there, or nobody knows.
        raise self._recovery.give_up(failure)

    def _finish(self) -> None:
        """End an episode that has nothing left to do."""
        verdicts = self._tally.verdicts
        if verdicts:
            return self._end("done", 0, verdicts[-1].reason)
        self._end("answered", 0, "nothing is left to do")

    def _stopped(self, reason: str) -> None:
        self._end("stopped", INTERRUPTED, reason, Cause.STOPPED)

    def _end(
        self,
        outcome: Outcome,
        exit_code: int,
        reason: str,
        cause: Cause | str = "",
        options: tuple[str, ...] = (),
    ) -> None:
        """Bring the arm to rest, tell of the end, and close every subscriber."""
        if outcome != "done":
            with suppress(RobotError):
                self._reins.stop()
        left = self._inbox.shut()
        self.episode = Episode(
            instruction=self._instruction,
            outcome=outcome,
            exit_code=exit_code,
            reason=reason,
            cause=str(cause),
            options=options,
            subtasks=self._tally.subtasks,
            verdicts=tuple(self._tally.verdicts),
            stages=tuple(self._tally.stages),
            timings=self._tally.timings | {"wall": self._stream.wall, "robot": self._tally.robot_time},
            metrics=self._tally.metrics()
            | {
                "perceive_cpu": list(self._senses.cpu),
                "unheard": [line.text for line in left],
                "cpu": {part: round(spent, 4) for part, spent in self._meter.spent.items()},
                "overhead_ms": [round(1000.0 * spent, 3) for spent in self._meter.stages()],
            },
            seed=self.seed,
            perceiver=self.perceiver.name,
            mind=self.mind.name,
            moved=self._acting.moved,
        )
        self._stream.record("end", **self.episode.to_json())
        self._stream.close()
