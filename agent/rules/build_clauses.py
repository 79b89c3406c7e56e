"""What the grammar's rules about clauses, conditions and questions mean."""

from dataclasses import replace

from .build_things import distance, excepting, flat, modified, things, words
from .chart import Maker, Value
from .meaning import (
    Clause,
    Condition,
    If,
    Instruction,
    Item,
    Manner,
    NounPhrase,
    Phrases,
    Preview,
    Question,
    Reach,
    Topic,
    Where,
)
from .nouns import alike

Items = tuple[Item, ...]
_IT = NounPhrase(quantity="it")


def _items(children: list[Value]) -> list[Items]:
    """Give the rows of items among the parts."""
    return [
        child for child in children if isinstance(child, tuple) and (not child or isinstance(child[0], Item))
    ]


def _first(children: list[Value], kind: type) -> Value:
    return next((child for child in children if isinstance(child, kind)), None)


def _start(children: list[Value]) -> Value:
    row: list[Item] = []
    for items in _items(children):
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
    return tuple(item for items in _items(children) for item in items)


def _empty(children: list[Value]) -> Value:
    return ()


def _before_first(children: list[Value]) -> Value:
    later, first = _items(children)
    return (Preview(items=later), *first, *later)


def _swapped(children: list[Value]) -> Value:
    first, second = _items(children)
    return (Preview(items=first), *second, *first)


def _if(negated: bool, first: bool, late: bool = False) -> Maker:
    """Make a condition with what is done; with ``first`` one row of items comes before it.

    With ``late`` it is said after what is done, and may speak of that.
    """

    def make(children: list[Value]) -> Value:
        condition = _first(children, Condition)
        rows = _items(children)
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
    (row,) = _items(children)
    return (If(condition=Condition(kind="before"), then=(), otherwise=row),)


def _only_items(children: list[Value]) -> Value:
    return _items(children)[0]


def _not_until(children: list[Value]) -> Value:
    """Don't do this until that is so, then do what follows: that first, then what follows, or else this."""
    forbidden, later = _items(children)
    return later + forbidden


def _reach(children: list[Value]) -> Value:
    condition = _first(children, Condition)
    return None if condition.negated else (Reach(state=condition),)


def _keep_state(children: list[Value]) -> Value:
    return (Topic(things=flat(children)),)


def _topic(children: list[Value]) -> Value:
    return (Topic(things=flat(children)),)


def _topic_comma(children: list[Value]) -> Value:
    return (Topic(things=flat(children), taken_up=True),)


def _both(children: list[Value]) -> Value:
    """A topic and a clause; what is only named before a comma has to be taken up by a pronoun."""
    first, row = _items(children)
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


def _clause(children: list[Value]) -> Value:
    manners = tuple(child for child in children if isinstance(child, Manner))
    (row,) = _items(children)
    return tuple(
        replace(item, manners=(*item.manners, *manners)) if isinstance(item, Clause) else item for item in row
    )


# ---- clauses


def _verb(verb: str) -> Maker:
    """Make a clause: the first things are its targets, the second what they are brought together with."""

    def make(children: list[Value]) -> Value:
        groups = things(children)
        where = _first(children, Where)
        order = tuple(value for child in children if isinstance(child, tuple) and child[:1] == ("order",)
                      for value in child[1:])  # fmt: skip
        if not groups and verb != "pour_into":
            return None
        levels = [child[1] for child in children if isinstance(child, tuple) and child[:1] == ("levels",)]
        ends = [child for child in children if isinstance(child, tuple) and child[:1] == ("end",)]
        if ends:  # "with the blue one underneath"
            return (Clause(verb=verb, targets=groups[0], other=(ends[0][2],), order=(ends[0][1],)),)
        if levels:  # "stack the two books, green as the base": the noun serves the levels
            kind = groups[0][0].kind
            parts = tuple(replace(p, kind=kind) if p.kind == "" else p for p in levels[0])
            return (Clause(verb="tower", targets=parts),)
        return (
            Clause(
                verb=verb,
                targets=groups[0] if groups else (),
                other=groups[1] if len(groups) > 1 else (),
                where=where,
                order=order,
                manners=tuple(child for child in children if isinstance(child, Manner)),
            ),
        )

    return make


def _crossed(verb: str) -> Maker:
    """The same where the second things are said first."""

    def make(children: list[Value]) -> Value:
        first, second = things(children)
        return (Clause(verb=verb, targets=second, other=first, where=_first(children, Where)),)

    return make


def _swap(children: list[Value]) -> Value:
    targets = flat(children)
    return (Clause(verb="swap", targets=targets),)


def _put(children: list[Value]) -> Value:
    """Several placings after one verb; a thing put "on that" goes on what was put before."""
    row: list[Clause] = []
    for child in children:
        if isinstance(child, Clause):
            row.append(child)
        elif isinstance(child, NounPhrase):
            row.append(Clause(verb="put", targets=(child,), where=Where(relation="on", references=(_IT,))))
    return tuple(row)


def _spread(children: list[Value]) -> Value:
    """Both mugs, the small one here and the other one there: what is said first only gathers them."""
    groups = things(children)
    clauses = [child for child in children if isinstance(child, Clause)]
    if not groups and len(clauses) > 2:
        groups, clauses = [clauses[0].targets], clauses[1:]
    if not groups or not any(phrase.plural for phrase in groups[0]) or len(clauses) < 2:
        return None
    return (Topic(things=groups[0]), *clauses)


def _spread_one(children: list[Value]) -> Value:
    """Stack the two, the one on the other."""
    groups = things(children)
    clause = _first(children, Clause)
    if clause.where.relation != "on":
        return None
    return (Topic(things=groups[0]), clause)


def _then_again(children: list[Value]) -> Value:
    """And then the banana: the same with it."""
    phrases = flat(children)
    if any(phrase.quantity in ("it", "them") for phrase in phrases):
        return None
    return (Clause(verb="same", targets=phrases),)


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
    front, row = children[0], _items(children)[0]
    first = row[0] if row else None
    if not isinstance(first, Clause) or len(first.targets) != 1:
        return None
    phrase: NounPhrase | None = first.targets[0]
    for rel in front[1:]:
        phrase = modified(phrase, rel) if phrase is not None else None
    return None if phrase is None else (replace(first, targets=(phrase,)), *row[1:])


def _placing(children: list[Value]) -> Value:
    (targets,) = things([child for child in children if not isinstance(child, Where)])[:1] or ((),)
    where = _first(children, Where)
    for child in children:
        if isinstance(child, tuple) and child and isinstance(child[0], Where):
            where, sources = child
            if len(targets) != 1 or targets[0].quantity in ("it", "them"):
                return None
            source = Where(relation="from", references=sources)
            targets = (replace(targets[0], where=(*targets[0].where, source)),)
    exceptions = next(
        (child[1:] for child in children if isinstance(child, tuple) and child[0] == "except"), ()
    )
    if exceptions:
        targets = excepting(targets, exceptions) or ()
    if where is None or not targets:
        return None
    manners = tuple(child for child in children if isinstance(child, Manner))
    return Clause(verb="put", targets=targets, where=where, manners=manners)


def _verbless(children: list[Value]) -> Value:
    made = _placing(children)
    return None if made is None else replace(made, order=("verbless",))


def _want_put(children: list[Value]) -> Value:
    return (Clause(verb="put", targets=things(children)[0], where=_first(children, Where)),)


def _fragment(children: list[Value]) -> Value:
    """Things alone: what was done last is done with them."""
    phrases = flat(children)
    if any(phrase.quantity in ("it", "them") for phrase in phrases):
        return None
    return (Clause(verb="fragment", targets=phrases, manners=_manners(children)),)


def _refit(children: list[Value]) -> Value:
    """A place alone: what was moved last goes there."""
    return (Clause(verb="refit", where=_first(children, Where), manners=_manners(children)),)


def _manners(children: list[Value]) -> tuple[Manner, ...]:
    return tuple(child for child in children if isinstance(child, Manner))


def _except(children: list[Value]) -> Value:
    return ("except", *flat(children))


def _stack_on(children: list[Value]) -> Value:
    """One on another, and a third on top of that: all from the bottom up."""
    first, *others = [child for child in children if isinstance(child, NounPhrase)]
    (where,) = (child for child in children if isinstance(child, Where))
    return (Clause(verb="tower", targets=(*where.references, first, *others)),)


def _stack_pair(children: list[Value]) -> Value:
    phrase = next((child for child in children if isinstance(child, NounPhrase)), None)
    if phrase is None:
        return None
    return (Clause(verb="stack", targets=(replace(phrase, quantity="both", count=2, plural=True),)),)


def _level(level: int) -> Maker:
    def make(children: list[Value]) -> Value:
        return ("level", level, flat(children)[0])

    return make


def _levels(children: list[Value]) -> Value:
    """Bottom, middle, top, as they were said; the middle ones in their order."""
    levels = [child for child in children if isinstance(child, tuple) and child[:1] == ("level",)]
    if sum(level == 0 for _, level, _ in levels) != 1 or sum(level == 2 for _, level, _ in levels) > 1:
        return None
    return (
        Clause(verb="tower", targets=tuple(part for _, _, part in sorted(levels, key=lambda one: one[1]))),
    )


def _match(children: list[Value]) -> Value:
    """The matching bowls: each thing to the one of its own colour."""
    nouns = words(children, "NOUN", "NOUNS")
    return (NounPhrase(quantity="all", plural=True, kind=nouns[0].value if nouns else "one"),)


def _order(children: list[Value]) -> Value:
    for word in words(children, "ORDER", "PLEASED", "BYSIZE", "BYHEIGHT"):
        prefix = {"BYSIZE": "size ", "BYHEIGHT": "height "}.get(word.type, "")
        return ("order", "said" if word.type == "PLEASED" else prefix + word.value)
    return None


def _order_end(children: list[Value]) -> Value:
    """The shortest on the left."""
    (most,) = words(children, "SUPER")
    (side,) = words(children, "SIDEWORD")
    return ("order", f"{most.value} {side.value}")


def _order_first(children: list[Value]) -> Value:
    return ("order", f"{words(children, 'SUPER')[0].value} first")


def _order_last(children: list[Value]) -> Value:
    """The shortest at the end: the rest goes before it in that measure."""
    most = {"biggest": "smallest", "smallest": "biggest", "tallest": "shortest", "shortest": "tallest"}
    value = words(children, "SUPER")[0].value
    return ("order", f"{most[value]} first") if value in most else None


def _by_levels(children: list[Value]) -> Value:
    made = _levels(children)
    return None if made is None else ("levels", made[0].targets)


def _end(name: str) -> Maker:
    def make(children: list[Value]) -> Value:
        (phrase,) = flat(children)
        most = phrase.superlative or (phrase.sizes[0] if phrase.sizes else "")
        return ("order", f"{name} {most}") if most else ("end", name, phrase)

    return make


def _wipe_place(children: list[Value]) -> Value:
    groups = things(children)
    where = _first(children, Where)
    tools = [child for child in groups if child[0].kind not in alike("table")]
    return (Clause(verb="wipe", where=where, other=tools[0] if tools else ()),)


def _use_wipe_place(children: list[Value]) -> Value:
    return (Clause(verb="wipe", where=_first(children, Where), other=things(children)[0]),)


def _known(children: list[Value]) -> Value:
    return None


# ---- how


def _slowly(children: list[Value]) -> Value:
    return Manner(kind="slowly")


def _gently(children: list[Value]) -> Value:
    return Manner(kind="gently")


def _slow_or_gentle(children: list[Value]) -> Value:
    return Manner(kind="slowly" if children[0].type == "SLOW" else "gently")


def _upright(children: list[Value]) -> Value:
    return Manner(kind="upright", things=flat(children))


def _manner(kind: str) -> Maker:
    def make(children: list[Value]) -> Value:
        groups = things(children)
        if not groups or len(groups) > 2:
            return None
        return Manner(kind=kind, things=groups[-1], distance=distance(children))  # pyright: ignore[reportArgumentType]

    return make


# ---- states and questions


def _condition(kind: str) -> Maker:
    def make(children: list[Value]) -> Value:
        groups = things(children)
        traits = words(children, "STATE", "COLOR", "SIZE", "SUPER")
        where = _first(children, Where)
        if words(children, "THEREIN"):
            where = Where(relation="there", place=words(children, "THEREIN")[0].text.split()[0])
        negated = bool(words(children, "NOT"))
        subject = groups[0] if groups else ()
        if len(subject) == 1 and subject[0].quantity == "none":
            subject, negated = (replace(subject[0], quantity="a"),), not negated
        return Condition(
            kind=kind,
            things=subject,
            where=where,
            trait=traits[0].value if traits else "",
            other=groups[1] if len(groups) > 1 else (),
            negated=negated,
        )

    return make


def _exists_at(children: list[Value]) -> Value:
    """If on the tray there is a banana."""
    made = _condition("exists")(children)
    where = _first(children, Where)
    phrases = tuple(replace(phrase, where=(*phrase.where, where)) for phrase in made.things)
    return replace(made, things=phrases, where=None)


def _both_hold(children: list[Value]) -> Value:
    return Condition(
        kind="both", parts=tuple(children[0::2]) if len(children) == 3 else (children[0], children[-1])
    )


def _handed(children: list[Value]) -> Value:
    return children[0] if len(children) == 1 else None


def _asked(kind: str) -> Maker:
    """Make a question about things; what is said of them after the verb narrows them down."""

    def make(children: list[Value]) -> Value:
        groups = things(children)
        phrases: Phrases = groups[0] if groups else (NounPhrase(quantity="all", plural=True),)
        for child in children:
            changed = _said_of(child)
            if changed is None:
                continue
            if len(phrases) != 1:
                return None
            phrase = modified(phrases[0], changed)
            if phrase is None:
                return None
            phrases = (phrase,)
        if kind in ("things", "count") and phrases[0].superlative is None:
            phrases = tuple(replace(phrase, quantity="all") for phrase in phrases)
        return (Question(kind=kind, things=phrases),)

    return make


def _said_of(child: Value) -> Value:
    """Tell what a part says of a thing: a place or a trait."""
    if isinstance(child, Where):
        return child
    if isinstance(child, tuple) and len(child) == 2 and isinstance(child[0], str):
        names = {
            "colors": "COLOR",
            "sizes": "SIZE",
            "states": "STATE",
            "shapes": "SHAPE",
            "superlative": "SUPER",
        }
        if child[0] in names:
            value = child[1][0] if isinstance(child[1], tuple) else child[1]
            return (names[child[0]], value)
        if child[0] in ("side", "row", "lacking", "than", "having"):
            return child
    return None


def _ask_measure(children: list[Value]) -> Value:
    word = words(children, "MEASURE", "MEASURED")[0]
    return (Question(kind="measure", things=flat(children), trait=word.value),)


def _ask_counted(children: list[Value]) -> Value:
    if words(children, "ASKFOR")[0].text != "count":
        return None
    return _asked("count")(children)


def _ask_same(children: list[Value]) -> Value:
    """Which mug is the bigger one: the one that fits both."""
    groups = things(children)
    what = groups[-1][0]
    if len(groups) == 2 and what.kind in ("one", ""):
        what = replace(what, kind=groups[0][0].kind)
    return (Question(kind="things", things=(what,)),)


def _ask_truth(children: list[Value]) -> Value:
    where, states = _first(children, Where), words(children, "STATE", "COLOR", "SIZE")
    kind = "at" if where is not None or words(children, "THEREIN") else "is" if states else ""
    if not kind:
        than = next(
            (child for child in children if isinstance(child, tuple) and child[:1] == ("than",)), None
        )
        if than is None:
            return None
        trait, other = than[1]
        condition = Condition(kind="than", things=things(children)[0], trait=trait, other=(other,))
    else:
        condition = _condition(kind)(children)
    return (Question(kind="truth", condition=condition),)


def _ask_has(children: list[Value]) -> Value:
    return (Question(kind="truth", condition=_condition("has")(children)),)


def _ask_most(children: list[Value]) -> Value:
    groups = things(children)
    if len(groups) != 2:
        return None
    trait = "least" if words(children, "FEWER") else "most"
    return (Question(kind="most", things=groups[0], other=groups[1], trait=trait),)


_PLAIN_VERBS = (
    "pick", "down", "back", "put_away", "discard", "together", "stack", "stack_at", "remove", "hand_over",
    "open", "close", "pour", "pour_into", "wipe", "line_up", "match_color", "same", "use", "push", "pull",
)  # fmt: skip

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
    "clause": _clause,
    "nothing_known": _known,
    **{verb: _verb(verb) for verb in _PLAIN_VERBS},
    "pour_back": _crossed("pour"),
    "use_wipe": _crossed("wipe"),
    "swap": _swap,
    "put": _put,
    "spread": _spread,
    "spread_one": _spread_one,
    "then_again": _then_again,
    "front": _front,
    "fronted": _fronted,
    "placing": _placing,
    "verbless": _verbless,
    "want_put": _want_put,
    "fragment": _fragment,
    "refit": _refit,
    "except": _except,
    "stack_on": _stack_on,
    "stack_pair": _stack_pair,
    "level_bottom": _level(0),
    "level_middle": _level(1),
    "level_top": _level(2),
    "levels": _levels,
    "order": _order,
    "order_end": _order_end,
    "order_first": _order_first,
    "order_last": _order_last,
    "by_levels": _by_levels,
    "base": _end("base"),
    "summit": _end("summit"),
    "wipe_place": _wipe_place,
    "use_wipe_place": _use_wipe_place,
    "slowly": _slowly,
    "gently": _gently,
    "slow_or_gentle": _slow_or_gentle,
    "upright": _upright,
    "away": _manner("away"),
    "untouched": _manner("untouched"),
    "before": _condition("before"),
    "match": _match,
    "exists": _condition("exists"),
    "exists_at": _exists_at,
    "state_at": _condition("at"),
    "state_there": _condition("at"),
    "state_is": _condition("is"),
    "state_than": _condition("than"),
    "state_has": _condition("has"),
    "both_hold": _both_hold,
    "ask_things": _asked("things"),
    "ask_which": _asked("things"),
    "ask_np": _asked("things"),
    "ask_count": _asked("count"),
    "ask_exists": _asked("exists"),
    "ask_where": _asked("where"),
    "ask_color": _asked("color"),
    "ask_same": _ask_same,
    "ask_measure": _ask_measure,
    "ask_counted": _ask_counted,
    "ask_truth": _ask_truth,
    "ask_has": _ask_has,
    "ask_most": _ask_most,
}
