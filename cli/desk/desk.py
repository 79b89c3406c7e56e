"""One agent in one thread of its own; anybody may tell it something, say yes, or stop it, from any thread."""

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any, Literal

from ...agent.agent import Agent
from ...agent.episode import Episode, check_instruction
from ...agent.events import Event, Subscriber
from ...agent.memory.keeper import Keeper
from ...agent.memory.memory import Memory
from ...agent.memory.mind import RememberingMind
from ...agent.mind import Mind
from ...agent.plain import scene_json
from ...agent.report.folder import RunFolder, finish_replay, start_replay
from ...agent.report.plan_picture import draw_plan
from ...agent.report.read_trace import read_run
from ...core.errors import HandselError, InputError, NeedsAnswer
from ...perception.perceiver import Perceiver
from ...perception.scene import Scene
from ...robots.robot import Observation, Robot
from ...robots.shared import SharedRobot
from ...skills.skill import SkillSpec
from ..dialogue import answered
from .board import Board
from .digest import Digest, scene_message
from .pictures import Pictures
from .verbs import Verbs

Phase = Literal["idle", "working", "asking", "stopping"]
MOST_WAITING = 4
"""Instructions that may wait for their turn."""
FRAME_EVERY = 0.2
"""Wall time between two pictures that are told of, [s]."""


HALTS = frozenset({"stop", "halt", "stop it", "stop now"})
"""What is a stop and nothing else, when it is typed."""
BRAKING = 0.1
"""Robot time that an arm is given to end its braking before the next instruction, [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One instruction on its way.

    Attributes:
        number: Its number, from 1; 0 is a look.
        text: What was said.
        ask: Whether the first motion waits for a yes.
        stops: How often a stop was pressed before.
        mind: Who understands it, where that is not the desk's mind.
        result: The episode, or None where it was stopped before it began; an error where the agent failed.
    """

    number: int
    text: str
    ask: bool
    stops: int
    mind: Mind | None = None
    result: "Future[Episode | None]" = field(default_factory=Future)


class Desk:
    """Takes instructions one after another; ``board`` tells what happens."""

    def __init__(
        self,
        robot: Robot,
        mind: Mind,
        perceiver: Perceiver,
        *,
        seed: int = 0,
        runs: Path = Path("runs"),
        replays: bool = True,
        watchers: Sequence[Subscriber] = (),
        memory: Memory | None = None,
        base_url: str | None = None,
    ):
        """Bring the parts together and look once; nothing moves.

        Args:
            robot: What acts.
            mind: Who understands and writes.
            perceiver: Who sees.
            seed: Seed of all chance.
            runs: Folder of all runs.
            replays: Whether an animation is made of every run in which something moved.
            watchers: Who watches every run besides, such as a live view.
            memory: What is remembered from run to run; no longer than the desk where None.
            base_url: Address of the language model's server, to ask what it has.
        """
        self._watchers = tuple(watchers)
        self.board = Board()
        self.runs, self._replays = runs, replays
        self.robot = SharedRobot(robot, seen=self._seen, asks=self._asks)
        self.memory, self.mind = memory or Memory(None), mind
        self._mind = RememberingMind(mind, self.memory, robot=robot.info.name)
        self.agent = Agent(self.robot, self._mind, perceiver, seed=seed)
        self.last: Path | None = None
        self.verbs = Verbs(self, base_url)
        self._scene: Scene | None = None
        self.pictures = Pictures(lambda: self.scene)
        self._told = 0.0
        # Matplotlib's settings are one for all threads.
        self._drawing = threading.Lock()
        self._lock = threading.Lock()
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._count = self._stops = self._waiting = self._braked = 0
        self._phase: Phase = "idle"
        self._job: Job | None = None
        self._latest: dict[str, Any] = {}
        self._question: tuple[str, NeedsAnswer] | None = None
        self._gone = self._closing = False
        self._drawers: list[tuple[threading.Thread, Popen[str]]] = []
        self._thread = threading.Thread(target=self._work, name="agent", daemon=True)
        self._thread.start()
        self._jobs.put(Job(number=0, text="", ask=False, stops=0))

    @property
    def scene(self) -> Scene | None:
        """What is believed to be there; None before the first look."""
        if self._scene is not None:
            self._scene = self.agent.scene
        return self._scene

    @property
    def skills(self) -> Sequence[SkillSpec]:
        """What can be done."""
        return tuple(skill.spec for skill in self.agent.skills)

    def status(self) -> dict[str, Any]:
        """Say what goes on, as JSON can hold it."""
        with self._lock:
            job = self._job
            return {
                "phase": self._phase,
                "run": None if job is None else job.number,
                "instruction": None if job is None else job.text,
                "waiting": self._waiting,
                "last": dict(self._latest),
            }

    def tell(self, text: str, *, ask: bool = False) -> Job | None:
        """Take a line in, while idle or while moving.

        Args:
            text: What the person says.
            ask: Whether the first motion waits for ``approve``.

        Returns:
            The instruction on its way; None where the agent takes the line in, or it is a stop.

        Raises:
            InputError: If the line cannot be used.
            NeedsAnswer: If it does not answer what was asked.
        """
        said = check_instruction(text)
        with self._lock:
            phase, question = self._phase, self._question
            busy = phase != "idle" or self._waiting > 0
            if self._gone:
                raise HandselError("the agent has ended; start handsel anew")
            if self._waiting >= MOST_WAITING:
                raise InputError(f"{self._waiting} instructions wait already; stop, or wait for them")
        self.board.post("line", who="person", text=said)
        # What waits for a yes hears nothing before it has one.
        if phase == "working" and self.agent.say(said):
            return None
        if said.lower().strip(" .!") in HALTS:
            self.stop()
            return None
        if busy:
            self.stop()
        elif question is not None:
            said = self._answer(question, said)
        return self.enqueue(said, ask=ask)

    def look(self) -> Scene:
        """Look now, or give what is believed to be there while something is done.

        Raises:
            HandselError: If it cannot be seen.
        """
        with self._lock:
            idle = self._phase == "idle" and not self._waiting and not self._gone
        if idle or self._scene is None:
            job = Job(number=0, text="", ask=False, stops=self._stops)
            self._jobs.put(job)
            job.result.result()
        scene = self.scene
        assert scene is not None, "there was a look"
        return scene

    def approve(self) -> None:
        """Let what waits for a yes begin.

        Raises:
            InputError: If nothing waits.
        """
        with self._lock:
            if self._phase != "asking":
                raise InputError("nothing waits for a yes")
            self.robot.open()
        self._enter("working")

    def stop(self) -> None:
        """Bring the arm to rest now, whatever goes on; always allowed.

        Raises:
            RobotError: If the robot is gone.
        """
        with self._lock:
            self._stops += 1
            self.robot.shut()
        self._enter("stopping")
        self.agent.interrupt()

    def close(self) -> None:
        """Stop, and wait until the agent's thread has ended; may be called twice."""
        self._closing = True
        if self._thread.is_alive():
            try:
                self.stop()
            finally:
                self._jobs.put(None)
                self._thread.join(timeout=30.0)
        # A thread that is still drawing when the interpreter goes would bring the whole process down.
        while self._drawers:
            thread, child = self._drawers.pop()
            child.terminate()
            thread.join()

    def _answer(self, question: tuple[str, NeedsAnswer], said: str) -> str:
        """Work an answer into the instruction.

        Raises:
            NeedsAnswer: If it cannot be seen what it stands for.
        """
        try:
            whole = check_instruction(answered(*question, said))
        except NeedsAnswer as again:
            self.board.post("line", who="robot", text=again.question, options=list(again.options))
            raise
        return whole

    def enqueue(self, text: str, *, ask: bool = False, mind: Mind | None = None) -> Job:
        """Let an instruction wait for its turn.

        Args:
            text: What is to be done.
            ask: Whether the first motion waits for ``approve``.
            mind: Who understands it, where that is not the desk's mind.
        """
        with self._lock:
            self._question = None
            self._count += 1
            self._waiting += 1
            job = Job(number=self._count, text=text, ask=ask, stops=self._stops, mind=mind)
        self._jobs.put(job)
        return job

    def _work(self) -> None:
        """Do one job after another; the thread's own function."""
        try:
            while (job := self._jobs.get()) is not None:
                try:
                    job.result.set_result(self._see() if job.number == 0 else self._do(job))
                except HandselError as error:
                    if job.number:
                        self._ended(job, "failed", str(error))
                    else:
                        self.board.post("note", text=str(error))
                    job.result.set_exception(error)
        finally:
            with self._lock:
                self._gone = True
            self._enter("idle")
            self.board.post("gone")

    def _see(self) -> None:
        self._scene = self.agent.look()
        told = scene_json(self._scene)
        self.board.post("scene", run=0, t=0.0, why="asked for", **scene_message(told))
        for watcher in self._watchers:
            watcher.on_event(
                Event(number=0, time=0.0, wall=0.0, kind="scene", data=told | {"why": "asked for"})
            )

    def _do(self, job: Job) -> Episode | None:
        """Carry one instruction out.

        Returns:
            The episode; None where it was stopped before it began.
        """
        with self._lock:
            self._waiting -= 1
            stopped = job.stops != self._stops
            if not stopped:
                self._job = job
                self.robot.open(ask=job.ask)
        if stopped:
            self._ended(job, "stopped", "stopped before it began")
            return None
        if job.stops != self._braked:
            # Too slow to be seen moving, it may brake still.
            self.robot.advance(BRAKING)
            self._braked = job.stops
        self.board.post("begin", run=job.number, text=job.text, ask=job.ask)
        self._enter("working")
        folder = RunFolder.beside_others(job.text, self.runs)
        digest, self.last = Digest(self.board, job.number), folder.path
        self.agent.subscribers = (*folder.subscribers(), Keeper(self.memory), digest, *self._watchers)
        self.agent.mind = job.mind or self._mind
        episode = self.agent.run(job.text)
        self.verbs.episodes.append(episode)
        self._scene = self.agent.scene if self._scene is not None else None
        if episode.outcome == "question":
            self._question = job.text, NeedsAnswer(episode.reason, episode.options)
        self._ended(job, episode.outcome, episode.reason, folder, list(episode.options))
        if episode.moved and self._replays and not self._closing:
            child = start_replay(folder.path)
            thread = threading.Thread(target=self._replay, args=(folder, job.number, child), name="replay")
            self._drawers = [*(one for one in self._drawers if one[0].is_alive()), (thread, child)]
            thread.start()
        return episode

    def _ended(
        self,
        job: Job,
        outcome: str,
        reason: str,
        folder: RunFolder | None = None,
        options: Sequence[str] = (),
    ) -> None:
        told = {"run": job.number, "outcome": outcome, "reason": reason, "options": list(options)}
        if folder is not None:
            told["folder"] = folder.path.name
        with self._lock:
            self._latest, self._job = told | {"instruction": job.text}, None
        self.board.post("end", **told)
        self._enter("idle")

    def _replay(self, folder: RunFolder, run: int, child: Popen[str]) -> None:
        """Draw the plan, wait for the animation, which a process of its own makes, and tell of it."""
        try:
            with self._drawing:
                record = read_run(folder.trace)
                if record.stages:
                    draw_plan(record, folder.path / "plan.png")
            finish_replay(child)
        except HandselError as error:
            self.board.post("note", text=str(error))
        else:
            self.board.post("replay", run=run, folder=folder.path.name)

    def _seen(self, observation: Observation) -> None:
        version, now = self.pictures.keep(observation), time.monotonic()
        if now - self._told >= FRAME_EVERY:
            self._told = now
            self.board.post("frame", version=version)

    def _asks(self) -> None:
        self._enter("asking")

    def _enter(self, phase: Phase) -> None:
        with self._lock:
            if phase == "stopping" and self._job is None and not self._waiting:
                return
            changed, self._phase = phase != self._phase, phase
            run = None if self._job is None else self._job.number
        if changed:
            self.board.post("phase", phase=phase, run=run)
