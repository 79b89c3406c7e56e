"""What each rule of the grammar means, built from what its parts mean.

One small function a rule, so that they can be read beside the grammar; those of noun phrases are in
``build_phrases``.
"""

from collections.abc import Callable

from lark import Token

from .build_phrases import PHRASES
from .meaning import Clause, Instruction, Manner, Where
from .nodes import Value, distance, lists, phrases, tokens

_RELATIONS = {
    "IN": "in",
    "ON": "on",
    "NEXT": "next to",
    "BY": "next to",
    "LEFTOF": "left of",
    "RIGHTOF": "right of",
    "FRONTOF": "in front of",
    "BEHIND": "behind",
    "BETWEEN": "between",
    "UNDER": "under",
    "FROM": "from",
    "TO": "to",
    "NEAREST": "nearest",
    "FARTHEST": "farthest",
}


def _start(children: list[Value]) -> Value:
    clauses = tuple(clause for child in children if isinstance(child, tuple) for clause in child)
    return Instruction(clauses=clauses) if any(clause.verb for clause in clauses) else None


def _ordered(children: list[Value]) -> Value:
    first, second = (child for child in children if isinstance(child, tuple))
    return first + second


def _swapped(children: list[Value]) -> Value:
    first, second = (child for child in children if isinstance(child, tuple))
    return second + first


def _later(children: list[Value]) -> Value:
    return children[-1]


def _general(children: list[Value]) -> Value:
    return (Clause(verb=None, manners=tuple(children)),)


def _clause(children: list[Value]) -> Value:
    manners = tuple(child for child in children if isinstance(child, Manner))
    (bare,) = (child for child in children if isinstance(child, tuple))
    return tuple(
        Clause(verb=clause.verb, targets=clause.targets, where=clause.where, manners=manners)
        for clause in bare
    )


def _verb(verb: str) -> Callable[[list[Value]], Value]:
    def make(children: list[Value]) -> Value:
        (targets,) = lists(children)
        return (Clause(verb=verb, targets=targets),)  # pyright: ignore[reportArgumentType]

    return make


def _put(children: list[Value]) -> Value:
    return tuple(child for child in children if isinstance(child, Clause))


def _push(children: list[Value]) -> Value:
    (placed,) = (child for child in children if isinstance(child, Clause))
    return (Clause(verb="push", targets=placed.targets, where=placed.where),)


def _placing(children: list[Value]) -> Value:
    (targets,) = lists(children)
    (where,) = (child for child in children if isinstance(child, Where))
    return Clause(verb="put", targets=targets, where=where)


def _stack_on(children: list[Value]) -> Value:
    (where,) = (child for child in children if isinstance(child, Where))
    return (Clause(verb="stack", targets=phrases(children), where=where),)


def _relation(children: list[Value]) -> Value:
    name = next(child for child in children if isinstance(child, Token) and child.type in _RELATIONS)
    on_it = name.startswith(("on the", "to the left side", "to the right side"))
    if on_it and phrases(children)[-1].kind == "table":  # "on the left side of the table"
        side = {"LEFTOF": "left", "RIGHTOF": "right"}.get(name.type)
        if side:
            return Where(relation="region", references=phrases(children), direction=side)
    return Where(relation=_RELATIONS[name.type], references=phrases(children))


def _spaced(children: list[Value]) -> Value:
    where = children[-1]
    if where.relation in ("in", "on", "between", "under", "move", "region"):
        return None
    return Where(relation=where.relation, references=where.references, distance=distance(children))


def _beside(children: list[Value]) -> Value:
    return Where(relation="next to", references=phrases(children), distance=distance(children))


def _region(children: list[Value]) -> Value:
    return Where(relation="region", references=phrases(children), direction=str(children[0]))


def _move(children: list[Value]) -> Value:
    (side,) = tokens(children, "SIDE", "SUPER")
    if side not in ("left", "right", "front", "behind", "middle"):
        return None
    return Where(relation="move", direction=str(side), distance=distance(children))


def _loc(children: list[Value]) -> Value:
    return children[-1]


def _slowly(children: list[Value]) -> Value:
    return Manner(kind="slowly")


def _upright(children: list[Value]) -> Value:
    things = lists(children)
    return Manner(kind="upright", things=things[0] if things else ())


def _away(children: list[Value]) -> Value:
    return Manner(kind="away", things=lists(children)[-1], distance=distance(children))


def _untouched(children: list[Value]) -> Value:
    return Manner(kind="untouched", things=lists(children)[-1])


def _nothing(children: list[Value]) -> Value:
    return Token("JOINT", "")


MAKERS: dict[str, Callable[[list[Value]], Value]] = {
    "start": _start,
    "joint": _nothing,
    "lead": _nothing,
    "np_and": _nothing,
    "placing_and": _nothing,
    "ordered": _ordered,
    "swapped": _swapped,
    "later": _later,
    "general": _general,
    "clause": _clause,
    "pick": _verb("pick"),
    "put": _put,
    "push": _push,
    "close": _verb("close"),
    "stack": _verb("stack"),
    "down": _verb("down"),
    "back": _verb("back"),
    "remove": _verb("remove"),
    "stack_on": _stack_on,
    "placing": _placing,
    "relation": _relation,
    "spaced": _spaced,
    "beside": _beside,
    "region": _region,
    "move": _move,
    "rel": _loc,
    **PHRASES,
    "slowly": _slowly,
    "upright": _upright,
    "away": _away,
    "untouched": _untouched,
}
