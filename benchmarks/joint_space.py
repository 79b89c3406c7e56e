"""Solve sub-goals and find ways of an arm among obstacles; report success and processor time.

Usage:
    python -m benchmarks.joint_space [--scenes 100] [--seed 0] [--json FILE]

A run that was broken off goes on where it was: FILE with the suffix .jsonl has a line for each scene.
To measure anew, remove it.

Every problem is reachable by construction (``joint_scenes``). What is found is
measured again here: relations as they were written, distances of the executed
curve at samples of 5 mm and 0.02 rad, speeds, accelerations and jerks.
"""

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from handsel.planners.checking import dense
from handsel.planners.legs import Ends
from handsel.planners.lift import judge
from handsel.planners.problem import Problem
from handsel.planners.solution import Infeasible, PathSolution
from handsel.planners.subgoal import solve
from handsel.planners.way import find_way
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model

from .joint_scenes import Drawn, draw

NO_CONTACT = Ends(out_W=(), into_W=())


def broken_at(problem: Problem, Q: np.ndarray) -> float:
    """Give by how much relations that hold throughout are broken beyond their tolerance, at worst."""
    R, p = problem.kinematics.tool_poses(Q)
    points = problem.along.points
    worst = 0.0
    for place in points.at(R, p) if points.refs else ():
        met = judge(problem.stage.along, dict(zip(points.refs, place, strict=True)).__getitem__)
        worst = max([worst, *(one.residual for one in met)])
    return worst


def check_way(problem: Problem, path: PathSolution) -> dict[str, float]:
    """Measure the executed curve."""
    model, curve = problem.kinematics.model, path.trajectory
    times, Q = dense(curve, problem.kinematics, problem.settings)
    h = np.diff(curve.times)[:, None]
    rise = np.diff(curve.q, axis=0)
    jerk = 6.0 * (h * (curve.v[:-1] + curve.v[1:]) - 2.0 * rise) / h**3
    first = (6.0 * rise - h * (4.0 * curve.v[:-1] + 2.0 * curve.v[1:])) / h**2
    last = (-6.0 * rise + h * (2.0 * curve.v[:-1] + 4.0 * curve.v[1:])) / h**2
    return {
        "clearance": float(problem.room.clearance(Q).min()),
        "broken": broken_at(problem, Q),
        "limits": float(np.minimum(Q - model.lower, model.upper - Q).min()),
        "speed": float((np.abs(curve.at(times)[1]) / model.velocity).max()),
        "acceleration": float((np.maximum(np.abs(first), np.abs(last)) / model.acceleration).max()),
        "jerk": float((np.abs(jerk) / model.jerk).max()),
        "length": float(np.linalg.norm(np.diff(Q, axis=0), axis=1).sum()),
        "duration": curve.duration,
        "samples": len(Q),
    }


def one_scene(drawn: Drawn, seed: int) -> dict[str, Any]:
    """Solve a scene's sub-goal, and find the way to the drawn goal."""
    problem = drawn.problem
    row: dict[str, Any] = {"kind": drawn.kind, "upright": drawn.upright, "blocked": drawn.blocked}
    row |= {"held": problem.situation.held is not None, "obstacles": len(problem.situation.scene.things)}
    rng = np.random.default_rng(seed)
    begin = time.process_time()
    try:
        solution = solve(problem, rng)
        row["solved"] = solution.proves()
        row |= {"violation": solution.violation, "clearance": solution.clearance, "cost": solution.cost}
    except Infeasible as error:
        row |= {"solved": False, "reason": str(error)}
    row["subgoal_s"] = time.process_time() - begin
    begin = time.process_time()
    path = find_way(problem, drawn.q_goal, NO_CONTACT, rng)
    row["path_s"] = time.process_time() - begin
    row["found"] = isinstance(path, PathSolution)
    if isinstance(path, PathSolution):
        row |= {"method": path.method, "path": check_way(problem, path), "notes": path.notes}
        way = row["path"]
        row["true"] = bool(
            way["clearance"] >= problem.settings.least_clearance
            and way["broken"] <= 1e-3
            and way["limits"] >= 0.0
            and max(way["speed"], way["acceleration"], way["jerk"]) <= 1.0
        )
    else:
        row |= {"true": False, "why": path}
    return row


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Sum up."""

    def times(name: str, chosen: list[dict[str, Any]]) -> dict[str, float]:
        ms = np.array([1000.0 * row[name] for row in chosen])
        return {q: float(np.quantile(ms, f)) for q, f in (("median", 0.5), ("p90", 0.9), ("max", 1.0))}

    ways = [row["path"] for row in rows if row["found"]]
    return {
        "scenes": len(rows),
        "blocked": sum(row["blocked"] for row in rows),
        "held": sum(row["held"] for row in rows),
        "upright": sum(row["upright"] for row in rows),
        "subgoal": {"solved": sum(row["solved"] for row in rows), "ms": times("subgoal_s", rows)},
        "path": {
            "found": len(ways),
            "true": sum(row["true"] for row in rows),
            "ms": times("path_s", rows),
            "ms_upright": times("path_s", [row for row in rows if row["upright"]]),
            "methods": dict(Counter(row["method"] for row in rows if row["found"])),
            "least_clearance_m": min(way["clearance"] for way in ways),
            "most_broken": max(way["broken"] for way in ways),
            "shares": {k: max(way[k] for way in ways) for k in ("speed", "acceleration", "jerk")},
            "duration_s": {"median": float(np.median([way["duration"] for way in ways]))},
            "length_rad": {"median": float(np.median([way["length"] for way in ways]))},
        },
    }


def done_before(lines: Path, seed: int) -> list[dict[str, Any]]:
    """Read the scenes that a run which was broken off has done; a half-written line ends them."""
    rows: list[dict[str, Any]] = []
    for line in lines.read_text().splitlines() if lines.is_file() else ():
        try:
            told = json.loads(line)
        except json.JSONDecodeError:
            break
        if told["seed"] == seed:
            rows.append(told["row"])
    return rows


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    kinematics = Kinematics(load_model("panda"))
    for number in range(2):
        one_scene(draw(number, np.random.default_rng([10**6, number]), kinematics), 0)
    lines = None if args.json is None else args.json.with_suffix(".jsonl")
    rows = [] if lines is None else done_before(lines, args.seed)[: args.scenes]
    for number in range(len(rows), args.scenes):
        drawn = draw(number, np.random.default_rng([args.seed, number]), kinematics)
        rows.append(one_scene(drawn, args.seed + number))
        row = rows[-1]
        if lines is not None:
            lines.parent.mkdir(parents=True, exist_ok=True)
            with lines.open("a") as file:
                file.write(json.dumps({"seed": args.seed, "row": row}) + "\n")
        if not (row["solved"] and row["true"]):
            print(number, json.dumps({k: v for k, v in row.items() if k != "cost"}))
    result = {"seed": args.seed, **summary(rows)}
    print(json.dumps(result, indent=1))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps({**result, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
