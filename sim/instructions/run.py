"""Let a mind understand a file of instructions, and count what it took them for."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...agent.minds import make_mind
from ...core.errors import CannotDo, InputError, NeedsAnswer
from ...perception.scene import Scene
from ..statistics import wilson_interval
from .compare import Json, judge
from .form import as_json, as_turn
from .scenes import symbolic_scene

DEFAULT = Path("tests/data/instructions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One instruction with what it means.

    Attributes:
        id: Its identifier.
        kind: The writer's label.
        text: What the person says.
        expected: What it means.
        scene: What is there.
        before: Earlier turns of the dialogue, each with its text and its steps.
        acts: Whether anything may be done.
    """

    id: str
    kind: str
    text: str
    expected: Json
    scene: Scene
    before: tuple[Json, ...] = ()
    acts: bool = True


def read_cases(path: Path) -> tuple[Case, ...]:
    """Read instructions, and the sentences on which nothing may be done, with their scenes.

    Args:
        path: A folder with ``instructions.jsonl``, ``unknown.jsonl`` and ``scenes.json``, or one such
            file of instructions beside its ``scenes.json``.

    Raises:
        InputError: If a file is missing or a line is broken.
    """
    folder = path if path.is_dir() else path.parent
    files = [path] if path.is_file() else [folder / "instructions.jsonl", folder / "unknown.jsonl"]
    if not (folder / "scenes.json").is_file() or not any(file.is_file() for file in files):
        raise InputError(
            f"{str(path)!r} has no instructions: expected instructions.jsonl and scenes.json in a folder; "
            "say where with --data"
        )
    scenes = json.loads((folder / "scenes.json").read_text(encoding="utf-8"))
    cases: list[Case] = []
    for file in filter(Path.is_file, files):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                cases.append(_case(json.loads(line), scenes, file.stem != "unknown"))
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"line {number} of {str(file)!r} is no instruction: {error!r}") from error
    return tuple(cases)


def _case(line: Mapping[str, Any], scenes: Mapping[str, Any], acts: bool) -> Case:
    told = scenes[line["scene"]] if isinstance(line["scene"], str) else line["scene"]
    return Case(
        id=line["id"],
        kind=line["kind"],
        text=line["text"],
        expected=line["meaning"],
        scene=symbolic_scene(told["things"], told["table"], line.get("now")),
        before=tuple(line.get("before", ())),
        acts=acts,
    )


def run_cases(cases: tuple[Case, ...], mind: str) -> Iterator[dict[str, Any]]:
    """Let a mind understand each case.

    Args:
        cases: What ``read_cases`` gave.
        mind: Name of the mind.

    Yields:
        A record each: ``id``, ``kind``, ``judgement``, ``expected``, ``got``, ``cpu`` [s].
    """
    understanding = make_mind(mind)
    for case in cases:
        start = time.process_time()
        got = _understood(understanding, case)
        spent = time.process_time() - start
        yield {
            "id": case.id,
            "kind": case.kind,
            "text": case.text,
            "judgement": _judgement(case, got),
            "expected": case.expected,
            "got": got,
            "cpu": round(spent, 5),
            "acts": case.acts,
        }


def _judgement(case: Case, got: Json) -> str:
    """Judge a case; where nothing may be done, every way of not acting is told apart from acting."""
    verdict = judge(case.expected, got)
    if case.acts or verdict == "wrong action":
        return verdict
    if "*" in case.expected.get("not_understood", ()) and got.get("not_understood"):
        return "right"
    return "right" if verdict == "nothing" else verdict


def _understood(mind: Any, case: Case) -> Json:
    turns = tuple(as_turn(told, case.scene) for told in case.before)
    try:
        return as_json(mind.understand(case.text, case.scene, turns))
    except NeedsAnswer as question:
        return {"ask": {"about": list(question.options)}, "text": str(question)}
    except (InputError, CannotDo) as refusal:
        return {"not_understood": [str(refusal)], "text": str(refusal)}


def sum_up(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Count.

    Args:
        records: What ``run_cases`` gave.

    Returns:
        Shares of what was right, of wrong actions and of sentences of unknown kinds refused, and per kind.
    """
    known = [record for record in records if record["acts"]]
    unknown = [record for record in records if not record["acts"]]
    right = sum(record["judgement"] == "right" for record in known)
    wrong = [record for record in known if record["judgement"] == "wrong action"]
    kinds: dict[str, list[int]] = {}
    for record in known:
        count = kinds.setdefault(record["kind"], [0, 0])
        count[0] += record["judgement"] == "right"
        count[1] += 1
    cpu = sorted(record["cpu"] for record in records)
    return {
        "instructions": len(known),
        "right": right,
        "right_interval": list(wilson_interval(right, len(known))) if known else None,
        "judgements": dict(Counter(record["judgement"] for record in known)),
        "wrong_actions": len(wrong),
        "wrong_instead_of_asking": sum("ask" in record["expected"] for record in wrong),
        "unknown": len(unknown),
        "unknown_acted_on": sum("steps" in record["got"] for record in unknown),
        "unknown_named": sum(record["judgement"] == "right" for record in unknown),
        "kinds": {kind: kinds[kind] for kind in sorted(kinds)},
        "cpu_median": cpu[len(cpu) // 2] if cpu else None,
        "cpu_most": cpu[-1] if cpu else None,
    }
