"""What makes drawn scenes less tidy: shades of every colour, things lying down, drawers left open.

A scene drawn by ``generator`` has reference colours and everything upright and
closed, as tasks want it. A perceiver that is measured on such scenes alone is
flattered, so the perception suite passes its scenes through here.
"""

from dataclasses import replace

import numpy as np

from ..core.arrays import Float64
from ..perception.colors import to_lab
from .catalogue import COLORS, DRAWER_HANDLE_REACH, extents, footprint_radius
from .generator import REACH, Spot, fits
from .scenes import LYING, RGB, SceneSpec, ThingSpec

# Half the spread of shades within one name. Boundaries between basic colour names lie some 15 to 25
# units of CIELAB or degrees of hue from their middles, so a person still calls all of these by the name
# (B. Berlin, P. Kay, "Basic color terms", 1969; focal colours and extents as mapped to CIELAB by
# the World Color Survey); a shade drawn nearer to another name's reference is drawn again.
HUE, LIGHTNESS = np.radians(6.0), 6.0  # [rad], [CIELAB].
CHROMA = (0.82, 1.10)  # Share of the reference's chroma.
LIES, OPEN = 0.25, 0.5  # Shares of the cans and bottles that lie, and of the drawers that are open.
OPENING = (0.25, 0.55)  # Share of a drawer's length by which an open one is out.
ROOM = 0.02  # Least room about what was laid down or pulled out, [m].
FARTHEST = 0.86  # Largest x that an open drawer's handle reaches, so that the front camera has it, [m].
_TO_RGB = np.array(
    [
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]
)


def vary(scene: SceneSpec, rng: np.random.Generator) -> SceneSpec:
    """Make a scene as untidy as a table is.

    Args:
        scene: A scene whose things stand apart.
        rng: Source of chance.

    Returns:
        The same things at the same places; some lie or are open where there is room for it.
    """
    things = list(scene.things)
    for number, thing in enumerate(things):
        others = [other for other in things if other.id != thing.id]
        thing = replace(thing, rgb=shade(thing.color, rng))
        if thing.kind in LYING and rng.random() < LIES:
            thing = _laid(thing, others, rng)
        elif thing.kind == "drawer" and rng.random() < OPEN:
            thing = _opened(thing, others, rng)
        things[number] = thing
    return replace(scene, things=tuple(things))


def shade(color: str, rng: np.random.Generator) -> RGB:
    """Draw a material that is called by a colour's name.

    Args:
        color: One of ``catalogue.COLORS``.
        rng: Source of chance.
    """
    references = to_lab(np.array(list(COLORS.values())))
    own = list(COLORS).index(color)
    lightness, a, b = references[own]
    hue, chroma = float(np.arctan2(b, a)), float(np.hypot(a, b))
    while True:
        turned = hue + rng.uniform(-HUE, HUE)
        strong = chroma * rng.uniform(*CHROMA)
        lab = np.array(
            [
                lightness + rng.uniform(-LIGHTNESS, LIGHTNESS),
                strong * np.cos(turned),
                strong * np.sin(turned),
            ]
        )
        rgb = _from_lab(lab)
        if np.argmin(np.linalg.norm(references - to_lab(rgb), axis=1)) == own:
            red, green, blue = map(float, rgb)
            return red, green, blue


def spot_of(thing: ThingSpec) -> Spot:
    """Give the room that a thing takes, the drawn-out part of a drawer left out."""
    p = np.array([thing.x, thing.y])
    across = extents(thing.kind, thing.size)
    if thing.lying:
        return Spot(p, float(np.hypot(across[2], across[0]) / 2.0), float(across[0]))
    return Spot(p, footprint_radius(thing.kind, thing.size), float(across[2]))


def _laid(thing: ThingSpec, others: list[ThingSpec], rng: np.random.Generator) -> ThingSpec:
    """Lay a can or a bottle down where it stands, if there is room."""
    laid = replace(thing, lying=True, yaw=float(rng.uniform(-np.pi, np.pi)))
    spot = spot_of(laid)
    clear = all(fits(spot, spot_of(other), ROOM) and not in_the_way(other, spot) for other in others)
    return laid if clear and np.linalg.norm(spot.p) <= REACH else thing


def _opened(thing: ThingSpec, others: list[ThingSpec], rng: np.random.Generator) -> ThingSpec:
    """Pull a drawer out, the less the less room is before it."""
    for share in sorted(rng.uniform(*OPENING, 4), reverse=True):
        opened = replace(thing, opening=float(share * thing.size["length"]))
        far = thing.x + thing.size["length"] / 2.0 + opened.opening + DRAWER_HANDLE_REACH
        if far <= FARTHEST and not any(in_the_way(opened, spot_of(other)) for other in others):
            return opened
    return thing


def in_the_way(drawer: ThingSpec, spot: Spot) -> bool:
    """Say whether something stands where a drawer slides; drawn drawers stand square."""
    if drawer.kind != "drawer":
        return False
    half = extents("drawer", drawer.size)[:2] / 2.0
    low = np.array([drawer.x + half[0], drawer.y - half[1]])
    high = np.array([drawer.x + half[0] + drawer.opening + DRAWER_HANDLE_REACH, drawer.y + half[1]])
    away = np.linalg.norm(spot.p - np.clip(spot.p, low, high))
    return bool(away < spot.radius + ROOM)


def _from_lab(lab: Float64) -> Float64:
    """Convert CIELAB (D65, CIE 1976) to linear light with sRGB primaries, cut to 0 to 1, shape (3,)."""
    fy = (lab[0] + 16.0) / 116.0
    f = np.array([fy + lab[1] / 500.0, fy, fy - lab[2] / 200.0])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * [0.95047, 1.0, 1.08883]
    return np.clip(_TO_RGB @ xyz, 0.0, 1.0)
