"""The seam of corrections: what a person says while something is done, and what follows from it.

``Standing`` holds for the rest of a dialogue, ``Talk`` is what a mind is told, and a
``Correction`` what it answers: all that is to be done from now on. A mind that
understands corrections is a ``Listener``; for any other one ``plain_correction`` takes
the words that need no scene, and every other line is a new instruction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol, runtime_checkable

from ..perception.scene import Scene
from ..skills.skill import SkillSpec
from .mind import Subtask

SLOWER, FASTER = 0.5, 1.0 / 0.5
"""What 'slower' and 'faster' do to the speed."""
LEAST_PACE, MOST_PACE = 0.25, 1.5
"""Shares of the usual speed that can be asked for."""
GENTLE = 0.5
"""Share of the speed with which things are done gently."""


class Kind(StrEnum):
    """What a line can be; the set is closed."""

    STOP = "stop"
    GO_ON = "go_on"
    SLOWER = "slower"
    FASTER = "faster"
    GENTLY = "gently"
    NOT_THAT = "not_that"
    OTHER = "other"
    LEAVE = "leave"
    PUT_BACK = "put_back"
    ALSO = "also"
    NEVER_MIND = "never_mind"
    FORBID = "forbid"
    ALLOW = "allow"
    KEEP_AWAY = "keep_away"
    INSTRUCT = "instruct"
    QUESTION = "question"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What holds for the rest of a dialogue, whatever else is asked.

    Attributes:
        pace: How fast to move, as a share of the usual.
        gentle: Whether everything is done gently.
        excluded: Things that are not to be touched.
        away: Things to keep away from and how far, [m]; None where no distance was said.
    """

    pace: float = 1.0
    gentle: bool = False
    excluded: tuple[str, ...] = ()
    away: tuple[tuple[str, float | None], ...] = ()

    @property
    def speed(self) -> float:
        """How fast to move in the end, as a share of the usual."""
        return self.pace * (GENTLE if self.gentle else 1.0)

    def paced(self, by: float) -> "Standing":
        """Give it with another speed, by a factor; faster from slow is never faster than usual."""
        pace = self.pace * by
        if by > 1.0 and self.pace < 1.0:
            pace = 1.0
        return replace(self, pace=min(max(pace, LEAST_PACE), MOST_PACE), gentle=self.gentle and by < 1.0)

    def forbidding(self, *names: str) -> "Standing":
        """Give it with more things that are not to be touched."""
        return replace(self, excluded=tuple(dict.fromkeys((*self.excluded, *names))))

    def allowing(self, *names: str) -> "Standing":
        """Give it with things that may be touched, and come near to, again."""
        return replace(
            self,
            excluded=tuple(name for name in self.excluded if name not in names),
            away=tuple(one for one in self.away if one[0] not in names),
        )

    def keeping(self, name: str, distance: float | None) -> "Standing":
        """Give it with a distance to keep."""
        others = tuple(one for one in self.away if one[0] != name)
        return replace(self, away=(*others, (name, distance)))

    def told(self) -> tuple[str, ...]:
        """Say what holds, one sentence each."""
        lines = [f"never touch {name}" for name in self.excluded]
        lines += [
            f"stay {'well away' if far is None else f'{100 * far:g} cm away'} from {name}"
            for name, far in self.away
        ]
        lines += [f"move at {100 * self.pace:.0f} % of the usual speed"] if self.pace != 1.0 else []
        lines += ["do everything gently"] if self.gentle else []
        return tuple(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a thing stood.

    Attributes:
        on: What carried it.
        inside: What held it.
        x: Its middle in the world, [m].
        y: Its middle in the world, [m].
    """

    on: str
    inside: str | None
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A thing that was taken, and where it had stood.

    Attributes:
        thing: Its name.
        where: Where it stood before.
        turn: Number of the instruction for which it was taken.
    """

    thing: str
    where: Where
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a mind is told when a person says something.

    Attributes:
        scene: What is there now, and in the hand.
        skills: What can be done.
        pending: What is still to be done, what is done now first.
        held: What the hands hold.
        taken: What was taken in this dialogue, oldest first.
        turn: Number of the instruction that is carried out, or was last.
        standing: What holds already.
        said: What was said so far, oldest first.
    """

    scene: Scene
    skills: tuple[SkillSpec, ...]
    pending: tuple[Subtask, ...] = ()
    held: tuple[str, ...] = ()
    taken: tuple[Taken, ...] = ()
    turn: int = 0
    standing: Standing = field(default_factory=Standing)
    said: tuple[str, ...] = ()

    @property
    def first_places(self) -> Mapping[str, Where]:
        """Where everything that was taken stood before it was ever taken."""
        return {one.thing: one.where for one in reversed(self.taken)}

    @property
    def last_places(self) -> Mapping[str, Where]:
        """Where everything that was taken stood before the latest instruction that took it."""
        found: dict[str, tuple[int, Where]] = {}
        for one in self.taken:
            if one.thing not in found or found[one.thing][0] < one.turn:
                found[one.thing] = one.turn, one.where
        return {name: where for name, (_, where) in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What follows from a line.

    Attributes:
        kinds: What the line was.
        pending: All that is to be done from now on, in order.
        standing: What holds from now on.
        answer: What the person is told, if anything.
        rests: Whether the arm stays at rest until the person says more.
    """

    kinds: tuple[Kind, ...]
    pending: tuple[Subtask, ...]
    standing: Standing
    answer: str = ""
    rests: bool = False


@runtime_checkable
class Listener(Protocol):
    """A mind that understands what is said while something is done."""

    def correct(self, line: str, talk: Talk) -> Correction:
        """Understand a line.

        Args:
            line: What the person said.
            talk: What is done, held and standing.

        Raises:
            InputError: If it is not understood.
            NeedsAnswer: If several readings remain.
            CannotDo: If it is understood but impossible.
            LanguageModelError: If a model that is asked cannot be reached or its budget is used up.
        """
        ...

    def heed(self, standing: Standing) -> None:
        """Take to heart what holds from now on, for all that is broken down and written."""
        ...


def doing(talk: Talk) -> str:
    """Say what is done, held and still to be done, for who asks."""
    if not talk.pending:
        said = "I am doing nothing; tell me what to do"
    else:
        first, *later = (one.text.split(";")[0].replace("_", " ") for one in talk.pending)
        said = f"I am about to {first}" + (f", then to {', then to '.join(later)}" if later else "")
    held = f"; I hold {' and '.join(talk.held).replace('_', ' ')}" if talk.held else ""
    return f"{said}{held}."
