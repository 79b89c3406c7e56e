"""Colour names, robust to shading: nearest shade of twelve references in CIELAB."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from ..core.camera import CameraFrame

# Typical matt surfaces of each name, share of the light that they send back (linear, not sRGB codes):
# first as dyed plastic or paint, then more or less vivid ones.
REFERENCES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "red": ((0.80, 0.08, 0.08), (0.60, 0.02, 0.02)),
    "green": ((0.10, 0.55, 0.15), (0.03, 0.30, 0.05)),
    "blue": ((0.08, 0.20, 0.75), (0.02, 0.06, 0.50), (0.10, 0.30, 0.80)),
    "yellow": ((0.95, 0.80, 0.05), (0.90, 0.65, 0.02), (0.95, 0.85, 0.25)),
    "orange": ((0.95, 0.42, 0.03), (0.90, 0.25, 0.01), (0.85, 0.40, 0.10)),
    "purple": ((0.42, 0.10, 0.55), (0.20, 0.03, 0.38)),
    "pink": ((0.95, 0.45, 0.65), (0.90, 0.25, 0.45)),
    "cyan": ((0.10, 0.75, 0.80), (0.02, 0.55, 0.62)),
    "brown": ((0.40, 0.22, 0.10), (0.20, 0.08, 0.03)),
    "gray": ((0.45, 0.45, 0.46), (0.24, 0.24, 0.24)),
    "white": ((0.93, 0.93, 0.93),),
    "black": ((0.06, 0.06, 0.065), (0.11, 0.11, 0.11), (0.015, 0.015, 0.015)),
}

NAMES = tuple(REFERENCES)
HUE_OFFSET = 0.01  # Light added before angles between colours are taken.
_SHADES = np.geomspace(0.4, 1.2, 9)
# A matt surface's pixels are its own colour and a veil of the light's, which plastic and paint mirror: 4 % of
# the light at a refractive index of 1.5 (Fresnel; S. Shafer, "Using color to separate reflection
# components", 1985). Without the veil dark orange keeps its hue and black stays black.
VEIL, MOSTLY_VEIL = 0.04, 0.5  # Share of the light; at most this share of a channel is taken for veil.
_SHADE_COST = 14.0  # CIELAB units per factor e of shading: tuned on rendered scenes


def to_linear(codes: NDArray[np.uint8]) -> Float64:
    """Undo the sRGB encoding (IEC 61966-2-1): what remains is proportional to light.

    Args:
        codes: Pixel codes, uint8, any shape.

    Returns:
        Light, 0 to 1, same shape.
    """
    return _LINEAR[codes]


_CODES = np.arange(256) / 255.0
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4)
_LINEAR.setflags(write=False)


def to_lab(rgb: Float64) -> Float64:
    """Convert linear light to CIELAB (D65, CIE 1976).

    Args:
        rgb: Linear colours with sRGB primaries, 0 to 1, shape (..., 3).
    """
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = np.clip(rgb, 0.0, 1.0) @ to_xyz.T / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1
    )


def name_color(rgb: Float64) -> tuple[str, str | None]:
    """Name the colour of a surface from its pixels.

    Only the best lit pixels count, so that a side in shade does
    not turn orange into brown.

    Args:
        rgb: Linear light of one thing's pixels under full light, 0 to 1, shape (N, 3).

    Returns:
        The name, and a second name where the two are close, else None.
    """
    brightness = rgb.sum(axis=1)
    lit = rgb[brightness >= np.quantile(brightness, 0.85)]
    lab, owner, cost = _shades()
    color = np.median(lit, axis=0)
    color = np.maximum(color - VEIL, (1.0 - MOSTLY_VEIL) * color)
    distances = np.linalg.norm(lab - to_lab(color), axis=1) + cost
    best = np.array([distances[owner == index].min() for index in range(len(NAMES))])
    first, second = np.argsort(best)[:2]
    return NAMES[first], NAMES[second] if best[second] - best[first] < 5.0 else None


def exposure(frames: tuple[CameraFrame, ...], middle: float = 0.66) -> float:
    """Estimate the factor that brings dim pictures to full light.

    A table fills most of a picture that looks down on it, and tables are light
    more often than dark: its brightness is taken for ``middle``. On a black
    table the brightest pixels of the things limit the factor instead.

    Args:
        frames: The pictures.
        middle: Brightness of a usual table under full light, 0 to 1.
    """
    pixels = np.concatenate([to_linear(frame.rgb[::3, ::3]).reshape(-1, 3) for frame in frames]).max(axis=1)
    usual, brightest = np.percentile(pixels, [50, 99.5])
    return float(np.clip(min(middle / max(usual, 0.05), 1.0 / max(brightest, 0.05)), 0.8, 3.0))


def hue_angle(rgb_a: Float64, rgb_b: Float64) -> Float64:
    """Sine of the angle between colours as vectors: 0 for shades of one colour.

    Args:
        rgb_a: Linear light, shape (..., 3).
        rgb_b: Linear light, shape (..., 3).
    """
    # The offset keeps near-black pixels, whose hue is noise, from looking colourful.
    a, b = np.asarray(rgb_a) + HUE_OFFSET, np.asarray(rgb_b) + HUE_OFFSET
    cosine = (a * b).sum(axis=-1) / np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    return np.sqrt(np.maximum(1.0 - np.minimum(cosine, 1.0) ** 2, 0.0))


@cache
def _shades() -> tuple[Float64, np.ndarray, Float64]:
    rows, owners, costs = [], [], []
    for index, references in enumerate(REFERENCES.values()):
        for reference in references:
            for shade in _SHADES:
                rows.append(np.clip(np.array(reference) * shade, 0.0, 1.0))
                owners.append(index)
                costs.append(_SHADE_COST * abs(np.log(shade)))
    return to_lab(np.array(rows)), np.array(owners), np.array(costs)
