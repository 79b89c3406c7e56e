"""From a stage's start to its end: out of contact, across, into contact; smooth, timed and checked.

Contact is left and entered along straight lines. Between them the arm goes
directly where that is free, higher where it is not, and searches where neither
helps. What is checked last is the curve that a robot executes.
"""

from collections.abc import Iterator

import numpy as np

from ..core.arrays import Float64
from .checking import check
from .curve import smooth
from .field_seed import seeds
from .legs import Ends, Legs, broken_by, legs_of, passage_of
from .pace import timed
from .passage import Passage
from .path import connect, free_edge, shorten
from .problem import Problem
from .reach import level
from .solution import PathSolution
from .stage_maps import shaped

SPACINGS = (0.3, 0.15, 0.07, 0.03)
SEARCHES = 3
"""Ways that are searched at most before one is taken."""
DETOUR = 1.6
"""Length of a way, over that of the straight edge, from which another is searched."""
UNLED = ("the arm could not follow the way of the fields",)


def find_way(
    problem: Problem, q_end: Float64, ends: Ends, rng: np.random.Generator, *, led: bool = False
) -> PathSolution | str:
    """Find a timed motion from the situation's joint positions to the end.

    Args:
        problem: The stage's problem, whose room and relations hold on the way.
        q_end: Joint positions at the end, shape (n,), [rad].
        ends: How contact is left and entered.
        rng: The only source of chance.
        led: Whether fields of what the stage says lead the way, where it says where to go along.

    Returns:
        The motion, checked, or a sentence that says what is in the way.
    """
    reason = "no straight way into or out of contact"
    unled = False
    broken = broken_by(problem, q_end)
    legs = list(legs_of(problem, q_end, ends, broken))
    if not legs:
        return reason
    first: tuple[Legs, Passage] | None = None
    for leg in legs:
        passage = passage_of(problem, leg.depart[-1], leg.approach[0], broken)
        if passage is None:
            reason = f"{problem.room.nearest(leg.approach[0])[1]} are too near each other before the contact"
            continue
        if led and first is None and shaped(problem.stage):
            for seed in seeds(problem, passage, leg.depart[-1], leg.approach[0], rng):
                done = _timed(problem, passage, leg, seed.transit, ends, seed.method)
                if done is not None:
                    return done
            unled = True
        first = first or (leg, passage)
        for method, transit in _plain(passage, leg):
            method = "lifted" if leg is not legs[0] else method
            done = _timed(problem, passage, leg, transit, ends, method, UNLED if unled else ())
            if done is not None:
                return done
    if first is None:
        return reason
    leg, passage = first
    for transit in _searched(problem, passage, leg, rng):
        done = _timed(problem, passage, leg, transit, ends, "trees", UNLED if unled else ())
        if done is not None:
            return done
    met = passage.between_ends(leg.depart[-1], leg.approach[0])
    return f"no free way was found between the straight ends: {met}"


def _searched(problem: Problem, passage: Passage, leg: Legs, rng: np.random.Generator) -> Iterator[Float64]:
    """Search ways, offer the shortest first; more are searched while the best makes a detour."""
    start, end = leg.depart[-1], leg.approach[0]
    direct = float(np.linalg.norm(end - start))
    found: list[tuple[float, Float64]] = []
    for turn in range(SEARCHES):
        raw = connect(passage, start, end, rng, most_nodes=problem.settings.tree_nodes)
        if raw is None:
            break
        short = shorten(passage, raw, rng, problem.settings.shortcuts * (2 if turn == 0 else 1))
        found.append((float(np.linalg.norm(np.diff(short, axis=0), axis=1).sum()), short))
        if found[-1][0] <= DETOUR * direct:
            break
    for _, transit in sorted(found, key=lambda one: one[0]):
        yield transit
    raw = connect(passage, start, end, rng, most_nodes=problem.settings.tree_nodes) if found else None
    if raw is not None:
        yield shorten(passage, raw, rng, problem.settings.shortcuts)


def _plain(passage: Passage, leg: Legs) -> Iterator[tuple[str, Float64]]:
    """Offer ways without search: the edge in joint space, then the tool's level sweep."""
    start, end = leg.depart[-1], leg.approach[0]
    if free_edge(passage, start, end):
        yield "straight", np.array([start, end])
    if passage.along.relations:
        swept = level(passage.kinematics, start, end, passage.lower, passage.upper)
        if swept is not None and (passage.slack(swept) >= 0.0).all():
            yield "level", swept


def _timed(
    problem: Problem,
    passage: Passage,
    leg: Legs,
    transit: Float64,
    ends: Ends,
    method: str,
    told: tuple[str, ...] = (),
) -> PathSolution | None:
    """Smooth a way, time it and check it; denser where the smooth curve does not keep what the way kept."""
    notes = told = (*problem.notes, *told)
    touching = (ends.leaving, ends.entering)
    for spacing in SPACINGS:
        curve = smooth(leg.depart, transit, leg.approach, spacing)
        trajectory, leaves, enters = timed(curve, problem)
        solution = check(problem, passage, trajectory, (leaves, enters), touching, method, notes)
        if solution is not None:
            return solution
        notes = (*told, f"via points nearer than {spacing} rad were needed")
    return None
