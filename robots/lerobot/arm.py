"""A robot of LeRobot's behind our seam: told where to go at a fixed rate, paced by the wall.

LeRobot's robots take one goal position at a time and hold the last one. A thread
here samples the running curve and tells the goals; where this process ends, the
arm stays where it was told to be last. Servos sag under load, so what is missing
at the goal is slowly added to it, within bounds.
"""

import base64
import binascii
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

from ...core.arrays import Float64
from ...core.camera import CameraFrame, CameraModel
from ...core.closing import Closing
from ...core.errors import InputError, RobotError, UnknownName
from ...core.trajectory import JointTrajectory
from ..following import Follower, Limits, MotionLedger
from ..numbered import NumberedMotion
from ..robot import ArmInfo, ArmState, Observation, RobotInfo
from ..wire import Message, field
from .fingers import Fingers
from .link import START_PATIENCE, Link
from .settings import Settings, read_settings
from .worker import PROTOCOL

ARM = "arm"
SPAN = 0.1
"""Time over which velocities are measured, [s]: a servo's steps of 1.5 mrad would be noise at once."""
TRIM_GAIN = 1.5
"""Share of what is missing that is added to the goal, [1/s]."""
TRIM_MOST = 0.08
"""Most that is added to a goal, [rad]."""
REST = 2.0
"""Longest wait for the arm to stand when it is let go, [s]."""


class LeRobotArm(Closing):
    """One arm of LeRobot's, its gripper and its cameras."""

    def __init__(self, settings: Settings, link: Link):
        """Connect, and hold the arm where it is; nothing moves.

        Args:
            settings: How its numbers are ours.
            link: The way to its worker; closed with the robot, and where connecting fails.

        Raises:
            InputError: If the settings name a motor or a camera that the robot does not have.
            RobotError: If the robot cannot be connected.
        """
        self._settings, self._link = settings, link
        model = settings.model
        self._limits = Limits(
            names=model.joint_names,
            lower=model.lower,
            upper=model.upper,
            speed=model.velocity,
            acceleration=model.acceleration,
        )
        arm = ArmInfo(
            name=ARM,
            model=settings.model_name,
            X_WR=settings.X_WR,
            joint_names=model.joint_names,
            has_gripper=settings.hand is not None,
        )
        self._info = RobotInfo(
            name="lerobot", arms=(arm,), cameras=tuple(settings.cameras), simulated=False, lockstep=False
        )
        self._lock = threading.RLock()
        self._error: RobotError | None = None
        self._ending = threading.Event()
        self._ledger = MotionLedger()
        self._seen: deque[tuple[float, Float64]] = deque(maxlen=max(2, round(SPAN * settings.rate) + 1))
        self._trim = np.zeros(model.n)
        self._closed = False
        self._began = time.monotonic()
        try:
            self._check(link.ask("start", START_PATIENCE, robot=settings.lerobot))
            link.ask("connect", START_PATIENCE)
            values = self._measure()
        except BaseException:
            link.close()
            raise
        self._follower = Follower(ARM, self._limits, self._seen[-1][1], self._ledger)
        self._fingers = Fingers(settings.hand, values, self._ledger) if settings.hand else None
        self._thread = threading.Thread(target=self._run, name="lerobot", daemon=True)
        self._thread.start()

    @property
    def info(self) -> RobotInfo:
        """What the robot is made of."""
        return self._info

    def observe(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Sense the present; see ``robots.robot.Robot``. A camera without depth has none."""
        for camera in cameras:
            if camera not in self._settings.cameras:
                raise RobotError(str(UnknownName("camera", camera, self._settings.cameras)))
        with self._lock:
            self._check_here()
            pictures = field(self._ask("observe", cameras=list(cameras)), "pictures", dict) if cameras else {}
            now = self._now()
            return Observation(
                time=now,
                arms={
                    ARM: ArmState(
                        q=self._seen[-1][1],
                        v=self._velocity(),
                        width=self._fingers.width if self._fingers else None,
                    )
                },
                frames=tuple(self._frame(camera, pictures.get(camera), now) for camera in cameras),
                motions=self._ledger.report(),
                trails=self._ledger.trails(),
            )

    def execute(self, trajectory: JointTrajectory) -> NumberedMotion:
        """Start a motion; see ``robots.robot.Robot``."""
        with self._lock:
            self._check_obeys(trajectory.arm)
            number = self._follower.execute(trajectory, self._now(), self._seen[-1][1])
            return NumberedMotion(number, self)

    def replace(self, number: int, trajectory: JointTrajectory, at: float) -> NumberedMotion:
        """Join a trajectory onto the motion of a number."""
        with self._lock:
            self._check_obeys(trajectory.arm)
            return NumberedMotion(self._follower.replace(number, trajectory, at, self._now()), self)

    def grip(self, arm: str, width: float, force: float) -> NumberedMotion:
        """Move the fingers; LeRobot's hands have no force to set: they stop where they meet something."""
        with self._lock:
            self._check_obeys(arm)
            if self._fingers is None:
                raise RobotError(f"{arm!r} has no gripper")
            return NumberedMotion(self._fingers.start(width, force, self._now()), self)

    def advance(self, duration: float) -> None:
        """Wait so long; see ``robots.robot.Robot``."""
        if not 0.0 <= duration <= 600.0:
            raise RobotError(f"cannot advance by {duration!r} s; expected 0 to 600 s")
        end = self._now() + duration
        while (left := end - self._now()) > 0.0 and self._error is None:
            time.sleep(min(left, 0.05))
        with self._lock:
            self._check_here()

    def stop(self) -> None:
        """Bring the arm to rest."""
        with self._lock:
            self._check_here()
            self._follower.stop(self._now())
            if self._fingers is not None:
                self._fingers.stop()

    def close(self) -> None:
        """Stop, wait until the arm stands, then let go of it; may be called twice."""
        if self._closed:
            return
        with self._lock:
            self._follower.stop(self._now())
        end = time.monotonic() + REST
        while self._follower.moving and self._error is None and time.monotonic() < end:
            time.sleep(0.02)
        self._closed = True
        self._ending.set()
        self._thread.join()
        self._link.close()

    def _run(self) -> None:
        """Tell the arm where to be, at the rate, until the end or the first error."""
        period = 1.0 / self._settings.rate
        due = time.monotonic()
        while not self._ending.is_set():
            try:
                with self._lock:
                    self._tick(period)
            except RobotError as error:
                self._error = error
                return
            # What was late is not caught up with: the next goal is that of its own moment.
            due = max(due + period, time.monotonic())
            self._ending.wait(due - time.monotonic())

    def _tick(self, period: float) -> None:
        now = self._now()
        goal, _ = self._follower.target(now)
        goals = self._settings.values(np.clip(goal + self._trim, self._limits.lower, self._limits.upper))
        if self._fingers is not None:
            goals[f"{self._fingers.hand.motor}.pos"] = self._fingers.goal(now)
        self._ask("act", values=goals)
        values = self._measure()
        q, v = self._seen[-1][1], self._velocity()
        missing = self._follower.target(self._now())[0] - q
        if np.abs(v).max() < 0.3:
            self._trim = np.clip(self._trim + TRIM_GAIN * period * missing, -TRIM_MOST, TRIM_MOST)
        self._follower.update(self._now(), q, v)
        if self._fingers is not None:
            self._fingers.update(self._now(), values)

    def _measure(self) -> dict[str, float]:
        """Read the motors; keep where the joints are."""
        values = field(self._ask("observe", cameras=[]), "values", dict)
        names = [f"{motor}.pos" for motor in self._motors()]
        read = {name: field(values, name, float) for name in names}
        self._seen.append((self._now(), self._settings.positions(read)))
        return read

    def _velocity(self) -> Float64:
        (first, q0), (last, q1) = self._seen[0], self._seen[-1]
        return (q1 - q0) / (last - first) if last > first else np.zeros_like(q1)

    def _frame(self, camera: str, told: Any, now: float) -> CameraFrame:
        model, X_WC = self._settings.cameras[camera]
        rgb = decode_picture(camera, told, model)
        depth = np.full((model.height, model.width), np.nan, dtype=np.float32)
        return CameraFrame(camera=camera, time=now, rgb=rgb, depth=depth, model=model, X_WC=X_WC)

    def _motors(self) -> tuple[str, ...]:
        hand = self._settings.hand
        return (*self._settings.motors, *((hand.motor,) if hand else ()))

    def _check(self, told: Message) -> None:
        """Compare what the robot has with what the settings say.

        Raises:
            RobotError: If the worker speaks another protocol.
            InputError: If a motor or a camera is not there, or is another's size.
        """
        if told.get("protocol") != PROTOCOL:
            raise RobotError(f"LeRobot's worker speaks protocol {told.get('protocol')!r}, not {PROTOCOL}")
        has, takes = field(told, "observation", dict), field(told, "action", list)
        wanted = {f"{motor}.pos" for motor in self._motors()}
        if wanted != set(takes) or not wanted <= set(has):
            raise InputError(
                f"the settings name the motors {', '.join(sorted(wanted))}, which have to be "
                f"all that the robot has; it has {', '.join(map(str, takes))}"
            )
        for name, (model, _) in self._settings.cameras.items():
            if has.get(name) != [model.height, model.width, 3]:
                raise InputError(
                    f"camera {name!r}: the settings say {model.width} x {model.height}; the robot has "
                    f"{has.get(name)!r} (height, width, colours)"
                )

    def _ask(self, op: str, **fields: Any) -> Message:
        return self._link.ask(op, **fields)

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _check_here(self) -> None:
        if self._closed:
            raise RobotError("the robot has been closed")
        if self._error is not None:
            raise RobotError(str(self._error)) from self._error

    def _check_obeys(self, arm: str) -> None:
        self._check_here()
        if arm != ARM:
            raise RobotError(str(UnknownName("arm", arm, [ARM])))


def decode_picture(camera: str, told: Any, model: CameraModel) -> np.ndarray:
    """Read a picture.

    Args:
        camera: Whose it is.
        told: What the worker sent.
        model: Its size.

    Returns:
        Colours, uint8, shape (height, width, 3).

    Raises:
        RobotError: If it is none, or of another size.
    """
    size = [model.height, model.width]
    if not isinstance(told, dict) or told.get("size") != size or not isinstance(told.get("rgb"), str):
        raise RobotError(f"camera {camera!r} gave no picture of {model.width} x {model.height}")
    try:
        data = base64.b64decode(told["rgb"], validate=True)
    except binascii.Error as error:
        raise RobotError(f"camera {camera!r} gave no picture: {error}") from error
    if len(data) != 3 * model.height * model.width:
        raise RobotError(
            f"camera {camera!r} gave {len(data)} bytes for {model.width} x {model.height} pixels"
        )
    return np.frombuffer(data, np.uint8).reshape(model.height, model.width, 3)


def connect(settings: str) -> LeRobotArm:
    """Connect to the arm that a file of settings describes; what the registry ``lerobot`` leads to.

    Args:
        settings: Path of the TOML file.

    Raises:
        InputError: If the settings are wrong.
        RobotError: If the robot cannot be connected.
    """
    if not settings:
        raise InputError("which LeRobot arm? give the path of its settings: lerobot:my_arm.toml")
    read = read_settings(Path(settings))
    return LeRobotArm(read, Link(read.python))
