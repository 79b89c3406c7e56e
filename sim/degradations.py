"""What goes wrong with cameras and tables, put upon good frames or scenes.

Three of the four are functions of frames. The fourth, a cloth on the table, is
a thing of the scene: it is built into the world and drawn by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..core.errors import UnknownName
from .scenes import ClothSpec, SceneSpec

Frames = tuple[CameraFrame, ...]
MISSING = 0.30  # Share of the depth that is lost.
BLOTCH = (
    5.0  # Standard deviation of the blur that makes blotches, [px of 320]: holes of about a block's face.
)
LIGHT = 0.5  # Share of the light that is left.
# Electrons of a full pixel and RMS electrons of reading it: a small rolling-shutter
# sensor of 1.4 to 3 um at gain 1 to 2. Signal-dependent noise after EMVA Standard 1288 (2021), section 2.
FULL_WELL, READ_NOISE = 4000.0, 6.0
CLOTH = "white_cloth"


def degrade(name: str, frames: Frames, rng: np.random.Generator) -> Frames:
    """Put one degradation upon frames.

    Args:
        name: One of ``FRAME_DEGRADATIONS``.
        frames: Frames as the cameras gave them; they are left as they are.
        rng: Source of chance.

    Returns:
        New frames, as many and in the same order.

    Raises:
        UnknownName: If there is no such degradation of frames; ``white_cloth`` is one of scenes, see
            ``with_cloth``.
    """
    if name not in FRAME_DEGRADATIONS:
        raise UnknownName("degradation of frames", name, FRAME_DEGRADATIONS)
    return FRAME_DEGRADATIONS[name](frames, rng)


def depth_holes(frames: Frames, rng: np.random.Generator) -> Frames:
    """Lose 30 % of every depth picture in blotches, as glossy or sunlit surfaces do."""
    from scipy.ndimage import gaussian_filter

    holed = []
    for frame in frames:
        field = gaussian_filter(rng.standard_normal(frame.depth.shape), BLOTCH * frame.depth.shape[1] / 320.0)
        lost = field > np.quantile(field, 1.0 - MISSING)
        holed.append(replace(frame, depth=np.where(lost, np.nan, frame.depth).astype(np.float32)))
    return tuple(holed)


def lost_camera(frames: Frames, rng: np.random.Generator) -> Frames:
    """Blind one camera: its frame still comes, black and without depth, as from a driver that has lost it."""
    blind = int(rng.integers(len(frames)))
    return tuple(
        replace(frame, rgb=np.zeros_like(frame.rgb), depth=np.full_like(frame.depth, np.nan))
        if number == blind
        else frame
        for number, frame in enumerate(frames)
    )


def half_light(frames: Frames, rng: np.random.Generator) -> Frames:
    """Halve the light on the pictures; the depth, which has its own light, stays."""
    return tuple(replace(frame, rgb=_dimmed(frame.rgb, rng)) for frame in frames)


FRAME_DEGRADATIONS: Mapping[str, Callable[[Frames, np.random.Generator], Frames]] = MappingProxyType(
    {"depth_holes": depth_holes, "lost_camera": lost_camera, "half_light": half_light}
)
DEGRADATIONS: tuple[str, ...] = (*FRAME_DEGRADATIONS, CLOTH)


def with_cloth(scene: SceneSpec, rng: np.random.Generator) -> SceneSpec:
    """Lay a white cloth over a part of the table, under some of the things.

    Args:
        scene: A scene; its table's cloth is replaced.
        rng: Source of chance.
    """
    x, y = rng.uniform([0.42, -0.20], [0.62, 0.20])
    length, width = rng.uniform([0.30, 0.30], [0.50, 0.50])
    cloth = ClothSpec(
        x=float(x), y=float(y), length=float(length), width=float(width), yaw=float(rng.uniform(0.0, np.pi))
    )
    return replace(scene, table=replace(scene.table, cloth=cloth))


def _dimmed(rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    electrons = LIGHT * FULL_WELL * _to_linear(rgb / 255.0)
    counted = rng.poisson(electrons) + READ_NOISE * rng.standard_normal(rgb.shape)
    codes = 255.0 * _to_srgb(np.clip(counted / FULL_WELL, 0.0, 1.0))
    return np.rint(codes).astype(np.uint8)


def _to_linear(code: Float64) -> Float64:
    """Undo the sRGB encoding (IEC 61966-2-1)."""
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def _to_srgb(light: Float64) -> Float64:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1.0 / 2.4) - 0.055)
