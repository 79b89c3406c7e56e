"""What the records of the ``perception`` suite come to: every figure with its count and its interval.

Intervals take things for independent. Things of one scene share its frames, so
an interval over things is somewhat narrower than it should be; that over scenes is not.
"""

from collections.abc import Iterable
from typing import Any

from .degradations import DEGRADATIONS
from .statistics import quantile, quantile_interval
from .suite import Record, rate

CLOSE = 0.010  # Largest error of a thing's place that counts as found, [m].
PART_CLOSE = 0.008  # Largest error of a part that counts as right, [m].
PARTS = ("handle", "rim", "opening", "drawer handle")
WRONG = 0.015  # An accepted thing farther than this from any true one is confidently wrong, [m].
POSITION = {"median": 0.003, "p95": 0.007, "p99": 0.010}
"""What is asked of the error of a thing's place, [m]."""
QUANTILES = {"median": 0.5, "p95": 0.95, "p99": 0.99}


def sum_up(records: list[Record], kinds: tuple[str, ...]) -> Record:
    """Sum up over things: found once, named right and within 10 mm is a success.

    Args:
        records: One a scene.
        kinds: Kinds of things, in the order in which they are listed.

    Returns:
        ``success_rate``, ``interval``, ``metrics``, and ``rows``: what is asked, beside what was measured.
    """
    metrics = measure(records, kinds)
    total = metrics["things"]
    return {
        "success_rate": total["success_rate"],
        "interval": total["interval"],
        "metrics": metrics,
        "rows": rows(metrics),
    }


def measure(records: list[Record], kinds: tuple[str, ...]) -> dict[str, Any]:
    """Give every metric, by name."""
    things = [thing for record in records for thing in record["things"]]
    found = [thing for thing in things if thing["found"] == 1]
    seen = sum(thing["found"] for thing in things) + sum(record["extra"] for record in records)
    return {
        "things": _share(thing["success"] for thing in things),
        "scenes_right": _share(record["success"] for record in records),
        "recall": _share(thing["found"] == 1 for thing in things),
        # Of a thing that was broken up, one piece counts as right and the others as too many.
        "precision": rate(sum(thing["found"] >= 1 for thing in things), seen),
        "told_apart": _share(thing["found"] == 1 for thing in things if thing["paired"]),
        "position": _quantiles(thing["error"] for thing in found),
        "size": _quantiles(thing["size_error"] for thing in found),
        "tilt": _quantiles(thing["tilt"] for thing in found),
        "colors": _share(thing["color_right"] for thing in found),
        "kinds": _share(thing["kind_right"] for thing in found),
        "parts": _parts(found),
        "trusted": _share(thing["trusted"] for thing in things),
        "trusted_and_wrong": _share(not thing["success"] for thing in things if thing["trusted"]),
        "scene_cpu": _quantiles(record["cpu"] for record in records),
        "by_kind": {
            kind: _share(thing["success"] for thing in things if thing["kind"] == kind)
            for kind in kinds
            if any(thing["kind"] == kind for thing in things)
        },
        "warned_without_need": _share(bool(record["warnings"]) for record in records),
        "tracking": _tracking([record["tracking"] for record in records if record.get("tracking")]),
        "degraded": {
            name: _degraded(own)
            for name in DEGRADATIONS
            if (own := [r["degraded"] for r in records if r["degraded"]["name"] == name])
        },
        "misplaced_cameras": _misplaced([record["misplaced"] for record in records]),
    }


def rows(metrics: dict[str, Any]) -> list[Record]:
    """Put what is asked beside what was measured.

    Returns:
        One row a figure: ``what``, ``asked`` (None where nothing is), ``least`` (whether more is better),
        ``measured``, ``interval``, ``count``, ``unit`` and ``met``.
    """
    table = [
        _row("found once, named right, within 10 mm", metrics["things"], 0.97),
        *(_row(f"  {kind}", own, None) for kind, own in metrics["by_kind"].items()),
        _row("whole scenes right", metrics["scenes_right"], None),
        _row("recall", metrics["recall"], 0.99),
        _row("precision", metrics["precision"], 0.99),
        _row("touching or stacked told apart", metrics["told_apart"], 0.95),
        *(_at_most("position", metrics["position"], q, m) for q, m in POSITION.items()),
        _at_most("size", metrics["size"], "median", None),
        _at_most("size", metrics["size"], "p95", 0.005),
        _at_most("upright axis", metrics["tilt"], "p95", 3.0, "deg"),
        _row("colours", metrics["colors"], 0.995),
        _row("kinds", metrics["kinds"], 0.99),
        _row("parts within 8 mm", metrics["parts"]["all"], 0.95),
        *(_row(f"  {part}", own, None) for part, own in metrics["parts"]["by_part"].items()),
    ]
    if tracking := metrics["tracking"]:
        table += [
            _row("keypoints keep identity over 10 s", tracking["identity"], 0.95),
            _at_most("drift of keypoints", tracking["drift"], "median", 0.005),
            _at_most("drift of keypoints", tracking["drift"], "p95", None),
            _at_most("one tracking update, CPU", tracking["update_cpu"], "median", 0.025, "ms"),
        ]
    table += [
        _row("trusted", metrics["trusted"], None),
        _row("trusted and wrong", metrics["trusted_and_wrong"], None),
        _row("scenes warned of without need", metrics["warned_without_need"], None),
    ]
    table.append(_at_most("one scene, CPU", metrics["scene_cpu"], "median", 0.150, "ms"))
    for name, own in metrics["degraded"].items():
        words = name.replace("_", " ")
        table += [
            _row(f"{words}: warned", own["warned"], 1.0),
            _row(f"{words}: neither warned nor whole", own["silent"], None),
            _at_most(f"{words}: position of accepted", own["position"], "p95", 0.015),
            _row(f"{words}: accepted", own["accepted"], None),
            _row(f"{words}: accepted and wrong", own["wrong"], None),
            _row(f"{words}: recall", own["recall"], None),
        ]
    own, words = metrics["misplaced_cameras"], "cameras 5 mm, 0.5 deg off"
    table += [_at_most(f"{words}: position", own["position"], q, None) for q in ("median", "p95")]
    return [*table, _row(f"{words}: things right", own["things"], None)]


def _parts(found: list[Record]) -> Record:
    """Sum up the parts of found things, of those that some camera had in view."""
    parts = [part for thing in found for part in thing["parts"]]
    seen = [part for part in parts if part["in_sight"]]
    return {
        "all": _share(_right(part) for part in seen),
        "by_part": {name: _share(_right(part) for part in seen if part["part"] == name) for name in PARTS},
        "hidden": len(parts) - len(seen),
        "missing": sum(part["error"] is None for part in seen),
    }


def _right(part: Record) -> bool:
    return part["error"] is not None and part["error"] <= PART_CLOSE


def _tracking(trials: list[Record]) -> Record:
    """Sum up the manipulations; one without any keypoint has nothing to keep and counts as idle."""
    if not trials:
        return {}
    telling = [trial for trial in trials if trial["keypoints"]]
    kept = sum(round(trial["identity"] * trial["keypoints"]) for trial in telling)
    return {
        "trials": len(trials),
        "idle": sum(not (trial["keypoints"] and trial["carried"]) for trial in trials),
        "identity": rate(kept, sum(trial["keypoints"] for trial in telling)),
        "drift": _quantiles(drift for trial in trials for drift in trial["drift"]),
        "update_cpu": _quantiles(cpu for trial in trials for cpu in trial["update_cpu"]),
        "false_lost": sum(trial["false_lost"] for trial in trials),
        "false_moved": sum(trial["false_moved"] for trial in trials),
    }


def _degraded(own: list[Record]) -> Record:
    accepted = [thing for one in own for thing in one["accepted"]]
    return {
        "scenes": len(own),
        "refused": sum(bool(one["refused"]) for one in own),
        "warned": _share(one["warned"] for one in own),
        "silent": _share(not one["warned"] and not _whole(one) for one in own),
        "recall": rate(sum(one["found"] for one in own), sum(one["things"] for one in own)),
        # Who accepts nothing errs in nothing, so it is told how much is accepted.
        "accepted": rate(len(accepted), max(len(accepted), sum(one["things"] for one in own))),
        "position": _quantiles(thing["error"] for thing in accepted),
        "wrong": _share(map(_wrong, accepted)),
    }


def _whole(one: Record) -> bool:
    """Tell whether a degraded scene came out whole: all that is there, nothing else, no wrong claim."""
    return one["found"] == one["things"] == one["seen"] and not any(map(_wrong, one["accepted"]))


def _wrong(claim: Record) -> bool:
    return claim["error"] > WRONG or not claim["kind_right"]


def _misplaced(own: list[Record]) -> Record:
    return {
        "position": _quantiles(error for one in own for error in one["errors"]),
        "things": rate(sum(one["right"] for one in own), sum(one["things"] for one in own)),
        "warned": _share(one["warned"] for one in own),
    }


def _share(checks: Iterable[bool]) -> Record:
    checks = [bool(check) for check in checks]
    return rate(sum(checks), len(checks))


def _quantiles(values: Iterable[float]) -> Record:
    values = list(values)
    return {"count": len(values)} | {
        name: {"value": quantile(values, share), "interval": quantile_interval(values, share)}
        for name, share in QUANTILES.items()
    }


def _row(what: str, share: Record, asked: float | None) -> Record:
    measured = share["success_rate"]
    return {
        "what": what,
        "asked": asked,
        "least": True,
        "measured": measured,
        "interval": share["interval"],
        "count": share["trials"],
        "unit": "%",
        "met": None if asked is None or measured is None else measured >= asked,
    }


def _at_most(what: str, spread: Record, name: str, asked: float | None, unit: str = "mm") -> Record:
    measured = spread[name]["value"]
    return {
        "what": f"{what}, {name}",
        "asked": asked,
        "least": False,
        "measured": measured,
        "interval": spread[name]["interval"],
        "count": spread["count"],
        "unit": unit,
        "met": None if asked is None or measured is None else measured <= asked,
    }
