"""A table of boxes with names and a hand that goes where it is told: no physics but what fingers hold."""

import numpy as np
from handsel.core.camera import CameraFrame, CameraModel
from handsel.sim.public.env import BodyInfo, BodyLook, BodyState, NamedPixels
from handsel.sim.public.wrist import STRIDE, TURN, rotation
from pydrake.math import RigidTransform, RollPitchYaw, RotationMatrix
from scipy.spatial.transform import Rotation

PERIOD, HORIZON = 0.05, 600
MODEL = CameraModel(width=160, height=160, fx=200.0, fy=200.0, cx=79.5, cy=79.5)
CAMERAS = {"front": np.array([0.75, 0.0, 0.55]), "above": np.array([0.001, 0.0, 0.9])}
LOWER = np.array([-0.4, -0.4, 0.005, -2.6, -1.6, -1.6])
UPPER = np.array([0.4, 0.4, 0.5, 2.6, 1.6, 1.6])


class TableWorld:
    """Boxes that rays meet; what is between closing fingers goes along with them and falls when let go.

    Args:
        boxes: Name, colour, middle and full size of each, [m].
    """

    def __init__(self, boxes):
        self.boxes = {
            name: [np.array(color, np.uint8), np.array(p, float), np.array(size, float)]
            for name, color, p, size in boxes
        }
        self.q = np.array([-0.3, 0.0, 0.35, 0.0, 0.0, 0.0])
        self.v, self.width, self.steps, self.held = np.zeros(6), 0.08, 0, ""

    def info(self):
        return BodyInfo(
            model="free_hand", cameras=tuple(CAMERAS), period=PERIOD, horizon=HORIZON, action_size=7,
            lower=LOWER, upper=UPPER,
        )  # fmt: skip

    def act(self, action):
        before = self.q.copy()
        self.q[:3] += 0.6 * STRIDE * action[:3]
        angle = float(np.linalg.norm(action[3:6]))
        if angle > 1e-9:
            turn = Rotation.from_rotvec(0.6 * TURN * action[3:6]).as_matrix()
            rpy = RollPitchYaw(RotationMatrix.ProjectToRotationMatrix(turn).multiply(rotation(self.q)))
            self.q[3:] = [rpy.yaw_angle(), rpy.pitch_angle(), rpy.roll_angle()]
        moved = self.q[:3] - before[:3]
        if self.held:
            self.boxes[self.held][1] += moved
        self._fingers(float(action[6]))
        self.v = (self.q - before) / PERIOD
        self.steps += 1
        return self.observe().state

    def _fingers(self, effort):
        thick = self.boxes[self.held][2][1] if self.held else 0.0
        if effort > 0.0 and not self.held:
            for name, (_, p, size) in self.boxes.items():
                inside = np.abs(self.q[:3] - p) < size / 2.0 + [0.0, 0.0, 0.004]
                if inside.all() and size[1] < 0.08 and self.width <= size[1] + 0.02:
                    self.held, thick = name, size[1]
        if effort < 0.0 and self.held:
            self._drop(self.held)
            self.held = ""
        goal = 0.08 if effort < 0.0 else thick
        self.width += float(np.clip(goal - self.width, -0.02, 0.02))

    def _drop(self, name):
        _, p, size = self.boxes[name]
        tops = [
            at[2] + other[2] / 2.0
            for one, (_, at, other) in self.boxes.items()
            if one not in (name, "table/top")
            and (np.abs(at - p)[:2] < other[:2] / 2.0).all()
            and at[2] < p[2]
        ]
        p[2] = max([0.0, *tops]) + size[2] / 2.0

    def observe(self, cameras=(), *, names=False, truth=False):
        state = BodyState(
            time=self.steps * PERIOD, q=self.q, v=self.v, width=self.width, force=None,
            over=self.steps >= HORIZON,
        )  # fmt: skip
        looks = [self._look(camera) for camera in cameras]
        return BodyLook(
            state=state,
            frames=tuple(frame for frame, _ in looks),
            named=tuple(named for _, named in looks) if names else (),
        )

    def _look(self, camera):
        p_WC = CAMERAS[camera]
        z = -p_WC / np.linalg.norm(p_WC)
        x = np.cross(z, [0.0, 0.0, 1.0])
        x /= np.linalg.norm(x)
        X_WC = RigidTransform(RotationMatrix(np.column_stack([x, np.cross(z, x), z])), p_WC)
        rays = MODEL.rays() @ X_WC.rotation().matrix().T
        depth, labels = np.full(rays.shape[:2], np.inf), np.zeros(rays.shape[:2], np.uint8)
        rgb = np.zeros((*labels.shape, 3), np.uint8)
        for number, (color, p, size) in enumerate(self.boxes.values(), 1):
            with np.errstate(divide="ignore", invalid="ignore"):
                a, b = (p - size / 2.0 - p_WC) / rays, (p + size / 2.0 - p_WC) / rays
            near, far = np.minimum(a, b).max(axis=-1), np.maximum(a, b).min(axis=-1)
            hit = (near < far) & (near > 0.0) & (near < depth)
            depth[hit], labels[hit], rgb[hit] = near[hit], number, color
        depth = np.where(np.isfinite(depth), depth, np.nan).astype(np.float32)
        frame = CameraFrame(
            camera=camera, time=self.steps * PERIOD, rgb=rgb, depth=depth, model=MODEL, X_WC=X_WC
        )
        return frame, NamedPixels(camera=camera, labels=labels, names=tuple(self.boxes))
