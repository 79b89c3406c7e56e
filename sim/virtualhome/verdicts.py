"""What became of each plan, read from what the package wrote: its table of errors and its log."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...core.errors import InputError
from .package import Judged

UNMET = re.compile(r"GOAL FAIL! Not (?:matched|found): (\{.{0,300}\})")
BEGINS = re.compile(r" - Task is (.{0,200}), file_id is ([\w-]+)$", re.MULTILINE)
COUNTED = re.compile(r"action_match_num=(\d+)$", re.MULTILINE)
WANTED = re.compile(r"len\(gold_action_goals\)=(\d+)$", re.MULTILINE)
COUNTS = re.compile(r"TP_(\w+?)_goals: (\d+), FP_\w+_goals: (\d+), FN_\w+_goals: (\d+)$", re.MULTILINE)
AGREE = 0.01
"""How far the log and the package's own figure may be apart, [per cent]; it rounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a plan.

    Attributes:
        task: The kind of task, as the package calls it; told after the fact.
        counted: Whether it counts: the package leaves out tasks whose own plan fails its goals.
        success: Whether all goals were met.
        executable: Whether all steps could be carried out.
        as_theirs: Whether the plan is the package's own, step by step, which then gets no credit for goals.
        cause: Why it failed; empty where it did not.
    """

    task: str
    counted: bool
    success: bool = False
    executable: bool = False
    as_theirs: bool = False
    cause: str = ""


def read_verdicts(judged: Judged, identifiers: Sequence[str]) -> dict[str, Verdict]:
    """Tell the verdict on every plan.

    Args:
        judged: What the package wrote.
        identifiers: Of the plans that it was given.

    Raises:
        InputError: If it does not speak of just these plans, or its log and its figures disagree.
    """
    told = {
        identifier: _verdict(task, text, identifier, judged) for task, identifier, text in _parts(judged.log)
    }
    if told.keys() != set(identifiers):
        raise InputError(f"the package's log tells of {len(told)} plans; it was given {len(identifiers)}")
    counted = [verdict for verdict in told.values() if verdict.counted]
    met = sum(verdict.success for verdict in counted)
    try:
        theirs = float(judged.summary["goal_evaluation"]["task_success_rate"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"the package's summary has no task_success_rate: {error!r}") from error
    if not counted or abs(100.0 * met / len(counted) - theirs) > AGREE:
        raise InputError(
            f"the package's log has {met} of {len(counted)} tasks done, its summary {theirs} per cent"
        )
    return told


def _parts(log: str) -> Iterator[tuple[str, str, str]]:
    """Part a log by tasks."""
    marks = list(BEGINS.finditer(log))
    ends = [mark.start() for mark in marks[1:]] + [len(log)]
    for mark, end in zip(marks, ends, strict=True):
        yield mark[1], mark[2], log[mark.end() : end]


def _verdict(task: str, text: str, identifier: str, judged: Judged) -> Verdict:
    if f"Program {identifier} did not pass gold test" in text:
        return Verdict(task=task, counted=False, cause="the package's own plan fails its goals")
    error = judged.errors.get(identifier)
    if error is None:
        return Verdict(
            task=task,
            counted=True,
            executable=True,
            as_theirs=True,
            cause="the same as the package's own plan, which it gives no credit for",
        )
    if not isinstance(error, dict):
        raise InputError(f"what the package says of {identifier} is no table: {error!r:.80}")
    success = "EVERYTHING SUCCEED!" in text
    executable = error.get("executable") is True
    return Verdict(
        task=task,
        counted=True,
        success=success,
        executable=executable,
        cause="" if success else _cause(text, error),
    )


def _cause(text: str, error: dict[str, object]) -> str:
    kind, step = error.get("error_type"), error.get("error_action")
    if kind:
        return f"{kind}: {step}"[:300] if step else f"{kind}"[:300]
    unmet = [f"not so in the end: {found}" for found in UNMET.findall(text)]
    done, wanted = COUNTED.search(text), WANTED.search(text)
    if done and wanted and int(done[1]) < int(wanted[1]):
        unmet.append(f"{done[1]} of {wanted[1]} deeds done in their order")
    return "; ".join(unmet)[:600] or "the package does not say"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalVerdict:
    """What became of the goals that were read from a wish.

    Attributes:
        task: The kind of task, as the package calls it.
        counted: Whether it counts; here all do.
        success: Whether the goals are just those of the package, none more and none less.
        right: How many are.
        extra: How many are not the package's.
        missing: How many of the package's are lacking.
        cause: What is wrong; empty where nothing is.
    """

    task: str
    counted: bool
    success: bool
    right: int
    extra: int
    missing: int
    cause: str


def read_goal_verdicts(judged: Judged, identifiers: Sequence[str]) -> dict[str, GoalVerdict]:
    """Tell the verdict on the goals of every task.

    Args:
        judged: What the package wrote.
        identifiers: Of the answers that it was given.

    Raises:
        InputError: If it does not speak of just these answers, or its log and its figures disagree.
    """
    told = {identifier: _goal_verdict(task, text) for task, identifier, text in _parts(judged.log)}
    if told.keys() != set(identifiers):
        raise InputError(f"the package's log tells of {len(told)} answers; it was given {len(identifiers)}")
    right = sum(one.right for one in told.values())
    said = right + sum(one.extra for one in told.values())
    theirs = judged.summary.get("all_precision")
    ours = 100.0 * right / said if said else 0.0
    if not isinstance(theirs, int | float) or abs(ours - theirs) > AGREE:
        raise InputError(
            f"the package's log has {right} of {said} goals right, its summary {theirs!r} per cent"
        )
    return told


def _goal_verdict(task: str, text: str) -> GoalVerdict:
    counts = {kind: (int(tp), int(fp), int(fn)) for kind, tp, fp, fn in COUNTS.findall(text)}
    right, extra, missing = (sum(row[place] for row in counts.values()) for place in range(3))
    wrong = [
        f"{kind}: {row[1]} too many, {row[2]} lacking" for kind, row in counts.items() if row[1] or row[2]
    ]
    cause = "; ".join(wrong) if counts else "the package could not read the answer"
    return GoalVerdict(
        task=task,
        counted=True,
        success=not cause,
        right=right,
        extra=extra,
        missing=missing,
        cause=cause,
    )
