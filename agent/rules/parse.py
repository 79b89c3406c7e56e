"""From words to readings: every way in which the grammar can take an instruction.

The parse is a forest. Each node is turned into the tuple of its possible
meanings; equal ones fall together, and what makes no sense is left out, so that
the list of readings stays short.
"""

from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from itertools import islice, pairwise, product
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer

from ...core.errors import InputError
from .lexicon import Word, suggestions
from .meaning import Clause, Instruction, Manner, NounPhrase, Where

MOST_READINGS = 60
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
Value = Any  # what a node means; the node's rule says which type of ``meaning`` it is


class _Words(Lexer):
    """Hands words over that are cut already."""

    __future_interface__ = 0

    def __init__(self, conf: object):
        """Take lark's configuration, which is not needed."""

    def lex(self, data: tuple[Word, ...]) -> Iterator[Token]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Give the words as lark's tokens."""
        for index, word in enumerate(data):
            yield Token(word.type, word.value, start_pos=index, line=1, column=index)


@cache
def _grammar() -> Lark:
    """Load the grammar once."""
    text = files(__package__).joinpath("grammar.lark").read_text()
    return Lark(text, parser="earley", lexer=_Words, ambiguity="explicit")


def readings(words: tuple[Word, ...]) -> tuple[Instruction, ...]:
    """Give every reading of an instruction.

    Args:
        words: What ``lexicon.words`` gave.

    Raises:
        InputError: If there is none; the text says which words were not understood.
    """
    strange = [word.text for word in words if word.type == "UNKNOWN" and not word.value.isalpha()]
    if strange:
        raise InputError(_not_understood(strange))
    try:
        tree = _grammar().parse(words)  # pyright: ignore[reportArgumentType]
    except UnexpectedInput as error:
        raise InputError(_trouble(words, error)) from None
    found = _values(tree)
    if not found:
        raise InputError(_not_understood([word.text for word in words]))
    return found


def depth(reading: Instruction) -> int:
    """Count the relations inside descriptions: the plainest reading has fewest."""
    return sum(
        _nested(phrase) for clause in reading.clauses for phrase in (*clause.targets, *_of(clause.where))
    )


def _of(where: Where | None) -> tuple[NounPhrase, ...]:
    return () if where is None else where.references


def _nested(phrase: NounPhrase) -> int:
    return sum(1 + sum(map(_nested, where.references)) for where in phrase.where)


def _trouble(words: tuple[Word, ...], error: UnexpectedInput) -> str:
    """Say which words stopped the parse."""
    unknown = [word.text for word in words if word.type == "UNKNOWN"]
    if unknown:
        return _not_understood(unknown)
    index = getattr(error, "pos_in_stream", None)
    token = getattr(error, "token", None)
    if isinstance(token, Token) and token.type != "$END" and token.start_pos is not None:
        index = token.start_pos
    if not isinstance(index, int) or not 0 <= index < len(words):
        return (
            f"the instruction stops too early, after {words[-1].text!r}; say what to do with which thing and where, "
            "such as 'put the red block in the bowl'"
        )
    return _not_understood([" ".join(word.text for word in words[index : index + 3])], index > 0)


def _not_understood(unknown: list[str], known_start: bool = False) -> str:
    """Compose the sentence that names words and the remedy."""
    named = ", ".join(repr(text) for text in dict.fromkeys(unknown[:6]))
    near = [f"{text!r} may mean {' or '.join(suggestions(text))}" for text in unknown if suggestions(text)]
    hint = f" ({'; '.join(near[:3])})" if near else ""
    where = "at " if known_start else ""
    return (
        f"not understood: {where}{named}{hint}; say it in plain English such as 'put the red block in the bowl', "
        "or use --mind model, which understands free speech"
    )


def _values(node: Tree[Token] | Token) -> tuple[Value, ...]:
    """Give every meaning of a node."""
    if isinstance(node, Token):
        return (node,)
    if node.data == "_ambig":
        return tuple(dict.fromkeys(value for child in node.children for value in _values(child)))
    make = _MAKERS[str(node.data)]
    choices = [_values(child) for child in node.children]
    made: dict[Value, None] = {}
    for children in islice(product(*choices), MOST_READINGS * 4):
        value = make(list(children))
        if value is not None:
            made[value] = None
    if len(made) > MOST_READINGS:
        raise InputError("the instruction can be taken in too many ways; say it in shorter sentences")
    return tuple(made)


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
    (name,) = _tokens(children, *_RELATIONS)[:1]
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
        if len(items) > 1:
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
    for child in children:
        if child[0] == "det":
            det = child
        elif child[0] == "head":
            head = child
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


_MAKERS: dict[str, Callable[[list[Value]], Value]] = {
    "start": _start,
    "joint": _nothing,
    "lead": _nothing,
    "np_and": _nothing,
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
