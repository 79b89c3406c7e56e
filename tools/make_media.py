"""Make the README's moving picture from a run's video.

Usage:
    python tools/make_media.py RUN_FOLDER docs/media/demo.gif
"""

import sys
from pathlib import Path

import av
import numpy as np
from PIL import Image

WIDTH = 480
RATE = 10.0
"""Pictures a second; it plays at the run's own pace."""
COLORS = 192
STRONG = 60
"""A pixel whose channels differ by more is a colour, not a shade."""


def frames(video: Path) -> list[Image.Image]:
    """Read every picture that the slower rate keeps, made smaller."""
    kept: list[Image.Image] = []
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time * RATE >= len(kept):
                picture = frame.to_image()
                height = round(picture.height * WIDTH / picture.width)
                kept.append(picture.resize((WIDTH, height), Image.Resampling.LANCZOS))
    return kept


def shared_palette(picture: Image.Image) -> Image.Image:
    """Choose colours; strong ones count more, or a median cut would spend all on shades of the table."""
    pixels = np.asarray(picture).reshape(-1, 3)
    strong = pixels[np.ptp(pixels.astype(int), axis=1) > STRONG]
    chosen = np.concatenate([pixels, *[strong] * (len(pixels) // max(len(strong), 1) // 2)])
    return Image.fromarray(chosen[None]).quantize(COLORS, method=Image.Quantize.MEDIANCUT)


def main() -> None:
    """Read the video, give all pictures one palette, write the file."""
    source, target = Path(sys.argv[1]) / "video.mp4", Path(sys.argv[2])
    pictures = frames(source)
    palette = shared_palette(pictures[len(pictures) // 2])
    reduced = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    target.parent.mkdir(parents=True, exist_ok=True)
    reduced[0].save(
        target, save_all=True, append_images=reduced[1:], duration=round(1000 / RATE), loop=0, optimize=True
    )
    print(f"{target}: {len(reduced)} pictures, {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
