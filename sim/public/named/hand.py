"""What a hand that is never turned can do: go along straight legs, close, open, wait; as house actions.

A plan is a generator: it yields actions of the skills' seam and is sent what is sensed after each.
"""

from itertools import pairwise

import numpy as np

from ....core.arrays import Float64
from ....core.trajectory import JointTrajectory
from ....robots.following import Limits
from ....robots.robot import MotionState, Observation
from ....skills.skill import Grip, Submit, Wait
from ..plans import Plan
from ..robot import ARM
from .scene import NamedScene, cloud_of

TIP = 0.045
"""From the hand's middle down to the fingertips, [m]."""
HALF_X, HALF_OPEN, HALF_SHUT = 0.015, 0.05, 0.016
"""Half sizes of the fingers along x, and along y when open and shut, [m]."""
ABOVE = 0.12
"""How far above the hand's middle its own arm is in the way as wide as the fingers, [m]."""
MARGIN = 0.008
CURVE = 0.006
"""How far within its limits the corners of a curve are, [m]."""
SPEED, BRAKE = 0.55, 4.5
OPEN, SHUT = 0.088, 0.018
FORCE = 100.0
DOWN = np.array([0.0, 0.0, -1.0])
UP = -DOWN


class Hand:
    """Where the hand is and what it can do; plans of its own for every move."""

    def __init__(self, observation: Observation, limits: Limits, scene: NamedScene):
        """Take over a hand.

        Args:
            observation: What is sensed now.
            limits: Where it can go.
            scene: What is in the way.
        """
        self.limits = limits
        self.seen = observation
        self.shut = self.width < 0.75 * OPEN
        self._obstacles = cloud_of(scene.bodies)
        self._obstacles = self._obstacles[self._obstacles[:, 2] > limits.lower[2] - TIP + 0.012]

    @property
    def q(self) -> Float64:
        """Where its middle is, shape (3,), [m]."""
        return np.array(self.seen.arms[ARM].q)

    @property
    def width(self) -> float:
        """How far the fingers are open, [m]."""
        return float(self.seen.arms[ARM].width or 0.0)

    def forget(self, box_lower: Float64, box_upper: Float64) -> None:
        """Take what lies in a box out of what is in the way: it is handled now."""
        p = self._obstacles
        inside = ((p > box_lower - 0.01) & (p < box_upper + 0.01)).all(axis=1)
        self._obstacles = p[~inside]

    def reachable(self, q: Float64) -> Float64:
        """Give the nearest place that the hand can go to, shape (3,), [m]."""
        return np.clip(q, self.limits.lower, self.limits.upper)

    def go(self, q: Float64, speed: float = SPEED) -> Plan:
        """Go straight to a place; ends where it is, or where something holds the hand."""
        start, goal = self.reachable(self.q), self.reachable(np.asarray(q, np.float64))
        if np.abs(goal - start).max() > 2e-3:
            self.seen = yield Submit(trajectory=leg(start, goal, min(speed, SPEED), self.limits.names))
        yield from self.settle()

    def along(self, points: list[Float64], speed: float = SPEED) -> Plan:
        """Go along the corners of a curve without a stop between them.

        Args:
            points: The corners, close to each other, shape (3,) each, [m].
            speed: The hand's speed, [m/s].
        """
        # Between the corners the curve swings a little out beyond them.
        inside = [np.clip(p, self.limits.lower + CURVE, self.limits.upper - CURVE) for p in points]
        corners = np.array([self.reachable(self.q), *inside])
        steps = np.linalg.norm(np.diff(corners, axis=0), axis=1)
        corners = corners[np.append(True, steps > 1e-3)]
        if len(corners) < 2:
            return
        times = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1) / speed))
        times[1:] += 0.06  # The first piece begins at rest, the last one ends there.
        times[-1] += 0.06
        v = np.gradient(corners, times, axis=0)
        v[0] = v[-1] = 0.0
        limit = float(np.abs(v).max() / SPEED)
        if limit > 1.0:
            times, v = times * limit, v / limit
        self.seen = yield Submit(
            trajectory=JointTrajectory(
                arm=ARM, joint_names=self.limits.names, times=1.1 * times, q=corners, v=v / 1.1
            )
        )
        yield from self.settle()

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
        self.shut = True
        self.seen = yield Grip(arm=ARM, width=SHUT, force=FORCE)
        yield from self.settle()

    def open(self) -> Plan:
        """Open the fingers."""
        self.shut = False
        self.seen = yield Grip(arm=ARM, width=OPEN, force=FORCE)
        yield from self.settle()

    def start_grip(self, shut: bool) -> Plan:
        """Begin to open or close, and go on at once."""
        if shut != self.shut:
            self.shut = shut
            self.seen = yield Grip(arm=ARM, width=SHUT if shut else OPEN, force=FORCE)

    def route(self, q: Float64, load: tuple[Float64, Float64] | None = None) -> Plan:
        """Go to a place round what is in the way; straight where nothing is found round it.

        Args:
            q: The place, shape (3,), [m].
            load: Bounds of what the hand holds, from its middle, shape (3,) each, [m].
        """
        for point in self.way(self.q, self.reachable(q), load):
            yield from self.go(point)

    def way(
        self, start: Float64, goal: Float64, load: tuple[Float64, Float64] | None = None
    ) -> list[Float64]:
        """Give the corners of a free way, the goal last."""
        if self.free(start, goal, load):
            return [goal]
        ways = [[np.append(start[:2], z), np.append(goal[:2], z), goal] for z in self._levels(start, goal)]
        for off in (np.array([0.0, -0.15, 0.0]), np.array([0.12, 0.0, 0.0]), np.array([-0.12, 0.0, 0.0])):
            before = self.reachable(goal + off)
            ways += [
                [np.append(start[:2], z), np.append(before[:2], z), before, goal]
                for z in self._levels(start, before)
            ]
            ways.append([before, goal])
        ways.sort(key=lambda way: self._length(start, way))
        for way in ways:
            points = [start, *way]
            if all(self.free(a, b, load) for a, b in pairwise(points)):
                return way
        return min(ways, key=lambda way: self._bumps(start, way, load))

    def _levels(self, start: Float64, goal: Float64) -> list[float]:
        low = max(start[2], goal[2])
        return [float(z) for z in np.arange(low, self.limits.upper[2] + 0.02, 0.04)] or [low]

    def _length(self, start: Float64, way: list[Float64]) -> float:
        points = np.array([start, *way])
        return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum() + 0.05 * len(way))

    def _bumps(
        self, start: Float64, way: list[Float64], load: tuple[Float64, Float64] | None = None
    ) -> float:
        points = [start, *way]
        return float(sum(not self.free(a, b, load) for a, b in pairwise(points)))

    def between(self, at: Float64, room: float, own_lower: Float64, own_upper: Float64) -> float:
        """Give how far along y to move the open fingers so that they come down beside nothing else, [m].

        Args:
            at: Where the hand goes, shape (3,), [m].
            room: How far at the most, [m].
            own_lower: Least coordinates of what is grasped, which is between the fingers, shape (3,), [m].
            own_upper: Largest coordinates of it, shape (3,), [m].
        """
        p = self._obstacles
        p = p[~((p > own_lower - 0.006) & (p < own_upper + 0.006)).all(axis=1)]
        p = p[(np.abs(p[:, 0] - at[0]) < HALF_X + MARGIN) & (p[:, 2] > at[2] - TIP)]

        def met(shift: float) -> int:
            off = np.abs(p[:, 1] - at[1] - shift)
            return int(((off > OPEN / 2.0 - 0.004) & (off < HALF_OPEN + MARGIN)).sum())

        shifts = np.linspace(-1.0, 1.0, 9) * max(room, 0.0)
        return float(min(shifts, key=lambda shift: (max(met(shift), 2), abs(shift))))

    def free(self, a: Float64, b: Float64, load: tuple[Float64, Float64] | None = None) -> bool:
        """Tell whether the hand can go straight from one place to another."""
        half_y = (HALF_SHUT if self.shut else HALF_OPEN) + MARGIN
        lower = np.array([-HALF_X - MARGIN, -half_y, -TIP - 0.002])
        upper = np.array([HALF_X + MARGIN, half_y, ABOVE])
        near = self._obstacles
        low, high = np.minimum(a, b) - 0.2, np.maximum(a, b) + 0.2
        near = near[((near > low) & (near < high)).all(axis=1)]
        boxes = [(lower, upper), *([load] if load is not None else [])]
        if not len(near):
            return True
        for share in np.linspace(0.0, 1.0, max(2, int(np.linalg.norm(b - a) / 0.012) + 1)):
            p = near - (a + share * (b - a))
            if any(((p > lo) & (p < hi)).all(axis=1).sum() > 2 for lo, hi in boxes):
                return False
        return True


def leg(start: Float64, goal: Float64, speed: float, names: tuple[str, ...]) -> JointTrajectory:
    """Give the quickest straight motion from rest to rest.

    Args:
        start: Where it begins, shape (3,), [m].
        goal: Where it ends, shape (3,), [m].
        speed: Largest speed, [m/s].
        names: The joints' names.
    """
    length = float(np.linalg.norm(goal - start))
    u = (goal - start) / length
    speed = min(speed, float(np.sqrt(length * BRAKE)))
    ramp, cruise = speed / BRAKE, (length - speed * speed / BRAKE) / speed
    times, way, speeds = [0.0, ramp], [0.0, speed * ramp / 2.0], [0.0, speed]
    if cruise > 1e-3:
        times, way, speeds = [*times, ramp + cruise], [*way, length - speed * ramp / 2.0], [*speeds, speed]
    times, way, speeds = [*times, times[-1] + ramp], [*way, length], [*speeds, 0.0]
    return JointTrajectory(
        arm=ARM,
        joint_names=names,
        times=np.array(times),
        q=start + np.outer(way, u),
        v=np.outer(speeds, u),
    )
