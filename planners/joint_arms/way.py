"""From a stage's start to its end for several arms: one smooth curve, timed together, checked densely.

As for one arm (``planners/way.py``): contact is left and entered along straight
lines; between them the arms go directly where that is free, sweep their tools,
or search. The arms' curves have the same knots, so they start and stop together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ...core.arrays import Float64
from ...core.trajectory import JointTrajectory
from ..checking import CHECKED_ROWS, GIVE
from ..curve import Curve, smooth
from ..legs import HELD_ROWS
from ..pace import GRID_PER_SPAN, nearby_least, tool_pace
from ..path import connect, free_edge, shorten
from ..reach import straight
from ..timing import Limits, strains, time_path
from ..way import SPACINGS
from .passage import ArmsPassage, sweep
from .problem import ArmsProblem
from .room import NOTHING, ArmsRoom, Touching

Line = Mapping[str, Float64]
"""Straight ways that hands go together: a unit direction in the world, shape (3,), by hand."""
FINER = (1.0, 2.0, 4.0)
"""Steps of a sweep are tried these times as fine."""
STILL = 1e-9
"""An arm whose joints move no more than this, [rad], stays: a spline's rounding is less."""
ALL = "all"
"""Name of the curve that moves all arms, before it is dealt out to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsEnds:
    """How contact is left and entered.

    Attributes:
        out: Ways out of the contact at the start, best first; none where there is no contact.
        into: The same at the end, where the way into contact is gone backwards.
        leaving: What may touch while leaving.
        entering: What may touch while entering.
    """

    out: tuple[Line, ...] = ()
    into: tuple[Line, ...] = ()
    leaving: Touching = NOTHING
    entering: Touching = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsPath:
    """Timed motions of several arms that start and stop together, measured on the curves that are executed.

    Attributes:
        whole: The motion of all joints; its arm is ``ALL``.
        method: How the way was found: ``straight``, ``sweep``, ``lifted`` or ``trees``.
        clearance: Least distance on the way, out of intended contact, [m].
        required: Distance that was kept where it could be, [m].
        violation: Largest violation of a relation that holds throughout, or of joined hands.
        limit_margin: Least distance from a joint position limit, [rad].
        speed_share: Largest share of a joint speed limit that is used.
        jerk_share: The same of a jerk limit, as ``timing.strains`` measures the executed curve.
        samples: How many configurations of the curve were checked.
    """

    whole: JointTrajectory
    method: str
    clearance: float
    required: float
    violation: float
    limit_margin: float
    speed_share: float
    jerk_share: float
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Legs:
    depart: Float64
    approach: Float64


def find_arms_way(
    problem: ArmsProblem, q_end: Float64, ends: ArmsEnds, rng: np.random.Generator
) -> ArmsPath | str:
    """Find a timed motion of all arms from the situation's joint positions to the end.

    Args:
        problem: The stage's problem, whose room and relations hold on the way.
        q_end: Joint positions of all arms at the end, shape (n,), [rad].
        ends: How contact is left and entered.
        rng: The only source of chance.

    Returns:
        The motion, checked, or a sentence that says what is in the way.
    """
    reason = "no straight way into or out of contact"
    first: tuple[_Legs, ArmsPassage] | None = None
    for number, leg in enumerate(_legs(problem, q_end, ends)):
        passage = _passage(problem, q_end, leg)
        if isinstance(passage, str):
            reason = passage
            continue
        first = first or (leg, passage)
        for method, transit in _plain(passage, leg):
            done = _timed(passage, leg, transit, ends, "lifted" if number else method)
            if done is not None:
                return done
    if first is None:
        return reason
    leg, passage = first
    for again in range(2):
        found = connect(passage, leg.depart[-1], leg.approach[0], rng, most_nodes=problem.settings.tree_nodes)
        if found is None:
            break
        transit = shorten(passage, found, rng, problem.settings.shortcuts * (2 - again))
        done = _timed(passage, leg, transit, ends, "trees")
        if done is not None:
            return done
    return "no free way was found between the straight ends"


def _legs(problem: ArmsProblem, q_end: Float64, ends: ArmsEnds) -> Iterator[_Legs]:
    """Offer straight ways out of and into contact, of growing length; then shorter ones."""
    settings = problem.settings
    seen = False
    for factor in (1.0, 1.8, 0.6, 0.35):
        if seen and factor < 1.0:
            return
        out = _line(problem, problem.q, ends.out, factor * settings.depart, ends.leaving)
        into = _line(problem, q_end, ends.into, factor * settings.approach, ends.entering)
        if out is not None and into is not None:
            seen = True
            yield _Legs(depart=out, approach=into[::-1])
        if not ends.out and not ends.into:
            return


def _line(
    problem: ArmsProblem, q: Float64, ways: tuple[Line, ...], length: float, touching: Touching
) -> Float64 | None:
    """Give a free straight line away from a contact, or the place itself where there is no contact."""
    if not ways:
        return q[None]
    narrow = None
    for way in ways:
        line = together(problem, q, way, length)
        if line is None:
            continue
        clearance = problem.room.clearance(line, touching)
        nearest, there = float(clearance.min()), float(clearance[0]) - GIVE
        if nearest >= min(problem.settings.clearance, there):
            return line
        if narrow is None and nearest >= min(problem.settings.least_clearance, there):
            narrow = line
    return narrow


def together(problem: ArmsProblem, q: Float64, way: Line, length: float) -> Float64 | None:
    """Move hands along straight lines at the same pace, the other arms at rest; (N, n), or None."""
    group = problem.group
    lines: dict[str, Float64] = {}
    for name, direction_W in way.items():
        columns = group.joints[name]
        line = straight(
            group.arms[name], q[columns], length * direction_W, problem.lower[columns], problem.upper[columns]
        )
        if line is None:
            return None
        lines[name] = line
    count = max(map(len, lines.values()))
    whole = np.repeat(q[None], count, axis=0)
    for name, line in lines.items():
        # Lengths agree, so that all lines have as many points; rounding may give one of them one more.
        whole[:, group.joints[name]] = line[np.minimum(np.arange(count), len(line) - 1)]
    return whole


def _passage(problem: ArmsProblem, q_end: Float64, leg: _Legs) -> ArmsPassage | str:
    """Say what is allowed between the straight ways: as much room as both have, at most what is wanted.

    What has to hold throughout may be broken by no more than where the stage begins or ends.

    Returns:
        What is allowed, or why these straight ways will not do.
    """
    both = np.array([leg.depart[-1], leg.approach[0]])
    room = float(problem.room.clearance(both).min())
    if room < problem.settings.least_clearance + GIVE:
        return f"{problem.room.nearest(both[1])[1]} are too near each other before the contact"
    ends = np.array([problem.q, q_end])
    broken = max(HELD_ROWS, float(problem.broken_along(ends).max()) + 1e-4)
    if float(problem.broken_along(np.concatenate([leg.depart, leg.approach])).max()) > broken:
        return "what has to hold on the way does not on the straight ways out of and into contact"
    return ArmsPassage(
        problem=problem, required=min(problem.settings.clearance, room - 0.5 * GIVE), broken=broken
    )


def _plain(passage: ArmsPassage, leg: _Legs) -> Iterator[tuple[str, Float64]]:
    """Offer ways without search: the edge in joint space, then the tools' even sweep."""
    start, end = leg.depart[-1], leg.approach[0]
    if free_edge(passage, start, end):
        yield "straight", np.array([start, end])
    for finer in FINER if passage.constrained else FINER[:1]:
        swept = sweep(passage.problem, start, end, finer)
        if swept is None or (passage.slack(swept) < 0.0).any():
            return
        yield "sweep", swept


def _timed(
    passage: ArmsPassage, leg: _Legs, transit: Float64, ends: ArmsEnds, method: str
) -> ArmsPath | None:
    """Smooth a way, time it and check it; denser where the smooth curve does not keep what the way kept."""
    for spacing in SPACINGS:
        curve = smooth(leg.depart, transit, leg.approach, spacing)
        whole, leaves, enters = timed_together(curve, passage.problem)
        path = check_arms(passage, whole, (leaves, enters), ends, method)
        if path is not None:
            return path
    return None


def timed_together(curve: Curve, problem: ArmsProblem) -> tuple[JointTrajectory, float, float]:
    """Time a curve of all arms within the joint limits and every tool's speed limits.

    Args:
        curve: The path of all joints.
        problem: Whose arms, stage and settings count.

    Returns:
        The motion of all joints, the time at which contact is left, the time at which it is entered, [s].
    """
    settings, group = problem.settings, problem.group
    spans = len(curve.spline.c) - curve.spline.k
    grid = np.linspace(0.0, 1.0, GRID_PER_SPAN * max(spans, 16) + 1)
    R, p = group.tool_poses(curve.spline(grid))
    pace = tool_pace(curve, group.tool_poses, grid)
    allowed = np.full(pace.shape, settings.tool_speed)
    allowed[(grid < curve.leaves) | (grid > curve.enters)] = settings.contact_speed
    for slow in problem.stage.slow:
        near = problem.distance_to(slow.thing, R, p) <= slow.distance
        allowed = np.minimum(allowed, nearby_least(np.where(near, slow.speed, np.inf)))
    whole, s = time_path(
        curve.spline,
        Limits(
            velocity=settings.speed * group.velocity,
            acceleration=settings.acceleration * group.acceleration,
            jerk=settings.jerk * group.jerk,
        ),
        arm=ALL,
        joint_names=tuple(
            f"{name}/{joint}" for name, arm in group.arms.items() for joint in arm.model.joint_names
        ),
        grid=grid,
        path_speed=(allowed / np.maximum(pace, 1e-9)).min(axis=1),
        knot_step=settings.knot_step,
    )
    leaves, enters = np.interp([curve.leaves, curve.enters], s, whole.times)
    return whole, float(leaves), float(enters)


def dealt(whole: JointTrajectory, problem: ArmsProblem) -> dict[str, JointTrajectory]:
    """Give each arm that moves its share of a motion: the same knots, number for number."""
    return {
        name: JointTrajectory(
            arm=name,
            joint_names=arm.model.joint_names,
            times=whole.times,
            q=whole.q[:, problem.group.joints[name]],
            v=whole.v[:, problem.group.joints[name]],
        )
        for name, arm in problem.group.arms.items()
        if np.ptp(whole.q[:, problem.group.joints[name]], axis=0).max() > STILL
    }


def dense_arms(whole: JointTrajectory, problem: ArmsProblem) -> tuple[Float64, Float64]:
    """Sample a motion so that neither a tool nor a joint moves farther than the settings between samples.

    Returns:
        Times (N,), [s], and joint positions (N, n), [rad].
    """
    settings = problem.settings
    p = problem.group.tool_poses(whole.q)[1]
    moved = np.linalg.norm(np.diff(p, axis=0), axis=2).max(axis=1) / settings.check_length
    turned = np.abs(np.diff(whole.q, axis=0)).max(axis=1) / settings.check_angle
    # A knot interval is short and its curve nearly straight; a fifth more samples covers its bow.
    counts = np.maximum(1, np.ceil(1.2 * np.maximum(moved, turned))).astype(int)
    starts, ends = whole.times[:-1], whole.times[1:]
    pieces = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(starts, ends, counts, strict=True)]
    times = np.concatenate([*pieces, whole.times[-1:]])
    return times, whole.at(times)[0]


def check_arms(
    passage: ArmsPassage, whole: JointTrajectory, contact: tuple[float, float], ends: ArmsEnds, method: str
) -> ArmsPath | None:
    """Check the motion that is executed, densely; None where it breaks something."""
    problem = passage.problem
    settings, group = problem.settings, problem.group
    times, Q = dense_arms(whole, problem)
    out, into = times <= contact[0], times >= contact[1]
    least = np.inf
    for chosen, touching, at_rest in (
        (out, ends.leaving, 0),
        (~(out | into), NOTHING, None),
        (into, ends.entering, -1),
    ):
        if not chosen.any():
            continue
        room = problem.room.clearance(Q[chosen], touching)
        needed = settings.least_clearance
        if at_rest is not None:
            needed = min(needed, float(room[at_rest]) - GIVE)
        if (room < needed).any():
            return None
        least = min(least, float(room.min())) if at_rest is None or not touching else least
    violation = float(problem.broken_along(Q).max())
    if violation > max(CHECKED_ROWS, 2.0 * passage.broken):
        return None
    margin = float(np.minimum(Q - group.lower, group.upper - Q).min())
    share = float((np.abs(whole.at(times)[1]) / group.velocity).max())
    acceleration, jerk = strains(whole)
    harder, jerkier = float((acceleration / group.acceleration).max()), float((jerk / group.jerk).max())
    if margin < 0.0 or max(share, harder, jerkier) > 1.0:
        return None
    return ArmsPath(
        whole=whole,
        method=method,
        clearance=float(least),
        required=passage.required,
        violation=violation,
        limit_margin=margin,
        speed_share=share,
        jerk_share=jerkier,
        samples=len(times),
    )


def way_back(
    problem: ArmsProblem, q: Float64, room: ArmsRoom, way: Line, length: float, touching: Touching
) -> JointTrajectory | str:
    """Draw hands straight back from what they let go.

    Args:
        problem: The stage's problem.
        q: Joint positions of all arms, shape (n,), [rad].
        room: Free space with the hands open.
        way: Direction back, by hand.
        length: How far, [m].
        touching: What the hands were at.

    Returns:
        The motion of all joints, or what is in the way.
    """
    line = together(problem, q, way, length)
    if line is None:
        return "the arm cannot go straight back"
    curve = replace(smooth(line[:1], line, line[-1:], 0.05), enters=0.4)
    motion, _, _ = timed_together(curve, replace(problem, stage=replace(problem.stage, slow=())))
    _, Q = dense_arms(motion, problem)
    clearance = room.clearance(Q, touching)
    worst = int(np.argmin(clearance))
    if clearance[0] < 0.0 or clearance[worst] < min(
        problem.settings.least_clearance, float(clearance[0]) - GIVE
    ):
        return f"{room.nearest(Q[worst], touching)[1]} would meet"
    return motion
