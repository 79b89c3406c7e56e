"""Following trajectories: what a motion has to be to start, to be joined, to brake."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from ..core.arrays import Float64
from ..core.errors import RobotError
from ..core.trajectory import JointTrajectory
from .robot import MotionState, Trail

START_TOLERANCE = 0.02  # Largest distance of a trajectory's start from where the arm is, [rad].
JOIN_TOLERANCE = 0.01  # Largest step in position where trajectories join, [rad].
JOIN_SPEED_TOLERANCE = 0.05  # Largest step in velocity there, [rad/s].
REST_SPEED = 0.05  # Fastest that counts as standing at a start, [rad/s].
EPSILON = 1e-9  # Rounding of times, [s].
LOST = 0.15  # An arm this far from its curve has been blocked; it gives way, [rad].
ARRIVED = 0.01  # Largest error that counts as arrived, [rad].
ARRIVED_SPEED = 0.05  # Fastest that counts as arrived, [rad/s].
PATIENCE = 0.5  # Time after the end of a curve for the arm to arrive, [s].
LONGEST = 600.0  # Longest trajectory, [s]; what takes longer is a mistake in units.
TRAIL = 4096  # Most samples that are kept of where an arm was: ten seconds at 400 a second.
SLACK = 1e-3  # Room for rounding at limits, [rad] and, in shares, for speeds.


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an arm's joints can do.

    Attributes:
        names: Joint names, in the order of every vector.
        lower: Least positions, shape (n,), [rad].
        upper: Largest positions, shape (n,), [rad].
        speed: Largest speeds, shape (n,), [rad/s].
        acceleration: Largest accelerations, which a stop brakes with, shape (n,), [rad/s^2].
    """

    names: tuple[str, ...]
    lower: Float64
    upper: Float64
    speed: Float64
    acceleration: Float64


class Segment:
    """A trajectory placed in time."""

    def __init__(self, trajectory: JointTrajectory, start: float):
        """Place a trajectory.

        Args:
            trajectory: The curve.
            start: Robot time of its first knot, [s].
        """
        self.start = start
        self.end = start + trajectory.duration
        self._trajectory = trajectory

    def at(self, time: float) -> tuple[Float64, Float64]:
        """Give position and velocity at a robot time; it stands still after its end."""
        return self._trajectory.at(max(0.0, time - self.start))


def check_limits(trajectory: JointTrajectory, limits: Limits) -> None:
    """Refuse a trajectory for other joints, beyond their limits, or of absurd length.

    Raises:
        RobotError: With the joint, the value and the limit.
    """
    if trajectory.duration > LONGEST:
        raise RobotError(
            f"the trajectory takes {trajectory.duration:.6g} s; at most {LONGEST:.0f} s are followed at once"
        )
    if trajectory.joint_names != limits.names:
        raise RobotError(
            f"the trajectory names the joints {', '.join(trajectory.joint_names)}; "
            f"{trajectory.arm!r} has {', '.join(limits.names)}, in this order"
        )
    times, q = trajectory.sampled(0.005)
    v = trajectory.at(times)[1]
    for values, low, high, what, unit in (
        (q, limits.lower - SLACK, limits.upper + SLACK, "position", "rad"),
        (v, -limits.speed * (1 + SLACK), limits.speed * (1 + SLACK), "speed", "rad/s"),
    ):
        outside = (values < low) | (values > high)
        if outside.any():
            row, joint = np.argwhere(outside)[0]
            raise RobotError(
                f"{what} of {limits.names[joint]} is {values[row, joint]:.3f} {unit} at "
                f"{times[row]:.2f} s; its limits are {low[joint]:.3f} to {high[joint]:.3f} {unit}"
            )


def check_start(trajectory: JointTrajectory, q: Float64) -> None:
    """Refuse a trajectory that does not start at rest where the arm is.

    Args:
        trajectory: What is to be started.
        q: Where the arm is, shape (n,), [rad].

    Raises:
        RobotError: With the joint and how far off it is.
    """
    off = np.abs(trajectory.q[0] - q)
    if off.max() > START_TOLERANCE:
        worst = int(off.argmax())
        raise RobotError(
            f"the trajectory starts {off[worst]:.3f} rad away from where {trajectory.joint_names[worst]} is "
            f"({q[worst]:.3f} rad); it may start at most {START_TOLERANCE} rad away: plan it from the "
            "latest observation"
        )
    if np.abs(trajectory.v[0]).max() > REST_SPEED:
        raise RobotError(
            "the trajectory starts in motion, but the arm is at rest: start it with zero velocity"
        )


def check_join(trajectory: JointTrajectory, q: Float64, v: Float64) -> None:
    """Refuse a trajectory that does not join position and velocity of the running one.

    Args:
        trajectory: What is to take over.
        q: Position of the running curve at the joint, shape (n,), [rad].
        v: Its velocity there, shape (n,), [rad/s].

    Raises:
        RobotError: With the size of the step.
    """
    step, jump = np.abs(trajectory.q[0] - q).max(), np.abs(trajectory.v[0] - v).max()
    if step > JOIN_TOLERANCE or jump > JOIN_SPEED_TOLERANCE:
        raise RobotError(
            f"the new trajectory does not join the running one: it is off by {step:.3f} rad and "
            f"{jump:.3f} rad/s; allowed are {JOIN_TOLERANCE} rad and {JOIN_SPEED_TOLERANCE} rad/s"
        )


def braking(arm: str, limits: Limits, q: Float64, v: Float64) -> JointTrajectory:
    """Give the shortest straight way to rest: every joint decelerates evenly, all end together.

    Args:
        arm: The arm's name.
        limits: Its limits.
        q: Position now, shape (n,), [rad].
        v: Velocity now, shape (n,), [rad/s].
    """
    duration = max(0.01, float((np.abs(v) / limits.acceleration).max()))
    end = np.clip(q + v * duration / 2.0, limits.lower, limits.upper)
    return JointTrajectory(
        arm=arm,
        joint_names=limits.names,
        times=np.array([0.0, duration]),
        q=np.stack([q, end]),
        v=np.stack([v, np.zeros_like(v)]),
    )


class MotionLedger:
    """Numbers and states of a robot's motions, and where its arms were in them; each is reported once."""

    def __init__(self) -> None:
        """Start with none."""
        self._states: dict[int, MotionState] = {}
        self._count = 0
        self._trails: dict[str, deque[tuple[float, Float64]]] = {}

    def open(self) -> int:
        """Give a new running motion its number."""
        self._count += 1
        self._states[self._count] = MotionState.RUNNING
        return self._count

    def end(self, number: int | None, state: MotionState) -> None:
        """Note how a motion ended, unless it had ended before."""
        if number is not None and self._states.get(number) is MotionState.RUNNING:
            self._states[number] = state

    def report(self) -> dict[int, MotionState]:
        """Give all motions not reported as ended yet, and forget those that have ended."""
        report = dict(self._states)
        self._states = {n: s for n, s in report.items() if s is MotionState.RUNNING}
        return report

    def note(self, arm: str, time: float, q: Float64) -> None:
        """Keep where an arm was at a robot time, [s]; of too many the oldest are forgotten."""
        self._trails.setdefault(arm, deque(maxlen=TRAIL)).append((time, np.array(q)))

    def trails(self) -> dict[str, Trail]:
        """Give where every arm that moved was since this was asked last, and forget it."""
        noted, self._trails = self._trails, {}
        return {
            arm: Trail(times=np.array([time for time, _ in trail]), q=np.array([q for _, q in trail]))
            for arm, trail in noted.items()
        }


class Follower:
    """Where an arm should be at every moment, and how its motions fare."""

    def __init__(
        self,
        arm: str,
        limits: Limits,
        q: Float64,
        ledger: MotionLedger,
        arrived: tuple[float, float] = (ARRIVED, ARRIVED_SPEED),
    ):
        """Stand at a position.

        Args:
            arm: The arm's name.
            limits: What its joints can do.
            q: Where it stands, shape (n,), [rad].
            ledger: Keeps the motions' states.
            arrived: Largest error and speed with which a motion has arrived, [rad] and [rad/s].
        """
        self.arm = arm
        self._arrived, self._slow = arrived
        self.limits = limits
        self._ledger = ledger
        self._number: int | None = None
        self._rest = q.copy()
        self._segments: list[Segment] = []

    @property
    def moving(self) -> bool:
        """Whether a motion, or the braking after one, is under way."""
        return bool(self._segments)

    def target(self, time: float) -> tuple[Float64, Float64]:
        """Give the position and velocity to have at a robot time, each shape (n,)."""
        for segment in reversed(self._segments):
            if segment.start <= time + EPSILON:
                return segment.at(time)
        return self._rest, np.zeros_like(self._rest)

    def execute(self, trajectory: JointTrajectory, time: float, q: Float64) -> int:
        """Start a motion from rest.

        Args:
            trajectory: The curve.
            time: Robot time now, [s].
            q: Measured position, shape (n,), [rad].

        Returns:
            Number of the motion.

        Raises:
            RobotError: If the arm is moving, the start is elsewhere or a limit is broken.
        """
        if self.moving:
            raise RobotError(f"{self.arm!r} is moving; wait for its end, replace the motion, or stop")
        check_limits(trajectory, self.limits)
        check_start(trajectory, q)
        self._segments = [Segment(trajectory, time)]
        self._number = self._ledger.open()
        return self._number

    def replace(self, number: int, trajectory: JointTrajectory, at: float, time: float) -> int:
        """Join another trajectory onto the running motion.

        Args:
            number: Number of the running motion.
            trajectory: What takes over.
            at: Robot time of the joint, from now to the end of what runs, [s].
            time: Robot time now, [s].

        Returns:
            Number of the motion that takes over; the old one has ended as stopped.

        Raises:
            RobotError: If that motion is not running, the joint is in the past, after the end of what runs
                or does not agree, or a limit is broken; what runs then goes on unchanged.
        """
        if self._number != number or not self.moving:
            raise RobotError(f"motion {number} is not running on {self.arm!r}; nothing to replace")
        if not at >= time - EPSILON:
            raise RobotError(f"the joint at {at:.3f} s lies in the past: it is {time:.3f} s")
        end = self._segments[-1].end
        if at > end + EPSILON:
            raise RobotError(
                f"the joint at {at:.3f} s comes after the running motion's end at {end:.3f} s; "
                "join it earlier, or start it when the motion has ended"
            )
        if trajectory.arm != self.arm:
            raise RobotError(f"the trajectory is for {trajectory.arm!r}; motion {number} moves {self.arm!r}")
        check_limits(trajectory, self.limits)
        check_join(trajectory, *self.target(at))
        kept = [segment for segment in self._segments if segment.start < at]
        self._segments = [*kept, Segment(trajectory, at)]
        self._ledger.end(number, MotionState.STOPPED)
        self._number = self._ledger.open()
        return self._number

    def stop(self, time: float) -> None:
        """Brake to rest; what ran has ended as stopped."""
        if self._number is None:
            return
        curve = braking(self.arm, self.limits, *self.target(time))
        self._ledger.end(self._number, MotionState.STOPPED)
        self._number = None
        self._segments = [Segment(curve, time)]

    def update(self, time: float, q: Float64, v: Float64) -> None:
        """Tell where the arm really is, so that motions can end.

        Args:
            time: Robot time, [s].
            q: Measured position, shape (n,), [rad].
            v: Measured velocity, shape (n,), [rad/s].
        """
        if not self._segments:
            return
        self._ledger.note(self.arm, time, q)
        target, _ = self.target(time)
        error = float(np.abs(q - target).max())
        if error > LOST:
            self._settle(np.clip(q, self.limits.lower, self.limits.upper), MotionState.FAILED)
            return
        last = self._segments[-1]
        still = float(np.abs(v).max()) < self._slow
        if self._number is None and still and error >= self._arrived:
            # What it touches keeps it from where its braking would end: it has come to rest here.
            self._settle(np.clip(q, self.limits.lower, self.limits.upper), MotionState.STOPPED)
            return
        if time < last.end - EPSILON:
            return
        arrived = error < self._arrived and still
        if arrived or time > last.end + PATIENCE:
            self._settle(target, MotionState.DONE if arrived else MotionState.FAILED)

    def _settle(self, q: Float64, state: MotionState) -> None:
        self._rest = np.array(q)
        self._segments = []
        self._ledger.end(self._number, state)
        self._number = None
