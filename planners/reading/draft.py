"""A stage that is being read, and a statement in it."""

import ast
from dataclasses import dataclass, field

from ..expressions import Expression
from ..program import (
    Avoid,
    AvoidRegion,
    Face,
    Grasp,
    Grip,
    Relation,
    Release,
    Slow,
    SlowRegion,
    Stage,
    Toward,
)
from .refusal import near, refusal
from .values import HandValue, TableValue, ThingValue, Value, number_of, said
from .vocabulary import Vocabulary

USAGE = {
    "goal": "goal(relation, tol=...)",
    "along": "along(relation, tol=...)",
    "grasp": "grasp(thing, hand=..., approach=vec(0, 0, -1))",
    "release": "release(thing, hand=...)",
    "hold": "hold(thing)",
    "avoid": "avoid(thing, distance)",
    "slow": "slow(thing, distance, speed)",
    "toward": "toward(point or region, weight=1)",
    "face": "face(thing or direction, where=region)",
    "grip": 'grip("open", "closed" or width, where=region)',
}


@dataclass(slots=True, kw_only=True)
class Draft:
    """A stage that is being read.

    Attributes:
        node: Its function.
        everywhere: True for ``always``, whose statements join every stage.
        acts: What hands do at the end, with where it stands.
        holds: Things it says the program ends holding, with where it says so.
        toward: Where the hand is drawn to, with where it stands.
    """

    node: ast.FunctionDef
    everywhere: bool = False
    goals: list[Relation] = field(default_factory=list)
    along: list[Relation] = field(default_factory=list)
    acts: list[tuple[Grasp | Release, ast.Call]] = field(default_factory=list)
    avoid: list[Avoid] = field(default_factory=list)
    slow: list[Slow] = field(default_factory=list)
    toward: list[tuple[Toward, ast.Call]] = field(default_factory=list)
    avoid_regions: list[AvoidRegion] = field(default_factory=list)
    slow_regions: list[SlowRegion] = field(default_factory=list)
    face: list[Face] = field(default_factory=list)
    grip: list[Grip] = field(default_factory=list)
    holds: list[tuple[str, ast.Call]] = field(default_factory=list)

    def stage(self, always: "Draft | None") -> Stage:
        """Close the draft, with what ``always`` adds."""
        extra = always or Draft(node=self.node)
        doc = ast.get_docstring(self.node) or ""
        return Stage(
            name=self.node.name,
            purpose=doc.partition("\n")[0].strip(),
            goals=tuple(self.goals),
            along=(*self.along, *extra.along),
            grasps=tuple(act for act, _ in self.acts if isinstance(act, Grasp)),
            releases=tuple(act for act, _ in self.acts if isinstance(act, Release)),
            avoid=(*self.avoid, *extra.avoid),
            slow=(*self.slow, *extra.slow),
            toward=tuple(one for one, _ in (*self.toward, *extra.toward)),
            avoid_regions=(*self.avoid_regions, *extra.avoid_regions),
            slow_regions=(*self.slow_regions, *extra.slow_regions),
            # The last one that speaks of a place counts: a stage's own come after those of always().
            face=(*extra.face, *self.face),
            grip=(*extra.grip, *self.grip),
            line=self.node.lineno,
        )

    @property
    def maps(self) -> int:
        """Number of statements that make maps."""
        near = len(self.avoid) + len(self.slow) + len(self.avoid_regions) + len(self.slow_regions)
        return near + len(self.toward) + len(self.face) + len(self.grip)

    @property
    def empty(self) -> bool:
        """Whether nothing is done in it."""
        if self.everywhere:
            return not (self.along or self.maps)
        return not (self.goals or self.acts or self.toward)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement as it was called, and the stage that it adds to."""

    node: ast.Call
    args: list[Value]
    named: dict[str, Value]
    draft: Draft
    vocabulary: Vocabulary

    def arguments(
        self, name: str, words: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> dict[str, Value]:
        """Sort the arguments by name.

        Raises:
            Refusal: If one is missing, unknown, or given twice.
        """
        order = (*words, *optional)
        given = dict(zip(order, self.args, strict=False))
        extra = [word for word in self.named if word not in order or word in given]
        missing = [word for word in words if word not in given and word not in self.named]
        if len(self.args) > len(order) or extra or missing:
            wrong = f"{name} lacks its {missing[0]}" if missing else f"{name} takes other arguments"
            raise refusal(self.node, wrong, f"It is written {USAGE[name]}")
        return given | self.named

    def thing(self, value: Value, name: str) -> str:
        """Take an argument as a thing.

        Raises:
            Refusal: If it is none.
        """
        if isinstance(value, ThingValue):
            return value.name
        if isinstance(value, TableValue):
            raise refusal(
                self.node, f"{name} takes a thing; the table is always kept clear of", "Leave it out"
            )
        part_of = self.part_of(value)
        hint = f"Write {part_of[0]}" if part_of else f"The things are {', '.join(self.vocabulary.things)}"
        raise refusal(self.node, f"{name} takes a thing, not {said(value)}", hint)

    def number(self, value: Value, what: str, most: float, unit: str, *, or_zero: bool = False) -> float:
        """Take an argument as a positive constant, or as one that may be zero.

        Raises:
            Refusal: If it is out of range.
        """
        number = number_of(value, what)
        if not 0.0 < number <= most and not (or_zero and number == 0.0):
            least = "at least 0" if or_zero else "above 0"
            raise refusal(
                self.node, f"{what} is {least} and at most {most:g} {unit}, not {number:g}", "Change it"
            )
        return number

    def part_of(self, value: Value) -> tuple[str, str] | None:
        """Give thing and part, where a value is a part's present position."""
        if not isinstance(value, Expression) or value.ref is None or value.ref.when != "now":
            return None
        return None if value.ref.thing is None else (value.ref.thing, value.ref.part)

    def hand(self, value: Value) -> str | None:
        """Take an argument as a hand; None stays None.

        Raises:
            Refusal: If there is no such hand.
        """
        name = value.name if isinstance(value, HandValue) else value
        if name is None or name in self.vocabulary.hands:
            return name if isinstance(name, str) else None
        hands = f"The hands are {', '.join(self.vocabulary.hands)}"
        raise refusal(self.node, f"there is no hand {name!r}", near(str(name), self.vocabulary.hands, hands))
