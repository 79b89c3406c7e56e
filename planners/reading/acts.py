"""The statements of a stage: what they take, and what they add to it."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .. import expressions as ex
from ..expressions import Expression
from ..program import Avoid, Grasp, Relation, Release, Slow, Stage
from .refusal import near, refusal
from .values import (
    HandValue,
    RelationValue,
    TableValue,
    ThingValue,
    Value,
    direction_of,
    number_of,
    said,
)
from .vocabulary import Vocabulary

MAX_RELATIONS = 100
"""Most relations of one stage."""
MAX_DISTANCE = 1.0
"""Largest distance to keep from a thing, [m]."""
MAX_SPEED = 2.0
"""Largest speed that can be asked for, [m/s]."""

_LATER = {
    "toward": "Say where to with goal()",
    "face": "Say which way with goal(angle(...) <= degrees(10))",
    "grip": "Close with grasp(thing), open with release(thing)",
}
USAGE = {
    "goal": "goal(relation, tol=...)",
    "along": "along(relation, tol=...)",
    "grasp": "grasp(thing, hand=..., approach=vec(0, 0, -1))",
    "release": "release(thing, hand=...)",
    "hold": "hold(thing)",
    "avoid": "avoid(thing, distance)",
    "slow": "slow(thing, distance, speed)",
}


@dataclass(slots=True, kw_only=True)
class Draft:
    """A stage that is being read.

    Attributes:
        node: Its function.
        everywhere: True for ``always``, whose statements join every stage.
        holds: Things it says the program ends holding, with where it says so.
        act_nodes: Where each hand's act stands.
        hold_nodes: Where each ``hold`` stands.
    """

    node: ast.FunctionDef
    everywhere: bool = False
    goals: list[Relation] = field(default_factory=list)
    along: list[Relation] = field(default_factory=list)
    acts: list[tuple[Grasp | Release, ast.Call]] = field(default_factory=list)
    avoid: list[Avoid] = field(default_factory=list)
    slow: list[Slow] = field(default_factory=list)
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
            line=self.node.lineno,
        )


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
        part_of = _part_of(value)
        hint = f"Write {part_of[0]}" if part_of else f"The things are {', '.join(self.vocabulary.things)}"
        raise refusal(self.node, f"{name} takes a thing, not {said(value)}", hint)

    def number(self, value: Value, what: str, most: float, unit: str) -> float:
        """Take an argument as a positive constant.

        Raises:
            Refusal: If it is out of range.
        """
        number = number_of(value, what)
        if not 0.0 < number <= most:
            raise refusal(
                self.node, f"{what} is above 0 and at most {most:g} {unit}, not {number:g}", "Change it"
            )
        return number

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


def carry_out(name: str, statement: Statement) -> None:
    """Add a statement to its stage.

    Raises:
        Refusal: If it does not fit there, or its arguments do not fit it.
    """
    if name in _LATER:
        known = ", ".join(USAGE)
        raise refusal(statement.node, f"{name} is not supported yet; {known} are", _LATER[name])
    if statement.draft.everywhere and name not in ("along", "avoid", "slow"):
        remedy = "Only along(), avoid() and slow() stand in always(); move it into a stage"
        raise refusal(statement.node, f"{name} cannot hold in every stage", remedy)
    _HANDLERS[name](statement)


def _relation(statement: Statement, name: str) -> Relation:
    given = statement.arguments(name, ("relation",), ("tol",))
    value = given["relation"]
    if isinstance(value, bool):
        reason = "the comparison is of constants only, so nothing can be done about it"
        raise refusal(statement.node, reason, "Leave it out, or name a point")
    if not isinstance(value, RelationValue):
        raise refusal(
            statement.node,
            f"{name} takes one comparison, not {said(value)}",
            f"Write {name}(a <= b) or {name}(a == b)",
        )
    value.used = True
    if len(statement.draft.goals) + len(statement.draft.along) >= MAX_RELATIONS:
        raise refusal(statement.node, f"a stage has at most {MAX_RELATIONS} relations", "Write fewer")
    relation = value.relation
    if given.get("tol") is not None:
        tolerance = given["tol"]
        if isinstance(tolerance, Expression):
            ex.common_unit(tolerance.unit, ex.common_unit(relation.left.unit, relation.right.unit))
        relation = replace(relation, tolerance=statement.number(tolerance, "tol", 1.0, ""))
    return relation


def _goal(statement: Statement) -> None:
    statement.draft.goals.append(_relation(statement, "goal"))


def _along(statement: Statement) -> None:
    statement.draft.along.append(_relation(statement, "along"))


def _grasp(statement: Statement) -> None:
    given = statement.arguments("grasp", ("thing",), ("hand", "approach"))
    target = given["thing"]
    part_of = _part_of(target)
    thing, part = part_of or (statement.thing(target, "grasp"), None)
    hand = statement.hand(given.get("hand"))
    if hand is None:
        first, *others = statement.vocabulary.hands
        if others:
            options = " or ".join(f"hand={name}" for name in (first, *others))
            raise refusal(statement.node, "there is more than one hand", f"Write {options}")
        hand = first
    approach = given.get("approach")
    act = Grasp(
        thing=thing,
        part=part,
        hand=hand,
        approach=None if approach is None else direction_of(approach, "approach"),
    )
    _act(statement, act)


def _release(statement: Statement) -> None:
    given = statement.arguments("release", ("thing",), ("hand",))
    thing = statement.thing(given["thing"], "release")
    # Which hand holds it is known only when the stages are gone through in order.
    _act(statement, Release(thing=thing, hand=statement.hand(given.get("hand")) or ""))


def _act(statement: Statement, act: Grasp | Release) -> None:
    if len(statement.draft.acts) >= 2 * len(statement.vocabulary.hands):
        raise refusal(statement.node, "too many acts in one stage", "Write a stage for each")
    statement.draft.acts.append((act, statement.node))


def _hold(statement: Statement) -> None:
    given = statement.arguments("hold", ("thing",))
    statement.draft.holds.append((statement.thing(given["thing"], "hold"), statement.node))


def _avoid(statement: Statement) -> None:
    given = statement.arguments("avoid", ("thing", "distance"))
    thing = statement.thing(given["thing"], "avoid")
    distance = statement.number(given["distance"], "the distance", MAX_DISTANCE, "m")
    statement.draft.avoid.append(Avoid(thing=thing, distance=distance))


def _slow(statement: Statement) -> None:
    given = statement.arguments("slow", ("thing", "distance", "speed"))
    statement.draft.slow.append(
        Slow(
            thing=statement.thing(given["thing"], "slow"),
            distance=statement.number(given["distance"], "the distance", MAX_DISTANCE, "m"),
            speed=statement.number(given["speed"], "the speed", MAX_SPEED, "m/s"),
        )
    )


def _part_of(value: Value) -> tuple[str, str] | None:
    """Thing and part, where a value is a part's present position."""
    if not isinstance(value, Expression) or value.ref is None or value.ref.when != "now":
        return None
    return None if value.ref.thing is None else (value.ref.thing, value.ref.part)


_HANDLERS: dict[str, Callable[[Statement], None]] = {
    "goal": _goal,
    "along": _along,
    "grasp": _grasp,
    "release": _release,
    "hold": _hold,
    "avoid": _avoid,
    "slow": _slow,
}
