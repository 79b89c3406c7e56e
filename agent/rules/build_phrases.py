"""What each rule of the grammar about noun phrases means: things, how many, of what look, where."""

from collections.abc import Callable
from itertools import pairwise

from lark import Token

from .meaning import NounPhrase, Where
from .nodes import Value, lists, phrases, tokens


def _np(children: list[Value]) -> Value:
    items = phrases(children)
    exceptions = tuple(item for group in lists(children) for item in group)
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
    return phrases(children)


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
    numbers = tokens(children, "NUMBER")
    if numbers and not numbers[0].isdigit():
        return None
    count = int(numbers[0]) if numbers else None
    if "ALL" in types:
        return (
            "det",
            "exactly" if numbers else "all",
            count,
            str(tokens(children, "ALL")[0]) in ("every", "each"),
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
    return ("colors", tuple(map(str, tokens(children, "COLOR"))))


def _head(children: list[Value]) -> Value:
    first = children[0]
    if first.type == "NAME":
        return ("head", "thing", False, str(first))
    if first.type in ("ONE", "ONES"):
        return ("head", "one", first.type == "ONES", None)
    numbers = tokens(children, "NUMBER")
    return ("head", str(first), first.type == "KINDS", f"#{numbers[0]}" if numbers else None)


def _side(children: list[Value]) -> Value:
    return ("side", str(children[-1]))


def _trait(children: list[Value]) -> Value:
    last = children[-1]
    return (last.type.lower(), str(last))


PHRASES: dict[str, Callable[[list[Value]], Value]] = {
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
    "side": _side,
    "trait": _trait,
}
