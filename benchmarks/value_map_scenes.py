# ruff: noqa
"""100^3 value-map planning scenes of the value-map field (own recipes, seeded) and path metrics.

World: workspace box, map index = round((xyz - min) / (max - min) * 99), x back->front, y left->right, z up.
A scene gives: object boxes (for the occupancy map and a surface point cloud like a depth camera's),
an affordance (target) voxel set, LLM-style avoidance regions (cube of r cm around an object), start voxel.
"""
import dataclasses
import numpy as np

N = 100
WMIN = np.array([-0.28, -0.66, 0.75])          # table-top workspace, metres
WMAX = np.array([0.78, 0.66, 1.75])
RES = (WMAX - WMIN) / N


@dataclasses.dataclass
class Scene:
    name: str
    words: str
    start: np.ndarray          # voxel (3,)
    boxes: list                # list of (lo, hi) voxel boxes, solid
    target: np.ndarray         # voxel (3,)
    avoid: list                # (voxel centre, radius cm)
    seed: int

    def occupancy(self):
        o = np.zeros((N, N, N))
        for lo, hi in self.boxes:
            o[lo[0]:hi[0], lo[1]:hi[1], lo[2]:hi[2]] = 1
        return o

    def cloud(self, per_voxel=6):
        """surface points of the boxes + table, world frame, ~camera density (deterministic)"""
        rng = np.random.default_rng(self.seed)
        o = self.occupancy() > 0
        pad = np.pad(o, 1)
        core = pad[2:, 1:-1, 1:-1] & pad[:-2, 1:-1, 1:-1] & pad[1:-1, 2:, 1:-1] & pad[1:-1, :-2, 1:-1] & pad[1:-1, 1:-1, 2:]
        surf = np.argwhere(o & ~core)
        table = np.stack(np.meshgrid(np.arange(N), np.arange(N), [0], indexing="ij"), -1).reshape(-1, 3)
        v = np.concatenate([surf, table]).repeat(per_voxel, 0) + rng.uniform(-.45, .45, ((len(surf) + len(table)) * per_voxel, 3))
        return np.clip(v, 0, N - 1) / (N - 1) * (WMAX - WMIN) + WMIN

    def affordance(self):
        a = np.zeros((N, N, N))
        a[tuple(self.target)] = 1
        return a

    def avoidance(self):
        a = np.zeros((N, N, N))
        for c, r in self.avoid:
            k = (r / 100 / RES).astype(int)
            lo, hi = np.maximum(np.asarray(c) - k, 0), np.minimum(np.asarray(c) + k + 1, N)
            a[lo[0]:hi[0], lo[1]:hi[1], lo[2]:hi[2]] = 1
        return a


def _box(c, h):
    c, h = np.asarray(c), np.asarray(h)
    return np.maximum(c - h, 0).astype(int), np.minimum(c + h, N).astype(int)


def scenes(seed=0):
    rng = np.random.default_rng(seed)
    out = [Scene("free", "three small objects aside, straight motion possible", np.array([20, 25, 60]),
                 [_box([70, 20, 6], [4, 4, 6]), _box([25, 75, 5], [5, 5, 5]), _box([85, 50, 8], [3, 6, 8])], np.array([60, 75, 15]), [], seed),
           Scene("vase", "stay 15 cm away from a vase standing on the straight line", np.array([30, 12, 25]),
                 [_box([50, 50, 15], [4, 4, 15])], np.array([70, 88, 20]), [((50, 50, 18), 15.0)], seed),
           Scene("wall", "wall across the table, 45 voxels high, gap at one side", np.array([50, 12, 12]),
                 [_box([60, 50, 22], [40, 3, 22])], np.array([55, 88, 12]), [], seed),
           Scene("u_trap", "a U (three walls, 55 high) opens towards the start, target behind it", np.array([50, 12, 15]),
                 [_box([50, 62, 27], [28, 3, 27]), _box([24, 48, 27], [3, 16, 27]), _box([76, 48, 27], [3, 16, 27])], np.array([50, 88, 15]), [], seed),
           Scene("shelf", "target inside a cupboard: back, two sides, top; only the front (low y) is open", np.array([50, 88, 70]),
                 [_box([50, 60, 25], [30, 2, 25]), _box([22, 45, 25], [2, 15, 25]), _box([78, 45, 25], [2, 15, 25]), _box([50, 45, 50], [30, 17, 2])], np.array([50, 48, 20]), [], seed)]
    boxes = []
    while len(boxes) < 24:
        c = rng.uniform([10, 22, 0], [95, 78, 1])
        h = rng.uniform(4, 22)
        boxes.append(_box([c[0], c[1], h], [rng.uniform(2, 6), rng.uniform(2, 6), h]))
    out.append(Scene("clutter", "24 random boxes up to 44 high, keep 10 cm from two of them", np.array([50, 8, 12]), boxes, np.array([45, 92, 12]),
                     [(boxes[0][0] + 4, 10.0), (boxes[5][0] + 4, 10.0)], seed))
    return out


def preprocess(scene):
    """what the planner plans on: avoidance + scene occupancy, cleared within 15 voxels of the target and a
    20-voxel cube at the start (rule of the reference implementation, re-implemented)"""
    from scipy.ndimage import distance_transform_edt
    v = np.round((scene.cloud() - WMIN) / (WMAX - WMIN) * (N - 1)).astype(int)
    occ = np.zeros((N, N, N))
    occ[v[:, 0], v[:, 1], v[:, 2]] = 1
    occ[distance_transform_edt(1 - scene.affordance()) < 15] = 0
    s = scene.start
    occ[max(s[0]-10, 0):s[0]+10, max(s[1]-10, 0):s[1]+10, max(s[2]-10, 0):s[2]+10] = 0
    return np.clip(scene.avoidance() + occ, 0, 1)


def metrics(scene, path, smooth_obst=None):
    """path (n,3) voxels -> length, distance to the target, hard-collision length, min clearance, obstacle integral, turning"""
    from scipy.ndimage import distance_transform_edt, map_coordinates
    occ = scene.occupancy()
    d_out = distance_transform_edt(1 - occ)
    seg = np.linalg.norm(np.diff(path, axis=0), axis=1)
    pts = [path[:1]]
    for a, b, L in zip(path[:-1], path[1:], seg):
        n = max(1, int(np.ceil(L / 0.5)))
        pts.append(a + (b - a) * np.linspace(0, 1, n + 1)[1:, None])
    P = np.concatenate(pts)
    ds = np.r_[0, np.linalg.norm(np.diff(P, axis=0), axis=1)]
    val = map_coordinates(occ, P.T, order=0, mode="nearest")
    clr = map_coordinates(d_out, P.T, order=1, mode="nearest")
    far = np.linalg.norm(P - scene.target, axis=1) > 3
    t = np.diff(path, axis=0)
    t = t[np.linalg.norm(t, axis=1) > 1e-9]
    t = t / np.linalg.norm(t, axis=1, keepdims=True)
    turn = np.degrees(np.arccos(np.clip((t[1:] * t[:-1]).sum(1), -1, 1))).sum() if len(t) > 1 else 0.0
    ob = float((map_coordinates(smooth_obst, P.T, order=1, mode="nearest") * ds).sum()) if smooth_obst is not None else float("nan")
    av = scene.avoidance()
    return dict(length=float(ds.sum()), straight=float(np.linalg.norm(scene.target - scene.start)),
                end_dist=float(np.linalg.norm(path[-1] - scene.target)), hard_collision=float((ds * (val > 0)).sum()),
                avoid_len=float((ds * (map_coordinates(av, P.T, order=0, mode="nearest") > 0)).sum()),
                clearance=float(clr[far].min()) if far.any() else float("nan"), obst_integral=ob, turning_deg=float(turn),
                longest_hop=float(seg.max()), n=int(len(path)))
