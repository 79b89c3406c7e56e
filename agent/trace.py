"""``trace.jsonl``: one line of JSON an event, whole after every line, enough to replay a run.

Every line has ``n`` (from 0), ``t`` (robot time, [s]), ``wall`` (seconds since
the episode began), ``kind`` and the kind's own entries:

===========  ====================================================================
begin        format, versions, instruction, seed, robot (arms with model and X_WR), mind,
             perceiver, skills, limits
scene        what was seen: things, table, directions, keypoints; ``why`` it was looked at
subtasks     the steps in words
choice       the table: skill, arguments, say, can, score, reason; which was chosen; the method
program      program text, and which try it is
resume       a program that grasps what is held already goes on after that: from which stage, holding what
refusal      why a program was not taken: ``reading`` or ``planning``, and the reason
plan         one stage: relations with residuals, clearance, processor time, knots of motion and retreat
fields       the value maps of a planned stage on a coarse grid (lower, step), each with shape, least and
             largest number and a byte a number in base64, 255 where nothing is said
move         a motion that serves looking, by its knots
stage        a planned stage begins; ``index`` counts the program's stages
replan       a stage is planned anew while it runs or before it begins, or an earlier one is gone back
             to: cause and reason, the stage (index and name), where it was joined in
waiting      an arm stands aside for what reaches in: which stage, and why it had no way round
grip         fingers begin to move: width, force, thing
followed     a motion ended: how, the tool's largest distance from where the curve had it at the same
             moment (``deviation_max_mm``), over how many samples of the robot's own, pieces joined on
ended        what a stage said of its end (toward, face, grip), measured when it ended: each with its
             residual, tolerance and whether it was met
slow         a stage that is slow somewhere is over: the tool's largest speed there over the one that was
             asked for (``share``), both, and over how many samples of the robot's own
note         what of a way of the agent's own is not as it was asked for
grasped      a thing is in the hand; released: it no longer is
joints       a sample at 20 Hz or faster: q, v, width, tool pose X_WG, what is held
trouble      what the watch saw go wrong
thing_moved  a thing that the hand does not hold has moved: by how far, and where it is
thing_lost   a thing is no longer where it was, and not seen near by
failure      why a step could not go on: cause and reason
verdict      whether a step happened, who judged, and the measured reason
over         processor time beyond what was declared
end          the episode in short
===========  ====================================================================

A process that is killed leaves whole lines and at most one that is cut off;
``read_trace`` leaves the cut one out.
"""

import json
from pathlib import Path
from typing import Any

from ..core.closing import Closing
from ..core.errors import InputError
from .events import Event

FORMAT = 1


class TraceWriter(Closing):
    """A subscriber that writes the trace."""

    def __init__(self, path: Path):
        """Open the file.

        Args:
            path: Where the trace goes; its folder exists.

        Raises:
            InputError: If the file cannot be written.
        """
        self.path = path
        try:
            self._stream = path.open("w", encoding="utf-8")
        except OSError as error:
            raise InputError(f"the trace cannot be written to {path}: {error.strerror}") from error

    def on_event(self, event: Event) -> None:
        """Write one whole line and hand it to the system at once."""
        head = {
            "n": event.number,
            "t": round(event.time, 6),
            "wall": round(event.wall, 4),
            "kind": event.kind,
        }
        line = json.dumps(head | dict(event.data), separators=(",", ":"), allow_nan=False)
        self._stream.write(line + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._stream.close()


def read_trace(path: Path) -> tuple[dict[str, Any], ...]:
    """Read a trace back.

    Args:
        path: The file.

    Returns:
        Its events in order; a last line that was cut off is left out.

    Raises:
        InputError: If there is no such file, or a line before the last is not an event.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"no trace at {path}: {error.strerror}") from error
    events: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        try:
            event = json.loads(line)
        except ValueError as error:
            if number == len(lines):
                break
            raise InputError(f"{path}, line {number} is not JSON: {error}") from error
        if not isinstance(event, dict) or "kind" not in event:
            raise InputError(f"{path}, line {number} is not an event of a trace")
        events.append(event)
    return tuple(events)
