"""Past runs: what lies in the folder of runs, told in short, and which of its files may be shown."""

import json
from pathlib import Path
from typing import Any

from ...agent.report.folder import FILES

MOST_RUNS = 100
MOST_LINE = 1 << 20
"""Longest first or last line of a trace that is read, [bytes]."""


def past_runs(runs: Path) -> list[dict[str, Any]]:
    """Tell of the newest runs, newest first.

    Args:
        runs: Folder of all runs; it may be absent.
    """
    if not runs.is_dir():
        return []
    traces = [path for path in runs.glob("*/trace.jsonl") if path.is_file()]
    traces.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    return [_told(path) for path in traces[:MOST_RUNS]]


def file_of(runs: Path, run: str, name: str) -> Path | None:
    """Find a run's file; None for what is no file of a run.

    Args:
        runs: Folder of all runs.
        run: Name of the run's folder.
        name: Name of the file, one of ``report.folder.FILES``.
    """
    if name not in FILES or run in ("", ".", "..") or "/" in run or "\\" in run or "\0" in run:
        return None
    path = runs / run / name
    # A link in the folder of runs must not lead out of it.
    return path if path.is_file() and path.resolve().is_relative_to(runs.resolve()) else None


def _told(trace: Path) -> dict[str, Any]:
    first, last = _ends(trace)
    return {
        "name": trace.parent.name,
        "when": trace.stat().st_mtime,
        "instruction": str(first.get("instruction", "")),
        "outcome": str(last.get("outcome", "broken off")),
        "reason": str(last.get("reason", "")),
        "files": [name for name in FILES if (trace.parent / name).is_file()],
    }


def _ends(trace: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the first and the last line; what is no event of the right kind is left out."""
    with trace.open("rb") as stream:
        first = stream.readline(MOST_LINE)
        stream.seek(0, 2)
        stream.seek(max(0, stream.tell() - MOST_LINE))
        lines = stream.read(MOST_LINE).splitlines() or [b""]
    return _event(first, "begin"), _event(lines[-1], "end")


def _event(line: bytes, kind: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) and told.get("kind") == kind else {}
