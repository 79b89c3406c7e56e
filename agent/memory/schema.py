"""The file: one SQLite database, its tables and version; a file that is none of ours is never touched."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ...core.errors import InputError

APPLICATION = 0x48_4E_44_4C
"""What marks the file as a memory of handsel, in SQLite's ``application_id``."""
VERSION = 1
"""Version of the tables, in SQLite's ``user_version``."""
BUSY = 10.0
"""How long a process waits while another one writes, [s]."""
TABLES = """
CREATE TABLE episodes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, began REAL NOT NULL, instruction TEXT NOT NULL,
    robot TEXT NOT NULL, mind TEXT NOT NULL, perceiver TEXT NOT NULL, seed INTEGER NOT NULL,
    subtasks TEXT NOT NULL DEFAULT '[]', outcome TEXT NOT NULL DEFAULT 'broken off',
    reason TEXT NOT NULL DEFAULT '');
CREATE TABLE sayings (
    id INTEGER PRIMARY KEY AUTOINCREMENT, who TEXT NOT NULL, words TEXT NOT NULL,
    episode INTEGER NOT NULL REFERENCES episodes ON DELETE CASCADE);
CREATE TABLE looks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, why TEXT NOT NULL, things TEXT NOT NULL,
    episode INTEGER NOT NULL REFERENCES episodes ON DELETE CASCADE);
CREATE TABLE acts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, subtask TEXT NOT NULL, skill TEXT NOT NULL,
    arguments TEXT NOT NULL, thing TEXT NOT NULL, seen TEXT NOT NULL, success INTEGER NOT NULL,
    reason TEXT NOT NULL, episode INTEGER NOT NULL REFERENCES episodes ON DELETE CASCADE);
CREATE TABLE programs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, subtask TEXT NOT NULL, names TEXT NOT NULL, things TEXT NOT NULL,
    text TEXT NOT NULL, success INTEGER NOT NULL,
    episode INTEGER NOT NULL REFERENCES episodes ON DELETE CASCADE);
CREATE INDEX sayings_of ON sayings (episode);
CREATE INDEX looks_of ON looks (episode);
CREATE INDEX acts_of ON acts (episode);
CREATE INDEX acts_with ON acts (thing, id);
CREATE INDEX programs_of ON programs (episode);
"""
INSTEAD = "move it away, or name another file with --memory FILE (or --memory none)"


def connect(path: Path | None, *, write: bool) -> sqlite3.Connection:
    """Open a memory, made where there is none yet.

    Args:
        path: The file; None for one that is gone when it is closed.
        write: Whether it is written; one that is only read has to exist.

    Raises:
        InputError: If the file is no memory, is damaged, or of a newer version; it stays as it is.
    """
    where = ":memory:" if path is None else f"{path.absolute().as_uri()}?mode={'rwc' if write else 'ro'}"
    try:
        # One owner at a time uses a connection: the store has a lock.
        link = sqlite3.connect(
            where, uri=path is not None, timeout=BUSY, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise InputError(f"the memory {str(path)!r} cannot be opened: {error}; {INSTEAD}") from error
    try:
        link.execute("PRAGMA foreign_keys = ON")
        if write:
            _make(link)
            # Whole after every kill of a process; the last events may be lost with the power.
            link.execute("PRAGMA synchronous = NORMAL")
        _check(link, path)
    except sqlite3.Error as error:
        link.close()
        raise InputError(f"the memory {str(path)!r} cannot be used: {error}; {INSTEAD}") from error
    except InputError:
        link.close()
        raise
    return link


def _make(link: sqlite3.Connection) -> None:
    """Make the tables where the file is empty; two processes that begin at once make them once."""
    with closing(link.cursor()) as cursor:
        if _number(link, "application_id") or cursor.execute("SELECT 1 FROM sqlite_master").fetchone():
            return
        cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("BEGIN IMMEDIATE")
        if not cursor.execute("SELECT 1 FROM sqlite_master").fetchone():
            for statement in filter(str.strip, TABLES.split(";\n")):
                cursor.execute(statement)
            cursor.execute(f"PRAGMA application_id = {APPLICATION}")
            cursor.execute(f"PRAGMA user_version = {VERSION}")
        cursor.execute("COMMIT")


def _check(link: sqlite3.Connection, path: Path | None) -> None:
    """Check whose the file is and that it is whole.

    Raises:
        InputError: If it is not ours, newer, or damaged.
    """
    if _number(link, "application_id") != APPLICATION:
        raise InputError(f"{str(path)!r} is no memory of handsel, but some other database; {INSTEAD}")
    version = _number(link, "user_version")
    if version > VERSION:
        raise InputError(
            f"the memory {str(path)!r} was written by a newer handsel (version {version}, this one reads "
            f"{VERSION}); update handsel, or {INSTEAD}"
        )
    said = [row[0] for row in link.execute("PRAGMA quick_check(3)")]
    if said != ["ok"]:
        raise InputError(f"the memory {str(path)!r} is damaged ({'; '.join(map(str, said))}); {INSTEAD}")


def _number(link: sqlite3.Connection, pragma: str) -> int:
    return int(link.execute(f"PRAGMA {pragma}").fetchone()[0])
