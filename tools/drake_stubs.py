"""Mend Drake's type stubs into ``.dev/typings``, where pyright finds them before the installed ones.

The installed ones say ``numpy.ndarray[numpy.float64[3, 1]]`` where any
array-like is taken, and forget the type of what ``AddSystem`` returns. Nothing
else is changed, and nothing of it is needed to run.

Usage:
    python tools/drake_stubs.py
"""

import importlib.util
import re
import shutil
from collections.abc import Callable
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / ".dev" / "typings" / "pydrake"
HEAD = """import collections.abc
import os
import numpy.typing
from typing import Any, TypeVar
_Kind = TypeVar('_Kind')
"""
ARRAY = "numpy.ndarray["


def mended(stub: str) -> str:
    """Rewrite a stub's text."""
    lines = [HEAD]
    for line in stub.splitlines():
        head, arrow, result = line.rpartition(") -> ")
        if line.lstrip().startswith("def ") and arrow:
            given = lists_as_sequences(replaced(head, lambda inside: "numpy.typing.ArrayLike"))
            given = re.sub(r"\b(?:os\.)?PathLike\b(?!\[)", "str | os.PathLike[str]", given)
            line = given + arrow + replaced(result, held)
        else:
            line = replaced(line, held)
        lines.append(generic(line))
    return "\n".join(lines) + "\n"


def replaced(text: str, by: Callable[[str], str]) -> str:
    """Replace every ``numpy.ndarray[...]``, with its brackets balanced."""
    parts = text.split(ARRAY)
    result = parts[0]
    for part in parts[1:]:
        depth, end = 1, 0
        while depth and end < len(part):
            depth += {"[": 1, "]": -1}.get(part[end], 0)
            end += 1
        result += by(part[: end - 1]) + part[end:]
    return result


def held(inside: str) -> str:
    """Give the type of an array that Drake gives out."""
    found = re.match(r"numpy\.\w+", inside)
    return f"numpy.typing.NDArray[{found[0] if found else 'Any'}]"


def lists_as_sequences(parameters: str) -> str:
    """A list of array-likes takes any sequence of them: lists are invariant."""
    return parameters.replace(
        "list[numpy.typing.ArrayLike]", "collections.abc.Sequence[numpy.typing.ArrayLike]"
    )


def generic(line: str) -> str:
    """Have ``AddSystem`` return what it was given, and ``Eval`` anything."""
    line = re.sub(r"(def Eval\(.*) -> object:", r"\1 -> Any:", line)
    if not re.match(r"\s*def (AddSystem|AddNamedSystem)\(", line):
        return line
    line = re.sub(r"system: [\w.]+\)", "system: _Kind)", line)
    return re.sub(r"-> [\w.]+:", "-> _Kind:", line)


def main() -> None:
    """Write all stubs anew."""
    found = importlib.util.find_spec("pydrake")
    assert found is not None and found.origin is not None, "drake is installed"
    source = Path(found.origin).parent
    shutil.rmtree(TARGET, ignore_errors=True)
    for stub in source.rglob("*.pyi"):
        target = TARGET / stub.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(mended(stub.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
