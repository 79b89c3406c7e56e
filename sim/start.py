"""Start a world in its own process."""

import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..core.closing import Closing
from ..robots.child import Child
from ..robots.remote import RemoteRobot, Requests
from ..robots.wire import Channel, decode_pose, field
from .camera_error import NONE, CameraError, check_error
from .contacts import Contact
from .faults import Stop
from .scene_files import find_scene, scene_to_data
from .scenes import SceneSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The truth of one moment.

    Attributes:
        time: Robot time, [s].
        poses: Pose X_WB of every thing, by id.
        start: The same at time 0.
        openings: How far every drawer is open, by id, [m].
    """

    time: float
    poses: Mapping[str, RigidTransform]
    start: Mapping[str, RigidTransform]
    openings: Mapping[str, float]


class JudgeChannel(Closing):
    """The truth of a world in another process; only an evaluation harness holds one."""

    def __init__(self, requests: Requests):
        """Ask over a connection of its own.

        Args:
            requests: The way to the world.
        """
        self._requests = requests

    def truth(self) -> Truth:
        """Tell where everything really is.

        Raises:
            RobotError: If the world is gone.
        """
        reply = self._requests.ask("truth")
        return Truth(
            time=field(reply, "time", float),
            poses={name: decode_pose(rows) for name, rows in field(reply, "poses", dict).items()},
            start={name: decode_pose(rows) for name, rows in field(reply, "start", dict).items()},
            openings=field(reply, "openings", dict),
        )

    def contacts(self) -> tuple[Contact, ...]:
        """List which bodies have touched since time 0.

        Raises:
            RobotError: If the world is gone.
        """
        return tuple(
            Contact(**contact) for contact in field(self._requests.ask("contacts"), "contacts", list)
        )

    def video(self, path: Path) -> int:
        """Have a video written of everything up to now, and give its number of frames.

        Raises:
            RobotError: If the world is gone.
        """
        return field(self._requests.ask("video", path=str(path.absolute())), "frames", int)

    def disturb(self, thing: str, by_W: Float64) -> None:
        """Move a thing at once, as somebody who reaches into the scene does.

        Args:
            thing: Its id.
            by_W: How far, shape (3,), [m].

        Raises:
            InputError: If it cannot be moved there.
            RobotError: If the world is gone.
        """
        self._requests.ask("disturb", thing=thing, by=by_W)

    def inject(self, fault: str, thing: str = "", by_W: Float64 | None = None, seconds: float = 0.0) -> None:
        """Let something go wrong; see ``faults.inject``.

        Args:
            fault: One of ``faults.CAUSES``, or ``revealed``.
            thing: Whom it befalls.
            by_W: How far that is moved, shape (3,), [m].
            seconds: How long cameras are at fault, [s].

        Raises:
            InputError: If there is no such fault, or it cannot be.
            RobotError: If the world is gone.
        """
        by_W = np.zeros(3) if by_W is None else by_W
        self._requests.ask("inject", fault=fault, thing=thing, by=by_W, seconds=float(seconds))

    def stops(self) -> tuple[Stop, ...]:
        """List the moments at which the robot was told to stop.

        Raises:
            RobotError: If the world is gone.
        """
        told = field(self._requests.ask("stops"), "stops", list)
        return tuple(Stop(wall=wall, time=time, speed=speed) for wall, time, speed in told)

    def verdict(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Have the task's judge called in the world's process with the world and the task.

        Args:
            task: Plain values; ``judge`` is ``"module:function"``.

        Returns:
            What the judge returns.

        Raises:
            InputError: If there is no such judge.
            RobotError: If the world is gone.
        """
        return self._requests.ask("verdict", task=dict(task))

    def close(self) -> None:
        """Hang up; may be called twice."""
        self._requests.close()


class WorldProcess(Child):
    """The child process of a world."""

    def __init__(self, fds: tuple[int, int]):
        """Start it.

        Args:
            fds: Its ends of the robot's and of the judge's connection, -1 where there is none.
        """
        command = [sys.executable, "-m", "handsel.sim.serve", *map(str, fds)]
        super().__init__(command, fds=[fd for fd in fds if fd >= 0])


def start_world(
    scene: SceneSpec | str,
    *,
    seed: int = 0,
    video: Path | None = None,
    view: bool = False,
    paced: bool = False,
    judge: bool = False,
    noise: bool = False,
    camera_error: CameraError = NONE,
    image_size: tuple[int, int] = (320, 240),
) -> tuple[RemoteRobot, JudgeChannel | None]:
    """Build a world in a process of its own.

    Args:
        scene: What is in it: a specification, a scene's name, or the path of a scene file.
        seed: Seed of the cameras' noise.
        video: Where to write a video when the robot is closed, or None.
        view: Whether a browser can watch, at the robot's ``view_url``.
        paced: Whether time passes no faster than the wall's.
        judge: Whether to give a channel that tells the truth; for evaluations only.
        noise: Whether the cameras' depth is as noisy as a real camera's.
        camera_error: By how much every camera's pose is told wrongly, [m] and [rad]: the same error for
            the whole run, its direction drawn from the seed.
        image_size: Width and height of the robot's camera pictures, [px].

    Returns:
        The robot, and the judge's channel or None.

    Raises:
        InputError: If the scene cannot be built.
        RobotError: If the process does not come up.
    """
    spec = find_scene(scene) if isinstance(scene, str) else scene
    mine, theirs = socket.socketpair()
    mine_judge, theirs_judge = socket.socketpair() if judge else (None, None)
    child = WorldProcess((theirs.fileno(), theirs_judge.fileno() if theirs_judge else -1))
    for end in (theirs, theirs_judge):
        if end is not None:
            end.close()
    requests = Requests(Channel(mine), child.last_words)
    try:
        reply = requests.ask(
            "start",
            scene=scene_to_data(spec),
            seed=int(seed),
            video=None if video is None else str(video.absolute()),
            view=view,
            paced=paced,
            noise=noise,
            camera_error=list(check_error(camera_error)),
            image_size=list(image_size),
        )
        robot = RemoteRobot(requests, on_close=child.end, view_url=reply.get("view_url"))
    except BaseException:
        requests.close()
        if mine_judge is not None:
            mine_judge.close()
        child.end()
        raise
    return robot, JudgeChannel(Requests(Channel(mine_judge), child.last_words)) if mine_judge else None


def connect(scene: str) -> RemoteRobot:
    """Build the world of a scene and give its robot; what the registry's ``sim`` leads to.

    Args:
        scene: A scene's name or the path of a scene file; ``default`` where empty.

    Raises:
        InputError: If the scene cannot be built.
        RobotError: If the process does not come up.
    """
    robot, _ = start_world(scene or "default", noise=True)
    return robot
