"""Plan whole tasks over random tables of analytic solids and report success and processor time.

Usage:
    python benchmarks/stages.py [--scenes 30] [--seed 0] [--crowded] [--json FILE]
"""

import argparse
import importlib
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from handsel.core.errors import HandselError
from handsel.perception.scene import Scene, Thing
from handsel.planners.plan import StagePlan, plan_stage
from handsel.planners.program import Program
from handsel.planners.read import Vocabulary, read
from handsel.planners.settings import Settings
from handsel.planners.situation import Situation, places
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "planners"))
table = importlib.import_module("tabletop")

CHOICE = ("candidates", "subgoal", "load", "next stage")
"""What choosing a grasp consists of."""
UPRIGHT = "goal(tilt({0}.bottom, {0}.top) <= degrees(3), tol=degrees(10))"


def program_of(kind: str, names: dict[str, str], scene: Scene) -> str:
    """Write a task's program."""
    a, b = names["a"], names.get("b", "")
    up = UPRIGHT.format(a)
    goals = {
        "pick": [
            f"goal(height({a}.bottom) >= height(origin({a}.bottom)) + cm(12))",
            f"goal(norm(xy({a}.center - origin({a}.center))) <= cm(5))",
            f"hold({a})",
        ],
        "put in": [
            f"goal(norm(xy({a}.center - {b}.opening)) <= mm(8), tol=cm(5))",
            f"goal(height({a}.bottom) <= height({b}.opening) + cm(2))",
            f"goal(height({a}.bottom) >= height({b}.opening) + mm(5))",
            f"release({a})",
        ],
        "stack": [
            f"goal(norm(xy({a}.center - {b}.center)) <= mm(5), tol=cm(1.5))",
            f"goal(height({a}.bottom) <= height({b}.top) + mm(6), tol=cm(1))",
            f"goal(height({a}.bottom) >= height({b}.top) + mm(2), tol=cm(1))",
            up,
            f"release({a})",
        ],
        "next to": [
            f"goal(norm(xy({a}.center - {b}.center - vec(0, {names.get('offset')}, 0))) <= mm(5), tol=cm(1))",
            f"goal(height({a}.bottom) <= height(table) + mm(6), tol=cm(1))",
            f"goal(height({a}.bottom) >= height(table) + mm(2), tol=cm(1))",
            up,
            f"release({a})",
        ],
        "over a wall": [
            f"along(tilt({a}.bottom, {a}.top) <= degrees(10))",
            f"goal(norm(xy({a}.center) - vec({names.get('x')}, {names.get('y')})) <= mm(5), tol=cm(1))",
            f"goal(height({a}.bottom) <= height(table) + mm(6), tol=cm(1))",
            f"goal(height({a}.bottom) >= height(table) + mm(2), tol=cm(1))",
            up,
            f"release({a})",
        ],
    }[kind]
    lines = ["def stage_1():", '    """grasp"""', f"    grasp({a})", "", "def stage_2():", '    """move"""']
    return "\n".join([*lines, *(f"    {goal}" for goal in goals)]) + "\n"


def free_spot(
    rng: np.random.Generator, taken: list[tuple[np.ndarray, float]], radius: float, gap: float
) -> np.ndarray:
    """Draw a place on the table that keeps a gap from all others."""
    for _ in range(2000):
        spot = rng.uniform([0.32, -0.38], [0.72, 0.38])
        if all(np.linalg.norm(spot - other) > radius + size + gap for other, size in taken):
            taken.append((spot, radius))
            return spot
    raise RuntimeError("the table is full")


def draw(kind: str, rng: np.random.Generator, crowded: bool = False) -> tuple[Scene, dict[str, str]]:
    """Draw a scene for a task: the things that it speaks of and clutter."""
    while True:
        try:
            return _draw(kind, rng, crowded)
        except RuntimeError:
            continue


def _draw(kind: str, rng: np.random.Generator, crowded: bool) -> tuple[Scene, dict[str, str]]:
    taken: list[tuple[np.ndarray, float]] = []
    things: list[Thing] = []
    side = rng.uniform(0.035, 0.05)
    names = {"a": "red_block"}
    if kind == "over a wall":
        taken.append((np.array([0.5, 0.0]), 0.07))
        things.append(table.wall("gray_box", 0.5, 0.0, (0.30, 0.02, rng.uniform(0.08, 0.16))))
        sign = rng.choice([-1.0, 1.0])
        x, y = rng.uniform(0.42, 0.58), sign * rng.uniform(0.14, 0.28)
        taken.append((np.array([x, -y]), 0.06))
        names |= {"x": f"{x:.4f}", "y": f"{-y:.4f}"}
        spot = np.array([rng.uniform(0.42, 0.58), y])
        taken.append((spot, 0.04))
        if rng.random() < 0.5:
            things.append(table.can("red_can", *spot))
            names["a"] = "red_can"
        else:
            things.append(table.block("red_block", *spot, side=side, yaw=rng.uniform(0, np.pi)))
    else:
        if kind == "put in":
            names["b"] = "blue_bowl"
            things.append(table.bowl("blue_bowl", *free_spot(rng, taken, 0.075, 0.02)))
        if kind in ("stack", "next to"):
            names["b"] = "green_block"
            spot = free_spot(rng, taken, 0.035, 0.02)
            things.append(
                table.block("green_block", *spot, side=rng.uniform(0.038, 0.05), yaw=rng.uniform(0, np.pi))
            )
            if kind == "next to":
                offset = float(rng.choice([-1.0, 1.0])) * rng.uniform(0.09, 0.11)
                names["offset"] = f"{offset:.4f}"
                taken.append((spot + np.array([0.0, offset]), 0.055))
        if rng.random() < 0.25 and kind != "stack":
            names["a"] = "red_ball" if rng.random() < 0.5 and kind in ("pick", "put in") else "red_can"
        spot = free_spot(rng, taken, 0.035, 0.02)
        if names["a"] == "red_block":
            things.append(table.block("red_block", *spot, side=side, yaw=rng.uniform(0, np.pi)))
        elif names["a"] == "red_ball":
            things.append(table.ball("red_ball", *spot, radius=rng.uniform(0.02, 0.028)))
        else:
            things.append(
                table.can("red_can", *spot, radius=rng.uniform(0.026, 0.033), height=rng.uniform(0.08, 0.11))
            )
    for i in range(int(rng.integers(6, 10) if crowded else rng.integers(2, 6))):
        choice = rng.integers(4)
        radius = (0.035, 0.033, 0.03, 0.08)[choice]
        x, y = free_spot(rng, taken, radius, 0.004 if crowded else 0.015)
        made = (
            table.block(f"clutter_{i}", x, y, side=0.045, yaw=rng.uniform(0, np.pi)),
            table.can(f"clutter_{i}", x, y, height=rng.uniform(0.08, 0.18)),
            table.ball(f"clutter_{i}", x, y),
            table.bowl(f"clutter_{i}", x, y),
        )[choice]
        things.append(made)
    return table.scene(*things), names


def run(program: Program, scene: Scene, kinematics: Kinematics, seed: int) -> list[StagePlan]:
    """Plan all stages, each from where the one before ends."""
    rng, settings = np.random.default_rng(seed), Settings()
    q, held, width = kinematics.model.q_look, None, 0.08
    origin = places(scene, "arm", kinematics.tool_pose(q))
    plans = []
    for index in range(len(program.stages)):
        start = places(scene, "arm", kinematics.tool_pose(q), held)
        situation = Situation(
            scene=scene, q=q, hand="arm", width=width, held=held, start=start, origin=origin
        )
        begin = time.process_time()
        plan = plan_stage(program, index, situation, kinematics, rng, settings)
        plan.cpu["all"] = time.process_time() - begin
        plans.append(plan)
        q, held = plan.motion.q[-1], plan.held_after
        width = plan.held_after.width if plan.held_after is not None else width
    return plans


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--crowded", action="store_true", help="6 to 9 things of clutter, 4 mm apart or more")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    kinds = ("pick", "put in", "stack", "next to", "over a wall")
    kinematics = Kinematics(load_model("panda"))
    rng = np.random.default_rng(args.seed)
    warm_scene, warm_names = draw("put in", np.random.default_rng(10**6))
    run(
        read(program_of("put in", warm_names, warm_scene), Vocabulary.of(warm_scene)),
        warm_scene,
        kinematics,
        0,
    )
    done: dict[str, int] = defaultdict(int)
    times: list[float] = []
    parts: dict[str, list[float]] = defaultdict(list)
    choices: list[float] = []
    durations: list[float] = []
    methods: dict[str, int] = defaultdict(int)
    clearances: list[float] = []
    for number in range(args.scenes):
        kind = kinds[number % len(kinds)]
        scene, names = draw(kind, rng, args.crowded)
        program = read(program_of(kind, names, scene), Vocabulary.of(scene))
        try:
            plans = run(program, scene, kinematics, args.seed + number)
        except HandselError as error:
            print(f"{number:3d} {kind:12s} {names['a']}: {error}")
            continue
        done[kind] += 1
        for plan in plans:
            times.append(plan.cpu["all"])
            durations.append(plan.motion.duration)
            methods[plan.path.method] += 1
            clearances.append(plan.path.clearance)
            for name, spent in plan.cpu.items():
                parts[name].append(spent)
            if plan.grasp is not None:
                choices.append(sum(plan.cpu.get(name, 0.0) for name in CHOICE))
    result = {
        "seed": args.seed,
        "scenes": args.scenes,
        "planned": sum(done.values()),
        "by_kind": dict(done),
        "cpu_s": {
            "median": float(np.median(times)),
            "p90": float(np.quantile(times, 0.9)),
            "max": max(times),
        },
        "cpu_parts_mean_s": {name: float(np.mean(spent)) for name, spent in parts.items()},
        "grasp_choice_cpu_s": {"median": float(np.median(choices)), "max": max(choices)},
        "motion_s": {"median": float(np.median(durations)), "max": max(durations)},
        "methods": dict(methods),
        "least_clearance_m": min(clearances),
    }
    print(json.dumps(result, indent=1))
    if args.json:
        args.json.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
