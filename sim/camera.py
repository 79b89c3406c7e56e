"""RGB-D pictures of a simulated world: colours and metric depth, nothing else.

Drake's VTK engine draws over EGL, so no display is needed. In ``core.camera``
pixel centres lie at whole numbers; the renderer's lie half a pixel further.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydrake.geometry import (
    ClippingRange,
    ColorRenderCamera,
    DepthRange,
    DepthRenderCamera,
    FrameId,
    LightParameter,
    MakeRenderEngineVtk,
    QueryObject,
    RenderCameraCore,
    RenderEngine,
    RenderEngineVtkParams,
)
from pydrake.math import RigidTransform, RotationMatrix
from pydrake.systems.sensors import CameraInfo

from ..core.arrays import Float64
from ..core.camera import CameraFrame, CameraModel

RENDERER = "vtk"
NEAR, FAR = 0.03, 4.0  # Range in which depth is measured, [m].
BACKGROUND = (0.83, 0.87, 0.90)


def make_engine() -> RenderEngine:
    """Make the renderer: three lights that stay with the world, no shadows."""
    lights = [
        LightParameter(type="directional", frame="world", direction=direction, intensity=intensity)
        for direction, intensity in (
            ([-0.5, 0.4, -1.0], 1.7),
            ([0.6, -0.7, -0.8], 1.05),
            ([-1.0, -0.3, -0.15], 0.8),
        )
    ]
    return MakeRenderEngineVtk(
        RenderEngineVtkParams(lights=lights, default_clear_color=list(BACKGROUND), cast_shadows=False)
    )


def look_at(eye: Float64 | list[float], target: Float64 | list[float]) -> RigidTransform:
    """Give the pose X_WC of a camera that stands level and looks from one point at another."""
    z = np.subtract(target, eye)
    z = z / np.linalg.norm(z)
    x = np.cross(z, [0.0, 0.0, 1.0])
    x = x / np.linalg.norm(x)
    return RigidTransform(RotationMatrix(np.stack([x, np.cross(z, x), z], axis=1)), np.asarray(eye, float))


def camera_model(size: tuple[int, int], fov_y: float) -> CameraModel:
    """Give the intrinsics of a camera whose optical axis meets the picture's middle.

    Args:
        size: Width and height, [px].
        fov_y: Angle from the lower edge to the upper one, [rad].
    """
    width, height = size
    focal = height / 2.0 / np.tan(fov_y / 2.0)
    return CameraModel(
        width=width, height=height, fx=focal, fy=focal, cx=width / 2.0 - 0.5, cy=height / 2.0 - 0.5
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera on a frame of the world.

    Attributes:
        name: Its name.
        frame: Drake's frame P that carries it.
        X_PC: Pose on that frame (x right, y down, z forward).
        model: Intrinsics.
    """

    name: str
    frame: FrameId
    X_PC: RigidTransform
    model: CameraModel

    def color(self, query: QueryObject) -> NDArray[np.uint8]:
        """Take a picture, uint8, shape (height, width, 3)."""
        image = query.RenderColorImage(ColorRenderCamera(self._core()), self.frame, self.X_PC)
        return np.array(image.data[..., :3], dtype=np.uint8)

    def depth(self, query: QueryObject) -> NDArray[np.float32]:
        """Measure depth along the optical axis, float32, (height, width), [m]; NaN out of range."""
        camera = DepthRenderCamera(self._core(), DepthRange(NEAR, FAR))
        metres = np.array(
            query.RenderDepthImage(camera, self.frame, self.X_PC).data[..., 0], dtype=np.float32
        )
        metres[~np.isfinite(metres) | (metres <= 0.0)] = np.nan
        return metres

    def frame_at(self, query: QueryObject, time: float) -> CameraFrame:
        """Take a frame: picture, depth and pose of one moment."""
        return CameraFrame(
            camera=self.name,
            time=time,
            rgb=self.color(query),
            depth=self.depth(query),
            model=self.model,
            X_WC=query.GetPoseInWorld(self.frame) @ self.X_PC,
        )

    def _core(self) -> RenderCameraCore:
        m = self.model
        # The renderer counts from the picture's corner, half a pixel before the first one's centre.
        info = CameraInfo(
            width=m.width,
            height=m.height,
            focal_x=m.fx,
            focal_y=m.fy,
            center_x=m.cx + 0.5,
            center_y=m.cy + 0.5,
        )
        return RenderCameraCore(RENDERER, info, ClippingRange(0.02, 8.0), RigidTransform())
