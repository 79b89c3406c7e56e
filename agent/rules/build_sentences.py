"""What the grammar's rules about whole sentences mean: order, conditions, what is spoken of first."""

from dataclasses import replace

from .build_things import modified
from .chart import Maker, Value
from .meaning import (
    Clause,
    Condition,
    If,
    Instruction,
    Item,
    NounPhrase,
    Preview,
    Reach,
    Topic,
    Where,
)
from .nodes import flat, words

Items = tuple[Item, ...]


def rows_of(children: list[Value]) -> list[Items]:
    """Give the rows of items among the parts."""
    return [
        child for child in children if isinstance(child, tuple) and (not child or isinstance(child[0], Item))
    ]


def first_of(children: list[Value], kind: type) -> Value:
    """Give the first part of a kind."""
    return next((child for child in children if isinstance(child, kind)), None)


def _start(children: list[Value]) -> Value:
    row: list[Item] = []
    for items in rows_of(children):
        if len(items) == 1 and isinstance(items[0], If) and items[0].condition.kind == "before":
            if not row or not isinstance(row[-1], If) or row[-1].otherwise:
                return None
            row[-1] = replace(row[-1], otherwise=items[0].otherwise)
        else:
            row += items
    idle = (Topic, Preview)
    meant = [i for i in row if not isinstance(i, idle) and not (isinstance(i, Clause) and not i.verb)]
    return Instruction(items=tuple(row)) if meant else None


def _joined(children: list[Value]) -> Value:
    return tuple(item for items in rows_of(children) for item in items)


def _empty(children: list[Value]) -> Value:
    return ()


def _before_first(children: list[Value]) -> Value:
    later, first = rows_of(children)
    return (Preview(items=later), *first, *later)


def _swapped(children: list[Value]) -> Value:
    first, second = rows_of(children)
    return (Preview(items=first), *second, *first)


def _if(negated: bool, first: bool, late: bool = False) -> Maker:
    """Make a condition with what is done; with ``first`` one row of items comes before it.

    With ``late`` it is said after what is done, and may speak of that.
    """

    def make(children: list[Value]) -> Value:
        condition = first_of(children, Condition)
        rows = rows_of(children)
        before, rows = (rows[0], rows[1:]) if first else ((), rows)
        otherwise = rows[1] if len(rows) > 1 else ()
        if not rows or condition.kind == "before":
            return None
        if negated:
            condition = replace(condition, negated=not condition.negated)
        preview = (Preview(items=rows[0]),) if late else ()
        return (*before, *preview, If(condition=condition, then=rows[0], otherwise=otherwise))

    return make


def _else_alone(children: list[Value]) -> Value:
    (row,) = rows_of(children)
    return (If(condition=Condition(kind="before"), then=(), otherwise=row),)


def _only_items(children: list[Value]) -> Value:
    return rows_of(children)[0]


def _not_until(children: list[Value]) -> Value:
    """Don't do this until that is so, then do what follows: that first, then what follows, or else this."""
    forbidden, later = rows_of(children)
    return later + forbidden


def _reach(children: list[Value]) -> Value:
    condition = first_of(children, Condition)
    return None if condition.negated else (Reach(state=condition),)


def _keep_state(children: list[Value]) -> Value:
    return (Topic(things=flat(children)),)


def _topic(children: list[Value]) -> Value:
    return (Topic(things=flat(children)),)


def _topic_comma(children: list[Value]) -> Value:
    return (Topic(things=flat(children), taken_up=True),)


def _both(children: list[Value]) -> Value:
    """A topic and a clause; what is only named before a comma has to be taken up by a pronoun."""
    first, row = rows_of(children)
    topic = first[0]
    if isinstance(topic, Topic) and topic.taken_up:
        clauses = [item for item in row if isinstance(item, Clause)]
        phrases = [
            p for c in clauses for p in (*c.targets, *c.other, *(c.where.references if c.where else ()))
        ]
        there = any(clause.where and clause.where.relation == "there" for clause in clauses)
        if not there and not any(phrase.quantity in ("it", "them") for phrase in phrases):
            return None
    return first + row


def _general(children: list[Value]) -> Value:
    return (Clause(verb="", manners=tuple(children)),)


def _front(children: list[Value]) -> Value:
    """What is said before the clause about the thing that it is done to."""
    rels: list[Value] = []
    for word in words(children, "INROW", "FROMSIDE"):
        rels.append(("row" if word.type == "INROW" else "side", word.value))
    phrases = flat(children)
    if phrases:
        rels.append(Where(relation="on", references=phrases))
    return ("front", *rels)


def _fronted(children: list[Value]) -> Value:
    front, row = children[0], rows_of(children)[0]
    first = row[0] if row else None
    if not isinstance(first, Clause) or len(first.targets) != 1:
        return None
    phrase: NounPhrase | None = first.targets[0]
    for rel in front[1:]:
        phrase = modified(phrase, rel) if phrase is not None else None
    return None if phrase is None else (replace(first, targets=(phrase,)), *row[1:])


MAKERS: dict[str, Maker] = {
    "start": _start,
    "sequence": _joined,
    "ordered": _joined,
    "both": _both,
    "topic_comma": _topic_comma,
    "empty": _empty,
    "swapped": _swapped,
    "before_first": _before_first,
    "if_then": _if(False, False),
    "unless_then": _if(True, False),
    "then_if": _if(False, False, True),
    "then_unless": _if(True, False, True),
    "seq_if": _if(False, True),
    "seq_unless": _if(True, True),
    "else_alone": _else_alone,
    "not_until": _not_until,
    "later": _only_items,
    "reach": _reach,
    "keep_state": _keep_state,
    "topic": _topic,
    "general": _general,
    "front": _front,
    "fronted": _fronted,
}
