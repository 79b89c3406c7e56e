"""Arm descriptions: those that come along, and a user's own."""

import re
from pathlib import Path

import numpy as np
import pytest
from handsel.core.errors import InputError, UnknownName
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model, model_names
from handsel.robots.spheres import sphere_cover

PAGE = Path(__file__).parents[2] / "docs" / "my_own_arm.md"


@pytest.mark.parametrize("name", ["panda", "so101"])
def test_arms_load_by_name(name: str) -> None:
    model = load_model(name)
    assert name in model_names()
    assert model.urdf.is_file()
    assert model.gripper is not None
    assert (model.lower < model.q_home).all() and (model.q_home < model.upper).all()
    assert (model.lower < model.q_look).all() and (model.q_look < model.upper).all()
    with pytest.raises(ValueError, match="read-only"):
        model.lower[0] = 0.0


def test_panda_hand_points_down_at_rest_and_looks_at_the_middle() -> None:
    model = load_model("panda")
    kinematics = Kinematics(model)
    home, look = kinematics.tool_pose(model.q_home), kinematics.tool_pose(model.q_look)
    for X_WG in (home, look):
        assert np.allclose(X_WG.rotation().matrix()[:, 2], [0.0, 0.0, -1.0], atol=1e-4)
    assert np.allclose(look.translation(), [0.43, 0.0, 0.47], atol=1e-3)
    assert home.translation()[0] < 0.32 and home.translation()[2] > 0.45


def test_panda_fingers_open_as_wide_as_asked() -> None:
    model = load_model("panda")
    assert model.gripper is not None
    kinematics = Kinematics(model)
    for width in (0.0, 0.05, 0.08):
        _, p = kinematics.link_poses(model.q_home[None], width)
        left, right = (p[0, kinematics.link_index(name)] for name in model.gripper.link_names)
        assert np.linalg.norm(left - right) == pytest.approx(width, abs=1e-12)
    assert model.gripper.joint_positions(1.0) == pytest.approx(model.gripper.joint_positions(0.08))


def test_an_unknown_arm_is_told_the_near_ones() -> None:
    with pytest.raises(UnknownName, match="did you mean 'panda'"):
        load_model("pandas")
    with pytest.raises(InputError, match="no arm description"):
        load_model("nowhere/arm.toml")


@pytest.fixture
def own_arm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page's own example, written to files as the page says."""
    monkeypatch.setenv("HANDSEL_CACHE", str(tmp_path / "cache"))
    blocks = re.findall(r"```(?:xml|toml)\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    (tmp_path / "pointer.urdf").write_text(blocks[0])
    (tmp_path / "pointer.toml").write_text(blocks[1])
    return tmp_path / "pointer.toml"


def test_the_page_s_arm_loads_and_moves(own_arm: Path) -> None:
    model = load_model(str(own_arm))
    kinematics = Kinematics(model)
    assert model.joint_names == ("turn", "lift", "bend")
    assert np.allclose(kinematics.tool_pose(np.zeros(3)).translation(), [0.0, 0.0, 0.75], atol=1e-12)
    assert set(sphere_cover(model).links) == {"column", "upper", "fore", "finger"}
    assert model.gripper is not None and model.gripper.max_width == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('joints = ["turn", "lift", "bend"]', 'joints = ["turn", "lift"]', "'bend' of pointer moves"),
        ('joints = ["turn", "lift", "bend"]', 'joints = ["turn", "lift", "bent"]', "did you mean 'bend'"),
        ('joints = ["turn", "lift", "bend"]', 'joints = ["lift", "turn", "bend"]', "in that order"),
        ("home = [0.0, -0.5, 1.0]", "home = [0.0, -0.5]", "needs 3 finite numbers"),
        ("home = [0.0, -0.5, 1.0]", "home = [0.0, -0.5, 9.0]", "outside the limits of bend"),
        ("jerk =", "jork =", "limits.jerk: field required.*limits.jork"),
        ("jerk = [50.0", "jerk = [-50.0", "every jerk limit must be positive"),
        ('link = "fore"', 'link = "four"', "did you mean 'fore'"),
        ('urdf = "pointer.urdf"', 'urdf = "painter.urdf"', "no URDF at .*painter.urdf"),
        ("widths = [0.0, 0.05]", "widths = [0.05, 0.0]", "must increase"),
        ("widths = [0.0, 0.05]", "widths = [0.0]", "one row for each"),
        ("name =", "name", "not readable TOML"),
    ],
)
def test_mistakes_are_named(own_arm: Path, old: str, new: str, says: str) -> None:
    text = own_arm.read_text()
    assert old in text
    own_arm.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=says):
        Kinematics(load_model(str(own_arm)))
