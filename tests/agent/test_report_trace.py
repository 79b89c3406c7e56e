"""From a trace to its pictures, without a robot."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handsel.agent.report.plan_picture import draw_plan
from handsel.agent.report.read_trace import read_run
from handsel.agent.report.replay import MOST_BYTES, Arms, write_replay
from handsel.core.errors import InputError
from handsel.robots.models import load_model
from PIL import Image
from pydrake.geometry import Meshcat, MeshcatParams
from pydrake.math import RigidTransform

HOME = {"wxyz": [1.0, 0.0, 0.0, 0.0], "p": [0.0, 0.0, 0.0]}


def thing(name: str, kind: str, x: float, y: float) -> dict[str, Any]:
    """Write a thing as the trace has it."""
    size = [0.05, 0.05, 0.05] if kind == "block" else [0.15, 0.15, 0.06]
    X_WO = {"wxyz": [1.0, 0.0, 0.0, 0.0], "p": [x, y, size[2] / 2]}
    return {"name": name, "kind": kind, "color": name.split("_")[0], "X_WO": X_WO, "size": size}


def lines(duration: float, *, moved: bool = True, names: tuple[str, ...] = ("arm",)) -> list[dict[str, Any]]:
    """Write the trace of a made-up run that swings the arm over the table."""
    model = load_model("panda")
    times = np.arange(0.0, duration, 0.05)
    things = [thing("red_block", "block", 0.42, -0.16), thing("blue_bowl", "bowl", 0.52, 0.18)]
    plan = {
        "kind": "plan",
        "index": 0,
        "stage": "stage_1",
        "purpose": "grasp red_block",
        "act": "grasp red_block",
        "relations": [{"text": "height(red_block) <= 1", "residual": -0.1, "tolerance": 0.003, "met": True}],
        "clearance": 0.02,
        "clearances": [0.05, 0.03, 0.02, None],
        "duration": 2.0,
        "motion": {"arm": {"times": [0.0, 2.0]}},
        "p_WG": {"arm": [[0.4, 0.0, 0.4], [0.42, -0.16, 0.02]]},
    }
    arms = [{"name": name, "model": "panda", "X_WR": HOME} for name in names]
    told: list[dict[str, Any]] = [
        {"kind": "begin", "instruction": "grasp the red block", "robot": {"arms": arms}},
        {"kind": "scene", "table": {"height": 0.0}, "things": things},
        plan,
        {"kind": "stage", "index": 0},
    ]
    for time in times:
        held = "red_block" if duration / 3 < time < 2 * duration / 3 else None
        q = model.q_look + 0.3 * np.sin(time) * np.arange(7) / 7
        X_WG = {"wxyz": [1.0, 0.0, 0.0, 0.0], "p": [0.4, 0.1 * np.sin(time), 0.4]}
        told += [
            {
                "kind": "joints",
                "arm": name,
                "t": time,
                "q": q.tolist(),
                "width": 0.04,
                "X_WG": X_WG,
                "held": held,
            }
            for name in names
        ]
    told.append({"kind": "end", "success": True, "reason": "it is held", "moved": moved})
    return [{"n": number, "t": 0.0} | line for number, line in enumerate(told)]


def written(folder: Path, told: list[dict[str, Any]]) -> Path:
    """Write a trace file."""
    path = folder / "trace.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in told))
    return path


def test_the_record_says_what_the_trace_says(tmp_path: Path) -> None:
    record = read_run(written(tmp_path, lines(3.0)))
    assert (record.instruction, record.success) == ("grasp the red block", True)
    arm = record.arms["arm"]
    assert arm.model == "panda"
    assert [stage.act for stage in record.stages] == ["grasp red_block"]
    np.testing.assert_allclose(record.stages[0].clearance, [0.05, 0.03, 0.02])
    assert arm.q.shape == (60, 7) and len(arm.held) == 60
    np.testing.assert_allclose(record.things[0].X_WO.translation(), [0.42, -0.16, 0.025])


def test_a_plan_that_was_not_carried_out_is_drawn_too(tmp_path: Path) -> None:
    assert len(read_run(written(tmp_path, lines(1.0, moved=False))).stages) == 1


def test_a_trace_that_breaks_off_is_drawn_up_to_there(tmp_path: Path) -> None:
    record = read_run(written(tmp_path, lines(1.0)[:-1]))
    assert not record.success and "breaks off" in record.reason
    assert len(record.stages) == 1


def test_a_trace_in_which_nothing_was_seen_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to draw"):
        read_run(written(tmp_path, lines(1.0)[:1]))


def test_the_plan_shows_things_and_paths_in_their_colours(tmp_path: Path) -> None:
    draw_plan(read_run(written(tmp_path, lines(3.0))), tmp_path / "plan.png")
    pixels = np.asarray(Image.open(tmp_path / "plan.png").convert("RGB")).astype(int)
    for color in ((209, 56, 47), (50, 104, 184), (31, 95, 139)):
        assert (np.abs(pixels - color).max(axis=-1) < 40).sum() > 100


def test_a_long_run_fits_at_a_lower_rate(tmp_path: Path) -> None:
    write_replay(read_run(written(tmp_path, lines(90.0))), tmp_path / "replay.html")
    assert 2_000_000 < (tmp_path / "replay.html").stat().st_size <= MOST_BYTES


def test_the_drawn_arm_agrees_with_the_kinematics() -> None:
    from handsel.robots.kinematics import Kinematics

    model = load_model("panda")
    X_WR = RigidTransform([0.1, 0.2, 0.0])
    bases = {"left": X_WR, "right": RigidTransform([0.1, -0.6, 0.0])}
    arms = Arms({name: (model, X) for name, X in bases.items()}, Meshcat(MeshcatParams(host="localhost")))
    for name, q in (("left", model.q_home), ("right", model.q_look)):
        X_WG = arms.place(name, q, 0.03)
        assert X_WG.IsNearlyEqualTo(Kinematics(model, bases[name]).tool_pose(q), 1e-9)


def test_two_arms_are_drawn_with_what_they_hold(tmp_path: Path) -> None:
    record = read_run(written(tmp_path, lines(3.0, names=("left", "right"))))
    assert set(record.arms) == {"left", "right"} and len(record.times) == 60
    draw_plan(record, tmp_path / "plan.png")
    write_replay(record, tmp_path / "replay.html")
    page = (tmp_path / "replay.html").stat().st_size
    write_replay(read_run(written(tmp_path, lines(3.0))), tmp_path / "one.html")
    assert page > (tmp_path / "one.html").stat().st_size + 100_000
