"""The statements of a stage: what they take, and what they add to it."""

from collections.abc import Callable
from dataclasses import replace

from .. import expressions as ex
from ..expressions import Expression
from ..program import Grasp, Relation, Release
from .draft import USAGE as USAGE
from .draft import Draft as Draft
from .draft import Statement as Statement
from .map_acts import MAPS, check_maps
from .refusal import refusal
from .values import RelationValue, direction_of, said

MAX_RELATIONS = 100
"""Most relations of one stage."""


def carry_out(name: str, statement: Statement) -> None:
    """Add a statement to its stage.

    Raises:
        Refusal: If it does not fit there, or its arguments do not fit it.
    """
    if name in MAPS:
        check_maps(name, statement)
        MAPS[name](statement)
        return
    if statement.draft.everywhere and name != "along":
        remedy = "Only along() and maps, such as avoid(), stand in always(); move it into a stage"
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
    part_of = statement.part_of(target)
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


_HANDLERS: dict[str, Callable[[Statement], None]] = {
    "goal": _goal,
    "along": _along,
    "grasp": _grasp,
    "release": _release,
    "hold": _hold,
}
