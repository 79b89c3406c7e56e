"""What the memory gives back: places, things as they were seen, acts, plans, episodes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...core.arrays import Float64, frozen
from ...perception.scene import Scene, Thing

SAME_SIZE = 0.02
"""Sizes that differ by no more along any side may be the same thing's, [m]."""
HAND = "hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a thing was.

    Attributes:
        on: What carried it: a thing's name, ``table`` or ``hand``.
        inside: What held it inside, or None.
        p_WO: Its centre in the world, shape (3,), [m].
        wxyz: How its box was turned in the world, as a quaternion, shape (4,).
    """

    on: str
    inside: str | None
    p_WO: Float64
    wxyz: Float64

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "p_WO", frozen(self.p_WO, (3,)))
        object.__setattr__(self, "wxyz", frozen(self.wxyz, (4,)))

    def words(self) -> str:
        """Say it to a person."""
        if self.on == HAND:
            return "in the hand"
        where = f"in {self.inside}" if self.inside else f"on {self.on}"
        return f"{where}, at {self.p_WO[0]:.2f} {self.p_WO[1]:.2f} m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A thing as a look had it.

    Attributes:
        name: Its identifier.
        kind: What it was taken for.
        color: Colour name.
        size: Full extents of its box, shape (3,), [m].
        place: Where it was.
    """

    name: str
    kind: str
    color: str
    size: Float64
    place: Place

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        object.__setattr__(self, "size", frozen(self.size, (3,)))

    def may_be(self, thing: Thing) -> bool:
        """Whether a thing that is seen now may be this one: same kind, colour and size."""
        alike = thing.kind == self.kind and thing.color == self.color
        return alike and bool((abs(thing.size - self.size) <= SAME_SIZE).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A thing that a skill moved.

    Attributes:
        episode: Number of the episode.
        number: Place among all acts, growing with time.
        subtask: The step that it was for.
        skill: The skill.
        arguments: Its arguments.
        thing: Name of what moved.
        before: It, before.
        after: It, afterwards; None where it was not seen any more.
        success: Whether the step was judged to have happened.
        reason: What the verdict rests on.
    """

    episode: int
    number: int
    subtask: str
    skill: str
    arguments: Mapping[str, str]
    thing: str
    before: Seen
    after: Seen | None
    success: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastProgram:
    """A program that was carried out, and its step was judged done.

    Attributes:
        episode: Number of the episode.
        began: When that episode began, seconds since 1970.
        instruction: What the person had said.
        subtask: The step.
        text: The program.
        names: The things that the step names, in order.
        things: These things as they were seen before it.
    """

    episode: int
    began: float
    instruction: str
    subtask: str
    text: str
    names: tuple[str, ...]
    things: tuple[Seen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEpisode:
    """An instruction of before.

    Attributes:
        number: Its number, growing with time.
        began: When it began, seconds since 1970.
        instruction: What the person said.
        said: Everything that was said in it, ``(who, words)`` in order; ``who`` is ``person`` or ``robot``.
        robot: The robot's name.
        mind: Who understood.
        perceiver: Who saw.
        seed: Seed of all chance.
        subtasks: The steps in words.
        outcome: How it ended; ``broken off`` where the run was killed before its end.
        reason: Why.
    """

    number: int
    began: float
    instruction: str
    said: tuple[tuple[str, str], ...] = field(default=())
    robot: str = ""
    mind: str = ""
    perceiver: str = ""
    seed: int = 0
    subtasks: tuple[str, ...] = ()
    outcome: str = ""
    reason: str = ""


def seen_in(scene: Scene) -> tuple[Seen, ...]:
    """Give the things of a scene as the memory keeps them."""
    return tuple(seen_thing(thing) for thing in scene.things)


def seen_thing(thing: Thing) -> Seen:
    """Give a thing as the memory keeps it."""
    place = Place(
        on=thing.on,
        inside=thing.inside,
        p_WO=thing.X_WO.translation(),
        wxyz=thing.X_WO.rotation().ToQuaternion().wxyz(),
    )
    return Seen(name=thing.name, kind=thing.kind, color=thing.color, size=thing.size, place=place)
