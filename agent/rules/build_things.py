"""What the grammar's rules about things mean, built from what their parts mean."""

from dataclasses import replace
from itertools import pairwise

from .chart import Maker, Value
from .lexicon import Word
from .meaning import NounPhrase, Phrases, Where
from .nodes import flat, words


def _nps(children: list[Value]) -> Value:
    stops = [i for i, child in enumerate(children) if isinstance(child, Word) and child.type == "EXCEPT"]
    end = stops[0] if stops else len(children)
    items, exceptions = flat(children[:end]), flat(children[end:])
    if exceptions:
        items = excepting(items, exceptions) or ()
    if not items:
        return None
    if any(item.kind == "" and after.plural for item, after in pairwise(items)):
        return None
    return tuple(part for item in _shared(items) for part in _split(item))


def excepting(items: Phrases, exceptions: Phrases) -> Phrases | None:
    """Leave things out of a group; None where there is no group."""
    if not any(item.plural and item.quantity != "them" for item in items):
        return None
    if len(items) > 1:  # "all cans and bottles, but not the red one": one of either
        exceptions = tuple(replace(part, kind="thing") if part.kind == "one" else part for part in exceptions)
    return tuple(replace(item, exceptions=exceptions) if item.plural else item for item in items)


def _split(item: NounPhrase) -> Phrases:
    """Make one phrase for each colour: the red and blue blocks."""
    if len(item.colors) < 2:
        return (item,)
    return tuple(replace(item, colors=(color,), plural=item.plural) for color in item.colors)


def _shared(items: Phrases) -> Phrases:
    """Let a noun serve the colours and sizes before it: the red and the blue block."""
    shared: list[NounPhrase] = []
    for item in reversed(items):
        after = shared[-1] if shared else None
        if item.kind == "" and after is not None and after.kind not in ("", "one") and not item.unknown:
            item = replace(item, kind=after.kind)
        shared.append(item)
    return tuple(reversed(shared))


def _np(children: list[Value]) -> Value:
    phrase, *rels = children
    for rel in rels:
        phrase = modified(phrase, rel)
        if phrase is None:
            return None
    return phrase


def modified(phrase: NounPhrase, rel: Value) -> NounPhrase | None:
    """Add what stands after a noun."""
    if phrase.quantity in ("it", "them"):
        return None
    if isinstance(rel, Where):
        if rel.relation == "to":
            if phrase.superlative not in ("nearest", "farthest"):
                return None
            near = Where(relation=phrase.superlative, references=rel.references)
            return replace(phrase, superlative=None, where=(*phrase.where, near))
        if rel.relation in ("move", "part", "there", "inside") or rel.distance is not None:
            return None
        return replace(phrase, where=(*phrase.where, rel))
    name, value = rel
    if name == "side":
        return None if phrase.superlative not in (None, value) else replace(phrase, superlative=value)
    if name == "row":
        return replace(phrase, row=value)
    if name == "COLOR":
        return None if phrase.colors else replace(phrase, colors=(value,))
    if name == "SIZE":
        return replace(phrase, sizes=(*phrase.sizes, value))
    if name == "STATE":
        return replace(phrase, states=(*phrase.states, value))
    if name == "SHAPE":
        return replace(phrase, shapes=(*phrase.shapes, value))
    if name == "SUPER":
        return replace(phrase, superlative=value) if phrase.superlative is None else None
    if name == "lacking":
        return replace(phrase, lacking=(*phrase.lacking, value))
    if name == "than":
        return replace(phrase, than=(*phrase.than, value))
    if name == "having":
        return replace(phrase, having=(*phrase.having, *value))
    return None


def _pronoun(children: list[Value]) -> Value:
    quantity = {"IT": "it", "THEM": "them", "BOTHTHEM": "them", "EVERYTHING": "all"}[children[0].type]
    return NounPhrase(quantity=quantity, plural=quantity != "it")  # pyright: ignore[reportArgumentType]


def _det(children: list[Value]) -> Value:
    types = [child.type for child in children]
    numbers = words(children, "NUMBER")
    if numbers and not numbers[0].value.isdigit():
        return None
    count = int(numbers[0].value) if numbers else None
    if "ALL" in types:
        single = words(children, "ALL")[0].text in ("every", "each", "every single", "every one of")
        return ("det", "exactly" if numbers else "all", count, single)
    if "BOTH" in types:
        return ("det", "both", 2, False)
    if "NO" in types:
        return ("det", "none", None, False)
    if numbers:
        return ("det", "exactly" if types == ["THE", "NUMBER"] else "count", count, False)
    if "ANOTHER" in types:
        return ("det", "a", None, True)
    if types == ["A"] and children[0].text == "any":
        return ("det", "any", None, False)
    if "EITHER" in types or types == ["A"]:
        return ("det", "a", None, False)
    pointed = words(children, "THE")[0].text in ("that", "this") if words(children, "THE") else False
    return ("det", "the", None, "that" if pointed else False)


def _described(children: list[Value]) -> Value:
    det = ("det", "bare", None, False)
    head: tuple[str, str, bool, str | None] = ("head", "", False, None)
    traits: list[tuple[str, Value]] = []
    own = bool(words(children, "ITS"))
    for child in children:
        if isinstance(child, Word):
            if child.type == "NOUN":
                head = ("head", child.value, False, None)
        elif child[0] == "det":
            det = child
        elif child[0] == "head":
            head = child
        else:
            traits.append(child)
    _, quantity, count, mark = det
    if head[1] == "" and quantity == "all" and not any(name != "other" for name, _ in traits):
        return None  # "each other"
    if head[3] and quantity not in ("bare", "the"):
        return None
    if head[1] == "" and not any(name != "unknown" for name, _ in traits):
        return None
    phrase = _composed(quantity, count, quantity == "a" and mark is True, head, traits)
    if phrase is None or (own and quantity != "bare"):
        return None
    return replace(phrase, own=own, that=mark == "that")


def _composed(
    quantity: str,
    count: int | None,
    other: bool,
    head: tuple[str, str, bool, str | None],
    traits: list[tuple[str, Value]],
) -> NounPhrase | None:
    """Build a phrase from its parts; None where two contradict."""
    values: dict[str, Value] = {
        "colors": (), "sizes": (), "shapes": (), "states": (), "unknown": (), "superlative": None,
        "ordinal": None,
    }  # fmt: skip
    for name, value in traits:
        if name == "other":
            other = True
        elif name in ("sizes", "unknown", "states", "shapes"):
            values[name] = (*values[name], value)
        elif values[name]:
            return None
        else:
            values[name] = value
    _, kind, plural, name = head
    if quantity == "any":
        quantity = "all" if plural else "a"  # "any blocks": whichever there are
    return NounPhrase(
        quantity=quantity,  # pyright: ignore[reportArgumentType]
        count=count,
        plural=plural or quantity in ("all", "both", "count", "exactly", "rest"),
        kind=kind,
        other=other,
        name=name,
        **values,
    )


def _colored(children: list[Value]) -> Value:
    return NounPhrase(kind="", colors=(children[0].value,))


def _one_of(children: list[Value]) -> Value:
    """The smallest of the blocks: one thing."""
    (inner,) = flat(children)
    (super_,) = words(children, "SUPER")
    if not inner.plural or inner.superlative is not None or inner.quantity == "it":
        return None
    if inner.quantity == "them":
        return replace(inner, quantity="the", kind="one", plural=False, superlative=super_.value)
    return replace(inner, quantity="the", plural=False, superlative=super_.value)


def _its_one(children: list[Value]) -> Value:
    """Its blue companion: another one of its kind."""
    return _described([*children, ("head", "one", False, None)])


def _colored_all(children: list[Value]) -> Value:
    """The reds: all red ones."""
    return NounPhrase(quantity="all", plural=True, kind="thing", colors=(words(children, "COLORS")[0].value,))


def _whichever(children: list[Value]) -> Value:
    """Whichever pen is farther from me."""
    noun = words(children, "NOUN")[0].value
    rel = next(child for child in children if not isinstance(child, Word))
    return modified(NounPhrase(quantity="the", kind=noun), rel)


def _pile(children: list[Value]) -> Value:
    """The stack of cubes: what lies uppermost of it is meant where something goes on it."""
    parts = flat(children)
    traits = [child for child in children if isinstance(child, tuple) and child and isinstance(child[0], str)]
    if traits and any(name not in ("sizes",) for name, _ in traits):
        return None
    return NounPhrase(quantity="the", kind="stack", having=parts)


def _part_of(children: list[Value]) -> Value:
    """The drawer of the cabinet: what belongs to it stands on it."""
    phrases = flat(children)
    return None if any(phrase.plural for phrase in phrases) else Where(relation="on", references=phrases)


def _side_of(value: str) -> Maker:
    def make(children: list[Value]) -> Value:
        return ("side", value)

    return make


def _every(children: list[Value]) -> Value:
    """Everything red, anything, whatever."""
    first = children[0]
    traits = [child for child in children[1:] if isinstance(child, tuple)]
    some = first.value in ("anything", "something")
    phrase = _composed("all", None, False, ("head", "thing", True, None), traits)
    if phrase is None:
        return None
    return replace(phrase, quantity="a", plural=False) if some else phrase


def _every_np(children: list[Value]) -> Value:
    """Anything in the bin: only where it begins with *any*, and is a question."""
    if words(children, "EVERY")[0].text != "anything":
        return None
    traits = [child for child in children if isinstance(child, tuple) and child[0] in ("colors", "sizes")]
    base = _every([children[0], *traits])
    return _np([base, *(child for child in children[1:] if child not in traits)])


def _whatever(children: list[Value]) -> Value:
    if children[0].text == "what" and len(children) == 1:
        return None
    where = tuple(child for child in children if isinstance(child, Where))
    return NounPhrase(quantity="the", where=where, colors=tuple(w.value for w in words(children, "COLOR")))


def _me(side: str) -> Maker:
    def make(children: list[Value]) -> Value:
        return ("side", side)

    return make


def _rest(children: list[Value]) -> Value:
    parts = [child for child in children if not isinstance(child, Word)]
    heads = [part for part in parts if part[0] == "head"]
    head = heads[0] if heads else ("head", "thing", True, None)
    if head[3]:
        return None
    if not heads and not words(children, "ALL", "THE"):
        return None
    return _composed("rest", None, True, head, [part for part in parts if part[0] != "head"])


def _adj(children: list[Value]) -> Value:
    (child,) = children
    if isinstance(child, tuple):
        return child
    return {
        "COLOR": ("colors", (child.value,)),
        "SIZE": ("sizes", child.value),
        "SUPER": ("superlative", child.value),
        "NEAREST": ("superlative", "nearest"),
        "FARTHEST": ("superlative", "farthest"),
        "ORDINAL": ("ordinal", int(child.value) if child.type == "ORDINAL" else 0),
        "LAST": ("ordinal", -1),
        "OTHER": ("other", True),
        "SHAPE": ("shapes", child.value),
        "STATE": ("states", child.value),
        "UNKNOWN": ("unknown", child.value),
    }[child.type]


def _colors(children: list[Value]) -> Value:
    return ("colors", tuple(word.value for word in words(children, "COLOR")))


def _head(children: list[Value]) -> Value:
    if not children:
        return None
    first = children[0]
    if first.type == "NAME":
        return ("head", "thing", False, first.value)
    if first.type == "UNKNOWN":
        return ("head", first.value, False, None)
    numbers = words(children, "NUMBER")
    return ("head", first.value, first.type == "NOUNS", f"#{numbers[0].value}" if numbers else None)


def _one(children: list[Value]) -> Value:
    return ("head", "one", False, None)


def _ones(children: list[Value]) -> Value:
    return ("head", "one", True, None)


def _side(children: list[Value]) -> Value:
    if not words(children, "FROMSIDE", "AT"):
        return None
    return ("side", words(children, "FROMSIDE", "SIDEWORD")[0].value)


def _row(children: list[Value]) -> Value:
    return ("row", children[0].value)


def _trait(children: list[Value]) -> Value:
    return (children[-1].type, children[-1].value)


def _not_trait(children: list[Value]) -> Value:
    return ("lacking", children[-1].value)


def _not_where(children: list[Value]) -> Value:
    return replace(children[-1], negated=True)


def _than(children: list[Value]) -> Value:
    (phrase,) = flat(children)
    return ("than", (words(children, "SUPER")[0].value, phrase))


def _with(children: list[Value]) -> Value:
    return ("having", flat(children))


MAKERS: dict[str, Maker] = {
    "nps": _nps,
    "np": _np,
    "pronoun": _pronoun,
    "det": _det,
    "described": _described,
    "colored": _colored,
    "one_of": _one_of,
    "its_one": _its_one,
    "colored_all": _colored_all,
    "whichever": _whichever,
    "pile": _pile,
    "part_of": _part_of,
    "side_middle": _side_of("middle"),
    "side_top": _side_of("top"),
    "side_bottom": _side_of("bottom"),
    "every": _every,
    "every_np": _every_np,
    "whatever": _whatever,
    "rest": _rest,
    "adj": _adj,
    "colors": _colors,
    "head": _head,
    "one": _one,
    "ones": _ones,
    "side": _side,
    "row": _row,
    "trait": _trait,
    "not_trait": _not_trait,
    "near_me": _me("front"),
    "far_from_me": _me("behind"),
    "not_where": _not_where,
    "than": _than,
    "with": _with,
}
