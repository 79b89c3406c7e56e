"""Random tables of household things made of analytic solids, with the truth beside them."""

from dataclasses import dataclass

import numpy as np
from handsel.robots.shapes import Box, Cylinder, Shape, Sphere, Vessel
from pydrake.math import RigidTransform, RotationMatrix
from render import Solid

COLORS = {
    "red": (0.80, 0.10, 0.08),
    "green": (0.12, 0.55, 0.18),
    "blue": (0.10, 0.24, 0.75),
    "yellow": (0.95, 0.80, 0.10),
    "orange": (0.93, 0.45, 0.06),
    "purple": (0.45, 0.14, 0.58),
    "pink": (0.94, 0.48, 0.66),
    "cyan": (0.12, 0.74, 0.78),
    "brown": (0.42, 0.24, 0.11),
    "gray": (0.46, 0.46, 0.46),
    "white": (0.93, 0.93, 0.93),
    "black": (0.06, 0.06, 0.06),
}
KINDS = ("block", "ball", "can", "bottle", "mug", "bowl", "plate", "tray", "box")


@dataclass(frozen=True)
class Truth:
    """What was put where."""

    kind: str
    color: str
    middle: np.ndarray
    solid: Solid
    radius: float
    top: float


def thing(kind: str, color: str, x: float, y: float, rng: np.random.Generator, base: float = 0.0) -> Truth:
    yaw = rng.uniform(-np.pi, np.pi)
    R = RotationMatrix.MakeZRotation(yaw)

    def at(px: float, py: float, pz: float) -> RigidTransform:
        return RigidTransform(R, np.array([x, y, base]) + R @ np.array([px, py, pz]))

    shapes, radius, height = _build(kind, at, rng)
    return Truth(
        kind=kind,
        color=color,
        middle=np.array([x, y, base + height / 2]),
        solid=Solid(shapes, COLORS[color]),
        radius=radius,
        top=base + height,
    )


def _build(kind, at, rng: np.random.Generator) -> tuple[tuple[Shape, ...], float, float]:
    u = rng.uniform
    if kind == "block":
        s = u(0.035, 0.05)
        return (Box(X_WS=at(0, 0, s / 2), half=np.array([s / 2] * 3)),), 0.71 * s, s
    if kind == "box":
        a, b, h = u(0.06, 0.075), u(0.05, 0.07), u(0.05, 0.09)
        return (
            (Box(X_WS=at(0, 0, h / 2), half=np.array([a / 2, b / 2, h / 2])),),
            float(np.hypot(a, b)) / 2,
            h,
        )
    if kind == "ball":
        r = u(0.02, 0.028)
        return (Sphere(X_WS=at(0, 0, r), radius=r),), r, 2 * r
    if kind == "can":
        r, h = u(0.026, 0.033), u(0.08, 0.11)
        return (Cylinder(X_WS=at(0, 0, h / 2), radius=r, half_length=h / 2),), r, h
    if kind == "bottle":
        r, h = u(0.026, 0.032), u(0.15, 0.20)
        steps = ((r, 0.0, 0.66), (0.72 * r, 0.66, 0.73), (0.45 * r, 0.73, 1.0))
        return (
            tuple(
                Cylinder(X_WS=at(0, 0, (a + b) / 2 * h), radius=q, half_length=(b - a) / 2 * h)
                for q, a, b in steps
            ),
            r,
            h,
        )
    if kind == "mug":
        r, h = u(0.034, 0.038), u(0.075, 0.095)
        reach = 0.75 * r
        handle = (
            Box(X_WS=at(r + reach - 0.0045, 0, h / 2), half=np.array([0.0045, 0.0045, 0.32 * h])),
            Box(
                X_WS=at(r + reach / 2 - 0.002, 0, h / 2 + 0.32 * h),
                half=np.array([reach / 2, 0.0045, 0.0045]),
            ),
            Box(
                X_WS=at(r + reach / 2 - 0.002, 0, h / 2 - 0.32 * h),
                half=np.array([reach / 2, 0.0045, 0.0045]),
            ),
        )
        body = Vessel(X_WS=at(0, 0, 0), bottom_radius=r, top_radius=r, height=h, wall=0.0045)
        return (body, *handle), r + reach, h
    if kind == "bowl":
        rt, rb, h = u(0.065, 0.085), u(0.035, 0.045), u(0.045, 0.06)
        return (Vessel(X_WS=at(0, 0, 0), bottom_radius=rb, top_radius=rt, height=h, wall=0.0045),), rt, h
    if kind == "plate":
        r, h = u(0.08, 0.10), u(0.014, 0.02)
        return (
            (Vessel(X_WS=at(0, 0, 0), bottom_radius=0.65 * r, top_radius=r, height=h, wall=0.5 * h),),
            r,
            h,
        )
    a, b, h, w = u(0.24, 0.30), u(0.18, 0.22), u(0.025, 0.035), 0.003
    walls = [Box(X_WS=at(0, 0, w), half=np.array([a / 2, b / 2, w]))]
    for side in (-1, 1):
        walls.append(Box(X_WS=at(side * (a / 2 - w), 0, h / 2), half=np.array([w, b / 2, h / 2])))
        walls.append(Box(X_WS=at(0, side * (b / 2 - w), h / 2), half=np.array([a / 2, w, h / 2])))
    return tuple(walls), float(np.hypot(a, b)) / 2, h


def random_table(rng: np.random.Generator, count: int, gap: float = 0.015) -> list[Truth]:
    """Scatter things of different looks; a tray at most once, nothing overlapping."""
    things: list[Truth] = []
    looks: set[tuple[str, str]] = set()
    tries = 0
    while len(things) < count and tries < 500:
        tries += 1
        kind = KINDS[rng.integers(len(KINDS))]
        color = list(COLORS)[rng.integers(len(COLORS))]
        if (kind, color) in looks or (kind == "tray" and any(t.kind == "tray" for t in things)):
            continue
        new = thing(kind, color, rng.uniform(0.36, 0.68), rng.uniform(-0.28, 0.28), rng)
        apart = [np.hypot(*(new.middle - t.middle)[:2]) - new.radius - t.radius for t in things]
        if min(apart, default=1.0) > gap:
            things.append(new)
            looks.add((kind, color))
    return things
