"""How fast a path is gone: slow in contact, slow where ``slow`` says so, and within the joint limits."""

from collections.abc import Callable

import numpy as np

from ..core.arrays import Float64
from ..core.trajectory import JointTrajectory
from ..robots.shapes import distance
from .curve import Curve
from .problem import Problem
from .timing import Limits, time_path

GRID_PER_SPAN = 4
"""Points of a curve's span at which its speed is bounded."""
STEP = 1e-4
"""Half the difference of path parameters that the pace is taken over."""


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
    pace = tool_pace(curve, kinematics.tool_poses, grid)
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


def allowed_speed(problem: Problem, curve: Curve, grid: Float64, R_WG: Float64, p_WG: Float64) -> Float64:
    """Give the largest tool speed at points of a path, (G,), [m/s].

    A limit holds at the neighbours of each point where it holds: between the points of a grid the speed
    changes evenly, and a place is entered as slowly as it is to be crossed.

    Args:
        problem: The stage's problem.
        curve: The path.
        grid: Path parameters, shape (G,).
        R_WG: Tool rotations there, shape (G, 3, 3).
        p_WG: Tool points there, shape (G, 3), [m].
    """
    settings = problem.settings
    allowed = np.full(len(grid), settings.tool_speed)
    # A lifted leg is longer than what is slow for the contact's sake.
    leaving = (grid < curve.leaves) & (np.linalg.norm(p_WG - p_WG[0], axis=1) <= settings.depart)
    entering = (grid > curve.enters) & (np.linalg.norm(p_WG - p_WG[-1], axis=1) <= settings.approach)
    allowed[leaving | entering] = settings.contact_speed
    said = said_speed(problem, R_WG, p_WG)
    return np.minimum(allowed, nearby_least(said))


def nearby_least(said: Float64) -> Float64:
    """Give the least of each point's limit and its neighbours', (G, ...) to (G, ...)."""
    beyond = np.full((1, *said.shape[1:]), np.inf)
    return np.minimum(
        said, np.minimum(np.concatenate([said[1:], beyond]), np.concatenate([beyond, said[:-1]]))
    )


def tool_pace(
    curve: Curve, tool_poses: Callable[[Float64], tuple[Float64, Float64]], grid: Float64
) -> Float64:
    """Give how far a tool goes for each unit of a path's parameter, (G,), [m]; the most nearby.

    Differences over the grid itself fall short where the path bends: a tool was a sixth too fast.

    Args:
        curve: The path.
        tool_poses: Gives the tool's rotations and places at joint positions; of several tools, (G, A).
        grid: Path parameters, shape (G,).
    """
    # Between the points the pace is looked at once more.
    fine = np.sort(np.concatenate([grid, (grid[1:] + grid[:-1]) / 2.0]))
    low, high = np.clip(fine - STEP, 0.0, 1.0), np.clip(fine + STEP, 0.0, 1.0)
    p_low, p_high = (tool_poses(curve.spline(s))[1] for s in (low, high))
    moved = np.linalg.norm(p_high - p_low, axis=-1)
    pace = moved / (high - low).reshape(-1, *[1] * (moved.ndim - 1))
    around = np.concatenate([pace[:1], pace, pace[-1:]])
    return np.maximum(np.maximum(around[:-2:2], around[1:-1:2]), around[2::2])


def said_speed(problem: Problem, R_WG: Float64, p_WG: Float64) -> Float64:
    """Give what ``slow`` allows the tool at many poses, (N,), [m/s]; infinite where it says nothing.

    Near a thing or a region is where the tool point or a point of what is held is.

    Args:
        problem: The stage's problem.
        R_WG: Tool rotations, shape (N, 3, 3).
        p_WG: Tool points, shape (N, 3), [m].
    """
    said = np.full(len(p_WG), np.inf)
    for slow in problem.stage.slow:
        near = problem.distance_to(slow.thing, R_WG, p_WG) <= slow.distance
        said = np.where(near, np.minimum(said, slow.speed), said)
    if problem.maps is None or not problem.stage.slow_regions:
        return said
    p_WQ = points_of_hand(problem, R_WG, p_WG)
    for one in problem.maps.slow_regions():
        away = np.min([distance(shape, p_WQ) for shape in one.shapes], axis=0).min(axis=1)
        said = np.where(away <= one.distance, np.minimum(said, one.speed), said)
    return said


def points_of_hand(problem: Problem, R_WG: Float64, p_WG: Float64) -> Float64:
    """Give the tool point and the points of what is held at tool poses, shape (N, P, 3), [m]."""
    held = problem.situation.held
    p_GQ = np.array([np.zeros(3), *(held.points.values() if held is not None else ())])
    return np.einsum("nij,pj->npi", R_WG, p_GQ) + p_WG[:, None]
