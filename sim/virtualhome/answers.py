"""Plans in the package's form: a JSON object whose keys are the actions in order, each as often as needed."""

import json
import re
from collections.abc import Sequence

from ...core.errors import InputError
from .rules import Step
from .situation import Situation

LONGEST_ANSWER = 20_000
"""Most characters of a model's answer that are read."""
MOST_STEPS = 200
_FENCED = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.DOTALL)
_NAME = re.compile(r"[A-Z]{2,20}")


def write_answer(situation: Situation, steps: Sequence[Step]) -> str:
    """Write a plan as the package reads it: ``{"WALK": ["couch", "352"], "STANDUP": [ ]}``."""
    lines = []
    for name, numbers in steps:
        parts = [part for number in numbers for part in (situation.things[number].name, number)]
        # The package's reader passes over an empty list that has no blank in it.
        lines.append(f'"{name}": {json.dumps(parts) if parts else "[ ]"}')
    return "{" + ", ".join(lines) + "}"


def read_answer(text: str, situation: Situation) -> tuple[Step, ...]:
    """Read a model's answer.

    Args:
        text: What it said: the JSON object, in a fence or not, and nothing else.
        situation: What it was told.

    Raises:
        InputError: If it is too long, of another form, or names what is not in the prompt.
    """
    if len(text) > LONGEST_ANSWER:
        raise InputError(f"the answer has {len(text)} characters; at most {LONGEST_ANSWER} are read")
    told = text.strip()
    fenced = _FENCED.fullmatch(told)
    try:
        pairs = json.loads(fenced[1] if fenced else told, object_pairs_hook=list)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the answer is no JSON: {error}") from error
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs) or not pairs:
        raise InputError("the answer is no JSON object with actions in it")
    if len(pairs) > MOST_STEPS:
        raise InputError(f"the answer has {len(pairs)} steps; at most {MOST_STEPS} are read")
    return tuple(_step(name, parts, situation) for name, parts in pairs)


def _step(name: object, parts: object, situation: Situation) -> Step:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InputError(f"{name!r:.60} is no action: expected capital letters")
    if (
        not isinstance(parts, list)
        or not all(isinstance(part, str | int) for part in parts)
        or len(parts) % 2
    ):
        raise InputError(f"{name} has to have a list of names and numbers in turn, got {parts!r:.120}")
    numbers = tuple(str(part) for part in parts[1::2])
    for said, number in zip(parts[::2], numbers, strict=True):
        thing = situation.things.get(number)
        if thing is None or thing.name != said:
            raise InputError(
                f"{name}: {said!r:.60} with number {number!r:.20} is not among the things listed"
            )
    return name, numbers
