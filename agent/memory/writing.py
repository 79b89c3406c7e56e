"""How things stand in the file: compact JSON, and nothing of it is believed when it is read."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...core.arrays import Float64
from ...core.errors import InputError
from .records import Place, Seen

MOST_THINGS = 200
"""Things of one look that are kept."""
LONGEST_TEXT = 8_192
"""Characters of one sentence that are kept."""
LONGEST_PROGRAM = 65_536
"""Longest program that is kept, [characters]; a cut one would be another program."""


def things_text(things: Iterable[Mapping[str, Any]]) -> str:
    """Write the things of a trace's ``scene`` event.

    Args:
        things: The event's ``things``.
    """
    rows = [
        [
            one["name"],
            one["kind"],
            one["color"],
            [round(side, 4) for side in one["size"]],
            one["on"],
            one["inside"],
            [round(value, 4) for value in one["X_WO"]["p"]],
            [round(value, 4) for value in one["X_WO"]["wxyz"]],
        ]
        for one in [*things][:MOST_THINGS]
    ]
    return json.dumps(rows, separators=(",", ":"), allow_nan=False)


def read_things(text: str) -> tuple[Seen, ...]:
    """Read what ``things_text`` wrote.

    Raises:
        InputError: If it is not that.
    """
    rows = _parsed(text, list)
    try:
        return tuple(_seen(*row) for row in rows)
    except (TypeError, ValueError) as error:
        raise InputError(f"the memory holds things that cannot be read: {error}") from error


def names_text(names: Mapping[str, str] | Iterable[str]) -> str:
    """Write arguments, or a list of names."""
    plain = dict(names) if isinstance(names, Mapping) else list(names)
    return json.dumps(plain, separators=(",", ":"))


def read_names(text: str) -> tuple[str, ...]:
    """Read a list of names.

    Raises:
        InputError: If it is none.
    """
    return tuple(_word(name) for name in _parsed(text, list))


def read_arguments(text: str) -> dict[str, str]:
    """Read arguments.

    Raises:
        InputError: If it is no mapping of words to words.
    """
    return {_word(key): _word(value) for key, value in _parsed(text, dict).items()}


def shortened(text: object) -> str:
    """Cut a sentence to what is kept of one."""
    return str(text)[:LONGEST_TEXT]


def _parsed(text: str, kind: type) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the memory holds {text[:40]!r}, which is not JSON: {error}") from error
    if not isinstance(value, kind):
        raise InputError(f"the memory holds {text[:40]!r}; expected a {kind.__name__}")
    return value


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise InputError(f"the memory holds {value!r}; expected a word")
    return value


def _seen(
    name: object, kind: object, color: object, size: object, on: object, inside: object, *pose: object
) -> Seen:
    p_WO, wxyz = map(_numbers, pose)
    place = Place(on=_word(on), inside=None if inside is None else _word(inside), p_WO=p_WO, wxyz=wxyz)
    return Seen(name=_word(name), kind=_word(kind), color=_word(color), size=_numbers(size), place=place)


def _numbers(values: object) -> Float64:
    array = np.array(values, dtype=float)
    if not all(map(math.isfinite, array.ravel())):
        raise ValueError(f"{values!r} are no numbers")
    return array
