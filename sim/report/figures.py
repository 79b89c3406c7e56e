"""What a summary has to show: rates, causes of failure, distributions and time lines."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from ..suite import Record
from .svg import Bar, Line, Sign, distribution, rates, rows_that_fit, time_lines
from .svg import counts as drawn_counts

Figure = tuple[str, str, str]
"""Title, drawing, and what has to be known to read it."""
MOST_LINES = 24
"""So many episodes have a time line: those that failed first."""
MOST_CAUSES = 12
TONES = {
    "re-solve": "warn",
    "go back": "warn",
    "re-decompose": "warn",
    "ask": "warn",
    "waiting": "warn",
    "refusal": "warn",
    "trouble": "bad",
    "failure": "bad",
    "give up": "bad",
}
"""Moments that are shown on a time line."""
FAR = 0.30
"""Clearances are of interest up to here, [m]."""


def figures(summary: Record) -> Iterator[Figure]:
    """Give every figure that a summary has something for, in the order in which they are shown."""
    episodes: Sequence[Record] = summary.get("episodes", ())
    if "by_kind" in summary:
        yield "Done, by kind", _by_kind(summary), "Bars are shares, whiskers 95 % Wilson intervals."
    if summary.get("baselines"):
        yield "Beside it", _beside(summary), "Five seeds each, one episode of every kind a seed."
    causes = Counter(failure_of(record) for record in episodes if not record["success"])
    if causes:
        drawn = drawn_counts(rows_that_fit(causes.items(), MOST_CAUSES), "causes of failure, by count")
        yield "Why the others failed", drawn, "The cause that ended the episode, as the agent told it."
    yield from _spreads(episodes)
    lines = time_lines_of(episodes)
    if lines:
        some = "Some episodes, the failed ones before others. " if len(lines) < len(episodes) else ""
        note = f"{some}Bars are stages, dots what went wrong or was planned anew; simulated time."
        yield "Time lines", time_lines(lines, "what happened when, an episode a row"), note


def failure_of(record: Record) -> str:
    """Name why an episode failed in a few words, for counting."""
    if record.get("reported"):
        return str(record["reported"]).replace("_", " ")
    if record.get("believed"):
        return "believed done, but is not"
    if record.get("outcome"):
        return f"ended as {record['outcome']}"
    return str(record.get("cause") or "unknown")[:80]


def _by_kind(summary: Record) -> str:
    bars = [_bar(kind.replace("_", " "), cell) for kind, cell in summary["by_kind"].items()]
    return rates(bars, "share of episodes done, by kind of task, with intervals")


def _beside(summary: Record) -> str:
    whole = summary | {"trials": len(summary["episodes"])}
    bars = [_bar("this run", whole)]
    bars += [_bar(f"{name}: {row['label']}", row, "soft") for name, row in summary["baselines"].items()]
    return rates(bars, "share done by the run and by the rows beside it, with intervals")


def _bar(label: str, cell: Mapping[str, Any], tone: str = "mark") -> Bar:
    low, high = cell["interval"]
    share = cell["success_rate"] or 0.0
    note = f"{100 * share:.0f} % of {cell['trials']}"
    return Bar(label=label, share=share, low=low, high=high, note=note, tone=tone)


def _spreads(episodes: Sequence[Record]) -> Iterator[Figure]:
    stages = [stage for record in episodes for stage in record.get("stages", ())]
    planned = [value for stage in stages for value in stage["residuals"] if value is not None]
    measured = [value for stage in stages for value in stage["ends"] if value is not None]
    limit = (1.0, "tolerated")
    if planned:
        words = "residuals of planned relations as shares of their tolerance"
        note = f"{len(planned)} relations of {len(stages)} stages, at the stage's planned end."
        yield "Residuals", distribution(planned, "of tolerance", words, limit), note
    if measured:
        words = "measured ends of stages as shares of their tolerance"
        note = "Measured when the stage had ended: toward, face and grip."
        yield "Measured ends", distribution(measured, "of tolerance", words, limit), note
    clear = [1e3 * stage["clearance"] for stage in stages if _finite(stage["clearance"])]
    if clear:
        note = f"Least distance from anything on the way, {len(clear)} stages with something near."
        yield "Clearance", distribution(clear, "mm", "least clearance of each stage", None), note
    cpu = [sum(stage["cpu"].values()) for stage in stages if stage["cpu"]]
    if cpu:
        yield "Planning a stage", distribution(cpu, "s", "processor time to plan a stage"), "Processor time."
    times = [record["robot_time"] for record in episodes if "robot_time" in record and record["success"]]
    if times:
        note = "Simulated time of the episodes that were done."
        yield "How long it took", distribution(times, "s", "simulated time of episodes"), note


def _finite(clearance: float | None) -> bool:
    return clearance is not None and isfinite(clearance) and clearance <= FAR


def time_lines_of(episodes: Sequence[Record]) -> list[Line]:
    """Make the time lines, of failed episodes first; nothing of episodes without moments."""
    telling = [record for record in episodes if record.get("moments")]
    chosen = sorted(telling, key=lambda record: bool(record["success"]))[:MOST_LINES]
    return [_line(record) for record in sorted(chosen, key=lambda record: record["episode"])]


def _line(record: Record) -> Line:
    moments, stages = record["moments"], record.get("stages", ())
    zero = min([moments[0][0], *(stage["at"] for stage in stages)])
    end = max([moments[-1][0], *(stage["at"] for stage in stages)]) - zero
    if record.get("robot_time"):
        end = max(end, float(record["robot_time"]))
    begins = [stage["at"] - zero for stage in stages]
    # What comes after the last stage's motion is looking and judging.
    ends = [*begins[1:], min(end, begins[-1] + stages[-1]["duration"])] if stages else []
    kind = str(record.get("kind", "")).replace("_", " ")
    return Line(
        label=f"{record['episode']} {kind}".strip(),
        stages=tuple(
            (begin, max(until, begin), stage["act"] or stage["name"])
            for begin, until, stage in zip(begins, ends, stages, strict=True)
        ),
        signs=tuple(
            Sign(at=time - zero, tone=TONES[what], words=f"{what}: {words}")
            for time, what, words in moments
            if what in TONES
        ),
        end=end,
        success=bool(record["success"]),
    )
