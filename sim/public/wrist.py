"""How a hand under end-effector control, told a small move and turn in each step, follows a curve."""

import numpy as np
from pydrake.math import RollPitchYaw, RotationMatrix

from ...core.arrays import Float64
from .env import BodyState

STRIDE = 0.05
"""How far a step of 1 moves the hand's goal, [m] (robosuite's OSC_POSE, ``output_max``)."""
TURN = 0.5
"""How far a step of 1 turns it, [rad] (the same)."""

LEAD = 0.16
"""How far ahead of the curve the goal is set, [s]: about twice the time constant of the controller."""
TURNED = 0.4
"""Most of it that a step asks for: faster turns carry the hand away by centimetres."""
GAIN = 1.5
"""How much of what is missing is asked for in a step."""
SHARE, MOST = 0.15, 0.03
"""Share of what is missing that is added in each step of rest, and the most that is ever added, [m]."""
ARRIVED = (0.015, 0.15)
"""With what is left, [m] or [rad], and how slow, [m/s] or [rad/s], a motion has arrived."""


class WristDrive:
    """Turns where the hand should be into the benchmark's actions: 3 strides, 3 turns and an effort."""

    def __init__(self, period: float):
        """Drive a hand.

        Args:
            period: Time of a step, [s].
        """
        self.arrived = ARRIVED
        self._more = np.zeros(3)
        self._effort = -1.0

    def fingers(self, width: float, state: BodyState, widest: float) -> None:
        """Open or close the fingers: they know nothing between, and hold what they meet.

        Args:
            width: Opening asked for, [m].
            state: What is sensed now.
            widest: The largest opening, [m].
        """
        self._effort = -1.0 if width >= 0.5 * widest else 1.0

    def action(self, q: Float64, v: Float64, state: BodyState) -> Float64:
        """Give the action of one step.

        The controller pulls the hand toward its goal like a damped spring and so lags behind it: the
        goal is set further along the curve by as much.

        Args:
            q: Where the hand should be, x, y, z, yaw, pitch, roll, shape (6,), [m] and [rad].
            v: How fast, shape (6,), [m/s] and [rad/s].
            state: What is sensed now; the loop is closed on the measured pose.
        """
        ahead = q + LEAD * v
        short = q[:3] - state.q[:3]
        # What it stands short of its goal, by friction or by its posture, is made up for little by little.
        rests = float(np.abs(v).max()) < 1e-6
        self._more = np.clip(self._more + SHARE * short, -MOST, MOST) if rests else np.zeros(3)
        move = (LEAD * v[:3] + GAIN * short + self._more) / STRIDE
        turn = rotation(ahead).multiply(rotation(np.array(state.q)).inverse()).ToAngleAxis()
        return np.concatenate(
            [
                np.clip(move, -1.0, 1.0),
                np.clip(turn.angle() * turn.axis() / TURN, -TURNED, TURNED),
                [self._effort],
            ]
        )


def rotation(q: Float64) -> RotationMatrix:
    """Give the turn from a hand that points straight down to one at yaw, pitch and roll."""
    return RollPitchYaw(float(q[5]), float(q[4]), float(q[3])).ToRotationMatrix()
