"""From a thing's cloud to its kind: the solid that explains the points best.

Sizes are those of household things. What fits none of them is a ``thing``: a
plain box about the points, so that it can still be avoided and pointed at.
"""

from dataclasses import replace

import numpy as np

from ..core.arrays import Float64
from . import bodies
from .bodies import FAR, Body
from .cubes import cube_center
from .cutlery import cutlery
from .footprints import Circle, Rectangle, fit_circle, fit_corner, fit_rectangle, outline
from .lying import lying
from .ranks import middle, rank, ranks

BROAD = 0.25  # Least spread of a ball's points across their longest direction, as a share of its radius.
SQUARE, UNLIKE = 0.84, 0.13  # Least ratio of a square's sides; how far a cube's may differ, as a share.
# What a finger goes through stands out so far: a finger's breadth of 20 mm and a bar of 6 mm, [m].
FINGER = 0.026
LID = 0.01  # Least share of a closed thing's points that lie over its middle.
HALF_SEEN = 0.012  # A handle seen so far below the mug's middle is seen to its lower end, [m].
# RMS distance from the surface of which a fit is doubted; noise alone gives 1 to 3 mm, [m].
POOR_FIT = 0.0045
BOARDS = (0.16, 0.50)  # Lengths of a wall: a board that stands upright; what is shorter is a box, [m].
THICK = 0.07  # A wall is thinner than this, [m].


def recognize(p_W: Float64, pitch: Float64, base: float, eye: Float64 | None = None) -> Body:
    """Tell what a cluster of points is.

    Args:
        p_W: Points of one thing, shape (N, 3), [m].
        pitch: Spacing of each point's pixels, shape (N,), [m].
        base: Height of what it stands on, [m].
        eye: From where most of it was seen, shape (3,), [m]; tells on which side the unseen lies.

    Returns:
        The best explanation.
    """
    spacing = rank(pitch, 0.25)
    few = p_W[:: max(len(p_W) // 400, 1)]
    sphere = _fit_sphere(few, base)
    if sphere is not None:
        return _measured(sphere, few)
    support = outline(p_W[:, :2], spacing)
    top = _top(p_W)
    whole = fit_rectangle(support)
    lies = cutlery(few, whole, base, top)
    if lies is not None:
        return _measured(lies, few)
    circle, rectangle = _outlines(p_W, support, whole, top, spacing)
    odd = min(rectangle.rms, circle.rms) > 0.003 or rectangle.width < 0.02
    if odd and rectangle.length < 0.09:
        rectangle = _completed(few, rectangle, top, spacing, eye)
    # The outline decides between round and angular; the solids' residuals between the rest.
    candidates = [(body, circle.rms) for body in _round(p_W, circle, base, top)]
    candidates += [(body, rectangle.rms) for body in _angular(rectangle, base, top)]
    candidates += [(body, rectangle.rms) for body in _cube(few, rectangle, base, top, eye)]
    candidates += _bottle(few, base, top, spacing)
    candidates += lying(p_W, whole, base, top, spacing)
    if not candidates:
        return _measured(_unknown(rectangle, base, top), few)
    errors = [np.minimum(body.residual(few), FAR) for body, _ in candidates]
    costs = [
        float(np.minimum(error, 0.01).mean()) + 0.7 * rms
        for error, (_, rms) in zip(errors, candidates, strict=True)
    ]
    best = int(np.argmin(costs))
    return _judged(candidates[best][0], errors[best])


def _measured(body: Body, p_W: Float64) -> Body:
    return _judged(body, np.minimum(body.residual(p_W), FAR))


def _judged(body: Body, error: Float64) -> Body:
    """Note how well a body fits, and doubt it where that is poor."""
    rms = float(np.sqrt(np.mean(error**2)))
    doubts = body.doubts
    if rms > POOR_FIT:
        doubts += (f"its shape fits what is seen poorly, by {1000.0 * rms:.0f} mm",)
    return replace(body, rms=rms, doubts=doubts)


def _outlines(
    p_W: Float64, support: Float64, rectangle: Rectangle, top: float, spacing: float
) -> tuple[Circle, Rectangle]:
    """Fit the whole outline and that of the rim; a handle spoils the one, a neck or a cover the other."""
    circle = fit_circle(support)
    rim = p_W[p_W[:, 2] > top - 0.008]
    if len(rim) < 20:
        return circle, rectangle
    upper = outline(rim[:, :2], spacing)
    disc, face = fit_circle(upper), fit_rectangle(upper)
    if disc.radius > 0.8 * circle.radius and disc.rms < circle.rms:
        circle = disc
    # Below a cabinet's top its drawer stands out.
    cabinet = face.length > 0.15 and face.width > 0.12
    alike = min(face.length / rectangle.length, face.width / rectangle.width) > 0.75
    if cabinet or (alike and face.rms < rectangle.rms):
        rectangle = face
    return circle, rectangle


def _completed(
    p_W: Float64, rectangle: Rectangle, top: float, spacing: float, eye: Float64 | None
) -> Rectangle:
    """Complete the footprint of a thing whose top is covered: only upright faces are seen."""
    upright = p_W[p_W[:, 2] < top - 0.004]
    if len(upright) < 12:
        return rectangle
    corner = fit_corner(upright[:: max(len(upright) // 200, 1), :2], spacing)
    if corner.rms > 0.0025:
        return rectangle
    if corner.width > 0.02 or corner.length > 0.056 or eye is None:
        return corner if corner.width > 0.02 else rectangle
    # One face alone: what has a block's width is taken for a block behind it.
    normal = np.array([-np.sin(corner.yaw), np.cos(corner.yaw)])
    if normal @ (eye[:2] - corner.center) > 0.0:
        normal = -normal
    middle = corner.center + normal * (corner.length - corner.width) / 2.0
    return replace(corner, center=middle, width=corner.length)


def _top(p_W: Float64) -> float:
    """Height of the upper face or rim: robust to noise above and to side faces below."""
    z = p_W[:, 2]
    return rank(z[z >= rank(z, 0.98) - 0.008], 0.75)


def _fit_sphere(p_W: Float64, base: float) -> Body | None:
    """Fit a ball; None where the points are not on one of a ball's size that rests on its base."""
    around = p_W.mean(axis=0)
    offset = p_W - around
    A = np.column_stack([2.0 * offset, np.ones(len(p_W))])
    square = (offset**2).sum(axis=1)
    normal = A.T @ A
    x = np.linalg.solve(normal + 1e-9 * np.trace(normal) * np.eye(4), A.T @ square)
    center = around + x[:3]
    squared = x[3] + x[:3] @ x[:3]
    if not (0.014**2 < squared < 0.042**2) or center[2] < base + 0.002:
        return None
    radius = float(np.sqrt(squared))
    z = p_W[:, 2]
    if rank(z, 0.98) - rank(z, 0.02) < 0.7 * radius:
        return None  # A cap so small fits many balls.
    # A strip of points, such as a mug's handle, lies on many balls too.
    if np.sqrt(np.linalg.eigvalsh(offset.T @ offset / len(p_W))[1]) < BROAD * radius:
        return None
    error = np.abs(np.sqrt(((p_W - center) ** 2).sum(axis=1)) - radius)
    rests = center[2] - radius - base
    if rests <= -0.012 or middle(error) >= 0.0016 or rank(error, 0.9) > 0.0045:
        return None
    return bodies.ball(center, radius)


def _round(p_W: Float64, circle: Circle, base: float, top: float) -> list[Body]:
    """Give the round kinds that fit the measured radius and height."""
    radius, height = circle.radius, top - base
    away = np.linalg.norm(p_W[:, :2] - circle.center, axis=1)
    if _hollow(p_W, away, radius, top, height):
        if radius > 0.06 and height < 0.030:
            return [bodies.vessel("plate", circle.center, (0.65 * radius, radius), (base, top))]
        # The rim of a bowl is its highest; where the middle is higher, something is in it or on a plate.
        wall = p_W[away > 0.8 * radius, 2]
        if len(wall) and rank(wall, 0.97) < top - 0.3 * height:
            return []
        if radius > 0.05 and height < 0.10:
            return [_bowl(p_W[:: max(len(p_W) // 400, 1)], circle, base, top)]
        if 0.025 < radius < 0.05 and height > 0.05:
            return [_mug(p_W, circle, base, top)]
        return []
    if radius > 0.06 and height < 0.030:
        return [bodies.vessel("plate", circle.center, (0.65 * radius, radius), (base, top))]
    if 0.018 < radius < 0.045 and 0.05 < height <= 0.125:
        return [bodies.pillar("can", bodies.standing(circle.center, (base, top)), radius, top - base)]
    return []


def _bottle(p_W: Float64, base: float, top: float, spacing: float) -> list[tuple[Body, float]]:
    """Give the bottle that has this neck, with how round the neck is, or nothing."""
    height = top - base
    neck = p_W[p_W[:, 2] > top - 0.15 * height]
    low = p_W[p_W[:, 2] < base + 0.6 * height]
    if not 0.125 < height < 0.27 or len(neck) < 8 or len(low) < 12:
        return []
    # The mouth is seen whole from above; of the body hardly more than a half.
    mouth = neck[neck[:, 2] > top - 0.008]
    circle = fit_circle(outline((mouth if len(mouth) >= 8 else neck)[:, :2], spacing))
    radius = middle(np.hypot(*(low[:, :2] - circle.center).T))
    if not 0.018 < radius < 0.042 or circle.radius > radius + 0.004:
        return []
    return [
        (bodies.pillar("bottle", bodies.standing(circle.center, (base, top)), radius, height), circle.rms)
    ]


def _hollow(p_W: Float64, away: Float64, radius: float, top: float, height: float) -> bool:
    """Tell whether one sees into it: points inside the outline, well below the rim."""
    inner = away < 0.7 * radius
    # A lid would be seen: hardly a point over the middle means that one looks past it, at the inner wall.
    if inner.sum() < max(3.0, LID * len(p_W)):
        return True
    low = p_W[:, 2] < top - max(0.3 * height, 0.006)
    return float(np.mean(low[inner])) > 0.5


def _bowl(p_W: Float64, circle: Circle, base: float, top: float) -> Body:
    """Choose how much the wall leans."""
    shares = np.linspace(0.4, 0.95, 12)[:, None]
    half, radius = bodies.WALL / 2.0, circle.radius
    away = np.hypot(*(p_W[:, :2] - circle.center).T)
    # The same profile as a ``Vessel``'s, for all options at once: floor, then leaning wall.
    z = p_W[:, 2] - base - half
    inner, outer, rise = shares * radius - half, radius - half, top - base - 2.0 * half
    on_floor = np.hypot(np.maximum(away - inner, 0.0), z)
    along = (away - inner) * (outer - inner) + z * rise
    share = np.clip(along / ((outer - inner) ** 2 + rise**2), 0.0, 1.0)
    on_wall = np.hypot(away - inner - share * (outer - inner), z - share * rise)
    error = np.abs(np.minimum(on_floor, on_wall) - half)
    best = float(shares[int(np.argmin(np.minimum(error, 0.01).mean(axis=1))), 0])
    return bodies.vessel("bowl", circle.center, (best * radius, radius), (base, top))


def _mug(p_W: Float64, circle: Circle, base: float, top: float) -> Body:
    """Find the handle: what stands out of the wall on one side."""
    offset = p_W[:, :2] - circle.center
    away = np.linalg.norm(offset, axis=1)
    out = away > circle.radius + 0.006
    span = (circle.radius, circle.radius)
    if out.sum() < 5:
        body = bodies.vessel("mug", circle.center, span, (base, top))
        return replace(body, doubts=("its handle is not seen, so where it points is unknown",))
    direction = ranks(offset[out] / away[out, None], 0.5)
    direction /= np.linalg.norm(direction)
    reach = rank(away[out], 0.95) + 0.0025
    low, high, z = rank(p_W[out, 2], 0.03), rank(p_W[out, 2], 0.97), 0.5 * (base + top)
    if (np.abs(p_W[out, 2] - z) < HALF_SEEN).sum() < 3:
        # Only its upper or lower end is seen, which stands out less than the bar between them.
        reach = max(reach, circle.radius + FINGER)
    elif low < z - HALF_SEEN:
        # Its lower end is seen from above only in part, or not at all; most mugs have theirs half way up.
        z = 0.5 * (0.5 * (low + high) + z)
    handle = np.array([*(circle.center + reach * direction), z])
    return bodies.vessel("mug", circle.center, span, (base, top), handle)


def _angular(rectangle: Rectangle, base: float, top: float) -> list[Body]:
    """Give the angular kinds that fit the measured sides and height."""
    a, b, height = rectangle.length, rectangle.width, top - base
    place = (rectangle.center, rectangle.yaw, a, b, (base, top))
    if a > 0.16 and b > 0.12 and height < 0.06:
        return [bodies.tray(*place)]
    if a > 0.16 and b > 0.10 and height > 0.15:
        return [bodies.shelf(*place)]
    if a > 0.15 and b > 0.12 and height > 0.08:
        return [bodies.drawer(*place)]
    if BOARDS[0] < a < BOARDS[1] and b < THICK and height > max(0.08, 1.5 * b):
        return [bodies.cuboid("wall", *place)]
    if b > 0.02 and a < 0.056 and 0.015 < height < 0.058:
        return [bodies.cuboid("block", *place)]
    if b > 0.02 and a < 0.16 and height > 0.015:
        return [bodies.cuboid("box", *place)]
    return []


def _cube(p_W: Float64, seen: Rectangle, base: float, top: float, eye: Float64 | None) -> list[Body]:
    """Give the block of which less than its depth is seen: as long and as high as a cube, but thinner."""
    side, height = seen.length, top - base
    thin = 0.006 < seen.width < SQUARE * side
    if eye is None or not thin or not 0.03 < side < 0.056 or abs(height - side) > UNLIKE * side:
        return []
    side = (side + height) / 2.0
    center = cube_center(p_W[:, :2], side, seen.yaw, eye)
    return [bodies.cuboid("block", center, seen.yaw, side, side, (base, top))]


def _unknown(rectangle: Rectangle, base: float, top: float) -> Body:
    """Wrap what fits no kind into a plain box."""
    return bodies.cuboid(
        "thing",
        rectangle.center,
        rectangle.yaw,
        rectangle.length,
        rectangle.width,
        (base, max(top, base + 0.005)),
    )
