"""One conversation: lines in, episodes out, on a robot whose world stays up meanwhile."""

import threading
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from rich.console import Console

from ..agent.agent import Agent
from ..agent.episode import Episode, check_instruction
from ..agent.events import Subscriber
from ..agent.memory.keeper import Keeper
from ..agent.memory.memory import Memory
from ..agent.memory.mind import RememberingMind
from ..agent.mind import Mind, Subtask
from ..agent.report.folder import RunFolder
from ..core.errors import HandselError, InputError, NeedsAnswer, RobotError
from ..perception.perceiver import Perceiver
from ..perception.scene import Thing
from ..robots.robot import Robot
from .chat_commands import command_named
from .chat_minds import Dialogue, KeptMind
from .chat_robot import ChatRobot
from .chat_teller import Breaker, Teller
from .dialogue import answered
from .guard import guarded
from .telling import DONE

WORST = (0, 130, 4, 3, 2, 1)
"""Exit codes from the best to the worst."""


@runtime_checkable
class Listening(Protocol):
    """An agent that takes a line while it moves, from any thread."""

    def say(self, text: str) -> bool:
        """Hear a line; False where nothing is carried out that it could be about."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What ``/plan`` showed and ``/go`` does.

    Attributes:
        instruction: What was said.
        steps: The steps.
        programs: The programs that were shown, by their steps.
    """

    instruction: str
    steps: tuple[Subtask, ...]
    programs: dict[str, str] = field(default_factory=dict)


class ChatSession:
    """The state of a chat; ``take`` may be called while the arm moves."""

    def __init__(
        self,
        robot: Robot,
        mind: Mind,
        perceiver: Perceiver,
        *,
        memory: Memory,
        console: Console,
        out: Path,
        seed: int = 0,
        base_url: str | None = None,
        watchers: tuple[Subscriber, ...] = (),
    ):
        """Begin; nothing moves.

        Args:
            robot: What acts.
            mind: Who understands.
            perceiver: Who sees.
            memory: What is remembered.
            console: Where answers go.
            out: Folder of the run folders.
            seed: Seed of all chance.
            base_url: Address of the language model's server.
            watchers: Who watches every episode besides.
        """
        self._watchers = watchers
        self.inner, self.memory, self.out, self.base_url = mind, memory, out, base_url
        self.robot = ChatRobot(robot)
        self.mind = KeptMind(RememberingMind(mind, memory, robot=robot.info.name))
        self.agent = Agent(self.robot, self.mind, perceiver, seed=seed)
        self.plan: Planned | None = None
        self.question: tuple[str, NeedsAnswer] | None = None
        self.last: Path | None = None
        self.undone: set[int] = set()
        self.first = memory.last_number() + 1
        self.episodes: list[Episode] = []
        self.script: Path | None = None
        self.gone = False
        self._console, self._codes = console, [0]
        self._teller = Teller(self.print)
        self._breaker = Breaker(self.agent.interrupt)
        self._thread: threading.Thread | None = None
        self._waiting: deque[str] = deque()

    # ---- lines -------------------------------------------------------------------

    def take(self, line: str) -> bool:
        """Take a line: a command, an answer, an instruction, or a correction of what goes on.

        Args:
            line: What was typed.

        Returns:
            Whether the chat goes on.
        """
        line = line.strip()
        if not line:
            return not self.gone
        try:
            self._keep(line)
            if line.startswith("/"):
                name, _, rest = line[1:].partition(" ")
                return command_named(name)(self, rest.strip()) and not self.gone
            self._hear(check_instruction(line))
        except HandselError as error:
            self.count(error.exit_code)
            self.print(str(error))
        return not self.gone

    def _hear(self, text: str) -> None:
        """Begin an instruction; while one is carried out, let it be corrected."""
        if self.busy:
            if isinstance(self.agent, Listening):
                if self.agent.say(text):
                    return
                # It ended at this very moment: what was said is an instruction of its own.
                self.wait()
            else:
                self._waiting.append(text)
                self.stop()
                return
        if self.question is not None:
            said, question = self.question
            self.question = None
            text = check_instruction(answered(said, question, chosen(text, question)))
        self.begin(text, self.mind)

    def begin(self, text: str, mind: Mind, *, rehearse: bool = False) -> None:
        """Carry an instruction out in a thread of its own.

        Args:
            text: What was said.
            mind: Who understands it.
            rehearse: Whether to plan only.

        Raises:
            InputError: If something is carried out.
        """
        if self.busy:
            raise InputError("the arm is at work; /stop it first, or wait")
        self.plan = None
        self._thread = threading.Thread(
            target=lambda: self.count(guarded(lambda: self._work(text, mind, rehearse), as_json=False)),
            daemon=True,
        )
        self._thread.start()

    def _work(self, text: str, mind: Mind, rehearse: bool) -> int:
        """Run an episode, and those that were asked for meanwhile."""
        self._episode(text, mind, rehearse)
        while self._waiting and not self.gone:
            self._episode(self._waiting.popleft(), self.mind, False)
        return 0

    def _episode(self, text: str, mind: Mind, rehearse: bool) -> None:
        before = self.inner.turns if isinstance(self.inner, Dialogue) else ()
        folder = RunFolder.beside_others(text, self.out)
        keeper = () if rehearse else (Keeper(self.memory),)
        self.last, self._teller.programs = folder.path, {}
        self._breaker = Breaker(self.agent.interrupt)
        self.agent.subscribers = (
            *folder.subscribers(),
            *keeper,
            self._teller,
            *self._watchers,
            self._breaker,
        )
        self.agent.mind, self.robot.rehearses, self._teller.rehearses = mind, rehearse, rehearse
        try:
            episode = self.agent.run(text)
        except RobotError as fault:
            self.gone = True
            self.count(fault.exit_code)
            raise
        finally:
            self.robot.rehearses = False
            for watcher in self.agent.subscribers:
                # An episode that could not even begin has not closed them.
                watcher.close()
        self._over(text, episode, rehearse)
        if rehearse and isinstance(self.inner, Dialogue):
            # Only /go says it; until then nothing was done that "it" could stand for.
            self.inner.go_back(before)

    def _over(self, text: str, episode: Episode, rehearse: bool) -> None:
        """Tell how it ended."""
        self.episodes.append(episode)
        if rehearse and episode.exit_code == 0 and episode.outcome == "refused":
            self.plan = Planned(instruction=text, steps=self.mind.steps, programs=dict(self._teller.programs))
            for step, program in self.plan.programs.items():
                self.print(f"program for {step!r}:\n{program.strip()}")
            self.print("nothing has moved; /go does it")
            return
        self.print(f"{DONE[episode.outcome]}: {episode.reason}")
        if episode.outcome == "question":
            self.question = (text, NeedsAnswer(episode.reason, episode.options))
            for number, option in enumerate(episode.options, start=1):
                self.print(f"  {number}  {option}")
            return
        self.count(episode.exit_code)

    # ---- what goes on ------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether an instruction is carried out."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def doing(self) -> str:
        """What the arm does, in a few words."""
        if self.busy:
            return self._teller.doing or "thinking"
        return "a question waits for its answer" if self.question else "at rest"

    def things(self) -> tuple[Thing, ...]:
        """Give what is there: by a fresh look, while nothing is carried out.

        Raises:
            HandselError: If nothing can be measured in the pictures.
        """
        return (self.agent.scene if self.busy else self.agent.look()).things

    def names(self) -> tuple[str, ...]:
        """Name what was seen last; nothing before the first look."""
        return self._teller.names

    def stop(self) -> bool:
        """Bring the arm to rest and end what is carried out; what waits is still done.

        Returns:
            Whether anything was carried out.
        """
        if not self.busy:
            return False
        if isinstance(self.agent, Listening):
            # Such an agent stops from any thread, also while it plans or waits for a model.
            self.agent.interrupt()
        else:
            self._breaker.pull()
        return True

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def wait(self) -> None:
        """Wait until nothing is carried out."""
        while self._thread is not None and self._thread.is_alive():
            # An endless join would keep Ctrl-C from being heard.
            self._thread.join(0.2)

    def close(self) -> None:
        """Stop and wait."""
        self.clear()
        if self.stop():
            self.wait()

    # ---- telling -----------------------------------------------------------------

    @property
    def exit_code(self) -> int:
        """The worst of all exit codes; a question that nobody answered counts."""
        codes = [*self._codes, *([4] if self.question is not None else [])]
        return max(codes, key=lambda code: WORST.index(code) if code in WORST else len(WORST))

    def count(self, code: int) -> None:
        """Take an exit code into account."""
        self._codes.append(code)

    def print(self, line: str) -> None:
        """Write a line."""
        self._console.print(line, markup=False)

    def _keep(self, line: str) -> None:
        if self.script is not None and not line.startswith("/record"):
            with self.script.open("a", encoding="utf-8") as stream:
                stream.write(line.replace("\n", "\\\n") + "\n")


def chosen(text: str, question: NeedsAnswer) -> str:
    """Give the option that a number stands for, else the text."""
    if text.isdecimal() and 1 <= int(text) <= len(question.options):
        return question.options[int(text) - 1]
    return text
