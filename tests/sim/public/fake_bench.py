"""A benchmark of boxes behind the real connection: a button on a housing, and a mark in the air.

Run as a benchmark's process is: by a Python with numpy and msgpack, ``benchside`` on its path.
"""

import numpy as np
from benchside.frames import Refused
from benchside.host import main

PERIOD, HORIZON = 0.0125, 300
WIDTH, HEIGHT, FOCAL = 96, 72, 80.0
HALF_Y, TIP = 0.016, 0.045
BUTTON = "press_it"
REACH = "go_there"


class FakeBench:
    """Boxes that rays meet, and a hand that goes where it is told."""

    def __init__(self):
        self._task, self._steps, self._done = "", 0, False
        self._q, self._v, self._effort = np.array([0.0, 0.5, 0.2]), np.zeros(3), -1.0
        self._pressed, self._at = 0.0, np.zeros(3)

    def tasks(self):
        return [BUTTON, REACH]

    def reset(self, task, seed):
        rng = np.random.default_rng(seed)
        self.__init__()
        self._task = task
        self._at = np.array([rng.uniform(-0.1, 0.1), 0.75, 0.12])

    def info(self):
        return {
            "model": "metaworld_hand",
            "cameras": ["front", "above"],
            "period": PERIOD,
            "horizon": HORIZON,
            "action_size": 4,
            "lower": np.array([-0.5, 0.4, 0.05]),
            "upper": np.array([0.5, 1.0, 0.5]),
        }

    def state(self):
        return {
            "time": self._steps * PERIOD,
            "q": self._q,
            "v": self._v,
            "width": 0.088 if self._effort < 0.0 else 0.018,
            "force": None,
            "over": self._steps >= HORIZON,
        }

    def act(self, action):
        if self._steps >= HORIZON:
            raise Refused("the episode is over")
        step = 0.01 * np.clip(action[:3], -1.0, 1.0)
        self._q, self._v, self._effort = self._q + step, step / PERIOD, float(action[3])
        self._steps += 1
        tip = self._q - [0.0, 0.0, TIP]
        if self._task == REACH:
            self._done |= bool(np.linalg.norm(tip - self._at) < 0.03)
            return
        beside = abs(self._q[0] - self._at[0]) < 0.04 and tip[2] < self._at[2] + 0.03
        front = self._at[1] + self._pressed
        if beside and self._q[1] + HALF_Y > front:
            self._pressed = min(0.06, self._q[1] + HALF_Y - self._at[1])
        self._done |= self._pressed > 0.05

    def success(self):
        return self._done

    def truth(self):
        return {"button": self._at}

    def boxes(self):
        """Names and bounds of what can be seen."""
        if self._task == REACH:
            return [("site:goal", self._at - 0.015, self._at + 0.015)]
        x, y, z = self._at
        return [
            ("box/housing/shell", np.array([x - 0.1, y + 0.08, 0.0]), np.array([x + 0.1, y + 0.2, 0.22])),
            (
                "box/housing/button/btnGeom",
                np.array([x - 0.03, y + self._pressed, z - 0.03]),
                np.array([x + 0.03, y + 0.08, z + 0.03]),
            ),
        ]

    def look(self, camera, names):
        p_WC = np.array([0.0, 0.1, 0.35]) if camera == "front" else np.array([0.0, 0.4, 0.9])
        z = np.array([0.0, 0.75, 0.1]) - p_WC
        z /= np.linalg.norm(z)
        R_WC = np.column_stack([[1.0, 0.0, 0.0], np.cross(z, [1.0, 0.0, 0.0]), z])
        u, v = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
        rays = np.stack([(u - 47.5) / FOCAL, (v - 35.5) / FOCAL, np.ones(u.shape)], axis=-1) @ R_WC.T
        depth, labels = np.full(u.shape, np.inf), np.zeros(u.shape, np.uint8)
        for number, (_, low, high) in enumerate(self.boxes(), 1):
            with np.errstate(divide="ignore", invalid="ignore"):
                a, b = (low - p_WC) / rays, (high - p_WC) / rays
            near, far = np.minimum(a, b).max(axis=-1), np.maximum(a, b).min(axis=-1)
            hit = (near < far) & (near > 0.0) & (near < depth)
            depth[hit], labels[hit] = near[hit], number
        frame = {
            "camera": camera,
            "time": self._steps * PERIOD,
            "rgb": np.repeat((labels * 90)[..., None], 3, axis=2).astype(np.uint8),
            "depth": np.where(np.isfinite(depth), depth, np.nan).astype(np.float32),
            "size": [WIDTH, HEIGHT],
            "lens": [FOCAL, FOCAL, 47.5, 35.5],
            "X_WC": np.column_stack([R_WC, p_WC]),
        }
        if names:
            frame |= {"labels": labels, "names": [name for name, _, _ in self.boxes()]}
        return frame


if __name__ == "__main__":
    main(FakeBench)
