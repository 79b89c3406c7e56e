"""What things are called: nouns, traits and states that tell a thing from others."""

import itertools

from ...perception.scene import TABLE, Thing
from . import nouns
from .meaning import NounPhrase
from .state import FIXED, FURNITURE, State


def called(phrase: NounPhrase, things: list[Thing], state: State) -> list[Thing]:
    """List what is called as the phrase says: by the very word, else by a like one, else by a group's."""
    if phrase.name and not phrase.name.startswith("#"):
        return [thing for thing in things if thing.name == phrase.name]
    things = [
        thing for thing in things if thing.kind != TABLE
    ]  # Who says *thing* means no furniture of the room.
    if phrase.name:
        things = [thing for thing in things if thing.name.endswith("_" + phrase.name[1:])]
    kind = state.kind if phrase.kind == "one" else phrase.kind
    if phrase.kind == "" and state.kind != "thing":
        kind = state.kind  # "the pens: blue in the box, red in the holder"
    if kind in ("thing", "", "object", "item", "stuff"):
        whole = phrase.quantity in ("all", "rest", "a", "count") or (phrase.plural and not phrase.name)
        spared = FURNITURE if whole else ("drawer", "peg")
        kept = [thing for thing in things if thing.kind not in spared]
        return kept if not phrase.where or kept else things
    if kind in nouns.alike("container"):
        return [thing for thing in things if thing.cavity_radius is not None]
    if not phrase.plural:
        exact = [thing for thing in things if thing.name == kind.replace(" ", "_")]
        if exact:
            return exact
    if kind in nouns.GROUPS:
        return [thing for thing in things if names_of(thing) & {kind, *nouns.group(kind)}]
    for meant in (frozenset({kind}), nouns.alike(kind), nouns.alike(nouns.SECOND.get(kind, kind))):
        found = [thing for thing in things if names_of(thing) & meant]
        if found:
            return found
    return []


def names_of(thing: Thing) -> set[str]:
    """Give the nouns that a thing is called by: its kind, the kind's last word, those of its identifier."""
    words = [word for word in thing.name.split("_") if word.isalpha()]
    found = {thing.kind, thing.kind.split()[-1]}
    found |= set([word for word in words if word not in nouns.COLORS and word not in _ADJECTIVES][-1:])
    return found | {" ".join(words)} | {" ".join(pair) for pair in itertools.pairwise(words)}


_ADJECTIVES = frozenset(
    [
        "small",
        "big",
        "tall",
        "short",
        "top",
        "bottom",
        "upper",
        "lower",
        "left",
        "right",
        "large",
        "little",
        "long",
        "toy",
    ]
)


def traits(thing: Thing, phrase: NounPhrase, state: State) -> bool:
    """Say whether a thing has the colour, shape and state that a phrase says."""
    colors = phrase.colors
    if phrase.kind == "one" and phrase.other and not colors:
        colors = state.colors
    if colors and thing.color not in colors:
        return False
    if any(names_of(thing).isdisjoint(nouns.SHAPES[shape].split(",")) for shape in phrase.shapes):
        return False
    return all(in_state(thing, word, state) for word in phrase.states) and not any(
        thing.color == word or in_state(thing, word, state) for word in phrase.lacking
    )


def in_state(thing: Thing, word: str, state: State) -> bool:
    """Say whether a thing is open, closed, empty, full or of a colour."""
    if word in ("open", "closed"):
        joint = thing.articulation
        return joint is not None and (joint.lower < -0.01) == (word == "open")
    if word in ("empty", "full"):
        return thing.kind not in FIXED and bool(state.carries(thing.name)) == (word == "full")
    return thing.color == word
