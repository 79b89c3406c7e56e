"""The world's process: ``python -m handsel.sim.serve ROBOT_FD JUDGE_FD``; started by ``sim.start``.

Two connections are inherited. The robot's carries what a robot senses and does.
The judge's, -1 where there is none, carries the truth, and only an evaluation
harness holds its other end. When the robot's end closes, the process ends.
"""

import selectors
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import numpy as np
from pydrake.common import configure_logging

from ..core.errors import HandselError, InputError, RobotError
from ..robots.host import RobotHost, answer
from ..robots.wire import Channel, Message, encode_pose, field
from .camera_error import check_error
from .faults import inject
from .judging import find_judge
from .local import LocalRobot
from .noise import DepthNoise
from .scene_files import scene_from_data
from .world import World


def film(world: World, path: Path) -> int:
    """Write a video of everything since time 0 and give its number of frames."""
    from .video import write_video  # The encoder is slow to load, and most worlds need none.

    return write_video(world, path)


class JudgeHost:
    """Answers what only a judge may ask."""

    def __init__(self, world: World):
        """Tell of a world.

        Args:
            world: Whose truth is told.
        """
        self._world = world
        self._operations = {
            "truth": self._truth,
            "contacts": self._contacts,
            "video": self._video,
            "verdict": self._verdict,
            "disturb": self._disturb,
            "inject": self._inject,
            "stops": self._stops,
        }

    def answer(self, request: Message) -> Message:
        """Do what a request asks for; see ``robots.host.answer``."""
        return answer(request, self._operations)

    def _truth(self, request: Message) -> Message:
        world = self._world
        return {
            "time": world.time,
            "poses": {name: encode_pose(X_WB) for name, X_WB in world.truth().items()},
            "start": {name: encode_pose(X_WB) for name, X_WB in world.start_truth.items()},
            "openings": {t.id: world.opening(t.id) for t in world.scene.things if t.kind == "drawer"},
        }

    def _contacts(self, request: Message) -> Message:
        names = ("a", "b", "force", "first", "last", "moving_force")
        return {"contacts": [{n: getattr(c, n) for n in names} for c in self._world.contacts()]}

    def _video(self, request: Message) -> Message:
        return {"frames": film(self._world, Path(field(request, "path", str)))}

    def _disturb(self, request: Message) -> Message:
        self._world.disturb(field(request, "thing", str), _by(request))
        return {}

    def _inject(self, request: Message) -> Message:
        fault, thing = field(request, "fault", str), field(request, "thing", str)
        inject(self._world, fault, thing, _by(request), field(request, "seconds", float))
        return {}

    def _stops(self, request: Message) -> Message:
        return {"stops": [[one.wall, one.time, one.speed] for one in self._world.stops]}

    def _verdict(self, request: Message) -> Message:
        task = field(request, "task", dict)
        return dict(find_judge(field(task, "judge", str))(self._world, task))


def _by(request: Message) -> np.ndarray:
    """Read how far something is to be moved, (3,), [m].

    Raises:
        InputError: If it is no such thing.
    """
    by_W = field(request, "by", np.ndarray)
    if by_W.shape != (3,) or not np.isfinite(by_W).all():
        raise InputError(f"a thing is moved by three finite numbers, in metres; got {by_W!r}")
    return by_W


def start(channel: Channel) -> tuple[World, LocalRobot, Path | None] | None:
    """Wait for the first message, which says what world to build, and build it.

    Args:
        channel: The robot's connection.

    Returns:
        The world, its robot and where a video goes in the end; None where no world came to be.
    """
    request = channel.receive()
    if request is None:
        return None
    reply: dict[str, Any] = {"id": request.get("id")}
    try:
        if request.get("op") != "start":
            raise RobotError(f"the first operation has to be 'start', not {request.get('op')!r}")
        width, height = (int(value) for value in field(request, "image_size", list))
        world = World(
            scene_from_data(field(request, "scene", dict)),
            seed=field(request, "seed", int),
            image_size=(width, height),
            noise=DepthNoise() if field(request, "noise", bool) else None,
            camera_error=check_error(field(request, "camera_error", list)),
            view=field(request, "view", bool),
        )
    except HandselError as error:
        channel.send({**reply, "error": str(error), "kind": type(error).__name__})
        return None
    channel.send({**reply, "result": {"view_url": world.view_url}})
    video = request.get("video")
    robot = LocalRobot(world, paced=field(request, "paced", bool))
    return world, robot, Path(video) if isinstance(video, str) else None


def serve(robot_channel: Channel, judge_channel: Channel | None) -> None:
    """Build the world that is asked for and answer until the robot's end closes.

    Args:
        robot_channel: The robot's connection.
        judge_channel: The judge's, or None.
    """
    started = start(robot_channel)
    if started is None:
        return
    world, robot, video = started
    host, judge = RobotHost(robot), JudgeHost(world)
    with selectors.DefaultSelector() as selector:
        selector.register(robot_channel, selectors.EVENT_READ)
        if judge_channel is not None:
            selector.register(judge_channel, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                channel = key.fileobj
                assert isinstance(channel, Channel)
                request = channel.receive()
                if request is None and channel is robot_channel:
                    return
                if request is None:
                    selector.unregister(channel)
                    continue
                if channel is judge_channel:
                    channel.send(judge.answer(request))
                    continue
                closing = request.get("op") == "close"
                if closing and video is not None:
                    film(world, video)
                channel.send(host.answer(request))
                if closing:
                    return


def main() -> None:
    """Serve on the inherited descriptors until the other side is gone."""
    # A Ctrl-C is the person's word to the agent; the agent then brings the arm to rest through us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    configure_logging()
    numbers = [int(argument) for argument in sys.argv[1:3]]
    channels = [Channel(socket.socket(fileno=number)) if number >= 0 else None for number in numbers]
    assert channels[0] is not None
    try:
        serve(channels[0], channels[1])
    except RobotError as error:
        sys.exit(f"the world's process ends: {error}")


if __name__ == "__main__":
    main()
