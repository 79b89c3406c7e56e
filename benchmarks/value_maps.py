"""Plan on value maps and with the field's planner over the same scenes; report times and what ways hit.

Usage:
    python -m benchmarks.value_maps [--seeds 10] [--starts 20] [--json FILE]

The scenes of ``value_map_scenes`` are taken with clutter of each seed, as they are, mirrored, turned by a
right angle, and both. All times are processor seconds of one thread; compiled kernels are warm. Ways are
measured on the true occupancy at 100^3.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from handsel.perception.scene import Directions
from handsel.planners import expressions as ex
from handsel.planners.program import Stage, Toward
from handsel.planners.value_maps.answers import FieldPath
from handsel.planners.value_maps.maps import ValueMaps, Workspace
from handsel.planners.value_maps.spread import begin, grow
from handsel.planners.value_maps.statements import Hand
from handsel.planners.value_maps.surroundings import Body, Surroundings, slab
from pydrake.math import RigidTransform

from . import value_map_baseline
from .value_map_scenes import RES, WMAX, WMIN, N, Scene, metrics, scenes

VOXEL = (WMAX - WMIN) / (N - 1)
RADIUS = 0.04
"""The hand, as a ball, [m]."""
BLOCK = 0.08
"""Edge of the thing that is moved, [m]."""
LEAP = 0.10
"""Farthest that it is moved, [m]."""
TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A scene in one of its poses.

    Attributes:
        name: The scene's, with its seed and pose.
        scene: Boxes, start and target in voxels.
    """

    name: str
    scene: Scene


def cases(seeds: int) -> Iterator[Case]:
    """Give the scenes: the fixed ones once, the clutter with each seed; each in four poses."""
    drawn = [(one, "") for one in scenes(0)[:5]]
    drawn += [(scenes(seed)[5], f"_{seed}") for seed in range(seeds)]
    for scene, number in drawn:
        for mirrored in (False, True):
            for turned in (False, True):
                pose = ("_mirrored" if mirrored else "") + ("_turned" if turned else "")
                yield Case(name=f"{scene.name}{number}{pose}", scene=posed(scene, mirrored, turned))


def posed(scene: Scene, mirrored: bool, turned: bool) -> Scene:
    """Mirror a scene left to right, and turn it by a right angle."""

    def place(p: np.ndarray) -> np.ndarray:
        x, y, z = p
        x, y = (N - 1 - x, y) if mirrored else (x, y)
        x, y = (y, N - 1 - x) if turned else (x, y)
        return np.array([x, y, z])

    boxes = []
    for low, high in scene.boxes:
        ends = np.array([place(low), place(np.asarray(high) - 1)])
        boxes.append((ends.min(axis=0), ends.max(axis=0) + 1))
    avoid = [(place(np.asarray(centre)), radius) for centre, radius in scene.avoid]
    return replace(scene, boxes=boxes, avoid=avoid, start=place(scene.start), target=place(scene.target))


def at(voxel: np.ndarray) -> np.ndarray:
    """Give the place of a voxel's middle, [m]."""
    return WMIN + np.asarray(voxel, float) * VOXEL


def surroundings_of(scene: Scene) -> Surroundings:
    """Give the solids of a scene; the cubes that are to be kept out of are solids here, too."""
    things = {TABLE: slab(WMIN[:2], WMAX[:2], float(at(np.array([0, 0, 0.5]))[2]))}
    for number, (low, high) in enumerate(scene.boxes):
        things[f"box_{number}"] = Body.boxes([(at(low) - VOXEL / 2.0, at(high) - VOXEL / 2.0)])
    for number, (centre, radius) in enumerate(scene.avoid):
        cells = (radius / 100 / RES).astype(int)
        low, high = np.maximum(np.asarray(centre) - cells, 0), np.minimum(np.asarray(centre) + cells + 1, N)
        things[f"avoided_{number}"] = Body.boxes([(at(low) - VOXEL / 2.0, at(high) - VOXEL / 2.0)])
    directions = Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0]))
    return Surroundings(things=things, directions=directions)


def stage_of(scene: Scene) -> Stage:
    """Say where to."""
    target = ex.constant(at(scene.target).tolist(), "m")
    return Stage(name="stage_1", purpose=scene.words, toward=(Toward(target=target),))


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """Give what an act gives, and the processor time it took, [ms]."""
    begun = time.process_time()
    given = act()
    return given, 1000.0 * (time.process_time() - begun)


def build(scene: Scene, around: Surroundings) -> ValueMaps:
    """Make the maps of a scene."""
    return ValueMaps.build(around, stage_of(scene), Workspace(lower=WMIN, upper=WMAX), Hand(radius=RADIUS))


def measured(scene: Scene, p_W: np.ndarray) -> dict[str, float]:
    """Measure a way on the true occupancy; lengths are in metres."""
    found = metrics(scene, (p_W - WMIN) / VOXEL)
    length = float(np.linalg.norm(np.diff(p_W, axis=0), axis=1).sum())
    away = float(np.linalg.norm(p_W[-1] - at(scene.target)))
    keys = ("hard_collision", "avoid_len", "clearance", "turning_deg", "longest_hop")
    return {"length_m": length, "end_m": away, **{key: found[key] for key in keys}}


def shortest(maps: ValueMaps, scene: Scene) -> float:
    """Give the length of the shortest way over the nodes that are free for the hand, [m]."""
    grid = maps.grid
    half = np.full(grid.padded, np.inf, np.float32)
    half[1:-1, 1:-1, 1:-1] = np.where(maps.field("room") >= 0.0, 0.5, np.inf)
    target, start = at(scene.target), at(scene.start)
    node, begun = grid.flat(target), grid.flat(start)
    spread = begin(grid, half, np.array([node]), np.zeros(1))
    grow(spread, begun)
    ends = grid.position(np.array([node, begun])) - [target, start]
    return float(spread.togo[begun]) + float(np.linalg.norm(ends, axis=1).sum())


def block_beside(path: FieldPath, scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Draw a place for a small thing near a way, away from its ends."""
    points = path.sampled(0.01)
    ends = np.array([at(scene.start), at(scene.target)])
    clear = 2.0 * BLOCK + RADIUS + LEAP
    middle = points[np.linalg.norm(points[:, None] - ends, axis=2).min(axis=1) > clear]
    middle = middle if len(middle) else points[len(points) // 2][None]
    return middle[rng.integers(len(middle))] + rng.uniform(-0.05, 0.05, 3)


def one_case(case: Case, starts: int, rng: np.random.Generator) -> dict[str, Any]:
    """Measure both planners on a scene."""
    scene = case.scene
    row: dict[str, Any] = {"case": case.name, "kind": scene.name}
    cloud = scene.cloud()
    (theirs, bytes_theirs), row["baseline_ms"] = timed(lambda: value_map_baseline.plan(scene, cloud))
    row["baseline"] = {**measured(scene, at(theirs)), "bytes": bytes_theirs}
    around, start = surroundings_of(scene), at(scene.start)
    maps, made = timed(lambda: build(scene, around))
    path, planned = timed(lambda: maps.plan(start))
    row["cold_ms"] = made + planned
    _, row["behind_ms"] = timed(maps.complete)
    row["field_ms"] = row["cold_ms"] + row["behind_ms"]
    row["bytes"] = maps.nbytes + sum(maps.field(name).nbytes for name in ("affordance", "avoidance", "speed"))
    row["bytes"] += maps.field("rotation").nbytes + maps.field("grip").nbytes
    if not isinstance(path, FieldPath):
        return {**row, "found": False, "why": path.reason}
    row |= {"found": True, "ours": measured(scene, path.p_WG), "shortest_m": shortest(maps, scene)}
    row["ratio"] = row["ours"]["length_m"] / row["shortest_m"]
    row |= replans(scene, maps, starts, rng)
    return row | after_moves(scene, around, path, rng)


def replans(scene: Scene, maps: ValueMaps, starts: int, rng: np.random.Generator) -> dict[str, Any]:
    """Plan again from elsewhere, everything else standing."""
    row: dict[str, Any] = {"replan_ms": [], "starts_inside": 0, "starts_lost": 0}
    room, togo = maps.field("room").reshape(-1), maps.field("togo").reshape(-1)
    free = np.flatnonzero((room >= 0.0) & np.isfinite(togo))
    nodes = maps.grid.nodes()[free]
    maps.plan(at(scene.start))
    for p_W in (at(scene.start), *nodes[rng.choice(len(nodes), starts)]):
        path, took = timed(lambda p_W=p_W: [maps.plan(p_W) for _ in range(10)][-1])
        row["replan_ms"].append(took / 10.0)
        if not isinstance(path, FieldPath):
            row["starts_lost"] += 1
        else:
            row["starts_inside"] += measured(scene, path.p_WG)["hard_collision"] > 0.0
    return row


def after_moves(
    scene: Scene, around: Surroundings, path: FieldPath, rng: np.random.Generator
) -> dict[str, Any]:
    """Move a small thing near the way, and one of the scene's own things, and plan again."""
    row: dict[str, Any] = {"moved_ms": [], "moved_large_ms": [], "moved_differs": 0.0}
    centre = block_beside(path, scene, rng)
    block = Body.boxes([(centre - BLOCK / 2.0, centre + BLOCK / 2.0)])
    more = replace(around, things={**around.things, "block": block})
    for name, into in (("block", "moved_ms"), ("box_0", "moved_large_ms")):
        maps = build(scene, more)
        maps.plan(at(scene.start))
        maps.complete()
        X_WO = more.thing(name).X_WO
        for _ in range(3):
            shift = rng.normal(size=3) * ([1.0, 1.0, 0.0] if name != "block" else [1.0, 1.0, 1.0])
            shift *= LEAP * rng.uniform(0.3, 1.0) / np.linalg.norm(shift)
            X_new = RigidTransform(shift) @ X_WO

            def again(name: str = name, X_WO: RigidTransform = X_WO, X_new: RigidTransform = X_new) -> None:
                maps.moved(name, X_WO, X_new)  # noqa: B023 - called at once
                maps.plan(at(scene.start))  # noqa: B023

            _, took = timed(again)
            row[into].append(took)
            X_WO = X_new
            maps.complete()
            fresh = build(scene, maps.statements.surroundings)
            fresh.complete()
            one, other = (np.nan_to_num(each.field("togo"), posinf=1e3) for each in (maps, fresh))
            row["moved_differs"] = max(row["moved_differs"], float(np.abs(one - other).max()))
    return row


def spread_of(values: list[float]) -> dict[str, float]:
    """Sum up times."""
    array = np.array(values)
    return {
        "median": float(np.median(array)),
        "p90": float(np.quantile(array, 0.9)),
        "worst": float(array.max()),
        "count": len(values),
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Sum up all cases."""
    found = [row for row in rows if row["found"]]
    flat = {
        key: [t for row in found for t in row[key]] for key in ("replan_ms", "moved_ms", "moved_large_ms")
    }
    ratio = [row["ratio"] for row in found]
    return {
        "cases": len(rows),
        "found": len(found),
        "radius_m": RADIUS,
        "baseline_ms": spread_of([row["baseline_ms"] for row in rows]),
        "cold_ms": spread_of([row["cold_ms"] for row in rows]),
        "field_ms": spread_of([row["field_ms"] for row in rows]),
        **{key: spread_of(values) for key, values in flat.items()},
        "baseline_inside": sum(row["baseline"]["hard_collision"] > 0.0 for row in rows),
        "inside": sum(row["ours"]["hard_collision"] > 0.0 for row in found),
        "baseline_in_avoided": sum(row["baseline"]["avoid_len"] > 0.0 for row in rows),
        "in_avoided": sum(row["ours"]["avoid_len"] > 0.0 for row in found),
        "length_ratio": {**spread_of(ratio)},
        "end_worst_m": max(row["ours"]["end_m"] for row in found),
        "starts": len(flat["replan_ms"]),
        "starts_inside": sum(row["starts_inside"] for row in found),
        "starts_lost": sum(row["starts_lost"] for row in found),
        "moved_differs_m": max(row["moved_differs"] for row in found),
        "baseline_mb": max(row["baseline"]["bytes"] for row in rows) / 1e6,
        "mb": max(row["bytes"] for row in rows) / 1e6,
    }


def table(result: dict[str, Any]) -> str:
    """Write the summary as a table."""

    def ms(key: str) -> str:
        one = result[key]
        return f"{one['median']:.2f} / {one['p90']:.2f} / {one['worst']:.2f}"

    count, again = result["cases"], ms("baseline_ms")
    ratio = result["length_ratio"]
    rows = [
        ("what (median / p90 / worst)", "field's planner, 100^3", "value maps, 50^3"),
        ("cold plan, ms", again, ms("cold_ms")),
        ("with the whole field behind it, ms", "-", ms("field_ms")),
        ("ways inside solids", f"{result['baseline_inside']} of {count}", f"{result['inside']} of {count}"),
        ("ways in what is avoided", f"{result['baseline_in_avoided']}", f"{result['in_avoided']}"),
        (
            "length / shortest on the grid",
            "-",
            f"{ratio['median']:.3f} / {ratio['p90']:.3f} / {ratio['worst']:.3f}",
        ),
        ("replan, nothing moved, ms", again, ms("replan_ms")),
        ("replan, an 8 cm thing moved, ms", again, ms("moved_ms")),
        ("replan, a large thing moved, ms", again, ms("moved_large_ms")),
        ("memory of all fields, MB", f"{result['baseline_mb']:.1f}", f"{result['mb']:.1f}"),
        (
            "other starts: ways inside solids, none found",
            "-",
            f"{result['starts_inside']}, {result['starts_lost']}",
        ),
    ]
    widths = [max(len(row[n]) for row in rows) for n in range(3)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([lines[0], "-+-".join("-" * width for width in widths), *lines[1:]])


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    drawn = list(cases(args.seeds))
    one_case(drawn[0], 1, np.random.default_rng(0))
    rows = []
    for number, case in enumerate(drawn):
        rows.append(one_case(case, args.starts, np.random.default_rng([args.seeds, number])))
        row = rows[-1]
        if (
            not row["found"]
            or row["ours"]["hard_collision"]
            or row["ours"]["avoid_len"]
            or row["ratio"] > 1.15
        ):
            print(json.dumps({key: row.get(key) for key in ("case", "why", "ours", "ratio")}))
    result = summary(rows)
    print(table(result))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps({**result, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
