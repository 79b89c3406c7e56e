"""Joining a new plan onto a motion that runs.

A plan begins at rest, the arm does not stand. So the arm brakes along the curve
that it follows, which was checked, and the new plan begins where the braking
ends; where that is free, both overlap: the sum of two cubic curves is one, and
the arm turns off without having stopped.
"""

import numpy as np

from ..core.arrays import Float64
from ..core.trajectory import JointTrajectory
from ..planners.checking import CHECKED_ROWS, GIVE, dense
from ..planners.pace import said_speed
from ..planners.problem import Problem

BRAKING = 0.3
"""Share of the acceleration limits that braking takes; plans take 0.35, and two may overlap."""
KNOTS = 0.02
"""Time between knots while braking, [s]."""
SHORTEST = 0.06
"""What is left of a motion that is not worth a joint, [s]."""
LOOKED_AT = 0.01
"""Time between the moments at which the tool's speed is looked at, [s]."""
FASTER = 1.02
"""How much faster than it is allowed the tool may seem to be: differences of places are not exact."""


def braking_along(curve: JointTrajectory, since: float, acceleration: Float64) -> JointTrajectory:
    """Come to rest on a curve: its own way, ever slower.

    Time along the curve, s, passes at a rate that falls evenly from 1 to 0 within T, so that
    s(t) = since + t - t^2 / (2 T), and what braking adds to the acceleration is the velocity over T.

    Args:
        curve: What runs.
        since: Time along it at which braking begins, [s].
        acceleration: Limits of the joints, shape (n,), [rad/s^2].

    Returns:
        A curve from there; where the end is nearer than that takes, the rest of the curve itself.
    """
    ahead = np.linspace(since, curve.duration, 100)
    rates = (np.abs(curve.at(ahead)[1]) / (BRAKING * acceleration)).max(axis=1)
    # Only what lies within the braking itself counts: half its time along the curve.
    takes = max(float(rates[0]), KNOTS)
    for _ in range(20):
        longer = float(rates[ahead <= since + takes / 2.0].max())
        if longer <= takes:
            break
        takes = longer
    whole = since + takes / 2.0 >= curve.duration
    length = curve.duration - since if whole else takes
    t = np.linspace(0.0, length, max(2, int(np.ceil(length / KNOTS)) + 1))
    rate = np.ones_like(t) if whole else 1.0 - t / length
    q, v = curve.at(np.minimum(since + (t if whole else t - t**2 / (2.0 * length)), curve.duration))
    v = v * rate[:, None]
    v[-1] = 0.0
    return JointTrajectory(arm=curve.arm, joint_names=curve.joint_names, times=t, q=q, v=v)


def overlapped(first: JointTrajectory, second: JointTrajectory, delay: float) -> JointTrajectory:
    """Go on with another motion before a motion has ended.

    Args:
        first: What ends where ``second`` begins.
        second: What begins at rest.
        delay: When it begins, 0 to the duration of the first, [s].
    """
    times = np.unique(np.concatenate([first.times, second.times + delay]).round(9))
    q_first, v_first = first.at(times)
    q_second, v_second = second.at(times - delay)
    v = v_first + v_second
    v[-1] = 0.0
    return JointTrajectory(
        arm=first.arm,
        joint_names=first.joint_names,
        times=times,
        q=q_first - first.q[-1] + q_second,
        v=v,
    )


def joined(brake: JointTrajectory, motion: JointTrajectory, problem: Problem) -> JointTrajectory | None:
    """Join a planned motion onto the braking that it was planned from.

    Args:
        brake: Comes to rest where the motion begins.
        motion: The plan, checked by itself.
        problem: Whose room and relations hold.

    Returns:
        The one that turns off soonest and is free; None where even the braking is not.
    """
    for share in (0.0, 0.5, 1.0):
        one = overlapped(brake, motion, share * brake.duration)
        # Where a thing comes near an arm that is faster than it may be there, nothing is slower than to
        # brake first and go on then; the plan itself, which begins at rest, is as slow as it has to be.
        slow = share == 1.0 or _slow(one, brake.duration, problem)
        if slow and _keeps(one, brake.duration, problem):
            return one
    return None


def _slow(curve: JointTrajectory, until: float, problem: Problem) -> bool:
    """Check that the tool is as slow as ``slow`` wants it, up to a time, [s]."""
    stage, kinematics = problem.stage, problem.kinematics
    if not (stage.slow or stage.slow_regions):
        return True
    times = np.linspace(0.0, until, max(2, int(np.ceil(until / LOOKED_AT)) + 1))
    R_WG, p_WG = kinematics.tool_poses(curve.at(times)[0])
    speed = np.linalg.norm(np.gradient(p_WG, times, axis=0), axis=1)
    return bool((speed <= FASTER * said_speed(problem, R_WG, p_WG)).all())


def _keeps(curve: JointTrajectory, until: float, problem: Problem) -> bool:
    """Check what differs from the plan: limits, distance, relations, up to a time, [s]."""
    settings, model = problem.settings, problem.kinematics.model
    times, Q = dense(curve, problem.kinematics, settings)
    v = curve.at(times)[1]
    if ((model.lower > Q) | (model.upper < Q)).any() or (np.abs(v) > model.velocity).any():
        return False
    Q = Q[times <= until + KNOTS]
    clearance = problem.room.clearance(Q)
    # An arm that is near something already may be as near, but not nearer, and never in it.
    if (clearance < max(0.0, min(settings.least_clearance, float(clearance[0]) - GIVE))).any():
        return False
    if not problem.along.relations:
        return True
    broken = problem.along.violation(*problem.kinematics.tool_poses(Q)).max(axis=1)
    return bool((broken <= max(CHECKED_ROWS, float(broken[0]) + CHECKED_ROWS)).all())
