"""What ``handsel eval prompts`` does: recorded conversations against the prompts as they are now."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from ..agent.model.review import Reviewed, review
from ..core.errors import InputError
from .eval import Eval

LONGEST = 6000
"""Most tokens that a prompt may have: a model of 8 billion weights is to keep it in view."""


def run_prompts(command: Eval) -> int:
    """Review recorded conversations, and print what a change of prompts has done to them.

    Args:
        command: The arguments.

    Returns:
        0 where every answer still serves and no prompt is too long, else 1.

    Raises:
        InputError: If there are no recordings.
    """
    folder = command.recorded
    files = sorted(folder.rglob("*.json")) if folder is not None and folder.is_dir() else []
    if not files:
        raise InputError("prompts needs recorded conversations (*.json): --recorded FOLDER")
    turns = [turn for file in files for turn in review(file)]
    useless = [turn for turn in turns if not turn.serves]
    for turn in useless:
        print(f"{turn.where} ({turn.topic}): {turn.why}")
    show(turns)
    if command.json is not None:
        _write(command.json, turns)
    return 1 if useless or max(turn.tokens for turn in turns) > LONGEST else 0


def show(turns: list[Reviewed]) -> None:
    """Print the figures, one prompt a line."""
    print(f"{'prompt':<12} turns  same words  answers serve  longest, tokens (at most {LONGEST})")
    for prompt, count in Counter(turn.prompt for turn in turns).items():
        own = [turn for turn in turns if turn.prompt == prompt]
        same, serves = sum(turn.same for turn in own), sum(turn.serves for turn in own)
        print(f"{prompt:<12} {count:>5}  {same:>10}  {serves:>13}  {max(turn.tokens for turn in own):>7}")


def _write(path: Path, turns: list[Reviewed]) -> None:
    path.write_text(json.dumps([asdict(turn) for turn in turns], indent=1) + "\n", encoding="utf-8")
