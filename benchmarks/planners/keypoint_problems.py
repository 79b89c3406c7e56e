# ruff: noqa
"""Keypoint-constraint manipulation problems of the published keypoint-constraint field (own definitions, pure numpy).

Each Problem holds everything a solver needs: start pose, keypoints (row 0 = end effector),
movable mask, SDF grid (positive = free, metres), 60 collision points rigidly attached to the
gripper, and the constraints of the sub-goal and of the path, in two forms:

  scalar form    f(ee, kp) -> float, satisfied iff <= 0   (what an LLM writes; ee (3,), kp (K,3))
  residual form  eq(ee, kp) -> (m,) to be zero;  ineq(ee, kp) -> (n,) to be <= 0
                 (same geometry, smooth where possible; batch safe: ee (...,3), kp (...,K,3))

The end-effector frame: origin between the finger tips, +x = approach direction.
Quaternions are x, y, z, w.  Everything is deterministic (seeded).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np

BOUNDS_MIN = np.array([-0.45, -0.75, 0.698])
BOUNDS_MAX = np.array([0.10, 0.60, 1.2])
GRID_SHAPE = (55, 135, 51)  # 1 cm cells over the workspace
TABLE_TOP = 0.69
N_COLLISION_POINTS = 60
W = dict(
    coll=0.8,
    coll_thr=0.10,
    init=1.0,
    init_rot=1.5,
    ik=20.0,
    reset=0.2,
    grasp=10.0,
    con=200.0,
    path_coll=0.5,
    path_coll_thr=0.20,
    path_len=4.0,
    path_rot=1.0,
    path_step=0.02,
    path_rstep=0.10,
)  # weights of the reference cost (sub-goal / path)


# ---------------------------------------------------------------- SE(3) helpers
def quat_to_R(q):
    x, y, z, w = np.asarray(q, float) / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def R_to_quat(R):
    from scipy.spatial.transform import Rotation

    return Rotation.from_matrix(R).as_quat()


def rotvec_R(axis, deg):
    from scipy.spatial.transform import Rotation

    a = np.asarray(axis, float)
    return Rotation.from_rotvec(a / np.linalg.norm(a) * math.radians(deg)).as_matrix()


def homo(pos, R):
    T = np.eye(4)
    T[:3, :3] = R
    T[:3, 3] = pos
    return T


def pose7_to_homo(p):
    return homo(p[:3], quat_to_R(p[3:]))


def homo_to_pose7(T):
    return np.concatenate([T[:3, 3], R_to_quat(T[:3, :3])])


def rot_angle(Ra, Rb):
    return math.acos(min(1.0, max(-1.0, (np.trace(Ra @ Rb.T) - 1) / 2)))


R_DOWN = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])  # approach axis = -z, y kept


# ---------------------------------------------------------------- SDF recipe
def sd_box(p, c, half):
    q = np.abs(p - np.asarray(c)) - np.asarray(half)
    return np.linalg.norm(np.maximum(q, 0), axis=-1) + np.minimum(q.max(-1), 0)


def sd_cyl(p, c, r, half_h):  # vertical capped cylinder, c = centre
    d = p - np.asarray(c)
    q = np.stack([np.hypot(d[..., 0], d[..., 1]) - r, np.abs(d[..., 2]) - half_h], -1)
    return np.linalg.norm(np.maximum(q, 0), axis=-1) + np.minimum(q.max(-1), 0)


def sd_capsule(p, a, b, r):
    a, b = np.asarray(a, float), np.asarray(b, float)
    ab = b - a
    t = np.clip(((p - a) @ ab) / (ab @ ab), 0, 1)
    return np.linalg.norm(p - a - t[..., None] * ab, axis=-1) - r


def sd_sphere(p, c, r):
    return np.linalg.norm(p - np.asarray(c), axis=-1) - r


PRIM = dict(box=sd_box, cyl=sd_cyl, capsule=sd_capsule, sphere=sd_sphere)
TABLE = ("box", dict(c=[-0.2, 0.0, TABLE_TOP - 0.2], half=[0.6, 1.2, 0.2]))


def grid_axes():
    return [np.linspace(BOUNDS_MIN[i], BOUNDS_MAX[i], GRID_SHAPE[i]) for i in range(3)]


def build_sdf(recipe):
    """Grid of signed distances (positive outside), nodes at linspace(bounds)."""
    P = np.stack(np.meshgrid(*grid_axes(), indexing="ij"), -1)
    return np.min([PRIM[k](P, **kw) for k, kw in recipe], axis=0)


def clutter(seed, n, keep_out):
    """N random boxes/cylinders/spheres standing on the table, away from keep_out points (12 cm)."""
    rng = np.random.default_rng(seed)
    out = []
    while len(out) < n:
        xy = rng.uniform([-0.42, -0.7], [0.05, 0.55])
        if min(np.linalg.norm(xy - np.asarray(k)[:2]) for k in keep_out) < 0.12:
            continue
        h, r = rng.uniform(0.03, 0.10), rng.uniform(0.015, 0.04)
        kind = rng.integers(3)
        if kind == 0:
            out.append(("box", dict(c=[*xy, TABLE_TOP + h], half=[r, r * rng.uniform(0.6, 1.5), h])))
        elif kind == 1:
            out.append(("cyl", dict(c=[*xy, TABLE_TOP + h], r=r, half_h=h)))
        else:
            out.append(("sphere", dict(c=[*xy, TABLE_TOP + r], r=r)))
    return out


# ---------------------------------------------------------------- collision points
def _box_surface(rng, n, c, half):
    c, half = np.asarray(c, float), np.asarray(half, float)
    area = np.array([half[1] * half[2], half[0] * half[2], half[0] * half[1]]).repeat(2)
    face = rng.choice(6, n, p=area / area.sum())
    p = rng.uniform(-1, 1, (n, 3)) * half
    ax, sg = face // 2, face % 2 * 2 - 1
    p[np.arange(n), ax] = sg * half[ax]
    return p + c


def _capsule_surface(rng, n, a, b, r):
    a, b = np.asarray(a, float), np.asarray(b, float)
    v = rng.normal(size=(n, 3))
    ax = (b - a) / np.linalg.norm(b - a)
    v -= (v @ ax)[:, None] * ax
    return a + rng.uniform(0, 1, (n, 1)) * (b - a) + r * v / np.linalg.norm(v, axis=1, keepdims=True)


def farthest_points(P, k):
    idx = [0]
    d = np.linalg.norm(P - P[0], axis=1)
    for _ in range(k - 1):
        i = int(d.argmax())
        idx.append(i)
        d = np.minimum(d, np.linalg.norm(P - P[i], axis=1))
    return P[idx]


def gripper_cloud(rng, n=900):
    return np.concatenate(
        [
            _box_surface(rng, n // 3, [-0.10, 0, 0], [0.04, 0.06, 0.03]),  # palm
            _box_surface(rng, n // 6, [-0.03, 0.045, 0], [0.03, 0.007, 0.0125]),  # fingers
            _box_surface(rng, n // 6, [-0.03, -0.045, 0], [0.03, 0.007, 0.0125]),
            _capsule_surface(rng, n // 3, [-0.26, 0, 0], [-0.14, 0, 0], 0.05),
        ]
    )  # wrist


# ---------------------------------------------------------------- problem
@dataclasses.dataclass
class Problem:
    name: str
    words: str
    start: np.ndarray  # pose7
    keypoints: np.ndarray  # (1+K, 3) world, row 0 = ee
    movable: np.ndarray  # (1+K,) bool
    sdf_recipe: list
    collision_local: np.ndarray  # (60, 3) in the ee frame
    subgoal: list[Callable]  # scalar constraints
    path: list[Callable]
    subgoal_eq: Callable  # batched residuals (..., m)
    subgoal_ineq: Callable  # batched (..., n)
    path_ineq: Callable
    grasp_stage: bool = False
    _sdf: np.ndarray = None

    @property
    def sdf(self):
        if self._sdf is None:
            self._sdf = build_sdf(self.sdf_recipe)
        return self._sdf

    @property
    def keypoints_local(self):  # movable rows in the ee frame, the others in the world
        Ti = np.linalg.inv(pose7_to_homo(self.start))
        k = self.keypoints.copy()
        k[self.movable] = k[self.movable] @ Ti[:3, :3].T + Ti[:3, 3]
        return k

    @property
    def collision_world(self):
        T = pose7_to_homo(self.start)
        return self.collision_local @ T[:3, :3].T + T[:3, 3]

    def moved_keypoints(self, T):  # T (...,4,4) -> (...,1+K,3)
        kl = self.keypoints_local
        out = np.broadcast_to(kl, T.shape[:-2] + kl.shape).copy()
        m = self.movable
        out[..., m, :] = kl[m] @ np.swapaxes(T[..., :3, :3], -1, -2) + T[..., None, :3, 3]
        return out


def _unit(v):
    return v / np.sqrt((v * v).sum(-1, keepdims=True) + 1e-18)


def _tilt(v):  # angle to +z, batched
    u = _unit(v)
    return np.arctan2(np.sqrt(u[..., 0] ** 2 + u[..., 1] ** 2 + 1e-16), u[..., 2])


_none_eq = lambda ee, kp: np.zeros(kp.shape[:-2] + (0,))
_Z = np.array([0.0, 0.0, 1.0])
grasp_ok = lambda ee, kp: 0.0  # "still holding keypoint i": a predicate, constant for the optimiser


def _cloud(name_seed, extra=None):
    rng = np.random.default_rng(name_seed)
    P = gripper_cloud(rng)
    if extra is not None:
        P = np.concatenate([P, extra(rng)])
    return farthest_points(P[rng.permutation(len(P))], N_COLLISION_POINTS)


def _to_local(start, P):
    Ti = np.linalg.inv(pose7_to_homo(start))
    return P @ Ti[:3, :3].T + Ti[:3, 3]


def pen_scene():
    kp = np.array(
        [
            [-0.258, -0.236, 0.700],  # 0 pen tip end
            [-0.266, -0.094, 0.708],  # 1 pen, where it is held
            [-0.272, 0.084, 0.716],  # 2 holder, side
            [-0.266, 0.082, 0.810],  # 3..6 holder rim and foot
            [-0.360, 0.186, 0.718],
            [-0.262, 0.196, 0.700],
            [-0.318, 0.218, 0.790],
        ]
    )
    holder = ("cyl", dict(c=[-0.31, 0.15, TABLE_TOP + 0.055], r=0.055, half_h=0.055))
    return kp, holder


def pen_grasp():
    kp, holder = pen_scene()
    start = homo_to_pose7(homo([-0.25, -0.32, 0.98], rotvec_R([0, 0, 1], 20) @ rotvec_R([0, 1, 0], 45)))
    pen = ("capsule", dict(a=kp[0].tolist(), b=[-0.272, 0.01, 0.708], r=0.008))
    return Problem(
        "pen_grasp",
        "grasp stage: end effector at keypoint 1 (approach axis preferably down)",
        start,
        np.vstack([start[:3], kp]),
        np.array([1] + [0] * 7, bool),
        [TABLE, holder, pen] + clutter(1, 4, [kp[1], kp[0], kp[3]]),
        _cloud(11),
        [lambda ee, k: np.linalg.norm(ee - k[1])],
        [],
        lambda ee, k: ee - k[..., 1, :],
        _none_eq,
        _none_eq,
        grasp_stage=True,
    )


def pen_reorient():
    kp, holder = pen_scene()
    yaw = rotvec_R([0, 0, 1], 3)
    start = homo_to_pose7(homo(kp[1], yaw @ R_DOWN))
    ext = lambda rng: _to_local(start, _capsule_surface(rng, 200, kp[0], [-0.272, 0.01, 0.708], 0.008))
    return Problem(
        "pen_reorient",
        "held pen: keypoint 0->1 parallel to the vertical; still holding the pen",
        start,
        np.vstack([kp[1], kp]),
        np.array([1, 1, 1, 0, 0, 0, 0, 0], bool),
        [TABLE, holder] + clutter(2, 4, [kp[1], kp[0], kp[3]]),
        _cloud(12, ext),
        [lambda ee, k: np.linalg.norm(np.cross(k[1] - k[0], _Z))],
        [grasp_ok],
        lambda ee, k: (k[..., 1, :] - k[..., 0, :])[..., :2],
        _none_eq,
        _none_eq,
    )


def pen_drop():
    kp, holder = pen_scene()
    R = rotvec_R([0, 0, 1], 3) @ rotvec_R([0, 1, 0], 8)  # approach axis horizontal, pen near upright
    T = homo([-0.30, -0.12, 0.93], R)
    # pen held so that it points up in the hand with a 6 degree error; tip 0.14 m below the hand
    pen_dir = R @ rotvec_R([1, 0, 0], 6) @ np.array([0, 0, 1.0])
    kp = kp.copy()
    kp[1] = T[:3, 3]
    kp[0] = T[:3, 3] - 0.143 * pen_dir
    start = homo_to_pose7(T)
    ext = lambda rng: _to_local(start, _capsule_surface(rng, 200, kp[0], T[:3, 3] + 0.1 * pen_dir, 0.008))
    return Problem(
        "pen_drop",
        "keypoint 1 is 20 cm above the mean of keypoints 3..6 and 0->1 is vertical; still holding",
        start,
        np.vstack([T[:3, 3], kp]),
        np.array([1, 1, 1, 0, 0, 0, 0, 0], bool),
        [TABLE, holder] + clutter(3, 4, [kp[1], kp[3]]),
        _cloud(13, ext),
        [
            lambda ee, k: np.linalg.norm(k[1] - (k[3:7].mean(0) + 0.2 * _Z)),
            lambda ee, k: np.linalg.norm(np.cross(k[1] - k[0], _Z)),
        ],
        [grasp_ok],
        lambda ee, k: np.concatenate(
            [k[..., 1, :] - (k[..., 3:7, :].mean(-2) + 0.2 * _Z), (k[..., 1, :] - k[..., 0, :])[..., :2]], -1
        ),
        _none_eq,
        _none_eq,
    )


def _teapot(T):
    loc = np.array(
        [
            [0.0, 0.0, 0.0],  # 0 handle (held)
            [0.20, 0.0, 0.045],  # 1 spout
            [0.09, 0.0, 0.075],  # 2 lid
            [0.09, 0.0, -0.065],
        ]
    )  # 3 foot
    return loc @ T[:3, :3].T + T[:3, 3]


def _pour(name, words, T, cup, sub, path, eq, ineq, pineq, seed):
    start = homo_to_pose7(T)
    kp = np.vstack([_teapot(T), cup + [0, 0, 0.045], cup - [0, 0, 0.045]])
    body = lambda rng: _box_surface(rng, 300, [0.09, 0, 0], [0.06, 0.055, 0.065])
    return Problem(
        name,
        words,
        start,
        np.vstack([T[:3, 3], kp]),
        np.array([1, 1, 1, 1, 1, 0, 0], bool),
        [TABLE, ("cyl", dict(c=cup.tolist(), r=0.04, half_h=0.045))]
        + clutter(seed, 6, [cup, T[:3, 3], T[:3, 3] + [0.1, 0, 0]]),
        _cloud(20 + seed, body),
        sub,
        path,
        eq,
        ineq,
        pineq,
    )


_up10 = math.radians(10)


def pour_align():
    cup = np.array([-0.05, 0.30, TABLE_TOP + 0.045])
    T = homo([-0.30, -0.40, 0.80], rotvec_R([0, 0, 1], -15))
    return _pour(
        "pour_align",
        "spout (1) 10 cm above the cup opening (4); on the way the pot's foot->lid (3->2) stays within 10 degrees of vertical, still holding",
        T,
        cup,
        [lambda ee, k: np.linalg.norm(k[1] - (k[4] + 0.10 * _Z))],
        [
            grasp_ok,
            lambda ee, k: np.arccos(np.clip((k[2] - k[3])[2] / np.linalg.norm(k[2] - k[3]), -1, 1)) - _up10,
        ],
        lambda ee, k: k[..., 1, :] - (k[..., 4, :] + 0.10 * _Z),
        _none_eq,
        lambda ee, k: (_tilt(k[..., 2, :] - k[..., 3, :]) - _up10)[..., None],
        4,
    )


def pour_tilt():
    cup = np.array([-0.05, 0.30, TABLE_TOP + 0.045])
    R = rotvec_R([0, 0, 1], 10)
    spout = cup + [0, 0, 0.145]
    T = homo(spout - R @ np.array([0.20, 0.0, 0.045]), R)
    t45 = math.radians(45)
    return _pour(
        "pour_tilt",
        "spout (1) 5 cm above the opening (4), pot tilted at least 45 degrees, spout lower than lid; on the way the spout stays within 3 cm (horizontally) of the opening, still holding",
        T,
        cup,
        [
            lambda ee, k: np.linalg.norm(k[1] - (k[4] + 0.05 * _Z)),
            lambda ee, k: t45 - np.arccos(np.clip((k[2] - k[3])[2] / np.linalg.norm(k[2] - k[3]), -1, 1)),
            lambda ee, k: k[1][2] - k[2][2] + 0.02,
        ],
        [grasp_ok, lambda ee, k: np.linalg.norm((k[1] - k[4])[:2]) - 0.03],
        lambda ee, k: k[..., 1, :] - (k[..., 4, :] + 0.05 * _Z),
        lambda ee, k: np.stack(
            [t45 - _tilt(k[..., 2, :] - k[..., 3, :]), k[..., 1, 2] - k[..., 2, 2] + 0.02], -1
        ),
        lambda ee, k: (np.sqrt(((k[..., 1, :2] - k[..., 4, :2]) ** 2).sum(-1) + 1e-12) - 0.03)[..., None],
        5,
    )


def upright_carry():
    R = rotvec_R([0, 0, 1], 5)
    T = homo([-0.22, -0.42, 0.76], R)
    loc = np.array([[0, 0, 0], [0.05, 0, 0.05], [0.05, 0, -0.055]])  # handle, rim centre, foot centre
    mug = loc @ R.T + T[:3, 3]
    target = np.array([-0.20, 0.33, TABLE_TOP + 0.005])
    kp = np.vstack([mug, target, [-0.40, 0.0, 0.94], [0.05, 0.0, 0.94]])
    start = homo_to_pose7(T)
    wall = ("box", dict(c=[-0.175, 0.0, TABLE_TOP + 0.12], half=[0.26, 0.015, 0.12]))
    ext = lambda rng: _box_surface(rng, 250, [0.05, 0, 0], [0.04, 0.04, 0.055])
    return Problem(
        "upright_carry",
        "carry a full mug over a 24 cm wall: foot (2) 3 cm above the coaster (3) and rim above foot; on the way never more than 10 degrees off vertical, still holding",
        start,
        np.vstack([T[:3, 3], kp]),
        np.array([1, 1, 1, 1, 0, 0, 0], bool),
        [TABLE, wall] + clutter(6, 4, [target, T[:3, 3]]),
        _cloud(26, ext),
        [
            lambda ee, k: np.linalg.norm(k[2] - (k[3] + 0.03 * _Z)),
            lambda ee, k: np.linalg.norm(np.cross((k[1] - k[2]) / np.linalg.norm(k[1] - k[2]), _Z)),
        ],
        [
            grasp_ok,
            lambda ee, k: np.arccos(np.clip((k[1] - k[2])[2] / np.linalg.norm(k[1] - k[2]), -1, 1)) - _up10,
        ],
        lambda ee, k: np.concatenate(
            [k[..., 2, :] - (k[..., 3, :] + 0.03 * _Z), _unit(k[..., 1, :] - k[..., 2, :])[..., :2]], -1
        ),
        _none_eq,
        lambda ee, k: (_tilt(k[..., 1, :] - k[..., 2, :]) - _up10)[..., None],
    )


def stack():
    R = rotvec_R([0, 0, 1], 35) @ R_DOWN
    T = homo([-0.33, -0.35, 0.745], R)
    h = 0.025
    yaw = rotvec_R([0, 0, 1], 35)
    red_c = T[:3, 3] - [0, 0, 0.0]
    red = np.array([[0, 0, h], [h, h, h], [h, -h, h], [0, 0, -h]]) @ yaw.T + red_c
    blue_c = np.array([-0.12, 0.22, TABLE_TOP + 0.04])
    byaw = rotvec_R([0, 0, 1], -20)
    blue = np.array([[0, 0, 0.04], [h, h, 0.04], [h, -h, 0.04]]) @ byaw.T + blue_c
    kp = np.vstack([red, blue])
    start = homo_to_pose7(T)
    ext = lambda rng: _to_local(start, _box_surface(rng, 200, [0, 0, 0], [h, h, h]) @ yaw.T + red_c)
    cr = lambda a, b: np.cross(a, b)
    return Problem(
        "stack",
        "red block foot centre (3) 1 cm above the blue top centre (4), red edge 1->2 parallel to blue edge 5->6, red 3->0 vertical; still holding",
        start,
        np.vstack([T[:3, 3], kp]),
        np.array([1, 1, 1, 1, 1, 0, 0, 0], bool),
        [TABLE, ("box", dict(c=blue_c.tolist(), half=[0.027, 0.027, 0.04]))]
        + clutter(7, 6, [blue_c, T[:3, 3]]),
        _cloud(27, ext),
        [
            lambda ee, k: np.linalg.norm(k[3] - (k[4] + 0.01 * _Z)),
            lambda ee, k: np.linalg.norm(
                np.cross(
                    (k[1] - k[2]) / np.linalg.norm(k[1] - k[2]), (k[5] - k[6]) / np.linalg.norm(k[5] - k[6])
                )
            ),
            lambda ee, k: np.linalg.norm(np.cross((k[0] - k[3]) / np.linalg.norm(k[0] - k[3]), _Z)),
        ],
        [grasp_ok],
        lambda ee, k: np.concatenate(
            [
                k[..., 3, :] - (k[..., 4, :] + 0.01 * _Z),
                cr(_unit(k[..., 1, :] - k[..., 2, :]), _unit(k[..., 5, :] - k[..., 6, :]))[..., 2:3],
                _unit(k[..., 0, :] - k[..., 3, :])[..., :2],
            ],
            -1,
        ),
        _none_eq,
        _none_eq,
    )


ALL = [pen_grasp, pen_reorient, pen_drop, pour_align, pour_tilt, upright_carry, stack]


def load(name) -> Problem:
    return {f.__name__: f for f in ALL}[name]()


# ---------------------------------------------------------------- independent evaluator of the reference cost
def trilinear(grid, P, oob=0.0):
    """Positive-outside sdf at P (...,3); out-of-grid points read `oob` (the reference does that too)."""
    s = np.array(GRID_SHAPE) - 1
    u = (P - BOUNDS_MIN) / (BOUNDS_MAX - BOUNDS_MIN) * s
    inside = np.all((u >= 0) & (u <= s), -1)
    uc = np.clip(u, 0, s)
    i = np.minimum(uc.astype(int), s - 1)
    f = uc - i
    v = 0
    for dx in (0, 1):
        for dy in (0, 1):
            for dz in (0, 1):
                w = (
                    (f[..., 0] if dx else 1 - f[..., 0])
                    * (f[..., 1] if dy else 1 - f[..., 1])
                    * (f[..., 2] if dz else 1 - f[..., 2])
                )
                v = v + w * grid[i[..., 0] + dx, i[..., 1] + dy, i[..., 2] + dz]
    return np.where(inside, v, oob)


def collision_cost(prob, T, thr):
    """Sum over collision points and poses of max(thr - sdf, 0); T (...,4,4)"""
    P = prob.collision_local @ np.swapaxes(T[..., :3, :3], -1, -2) + T[..., None, :3, 3]
    return np.maximum(thr - trilinear(prob.sdf, P), 0).sum()


def min_clearance(prob, T):
    P = prob.collision_local @ np.swapaxes(T[..., :3, :3], -1, -2) + T[..., None, :3, 3]
    return float(trilinear(prob.sdf, P, oob=np.inf).min())


def subgoal_report(prob, pose7, start=None, reach=None):
    """Reference sub-goal cost without the arm terms, plus violations."""
    T = pose7_to_homo(pose7)
    S = pose7_to_homo(prob.start if start is None else start)
    k = prob.moved_keypoints(T)
    sv = [max(0.0, c(k[0], k[1:])) for c in prob.subgoal]
    pv = [max(0.0, c(k[0], k[1:])) for c in prob.path]
    d = dict(
        coll=W["coll"] * collision_cost(prob, T, W["coll_thr"]),
        init=W["init"]
        * (np.linalg.norm(T[:3, 3] - S[:3, 3]) + W["init_rot"] * rot_angle(T[:3, :3], S[:3, :3])),
        grasp=W["grasp"] * (1 + T[2, 0]) if prob.grasp_stage else 0.0,
        con=W["con"] * (sum(sv) + sum(pv)),
    )
    d["total"] = sum(d.values())
    d["smooth"] = d["total"] - d["con"]
    d["max_violation"] = max(sv + pv + [0.0])
    d["clearance"] = min_clearance(prob, T)
    if reach is not None:
        d["reachable"] = bool(reach(T))
    return {a: (float(b) if not isinstance(b, bool) else b) for a, b in d.items()}


def exact_clearance(prob, T):
    """Smallest exact distance [m] of the collision points to the recipe's primitives; the grid of min_clearance ends
    above the table top and reads inf outside, so it cannot judge penetration
    """
    P = prob.collision_local @ np.swapaxes(T[..., :3, :3], -1, -2) + T[..., None, :3, 3]
    return float(np.min([PRIM[k](P, **kw) for k, kw in prob.sdf_recipe]))


def curve_report(prob, poses7):
    """The sums of path_report on a curve that is already sampled at <= 2 cm / 0.1 rad, every sample once, so that the figure
    does not depend on how finely the curve was handed over; use it on both sides of a comparison
    """
    T = np.array([pose7_to_homo(p) for p in poses7])
    inner = T[1:-1]
    k = prob.moved_keypoints(inner)
    v = (
        np.array([[max(0.0, c(q[0], q[1:])) for c in prob.path] for q in k])
        if prob.path
        else np.zeros((len(inner), 1))
    )
    pl = np.linalg.norm(np.diff(T[:, :3, 3], axis=0), axis=1).sum()
    rl = sum(rot_angle(a[:3, :3], b[:3, :3]) for a, b in zip(T[:-1], T[1:]))
    d = dict(
        coll=W["path_coll"] * collision_cost(prob, inner, W["path_coll_thr"]),
        length=W["path_len"] * (pl + W["path_rot"] * rl),
        con=W["con"] * v.sum(),
    )
    d["total"] = sum(d.values())
    d.update(pos_len=pl, rot_len=rl, max_violation=v.max(), clearance=exact_clearance(prob, T), n=len(T))
    return {a: float(b) for a, b in d.items()}


def densify(poses7):
    """The reference's dense resampling of a control polygon (2 cm / 0.1 rad, >= 2 per segment, ends repeated)."""
    from scipy.spatial.transform import Rotation, Slerp

    out = []
    for a, b in zip(poses7[:-1], poses7[1:]):
        Ra, Rb = quat_to_R(a[3:]), quat_to_R(b[3:])
        n = max(
            2,
            int(
                max(
                    math.ceil(np.linalg.norm(a[:3] - b[:3]) / W["path_step"]),
                    math.ceil(rot_angle(Ra, Rb) / W["path_rstep"]),
                )
            ),
        )
        t = np.linspace(0, 1, n)
        R = Slerp([0, 1], Rotation.from_matrix([Ra, Rb]))(t).as_matrix()
        T = np.tile(np.eye(4), (n, 1, 1))
        T[:, :3, :3] = R
        T[:, :3, 3] = (1 - t)[:, None] * a[:3] + t[:, None] * b[:3]
        out.append(T)
    return np.concatenate(out)


def path_report(prob, poses7):
    """poses7: start, control points, end.  Reference path cost without the arm terms."""
    T = densify(np.asarray(poses7))
    inner = T[1:-1]
    k = prob.moved_keypoints(inner)
    v = (
        np.array([[max(0.0, c(q[0], q[1:])) for c in prob.path] for q in k])
        if prob.path
        else np.zeros((len(inner), 1))
    )
    pl = np.linalg.norm(np.diff(T[:, :3, 3], axis=0), axis=1).sum()
    rl = sum(rot_angle(a[:3, :3], b[:3, :3]) for a, b in zip(T[:-1], T[1:]))
    d = dict(
        coll=W["path_coll"] * collision_cost(prob, inner, W["path_coll_thr"]),
        length=W["path_len"] * (pl + W["path_rot"] * rl),
        con=W["con"] * v.sum(),
    )
    d["total"] = sum(d.values())
    d.update(pos_len=pl, rot_len=rl, max_violation=v.max(), clearance=min_clearance(prob, T), n_dense=len(T))
    return {a: float(b) for a, b in d.items()}


if __name__ == "__main__":
    for f in ALL:
        p = f()
        r = subgoal_report(p, p.start)
        print(f"{p.name:14s} start: " + " ".join(f"{k}={v:.3f}" for k, v in r.items()))
