"""From a thing's cloud to its kind: the solid that explains the points best.

Sizes are those of household things. What fits none of them is a ``thing``: a
plain box about the points, so that it can still be avoided and pointed at.
"""

from dataclasses import replace

import numpy as np

from ..core.arrays import Float64
from . import bodies
from .bodies import Body
from .footprints import Circle, Rectangle, fit_circle, fit_corner, fit_rectangle, outline
from .lying import lying


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
    spacing = float(np.percentile(pitch, 25))
    support = outline(p_W[:, :2], spacing)
    top = _top(p_W)
    whole = fit_rectangle(support)
    circle, rectangle = _outlines(p_W, support, top, spacing)
    sphere = _fit_sphere(p_W, base)
    if sphere is not None:
        return sphere
    p_W = p_W[:: max(len(p_W) // 500, 1)]
    odd = min(rectangle.rms, circle.rms) > 0.003 or rectangle.width < 0.02
    if odd and rectangle.length < 0.09:
        rectangle = _completed(p_W, rectangle, top, spacing, eye)
    # The outline decides between round and angular; the solids' residuals between the rest.
    candidates = [(body, circle.rms) for body in _round(p_W, circle, base, top)]
    candidates += [(body, rectangle.rms) for body in _angular(p_W, rectangle, base, top)]
    candidates += _bottle(p_W, base, top, spacing)
    candidates += lying(p_W, whole, base, top, spacing)
    if not candidates:
        return _unknown(rectangle, base, top)
    costs = [float(np.mean(np.minimum(body.residual(p_W), 0.01))) + 0.7 * rms for body, rms in candidates]
    return candidates[int(np.argmin(costs))][0]


def _outlines(p_W: Float64, support: Float64, top: float, spacing: float) -> tuple[Circle, Rectangle]:
    """Fit the whole outline and that of the rim; a handle spoils the one, a neck or a cover the other."""
    circle, rectangle = fit_circle(support), fit_rectangle(support)
    rim = p_W[p_W[:, 2] > top - 0.008]
    if len(rim) < 20:
        return circle, rectangle
    upper = outline(rim[:, :2], spacing)
    disc, face = fit_circle(upper), fit_rectangle(upper)
    if disc.radius > 0.8 * circle.radius and disc.rms < circle.rms:
        circle = disc
    if min(face.length / rectangle.length, face.width / rectangle.width) > 0.75 and face.rms < rectangle.rms:
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
    layer = z[z > np.percentile(z, 98) - 0.008]
    return float(np.percentile(layer, 75))


def _fit_sphere(p_W: Float64, base: float) -> Body | None:
    """Fit a ball; None where the points are not on one of a ball's size that rests on its base."""
    A = np.column_stack([2.0 * p_W, np.ones(len(p_W))])
    x = np.linalg.lstsq(A, (p_W**2).sum(axis=1), rcond=None)[0]
    center = x[:3]
    squared = x[3] + center @ center
    if squared <= 0.0:
        return None
    radius = float(np.sqrt(squared))
    if np.percentile(p_W[:, 2], 98) - np.percentile(p_W[:, 2], 2) < 0.7 * radius:
        return None  # A cap so small fits many balls.
    error = np.abs(np.linalg.norm(p_W - center, axis=1) - radius)
    rests = center[2] - radius - base
    if not (0.014 < radius < 0.042 and rests > -0.012 and np.median(error) < 0.0016):
        return None
    if np.percentile(error, 90) > 0.0045:
        return None
    return bodies.ball(center, radius)


def _round(p_W: Float64, circle: Circle, base: float, top: float) -> list[Body]:
    """Give the round kinds that fit the measured radius and height."""
    radius, height = circle.radius, top - base
    away = np.linalg.norm(p_W[:, :2] - circle.center, axis=1)
    if _hollow(p_W, away, radius, top, height):
        if radius > 0.06 and height < 0.030:
            return [bodies.vessel("plate", circle.center, (0.65 * radius, radius), (base, top))]
        if radius > 0.05 and height < 0.10:
            return [_bowl(p_W, circle, base, top)]
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
    radius = float(np.median(np.linalg.norm(low[:, :2] - circle.center, axis=1)))
    if not 0.018 < radius < 0.042 or circle.radius > radius + 0.004:
        return []
    return [
        (bodies.pillar("bottle", bodies.standing(circle.center, (base, top)), radius, height), circle.rms)
    ]


def _hollow(p_W: Float64, away: Float64, radius: float, top: float, height: float) -> bool:
    """Tell whether one sees into it: points inside the outline, well below the rim."""
    inner = away < 0.7 * radius
    if not inner.any():
        return True
    low = p_W[:, 2] < top - max(0.3 * height, 0.006)
    return float(np.mean(low[inner])) > 0.5


def _bowl(p_W: Float64, circle: Circle, base: float, top: float) -> Body:
    """Choose how much the wall leans."""
    options = [
        bodies.vessel("bowl", circle.center, (share * circle.radius, circle.radius), (base, top))
        for share in np.linspace(0.4, 0.95, 12)
    ]
    return min(options, key=lambda body: float(np.mean(np.minimum(body.residual(p_W), 0.01))))


def _mug(p_W: Float64, circle: Circle, base: float, top: float) -> Body:
    """Find the handle: what stands out of the wall on one side."""
    offset = p_W[:, :2] - circle.center
    away = np.linalg.norm(offset, axis=1)
    out = away > circle.radius + 0.006
    handle = None
    if out.sum() >= 5:
        direction = np.median(offset[out] / away[out, None], axis=0)
        direction /= np.linalg.norm(direction)
        reach = float(np.percentile(away[out], 95)) + 0.001
        z = 0.5 * (float(p_W[out, 2].min()) + float(p_W[out, 2].max()))
        handle = np.array([*(circle.center + reach * direction), z])
    return bodies.vessel("mug", circle.center, (circle.radius, circle.radius), (base, top), handle)


def _angular(p_W: Float64, rectangle: Rectangle, base: float, top: float) -> list[Body]:
    """Give the angular kinds that fit the measured sides and height."""
    a, b, height = rectangle.length, rectangle.width, top - base
    place = (rectangle.center, rectangle.yaw, a, b, (base, top))
    if a > 0.16 and b > 0.12 and height < 0.06:
        return [bodies.tray(*place)]
    if a > 0.16 and b > 0.10 and height > 0.15:
        return [bodies.shelf(*place)]
    if a > 0.15 and b > 0.12 and height > 0.08:
        return [bodies.drawer(*place)]
    if b > 0.02 and a < 0.056 and 0.015 < height < 0.058:
        return [bodies.cuboid("block", *place)]
    if b > 0.02 and a < 0.16 and height > 0.015:
        return [bodies.cuboid("box", *place)]
    return []


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
