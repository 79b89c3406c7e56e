"""A benchmark in another process and another Python environment, used as if it were here."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...core.arrays import Float64
from ...core.closing import Closing
from ...core.errors import InputError, RobotError
from ...robots.child import Child
from ...robots.remote import Requests
from ...robots.wire import Channel, Message, decode_frame, field
from .env import Body, BodyInfo, BodyLook, BodyState, NamedPixels, Tier
from .environments import python_of

APART = Path(__file__).with_name("apart")
NOISE = ("EGLError", "EGL_NOT_INITIALIZED", "Exception ignored in", "eglMakeCurrent")


class RemoteBody:
    """The robot of a benchmark in another process."""

    def __init__(self, requests: Requests):
        """Ask over the body's connection.

        Args:
            requests: The way to the benchmark; it carries no task, no success and no truth unasked for.
        """
        self._requests = requests

    def info(self) -> BodyInfo:
        """Tell what it is made of; see ``env.Body``."""
        told = self._requests.ask("info")
        return BodyInfo(
            model=field(told, "model", str),
            cameras=tuple(str(name) for name in field(told, "cameras", list)),
            period=field(told, "period", float),
            horizon=field(told, "horizon", int),
            action_size=field(told, "action_size", int),
            lower=field(told, "lower", np.ndarray),
            upper=field(told, "upper", np.ndarray),
            notes=tuple(str(note) for note in told.get("notes") or ()),
        )

    def observe(self, cameras: tuple[str, ...] = (), *, names: bool = False, truth: bool = False) -> BodyLook:
        """Sense the present; see ``env.Body``."""
        told = self._requests.ask("observe", cameras=list(cameras), names=names, truth=truth)
        looks = field(told, "looks", list)
        try:
            return BodyLook(
                state=_state(field(told, "state", dict)),
                frames=tuple(decode_frame(look) for look in looks),
                named=tuple(_named(look) for look in looks) if names else (),
                truth=field(told, "truth", dict) if truth else {},
            )
        except (ValueError, AttributeError) as error:
            raise RobotError(f"not what a benchmark senses: {error}") from error

    def act(self, action: Float64) -> BodyState:
        """Do one step; see ``env.Body``."""
        told = self._requests.ask("act", action=np.asarray(action, np.float64))
        try:
            return _state(field(told, "state", dict))
        except ValueError as error:
            raise RobotError(f"not a state: {error}") from error


def _state(told: Message) -> BodyState:
    force = told.get("force")
    return BodyState(
        time=field(told, "time", float),
        q=field(told, "q", np.ndarray),
        v=field(told, "v", np.ndarray),
        width=field(told, "width", float),
        force=None if force is None else float(force),
        over=field(told, "over", bool),
    )


def _named(look: Message) -> NamedPixels:
    labels, names = field(look, "labels", np.ndarray), field(look, "names", list)
    size = tuple(reversed(field(look, "size", list)))
    if labels.dtype != np.uint8 or labels.shape != size or int(labels.max(initial=0)) > len(names):
        raise RobotError(f"labels of {labels.dtype} {labels.shape} do not fit a picture of {size}")
    return NamedPixels(
        camera=field(look, "camera", str), labels=labels, names=tuple(str(name)[:400] for name in names)
    )


class RemoteBench(Closing):
    """A benchmark's process, for who evaluates."""

    def __init__(self, name: str, command: list[str], instructions: Mapping[str, str], env: dict[str, str]):
        """Start it.

        Args:
            name: The benchmark's name.
            command: What is run; the numbers of its two descriptors are added.
            instructions: What is said in each task, by the task's name.
            env: The process's environment variables.

        Raises:
            InputError: If the command cannot be run.
        """
        self._name, self._instructions = name, dict(instructions)
        body, their_body = socket.socketpair()
        judge, their_judge = socket.socketpair()
        theirs = (their_body.fileno(), their_judge.fileno())
        try:
            self._child = Child([*command, *map(str, theirs)], fds=theirs, env=env)
        except OSError as error:
            body.close()
            judge.close()
            raise InputError(f"cannot run {command[0]!r}: {error.strerror}") from error
        finally:
            their_body.close()
            their_judge.close()
        self._judge = Requests(Channel(judge), self._last_words)
        self._to_body = Requests(Channel(body), self._last_words)
        self._body = RemoteBody(self._to_body)

    @property
    def name(self) -> str:
        """The benchmark's name."""
        return self._name

    @property
    def body(self) -> Body:
        """The benchmark's robot."""
        return self._body

    def list_tasks(self) -> tuple[str, ...]:
        """List the tasks' names."""
        return tuple(str(name) for name in field(self._judge.ask("tasks"), "tasks", list))

    def reset(self, task: str, seed: int, tier: Tier) -> str:
        """Begin an episode; see ``env.BenchmarkEnv``."""
        if task not in self._instructions:
            raise InputError(f"no instruction is given for the task {task!r}")
        self._judge.ask("reset", task=task, seed=int(seed), tier=tier)
        return self._instructions[task]

    def success(self) -> bool:
        """Tell whether the task was done at any time in the episode."""
        return field(self._judge.ask("success"), "success", bool)

    def close(self) -> None:
        """End the process; may be called twice."""
        self._judge.close()
        self._to_body.close()
        self._child.end()

    def _last_words(self) -> str:
        lines = self._child.last_words().splitlines()
        return "\n".join(line for line in lines if not any(word in line for word in NOISE))


def open_bench(name: str, instructions: Mapping[str, str]) -> RemoteBench:
    """Start a benchmark that has been created.

    Args:
        name: The benchmark's name.
        instructions: What is said in each task, by the task's name.

    Raises:
        MissingDependency: If its environment is not there; the text has the line that makes it.
    """
    python, module, variables = python_of(name)
    return RemoteBench(name, [str(python), "-m", module], instructions, worker_variables(variables))


def worker_variables(more: Mapping[str, str]) -> dict[str, Any]:
    """Give the environment variables of a benchmark's process: nothing of ours is on its path."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return kept | threads | dict(more) | {"PYTHONPATH": str(APART), "PYTHONDONTWRITEBYTECODE": "1"}
