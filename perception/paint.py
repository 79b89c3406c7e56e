"""Which pixels of a thing tell its colour, and how much light they had."""

import numpy as np

from ..core.arrays import Float64
from .bodies import Body
from .cloud import Cloud
from .colors import name_color

LEVEL = 0.005  # Points so near to the height of the top are the top's, [m].
EDGE = 0.004  # Pixels so near to an edge are mixed ones, [m].
ENOUGH = 0.03  # A top of which less than this share of the points is seen is hidden.
FEWEST = 30
# Lamps hang overhead: an upright face has about 0.6 of a level one's light, the upper end of the ratio of
# cylindrical to horizontal illuminance (0.3 to 0.6) that EN 12464-1 names for rooms.
UPRIGHT = 0.6


def color_of(body: Body, cloud: Cloud, gain: float) -> tuple[str, str | None]:
    """Name a thing's colour.

    Args:
        body: What it is.
        cloud: Its points.
        gain: Factor that brings the pictures to full light on level faces.

    Returns:
        The name, and a second name where two are close, else None.
    """
    rgb = gain * cloud.rgb
    if body.kind == "drawer":
        # A drawer's inside is often of other wood than its cabinet, which gives the name.
        own = _top(body, cloud.p_W)
        own = own if own.sum() >= FEWEST else body.holds(cloud.p_W, LEVEL)
        return name_color(rgb[own] if own.sum() >= FEWEST else rgb)
    if body.kind in ("block", "box") and _top(body, cloud.p_W).mean() < ENOUGH:
        rgb = rgb / UPRIGHT
    return name_color(rgb)


def _top(body: Body, p_W: Float64) -> np.ndarray:
    """Tell which points lie on the level top of an angular body, shape (N,)."""
    p_O = (p_W - body.X_WO.translation()) @ body.X_WO.rotation().matrix()
    half = body.size / 2.0
    inside = (np.abs(p_O[:, :2]) < half[:2] - EDGE).all(axis=1)
    return inside & (np.abs(p_O[:, 2] - half[2]) < LEVEL)
