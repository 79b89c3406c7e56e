"""The seam behind which every robot stands: simulated, faked or real.

Time comes from the robot. ``advance`` lets it pass: a lock-step world computes
that much of its future, a robot paced by the wall waits for it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from pydrake.math import RigidTransform

from ..core.arrays import Float64, frozen
from ..core.camera import CameraFrame
from ..core.trajectory import JointTrajectory


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmInfo:
    """What is known of an arm before it moves.

    Attributes:
        name: The arm's name: ``arm`` where there is one, ``left`` and ``right`` where there are two.
        model: Name or path of the robot model, as ``robots.models.load_model`` takes it.
        X_WR: Pose of the arm's base in the world.
        joint_names: Names of the arm's joints, in the order of every vector.
        has_gripper: Whether a gripper of the arm's name exists.
    """

    name: str
    model: str
    X_WR: RigidTransform
    joint_names: tuple[str, ...]
    has_gripper: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotInfo:
    """What a robot is made of.

    Attributes:
        name: The robot's registered name.
        arms: Its arms.
        cameras: Names of its cameras.
        simulated: True where no real thing moves.
        lockstep: True where time passes only in ``advance``.
    """

    name: str
    arms: tuple[ArmInfo, ...]
    cameras: tuple[str, ...]
    simulated: bool
    lockstep: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmState:
    """Joint state of one arm and its gripper.

    Attributes:
        q: Joint positions, shape (n,), [rad].
        v: Joint velocities, shape (n,), [rad/s].
        width: Opening between the fingertips, [m]; None without a gripper.
        grip_force: Force that the fingers feel, [N]; None where it is not measured.
    """

    q: Float64
    v: Float64
    width: float | None = None
    grip_force: float | None = None


class MotionState(StrEnum):
    """Where a motion is in its life."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Where an arm was while it moved, sensed at the robot's own rate.

    Attributes:
        times: Robot times, increasing, shape (T,), [s].
        q: Joint positions, shape (T, n), [rad].
    """

    times: Float64
    q: Float64

    def __post_init__(self) -> None:
        """Check the shapes; hold read-only copies."""
        object.__setattr__(self, "times", frozen(self.times, (None,)))
        object.__setattr__(self, "q", frozen(self.q, (len(self.times), None)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the robot senses at one moment.

    Attributes:
        time: Robot time, [s].
        arms: State by arm name.
        frames: One frame for each camera that was asked for.
        motions: State of every motion that has not been reported as ended yet, by motion number.
        trails: Where each arm that moved was since the last observation, by arm name; a robot
            may forget the oldest samples, or keep none.
    """

    time: float
    arms: dict[str, ArmState]
    frames: tuple[CameraFrame, ...]
    motions: dict[int, MotionState]
    trails: dict[str, Trail] = field(default_factory=dict)


class Motion(Protocol):
    """A handle on something that moves."""

    @property
    def number(self) -> int:
        """Number of the motion, unique for the robot's life."""
        ...

    def replace(self, trajectory: JointTrajectory, at: float) -> "Motion":
        """Join another trajectory onto this one while it runs.

        Until the joint the arm follows this one, from it on the other, which ends at rest.
        Everything is checked again; a replacement that is refused leaves this motion running.

        Args:
            trajectory: What to do instead; its first knot agrees in position and
                velocity with the running curve at the joining time.
            at: Robot time of the joint, in the future and not after the end of what runs, [s].

        Returns:
            The motion that takes over; this one ends as stopped.

        Raises:
            RobotError: If this motion is not running, the joint is in the past, after the end or does
                not agree, or the trajectory is for other joints, too long or beyond a limit.
        """
        ...


class Robot(Protocol):
    """Named arms, grippers and cameras behind one handle."""

    @property
    def info(self) -> RobotInfo:
        """What the robot is made of."""
        ...

    def observe(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Sense the present.

        Args:
            cameras: Cameras to take a frame from; taking none is cheap.

        Raises:
            RobotError: If a camera is unknown or the robot is gone.
        """
        ...

    def execute(self, trajectory: JointTrajectory) -> Motion:
        """Start a motion; it ends at rest.

        Raises:
            RobotError: If the arm is moving, the start is not where the arm is, or a limit is broken.
        """
        ...

    def grip(self, arm: str, width: float, force: float) -> Motion:
        """Move an arm's fingers toward an opening until they arrive or hold something.

        Args:
            arm: The arm whose gripper moves.
            width: Opening to reach, [m].
            force: Largest force, [N].
        """
        ...

    def advance(self, duration: float) -> None:
        """Let time pass.

        Args:
            duration: How long, [s].
        """
        ...

    def stop(self) -> None:
        """Bring every arm to rest as fast as its limits allow; always accepted."""
        ...

    def close(self) -> None:
        """Stop, then let go of the robot; may be called twice."""
        ...

    def __enter__(self) -> Self:
        """Use the robot in a ``with`` block."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the robot."""
        ...
