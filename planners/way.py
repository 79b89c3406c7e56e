"""From a stage's start to its end: out of contact, across, into contact; smooth, timed and checked.

Contact is left and entered along straight lines. Between them the arm goes
directly where that is free, higher where it is not, and searches where neither
helps. What is checked last is the curve that a robot executes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..core.arrays import Float64
from ..core.trajectory import JointTrajectory
from ..robots.kinematics import Kinematics
from .curve import Curve, smooth
from .facing import CHECKED_FACING, Facing
from .field_seed import seeds
from .pace import allowed_speed, tool_pace
from .passage import Passage
from .path import connect, free_edge, shorten
from .problem import Problem
from .reach import level, straight
from .room import Room
from .settings import Settings
from .solution import PathSolution
from .stage_maps import shaped
from .timing import Limits, strains, time_path

SPACINGS = (0.3, 0.15, 0.07, 0.03)
GRID_PER_SPAN = 4
HELD_ROWS = 5e-4
CHECKED_ROWS = 1e-3
GIVE = 0.002
BARELY = 0.0003
"""How much more than the least distance both ends of a way between contacts have, [m]."""
LEFT = 0.004
"""How much more than the least distance a way back leaves at its end, [m]: another way begins there."""
SEARCHES = 3
"""Ways that are searched at most before one is taken."""
DETOUR = 1.6
"""Length of a way, over that of the straight edge, from which another is searched."""
ROUNDED = 1e-6
"""How far a joint that begins at its limit may seem to be beyond it, [rad]."""
UNLED = ("the arm could not follow the way of the fields",)


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
class _Legs:
    depart: Float64
    approach: Float64


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
    broken = _broken(problem, q_end)
    legs = list(_legs(problem, q_end, ends, broken))
    if not legs:
        return reason
    first: tuple[_Legs, Passage] | None = None
    for leg in legs:
        passage = _passage(problem, leg.depart[-1], leg.approach[0], broken)
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


def _searched(problem: Problem, passage: Passage, leg: _Legs, rng: np.random.Generator) -> Iterator[Float64]:
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


def _broken(problem: Problem, q_end: Float64) -> float:
    """Say by how much a relation may be broken on the way: hardly more than where it begins and ends."""
    return max(HELD_ROWS, _most_broken(problem, np.array([problem.situation.q, q_end])) + 1e-4)


def _legs(problem: Problem, q_end: Float64, ends: Ends, broken: float) -> Iterator[_Legs]:
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
            yield _Legs(depart=out, approach=into[::-1])
        if not ends.out_W and not ends.into_W:
            break
    slid = _slid(problem, q_end, ends.entering, broken) if ends.slid else None
    if slid is not None:
        yield _Legs(depart=slid[:1], approach=slid)


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


def _passage(problem: Problem, q_one: Float64, q_two: Float64, broken: float) -> Passage | None:
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


def _plain(passage: Passage, leg: _Legs) -> Iterator[tuple[str, Float64]]:
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
    leg: _Legs,
    transit: Float64,
    ends: Ends,
    method: str,
    told: tuple[str, ...] = (),
) -> PathSolution | None:
    """Smooth a way, time it and check it; denser where the smooth curve does not keep what the way kept."""
    notes = told = (*problem.notes, *told)
    for spacing in SPACINGS:
        curve = smooth(leg.depart, transit, leg.approach, spacing)
        trajectory, leaves, enters = timed(curve, problem)
        solution = check(problem, passage, trajectory, (leaves, enters), ends, method, notes)
        if solution is not None:
            return solution
        notes = (*told, f"via points nearer than {spacing} rad were needed")
    return None


def timed(curve: Curve, problem: Problem) -> tuple[JointTrajectory, float, float]:
    """Time a curve within the joint limits and the tool's speed limits.

    Args:
        curve: The path.
        problem: Whose arm, stage and settings count.

    Returns:
        The motion, the time at which contact is left, the time at which it is entered, [s].
    """
    settings, kinematics = problem.settings, problem.kinematics
    spans = len(curve.spline.c) - curve.spline.k
    grid = np.linspace(0.0, 1.0, GRID_PER_SPAN * max(spans, 16) + 1)
    R, p = kinematics.tool_poses(curve.spline(grid))
    pace = tool_pace(curve, kinematics, grid)
    allowed = allowed_speed(problem, curve, grid, R, p)
    limits = Limits(
        velocity=settings.speed * kinematics.model.velocity,
        acceleration=settings.acceleration * kinematics.model.acceleration,
        jerk=settings.jerk * kinematics.model.jerk,
    )
    trajectory, s = time_path(
        curve.spline,
        limits,
        arm=problem.situation.hand,
        joint_names=kinematics.model.joint_names,
        grid=grid,
        path_speed=allowed / np.maximum(pace, 1e-9),
        knot_step=settings.knot_step,
    )
    return (
        trajectory,
        float(np.interp(curve.leaves, s, trajectory.times)),
        float(np.interp(curve.enters, s, trajectory.times)),
    )


def dense(trajectory: JointTrajectory, kinematics: Kinematics, settings: Settings) -> tuple[Float64, Float64]:
    """Sample a motion so that neither the tool nor a joint moves farther than the settings between samples.

    Returns:
        Times (N,), [s], and joint positions (N, n), [rad].
    """
    p = kinematics.tool_poses(trajectory.q)[1]
    moved = np.linalg.norm(np.diff(p, axis=0), axis=1) / settings.check_length
    turned = np.abs(np.diff(trajectory.q, axis=0)).max(axis=1) / settings.check_angle
    # A knot interval is short and its curve nearly straight; a fifth more samples covers its bow.
    counts = np.maximum(1, np.ceil(1.2 * np.maximum(moved, turned))).astype(int)
    starts, ends = trajectory.times[:-1], trajectory.times[1:]
    pieces = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(starts, ends, counts, strict=True)]
    times = np.concatenate([*pieces, trajectory.times[-1:]])
    return times, trajectory.at(times)[0]


def check(
    problem: Problem,
    passage: Passage,
    trajectory: JointTrajectory,
    contact: tuple[float, float],
    ends: Ends,
    method: str,
    notes: tuple[str, ...] = (),
) -> PathSolution | None:
    """Check the motion that is executed, densely; None where it breaks something."""
    settings, model = problem.settings, problem.kinematics.model
    times, Q = dense(trajectory, problem.kinematics, settings)
    out, into = times <= contact[0], times >= contact[1]
    across = ~(out | into)
    least = np.inf
    for chosen, touching, at_rest in (
        (out, ends.leaving, 0),
        (across, frozenset(), None),
        (into, ends.entering, -1),
    ):
        if not chosen.any():
            continue
        room = problem.room.clearance(Q[chosen], touching)
        needed = (
            settings.least_clearance
            if at_rest is None
            else min(settings.least_clearance, room[at_rest] - GIVE)
        )
        if (room < needed).any():
            return None
        least = min(least, float(room.min())) if at_rest is None or not touching else least
    violation = 0.0
    if passage.along.relations:
        violation = float(passage.along.violation(*problem.kinematics.tool_poses(Q)).max())
        if violation > max(CHECKED_ROWS, 2.0 * passage.broken):
            return None
    if passage.facing is not None and across.any():
        R, p = problem.kinematics.tool_poses(Q[across])
        if float(passage.facing.excess(R, p, CHECKED_FACING).max()) > 0.0:
            return None
    margin = float(np.minimum(Q - model.lower, model.upper - Q).min())
    share = float((np.abs(trajectory.at(times)[1]) / model.velocity).max())
    acceleration, jerk = strains(trajectory)
    harder = float((acceleration / model.acceleration).max())
    jerkier = float((jerk / model.jerk).max())
    if margin < -ROUNDED or max(share, harder, jerkier) > 1.0:
        return None
    return PathSolution(
        trajectory=trajectory,
        method=method,
        clearance=float(least),
        required=passage.required,
        violation=violation,
        limit_margin=max(margin, 0.0),
        speed_share=share,
        acceleration_share=harder,
        jerk_share=jerkier,
        samples=len(times),
        notes=notes,
        enters=contact[1],
    )


def check_retreat(
    room: Room, motion: JointTrajectory, kinematics: Kinematics, settings: Settings, thing: str
) -> str | None:
    """Say what a hand that goes back after letting go would meet, or None.

    Args:
        room: Free space with the thing standing where it was put.
        motion: The way back.
        kinematics: The arm.
        settings: The planner's numbers.
        thing: What was let go; the hand begins near it.
    """
    _, Q = dense(motion, kinematics, settings)
    clearance = room.clearance(Q, frozenset({thing}))
    needed = min(settings.least_clearance, float(clearance[0]) - GIVE)
    worst = int(np.argmin(clearance))
    if clearance[0] < 0.0 or clearance[worst] < needed:
        return room.nearest(Q[worst], frozenset({thing}))[1]
    # It ends where another way can begin; that needs as much room as ``_passage`` asks for.
    if clearance[-1] < settings.least_clearance + LEFT:
        return room.nearest(Q[-1], frozenset({thing}))[1]
    return None
