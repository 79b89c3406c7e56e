"""The load that a grasp bears, against closed forms."""

import re
from pathlib import Path

import handsel.planners
import numpy as np
import pytest
from handsel.planners import force_closure
from handsel.planners.force_closure import GRAVITY, SHAKEN, Contacts, loads, margin
from pydrake.math import RotationMatrix

UP = np.array([0.0, 0.0, 1.0])
MASS, FORCE = 0.4, 20.0
WEIGHT = loads(MASS, [UP], shaken=0.0)[:, :1]


def pinch(half: float = 0.02, lean: float = 0.0, torsion: float = 0.0, x: float = 0.0) -> Contacts:
    """Two opposing contacts along y; a lean turns both normals toward the ground."""
    c, s = np.cos(lean), np.sin(lean)
    return Contacts(
        p_W=np.array([[x, half, 0.0], [x, -half, 0.0]]),
        inward_W=np.array([[0.0, -c, -s], [0.0, c, -s]]),
        fingers=(0, 1),
        torsion=np.full(2, torsion),
    )


@pytest.mark.parametrize("friction", [0.2, 0.5, 1.0])
def test_two_opposing_fingers_bear_twice_friction_times_force(friction: float) -> None:
    found = margin(pinch(), np.zeros(3), WEIGHT, friction=friction, force=FORCE)
    assert found == pytest.approx(2.0 * friction * FORCE / (MASS * GRAVITY), rel=1e-6)


@pytest.mark.parametrize("friction", [0.3, 0.9])
def test_the_worst_shake_decides(friction: float) -> None:
    """Down with the weight, or along the closing direction: the finger that is unloaded slips first.

    Its normal force is F - s a m g, and both bear half the weight since torques balance.
    """
    weight = MASS * GRAVITY
    down = 2.0 * friction * FORCE / (weight * (1.0 + SHAKEN))
    aside = 2.0 * friction * FORCE / (weight * (1.0 + 2.0 * friction * SHAKEN))
    along = loads(MASS, [UP])[:, [2]]
    assert along[1, 0] == pytest.approx(SHAKEN * weight)
    assert margin(pinch(), np.zeros(3), along, friction=friction, force=FORCE) == pytest.approx(aside, 1e-5)
    found = margin(pinch(), np.zeros(3), loads(MASS, [UP]), friction=friction, force=FORCE)
    assert found == pytest.approx(min(down, aside), rel=1e-5)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95, 1.05, 1.5])
def test_leaning_faces_hold_up_to_the_angle_of_friction(share: float) -> None:
    """Both normals lean by an angle: 2 F (mu cos - sin) up, nothing beyond atan mu (Nguyen 1988)."""
    friction = 0.5
    lean = share * np.arctan(friction)
    found = margin(pinch(lean=lean), np.zeros(3), WEIGHT, friction=friction, force=FORCE)
    bears = 2.0 * FORCE * (friction * np.cos(lean) - np.sin(lean)) / (MASS * GRAVITY)
    assert found == pytest.approx(max(bears, 0.0), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("lever", [0.0, 0.01, 0.05])
def test_a_soft_finger_bears_a_lever(lever: float) -> None:
    """Half the weight and half its torque at each finger, on the ellipsoid's edge."""
    friction, radius = 0.6, 0.006
    found = margin(pinch(torsion=radius, x=lever), np.zeros(3), WEIGHT, friction=friction, force=FORCE)
    whole = 2.0 * friction * FORCE / (MASS * GRAVITY)
    assert found == pytest.approx(whole / np.hypot(1.0, lever / radius), rel=1e-5)


def test_points_alone_bear_no_lever() -> None:
    assert margin(pinch(x=0.03), np.zeros(3), WEIGHT, friction=0.6, force=FORCE) < 1e-6


def test_pads_of_four_points_bear_a_lever_but_no_more_force() -> None:
    """Four points share one finger's force; a couple of them replaces torsion."""
    corners = np.array([[sx * 0.008, 0.02 * side, sz * 0.008]
                        for side in (1, -1) for sx in (1, -1) for sz in (1, -1)])  # fmt: skip
    pads = Contacts(
        p_W=corners,
        inward_W=-np.sign(corners[:, 1:2]) * [[0.0, 1.0, 0.0]],
        fingers=(0,) * 4 + (1,) * 4,
        torsion=np.zeros(8),
    )
    whole = 2.0 * 0.6 * FORCE / (MASS * GRAVITY)
    assert margin(pads, np.zeros(3), WEIGHT, friction=0.6, force=FORCE) == pytest.approx(whole, rel=1e-6)
    lever = margin(pads, np.array([0.03, 0.0, 0.0]), WEIGHT, friction=0.6, force=FORCE)
    # At least what the two ends of a bar bear, 3 cm from its middle; at most all friction at 11.3 mm.
    bar = whole * 0.016 / ((0.03 + 0.008) + (0.03 - 0.008))
    assert bar < lever < whole * np.hypot(0.008, 0.008) / 0.03 * (1.0 + 1e-5)


def test_turning_everything_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    R = RotationMatrix.MakeXRotation(0.7).matrix() @ RotationMatrix.MakeZRotation(1.9).matrix()
    p_W = rng.normal(scale=0.03, size=(4, 3))
    inward = -p_W / np.linalg.norm(p_W, axis=1, keepdims=True)
    contacts = Contacts(p_W=p_W, inward_W=inward, fingers=(0, 0, 1, 1), torsion=np.full(4, 0.004))
    turned = Contacts(p_W=p_W @ R.T, inward_W=inward @ R.T, fingers=(0, 0, 1, 1), torsion=np.full(4, 0.004))
    # Weight alone, since the shakes are along the world's axes.
    one = margin(contacts, np.zeros(3), WEIGHT, friction=0.8, force=FORCE)
    load = np.concatenate([R @ WEIGHT[:3], np.zeros((3, 1))])
    assert one > 0.1
    assert margin(turned, np.zeros(3), load, friction=0.8, force=FORCE) == pytest.approx(one, rel=1e-5)


def test_a_heavier_thing_is_borne_in_proportion() -> None:
    light = margin(pinch(), np.zeros(3), loads(0.1, [UP]), friction=0.5, force=FORCE)
    heavy = margin(pinch(), np.zeros(3), loads(0.3, [UP]), friction=0.5, force=2.0 * FORCE)
    assert heavy == pytest.approx(light * 2.0 / 3.0, rel=1e-5)


def test_a_pose_upside_down_is_a_load_of_its_own() -> None:
    both = loads(MASS, [UP, -UP])
    assert both.shape == (6, 14)
    lean = margin(pinch(lean=0.3), np.zeros(3), both, friction=0.5, force=FORCE)
    down = margin(pinch(lean=0.3), np.zeros(3), loads(MASS, [UP]), friction=0.5, force=FORCE)
    up = margin(pinch(lean=-0.3), np.zeros(3), loads(MASS, [UP]), friction=0.5, force=FORCE)
    assert lean == pytest.approx(min(down, up), rel=1e-5)


def test_the_program_is_canonicalised_once() -> None:
    program = force_closure._program((0, 1), 1)
    margin(pinch(), np.zeros(3), WEIGHT, friction=0.5, force=FORCE)
    assert force_closure._program((0, 1), 1) is program
    assert program.problem.is_dpp()


def test_only_one_place_solves_and_it_names_the_solver() -> None:
    """An unnamed solver would be the first installed, which may need a licence."""
    root = Path(str(handsel.planners.__file__)).parents[1]
    for part in ("core", "robots", "perception", "planners", "skills", "agent"):
        for path in (root / part).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if re.search(r"import cvxpy", text) and path.name != "convex.py":
                assert ".solve(" not in text, path
    assert "solver=cvxpy.CLARABEL" in (root / "planners" / "convex.py").read_text(encoding="utf-8")
