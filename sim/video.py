"""A video of a run, drawn afterwards from the world's state log."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from .world import Moment, World

RATE = 10  # Frames for each second of robot time.
SAME = 2e-4  # Positions that differ by less give the same picture, [m] and [rad].


def write_video(world: World, path: Path) -> int:
    """Draw everything since time 0 from the three-quarter view.

    Moments in which nothing moved repeat the last picture, which costs nothing.

    Args:
        world: The world; it is left as it is.
        path: The file, ``.mp4``, replaced where it exists.

    Returns:
        Number of frames.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = world.view.model.width, world.view.model.height
    count = 0
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "25"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.thread_count = 1
        for picture in _pictures(world):
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
            count += 1
        for packet in stream.encode(None):
            container.mux(packet)
    return count


def _pictures(world: World) -> Iterator[NDArray[np.uint8]]:
    drawn: Moment | None = None
    picture: NDArray[np.uint8] | None = None
    for moment in _every(world.log(), 1.0 / RATE):
        still = drawn is not None and np.abs(moment.positions - drawn.positions).max() < SAME
        if picture is None or not still:
            picture, drawn = world.picture(moment, world.view), moment
        yield picture


def _every(log: tuple[Moment, ...], spacing: float) -> Iterator[Moment]:
    due = 0.0
    for moment in log:
        if moment.time >= due - 1e-6:
            yield moment
            due += spacing
