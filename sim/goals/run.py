"""Let a mind understand every task of a file, and count whose goal it is, exactly."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ...agent.rules.deeds import Meaning
from ...agent.rules.mind import RulesMind
from ...core.errors import HandselError
from ...perception.scene import Scene
from ..statistics import wilson_interval
from .layout import Laid, lay_out
from .reading import goal_of, standing, told
from .tasks import Fact, Task

HALVES = ("developed on", "held back")
"""Tasks of even and of odd number in the file: the language grew in sight of the former alone."""
OTHERWISE = "in other words"
"""The second wordings that the file has for some tasks; a sample of their own."""


def run_tasks(tasks: Sequence[Task]) -> Iterator[dict[str, Any]]:
    """Let the rules understand each task; each is a dialogue of its own.

    Args:
        tasks: What ``read_tasks`` gave.

    Yields:
        A record each, and one more where the file has the instruction in other words: ``number``,
        ``suite``, ``half``, ``text``, ``judgement`` (``right``, ``wrong goal``, ``asked``, ``refused``),
        ``but standing`` (whether only what held from the start is missing), ``expected``, ``got``,
        ``said``, ``cpu`` [s].
    """
    for task in tasks:
        laid = lay_out(task)
        yield _record(task, laid, task.text, HALVES[task.number % 2])
        if task.otherwise:
            yield _record(task, laid, task.otherwise, OTHERWISE)


def _record(task: Task, laid: Laid, text: str, half: str) -> dict[str, Any]:
    start = time.process_time()
    meaning, said = _understood(text, laid.scene)
    spent = time.process_time() - start
    got = goal_of(meaning.deeds, laid) if meaning is not None and meaning.kind == "do" else None
    wanted = told(task)
    return {
        "number": task.number,
        "suite": task.suite,
        "half": half,
        "text": text,
        "judgement": _judgement(meaning, got, wanted),
        "but standing": got is not None and got | standing(task) == wanted | standing(task),
        "expected": _listed(wanted),
        "got": _listed(got or frozenset()),
        "said": said,
        "cpu": round(spent, 5),
    }


def _understood(text: str, scene: Scene) -> tuple[Meaning | None, str]:
    try:
        meaning = RulesMind().understand(text, scene)
    except HandselError as refusal:
        return None, str(refusal)
    return meaning, meaning.text


def _judgement(meaning: Meaning | None, got: frozenset[Fact] | None, wanted: frozenset[Fact]) -> str:
    if got is not None:
        return "right" if got == wanted else "wrong goal"
    return "asked" if meaning is not None and meaning.kind == "ask" else "refused"


def _listed(facts: frozenset[Fact]) -> list[str]:
    return sorted(" ".join(fact) for fact in facts)


def sum_up(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Count.

    Args:
        records: What ``run_tasks`` gave.

    Returns:
        Counts and the interval of all, of each half, of each suite and of those in other words; the
        judgements; processor time.
    """
    cpu = sorted(record["cpu"] for record in records)
    otherwise = [record for record in records if record["half"] == OTHERWISE]
    records = [record for record in records if record["half"] != OTHERWISE]
    return {
        "all": _row(records),
        "halves": {half: _row([r for r in records if r["half"] == half]) for half in HALVES},
        "suites": {
            suite: _row([r for r in records if r["suite"] == suite])
            for suite in sorted({record["suite"] for record in records})
        },
        "in_other_words": _row(otherwise),
        "but_standing": sum(record["but standing"] for record in records),
        "judgements": dict(Counter(record["judgement"] for record in records)),
        "cpu_median": cpu[len(cpu) // 2] if cpu else None,
    }


def _row(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    right = sum(record["judgement"] == "right" for record in records)
    return {"of": len(records), "right": right, "interval": list(wilson_interval(right, len(records)))}
