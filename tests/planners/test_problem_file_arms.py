"""Problem files with two arms: round trips, refusals, and a hand-over that is solved from its text."""

from pathlib import Path

import numpy as np
import pytest
from handsel.core.errors import InputError
from handsel.planners.joint_arms.file_problem import solve_arms_file
from handsel.planners.problem_file import ProblemFile, dumps, loads
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model

TEXT = (Path(__file__).resolve().parents[2] / "examples" / "problems" / "hand_over.toml").read_text()
JOINTS = "joints = [0.0, -0.4, 0.0, -2.1, 0.0, 1.7, 0.78]\n"


def reach_only(text: str = TEXT) -> ProblemFile:
    """The same with one stage, which both hands have a part in."""
    head, rest = text.split("program = '''\n")
    tail = rest.split("'''", 1)[1]
    program = (
        "def stage_1():\n    goal(norm(left.ee - right.ee) <= cm(30))\n    goal(height(left.ee) >= cm(40))\n"
    )
    return loads(f"{head}program = '''\n{program}'''{tail}")


@pytest.mark.parametrize("text", [TEXT, TEXT.replace('name = "left"\n', f'name = "left"\n{JOINTS}')])
def test_what_is_read_is_written_the_same(text: str) -> None:
    file = loads(text)
    assert file.hands == ("left", "right")
    again = loads(dumps(file))
    assert dumps(again) == dumps(file)
    for one, two in zip(file.arms, again.arms, strict=True):
        assert one.name == two.name and one.X_WB.IsNearlyEqualTo(two.X_WB, 1e-9)
        assert (one.joints is None) == (two.joints is None)
        assert one.joints is None or two.joints is None or np.array_equal(one.joints, two.joints)
    assert [act.hand for stage in file.program().stages for act in stage.grasps] == ["left", "right"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "right"', 'name = "left"', "each with its own name"),
        ('name = "right"', 'name = "bottle"', "both the hand and a thing"),
        ('name = "right"', 'name = "goal"', "word of the language"),
        ("[space]", "[start]\nposition = [0.0, 0.0, 0.5]\n\n[space]", "'start' is not known"),
        ('form = "native"', 'form = "native"\nheld = "bottle"', "'held' is not known"),
        ('form = "native"', 'form = "rekep"', "native form only"),
    ],
)
def test_what_several_arms_do_not_go_with_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        loads(TEXT.replace(old, new, 1))


def test_one_arm_alone_is_refused() -> None:
    with pytest.raises(InputError, match="two arms or more"):
        loads(TEXT.replace('[[arm]]\nname = "right"\nposition = [0.0, -0.35, 0.0]\n', ""))


def test_arms_are_solved_for_together() -> None:
    model = load_model("panda")
    answer = solve_arms_file(reach_only(), model, seed=1)
    table = answer.table()
    assert table["proved"] and table["failed"] is None
    (stage,) = table["stages"]
    tools = []
    for arm in answer.file.arms:
        X_WG = Kinematics(model, arm.X_WB).tool_pose(np.array(stage["arms"][arm.name]["joints"]))
        assert np.allclose(stage["arms"][arm.name]["pose"][:3], X_WG.translation())
        tools.append(X_WG.translation())
    assert np.linalg.norm(tools[0] - tools[1]) <= 0.30 + 1e-4 and tools[0][2] >= 0.40 - 1e-4
    assert np.allclose(stage["way"]["joints"][-1][:7], stage["arms"]["left"]["joints"])


def test_what_two_arms_cannot_do_is_named() -> None:
    file = loads(dumps(reach_only()).replace("<= cm(30)", ">= 2.95"))
    answer = solve_arms_file(file, load_model("panda"))
    table = answer.table()
    assert not table["proved"] and table["stages"] == []
    assert "left.ee - right.ee" in table["failed"]["text"] and table["failed"]["by"] > 0.1


def test_joints_of_another_arm_are_refused() -> None:
    file = loads(TEXT.replace('name = "left"\n', 'name = "left"\njoints = [0.0, 0.0]\n'))
    with pytest.raises(InputError, match="2 joints, expected the 7"):
        solve_arms_file(file, load_model("panda"))


@pytest.mark.slow
def test_a_hand_over_is_solved_from_its_file() -> None:
    answer = solve_arms_file(loads(TEXT), load_model("panda"))
    assert answer.proves()
    holds = [{name: arm["holds"] for name, arm in one["arms"].items()} for one in answer.table()["stages"]]
    assert holds[-1] == {"left": None, "right": "bottle"} and holds[2] == {
        "left": "bottle",
        "right": "bottle",
    }
    end = answer.table()["stages"][-1]["keypoints"]["bottle.middle"]
    assert np.linalg.norm(np.array(end) - [0.5, -0.2, 0.25]) <= 0.02 + 1e-3
