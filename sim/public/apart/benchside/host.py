"""Serve one benchmark on two connections: the body's for who acts, the judge's for who evaluates.

The body's knows what a robot senses and does, and no more: ``info``, ``observe`` and ``act``. Which
task runs, whether it has succeeded and which tier may see names are the judge's.
"""

import selectors
import socket
import sys
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from .frames import Channel, Refused

Message = dict[str, Any]
NAMED_TIERS = ("named", "privileged")
"""Tiers in which the body's pictures come with the benchmark's names."""
TIERS = ("geometric", "recorded", *NAMED_TIERS)


class Bench(Protocol):
    """A benchmark in its own environment."""

    def tasks(self) -> list[str]:
        """List the tasks' names."""
        ...

    def reset(self, task: str, seed: int) -> None:
        """Begin an episode."""
        ...

    def info(self) -> Message:
        """Tell what the body is made of, in this episode."""
        ...

    def state(self) -> Message:
        """Tell what the body senses of itself: ``time``, ``q``, ``v``, ``width``, ``force``, ``over``."""
        ...

    def look(self, camera: str, names: bool) -> Message:
        """Take a frame; ``names`` adds ``labels``, uint8 (H, W), and their ``names``, 0 being nothing."""
        ...

    def act(self, action: np.ndarray) -> None:
        """Do one step."""
        ...

    def success(self) -> bool:
        """Tell whether the task has been done at any time in the episode."""
        ...

    def truth(self) -> Message:
        """Tell the simulator's state in words of its own, for the privileged tier."""
        ...


class Host:
    """Answers what is asked about one benchmark."""

    def __init__(self, bench: Bench):
        """Serve a benchmark; its first episode has to be begun by the judge."""
        self._bench = bench
        self._tier = ""
        self.body: dict[str, Callable[[Message], Message]] = {
            "info": self._info,
            "observe": self._observe,
            "act": self._act,
        }
        self.judge: dict[str, Callable[[Message], Message]] = {
            "tasks": self._tasks,
            "reset": self._reset,
            "success": self._success,
        }

    def _tasks(self, request: Message) -> Message:
        return {"tasks": self._bench.tasks()}

    def _reset(self, request: Message) -> Message:
        task, seed, tier = request.get("task"), request.get("seed"), request.get("tier")
        if task not in self._bench.tasks():
            raise Refused(f"no task {task!r}")
        if not isinstance(seed, int) or seed < 0:
            raise Refused(f"a seed is a whole number from 0; got {seed!r}")
        if tier not in TIERS:
            raise Refused(f"no tier {tier!r}; known: {', '.join(TIERS)}")
        self._bench.reset(str(task), seed)
        self._tier = str(tier)
        return {}

    def _success(self, request: Message) -> Message:
        self._begun()
        return {"success": bool(self._bench.success())}

    def _info(self, request: Message) -> Message:
        self._begun()
        return self._bench.info()

    def _observe(self, request: Message) -> Message:
        self._begun()
        cameras, names = request.get("cameras"), request.get("names") is True
        known = self._bench.info()["cameras"]
        if not isinstance(cameras, list) or any(camera not in known for camera in cameras):
            raise Refused(f"no camera among {cameras!r}; known: {', '.join(known)}")
        if names and self._tier not in NAMED_TIERS:
            raise Refused(f"the benchmark's names are not for the {self._tier} tier")
        answer = {
            "state": self._bench.state(),
            "looks": [self._bench.look(camera, names) for camera in cameras],
        }
        if request.get("truth") is True:
            if self._tier != "privileged":
                raise Refused(f"the simulator's state is not for the {self._tier} tier")
            answer["truth"] = self._bench.truth()
        return answer

    def _act(self, request: Message) -> Message:
        self._begun()
        action = request.get("action")
        size = self._bench.info()["action_size"]
        if not isinstance(action, np.ndarray) or action.shape != (size,) or not np.isfinite(action).all():
            raise Refused(f"an action is {size} finite numbers; got {action!r:.80}")
        self._bench.act(action)
        return {"state": self._bench.state()}

    def _begun(self) -> None:
        if not self._tier:
            raise Refused("no episode has begun; the judge begins one")


def answer(request: Message, operations: dict[str, Callable[[Message], Message]]) -> Message:
    """Do what a request asks for, out of a table; a refusal is an answer too."""
    reply: Message = {"id": request.get("id")}
    try:
        name = request.get("op")
        if name not in operations:
            raise Refused(f"no operation {name!r}; known: {', '.join(sorted(operations))}")
        reply["result"] = operations[name](request)
    except Refused as refused:
        reply["error"] = str(refused)
    return reply


def serve(host: Host, body: Channel, judge: Channel) -> None:
    """Answer on both connections until the judge's end closes."""
    with selectors.DefaultSelector() as selector:
        selector.register(body, selectors.EVENT_READ, host.body)
        selector.register(judge, selectors.EVENT_READ, host.judge)
        while True:
            for key, _ in selector.select():
                channel = key.fileobj
                assert isinstance(channel, Channel)
                request = channel.receive()
                if request is None and channel is judge:
                    return
                if request is None:
                    selector.unregister(channel)
                    continue
                try:
                    channel.send(answer(request, key.data))
                except OSError:
                    return


def main(make: Callable[[], Bench]) -> None:
    """Serve on the two inherited descriptors named on the command line."""
    body, judge = (Channel(socket.socket(fileno=int(number))) for number in sys.argv[1:3])
    serve(Host(make()), body, judge)
