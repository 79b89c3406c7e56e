"""Which pieces an instruction means: by name where a name says it, else by what is left and its size."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from ....core.arrays import Float64
from ....core.errors import CannotDo
from .deeds import Deed
from .names import FULL, WORD, likeness
from .scene import Box, NamedScene, Piece, box_of, cloud_of

BACKGROUND = ("floor", "table", "wall", "tablelink")
LARGE = 0.45
"""Things wider than this are where things are, and nothing that is handled, [m]."""
CLOSE = 0.015
"""Pieces nearer to each other than this touch, as far as can be seen, [m]."""
GOALS = ("goal", "target")
HAND = ("gripper", "hand", "arm", "robot")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Meant:
    """What a deed is about.

    Attributes:
        deed: The deed.
        thing: The pieces that it is done to; none where it is done by the hand alone.
        mount: The pieces that those hang on or stand at, of the same outermost body.
        place: The point to bring it to, shape (3,), [m]; None where there is none.
        place_pieces: The pieces that the place is of.
        tool: The pieces of what it is done with.
        source: The pieces that it comes from.
        near: Other pieces that it touches or nearly touches.
        others: What else could be handled or gone to, the smallest first.
        marks: All marks that are drawn into the pictures.
        ground: What it is to leave, where that is what everything stands on.
    """

    deed: Deed
    thing: tuple[Piece, ...]
    mount: tuple[Piece, ...]
    place: Float64 | None
    place_pieces: tuple[Piece, ...]
    tool: tuple[Piece, ...]
    source: tuple[Piece, ...]
    near: tuple[Piece, ...] = ()
    others: tuple[tuple[Piece, ...], ...] = ()
    marks: tuple[Piece, ...] = ()
    ground: tuple[Piece, ...] = ()

    @property
    def box(self) -> Box:
        """The bounds of the thing."""
        return box_of(list(self.thing))


def find(scene: NamedScene, noun: str, without: tuple[Piece, ...] = ()) -> list[list[Piece]]:
    """Give the groups of pieces that a noun may mean, all equally well said, the smallest first.

    Args:
        scene: What is seen.
        noun: What was said.
        without: Pieces that mean something else already.
    """
    if not noun:
        return []
    best, roots = 0.0, set()
    for piece in scene.bodies:
        if any(piece is one for one in without):
            continue
        for depth, name in enumerate(piece.path):
            score = likeness(noun, name)
            if score > best:
                best, roots = score, set()
            if score == best > 0.0:
                roots.add(piece.path[: depth + 1])
    # The deepest body of those that say it is the part that is meant: the drawer, not its case.
    groups = []
    for root in {_deepest(scene, root, noun, best) for root in roots}:
        pieces = [piece for piece in scene.bodies if piece.path[: len(root)] == root]
        groups.append([piece for piece in pieces if not any(piece is one for one in without)])
    unique = [group for group in groups if group and not any(_inside(group, other) for other in groups)]
    return sorted(unique, key=lambda group: float(np.prod(box_of(group).size + 1e-3)))


def _inside(group: list[Piece], other: list[Piece]) -> bool:
    return len(other) < len(group) and all(any(one is piece for piece in group) for one in other)


def _deepest(scene: NamedScene, root: tuple[str, ...], noun: str, best: float) -> tuple[str, ...]:
    deepest = root
    if best < WORD:
        return root
    for piece in scene.bodies:
        if piece.path[: len(root)] != root:
            continue
        for depth in range(len(root), len(piece.path) - 1):
            if likeness(noun, piece.path[depth]) >= WORD and depth + 1 > len(deepest):
                deepest = piece.path[: depth + 1]
    return deepest


def ground(deed: Deed, scene: NamedScene, hand: Float64) -> Meant:
    """Say what a deed is about.

    Args:
        deed: What is to be done.
        scene: What is seen.
        hand: Where the hand is, shape (3,), [m].

    Raises:
        CannotDo: If nothing is there that it could be about.
    """
    around = tuple(piece for group in find(scene, deed.around)[:1] for piece in group)
    tool = _tool(deed, scene, around)
    others = _others(scene, (*around, *tool))
    place_noun = deed.place if deed.place not in GOALS else ""
    if deed.kind == "reach" or deed.thing in HAND:
        thing: tuple[Piece, ...] = ()
    else:
        thing = _thing(deed, scene, others, (*around, *tool), place_noun or deed.source)
        if not thing:
            raise CannotDo(f"nothing is seen that could be {deed.thing!r}")
    taken = (*around, *tool, *thing)
    source = _one(scene, deed.source, taken, thing, nearest=True)
    pieces = _one(scene, place_noun, (*taken, *(source if deed.place == deed.source else ())), thing)
    if deed.place and not pieces and deed.place not in GOALS and not _free_marks(deed, scene):
        pieces = _largest([one for one in others if not _shares(one, taken)])
    mount = tuple(
        piece
        for piece in scene.bodies
        if thing and piece.path[0] == thing[0].path[0] and not any(piece is one for one in (*thing, *tool))
    )
    return Meant(
        deed=deed,
        thing=thing,
        mount=mount,
        place=_place(deed, scene, pieces, thing, source),
        place_pieces=pieces,
        tool=tool,
        source=source,
        near=_near(scene, thing, tool),
        others=tuple(tuple(one) for one in others if not _shares(one, taken)),
        marks=tuple(scene.marks),
        ground=tuple(one for one in scene.ground if not source and likeness(deed.source, one.path[0])),
    )


def _near(scene: NamedScene, thing: tuple[Piece, ...], tool: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """List what comes nearer to a thing than ``CLOSE``."""
    if not thing:
        return ()
    tree = KDTree(cloud_of(list(thing)))
    others = [one for one in scene.bodies if not any(one is piece for piece in (*thing, *tool))]
    return tuple(one for one in others if tree.query(one.cloud, distance_upper_bound=CLOSE)[0].min() < CLOSE)


def _tool(deed: Deed, scene: NamedScene, taken: tuple[Piece, ...]) -> tuple[Piece, ...]:
    noun = deed.tool or (deed.verb if deed.kind == "hammer" else "")
    if not noun:
        return ()
    found = find(scene, noun, taken)
    if found:
        return tuple(found[0])
    spoken = [piece for group in find(scene, deed.thing, taken)[:1] for piece in group]
    left = [one for one in _others(scene, (*taken, *spoken)) if not _shares(one, tuple(spoken))]
    return tuple(left[0]) if left else ()


def _thing(
    deed: Deed, scene: NamedScene, others: list[list[Piece]], taken: tuple[Piece, ...], beside: str
) -> tuple[Piece, ...]:
    """Find what is handled: by its name, by the verb ("unplug" a "plug"), else the smallest that is left."""
    for noun in (deed.thing, deed.verb.removeprefix("un") if deed.verb.startswith("un") else ""):
        if found := find(scene, noun, taken):
            return tuple(found[0])
    named = [piece for group in find(scene, beside, taken) for piece in group]
    left = [one for one in others if not _shares(one, tuple(named))] or others
    return tuple(left[0]) if left else ()


def _one(
    scene: NamedScene, noun: str, taken: tuple[Piece, ...], thing: tuple[Piece, ...], nearest: bool = False
) -> tuple[Piece, ...]:
    """Find the group that a noun means; of several the nearest to the thing, or the furthest."""
    found = find(scene, noun, taken)
    if not found:
        return ()
    if not thing:
        return tuple(found[0])
    at = box_of(list(thing)).center
    found.sort(key=lambda group: float(np.linalg.norm(box_of(group).center - at)))
    return tuple(found[0] if nearest else found[-1])


def _others(scene: NamedScene, taken: tuple[Piece, ...]) -> list[list[Piece]]:
    """List the bodies that could be handled or gone to, the smallest first."""
    bodies: dict[tuple[str, ...], list[Piece]] = {}
    for piece in scene.bodies:
        background = any(likeness(word, piece.path[0]) for word in BACKGROUND)
        if piece.body and not background and not any(piece is one for one in taken):
            bodies.setdefault(piece.body, []).append(piece)
    groups = [group for group in bodies.values() if box_of(group).size.max() < LARGE]
    return sorted(groups, key=lambda group: float(np.prod(box_of(group).size + 5e-3)))


def _largest(groups: list[list[Piece]]) -> tuple[Piece, ...]:
    return tuple(groups[-1]) if groups else ()


def _shares(group: list[Piece], pieces: tuple[Piece, ...]) -> bool:
    return any(one is piece for one in group for piece in pieces)


def _place(
    deed: Deed,
    scene: NamedScene,
    pieces: tuple[Piece, ...],
    thing: tuple[Piece, ...],
    source: tuple[Piece, ...],
) -> Float64 | None:
    """Find the point to go to: a mark on the place, a mark that stands free, or the place's own middle."""
    marks = [one for one in scene.marks if _is_goal(one.path[-1], deed.place)]
    on = [one for one in marks if pieces and one.path[0] == pieces[0].path[0] and len(one.path) > 1]
    free = _free_marks(deed, scene)
    if on:
        return box_of(on[:1]).center
    if pieces and not _only_mark(deed):
        return box_of(list(pieces)).center
    if not free:
        hung = [one for one in marks if not thing or one.path[0] != thing[0].path[0]]
        return box_of(hung[:1]).center if hung else None
    own = {word for piece in thing for name in piece.path for word in (name,)}
    free.sort(key=lambda one: -max((likeness(word, one.path[-1]) for word in own), default=0.0))
    return box_of(free[:1]).center


def _free_marks(deed: Deed, scene: NamedScene) -> list[Piece]:
    return [one for one in scene.marks if _is_goal(one.path[-1], deed.place) and len(one.path) == 1]


def _only_mark(deed: Deed) -> bool:
    """Tell whether the words leave the place to a mark: none is named, or "a goal" is."""
    return not deed.place or deed.place in GOALS


def _is_goal(name: str, place: str) -> bool:
    return any(likeness(word, name) >= WORD for word in GOALS) or likeness(place, name) == FULL
