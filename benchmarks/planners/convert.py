"""The seven problems as problem files, and moved starts of them.

Their tool frame E has x along the approach; ours has z there. Both have y along
the closing direction, so a fixed turn leads from one to the other.
"""

import math

import numpy as np
from handsel.planners.problem_file import Keypoint, ProblemFile
from handsel.planners.solids import Solid
from pydrake.math import RigidTransform, RotationMatrix

from . import keypoint_problems as peer
from .texts import PARTS, TEXTS

R_GE = RotationMatrix(np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]))

X_WB = RigidTransform([-0.8, 0.0, 0.69])
"""Where an arm stands that solves them: at the table's edge, on its top."""


def tool_pose(pose7: np.ndarray) -> RigidTransform:
    """Turn their pose (position, xyzw) into ours, X_WG."""
    R_WE = RotationMatrix(peer.quat_to_R(pose7[3:]))
    return RigidTransform(R_WE @ R_GE.inverse(), pose7[:3])


def pose7(X_WG: RigidTransform) -> np.ndarray:
    """Turn our pose into theirs."""
    R_WE = (X_WG.rotation() @ R_GE).matrix()
    return peer.homo_to_pose7(peer.homo(X_WG.translation(), R_WE))


def solid(kind: str, sizes: dict) -> Solid:
    """Turn one of their primitives into a solid."""
    if kind == "capsule":
        a, b = np.array(sizes["a"]), np.array(sizes["b"])
        X_WS = RigidTransform(RotationMatrix.MakeFromOneVector(b - a, 2), (a + b) / 2.0)
        return Solid(kind="capsule", X_WS=X_WS, size=np.array([sizes["r"], np.linalg.norm(b - a) / 2.0]))
    X_WS = RigidTransform(np.array(sizes["c"], dtype=float))
    if kind == "box":
        return Solid(kind="box", X_WS=X_WS, size=np.array(sizes["half"], dtype=float))
    if kind == "cyl":
        return Solid(kind="cylinder", X_WS=X_WS, size=np.array([sizes["r"], sizes["half_h"]]))
    return Solid(kind="sphere", X_WS=X_WS, size=np.array([sizes["r"]]))


def problem_file(problem: peer.Problem) -> ProblemFile:
    """Write a problem as a file."""
    names, held = PARTS[problem.name]
    keypoints = tuple(
        Keypoint(thing=name.partition(".")[0], part=name.partition(".")[2], p_W=p_W)
        for name, p_W in zip(names, problem.keypoints[1:], strict=True)
    )
    made = ProblemFile(
        name=problem.name,
        words=problem.words,
        form="rekep",
        text=TEXTS[problem.name],
        hand="hand",
        X_WG=tool_pose(problem.start),
        held=held,
        keypoints=keypoints,
        p_Glist=problem.collision_local @ R_GE.matrix().T,
        lower=peer.BOUNDS_MIN,
        upper=peer.BOUNDS_MAX,
        cells=peer.GRID_SHAPE,
        obstacles=tuple(solid(kind, sizes) for kind, sizes in problem.sdf_recipe),
        X_WB=X_WB,
    )
    assert (made.movable == problem.movable[1:]).all()
    return made


def moved(problem: peer.Problem, seed: int, *, free_start: bool = False) -> peer.Problem:
    """Move the start, with what is held, and add clutter.

    Args:
        problem: The problem as it is.
        seed: Which move.
        free_start: Draw until the start touches nothing and keeps the path constraints.
    """
    name_seed = sum(map(ord, problem.name))
    rng = np.random.default_rng([seed, name_seed])
    length, turn = (0.005, 3.0) if problem.name == "pour_tilt" else (0.04, 20.0)
    T = peer.pose7_to_homo(problem.start)
    keep_out = [*problem.keypoints, *problem.collision_world[::6]]
    recipe = problem.sdf_recipe + peer.clutter(1000 * name_seed + seed, 3, keep_out)
    for attempt in range(3000):
        share = 1.0 if attempt < 2000 else 0.3
        axis = rng.normal(size=3)
        angle = math.degrees(math.radians(turn) * rng.uniform() * share)
        S = peer.homo(
            T[:3, 3] + share * rng.uniform(-length, length, 3), peer.rotvec_R(axis, angle) @ T[:3, :3]
        )
        if (S[:3, 3] <= peer.BOUNDS_MIN).any() or (S[:3, 3] >= peer.BOUNDS_MAX).any():
            continue
        keypoints = problem.moved_keypoints(S)
        made = peer.Problem(
            name=problem.name,
            words=problem.words,
            start=peer.homo_to_pose7(S),
            keypoints=keypoints,
            movable=problem.movable,
            sdf_recipe=recipe,
            collision_local=problem.collision_local,
            subgoal=problem.subgoal,
            path=problem.path,
            subgoal_eq=problem.subgoal_eq,
            subgoal_ineq=problem.subgoal_ineq,
            path_ineq=problem.path_ineq,
            grasp_stage=problem.grasp_stage,
        )
        broken = max([0.0, *(float(c(keypoints[0], keypoints[1:])) for c in problem.path)])
        if not free_start or (broken <= 0.0 and peer.exact_clearance(made, S) >= 0.0):
            return made
    raise RuntimeError(f"no free start of {problem.name} for seed {seed}")
