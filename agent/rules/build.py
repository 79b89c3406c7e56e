"""What each rule of the grammar means, built from what its parts mean.

One small function a rule, kept in one file so that they can be read beside the grammar.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from lark import Token

from .meaning import Clause, Instruction, Manner, NounPhrase, Where

Value = Any  # what a node means; the node's rule says which type of ``meaning`` it is
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


def _tokens(children: list[Value], *types: str) -> list[Token]:
    return [child for child in children if isinstance(child, Token) and child.type in types]


def _phrases(children: list[Value]) -> tuple[NounPhrase, ...]:
    return tuple(child for child in children if isinstance(child, NounPhrase))


def _lists(children: list[Value]) -> list[tuple[NounPhrase, ...]]:
    return [
        child for child in children if isinstance(child, tuple) and child and isinstance(child[0], NounPhrase)
    ]


def _distance(children: list[Value]) -> float | None:
    found = _tokens(children, "DISTANCE")
    return float(found[0]) if found else None


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
        (targets,) = _lists(children)
        return (Clause(verb=verb, targets=targets),)  # pyright: ignore[reportArgumentType]

    return make


def _put(children: list[Value]) -> Value:
    return tuple(child for child in children if isinstance(child, Clause))


def _placing(children: list[Value]) -> Value:
    (targets,) = _lists(children)
    (where,) = (child for child in children if isinstance(child, Where))
    return Clause(verb="put", targets=targets, where=where)


def _stack_on(children: list[Value]) -> Value:
    (where,) = (child for child in children if isinstance(child, Where))
    return (Clause(verb="stack", targets=_phrases(children), where=where),)


def _relation(children: list[Value]) -> Value:
    name = next(child for child in children if isinstance(child, Token) and child.type in _RELATIONS)
    on_it = name.startswith(("on the", "to the left side", "to the right side"))
    if on_it and _phrases(children)[-1].kind == "table":  # "on the left side of the table"
        side = {"LEFTOF": "left", "RIGHTOF": "right"}.get(name.type)
        if side:
            return Where(relation="region", references=_phrases(children), direction=side)
    return Where(relation=_RELATIONS[name.type], references=_phrases(children))


def _spaced(children: list[Value]) -> Value:
    where = children[-1]
    if where.relation in ("in", "on", "between", "under", "move", "region"):
        return None
    return Where(relation=where.relation, references=where.references, distance=_distance(children))


def _beside(children: list[Value]) -> Value:
    return Where(relation="next to", references=_phrases(children), distance=_distance(children))


def _region(children: list[Value]) -> Value:
    return Where(relation="region", references=_phrases(children), direction=str(children[0]))


def _move(children: list[Value]) -> Value:
    (side,) = _tokens(children, "SIDE", "SUPER")
    if side not in ("left", "right", "front", "behind", "middle"):
        return None
    return Where(relation="move", direction=str(side), distance=_distance(children))


def _np(children: list[Value]) -> Value:
    items = _phrases(children)
    exceptions = tuple(item for group in _lists(children) for item in group)
    if exceptions:
        if len(items) != 1:
            return None
        items = (_with(items[0], exceptions=exceptions),)
    if any(item.kind == "" and after.plural for item, after in pairwise(items)):
        return None
    return tuple(part for item in _shared(items) for part in _split(item))


def _with(phrase: NounPhrase, **changes: Value) -> NounPhrase:
    values = {name: getattr(phrase, name) for name in NounPhrase.__dataclass_fields__}
    return NounPhrase(**(values | changes))


def _split(item: NounPhrase) -> tuple[NounPhrase, ...]:
    """Make one phrase for each colour: the red and blue blocks."""
    if len(item.colors) < 2:
        return (item,)
    return tuple(_with(item, colors=(color,)) for color in item.colors)


def _shared(items: tuple[NounPhrase, ...]) -> tuple[NounPhrase, ...]:
    """Let a noun serve the colours before it: the red and the blue block."""
    shared: list[NounPhrase] = []
    for item in reversed(items):
        after = shared[-1] if shared else None
        if item.kind == "" and after is not None and after.kind not in ("", "one") and not item.unknown:
            item = _with(item, kind=after.kind)
        shared.append(item)
    return tuple(reversed(shared))


def _exception(children: list[Value]) -> Value:
    return _phrases(children)


def _item_np(children: list[Value]) -> Value:
    phrase, *rest = children
    where: list[Where] = []
    for rel in rest:
        if isinstance(rel, Where):
            where.append(rel)
            continue
        name, value = rel
        if name == "side" and phrase.superlative not in (None, value):
            return None
        if name == "side":
            phrase = _with(phrase, superlative=value)
        elif name == "color" and not phrase.colors:
            phrase = _with(phrase, colors=(value,))
        elif name == "size":
            phrase = _with(phrase, sizes=(*phrase.sizes, value))
        elif name == "super" and phrase.superlative is None:
            phrase = _with(phrase, superlative=value)
        else:
            return None
    if any(rel.relation == "to" for rel in where):
        if phrase.superlative not in ("nearest", "farthest"):
            return None
        where = [
            Where(relation=phrase.superlative, references=rel.references) if rel.relation == "to" else rel
            for rel in where
        ]
        phrase = _with(phrase, superlative=None)
    if phrase.quantity in ("it", "them") and where:
        return None
    return _with(phrase, where=tuple(where))


def _pronoun(children: list[Value]) -> Value:
    quantity = {"IT": "it", "THEM": "them", "EVERYTHING": "all"}[children[0].type]
    return NounPhrase(quantity=quantity, plural=quantity != "it")  # pyright: ignore[reportArgumentType]


def _det(children: list[Value]) -> Value:
    types = [child.type for child in children]
    numbers = _tokens(children, "NUMBER")
    if numbers and not numbers[0].isdigit():
        return None
    count = int(numbers[0]) if numbers else None
    if "ALL" in types:
        return (
            "det",
            "exactly" if numbers else "all",
            count,
            str(_tokens(children, "ALL")[0]) in ("every", "each"),
        )
    if "BOTH" in types:
        return ("det", "both", 2, False)
    if numbers:
        return ("det", "exactly" if types == ["THE", "NUMBER"] else "count", count, False)
    if "ANOTHER" in types:
        return ("det", "a", None, True)
    if "A" in types or "ONE" in types:
        return ("det", "a", None, False)
    return ("det", "the", None, False)


def _described(children: list[Value]) -> Value:
    if isinstance(children[0], NounPhrase):
        return children[0]
    det = ("det", "bare", None, False)
    head = ("head", "", False, None)
    traits: list[tuple[str, Value]] = []
    of = False  # "the smallest of the blocks" is one thing
    for child in children:
        if isinstance(child, Token):
            of = of or child.type == "OF"
            det = ("det", "the", None, False)
        elif child[0] == "det":
            det = child
        elif child[0] == "head":
            head = child if not of else (*child[:2], False, child[3])
        else:
            traits.append(child)
    _, quantity, count, mark = det
    if head[3] and quantity not in ("bare", "the"):
        return None
    other = quantity == "a" and mark
    return _compose(quantity, count, other, head, traits)


def _compose(
    quantity: str,
    count: int | None,
    other: bool,
    head: tuple[str, str, bool, str | None],
    traits: list[Value],
) -> NounPhrase | None:
    """Build a phrase from its parts; None where two contradict."""
    values: dict[str, Value] = {
        "colors": (),
        "sizes": (),
        "superlative": None,
        "ordinal": None,
        "unknown": (),
    }
    for name, value in traits:
        if name == "other":
            other = True
        elif name in ("sizes", "unknown"):
            values[name] = (*values[name], value)
        elif values[name]:
            return None
        else:
            values[name] = value
    _, kind, plural, name = head
    return NounPhrase(
        quantity=quantity,  # pyright: ignore[reportArgumentType]
        count=count,
        plural=plural or quantity in ("all", "both", "count", "exactly", "rest"),
        kind=kind,
        other=other,
        name=name,
        **values,
    )


def _rest(children: list[Value]) -> Value:
    parts = [child for child in children if not isinstance(child, Token)]
    heads = [part for part in parts if part[0] == "head"]
    head = heads[0] if heads else ("head", "thing", True, None)
    if head[3]:
        return None
    return _compose("rest", None, True, head, [part for part in parts if part[0] != "head"])


def _adj(children: list[Value]) -> Value:
    (child,) = children
    if isinstance(child, tuple):
        return child
    return {
        "COLOR": ("colors", (str(child),)),
        "SIZE": ("sizes", str(child)),
        "SUPER": ("superlative", str(child)),
        "NEAREST": ("superlative", "nearest"),
        "FARTHEST": ("superlative", "farthest"),
        "ORDINAL": ("ordinal", int(child) if child.type == "ORDINAL" else 0),
        "LAST": ("ordinal", -1),
        "OTHER": ("other", True),
        "UNKNOWN": ("unknown", str(child)),
    }[child.type]


def _colors(children: list[Value]) -> Value:
    return ("colors", tuple(map(str, _tokens(children, "COLOR"))))


def _head(children: list[Value]) -> Value:
    first = children[0]
    if first.type == "NAME":
        return ("head", "thing", False, str(first))
    if first.type in ("ONE", "ONES"):
        return ("head", "one", first.type == "ONES", None)
    numbers = _tokens(children, "NUMBER")
    return ("head", str(first), first.type == "KINDS", f"#{numbers[0]}" if numbers else None)


def _side(children: list[Value]) -> Value:
    return ("side", str(children[-1]))


def _trait(children: list[Value]) -> Value:
    last = children[-1]
    return (last.type.lower(), str(last))


def _loc(children: list[Value]) -> Value:
    return children[-1]


def _slowly(children: list[Value]) -> Value:
    return Manner(kind="slowly")


def _upright(children: list[Value]) -> Value:
    things = _lists(children)
    return Manner(kind="upright", things=things[0] if things else ())


def _away(children: list[Value]) -> Value:
    return Manner(kind="away", things=_lists(children)[-1], distance=_distance(children))


def _untouched(children: list[Value]) -> Value:
    return Manner(kind="untouched", things=_lists(children)[-1])


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
    "np": _np,
    "exception": _exception,
    "item_np": _item_np,
    "pronoun": _pronoun,
    "det": _det,
    "described": _described,
    "rest": _rest,
    "adj": _adj,
    "colors": _colors,
    "head": _head,
    "rel": _loc,
    "side": _side,
    "trait": _trait,
    "slowly": _slowly,
    "upright": _upright,
    "away": _away,
    "untouched": _untouched,
}
