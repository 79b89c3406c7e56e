"""Letters as triangles, for a scene that knows shapes only."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ...core.arrays import Float64

PIXELS = 22
"""Height at which letters are drawn before they become triangles."""
MOST_LETTERS = 90


@lru_cache(maxsize=512)
def letters(text: str) -> tuple[Float64, np.ndarray]:
    """Draw a text.

    Args:
        text: One line; what goes beyond ``MOST_LETTERS`` is cut off.

    Returns:
        Vertices, shape (V, 3), x to the right, y up, the line's height 1, its lower left corner at 0; and
        faces, shape (F, 3). A row of pixels' run is two triangles.
    """
    text = text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 3] + "..."
    font = ImageFont.load_default(size=PIXELS)
    left, _, right, _ = font.getbbox(text)
    width, height = int(right - left) + 2, int(1.4 * PIXELS)
    picture = Image.new("L", (width, height))
    ImageDraw.Draw(picture).text((1 - left, 0), text, font=font, fill=255)
    inked = np.pad(np.asarray(picture) > 110, ((0, 0), (1, 1))).astype(np.int8)
    row, begin = np.nonzero(np.diff(inked, axis=1) == 1)
    _, end = np.nonzero(np.diff(inked, axis=1) == -1)
    top = (height - row) / height
    corners = [(begin, top - 1.0 / height), (end, top - 1.0 / height), (end, top), (begin, top)]
    flat = np.stack([np.stack([x / height, y, np.zeros(len(row))], axis=-1) for x, y in corners], axis=1)
    first = 4 * np.arange(len(row))[:, None]
    faces = np.concatenate([np.add(first, [0, 1, 2]), np.add(first, [0, 2, 3])])
    return flat.reshape(-1, 3), faces
