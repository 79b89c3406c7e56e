"""The field's solver, written anew from its description: penalties, dual annealing, 5000 evaluations.

Sub-goal: six variables, position in the workspace box and XYZ Euler angles,
normalised to [-1, 1]; the cost of ``subgoal_report`` with the penalty of 200 for
broken constraints; annealing with SLSQP local searches, 5000 evaluations, start
at the present pose. Way: the control poses between start and end, their number
from a spacing of 0.20 m and 0.78 rad, 3 to 6 in all with the ends; cost over the
densely sampled polygon; annealing without local search from the straight line.
The arm's terms are left out, as in the report. The cost is plain vectorized
numpy with what does not change computed beforehand.
"""

import contextlib
import itertools
import math

import numpy as np
from scipy.interpolate import splev, splprep
from scipy.optimize import dual_annealing, minimize
from scipy.spatial.transform import Rotation, RotationSpline, Slerp

from . import keypoint_problems as peer

EVALUATIONS = 5000
SECONDS_OF_THEIRS = 0.2e-3
"""What one sub-goal evaluation of the published code takes, for the scaled ratio, [s]."""


class _SpentError(Exception):
    """The budget is spent."""


class Cost:
    """Their cost on one problem, with a record of the best that was seen."""

    def __init__(self, problem: peer.Problem):
        self.problem = problem
        self.grid = problem.sdf
        self.flat = np.ascontiguousarray(self.grid).ravel()
        self.size = np.array(peer.GRID_SHAPE) - 1
        self.scale = self.size / (peer.BOUNDS_MAX - peer.BOUNDS_MIN)
        n = peer.GRID_SHAPE
        stride = np.array([n[1] * n[2], n[2], 1])
        self.stride = stride
        self.corners = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
        self.corner_steps = self.corners @ stride
        self.local = problem.keypoints_local
        self.start = peer.pose7_to_homo(problem.start)
        self.best = (np.inf, np.zeros(0))
        self.count = 0

    def lacking(self, P: np.ndarray, margin: float) -> float:
        """Sum of what points lack of a margin."""
        u = (P - peer.BOUNDS_MIN) * self.scale
        inside = ((u >= 0) & (u <= self.size)).all(-1)
        total = margin * (len(P) - inside.sum())
        u = u[inside]
        i = np.minimum(u.astype(np.int64), self.size - 1)
        f = u - i
        v = self.flat[(i @ self.stride)[:, None] + self.corner_steps]
        v = v[:, :4] + f[:, 0, None] * (v[:, 4:] - v[:, :4])
        v = v[:, :2] + f[:, 1, None] * (v[:, 2:] - v[:, :2])
        v = v[:, 0] + f[:, 2] * (v[:, 1] - v[:, 0])
        return float(total + np.maximum(margin - v, 0.0).sum())

    def keypoints(self, R: np.ndarray, p: np.ndarray) -> np.ndarray:
        """Keypoints at a pose."""
        k = self.local.copy()
        m = self.problem.movable
        k[m] = k[m] @ R.T + p
        return k

    def noted(self, value: float, x: np.ndarray) -> float:
        """Count an evaluation and keep the best."""
        if value < self.best[0]:
            self.best = (value, x.copy())
        self.count += 1
        if self.count >= EVALUATIONS:
            raise _SpentError
        return value


class SubgoalCost(Cost):
    """The sub-goal's cost over six normalised variables."""

    def pose(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rotation and position."""
        p = peer.BOUNDS_MIN + (x[:3] + 1.0) / 2.0 * (peer.BOUNDS_MAX - peer.BOUNDS_MIN)
        return euler(x[3:] * math.pi), p

    def variables(self, T: np.ndarray) -> np.ndarray:
        """Variables of a pose."""
        p = (T[:3, 3] - peer.BOUNDS_MIN) / (peer.BOUNDS_MAX - peer.BOUNDS_MIN) * 2.0 - 1.0
        return np.concatenate([p, euler_of(T[:3, :3]) / math.pi])

    def __call__(self, x: np.ndarray) -> float:
        """Evaluate."""
        R, p = self.pose(x)
        S, w = self.start, peer.W
        value = w["coll"] * self.lacking(self.problem.collision_local @ R.T + p, w["coll_thr"])
        angle = math.acos(min(1.0, max(-1.0, ((R * S[:3, :3]).sum() - 1.0) / 2.0)))
        value += w["init"] * (np.linalg.norm(p - S[:3, 3]) + w["init_rot"] * angle)
        if self.problem.grasp_stage:
            value += w["grasp"] * (1.0 + R[2, 0])
        k = self.keypoints(R, p)
        for constraint in (*self.problem.subgoal, *self.problem.path):
            value += w["con"] * max(0.0, float(constraint(k[0], k[1:])))
        return self.noted(float(value), x)


def euler(a: np.ndarray) -> np.ndarray:
    """Rotation of fixed-axis XYZ Euler angles."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(a), np.sin(a)
    return np.array(
        [
            [cy * cz, sx * sy * cz - cx * sz, cx * sy * cz + sx * sz],
            [cy * sz, sx * sy * sz + cx * cz, cx * sy * sz - sx * cz],
            [-sy, sx * cy, cx * cy],
        ]
    )


def euler_of(R: np.ndarray) -> np.ndarray:
    """Fixed-axis XYZ Euler angles of a rotation, gimbal lock included."""
    cosine = math.hypot(R[0, 0], R[1, 0])
    if cosine < 1e-9:
        return np.array([math.atan2(-R[1, 2], R[1, 1]), math.atan2(-R[2, 0], cosine), 0.0])
    return np.array(
        [math.atan2(R[2, 1], R[2, 2]), math.atan2(-R[2, 0], cosine), math.atan2(R[1, 0], R[0, 0])]
    )


def solve_subgoal(problem: peer.Problem, seed: int) -> tuple[np.ndarray, int]:
    """Anneal a sub-goal from the present pose.

    Returns:
        The best pose (position, xyzw) and the evaluations.
    """
    cost = SubgoalCost(problem)
    start = np.clip(cost.variables(cost.start), -1.0, 1.0)
    with contextlib.suppress(_SpentError):
        dual_annealing(
            cost,
            [(-1.0, 1.0)] * 6,
            maxfun=EVALUATIONS,
            x0=start,
            rng=np.random.default_rng(seed),
            minimizer_kwargs={"method": "SLSQP", "bounds": [(-1.0, 1.0)] * 6, "options": {"maxiter": 200}},
        )
    R, p = cost.pose(cost.best[1])
    return peer.homo_to_pose7(peer.homo(p, R)), cost.count


def resolve_subgoal(problem: peer.Problem, previous: np.ndarray, seed: int) -> np.ndarray:
    """Solve again from an earlier answer with SLSQP; anneal where that one had failed their test."""
    cost = SubgoalCost(problem)
    report = peer.subgoal_report(problem, previous)
    if report["max_violation"] > 1e-4:
        return solve_subgoal(problem, seed)[0]
    start = np.clip(cost.variables(peer.pose7_to_homo(previous)), -1.0, 1.0)
    with contextlib.suppress(_SpentError):
        minimize(cost, start, method="SLSQP", bounds=[(-1.0, 1.0)] * 6, options={"maxiter": 200})
    R, p = cost.pose(cost.best[1])
    return peer.homo_to_pose7(peer.homo(p, R))


class WayCost(Cost):
    """The way's cost over the control poses between start and end."""

    def __init__(self, problem: peer.Problem, end: np.ndarray):
        super().__init__(problem)
        self.ends = np.array([problem.start, end])
        gap = np.linalg.norm(end[:3] - problem.start[:3])
        turn = peer.rot_angle(peer.quat_to_R(end[3:]), peer.quat_to_R(problem.start[3:]))
        self.n = int(min(6, max(3, math.ceil(gap / 0.20) + 1, math.ceil(turn / 0.78) + 1)))

    def control(self, x: np.ndarray) -> np.ndarray:
        """Control poses (n, 7), the ends included."""
        v = x.reshape(-1, 6)
        p = peer.BOUNDS_MIN + (v[:, :3] + 1.0) / 2.0 * (peer.BOUNDS_MAX - peer.BOUNDS_MIN)
        q = Rotation.from_euler("xyz", v[:, 3:] * math.pi).as_quat()
        return np.concatenate([self.ends[:1], np.hstack([p, q]), self.ends[1:]])

    def straight(self) -> np.ndarray:
        """Variables of the straight line."""
        t = np.linspace(0.0, 1.0, self.n)[1:-1]
        p = (1.0 - t)[:, None] * self.ends[0, :3] + t[:, None] * self.ends[1, :3]
        p = (p - peer.BOUNDS_MIN) / (peer.BOUNDS_MAX - peer.BOUNDS_MIN) * 2.0 - 1.0
        turns = Slerp([0.0, 1.0], Rotation.from_quat(self.ends[:, 3:]))(t).as_matrix()
        e = np.array([euler_of(R) for R in turns]) / math.pi
        return np.clip(np.hstack([p, e]).ravel(), -1.0, 1.0)

    def __call__(self, x: np.ndarray) -> float:
        """Evaluate."""
        poses = self.control(x)
        w = peer.W
        p, R = dense(poses)
        inner_p, inner_R = p[1:-1], R[1:-1]
        P = np.einsum("nij,qj->nqi", inner_R, self.problem.collision_local) + inner_p[:, None]
        value = w["path_coll"] * self.lacking(P.reshape(-1, 3), w["path_coll_thr"])
        length = np.linalg.norm(np.diff(p, axis=0), axis=1).sum()
        cosine = ((R[1:] * R[:-1]).sum((1, 2)) - 1.0) / 2.0
        value += w["path_len"] * (length + w["path_rot"] * np.arccos(np.clip(cosine, -1.0, 1.0)).sum())
        if self.problem.path:
            for Ri, pi in zip(inner_R, inner_p, strict=True):
                k = self.keypoints(Ri, pi)
                for constraint in self.problem.path:
                    value += w["con"] * max(0.0, float(constraint(k[0], k[1:])))
        return self.noted(float(value), x)


def dense(poses: np.ndarray, fine: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Their dense samples of a control polygon, or some times as many: (N, 3) and (N, 3, 3)."""
    ps, Rs = [], []
    for a, b in itertools.pairwise(poses):
        Ra, Rb = peer.quat_to_R(a[3:]), peer.quat_to_R(b[3:])
        gap, turn = np.linalg.norm(a[:3] - b[:3]), peer.rot_angle(Ra, Rb)
        n = max(2, math.ceil(gap / peer.W["path_step"]), math.ceil(turn / peer.W["path_rstep"]))
        t = np.linspace(0.0, 1.0, fine * n)
        w = Rotation.from_matrix(Rb @ Ra.T).as_rotvec()
        Rs.append(Rotation.from_rotvec(t[:, None] * w).as_matrix() @ Ra)
        ps.append((1.0 - t)[:, None] * a[:3] + t[:, None] * b[:3])
    return np.concatenate(ps), np.concatenate(Rs)


def solve_way(problem: peer.Problem, end: np.ndarray, seed: int) -> tuple[np.ndarray, int]:
    """Anneal a way to an end pose.

    Returns:
        The control poses (n, 7) and the evaluations.
    """
    cost = WayCost(problem, end)
    start = cost.straight()
    with contextlib.suppress(_SpentError):
        dual_annealing(
            cost,
            [(-1.0, 1.0)] * len(start),
            maxfun=EVALUATIONS,
            x0=start,
            rng=np.random.default_rng(seed),
            no_local_search=True,
        )
    return cost.control(cost.best[1]), cost.count


def executed(poses: np.ndarray) -> list[np.ndarray]:
    """What they execute: splines through the control poses, sampled at 5 cm and 0.34 rad, joined straight.

    Returns:
        Poses (position, xyzw) close to each other.
    """
    gap = np.linalg.norm(np.diff(poses[:, :3], axis=0), axis=1)
    turns = Rotation.from_quat(poses[:, 3:])
    angle = (turns[1:] * turns[:-1].inv()).magnitude()
    u = np.concatenate([[0.0], np.cumsum(np.maximum(gap + 1e-4 * angle, 1e-9))])
    u /= u[-1]
    spline, _ = splprep(poses[:, :3].T, u=u, s=0, k=min(3, len(poses) - 1))
    count = max(math.ceil(gap.sum() / 0.05), math.ceil(angle.sum() / 0.34), 2)
    t = np.linspace(0.0, 1.0, count)
    sampled = np.hstack([np.array(splev(t, spline)).T, RotationSpline(u, turns)(t).as_quat()])
    p, R = dense(sampled, fine=20)
    return [peer.homo_to_pose7(peer.homo(pi, Ri)) for pi, Ri in zip(p, R, strict=True)]
