"""What a robot executes, checked densely: the curve itself and nothing coarser."""

import numpy as np

from ..core.arrays import Float64
from ..core.trajectory import JointTrajectory
from ..robots.kinematics import Kinematics
from .facing import CHECKED_FACING
from .passage import Passage
from .problem import Problem
from .room import Room
from .settings import Settings
from .solution import PathSolution
from .timing import strains

CHECKED_ROWS = 1e-3
"""How much a relation that holds throughout may be broken on the executed curve, in its row's unit."""
GIVE = 0.002
"""How much nearer than where it rests in contact a curve may come on its way there, [m]."""
LEFT = 0.004
"""How much more than the least distance a way back leaves at its end, [m]: another way begins there."""
ROUNDED = 1e-6
"""How far a joint that begins at its limit may seem to be beyond it, [rad]."""


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
    touching: tuple[frozenset[str], frozenset[str]],
    method: str,
    notes: tuple[str, ...] = (),
) -> PathSolution | None:
    """Check the motion that is executed, densely; None where it breaks something.

    Args:
        problem: The stage's problem.
        passage: What is allowed between contacts.
        trajectory: The motion.
        contact: When contact is left and when it is entered, [s].
        touching: What may be touched while leaving, and while entering.
        method: How the way was found.
        notes: What went less than well.
    """
    settings, model = problem.settings, problem.kinematics.model
    times, Q = dense(trajectory, problem.kinematics, settings)
    out, into = times <= contact[0], times >= contact[1]
    across = ~(out | into)
    least = np.inf
    for chosen, meant, at_rest in (
        (out, touching[0], 0),
        (across, frozenset(), None),
        (into, touching[1], -1),
    ):
        if not chosen.any():
            continue
        room = problem.room.clearance(Q[chosen], meant)
        needed = (
            settings.least_clearance
            if at_rest is None
            else min(settings.least_clearance, room[at_rest] - GIVE)
        )
        if (room < needed).any():
            return None
        least = min(least, float(room.min())) if at_rest is None or not meant else least
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
    # It ends where another way can begin; that needs as much room as ``passage_of`` asks for.
    if clearance[-1] < settings.least_clearance + LEFT:
        return room.nearest(Q[-1], frozenset({thing}))[1]
    return None
