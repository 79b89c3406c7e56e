"""Points on the sides of plain solids that cameras would see, without a renderer."""

import itertools

import numpy as np
from handsel.perception.cloud import Cloud
from pydrake.math import RigidTransform, RotationMatrix

EYES = np.array([[1.25, 0.0, 0.75], [0.5, 0.0, 0.55]])
SPACING = 0.0025


def standing(x: float, y: float, z: float, yaw: float = 0.0) -> RigidTransform:
    return RigidTransform(RotationMatrix.MakeZRotation(yaw), [x, y, z])


def box_points(X_WO: RigidTransform, size, eyes=EYES) -> np.ndarray:
    """Points of the faces that look toward some eye, shape (N, 3)."""
    half = np.asarray(size) / 2.0
    kept = []
    for axis in range(3):
        others = [k for k in range(3) if k != axis]
        grid = [np.arange(-half[k] + SPACING / 2, half[k], SPACING) for k in others]
        u, v = (g.ravel() for g in np.meshgrid(*grid))
        for side in (-1.0, 1.0):
            p_O, n_O = np.zeros((len(u), 3)), np.zeros(3)
            p_O[:, others[0]], p_O[:, others[1]], p_O[:, axis] = u, v, side * half[axis]
            n_O[axis] = side
            kept.append(_facing(X_WO, p_O, np.tile(n_O, (len(u), 1)), eyes))
    return np.concatenate(kept)


def round_points(X_WO: RigidTransform, profile, eyes=EYES) -> np.ndarray:
    """Points of a solid of revolution about O's z: profile rows of (z, radius), ends closed."""
    kept = []
    for (z0, r0), (z1, r1) in itertools.pairwise(profile):
        for share in np.arange(0.5 * SPACING, 1.0, SPACING / max(abs(z1 - z0), 1e-9)):
            z, r = z0 + share * (z1 - z0), r0 + share * (r1 - r0)
            angle = np.arange(0.0, 2 * np.pi, SPACING / r)
            n_O = np.stack([np.cos(angle), np.sin(angle), np.full(len(angle), (r0 - r1) / (z1 - z0))], axis=1)
            p_O = np.stack([r * np.cos(angle), r * np.sin(angle), np.full(len(angle), z)], axis=1)
            kept.append(_facing(X_WO, p_O, n_O, eyes))
    for (z, r), side in ((profile[0], -1.0), (profile[-1], 1.0)):
        grid = np.arange(-r, r, SPACING)
        u, v = (g.ravel() for g in np.meshgrid(grid, grid))
        disc = np.hypot(u, v) < r
        p_O = np.stack([u[disc], v[disc], np.full(disc.sum(), z)], axis=1)
        kept.append(_facing(X_WO, p_O, np.tile([0.0, 0.0, side], (len(p_O), 1)), eyes))
    return np.concatenate(kept)


def bottle_profile(radius: float, height: float):
    h = height / 2.0
    neck = 0.45 * radius
    return [(-h, radius), (0.24 * h, radius), (0.52 * h, neck), (h, neck)]


def cloud_of(p_W: np.ndarray, rgb=(0.5, 0.1, 0.1)) -> Cloud:
    count = len(p_W)
    return Cloud(
        p_W=p_W,
        rgb=np.tile(np.asarray(rgb, float), (count, 1)),
        pitch=np.full(count, SPACING),
        frame=np.zeros(count, np.int64),
        pixel=np.zeros((count, 2), np.int64),
    )


def noised(p_W: np.ndarray, seed: int = 0, sigma: float = 0.0008) -> np.ndarray:
    return p_W + np.random.default_rng(seed).normal(0.0, sigma, p_W.shape)


def _facing(X_WO: RigidTransform, p_O: np.ndarray, n_O: np.ndarray, eyes: np.ndarray) -> np.ndarray:
    R = X_WO.rotation().matrix()
    p_W, n_W = p_O @ R.T + X_WO.translation(), n_O @ R.T
    # Grazing faces are lost to depth cameras: 78 degrees is where they end.
    seen = np.zeros(len(p_W), bool)
    for eye in eyes:
        toward = eye - p_W
        cosine = (n_W * toward).sum(axis=1) / np.linalg.norm(toward, axis=1) / np.linalg.norm(n_W, axis=1)
        seen |= cosine > 0.2
    return p_W[seen]
