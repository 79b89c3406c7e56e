"""What the agent sees, as a picture with names and keypoints; drawn only when somebody wants it."""

import io
import threading
from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from ...core.camera import CameraFrame
from ...perception.annotate import annotate
from ...perception.scene import Scene
from ...robots.robot import Observation

QUALITY = 85


class Pictures:
    """Keeps the newest picture of the standing camera."""

    def __init__(self, scene: Callable[[], Scene | None]):
        """Keep pictures.

        Args:
            scene: Gives what is believed to be there now.
        """
        self._scene = scene
        self._lock = threading.Lock()
        self._frame: CameraFrame | None = None
        self._version = 0
        self._drawn: tuple[CameraFrame, Scene | None, bytes] | None = None

    @property
    def version(self) -> int:
        """Number of the newest picture, 0 before the first."""
        return self._version

    def keep(self, observation: Observation) -> int:
        """Keep an observation's first picture, which is the person's eye, and give its number."""
        with self._lock:
            self._frame = observation.frames[0]
            self._version += 1
            return self._version

    def jpeg(self) -> bytes | None:
        """Draw the newest picture; None before the first."""
        with self._lock:
            frame, scene, drawn = self._frame, self._scene(), self._drawn
        if frame is None:
            return None
        if drawn is not None and drawn[0] is frame and drawn[1] is scene:
            return drawn[2]
        image = Image.fromarray(frame.rgb) if scene is None else annotate(with_points(scene), frame)
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=QUALITY)
        with self._lock:
            self._drawn = (frame, scene, stream.getvalue())
        return stream.getvalue()


def with_points(scene: Scene) -> Scene:
    """Give a scene whose keypoints lie on the things where these are believed to be now."""
    parts = {thing.name: thing.parts for thing in scene.things}
    moved = (
        replace(point, p_W=parts.get(point.thing, {}).get(point.part, point.p_W)) for point in scene.keypoints
    )
    return replace(scene, keypoints=tuple(moved))
