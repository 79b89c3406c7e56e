"""Understanding what was said, with the arm at rest: line by line, until it may go on."""

from collections.abc import Generator, Iterator
from dataclasses import replace

from ..core.errors import HandselError, MissingDependency, NeedsAnswer, RobotError
from ..perception.scene import Scene
from ..skills.foresight import moved_thing, with_thing
from ..skills.skill import SkillSpec
from .acting import Acting
from .conversation import HAND, Dialogue
from .corrections import Correction, Kind, Talk
from .events import Stream
from .inbox import Inbox, Line
from .meter import Meter
from .senses import Senses
from .thinking import OverLimit, Thinking

IDLE = frozenset({Kind.QUESTION, Kind.THANKS})
"""What does not let an arm go on that was stopped."""


class PersonStopped(Exception):
    """The person stopped the arm and said no more."""


class Hearing:
    """The part of the loop that listens."""

    def __init__(
        self,
        inbox: Inbox,
        thinking: Thinking,
        senses: Senses,
        acting: Acting,
        dialogue: Dialogue,
        stream: Stream,
        skills: tuple[SkillSpec, ...],
        patience: float,
        meter: Meter,
    ):
        """Listen.

        Args:
            inbox: Where lines come in.
            thinking: Who understands them.
            senses: What is sensed and believed.
            acting: What waits at rest.
            dialogue: What holds and what is to be done.
            stream: Who is told.
            skills: What can be done.
            patience: Robot time that a person is waited for, [s].
            meter: Where what others cost is booked.
        """
        self._meter = meter
        self._inbox, self._thinking, self._senses = inbox, thinking, senses
        self._acting, self._dialogue, self._stream = acting, dialogue, stream
        self._skills, self._patience = skills, patience
        self._rests = self._stopped = False

    def talk(self) -> Talk:
        """Give what a mind is told."""
        held = tuple(dict.fromkeys(one.thing for one in self._senses.held.values()))
        return self._dialogue.talk(self._scene(), self._skills, held)

    def understand(self, text: str) -> Correction:
        """Understand a line, and take over what follows from it.

        Raises:
            HandselError: If it is not understood, open or impossible.
        """
        self._dialogue.hear(text)
        self._senses.listen(text)
        talk = self.talk()
        with self._meter.on("mind"):
            found = self._thinking.correct(text, talk)
        self._dialogue.follow(found)
        self._thinking.heed(found.standing)
        self._stream.record(
            "correction",
            text=text,
            kinds=found.kinds,
            pending=[one.text for one in found.pending],
            standing=found.standing.told(),
            answer=found.answer,
            rests=found.rests,
        )
        if found.pending != talk.pending:
            self._stream.record("subtasks", texts=[one.text for one in found.pending])
        return found

    def hear(self, question: NeedsAnswer | None = None) -> Iterator[None]:
        """Bring the arm to rest, and understand lines until it may go on.

        Args:
            question: What the person is asked before anything else; nothing was said then.

        Raises:
            NeedsAnswer: If the person does not answer a question in time.
            PersonStopped: If the person stopped the arm and does not say more in time.
        """
        yield from self._acting.settle()
        self._stopped = False
        rests = question is not None
        if question is not None:
            self._ask(question)
        self._dialogue.resumed = self._dialogue.resumed or bool(self._senses.held)
        while True:
            line = self._inbox.take()
            if line is None and not rests:
                return
            if line is None:
                line = yield from self._wait()
            if line is None:
                raise question or PersonStopped
            question = self._heard(line)
            rests = question is not None or self._rests

    def _heard(self, line: Line) -> NeedsAnswer | None:
        """Understand one line; gives the question that it leaves, where it leaves one."""
        self._stream.record("heard", text=line.text, to_stop=line.to_stop, at=line.robot_time)
        self._rests = True
        try:
            found = self.understand(line.text)
            # Who stopped the arm and then only asks something has not said that it may go on.
            self._stopped = found.rests or (self._stopped and {*found.kinds} <= IDLE)
            self._rests = self._stopped
        except NeedsAnswer as question:
            return self._ask(question)
        except (RobotError, MissingDependency, OverLimit):
            raise
        except HandselError as refusal:
            return self._ask(NeedsAnswer(f"{str(refusal).rstrip('.')}. What shall I do?"))
        return None

    def _ask(self, question: NeedsAnswer) -> NeedsAnswer:
        self._stream.record("ask", question=question.question, options=question.options)
        return question

    def _wait(self) -> Generator[None, None, Line | None]:
        """Let time pass at rest until somebody speaks; None where nobody does."""
        latest = self._senses.time + self._patience
        while self._senses.time < latest:
            yield from self._acting.pause()
            if self._inbox:
                return self._inbox.take()
        return None

    def _scene(self) -> Scene:
        """Give the scene with what is held in the hands, also where nobody has looked since it was taken."""
        scene = self._senses.scene
        assert scene is not None, "there was a look"
        for hand, one in self._senses.held.items():
            thing = next((thing for thing in scene.things if thing.name == one.thing), None)
            if thing is not None and thing.on != HAND:
                X_WO = self._senses.X_WG[hand] @ one.X_GO
                scene = with_thing(scene, replace(moved_thing(thing, X_WO, HAND), inside=None))
        return scene
