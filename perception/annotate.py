"""A picture of what was seen: things boxed and named, keypoints numbered."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .scene import Scene, Thing

LEAST_WIDTH = 960  # Smaller pictures are enlarged, so that the words can be read, [px].
INKS = (
    (255, 99, 71),
    (64, 196, 255),
    (255, 214, 64),
    (144, 238, 120),
    (238, 130, 238),
    (255, 165, 79),
    (127, 255, 212),
    (255, 182, 193),
)
_CORNERS = np.array([[x, y, z] for z in (-1, 1) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))], float)
_EDGES = tuple(edge for k in range(4) for edge in ((k, (k + 1) % 4), (k + 4, (k + 1) % 4 + 4), (k, k + 4)))


def annotate(scene: Scene, frame: CameraFrame) -> Image.Image:
    """Draw a scene over one of its pictures.

    Args:
        scene: What was perceived.
        frame: A picture of the same moment.

    Returns:
        The picture, enlarged where it is small.
    """
    scale = max(1, round(LEAST_WIDTH / frame.model.width))
    size = (frame.model.width * scale, frame.model.height * scale)
    image = Image.fromarray(frame.rgb).resize(size, Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=15)
    small = ImageFont.load_default(size=11)
    inks = {thing.name: INKS[index % len(INKS)] for index, thing in enumerate(scene.things)}
    X_CW = frame.X_WC.inverse()
    for thing in scene.things:
        _draw_box(draw, _pixels(_corners(thing), frame, X_CW, scale), inks[thing.name])
    taken: list[tuple[float, float, float, float]] = []
    for keypoint in scene.keypoints:
        u, v = _pixels(keypoint.p_W[None], frame, X_CW, scale)[0]
        if not (0.0 <= u < size[0] and 0.0 <= v < size[1]):
            continue
        draw.ellipse((u - 3, v - 3, u + 3, v + 3), fill=inks[keypoint.thing], outline=(0, 0, 0))
        _write(draw, str(keypoint.number), (u + 5, v - 13), small, (255, 255, 255), taken, size)
    for thing in scene.things:
        pixels = _pixels(_corners(thing), frame, X_CW, scale)
        if np.isfinite(pixels).all():
            place = (float(pixels[:, 0].mean()) - 4.0 * len(thing.name), float(pixels[:, 1].min()) - 22.0)
            _write(draw, thing.name, place, font, inks[thing.name], taken, size)
    return image


def _corners(thing: Thing) -> Float64:
    """Give the corners of a thing's box in the world, shape (8, 3), [m]."""
    p_O = _CORNERS * thing.size / 2.0
    return p_O @ thing.X_WO.rotation().matrix().T + thing.X_WO.translation()


def _pixels(p_W: Float64, frame: CameraFrame, X_CW: RigidTransform, scale: int) -> Float64:
    """Project world points into the enlarged picture, shape (N, 2), [px]; NaN behind the camera."""
    p_C = p_W @ X_CW.rotation().matrix().T + X_CW.translation()
    return (frame.model.project(p_C) + 0.5) * scale - 0.5


def _draw_box(draw: ImageDraw.ImageDraw, pixels: Float64, ink: tuple[int, int, int]) -> None:
    for a, b in _EDGES:
        if np.isfinite(pixels[[a, b]]).all():
            draw.line([tuple(pixels[a]), tuple(pixels[b])], fill=ink, width=2)


def _write(
    draw: ImageDraw.ImageDraw,
    text: str,
    place: tuple[float, float],
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    ink: tuple[int, int, int],
    taken: list[tuple[float, float, float, float]],
    size: tuple[int, int],
) -> None:
    """Write on a dark patch inside the picture, moved aside until it covers no other text."""
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    width, height = right - left + 4.0, bottom - top + 4.0
    x = float(np.clip(place[0], 0.0, size[0] - width))
    y = float(np.clip(place[1], 0.0, size[1] - height))
    # Nearest free places first: down, up, then to the sides.
    steps = sorted(
        ((dx, dy) for dx in range(-4, 5) for dy in range(-6, 7)),
        key=lambda step: (abs(step[0] * width) + abs(step[1] * height), step),
    )
    for dx, dy in steps:
        a, b = x + 0.5 * dx * width, y + 0.5 * dy * height
        inside = 0.0 <= a <= size[0] - width and 0.0 <= b <= size[1] - height
        if inside and not any(_meet((a, b, a + width, b + height), other) for other in taken):
            x, y = a, b
            break
    taken.append((x, y, x + width, y + height))
    draw.rectangle((x, y, x + width, y + height), fill=(20, 20, 24))
    draw.text((x + 2 - left, y + 2 - top), text, fill=ink, font=font)


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Tell whether two rectangles (left, top, right, bottom) overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
