"""Rows to lines, a summary and a table."""

from collections.abc import Iterable

import numpy as np

from .baseline import EVALUATIONS, SECONDS_OF_THEIRS

THEIRS_MEAN = {
    "pen_grasp": 2.06,
    "pen_reorient": 2.51,
    "pen_drop": 7.5,
    "pour_align": 7.7,
    "pour_tilt": 2.48,
    "upright_carry": 5.5,
    "stack": 12.0,
}
"""The published code's mean cost on the problems as they are, ten seeds each."""


def line(row: dict) -> str:
    """One row for the eye."""
    shown = {k: v for k, v in row.items() if k not in ("case", "part", "problem", "seed", "steps")}
    text = " ".join(f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in shown.items())
    return f"{row['case']}: {text}"


def quantiles(values: Iterable[float]) -> dict[str, float]:
    """Median, p90 and extremes."""
    v = np.array(list(values))
    return {
        "median": float(np.median(v)),
        "p90": float(np.quantile(v, 0.9)),
        "min": float(v.min()),
        "max": float(v.max()),
    }


def summary(rows: list[dict]) -> dict:
    """What the table says, as numbers."""
    made: dict = {}
    cold = [row for row in rows if row["part"] == "subgoal" and not row.get("plain")]
    if cold:
        made["subgoal"] = _subgoal(cold)
    plain = [row for row in rows if row["part"] == "subgoal" and row.get("plain")]
    if plain:
        made["subgoal_as_it_is"] = {
            "cases": len(plain),
            "at_most_their_mean": sum(
                row.get("ours_total", np.inf) <= THEIRS_MEAN[row["problem"]] + 0.01 for row in plain
            ),
            "largest_total": {
                name: max(row.get("ours_total", np.inf) for row in plain if row["problem"] == name)
                for name in dict.fromkeys(row["problem"] for row in plain)
            },
        }
    for part in ("warm", "noise"):
        steps = [step for row in rows if row["part"] == part for step in row["steps"]]
        if steps:
            made[part] = _warm(steps)
    ways = [row for row in rows if row["part"] == "way"]
    if ways:
        made["way"] = _way(ways)
    for starts in (1, 8):
        some = [row for row in rows if row["part"] == "snopt" and row["starts"] == starts]
        if some:
            made[f"snopt_{starts}"] = _snopt(some, cold)
    return made


def _snopt(rows: list[dict], cold: list[dict]) -> dict:
    solved = [row for row in rows if "snopt_total" in row]
    ours = {(row["problem"], row["seed"]): row.get("ours_total", np.inf) for row in cold}
    theirs = {(row["problem"], row["seed"]): row["theirs_s"] for row in cold}
    keyed = [((row["problem"], row["seed"]), row) for row in rows]
    return {
        "cases": len(rows),
        "solved": len(solved),
        "snopt_s": quantiles(row["snopt_s"] for row in rows),
        "ratio": quantiles([theirs[key] / row["snopt_s"] for key, row in keyed if key in theirs] or [0.0]),
        "inside_a_solid": sum(row["snopt_clearance"] < 0.0 for row in solved),
        "at_most_ours": sum(
            row["snopt_total"] <= ours.get(key, -np.inf) + 0.01 for key, row in keyed if row in solved
        ),
    }


def _subgoal(rows: list[dict]) -> dict:
    solved = [row for row in rows if "ours_total" in row]
    ratios = [row["theirs_s"] / row["ours_s"] for row in rows]
    return {
        "cases": len(rows),
        "ratio": quantiles(ratios),
        "ratio_at_0.2_ms": quantiles(SECONDS_OF_THEIRS * EVALUATIONS / row["ours_s"] for row in rows),
        "ours_s": quantiles(row["ours_s"] for row in rows),
        "theirs_s": quantiles(row["theirs_s"] for row in rows),
        "reading_s": quantiles(row["reading_s"] for row in rows),
        "solved": len(solved),
        "proved": sum(row["proves"] for row in solved),
        "theirs_feasible_1e-4": sum(row["theirs_violation"] <= 1e-4 for row in rows),
        "largest_violation": max(row["ours_violation"] for row in solved),
        "least_clearance_m": min(row["ours_clearance"] for row in solved),
        "at_most_theirs": sum(row["ours_total"] <= row["theirs_total"] + 0.01 for row in solved),
        "worse": [
            f"{row['case']}: {row['ours_total']:.3f} against {row['theirs_total']:.3f}, whose clearance is "
            f"{1000 * row['theirs_clearance']:.1f} mm"
            for row in solved
            if row["ours_total"] > row["theirs_total"] + 0.01
        ],
    }


def _warm(steps: list[dict]) -> dict:
    solved = [step for step in steps if "ours_total" in step]
    return {
        "cases": len(steps),
        "ours_s": quantiles(step["ours_s"] for step in solved),
        "theirs_s": quantiles(step["theirs_s"] for step in steps),
        "feasible_1e-4": sum(step["ours_violation"] <= 1e-4 for step in solved),
        "theirs_feasible_1e-4": sum(step["theirs_violation"] <= 1e-4 for step in steps),
        "least_clearance_m": min(step["ours_clearance"] for step in solved),
        "cold": sum(not step["warm"] for step in solved),
        "refused": len(steps) - len(solved),
        "refused_naming_a_relation": sum(bool(step.get("named")) for step in steps),
        "refused_s": quantiles([step["ours_s"] for step in steps if "ours_infeasible" in step] or [0.0]),
    }


def _way(rows: list[dict]) -> dict:
    solved = [row for row in rows if "ours_cost" in row]
    return {
        "cases": len(rows),
        "solved": len(solved),
        "ratio": quantiles(row["theirs_s"] / row["ours_s"] for row in solved),
        "ours_s": quantiles(row["ours_s"] for row in solved),
        "theirs_s": quantiles(row["theirs_s"] for row in rows),
        "cost_ratio": quantiles(row["ours_cost"] / row["theirs_cost"] for row in solved),
        "cost_ratio_to_their_spline": quantiles(
            row["ours_cost"] / row["theirs_spline_cost"] for row in solved
        ),
        "broken": sum(row["ours_violation"] > 1e-3 for row in solved),
        "theirs_broken": sum(row["theirs_spline_violation"] > 1e-3 for row in rows),
        "largest_violation": max(row["ours_violation"] for row in solved),
        "outside": sum(row["ours_outside"] > 1e-9 for row in solved),
        "theirs_outside": sum(row["theirs_spline_outside"] > 1e-9 for row in rows),
        "least_clearance_m": min(row["ours_clearance"] for row in solved),
        "theirs_least_clearance_m": min(row["theirs_spline_clearance"] for row in rows),
    }


def table(rows: list[dict], made: dict) -> str:
    """The figures by problem, then the summary."""
    lines: list[str] = []
    for part in ("subgoal", "way"):
        mine = [row for row in rows if row["part"] == part and not row.get("plain") and "ours_s" in row]
        if not mine:
            continue
        lines.append(
            f"\n{part:14s} {'theirs s':>9s} {'ours ms':>8s} {'ratio':>6s} {'least':>6s}   cost theirs/ours"
        )
        key = "total" if part == "subgoal" else "cost"
        for name in dict.fromkeys(row["problem"] for row in mine):
            some = [row for row in mine if row["problem"] == name and f"ours_{key}" in row]
            if not some:
                continue
            ratio = [row["theirs_s"] / row["ours_s"] for row in some]
            theirs, ours = (np.median([row[f"{who}_s"] for row in some]) for who in ("theirs", "ours"))
            costs = [np.median([row[f"{who}_{key}"] for row in some]) for who in ("theirs", "ours")]
            lines.append(
                f"{name:14s} {theirs:9.2f} {1e3 * ours:8.2f} {np.median(ratio):6.0f} {min(ratio):6.0f}"
                f"   {costs[0]:.3f} / {costs[1]:.3f}"
            )
    for part, figures in made.items():
        lines.append(f"\n{part}")
        for name, value in figures.items():
            if isinstance(value, dict):
                value = "  ".join(f"{k} {v:.4g}" for k, v in value.items())
            elif isinstance(value, list):
                value = "".join(f"\n    {one}" for one in value) or "none"
            elif isinstance(value, float):
                value = f"{value:.3g}"
            lines.append(f"  {name}: {value}")
    return "\n".join(lines)
