"""The last door: whatever a command raises becomes one clear sentence and an exit code."""

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ..core.errors import HandselError, NeedsAnswer

INTERRUPTED = 130


def guarded(command: Callable[[], int], *, as_json: bool) -> int:
    """Run a command so that no mistake of a person ends in a traceback.

    Args:
        command: What to run; it returns its exit code.
        as_json: Whether a failure is told as the one JSON object on standard output.

    Returns:
        The exit code.
    """
    try:
        return command()
    except HandselError as error:
        tell(error.exit_code, str(error), as_json=as_json, error=error)
        return error.exit_code
    except KeyboardInterrupt:
        tell(INTERRUPTED, "interrupted", as_json=as_json)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has left; Python would complain again when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as fault:
        # Nothing else may be caught this widely: this is the last line before the person.
        where = save_fault()
        said = " ".join(str(fault).split())[:200]
        tell(1, f"a fault in handsel: {type(fault).__name__}: {said}; details: {where}", as_json=as_json)
        return 1


def tell(exit_code: int, message: str, *, as_json: bool, error: HandselError | None = None) -> None:
    """Say what went wrong, to a person or to a program."""
    if not as_json:
        print(f"handsel: {message}", file=sys.stderr)
        return
    answer: dict[str, object] = {"success": False, "exit_code": exit_code, "reason": message}
    if isinstance(error, NeedsAnswer):
        answer |= {"question": error.question, "options": list(error.options)}
    print(json.dumps(answer))


def save_fault() -> Path:
    """Write the traceback of the exception at hand to a file of its own.

    Returns:
        Path of the file.
    """
    name = f"handsel-fault-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    path = Path(tempfile.gettempdir()) / name
    path.write_text(traceback.format_exc())
    return path
