"""What a reader is shown: a prompt with the instruction, and one picture with four views of the table."""

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....core.arrays import Float64
from ....core.camera import CameraFrame
from ..env import BodyInfo

SLOT = "{{ instruction }}"
TILE = (640, 480)
"""Size of one view in the picture, [px]."""
TALL, DEEP = 0.4, 0.02
"""How far above and below the origin the part of the world that is shown reaches, [m]."""
TOP = "topview"


def prompt_for(instruction: str) -> str:
    """Give the prompt about an instruction."""
    return _text().replace(SLOT, instruction)


def prompt_hash() -> str:
    """Give the SHA-256 of the prompt with its slot empty, in hexadecimal digits."""
    return hashlib.sha256(_text().encode()).hexdigest()


def picture_of(frames: Sequence[CameraFrame], info: BodyInfo) -> bytes:
    """Lay views together, upright and cut to where things can be.

    Args:
        frames: Of one moment.
        info: Where the hand can go.

    Returns:
        A PNG file.
    """
    from PIL import Image, ImageDraw

    columns = 2 if len(frames) > 1 else 1
    rows = -(-len(frames) // columns)
    sheet = Image.new("RGB", (TILE[0] * columns, TILE[1] * rows))
    ordered = sorted(frames, key=lambda frame: frame.camera != TOP)
    for number, frame in enumerate(ordered):
        view = Image.fromarray(_upright_part(frame, info)).resize(TILE, Image.Resampling.LANCZOS)
        name = "TOP" if frame.camera == TOP else f"SIDE {'ABCDEFG'[number - 1]}"
        ImageDraw.Draw(view).text((8, 8), name, fill=(255, 255, 0), font_size=28)
        sheet.paste(view, (TILE[0] * (number % columns), TILE[1] * (number // columns)))
    file = BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _upright_part(frame: CameraFrame, info: BodyInfo) -> NDArray[np.uint8]:
    """Cut the room in which things are out of a picture, and turn it where the camera hangs upside down."""
    low = np.append(info.lower[:2] - 0.05, -DEEP)
    high = np.append(info.upper[:2] + 0.05, TALL)
    corners = np.array(
        [[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    )
    u, v = _pixels(frame, corners).T
    wide = float(np.nanmax(u) - np.nanmin(u)), float(np.nanmax(v) - np.nanmin(v))
    # As wide to high as a tile, around the middle, within the picture.
    width = min(max(wide[0], wide[1] * TILE[0] / TILE[1]), float(frame.model.width))
    height = min(width * TILE[1] / TILE[0], float(frame.model.height))
    left = np.clip((np.nanmax(u) + np.nanmin(u) - width) / 2.0, 0.0, frame.model.width - width)
    top = np.clip((np.nanmax(v) + np.nanmin(v) - height) / 2.0, 0.0, frame.model.height - height)
    part = frame.rgb[int(top) : int(top + height), int(left) : int(left + width)]
    down = frame.X_WC.rotation().matrix()[2, 1] if frame.camera != TOP else -1.0
    return np.ascontiguousarray(part[::-1, ::-1]) if down > 0.0 else part


def _pixels(frame: CameraFrame, points: Float64) -> Float64:
    """Project world points, shape (N, 3), to pixels, shape (N, 2)."""
    X_CW = frame.X_WC.inverse()
    return frame.model.project(points @ X_CW.rotation().matrix().T + X_CW.translation())


def _text() -> str:
    return Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")
