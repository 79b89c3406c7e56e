"""The perception suite: figures are what they are called, and one episode runs to its record."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handsel.core.arrays import Float64
from handsel.core.camera import CameraFrame
from handsel.core.errors import InputError
from handsel.perception.scene import Directions, Scene, Table, Thing
from handsel.sim.degradations import DEGRADATIONS
from handsel.sim.perception_summary import measure, rows, sum_up
from handsel.sim.scenes import named_scene
from handsel.sim.seen import match
from handsel.sim.statistics import quantile_interval
from handsel.sim.suite import Conditions
from handsel.sim.suites import perception
from handsel.sim.suites.perception import HOUSEHOLD, SUITE, look
from pydrake.math import RigidTransform


def thing(**said: Any) -> dict[str, Any]:
    """A thing's record: a block, all right."""
    right = {
        "kind": "block",
        "found": 1,
        "error": 0.002,
        "size_error": 0.001,
        "tilt": 0.5,
        "kind_right": True,
        "color_right": True,
        "close": True,
        "success": True,
        "paired": False,
        "trusted": True,
        "parts": (),
    }
    return right | said


def record(number: int, things: list[dict[str, Any]], **said: Any) -> dict[str, Any]:
    return {
        "episode": number,
        "success": all(one["success"] for one in things),
        "things": things,
        "extra": 0,
        "warnings": [],
        "cpu": 0.1,
        "tracking": None,
        "degraded": {
            "name": DEGRADATIONS[number % 4],
            "things": 2,
            "found": 2,
            "seen": 2,
            "accepted": [{"error": 0.004, "kind_right": True}],
            "refused": "",
            "warned": True,
        },
        "misplaced": {"things": 2, "errors": [0.004], "right": 1, "warned": False},
    } | said


def row(table: list[dict[str, Any]], words: str) -> dict[str, Any]:
    return next(one for one in table if words in one["what"])


LOST = thing(found=0, success=False, close=False, error=None, size_error=None, tilt=None)
BROKEN = thing(found=3, success=False, close=False, error=0.004, paired=True)


def test_lost_and_broken_things_cost_recall_and_pieces_cost_precision() -> None:
    metrics = measure([record(0, [thing(), thing(paired=True), LOST, BROKEN], extra=1)], HOUSEHOLD)
    assert metrics["recall"]["success_rate"] == 2 / 4
    # Seen were two whole things, three pieces and a phantom; two whole ones and one piece are right.
    assert metrics["precision"]["success_rate"] == 3 / 6
    assert metrics["told_apart"] == metrics["told_apart"] | {"trials": 2, "success_rate": 0.5}
    assert metrics["scenes_right"]["success_rate"] == 0.0


def test_errors_are_those_of_all_things_found_not_only_of_the_good_ones() -> None:
    """Regression: quantiles over things within 10 mm could never exceed 10 mm."""
    far = thing(error=0.045, success=False, close=False)
    metrics = measure([record(0, [thing(), far])], HOUSEHOLD)
    assert metrics["position"]["p99"]["value"] > 0.04
    assert metrics["position"]["count"] == 2


def test_parts_count_where_a_camera_has_them_in_view_and_a_missing_one_is_wrong() -> None:
    parts = [
        {"part": "handle", "in_sight": True, "error": 0.007},
        {"part": "handle", "in_sight": True, "error": None},
        {"part": "rim", "in_sight": True, "error": 0.009},
        {"part": "rim", "in_sight": False, "error": None},
    ]
    own = measure([record(0, [thing(parts=parts)])], HOUSEHOLD)["parts"]
    assert (own["all"]["trials"], own["all"]["success_rate"]) == (3, 1 / 3)
    assert (own["hidden"], own["missing"]) == (1, 1)
    assert own["by_part"]["handle"]["success_rate"] == 0.5


def test_what_is_accepted_and_wrong_is_told_and_warnings_are_counted() -> None:
    bad = {"name": "lost_camera", "things": 3, "found": 1, "seen": 3, "refused": "", "warned": False}
    bad["accepted"] = [{"error": 0.02, "kind_right": True}, {"error": 0.001, "kind_right": False}]
    table = sum_up([record(0, [thing()]), record(1, [thing()], degraded=bad)], HOUSEHOLD)["rows"]
    assert row(table, "lost camera: accepted and wrong")["measured"] == 1.0
    assert row(table, "lost camera: position")["met"] is False
    assert row(table, "lost camera: warned")["met"] is False
    assert row(table, "lost camera: accepted")["measured"] == pytest.approx(2 / 3)
    assert row(table, "lost camera: neither")["measured"] == 1.0
    assert row(table, "depth holes: neither")["measured"] == 0.0
    assert row(table, "lost camera: recall")["measured"] == pytest.approx(1 / 3)
    assert row(table, "depth holes: warned")["met"] is True


def test_every_figure_has_its_count_and_an_interval_around_it() -> None:
    tracking = {
        "keypoints": 20,
        "identity": 0.9,
        "drift": [0.001, 0.002],
        "update_cpu": [0.01, 0.03],
        "false_lost": 0,
        "false_moved": 1,
        "carried": ["red_block"],
    }
    parts = [{"part": name, "in_sight": True, "error": 0.001} for name in ("handle", "rim", "opening")]
    records = [record(i, [thing(parts=parts, paired=True)], tracking=tracking) for i in range(8)]
    summary = sum_up(records, HOUSEHOLD)
    assert json.loads(json.dumps(summary)) is not None
    for one in rows(summary["metrics"]):
        if one["what"].strip() == "drawer handle":
            assert one["measured"] is None and one["count"] == 0
            continue
        assert one["count"] > 0, one["what"]
        low, high = one["interval"]
        assert low <= one["measured"] <= high, one["what"]
        assert (one["met"] is None) == (one["asked"] is None)
    assert row(summary["rows"], "identity")["measured"] == pytest.approx(0.9)
    assert row(summary["rows"], "identity")["count"] == 160


def test_the_interval_of_a_quantile_covers_it_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        interval = quantile_interval(list(rng.exponential(size=60)), 0.5)
        assert interval is not None
        covered += interval[0] <= np.log(2.0) <= interval[1]
    assert 0.93 <= covered / 400 <= 0.99
    assert quantile_interval([], 0.5) is None and quantile_interval([2.0], 0.95) == (2.0, 2.0)


@pytest.fixture(scope="module")
def view() -> perception.View:
    return look(named_scene("default"), Conditions(suite="perception"))


def test_the_true_scene_held_against_itself_is_all_right(view: perception.View) -> None:
    for one in match(view.truth, view.truth, view.parts, view.frames):
        told = one.to_json(0.01)
        assert told["success"], told["why"]
        for part in one.parts:
            assert part.in_sight, part.part
            # The oracle has no handles; its rims lie on the outer edge.
            assert (
                part.error is None if part.part == "handle" else part.error is not None and part.error < 0.005
            )


def test_a_handle_behind_its_mug_is_out_of_sight(view: perception.View) -> None:
    mug = next(name for name, parts in view.parts.items() if any(part.name == "handle" for part in parts))
    handle = next(part for part in view.parts[mug] if part.name == "handle")
    front = tuple(frame for frame in view.frames if frame.camera == "front")
    assert handle.in_sight(view.frames)
    center = view.truth.thing(mug).X_WO.translation()
    away = center - front[0].X_WC.translation()
    back = np.array([*(center[:2] + 0.055 * away[:2] / np.linalg.norm(away[:2])), center[2]])
    shift = back - handle.points.mean(axis=0)
    behind = type(handle)(
        name=handle.name, key=handle.key, points=handle.points + shift, surface=handle.surface + shift
    )
    assert not behind.in_sight(front)


class Claims:
    """A perceiver that always claims the same, whatever the frames show."""

    name = "claims"

    def __init__(self, *things: Thing, warning: str = "", fails: Exception | None = None) -> None:
        self.things, self.warnings, self.fails = things, (warning,) if warning else (), fails

    def perceive(
        self, frames: tuple[CameraFrame, ...], *, robot_spheres_W: Float64, previous: Scene | None = None
    ) -> Scene:
        if self.fails:
            raise self.fails
        return Scene(
            time=0.0,
            things=self.things,
            table=Table(height=0.0, lower=np.zeros(2), upper=np.ones(2)),
            directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
            keypoints=(),
            field=None,
            frames=frames,
            perceiver=self.name,
            warnings=self.warnings,
        )


def test_a_phantom_that_is_sure_of_itself_is_held_against_the_nearest_thing(view: perception.View) -> None:
    p = np.array([0.5, 0.5, 0.02])
    phantom = Thing(
        name="red_block",
        kind="block",
        color="red",
        X_WO=RigidTransform(p),
        size=np.full(3, 0.04),
        cloud=np.zeros((0, 3)),
        parts={"top": p, "bottom": p, "center": p},
        shapes=(),
    )
    plain = Claims(warning="3 clusters were left out").perceive(view.frames, robot_spheres_W=view.spheres)
    judged = perception._degraded(view, plain, Claims(phantom, warning="5 clusters were left out"))
    (claim,) = judged["accepted"]
    nearest = min(np.linalg.norm(thing.center - p) for thing in view.truth.things)
    assert claim["error"] == pytest.approx(nearest) and not claim["kind_right"]
    assert judged["found"] == 0
    assert not judged["warned"], "the same warning with another number tells nothing new"
    assert perception._degraded(view, plain, Claims(warning="a camera is blind"))["warned"]


def test_a_refusal_is_a_warning_and_claims_nothing(view: perception.View) -> None:
    judged = perception._degraded(
        view, Claims().perceive(view.frames, robot_spheres_W=view.spheres), Claims(fails=InputError("blind"))
    )
    assert judged["warned"] and judged["refused"] == "blind" and judged["accepted"] == []


def test_an_episode_gives_a_record_that_can_be_kept_and_summed_up(tmp_path: Path) -> None:
    conditions = Conditions(suite="perception", seed=2)
    number = 3
    assert DEGRADATIONS[number % 4] == "white_cloth" and number % perception.EVERY
    kept = json.loads(json.dumps(SUITE.run(conditions, number, tmp_path)))
    assert kept["degraded"]["name"] == "white_cloth" and kept["tracking"] is None
    assert len(kept["things"]) == kept["degraded"]["things"] == kept["misplaced"]["things"]
    assert kept["cpu"] > 0.01
    assert 0.0 <= SUITE.sum_up([kept])["success_rate"] <= 1.0
