"""A tiny analytic RGB-D camera: sphere tracing of solids over a table, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from handsel.core.camera import CameraFrame, CameraModel
from handsel.robots.shapes import Shape, distance
from pydrake.math import RigidTransform, RotationMatrix


@dataclass(frozen=True)
class Solid:
    """Shapes of one colour."""

    shapes: tuple[Shape, ...]
    rgb: tuple[float, float, float]


def look_at(
    eye: Sequence[float], target: Sequence[float], right: Sequence[float] | None = None
) -> RigidTransform:
    z = np.subtract(target, eye)
    z = z / np.linalg.norm(z)
    x = np.cross(z, [0.0, 0.0, 1.0]) if right is None else np.asarray(right, float)
    x = x - (x @ z) * z
    x = x / np.linalg.norm(x)
    return RigidTransform(RotationMatrix(np.stack([x, np.cross(z, x), z], axis=1)), np.asarray(eye, float))


def camera_model(width: int = 320, height: int = 240, fov_y: float = np.radians(48.0)) -> CameraModel:
    f = height / 2 / np.tan(fov_y / 2)
    return CameraModel(width=width, height=height, fx=f, fy=f, cx=width / 2 - 0.5, cy=height / 2 - 0.5)


FRONT = look_at([1.25, 0.0, 0.75], [0.5, 0.0, 0.0])
WRIST = look_at([0.5, 0.0, 0.55], [0.5, 0.0, 0.0], right=[0.0, -1.0, 0.0])


def render(
    solids: Sequence[Solid],
    X_WC: RigidTransform,
    name: str = "front",
    model: CameraModel | None = None,
    table_rgb: tuple[float, float, float] = (0.60, 0.54, 0.46),
) -> CameraFrame:
    """March every pixel's ray to the first surface; the table is z = 0. Colours are linear light."""
    model = model or camera_model()
    rays = model.rays().reshape(-1, 3)
    scale = np.linalg.norm(rays, axis=1)
    d_W = (rays / scale[:, None]) @ X_WC.rotation().matrix().T
    eye = X_WC.translation()
    best = np.where(d_W[:, 2] < -1e-6, -eye[2] / np.minimum(d_W[:, 2], -1e-6), np.inf)
    rgb = np.tile(np.asarray(table_rgb), (len(rays), 1))
    normal = np.tile([0.0, 0.0, 1.0], (len(rays), 1))
    for solid in solids:
        for shape in solid.shapes:
            hit, t = _march(shape, eye, d_W, best)
            index = np.nonzero(hit)[0]
            best[index] = t[index]
            rgb[index] = solid.rgb
            normal[index] = _normal(shape, eye + t[index, None] * d_W[index])
    light = np.array([0.35, -0.25, 0.9]) / np.linalg.norm([0.35, -0.25, 0.9])
    shade = 0.45 + 0.6 * np.maximum(normal @ light, 0.0)
    light = np.clip(rgb * shade[:, None], 0.0, 1.0)
    pixels = (255 * np.where(light < 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)).astype(
        np.uint8
    )
    depth = np.where(np.isfinite(best), best / scale, np.nan).astype(np.float32)
    size = (model.height, model.width)
    return CameraFrame(
        camera=name, time=0.0, rgb=pixels.reshape(*size, 3), depth=depth.reshape(size), model=model, X_WC=X_WC
    )


def noisy(
    frame: CameraFrame, rng: np.random.Generator, sigma: float = 0.002, holes: float = 0.02
) -> CameraFrame:
    depth = frame.depth + rng.normal(0.0, sigma, frame.depth.shape).astype(np.float32)
    depth[rng.random(depth.shape) < holes] = np.nan
    return CameraFrame(
        camera=frame.camera, time=frame.time, rgb=frame.rgb, depth=depth, model=frame.model, X_WC=frame.X_WC
    )


def _march(shape: Shape, eye: np.ndarray, d_W: np.ndarray, far: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    center = shape.X_WS.translation()
    along = (center - eye) @ d_W.T
    miss = np.linalg.norm(eye + along[:, None] * d_W - center, axis=1)
    live = np.nonzero(miss < 0.4)[0]
    t = np.maximum(along - 0.4, 0.02)
    hit = np.zeros(len(d_W), bool)
    for _ in range(120):
        if not len(live):
            break
        gap = distance(shape, eye + t[live, None] * d_W[live])
        t[live] += gap
        hit[live[gap < 1e-4]] = True
        live = live[(gap >= 1e-4) & (t[live] < np.minimum(far[live], 4.0))]
    return hit & (t < far), t


def _normal(shape: Shape, p_W: np.ndarray) -> np.ndarray:
    step = 1e-4
    gradient = np.stack(
        [distance(shape, p_W + step * axis) - distance(shape, p_W - step * axis) for axis in np.eye(3)],
        axis=-1,
    )
    return gradient / np.maximum(np.linalg.norm(gradient, axis=-1, keepdims=True), 1e-9)
