"""``/why``: what was weighed, written, reached and missed in a run, from its trace alone."""

from collections.abc import Iterator, Sequence
from typing import Any

from .telling import DONE

Event = dict[str, Any]
MOST_ROWS = 8
"""Rows of a table that are shown."""


def why(events: Sequence[Event]) -> Iterator[str]:
    """Explain a run in plain lines.

    Args:
        events: Its trace.

    Yields:
        The ranked table, the program, the residuals and the cause of a failure of each step; then the end.
    """
    for event in events:
        match event["kind"]:
            case "begin":
                yield f"asked: {event['instruction']}"
            case "choice":
                yield from _table(event)
            case "program":
                yield f"program (try {event['number']}):"
                yield from (f"    {line}" for line in str(event["text"]).strip().splitlines())
            case "refusal":
                yield f"refused by {event['by']}: {event['reason']}"
            case "plan":
                yield from _residuals(event)
            case "replan" | "trouble" | "failure":
                yield f"{event['kind']} ({event['cause']}): {event['reason']}"
            case "verdict":
                yes = "happened" if event["success"] else "did not happen"
                yield f"judged by {event['by']}: {yes}: {event['reason']}"
            case _:
                pass
    yield _end(events)


def _table(event: Event) -> Iterator[str]:
    yield f"step: {event['subtask']} (try {event['attempt'] + 1})"
    yield f"  useful x can = score, of {event['count']}, weighed by {event['method']}:"
    for row in event["rows"][:MOST_ROWS]:
        call = f"{row['skill']}({', '.join(map(str, row['arguments'].values()))})"
        yield f"  {row['say']:.2f} x {row['can']:.2f} = {row['score']:.2f}  {call}: {row['reason']}"
    more = len(event["rows"]) - MOST_ROWS
    if more > 0:
        yield f"  and {more} more"


def _residuals(event: Event) -> Iterator[str]:
    name = event["purpose"] or event["stage"]
    yield f"planned: {name}; clearance {1000 * event['clearance']:.1f} mm, {event['duration']:.1f} s"
    for one in event["relations"]:
        mark = "holds " if one["met"] else "BROKEN"
        residual = max(float(one["residual"] or 0.0), 0.0)
        yield f"    {mark} {one['text']}  (residual {residual:.1e}, tolerance {one['tolerance']:g})"


def _end(events: Sequence[Event]) -> str:
    if not events or events[-1]["kind"] != "end":
        return "the trace breaks off: the run goes on, or was killed"
    last = events[-1]
    causes = [event["cause"] for event in events if event["kind"] in ("failure", "trouble")]
    caused = f"; cause: {causes[-1]}" if causes and not last["success"] else ""
    return f"{DONE.get(last['outcome'], last['outcome'])}: {last['reason']}{caused}"
