"""The folder of one run: who writes into it, and what is drawn when the run is over."""

import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ...core.errors import HandselError, InputError
from ...perception.annotate import annotate
from ..events import Event, Subscriber
from ..trace import TraceWriter

FILES = ("trace.jsonl", "program.txt", "scene.png", "plan.png", "video.mp4", "replay.html")
REPLAY_PATIENCE = 120.0
"""Longest that the making of the animation may take, [s]."""


class RunFolder:
    """A folder for one run; its subscriber keeps the trace, the program and the first picture."""

    def __init__(self, path: Path):
        """Make the folder; files of an earlier run in it are removed.

        Args:
            path: Where it lies.

        Raises:
            InputError: If the folder cannot be made or written to.
        """
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            for name in FILES:
                (path / name).unlink(missing_ok=True)
        except OSError as error:
            raise InputError(f"the run folder {str(path)!r} cannot be made: {error.strerror}") from error

    @classmethod
    def beside_others(cls, instruction: str, runs: Path = Path("runs")) -> "RunFolder":
        """Make a folder named after the time and the instruction, never an old one.

        Args:
            instruction: What was said.
            runs: Folder of all runs.
        """
        words = re.sub(r"[^a-z0-9]+", "-", instruction.lower()).strip("-")[:40].strip("-") or "run"
        name = f"{datetime.now():%Y%m%d-%H%M%S}-{words}"
        number, path = 1, runs / name
        while path.exists():
            number += 1
            path = runs / f"{name}-{number}"
        return cls(path)

    @property
    def trace(self) -> Path:
        """Path of the trace."""
        return self.path / "trace.jsonl"

    @property
    def video(self) -> Path:
        """Path of the video, which the world writes."""
        return self.path / "video.mp4"

    def subscribers(self) -> tuple[Subscriber, ...]:
        """Give who has to watch the run."""
        return TraceWriter(self.trace), _ProgramKeeper(self.path), _ScenePainter(self.path)

    def files(self) -> tuple[str, ...]:
        """List what is there."""
        return tuple(name for name in FILES if (self.path / name).exists())


def start_replay(folder: Path) -> "subprocess.Popen[str]":
    """Begin making the animation of a folder's trace in a process of its own."""
    command = [sys.executable, "-m", "handsel.agent.report.replay", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finish_replay(child: "subprocess.Popen[str]") -> None:
    """Wait for the animation.

    Args:
        child: The process that makes it.

    Raises:
        HandselError: If it failed or took too long.
    """
    try:
        _, said = child.communicate(timeout=REPLAY_PATIENCE)
    except subprocess.TimeoutExpired as error:
        child.kill()
        child.wait()
        raise HandselError(f"the animation was not ready after {REPLAY_PATIENCE:.0f} s") from error
    if child.returncode != 0:
        last = (said.strip().splitlines() or [f"exit code {child.returncode}"])[-1]
        raise HandselError(f"the animation could not be made: {last}")


class _ProgramKeeper:
    """Writes every program that was put to work into ``program.txt``, each under its step's words."""

    def __init__(self, folder: Path):
        self._path = folder / "program.txt"
        self._subtask = ""
        self._refused = False

    def on_event(self, event: Event) -> None:
        data: Mapping[str, Any] = event.data
        match event.kind:
            case "choice":
                self._subtask = str(data["subtask"])
            case "program":
                with self._path.open("a", encoding="utf-8") as stream:
                    stream.write(f"# {self._subtask}\n{str(data['text']).strip()}\n\n")
            case "refusal":
                with self._path.open("a", encoding="utf-8") as stream:
                    said = " ".join(str(data["reason"]).split())
                    stream.write(f"# refused by {data['by']}: {said}\n\n")

    def close(self) -> None:
        pass


class _ScenePainter:
    """Paints what was seen first."""

    def __init__(self, folder: Path):
        self._path = folder / "scene.png"
        self._painted = False

    def on_event(self, event: Event) -> None:
        if event.scene is not None and event.scene.frames and not self._painted:
            self._painted = True
            # The first camera is the person's eye.
            annotate(event.scene, event.scene.frames[0]).save(self._path)

    def close(self) -> None:
        pass
