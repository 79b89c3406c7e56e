"""Plans for all prompts, judged by the package: a folder that can be gone on with, a line for each task."""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...core.errors import InputError, UnknownName
from ..run_folder import append, write_whole
from ..statistics import wilson_interval
from .minds import Planner
from .package import KINDS, Prompt, judge, read_prompts, write_prompts
from .verdicts import read_goal_verdicts, read_verdicts

CONFIG, PLANS, TASKS, SUMMARY = "config.json", "plans.jsonl", "tasks.jsonl", "summary.json"
PROMPTS, JUDGED = "prompts", "judged"
HALVES = ("developed on", "held back")
"""Tasks at even and at odd places of the package's list: what failed was looked at in the former alone."""
LARGEST = 64_000_000
Record = dict[str, Any]


def evaluate(
    mind: str,
    planner: Planner,
    folder: Path,
    *,
    kind: str = "actions",
    tasks: int | None = None,
    on_plan: Callable[[Record, int], None] = lambda record, total: None,
) -> Record:
    """Make a plan for every prompt that has none yet, let the package judge them, and count.

    Args:
        mind: Name of who plans.
        planner: Who plans.
        folder: Where everything is written; one that was begun is gone on with.
        kind: What is asked for, of ``package.KINDS``.
        tasks: How many tasks, spread over the package's list; all where None.
        on_plan: Called with each record and the number of all.

    Returns:
        The summary, as it is written.

    Raises:
        MissingDependency: If the package's environment is not there.
        InputError: If the folder holds another run, or the package wrote what cannot be read.
        RobotError: If the package fails.
    """
    began = time.monotonic()
    folder = folder.resolve()
    write_prompts(folder / PROMPTS, kind)
    prompts, version = read_prompts(folder / PROMPTS, kind)
    chosen = spread(len(prompts), tasks)
    _claim(folder, {"suite": "virtualhome", "kind": kind, "mind": mind, "tasks": len(chosen)})
    records = plan_all([(number, prompts[number]) for number in chosen], planner, folder / PLANS, on_plan)
    judged = judge([(one["identifier"], one["plan"]) for one in records], folder / JUDGED, kind)
    read = read_verdicts if kind == "actions" else read_goal_verdicts
    verdicts = read(judged, [one["identifier"] for one in records])
    records = [one | asdict(verdicts[one["identifier"]]) for one in records]
    write_whole(folder / TASKS, "".join(json.dumps(one) + "\n" for one in records))
    summary = {
        "suite": "virtualhome",
        "kind": kind,
        "mind": mind,
        "package": version,
        **sum_up(records, kind),
        "theirs": judged.summary,
        "seconds": round(time.monotonic() - began, 1),
    }
    write_whole(folder / SUMMARY, json.dumps(summary, indent=1) + "\n")
    return summary


def spread(count: int, wanted: int | None) -> list[int]:
    """Choose numbers evenly.

    Raises:
        InputError: If none are wanted.
    """
    if wanted is not None and wanted < 1:
        raise InputError(f"{wanted} tasks are too few")
    size = count if wanted is None else min(wanted, count)
    return [number * count // size for number in range(size)]


def plan_all(
    prompts: Sequence[tuple[int, Prompt]],
    planner: Planner,
    path: Path,
    on_plan: Callable[[Record, int], None],
) -> list[Record]:
    """Make the plans that a file has not yet; one line each, on the disk as soon as it is made.

    Args:
        prompts: Place in the package's list and prompt.
        planner: Who plans; it is given the prompt's text alone.
        path: The file.
        on_plan: Called with each record and the number of all.

    Raises:
        InputError: If the file has plans for other prompts.
    """
    found = {record["number"]: record for record in _read(path)}
    for number, prompt in prompts:
        if number in found and found[number].get("prompt") != _print(prompt):
            raise InputError(f"{path} has a plan for another prompt at {number}; choose another folder")
    with path.open("a", encoding="utf-8") as stream:
        for number, prompt in prompts:
            if number not in found:
                began = time.process_time()
                answer = planner(prompt.llm_prompt)
                found[number] = {
                    "number": number,
                    "identifier": prompt.identifier,
                    "prompt": _print(prompt),
                    "half": HALVES[number % 2],
                    "plan": answer.text,
                    "given_up": list(answer.given_up),
                    "why": answer.why,
                    "cpu": round(time.process_time() - began, 4),
                }
                append(stream, found[number])
            on_plan(found[number], len(prompts))
    return [found[number] for number, _ in prompts]


def sum_up(records: Sequence[Record], kind: str) -> Record:
    """Count, over the tasks that the package counts."""
    counted = [one for one in records if one["counted"]]
    names = Counter(one["task"] for one in counted)
    right = Counter(one["task"] for one in counted if one["success"])
    more: Record = {}
    if kind == "actions":
        more = {
            "execution": share(counted, "executable"),
            "as_theirs": sum(one["as_theirs"] for one in counted),
        }
    return {
        "tasks": len(records),
        "counted": len(counted),
        "goals": share(counted, "success"),
        **more,
        "halves": {
            half: share([one for one in counted if one["half"] == half], "success") for half in HALVES
        },
        "names": {name: {"right": right[name], "of": count} for name, count in sorted(names.items())},
        "planning_seconds": round(sum(one["cpu"] for one in records), 2),
    }


def share(records: Sequence[Record], key: str) -> Record:
    """Give how many have something, of how many, with the 95 % interval."""
    right = sum(bool(one[key]) for one in records)
    return {"right": right, "of": len(records), "interval": list(wilson_interval(right, len(records)))}


def run_in(folder: Path) -> tuple[str, str, int]:
    """Say what is asked for in a folder that was begun, of whom, and how many tasks.

    Raises:
        InputError: If it holds no run.
        UnknownName: If it holds one of another kind.
    """
    try:
        told = json.loads((folder / CONFIG).read_text(encoding="utf-8")[:10_000])
        kind, mind, tasks = str(told["kind"]), str(told["mind"]), int(told["tasks"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{str(folder)!r} holds no run of virtualhome: begin one with --out") from error
    if kind not in KINDS:
        raise UnknownName("kind of virtualhome", kind, KINDS)
    return kind, mind, tasks


def _claim(folder: Path, config: Record) -> None:
    """Mark a folder with what it holds.

    Raises:
        InputError: If it holds another run.
    """
    path, text = folder / CONFIG, json.dumps(config) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise InputError(
            f"{folder} holds another run: {path.read_text(encoding='utf-8')[:200]!r}, not {text!r}"
        )
    write_whole(path, text)


def _print(prompt: Prompt) -> str:
    return sha256(prompt.llm_prompt.encode()).hexdigest()[:16]


def _read(path: Path) -> list[Record]:
    """Read the plans that are there; a last line that was cut off is cut away.

    Raises:
        InputError: If another line is none.
    """
    if not path.exists():
        return []
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path} has more than {LARGEST} bytes")
    whole, _, rest = path.read_text(encoding="utf-8").rpartition("\n")
    if rest:
        write_whole(path, whole + "\n" if whole else "")
    try:
        records = [json.loads(line) for line in whole.splitlines()]
        return [one for one in records if isinstance(one["number"], int) and isinstance(one["plan"], str)]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} has a line that is no plan: {error!r}") from error
