"""What the grammar's rules about clauses mean."""

from dataclasses import replace

from .build_sentences import first_of, rows_of
from .build_things import excepting
from .chart import Maker, Value
from .meaning import (
    Clause,
    Manner,
    NounPhrase,
    Topic,
    Where,
)
from .nodes import distance, flat, things, words
from .nouns import alike

_IT = NounPhrase(quantity="it")


def _clause(children: list[Value]) -> Value:
    manners = tuple(child for child in children if isinstance(child, Manner))
    (row,) = rows_of(children)
    return tuple(
        replace(item, manners=(*item.manners, *manners)) if isinstance(item, Clause) else item for item in row
    )


def _verb(verb: str) -> Maker:
    """Make a clause: the first things are its targets, the second what they are brought together with."""

    def make(children: list[Value]) -> Value:
        groups = things(children)
        where = first_of(children, Where)
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
        return (Clause(verb=verb, targets=second, other=first, where=first_of(children, Where)),)

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
    clause = first_of(children, Clause)
    if clause.where.relation != "on":
        return None
    return (Topic(things=groups[0]), clause)


def _then_again(children: list[Value]) -> Value:
    """And then the banana: the same with it."""
    phrases = flat(children)
    if any(phrase.quantity in ("it", "them") for phrase in phrases):
        return None
    return (Clause(verb="same", targets=phrases),)


def _placing(children: list[Value]) -> Value:
    (targets,) = things([child for child in children if not isinstance(child, Where)])[:1] or ((),)
    where = first_of(children, Where)
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
    return (Clause(verb="put", targets=things(children)[0], where=first_of(children, Where)),)


def _fragment(children: list[Value]) -> Value:
    """Things alone: what was done last is done with them."""
    phrases = flat(children)
    if any(phrase.quantity in ("it", "them") for phrase in phrases):
        return None
    return (Clause(verb="fragment", targets=phrases, manners=_manners(children)),)


def _refit(children: list[Value]) -> Value:
    """A place alone: what was moved last goes there."""
    return (Clause(verb="refit", where=first_of(children, Where), manners=_manners(children)),)


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
    for word in words(children, "ORDER", "PLEASED", "BYSIZE", "BYHEIGHT", "ROWWAY"):
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
    where = first_of(children, Where)
    tools = [child for child in groups if child[0].kind not in alike("table")]
    return (Clause(verb="wipe", where=where, other=tools[0] if tools else ()),)


def _use_wipe_place(children: list[Value]) -> Value:
    return (Clause(verb="wipe", where=first_of(children, Where), other=things(children)[0]),)


def _known(children: list[Value]) -> Value:
    return None


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


def _handed(children: list[Value]) -> Value:
    return children[0] if len(children) == 1 else None


_PLAIN_VERBS = (
    "pick", "down", "back", "put_away", "discard", "together", "stack", "stack_at", "remove", "hand_over",
    "open", "close", "turn_on", "turn_off", "pour", "pour_into", "wipe", "line_up", "match_color",
    "mismatch_color", "same", "use", "push", "pull",
)  # fmt: skip


MAKERS: dict[str, Maker] = {
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
    "match": _match,
}
