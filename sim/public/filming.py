"""Videos of episodes that failed: the same actions again from the same beginning, with a camera."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Float64
from .env import BenchmarkEnv, Body, BodyInfo, BodyLook, BodyState, Tier

RATE = 10
"""Pictures a second of the robot's time."""


class Noted:
    """A body that notes what it is told to do."""

    def __init__(self, body: Body):
        """Stand before a body."""
        self._body = body
        self.actions: list[Float64] = []

    def info(self) -> BodyInfo:
        """Tell what it is made of; see ``Body``."""
        return self._body.info()

    def observe(self, cameras: tuple[str, ...] = (), *, names: bool = False, truth: bool = False) -> BodyLook:
        """Sense the present; see ``Body``."""
        return self._body.observe(cameras, names=names, truth=truth)

    def act(self, action: Float64) -> BodyState:
        """Do one step; see ``Body``."""
        self.actions.append(np.array(action))
        return self._body.act(action)


def film(env: BenchmarkEnv, task: str, seed: int, tier: Tier, actions: Sequence[Float64], path: Path) -> int:
    """Do an episode's actions again and write what its first camera sees.

    Args:
        env: The benchmark; its episode is another one afterwards.
        task: The episode's task.
        seed: Its seed.
        tier: Its tier.
        actions: What was done.
        path: The file, ``.mp4``, replaced where it exists.

    Returns:
        Number of pictures.
    """
    import av  # The encoder is slow to load, and most episodes need none.

    env.reset(task, seed, tier)
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "25"})
        stream.codec_context.thread_count = 1
        for picture in _pictures(env.body, actions):
            if not count:
                stream.height, stream.width, stream.pix_fmt = *picture.shape[:2], "yuv420p"
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
            count += 1
        for packet in stream.encode(None):
            container.mux(packet)
    return count


def _pictures(body: Body, actions: Sequence[Float64]) -> Iterator[NDArray[np.uint8]]:
    info = body.info()
    camera, every = info.cameras[0], max(1, round(1.0 / (RATE * info.period)))
    for number, action in enumerate(actions):
        if number % every == 0:
            rgb = body.observe((camera,)).frames[0].rgb
            yield rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2]  # The codec wants even sizes.
        body.act(action)
