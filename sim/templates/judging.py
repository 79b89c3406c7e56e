"""Whether things ended as an instruction means: measures of the final arrangement alone.

*Left* and *right*, *top* and *bottom* are as the person sees the table; a side begins a quarter of the
way from the middle to the edge, and a corner is where two sides are.
"""

from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np

from ...perception.scene import TABLE
from .filling import Filled
from .table import BLOCK, BOWL, HALF, MIDDLE, WAYS, Piece, chosen, color_of

SIDE = 0.25
"""Where a side begins, as a share of the way from the middle of the table to its edge."""
FAR = 0.125
"""A gap that is *a lot* is wider than this, one that is *a little* is not, [m]."""
STRAIGHT = 0.02
"""How far off a line a thing of a row may be, [m]."""
TURN = 20.0
"""How far a row may be turned from what was said, [degrees]."""
Pieces = Mapping[str, Piece]


def judge(filled: Filled, before: tuple[Piece, ...], after: tuple[Piece, ...]) -> str:
    """Say what is wrong with how things ended; nothing where it is as was meant.

    Args:
        filled: The instruction.
        before: How things stood.
        after: How they stand now.
    """
    now = {piece.name: piece for piece in after}
    blocks = [piece for piece in after if piece.kind == "block"]
    wrong = _MEANINGS[filled.template.meaning](filled, before, now, blocks)
    moved = [
        p.name for p in before if p.kind == "bowl" and np.abs(now[p.name].center - p.center).max() > 1e-6
    ]
    return wrong or (f"{moved[0]} was moved" if moved else "") or _overlap(after)


def _overlap(pieces: tuple[Piece, ...]) -> str:
    """Name two things that stand in one place of the table."""
    standing = [piece for piece in pieces if piece.on == TABLE]
    for a, b in combinations(standing, 2):
        room = sum((BOWL if piece.kind == "bowl" else BLOCK) / 2.0 for piece in (a, b))
        if np.linalg.norm(a.center[:2] - b.center[:2]) < room:
            return f"{a.name} stands where {b.name} does"
    return ""


def _at(piece: Piece, said: str) -> bool:
    """Say whether a thing is at a side or in a corner, told by its words."""
    ways = [WAYS[word] for word in said.split() if word in WAYS]
    return bool(ways) and all(
        (piece.center[:2] - MIDDLE) @ way >= SIDE * (HALF @ np.abs(way)) for way in ways
    )


def _others_stay(before: tuple[Piece, ...], now: Pieces, name: str) -> str:
    moved = [p.name for p in before if p.name != name and np.abs(now[p.name].center - p.center).max() > 1e-6]
    return f"{moved[0]} was moved" if moved else ""


def _said(filled: Filled, slot: str, kind: str) -> str:
    return f"{color_of(filled.words[slot])}_{kind}"


def _one_on(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    name = _said(filled, "block1", "block")
    goal = _said(filled, "bowl", "bowl") if "bowl" in filled.words else _said(filled, "block2", "block")
    return "" if now[name].on == goal else f"{name} is on {now[name].on}, not {goal}"


def _stack(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    low = [block for block in blocks if block.on == TABLE]
    carriers = [block.on for block in blocks if block.on != TABLE]
    tower = (
        len(low) == 1
        and len(set(carriers)) == len(carriers)
        and all(now[c].kind == "block" for c in carriers)
    )
    return "" if tower else f"{len(low)} blocks stand on the table"


def _stack_at(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    place = filled.words["corner/side"]
    away = [block.name for block in blocks if not _at(block, place)]
    return _stack(filled, before, now, blocks) or (f"{away[0]} is not at the {place}" if away else "")


def _gather(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    place = filled.words["corner/side"]
    away = [block.name for block in blocks if not _at(block, place)]
    return f"{away[0]} is not at the {place}" if away else ""


def _into_one(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    bowl = _said(filled, "bowl", "bowl")
    out = [block.name for block in blocks if block.inside != bowl]
    return f"{out[0]} is not in {bowl}" if out else ""


def _matching(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    off = [block.name for block in blocks if block.inside is None or now[block.inside].color != block.color]
    return f"{off[0]} is not in its bowl" if off else ""


def _mismatched(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    off = [block.name for block in blocks if block.inside is None or now[block.inside].color == block.color]
    return f"{off[0]} is in no bowl of another colour" if off else ""


def _chosen_to(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    name, place = chosen(filled, before), filled.words["corner/side"]
    missed = "" if _at(now[name], place) else f"{name} is not at the {place}"
    return missed or _others_stay(before, now, name)


def _corners(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    corners = [f"{a} {b}" for a in ("top", "bottom") for b in ("left", "right")]
    found = [next((corner for corner in corners if _at(block, corner)), "") for block in blocks]
    if "" in found:
        return f"{blocks[found.index('')].name} is in no corner"
    return "" if len(set(found)) == len(found) else "two blocks are in one corner"


def _beside(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    name, bowl = _said(filled, "block", "block"), now[_said(filled, "bowl", "bowl")]
    way = WAYS[filled.words["direction"]]
    offset = now[name].center[:2] - bowl.center[:2]
    ahead = float(offset @ way)
    if ahead <= 0.0 or abs(float(offset @ way[::-1])) > ahead:
        return f"{name} is not to the {filled.words['direction']} of {bowl.name}"
    gap = ahead - (BOWL + BLOCK) / 2.0
    if (gap > FAR) != ("lot" in filled.words["magnitude"]):
        return f"{name} is {100 * gap:.0f} cm away, which is not {filled.words['magnitude']}"
    return _others_stay(before, now, name)


def _corner_by(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    name, corner = _said(filled, "block", "block"), chosen(filled, before)
    missed = "" if _at(now[name], corner) else f"{name} is not in the {corner} corner"
    return missed or _others_stay(before, now, name)


def _row(filled: Filled, before: tuple[Piece, ...], now: Pieces, blocks: list[Piece]) -> str:
    points = np.array([block.center[:2] for block in blocks])
    centered = points - points.mean(axis=0)
    _, spread, axes = np.linalg.svd(centered)
    if spread[0] < BLOCK:
        return "the blocks stand in one place"
    if np.abs(centered @ axes[1]).max() > STRAIGHT:
        return "the blocks are in no line"
    # From the person's side: 0 is sideways, 90 is away, 45 is either diagonal.
    angle = float(np.degrees(np.arctan2(abs(axes[0][0]), abs(axes[0][1]))))
    wanted = {"horizontal": 0.0, "vertical": 90.0, "diagonal": 45.0}[filled.words["line"]]
    return "" if abs(angle - wanted) <= TURN else f"the line is turned by {angle:.0f} degrees"


_MEANINGS: Mapping[str, Callable[[Filled, tuple[Piece, ...], Pieces, list[Piece]], str]] = {
    "one on another": _one_on, "stack": _stack, "gather": _gather, "into one bowl": _into_one,
    "matching bowls": _matching, "the one in a direction": _chosen_to, "the one by distance": _chosen_to,
    "the one by number": _chosen_to, "different corners": _corners, "mismatched bowls": _mismatched,
    "stack at": _stack_at, "beside by magnitude": _beside, "corner by distance": _corner_by, "row": _row,
}  # fmt: skip
