"""What a turning hand can do: go along straight legs, close, open, wait; as house actions."""

import numpy as np

from ....core.arrays import Float64
from ....core.trajectory import JointTrajectory
from ....robots.following import Limits
from ....robots.robot import MotionState, Observation
from ....skills.skill import Grip, Submit, Wait
from ..plans import Plan
from ..robot import ARM

SPEED, BRAKE = 0.25, 1.6
"""Largest speed and acceleration of the grip point, [m/s] and [m/s^2]."""
TURNING, TURN_BRAKE = 0.9, 3.0
"""Largest speed and acceleration of a turn, [rad/s] and [rad/s^2]."""
OPEN, SHUT = 0.08, 0.0
WIDE = 0.075
"""Opening from which on the fingers are open, [m]."""
FORCE = 70.0
UP = np.array([0.0, 0.0, 1.0])
GOOD = 0.002
"""What is so near need not be gone to, [m]."""
EXACT, CREEP = 0.003, 0.0008
"""So near a goal the hand is there, and by so much a step it is still on its way, [m]."""
SHORT, ANEW, STUCK = 0.015, 4, 0.01
"""A way that ends so far from its goal is gone on with, so often, while each time brings so much, [m]."""


class Hand:
    """Where the hand is and what it can do."""

    def __init__(self, observation: Observation, limits: Limits):
        """Take over a hand.

        Args:
            observation: What is sensed now.
            limits: Where it can go.
        """
        self.limits = limits
        self.seen = observation

    @property
    def q(self) -> Float64:
        """Its pose: x, y, z, yaw, pitch, roll, shape (6,), [m] and [rad]."""
        return np.array(self.seen.arms[ARM].q)

    @property
    def p_W(self) -> Float64:
        """Where its grip point is, shape (3,), [m]."""
        return self.q[:3]

    @property
    def width(self) -> float:
        """How far the fingers are open, [m]."""
        return float(self.seen.arms[ARM].width or 0.0)

    def nearest(self, yaw: float) -> float:
        """Give the turn that puts the fingers as a yaw does and is nearest to now, [rad]."""
        options = [yaw + np.pi * k for k in (-2, -1, 0, 1, 2)]
        options = [one for one in options if self.limits.lower[3] <= one <= self.limits.upper[3]]
        return float(min(options, key=lambda one: abs(one - self.q[3]) + 0.2 * abs(one)))

    def go(
        self,
        p_W: Float64,
        yaw: float | None = None,
        tilt: tuple[float, float] = (0.0, 0.0),
        speed: float = SPEED,
        anew: bool = True,
    ) -> Plan:
        """Go straight to a place; ends where it is, or where something holds the hand.

        Args:
            p_W: Where the grip point goes, shape (3,), [m].
            yaw: How the hand is turned, [rad]; as it is where None.
            tilt: Pitch and roll, [rad].
            speed: Largest speed, [m/s].
            anew: Whether a way that an arm could not follow is gone on with; not where the hand presses.
        """
        left = np.inf
        for number in range(ANEW if anew else 1):
            start = np.clip(self.q, self.limits.lower, self.limits.upper)
            goal = np.array([*p_W, start[3] if yaw is None else yaw, *tilt])
            goal = np.clip(goal, self.limits.lower, self.limits.upper)
            far = np.abs(goal - start)
            if far[:3].max() > GOOD or far[3:].max() > 0.02:
                trajectory = leg(start, goal, speed * 0.8**number, self.limits.names)
                self.seen = yield Submit(trajectory=trajectory)
            yield from self.settle()
            yield from self._creep(goal[:3])
            before, left = left, float(np.linalg.norm(goal[:3] - self.p_W))
            if left < SHORT or left > before - STUCK:
                return

    def _creep(self, p_W: Float64) -> Plan:
        """Wait while the hand still comes nearer to where it should be."""
        left = float(np.linalg.norm(p_W - self.p_W))
        while left > EXACT:
            self.seen = yield Wait()
            before, left = left, float(np.linalg.norm(p_W - self.p_W))
            if left > before - CREEP:
                return

    def settle(self) -> Plan:
        """Wait until nothing moves."""
        self.seen = yield Wait()
        while MotionState.RUNNING in self.seen.motions.values():
            self.seen = yield Wait()

    def wait(self, steps: int) -> Plan:
        """Let some steps pass."""
        for _ in range(steps):
            self.seen = yield Wait()

    def close(self) -> Plan:
        """Close the fingers on what is between them."""
        self.seen = yield Grip(arm=ARM, width=SHUT, force=FORCE)
        yield from self.settle()

    def start_open(self) -> Plan:
        """Begin to open the fingers, and go on at once."""
        if self.width < WIDE:
            self.seen = yield Grip(arm=ARM, width=OPEN, force=FORCE)

    def open(self) -> Plan:
        """Open the fingers."""
        self.seen = yield Grip(arm=ARM, width=OPEN, force=FORCE)
        yield from self.settle()


def leg(start: Float64, goal: Float64, speed: float, names: tuple[str, ...]) -> JointTrajectory:
    """Give the quickest straight motion from rest to rest.

    Args:
        start: Where it begins, shape (6,), [m] and [rad].
        goal: Where it ends, shape (6,), [m] and [rad].
        speed: Largest speed of the grip point, [m/s].
        names: The joints' names.
    """
    way = goal - start
    far, round_ = float(np.linalg.norm(way[:3])), float(np.abs(way[3:]).max())
    ramp = max(speed / BRAKE, TURNING / TURN_BRAKE if round_ > 1e-3 else 0.0)
    cruise = max(far / speed, round_ / TURNING)
    # A short way is gone with less than full speed: up and down again.
    peak_time = max(np.sqrt(far / BRAKE), np.sqrt(round_ / TURN_BRAKE), cruise)
    if cruise <= ramp:
        times = np.array([0.0, peak_time, 2.0 * peak_time])
        shares, rates = np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0 / peak_time, 0.0])
    else:
        times = np.array([0.0, ramp, cruise, cruise + ramp])
        edge = ramp / 2.0 / cruise
        shares, rates = (
            np.array([0.0, edge, 1.0 - edge, 1.0]),
            np.array([0.0, 1.0 / cruise, 1.0 / cruise, 0.0]),
        )
    return JointTrajectory(
        arm="arm",
        joint_names=names,
        times=times,
        q=start + np.outer(shares, way),
        v=np.outer(rates, way),
    )
