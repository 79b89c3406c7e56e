"""Names for pieces that were found, so that plans which go by names mean them."""

from dataclasses import dataclass, replace

import numpy as np

from ....core.arrays import Float64
from ..named.deeds import Deed
from ..named.scene import Box, NamedScene, Piece, box_of
from ..named.shapes import hole_in
from .describing import Described
from .marks import ball_of
from .panels import split_panel

GOAL, HANDLE, PANEL = "goal", "handle", "panel"
REVOLVING = "revolving"
WORDS = ("alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett")
"""Names that no colour and no thing has."""
AROUND = 0.02
"""How far beyond a place's bounds a mark of it may lie, [m]."""
OFF = 0.25
"""How far something is moved where only the way is told, [m]."""
WAYS = {
    "left": np.array([-1.0, 0.0, 0.0]),
    "right": np.array([1.0, 0.0, 0.0]),
    "away": np.array([0.0, 1.0, 0.0]),
    "toward": np.array([0.0, -1.0, 0.0]),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Meaning:
    """A deed with the pieces that it is about.

    Attributes:
        deed: The deed, its nouns being names of ``things``.
        things: What its nouns mean.
        found: The pieces of those that were found.
        ways: Where something is to be moved, where no place is told: words of ``WAYS``.
    """

    deed: Deed
    things: tuple[Described, ...]
    found: dict[str, tuple[Piece, ...]]
    ways: frozenset[str] = frozenset()


def as_named(meaning: Meaning, scene: NamedScene) -> tuple[Deed, NamedScene]:
    """Name the pieces, and say the deed with those names."""
    told = {thing.name: thing for thing in meaning.things}
    words = {name: _word(told[name], number) for number, name in enumerate(told)}
    place = meaning.deed.place
    pieces = _renamed(meaning, scene, told, words)
    if meaning.deed.kind in ("open", "close") and REVOLVING in meaning.deed.manners and not meaning.deed.tool:
        pieces = _with_panel(pieces, words.get(meaning.deed.thing, ""))
    pieces = _marked(meaning, told, words, pieces)
    to_mark = bool(place) and (place not in meaning.found or told[place].sort == "mark")
    deed = replace(
        meaning.deed,
        thing=words.get(meaning.deed.thing, meaning.deed.thing),
        place=GOAL if to_mark else words.get(place, ""),
        source=words.get(meaning.deed.source, ""),
        tool=words.get(meaning.deed.tool, ""),
        around=words.get(meaning.deed.around, ""),
    )
    return deed, replace(scene, pieces=tuple(pieces))


def _word(thing: Described, number: int) -> str:
    return f"{HANDLE} {WORDS[number]}" if HANDLE in (thing.role, *thing.name.split()) else WORDS[number]


def _renamed(
    meaning: Meaning, scene: NamedScene, told: dict[str, Described], words: dict[str, str]
) -> list[Piece]:
    """Put the pieces of things under their names; a handle is of the thing that has it."""
    # The smallest set that a piece is of names it: a handle is told apart from the door that has it.
    order = sorted(meaning.found, key=lambda name: len(meaning.found[name]))
    renamed = []
    for piece in scene.pieces:
        owner = next((name for name in order if any(piece is one for one in meaning.found[name])), None)
        if owner is None or piece.mark:
            renamed.append(replace(piece, path=("mark", *piece.path)) if piece.mark else piece)
            continue
        free = told[owner].sort == "free"
        root = f"{words[owner]} whole" if free else piece.path[0]
        path = (root, words[owner], piece.path[-1])
        if told[owner].role == HANDLE and meaning.deed.thing in meaning.found and owner != meaning.deed.thing:
            path = (root, words[meaning.deed.thing], words[owner], HANDLE)
        renamed.append(replace(piece, path=path))
    return renamed


def _with_panel(pieces: list[Piece], word: str) -> list[Piece]:
    """Give a thing on a hinge the panel that it is of, where only its handle has a colour of its own."""
    mine = [piece for piece in pieces if word in piece.path]
    roots = {piece.path[0] for piece in mine}
    same = [piece for piece in pieces if not piece.mark and piece.path[0] in roots]
    if not mine:
        return pieces
    block = max(same, key=lambda piece: len(piece.cloud))
    door, case = split_panel(block.cloud)
    if not door.any() or not case.any():
        return pieces
    root = block.path[0]
    panel = Piece(path=(root, word, PANEL), cloud=block.cloud[door])
    rest = Piece(path=(root, "case", "case"), cloud=block.cloud[case])
    handles = [replace(piece, path=(root, word, HANDLE)) for piece in mine if piece is not block]
    others = [piece for piece in pieces if piece is not block and not any(piece is one for one in mine)]
    return [*others, panel, rest, *handles]


def _marked(
    meaning: Meaning, told: dict[str, Described], words: dict[str, str], pieces: list[Piece]
) -> list[Piece]:
    """Call the mark of the place the goal, or make one where the place is no piece."""
    place = meaning.deed.place
    marks = [piece for piece in pieces if piece.mark]
    rest = [piece for piece in pieces if not piece.mark]
    found = meaning.found.get(place, ())
    if found and told[place].sort == "mark":
        chosen = box_of(list(found)).center
        return [
            *rest,
            *(replace(m, path=(GOAL,)) for m in marks if np.abs(box_of([m]).center - chosen).max() < 1e-6),
        ]
    if found:
        inside = [mark for mark in marks if _within(box_of([mark]), box_of(list(found)))]
        if not inside:
            return rest
        on = max(inside, key=lambda mark: ball_of(mark.cloud)[1])
        root = next(piece.path[0] for piece in rest if words[place] in piece.path)
        return [*rest, replace(on, path=(root, words[place], GOAL))]
    made = _made(meaning, told)
    if made is not None:
        return [*rest, Piece(path=(GOAL,), cloud=np.repeat(made[None], 4, axis=0), mark=True)]
    if not marks:
        return rest
    # Of several marks the one for a place is drawn the largest.
    return [*rest, replace(max(marks, key=lambda mark: ball_of(mark.cloud)[1]), path=(GOAL,))]


def _within(small: Box, large: Box) -> bool:
    return bool((small.center > large.lower - AROUND).all() and (small.center < large.upper + AROUND).all())


def _made(meaning: Meaning, told: dict[str, Described]) -> Float64 | None:
    """Make a place: an opening in the side of something, or some way off."""
    place, thing = told.get(meaning.deed.place), meaning.found.get(meaning.deed.thing, ())
    if place is not None and place.sort in ("hole", "part") and thing:
        for relation in place.relations:
            if (block := meaning.found.get(relation.of)) and relation.of != meaning.deed.thing:
                level = (box_of(list(thing)).center - box_of(list(block)).center) * [1.0, 1.0, 0.0]
                long = int(np.argmax(np.abs(level)))
                return hole_in(list(block), np.sign(level[long]) * np.eye(3)[long])
    if meaning.ways and thing:
        way = sum((WAYS[word] for word in sorted(meaning.ways)), np.zeros(3))
        return box_of(list(thing)).center + OFF * way
    return None
