"""What the grammar's rules about states and questions mean."""

from dataclasses import replace

from .build_sentences import first_of
from .build_things import modified
from .chart import Maker, Value
from .meaning import (
    Condition,
    NounPhrase,
    Phrases,
    Question,
    Where,
)
from .nodes import flat, things, words


def _condition(kind: str) -> Maker:
    def make(children: list[Value]) -> Value:
        groups = things(children)
        traits = words(children, "STATE", "COLOR", "SIZE", "SUPER")
        where = first_of(children, Where)
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
    where = first_of(children, Where)
    phrases = tuple(replace(phrase, where=(*phrase.where, where)) for phrase in made.things)
    return replace(made, things=phrases, where=None)


def _both_hold(children: list[Value]) -> Value:
    return Condition(
        kind="both", parts=tuple(children[0::2]) if len(children) == 3 else (children[0], children[-1])
    )


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
    where, states = first_of(children, Where), words(children, "STATE", "COLOR", "SIZE")
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


MAKERS: dict[str, Maker] = {
    "before": _condition("before"),
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
