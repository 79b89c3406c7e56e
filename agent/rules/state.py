"""What is known while an instruction is tied to a scene: the scene as it will be, and what was spoken of."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ...core.errors import NeedsAnswer
from ...perception.scene import TABLE, Scene, Thing
from .deeds import ANY, Deed, Turn

HAND = "hand"  # What carries a thing that is held.
FURNITURE = (
    "tray", "shelf", "drawer", "cabinet", "rack", "peg", "bin", "basket", "table", "door", "compartment",
    "caddy", "stove", "microwave", "oven", "refrigerator",
)  # fmt: skip
"""Kinds that are never part of "everything"."""
FIXED = (
    "drawer", "cabinet", "rack", "peg", "shelf", "table", "door", "compartment", "caddy", "stove",
    "microwave", "oven", "refrigerator",
)  # fmt: skip
"""Kinds that *it* never means where something is taken: they stay where they are."""
FLAT = ("plate", "tray", "shelf", "table", "book", "notebook")
"""Kinds that carry things on top: *to* them means on them."""
PARTS = ("drawer", "compartment", "door")
"""Kinds that are parts of a bigger thing, which *it* may mean where the part cannot be meant."""
RAISED = ("shelf",)
"""Kinds under which there is room."""
SWITCHED = ("stove", "oven", "microwave", "lamp", "kettle", "laptop", "phone")
"""Kinds that can be turned on and off."""
OPENABLE = (
    "drawer", "cabinet", "box", "bottle", "door", "jar", "can", "case", "lid", "bin", "microwave", "oven",
    "refrigerator",
)  # fmt: skip
POURABLE = ("bottle", "jug", "kettle", "pitcher", "flask", "carton", "can", "teapot")
FILLABLE = ("mug", "cup", "glass", "bowl", "pot", "beaker", "jug", "vase", "pan", "tumbler")


@dataclass(slots=True, kw_only=True)
class State:
    """The scene as it will be after the deeds so far, in words.

    Attributes:
        scene: What is there now.
        on: What carries each thing, by name.
        inside: What holds each thing, by name.
        placed: Relation and reference of each thing that deeds so far have moved.
        spoken: Names spoken of so far, oldest first.
        moved: Names of what was moved in the dialogue and so far, in order.
        theme: Names that the last clause was about.
        reference: Names that they were brought to.
        earlier: Groups of names spoken of before, newest first.
        kind: What "one" stands for now.
        reference_kind: The kind of the last reference.
        held: Name of what the hand holds.
        colors: Colours said with the last target, for "the other one".
        deeds: What is to be done so far.
        turns: Earlier turns of the dialogue, oldest first.
        supposed: Deeds that would have been done had a condition held.
        truth: Whether the condition evaluated last holds.
        redundant: How many relations said did not narrow anything down.
        touched: Names that descriptions were found to mean, in order, for "that plate".
        group: Number of the clause being tied.
    """

    scene: Scene
    on: dict[str, str] = field(default_factory=dict)
    inside: dict[str, str | None] = field(default_factory=dict)
    placed: dict[str, tuple[str, str]] = field(default_factory=dict)
    spoken: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    theme: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    earlier: list[tuple[str, ...]] = field(default_factory=list)
    kind: str = "thing"
    reference_kind: str | None = None
    held: str | None = None
    colors: tuple[str, ...] = ()
    deeds: list[Deed] = field(default_factory=list)
    turns: tuple[Turn, ...] = ()
    supposed: tuple[Deed, ...] = ()
    truth: bool | None = None
    redundant: int = 0
    touched: list[str] = field(default_factory=list)
    group: int = 0

    def __post_init__(self) -> None:
        """Take what carries what from the scene, and what was spoken of from the dialogue."""
        self.on = {thing.name: thing.on for thing in self.scene.things}
        self.inside = {thing.name: thing.inside for thing in self.scene.things}
        self.held = next((name for name, carrier in self.on.items() if carrier == HAND), None)
        for turn in self.turns:
            for deed in turn.deeds:
                self.note(deed)

    def known(self, name: str) -> bool:
        """Whether a name is a thing's."""
        return name in self.on

    def is_table(self, name: str) -> bool:
        """Whether a name is a table's: the main one's, or that of a second one, which is a thing too."""
        return name == TABLE or any(thing.name == name and thing.kind == TABLE for thing in self.scene.things)

    def table_under(self, name: str) -> str:
        """Name the table that carries a thing, whatever is in between."""
        passed: set[str] = set()
        while not self.is_table(name) and name in self.on and name not in passed:
            passed.add(name)
            name = self.on[name]
        return name if self.is_table(name) else TABLE

    def carries(self, name: str) -> tuple[str, ...]:
        """List what stands on a thing or lies in it; its own parts do not count."""
        return tuple(
            n
            for n in self.on
            if name in (self.on[n], self.inside[n]) and self.scene.thing(n).kind not in FIXED
        )

    def carried(self, name: str) -> tuple[str, ...]:
        """List what a thing carries, with what stands on that."""
        direct = self.carries(name)
        return tuple(dict.fromkeys([*direct, *(n for one in direct for n in self.carried(one))]))

    def speak(self, *names: str) -> None:
        """Note that names were spoken of."""
        self.spoken += [name for name in names if name not in self.spoken and self.known(name)]

    def note(self, deed: Deed) -> None:
        """Note what a deed is about, and what it changes."""
        names = tuple(name for name in deed.what if self.known(name) or name == ANY)
        references = tuple(name for name in (*deed.to, deed.tool) if self.known(name))
        if names != self.theme:
            self.earlier = [group for group in (self.theme, self.reference) if group] + self.earlier
        self.theme, self.reference = names, references
        self.speak(*names, *references)
        if deed.do in ("put", "stack", "move", "push", "pull", "hand_over"):
            self.moved += [name for name in names if name not in self.moved]
        if names and all(map(self.known, names)):
            kinds = {self.scene.thing(name).kind for name in names}
            self.kind = kinds.pop() if len(kinds) == 1 else "thing"
        if references:
            kinds = {self.scene.thing(name).kind for name in references}
            self.reference_kind = kinds.pop() if len(kinds) == 1 else None

    def moved_to(self, name: str, relation: str, reference: str) -> None:
        """Note where a thing will be."""
        if not self.known(name):
            return
        self.held = None if self.held == name else self.held
        self.placed[name] = (relation, reference)
        self.inside[name] = reference if relation == "in" else None
        if relation in ("in", "on"):
            self.on[name] = reference
        else:
            first = reference.split(",")[0]
            self.on[name] = self.table_under(first) if self.known(first) else TABLE

    def groups(self) -> Iterator[tuple[str, ...]]:
        """Give what was spoken of, newest first."""
        yield from (group for group in (self.theme, self.reference, *self.earlier) if group)

    def it(self, suits: Callable[[str], bool], without: Sequence[str] = ()) -> str:
        """Say what *it* is: the one thing spoken of last that suits.

        Raises:
            NeedsAnswer: If none does.
        """
        if self.theme == (ANY,):
            return ANY
        for group in self.groups():
            fitting = [name for name in group if self.known(name) and name not in without and suits(name)]
            if len(fitting) == 1 and (len(group) == 1 or group is self.reference):
                return fitting[0]
            if len(fitting) > 1:
                raise NeedsAnswer("what does 'it' stand for?", fitting)
        parts = [name for group in self.groups() for name in group if self.known(name)]
        wholes = [self.on[name] for name in parts if self.thing(name).kind in PARTS]
        fitting = [name for name in wholes if self.known(name) and name not in without and suits(name)]
        if fitting:
            return fitting[0]  # "close the drawer of the cabinet and put the bowl on it"
        everything = [thing.name for thing in self.scene.things if suits(thing.name)]
        raise NeedsAnswer("what does 'it' stand for?", everything)

    def them(self) -> tuple[str, ...]:
        """Say what *them* is: the last group of several.

        Raises:
            NeedsAnswer: If there is none.
        """
        for group in self.groups():
            if len(group) > 1:
                return group
        if len(self.moved) > 1:
            return tuple(self.moved)
        if len(both := (*self.theme, *self.reference)) > 1 and ANY not in both:
            return both  # "put the one on the other and place them there"
        raise NeedsAnswer("what does 'them' stand for?", (thing.name for thing in self.scene.things))

    def thing(self, name: str) -> Thing:
        """Give a thing by its name."""
        return self.scene.thing(name)

    def place_before(self, name: str) -> tuple[str, str | None, float, float] | None:
        """Tell where a thing was before it was moved: what carried it, what held it, x and y, [m]."""
        for turn in self.turns:
            for moved, on, inside, x, y in turn.places:
                if moved == name and name in (one for deed in turn.deeds for one in deed.what):
                    return on, inside, x, y
        thing = self.scene.thing(name)
        if name in self.placed or any(deed.what == (name,) for deed in self.deeds):
            return thing.on, thing.inside, float(thing.center[0]), float(thing.center[1])
        return None
