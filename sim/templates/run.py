"""Let a mind understand filled templates, carry out its programs by a hand without weight, and count."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ...agent.mind import Mind
from ...core.errors import HandselError
from ...planners.read import Vocabulary, read
from ...skills.registry import make_skills
from ..statistics import wilson_interval
from .filling import MEANINGS, Filled, Templates, fill
from .hand import carry_out
from .judging import judge
from .table import Piece, scene_of, set_table


def run_templates(
    templates: Templates, make: Callable[[int], Mind], trials: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Let a mind do each template with seen and with unseen words.

    Args:
        templates: What ``read_templates`` gave.
        make: Makes the mind of an instruction, given its number; each is a dialogue of its own.
        trials: How often each template is filled with either kind of words.
        seed: Seed of the first filling.

    Yields:
        A record each: ``number``, ``template`` and ``words`` (``seen`` or ``unseen``), ``meaning``, ``text``,
        ``success``, ``acted``, ``reason``, ``steps``.
    """
    number = 0
    for place, template in enumerate(templates.templates):
        for seen in (True, False):
            for trial in range(trials):
                rng = np.random.default_rng([seed, place, int(seen), trial])
                filled = fill(template, templates, seen, rng)
                pieces = set_table(filled, templates, rng)
                yield _record(number, filled, pieces, make)
                number += 1


def _record(
    number: int, filled: Filled, pieces: tuple[Piece, ...] | None, make: Callable[[int], Mind]
) -> dict[str, Any]:
    steps: list[str] = []
    if pieces is None:
        reason = "no table was drawn on which it says something definite"
    else:
        reason = _done(make(number), filled, pieces, steps)
    return {
        "number": number,
        "template": "seen" if filled.template.seen else "unseen",
        "words": "seen" if filled.seen else "unseen",
        "meaning": filled.template.meaning,
        "text": filled.text,
        "success": not reason,
        "acted": bool(steps),
        "reason": reason,
        "steps": steps,
    }


def _done(mind: Mind, filled: Filled, pieces: tuple[Piece, ...], steps: list[str]) -> str:
    """Do what a mind says; give what is wrong with it, or nothing."""
    skills = tuple(skill.spec for skill in make_skills())
    now = pieces
    try:
        for subtask in mind.decompose(filled.text, scene_of(pieces), skills):
            scene = scene_of(now)
            program = read(mind.write(subtask.text, scene, ()), Vocabulary.of(scene))
            now = carry_out(program, now)
            steps.append(subtask.text)
    except HandselError as error:
        return f"{type(error).__name__}: {error}"
    return judge(filled, pieces, now)


def sum_up(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Count.

    Args:
        records: What ``run_templates`` gave.

    Returns:
        A row for seen and unseen templates with seen and unseen words, and one for each meaning; each with
        its count and interval, and how often something wrong was done.
    """
    rows = {
        f"{template} templates, {words} words": _row(
            [r for r in records if r["template"] == template and r["words"] == words]
        )
        for template in ("seen", "unseen")
        for words in ("seen", "unseen")
    }
    meanings = [meaning for row in MEANINGS.values() for meaning, _ in row]
    return {
        "instructions": len(records),
        "rows": rows,
        "meanings": {name: _row([r for r in records if r["meaning"] == name]) for name in meanings},
        "wrongly_done": sum(r["acted"] and not r["success"] for r in records),
    }


def _row(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    right = sum(record["success"] for record in records)
    return {"of": len(records), "right": right, "interval": list(wilson_interval(right, len(records)))}
