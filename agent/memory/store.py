"""What is written into the memory: whole after every call, and never larger than it may be."""

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.closing import Closing
from ...core.errors import InputError
from .schema import INSTEAD, connect
from .writing import LONGEST_PROGRAM, names_text, shortened

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is kept; the oldest episodes are dropped beyond it.

    Attributes:
        episodes: Most episodes.
        size: Most bytes of the file, the latest episode not counted.
    """

    episodes: int = 2_000
    size: int = 64_000_000

    def __post_init__(self) -> None:
        """Check the numbers."""
        if min(self.episodes, self.size) < 1:
            raise InputError(f"bounds of the memory {self!r}: expected positive numbers")


class Store(Closing):
    """One file of episodes; several processes may use it, and their writings come one after the other."""

    def __init__(self, path: Path | None, *, write: bool = True, bounds: Bounds | None = None):
        """Open the file.

        Args:
            path: Where it lies; None for a memory that ends with this object.
            write: Whether it may be written; one that is only read has to exist.
            bounds: How much is kept.

        Raises:
            InputError: If the file is none of ours, is damaged or newer; it stays as it is.
        """
        self.path = path
        self._bounds = bounds or Bounds()
        self._lock = threading.RLock()
        self._link = connect(path, write=write)

    @property
    def name(self) -> str:
        """Name in records: the file, or ``episode`` for one that is not kept."""
        return "episode" if self.path is None else str(self.path)

    def begin(
        self, instruction: str, *, robot: str = "", mind: str = "", perceiver: str = "", seed: int = 0
    ) -> int:
        """Begin an episode, and drop the oldest ones where there are too many.

        Args:
            instruction: What the person said.
            robot: The robot's name.
            mind: Who understands.
            perceiver: Who sees.
            seed: Seed of all chance.

        Returns:
            The episode's number.
        """
        row = (time.time(), shortened(instruction), robot, mind, perceiver, seed)
        with self._writing() as link:
            added = link.execute(
                "INSERT INTO episodes (began, instruction, robot, mind, perceiver, seed) "
                "VALUES (?,?,?,?,?,?)",
                row,
            ).lastrowid
            assert added is not None, "a row was added"
            self._say(link, added, "person", instruction)
            self._drop(link, added)
        with self._locked():
            self._link.execute("PRAGMA incremental_vacuum").fetchall()
        return added

    def say(self, episode: int, who: str, words: str) -> None:
        """Keep what was said in an episode.

        Args:
            episode: Its number.
            who: ``person`` or ``robot``.
            words: What was said.
        """
        with self._writing() as link:
            self._say(link, episode, who, words)

    def plan(self, episode: int, subtasks: Iterable[str]) -> None:
        """Keep the steps of an episode."""
        with self._writing() as link:
            texts = names_text(shortened(text) for text in subtasks)
            link.execute("UPDATE episodes SET subtasks = ? WHERE id = ?", (texts, episode))

    def look(self, episode: int, time: float, why: str, things: str) -> None:
        """Keep what was seen.

        Args:
            episode: Its number.
            time: Robot time, [s].
            why: What it was looked at for.
            things: As ``writing.things_text`` writes them.
        """
        with self._writing() as link:
            row = (time, shortened(why), things, episode)
            link.execute("INSERT INTO looks (time, why, things, episode) VALUES (?,?,?,?)", row)

    def act(
        self,
        episode: int,
        *,
        subtask: str,
        skill: str,
        arguments: Mapping[str, str],
        seen: str,
        thing: str,
        success: bool,
        reason: str,
    ) -> None:
        """Keep that a skill moved a thing.

        Args:
            episode: Its number.
            subtask: The step that it was for.
            skill: The skill.
            arguments: Its arguments.
            seen: The thing before and, where it was seen, after, as ``writing.things_text`` writes them.
            thing: Its name.
            success: Whether the step was judged to have happened.
            reason: What the verdict rests on.
        """
        row = (shortened(subtask), skill, names_text(arguments), thing, seen, success, shortened(reason))
        with self._writing() as link:
            link.execute(
                "INSERT INTO acts (subtask, skill, arguments, thing, seen, success, reason, episode) "
                "VALUES (?,?,?,?,?,?,?,?)",
                (*row, episode),
            )

    def program(
        self, episode: int, *, subtask: str, names: Sequence[str], things: str, text: str, success: bool
    ) -> None:
        """Keep a program that was carried out, unless it is too long.

        Args:
            episode: Its number.
            subtask: The step.
            names: The things that the step names, in order.
            things: These as they were seen before it, as ``writing.things_text`` writes them.
            text: The program.
            success: Whether the step was judged to have happened.
        """
        if len(text) > LONGEST_PROGRAM:
            return
        with self._writing() as link:
            link.execute(
                "INSERT INTO programs (subtask, names, things, text, success, episode) VALUES (?,?,?,?,?,?)",
                (shortened(subtask), names_text(names), things, text, success, episode),
            )

    def end(self, episode: int, outcome: str, reason: str) -> None:
        """Keep how an episode ended, which the robot also says."""
        with self._writing() as link:
            row = (outcome, shortened(reason), episode)
            link.execute("UPDATE episodes SET outcome = ?, reason = ? WHERE id = ?", row)
            self._say(link, episode, "robot", reason)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """Read rows.

        Args:
            query: A ``SELECT`` with a ``?`` for each value.
            values: The values.

        Raises:
            InputError: If the file cannot be read any more.
        """
        with self._locked():
            return self._link.execute(query, tuple(values)).fetchall()  # type: ignore[arg-type]

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        with self._lock:
            self._link.close()

    @staticmethod
    def _say(link: sqlite3.Connection, episode: int, who: str, words: str) -> None:
        row = (who, shortened(words), episode)
        link.execute("INSERT INTO sayings (who, words, episode) VALUES (?,?,?)", row)

    def _drop(self, link: sqlite3.Connection, latest: int) -> None:
        """Drop the oldest episodes until the bounds hold, the latest never."""
        link.execute(
            "DELETE FROM episodes WHERE id <= (SELECT id FROM episodes ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (self._bounds.episodes,),
        )
        while self._size(link) > self._bounds.size:
            gone = link.execute(
                "DELETE FROM episodes WHERE id = (SELECT MIN(id) FROM episodes) AND id < ?", (latest,)
            )
            if not gone.rowcount:
                return

    @staticmethod
    def _size(link: sqlite3.Connection) -> int:
        """Give the bytes in use."""
        pages, free, each = (
            int(link.execute(f"PRAGMA {what}").fetchone()[0])
            for what in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * each

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing."""
        with self._locked():
            self._link.execute("BEGIN IMMEDIATE")
            try:
                yield self._link
            except BaseException:
                with suppress(sqlite3.Error):
                    self._link.execute("ROLLBACK")
                raise
            self._link.execute("COMMIT")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Be the only thread, and say in words what the database says."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise InputError(
                    f"the memory {self.name!r} cannot be used any more: {error}; {INSTEAD}"
                ) from error
