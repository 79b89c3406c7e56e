"""A perceiver: the geometric one, without what it is not sure of."""

from dataclasses import replace

from handsel.core.arrays import Float64
from handsel.core.camera import CameraFrame
from handsel.perception.geometric import GeometricPerceiver
from handsel.perception.scene import Scene

SURE = 0.3


class SurePerceiver:
    """Sees less, and is wrong less often."""

    name = "sure"

    def __init__(self) -> None:
        """Look through the geometric perceiver."""
        self._eyes = GeometricPerceiver()

    def perceive(
        self, frames: tuple[CameraFrame, ...], *, robot_spheres_W: Float64, previous: Scene | None = None
    ) -> Scene:
        """Give the scene without its doubtful things."""
        scene = self._eyes.perceive(frames, robot_spheres_W=robot_spheres_W, previous=previous)
        sure = tuple(thing for thing in scene.things if thing.confidence >= SURE)
        return replace(scene, things=sure, perceiver=self.name)
