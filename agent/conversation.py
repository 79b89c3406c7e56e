"""What a dialogue has come to: what holds, what is still to be done, and from where everything was taken.

It outlives an instruction: what is said next is understood by it. It is a
``Subscriber``, since looks and grasps are told to everyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..perception.scene import Scene
from ..skills.skill import SkillSpec
from .corrections import Correction, Standing, Taken, Talk, Where
from .events import Event
from .mind import Subtask

REMEMBERED = 200
"""Most things taken, and most lines said, that are remembered."""
HAND = "hand"


@dataclass(slots=True, kw_only=True)
class Dialogue:
    """One person, one robot, since they began to talk.

    Attributes:
        standing: What holds until it is taken back.
        pending: What is still to be done, what is done now first.
        taken: What was taken, oldest first.
        turn: Number of the instruction that is carried out, or was last.
        said: What was said, oldest first.
        begun: What was there before the step that is done now; of what is in a hand, before it was taken.
        resumed: Whether that step was broken off with something in a hand.
    """

    standing: Standing = field(default_factory=Standing)
    pending: tuple[Subtask, ...] = ()
    taken: tuple[Taken, ...] = ()
    turn: int = 0
    said: tuple[str, ...] = ()
    begun: Scene | None = None
    resumed: bool = False
    _places: dict[str, Where] = field(default_factory=dict)

    def on_event(self, event: Event) -> None:
        """Take note of where things stand, and of what is taken."""
        if event.kind == "scene" and event.scene is not None:
            for thing in event.scene.things:
                if thing.on != HAND:
                    x, y = map(float, thing.center[:2])
                    self._places[thing.name] = Where(on=thing.on, inside=thing.inside, x=x, y=y)
        elif event.kind == "grasped":
            self._take(event.data)

    def close(self) -> None:
        """Nothing to close: the dialogue goes on."""

    @property
    def known(self) -> frozenset[str]:
        """All that was ever seen."""
        return frozenset(self._places)

    def hear(self, line: str) -> None:
        """Take note of what was said."""
        self.said = (*self.said, line)[-REMEMBERED:]

    def follow(self, correction: Correction) -> None:
        """Take over what follows from a line."""
        self.pending, self.standing = correction.pending, correction.standing

    def finish(self) -> None:
        """Take note that the first step was seen to be done."""
        self.pending = self.pending[1:]
        self.resumed = False

    def talk(self, scene: Scene, skills: tuple[SkillSpec, ...], held: tuple[str, ...]) -> Talk:
        """Give what a mind is told when something is said.

        Args:
            scene: What is there now, and in the hands.
            skills: What can be done.
            held: What the hands hold.
        """
        return Talk(
            scene=scene,
            skills=skills,
            pending=self.pending,
            held=held,
            taken=self.taken,
            turn=self.turn,
            standing=self.standing,
            said=self.said,
        )

    def _take(self, told: Mapping[str, Any]) -> None:
        thing = str(told["thing"])
        if thing in self._places:
            one = Taken(thing=thing, where=self._places[thing], turn=self.turn)
            self.taken = (*self.taken, one)[-REMEMBERED:]
