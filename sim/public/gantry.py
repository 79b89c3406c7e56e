"""How a hand without rotation, told how far to move in each step, follows a curve and moves its fingers."""

import numpy as np

from ...core.arrays import Float64
from ...robots.following import ARRIVED, ARRIVED_SPEED
from .env import BodyState

STRIDE = 0.01
"""How far a step of 1 moves the hand's goal, [m]."""
GAIN = 10.0
"""Share of a stride per metre missing, times the stride: 1 cm missing asks for a tenth of a stride more."""


class GantryDrive:
    """Turns where the hand should be into the benchmark's actions: 3 strides and an effort."""

    def __init__(self, period: float):
        """Drive a hand.

        Args:
            period: Time of a step, [s].
        """
        self.arrived = (ARRIVED, ARRIVED_SPEED)
        self._period = period
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

        Args:
            q: Where the hand should be, shape (3,), [m].
            v: How fast, shape (3,), [m/s].
            state: What is sensed now; the loop is closed on the measured position.
        """
        strides = (v * self._period + GAIN * self._period * (q - state.q)) / STRIDE
        return np.append(np.clip(strides, -1.0, 1.0), self._effort)
