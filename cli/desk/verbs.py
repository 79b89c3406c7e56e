"""The chat's commands at a desk: what was weighed and why, what is there, and putting back what was moved."""

from pathlib import Path
from typing import TYPE_CHECKING

from ...agent.episode import Episode, check_instruction
from ...agent.mind import Mind
from ...core.errors import InputError, UnknownName
from ...perception.scene import Thing
from ..chat_commands import COMMANDS, SHARED

if TYPE_CHECKING:
    from .desk import Desk

OWN = ("help", "plan", "go", "stop")
"""Commands that a desk has its own way for; the rest is the chat's."""


class Verbs:
    """Takes the lines that begin with ``/``; the answer is put on the desk's board."""

    def __init__(self, desk: "Desk", base_url: str | None = None):
        """Begin a conversation.

        Args:
            desk: Where it is led.
            base_url: Address of the language model's server.
        """
        self._desk, self.base_url = desk, base_url
        self.agent, self.memory, self.inner = desk.agent, desk.memory, desk.mind
        self.episodes: list[Episode] = []
        self.first = self.memory.last_number() + 1
        self.undone: set[int] = set()
        self._lines: list[str] = []

    @property
    def busy(self) -> bool:
        """Whether an instruction is carried out."""
        status = self._desk.status()
        return status["phase"] != "idle" or status["waiting"] > 0

    @property
    def last(self) -> Path | None:
        """Folder of the last run; None before the first."""
        return self._desk.last

    def take(self, line: str) -> None:
        """Do what a command says.

        Args:
            line: The command with what stands behind it.

        Raises:
            UnknownName: If there is no such command.
            HandselError: If it cannot be done.
        """
        name, _, rest = line.strip().removeprefix("/").partition(" ")
        rest = rest.strip()
        match name:
            case "stop":
                self._desk.stop()
            case "go":
                self._desk.approve()
            case "plan":
                self._desk.tell(check_instruction(rest), ask=True)
            case "help" | "undo" | "why" | "skills" | "scene" | "models" | "cost":
                self._desk.board.post("line", who="person", text=line.strip())
                self._lines = []
                if name == "help":
                    self._help()
                else:
                    SHARED[name](self, rest)
                if self._lines:
                    self._desk.board.post("answer", text="\n".join(self._lines))
            case _:
                raise UnknownName("command", f"/{name}", [f"/{one}" for one in (*OWN, *SHARED)])

    def begin(self, text: str, mind: Mind) -> None:
        """Carry an instruction out as another mind understands it.

        Raises:
            InputError: If something is carried out.
        """
        if self.busy:
            raise InputError("the arm is at work; stop it first, or wait")
        self._desk.enqueue(text, mind=mind)

    def things(self) -> tuple[Thing, ...]:
        """Give what is there: by a fresh look, while nothing is carried out.

        Raises:
            HandselError: If it cannot be seen.
        """
        return self._desk.look().things

    def print(self, line: str) -> None:
        """Write a line of the answer."""
        self._lines.append(line)

    def _help(self) -> None:
        for name in (*OWN, *SHARED):
            command = COMMANDS[name]
            self.print(f"{f'/{name} {command.takes}':<18} {command.help}")
