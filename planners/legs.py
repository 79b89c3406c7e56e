"""Straight ways out of and into contact, and what is allowed between their ends."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..core.arrays import Float64
from .checking import GIVE
from .facing import Facing
from .passage import Passage
from .problem import Problem
from .reach import level, straight

HELD_ROWS = 5e-4
"""How much a relation that holds throughout may be broken at least, in its row's unit."""
BARELY = 0.0003
"""How much more than the least distance both ends of a way between contacts have, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """How contact is left and entered.

    Attributes:
        out_W: Unit directions out of the contact at the start, best first, each shape (3,); none
            where there is no contact.
        into_W: The same at the end, where the way into contact is gone backwards.
        leaving: What may be touched while leaving.
        entering: What may be touched while entering.
        slid: Whether the end may be entered all the way from the start: what is held is slid onto something.
    """

    out_W: tuple[Float64, ...]
    into_W: tuple[Float64, ...]
    leaving: frozenset[str] = frozenset()
    entering: frozenset[str] = frozenset()
    slid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """Straight ways: out of contact, shape (N, n), and into it, shape (M, n), [rad]."""

    depart: Float64
    approach: Float64


def broken_by(problem: Problem, q_end: Float64) -> float:
    """Say by how much a relation may be broken on the way: hardly more than where it begins and ends."""
    return max(HELD_ROWS, _most_broken(problem, np.array([problem.situation.q, q_end])) + 1e-4)


def legs_of(problem: Problem, q_end: Float64, ends: Ends, broken: float) -> Iterator[Legs]:
    """Offer straight ways out of and into contact, of growing length; then shorter ones."""
    settings = problem.settings
    q_start = problem.situation.q
    seen = False
    for factor in (1.0, 1.8, 2.8, 0.6, 0.35):
        if seen and factor < 1.0:
            break
        out = _line(problem, q_start, ends.out_W, factor * settings.depart, ends.leaving, broken)
        into = _line(problem, q_end, ends.into_W, factor * settings.approach, ends.entering, broken)
        if out is not None and into is not None:
            seen = True
            yield Legs(depart=out, approach=into[::-1])
        if not ends.out_W and not ends.into_W:
            break
    slid = _slid(problem, q_end, ends.entering, broken) if ends.slid else None
    if slid is not None:
        yield Legs(depart=slid[:1], approach=slid)


def _slid(problem: Problem, q_end: Float64, touching: frozenset[str], broken: float) -> Float64 | None:
    """Give the even sweep from the start to the end, where it is free and keeps the relations."""
    line = level(problem.kinematics, problem.situation.q, q_end, problem.lower, problem.upper)
    if line is None or _most_broken(problem, line) > broken:
        return None
    clearance = problem.room.clearance(line, touching)
    least = min(problem.settings.least_clearance, float(clearance[-1]) - GIVE)
    return line if (clearance >= least).all() else None


def _line(
    problem: Problem,
    q: Float64,
    ways_W: tuple[Float64, ...],
    length: float,
    touching: frozenset[str],
    broken: float,
) -> Float64 | None:
    """Give a free straight line away from a contact, or the place itself where there is no contact.

    Where no line keeps the relations that hold throughout, the place itself will do
    if it is no contact: nothing but near.
    """
    if not ways_W:
        return q[None]
    narrow, kept = None, False
    for way_W in ways_W:
        line = straight(problem.kinematics, q, length * way_W, problem.lower, problem.upper)
        if line is None:
            continue
        if _most_broken(problem, line) > broken:
            continue
        kept = True
        clearance = problem.room.clearance(line, touching)
        nearest, there = float(clearance.min()), float(clearance[0]) - GIVE
        if nearest >= min(problem.settings.clearance, there):
            return line
        if narrow is None and nearest >= min(problem.settings.least_clearance, there):
            narrow = line
    if not kept and float(problem.room.clearance(q[None])[0]) >= problem.settings.least_clearance + BARELY:
        return q[None]
    return narrow


def _most_broken(problem: Problem, Q: Float64) -> float:
    """Give by how much a relation that holds throughout is broken at most, in its row's unit."""
    if not problem.along.relations:
        return 0.0
    return float(problem.along.violation(*problem.kinematics.tool_poses(Q)).max())


def passage_of(problem: Problem, q_one: Float64, q_two: Float64, broken: float) -> Passage | None:
    """Say what is allowed between two configurations: as much room as both have, at most what is wanted."""
    both = np.array([q_one, q_two])
    room = float(problem.room.clearance(both).min())
    least = problem.settings.least_clearance
    if room < least + BARELY:
        if not np.array_equal(q_one, q_two):
            return None
        least = room - GIVE  # nothing lies between: all of the way is one into contact
    return Passage(
        room=problem.room,
        along=problem.along,
        kinematics=problem.kinematics,
        required=max(min(problem.settings.clearance, room - 0.5 * GIVE), least),
        broken=broken,
        lower=problem.lower,
        upper=problem.upper,
        facing=None
        if problem.maps is None or not problem.stage.face
        else Facing.between(problem.maps, problem.kinematics, q_one, q_two),
    )
