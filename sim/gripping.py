"""The law of a hand: move to an opening, and where something is in the way, hold it with a force."""

from ..core.errors import RobotError
from ..robots.following import MotionLedger
from ..robots.models import GripperModel
from ..robots.robot import MotionState
from .arm import GRIP_STIFFNESS

SPEED = 0.10  # Speed of the opening, [m/s].
REACHED = 0.0015  # Largest error that counts as arrived, [m].
STILL = 0.003  # Slowest approach to the goal that counts as moving, [m/s].
STILL_TIME = 0.10  # Standing still this long before the goal is holding, [s].
PATIENCE = 3.0  # A motion that neither arrives nor holds by then has failed, [s].


class Hand:
    """The reference opening of one hand, step by step."""

    def __init__(self, arm: str, gripper: GripperModel, ledger: MotionLedger):
        """Stand wide open.

        Args:
            arm: Name of the arm, which is the hand's too.
            gripper: What the hand can do.
            ledger: Keeps the motions' states.
        """
        self.arm = arm
        self.reference = gripper.max_width
        self._gripper = gripper
        self._ledger = ledger
        self._goal = gripper.max_width
        self._force = gripper.max_force
        self._number: int | None = None
        self._began = self._moved = 0.0
        self._nearest = 0.0

    @property
    def moving(self) -> bool:
        """Whether the fingers are on their way."""
        return self._number is not None

    def grip(self, width: float, force: float, time: float, measured: float) -> int:
        """Start toward an opening; what ran before has ended as stopped.

        Args:
            width: Opening to reach, [m].
            force: Largest force, [N].
            time: Robot time, [s].
            measured: Opening now, [m].

        Raises:
            RobotError: If the opening or the force is out of range.
        """
        low, high = self._gripper.min_width, self._gripper.max_width
        if not low - 1e-6 <= width <= high + 1e-6:
            raise RobotError(f"width {width!r} m of {self.arm!r}; the hand opens {low} to {high} m")
        if not 0.0 < force <= self._gripper.max_force:
            raise RobotError(
                f"force {force!r} N of {self.arm!r}; expected above 0, at most {self._gripper.max_force} N"
            )
        self._ledger.end(self._number, MotionState.STOPPED)
        self._goal, self._force = width, force
        self._began = self._moved = time
        self.reference, self._nearest = measured, abs(measured - width)
        self._number = self._ledger.open()
        return self._number

    def stop(self, measured: float) -> None:
        """Stay at the present opening if the fingers are on their way; keep holding what is held."""
        if self._number is not None:
            self._ledger.end(self._number, MotionState.STOPPED)
            self._number = None
            self._goal = self.reference = measured

    def step(self, time: float, dt: float, measured: float) -> None:
        """Go on by one step of the world.

        Args:
            time: Robot time, [s].
            dt: Length of the step, [s].
            measured: Opening now, [m].
        """
        if self._number is None:
            return
        ahead = self._force / GRIP_STIFFNESS
        step = min(max(self._goal - self.reference, -SPEED * dt), SPEED * dt)
        self.reference = min(max(self.reference + step, measured - ahead), measured + ahead)
        # Fingers on a rim or an edge tremble, and get no nearer to the goal.
        away = abs(measured - self._goal)
        if away < self._nearest - STILL * STILL_TIME:
            self._moved, self._nearest = time, away
        if abs(measured - self._goal) < REACHED:
            self.reference = self._goal
            self._end(MotionState.DONE)
        elif time - self._moved > STILL_TIME:
            # Something is in the way: hold it with the full force, whatever opening was asked for.
            self.reference = measured + (ahead if self._goal > measured else -ahead)
            self._end(MotionState.DONE)
        elif time - self._began > PATIENCE:
            self._end(MotionState.FAILED)

    def _end(self, state: MotionState) -> None:
        self._ledger.end(self._number, state)
        self._number = None
