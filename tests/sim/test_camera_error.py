"""A camera's reported pose is off by exactly what was asked for, for the whole run, and nothing else is."""

import json
from pathlib import Path

import numpy as np
import pytest
from handsel.cli.main import main
from handsel.core.errors import InputError
from handsel.sim.camera_error import LARGEST, draw_error, misplaced
from handsel.sim.noise import DepthNoise
from handsel.sim.scenes import SceneSpec, ThingSpec, named_scene
from handsel.sim.start import start_world
from handsel.sim.suite import Conditions
from handsel.sim.world import World
from pydrake.math import RigidTransform

SCENE = SceneSpec(name="one", things=(ThingSpec(id="red_block", kind="block", color="red", x=0.5, y=0.0),))
ERROR = (0.005, float(np.radians(0.5)))


def size(X: RigidTransform) -> tuple[float, float]:
    turn = X.rotation().ToAngleAxis().angle()
    return float(np.linalg.norm(X.translation())), float(turn)


def test_the_error_has_the_size_asked_for_and_any_direction() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_error(ERROR, rng) for _ in range(200)]
    for X_CE in drawn:
        assert size(X_CE) == pytest.approx(ERROR)
    directions = np.array([X_CE.translation() / ERROR[0] for X_CE in drawn])
    assert np.linalg.norm(directions.mean(axis=0)) < 0.2
    assert draw_error((0.0, 0.0), rng).IsExactlyIdentity()


@pytest.mark.parametrize("wrong", [(-0.001, 0.0), (0.0, float("nan")), (2 * LARGEST[0], 0.0), (0.0, 1.0)])
def test_what_is_no_error_of_calibration_is_refused(wrong: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="expected a shift"):
        draw_error(wrong, np.random.default_rng(0))
    with pytest.raises(InputError, match="expected a shift"):
        Conditions(suite="basics", camera_error=wrong)


def test_a_worlds_cameras_are_off_each_in_its_own_way_and_stay_so() -> None:
    scene = named_scene("empty")
    true, off = (
        World(scene, seed=4, noise=DepthNoise()),
        World(scene, seed=4, noise=DepthNoise(), camera_error=ERROR),
    )
    errors = {}
    for camera in ("front", "wrist"):
        a, b = true.frame(camera), off.frame(camera)
        np.testing.assert_array_equal(a.rgb, b.rgb)
        np.testing.assert_array_equal(a.depth, b.depth)
        errors[camera] = a.X_WC.inverse() @ b.X_WC
        assert size(errors[camera]) == pytest.approx(ERROR, abs=1e-7)
    assert off.frame("wrist").X_WC.IsExactlyEqualTo(off.frame("wrist").X_WC)
    assert not errors["front"].IsNearlyEqualTo(errors["wrist"], 1e-4)


def test_frames_can_be_misplaced_without_a_world() -> None:
    frames = (World(named_scene("empty")).frame("front"),)
    moved = misplaced(frames, ERROR, np.random.default_rng(1))
    assert size(frames[0].X_WC.inverse() @ moved[0].X_WC) == pytest.approx(ERROR, abs=1e-7)


def test_the_error_reaches_a_world_in_another_process_and_the_truth_does_not_move() -> None:
    true = World(SCENE, seed=4)
    robot, judge = start_world(SCENE, seed=4, camera_error=ERROR, judge=True)
    assert judge is not None
    with robot, judge:
        X_WE, X_WB = robot.observe(("front",)).frames[0].X_WC, judge.truth().poses["red_block"]
    assert size(true.frame("front").X_WC.inverse() @ X_WE) == pytest.approx(ERROR, abs=1e-6)
    assert X_WB.IsExactlyEqualTo(true.truth()["red_block"])


@pytest.mark.slow
def test_an_error_of_the_cameras_poses_breaks_no_pick(tmp_path: Path) -> None:
    summary = tmp_path / "summary.json"
    asked = ["eval", "basics", "--trials", "5", "--seed", "900", "--camera-error", "5", "0.5"]
    assert main([*asked, "--out", str(tmp_path / "episodes"), "--json", str(summary)]) == 0
    told = json.loads(summary.read_text())
    assert told["success_rate"] == 1.0 and told["metrics"]["collisions"] == 0
