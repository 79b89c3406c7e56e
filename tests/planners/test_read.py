"""What is read becomes the stages that were written; what is not is refused with its place."""

from pathlib import Path

import numpy as np
import pytest
from handsel.core.errors import Retryable
from handsel.planners import expressions as ex
from handsel.planners.expressions import PointRef
from handsel.planners.lift import lift
from handsel.planners.program import Avoid, Grasp, Program, Release, Slow
from handsel.planners.read import Vocabulary, read
from handsel.planners.reading.refusal import Refusal

from .words import vocabulary

TEAPOT = {part: ex.Point(PointRef(thing="teapot", part=part)) for part in ("bottom", "lid", "center")}
CUP = ex.Point(PointRef(thing="cup", part="center"))
EE = ex.Point(PointRef(thing=None, part="arm"))


def stage(*lines: str) -> str:
    return "def stage_1():\n" + "\n".join(f"    {line}" for line in lines)


def goal(text: str) -> Program:
    return read(stage(f"goal({text})"), vocabulary())


def refused(text: str, **words: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(text, vocabulary(**words))  # type: ignore[arg-type]
    assert isinstance(caught.value, Retryable)
    return caught.value


def test_a_stage_holds_all_that_was_written() -> None:
    text = (
        'def always():\n    avoid(laptop, 0.1)\n\ndef stage_1():\n    """take it\n    more"""\n'
        "    goal(ee == cup, tol=mm(7))\n    along(height(ee) > 0.1)\n    slow(cup, cm(10), 0.05)\n"
        "    grasp(teapot.handle, approach=vec(0, 0, -2))\n\ndef stage_2_end():\n    release(teapot)\n"
    )
    first, second = read(text, vocabulary()).stages
    assert (first.name, first.purpose, first.line) == ("stage_1", "take it", 4)
    assert first.goals[0].left == EE and first.goals[0].right == CUP
    assert (first.goals[0].op, first.goals[0].tolerance, first.goals[0].line) == ("==", 0.007, 7)
    assert first.goals[0].text == "ee == cup"
    assert first.along[0].op == "<=" and first.along[0].right == ex.height(EE)
    assert first.slow == (Slow(thing="cup", distance=0.1, speed=0.05),)
    (grasp,) = first.grasps
    assert (grasp.thing, grasp.part, grasp.hand) == ("teapot", "handle", "arm")
    np.testing.assert_array_equal(grasp.approach, [0.0, 0.0, -1.0])
    assert second.releases == (Release(thing="teapot", hand="arm"),)
    assert first.avoid == second.avoid == (Avoid(thing="laptop", distance=0.1),)


@pytest.mark.parametrize(
    ("text", "tolerance"),
    [
        ("ee == cup", 0.003),
        ("tilt(cup.bottom, cup.top) == 0", 0.02),
        ("dot(direction(cup.bottom, cup.top), vec(0, 0, 1)) >= 0.9", 0.02),
        ("norm(ee - cup) * norm(ee - cup) <= 0.01", 0.001),
        ("ee == cup, tol=cm(2)", 0.02),
    ],
)
def test_tolerances_come_from_units(text: str, tolerance: float) -> None:
    assert goal(text).stages[0].goals[0].tolerance == tolerance


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("np.linalg.norm(ee - cup) <= 0.1", "norm(ee - cup) <= 0.1"),
        ("math.dist(ee, cup) <= 0.1", "distance(ee, cup) <= 0.1"),
        ("0.1 >= norm(ee - cup)", "norm(ee - cup) <= 0.1"),
        ("np.array([0, 0, 0.1]) == ee", "vec(0, 0, 0.1) == ee"),
        ("ee == cup + [0, 0, 0.1]", "ee == cup + vec(0, 0, 0.1)"),
        ("np.mean([ee, cup], axis=0) == cup.rim", "mean(ee, cup) == cup.rim"),
        ("ee[:2] == cup[:2]", "vec(ee[0], ee[1]) == vec(cup[0], cup[1])"),
        ("ee[-1] <= 0.1", "height(ee) <= 0.1"),
        ("(ee - cup) @ vec(0, 0, 1) <= 0.1", "dot(ee - cup, vec(0, 0, 1)) <= 0.1"),
        ("keypoint(7) == ee", "cup.opening == ee"),
        ("ee == keypoint(3 + 2 ** 2)", "ee == cup.opening"),
        ("arm.ee == cup", "ee == cup.center"),
        ("norm(start(ee - cup)) <= norm(ee)", "norm(start(ee) - start(cup)) <= norm(ee)"),
        ("distance(cup.bottom, table) <= 0.1", "height(cup.bottom) - height(table) <= 0.1"),
        (
            "sum([ee[i] * cup[i] for i in range(3)]) <= 1",
            "ee[0] * cup[0] + ee[1] * cup[1] + ee[2] * cup[2] <= 1",
        ),
        ("height(ee) <= max([0.1, 0.2])", "height(ee) <= 0.2"),
        ("height(ee) <= (0.3 if 7 % 2 == 1 and not 2 > 3 else 0.4)", "height(ee) <= 0.3"),
        ("height(ee) <= 7 // 2 * 0.1", "height(ee) <= 3 * 0.1"),
        ("tilt(cup.bottom, cup.top) <= np.deg2rad(10)", "tilt(cup.bottom, cup.top) <= degrees(10)"),
        ("tilt(cup.bottom, cup.top) <= np.pi / 4", "tilt(cup.bottom, cup.top) <= pi / 4"),
        ("height(ee) <= cm(len([1, 2, 3]))", "height(ee) <= cm(3)"),
    ],
)
def test_ways_to_write_the_same(text: str, same: str) -> None:
    one, other = (goal(written).stages[0].goals[0] for written in (text, same))
    assert (one.left, one.op, one.right) == (other.left, other.op, other.right)


def test_helpers_loops_and_conditions_leave_only_relations() -> None:
    text = "LIMIT = cm(3)\ndef both(a, b=cup, *_):\n    pass\n"
    assert "args" in refused(text + stage("both(ee)")).reason
    text = (
        "LIMIT = cm(3)\n"
        "def near(a, b=cup, by=LIMIT):\n"
        "    if by > 0.05:\n"
        "        return norm(a - b) <= 0.05\n"
        "    return norm(a - b) <= by\n\n"
        "def each(points):\n"
        "    for i, (p, q) in enumerate(zip(points, points)):\n"
        "        if i == 1:\n"
        "            goal(near(p, by=cm(8)))\n"
        "        elif i == 0:\n"
        "            goal(near(q))\n\n"
    )
    lines = stage("x, y, z = ee", "x += 1", "each([ee, mug_1])", "along(x + y + z <= 2)")
    first, second = read(text + lines, vocabulary()).stages[0].goals
    assert (first.left, first.right) == (ex.norm(EE - CUP), ex.constant(0.03, "m"))
    assert second.right == ex.constant(0.05)
    assert first.line == 5


def test_a_fenced_block_is_found_in_an_answer() -> None:
    body = stage("goal(ee == cup)")
    for answer in (
        f"Here you are:\n```python\n{body}\n```\nDone. It's `good`.",
        f"```\n{body}\n```",
        f"First:\n```bash\nls\n```\nthen\n  ```py\n{body}\n  ```",
        f"Cut off:\n```python\n{body}\n",
    ):
        program = read(answer, vocabulary())
        assert program.text.strip() == body
    assert "2 fenced blocks" in refused(f"```\n{body}\n```\n```\n{body}\n```").reason
    assert "Python" in refused(f"Here you are:\n{body}").reason


def test_windows_line_ends_and_other_languages_in_comments() -> None:
    text = 'def stage_1():\r\n    """把杯子拿起来"""\r\n    goal(ee == cup)  # über\r\n'
    assert read(text, vocabulary()).stages[0].purpose == "把杯子拿起来"


def test_what_is_held_at_the_beginning_may_be_released() -> None:
    text = stage("release(cup)")
    assert read(text, vocabulary(held={"arm": "cup"})).stages[0].releases[0].hand == "arm"
    assert "not held" in refused(text).reason
    kept = read(stage("goal(ee == mug_1)", "hold(cup)"), vocabulary(held={"arm": "cup"}))
    assert kept.holds == ("cup",)


def test_two_hands_hand_over() -> None:
    hands = ("left", "right")
    text = (
        "def stage_1():\n    grasp(cup, hand='left')\n\n"
        "def stage_2():\n    goal(left.ee == right.ee + vec(0.1, 0, 0))\n"
        "    grasp(cup.rim, hand=right)\n\ndef stage_3():\n    release(cup, hand=left)\n    hold(cup)\n"
    )
    program = read(text, vocabulary(hands=hands))
    assert program.stages[1].grasps[0] == Grasp(thing="cup", part="rim", hand="right")
    assert program.holds == ("cup",)
    assert "Write left.ee or right.ee" in refused(stage("goal(ee == cup)"), hands=hands).remedy
    assert "hand=left or hand=right" in refused(stage("grasp(cup)"), hands=hands).remedy
    assert "held by left and right" in refused(text.replace(", hand=left", ""), hands=hands).reason
    assert "no hand" in refused(stage("grasp(cup, hand='middle')"), hands=hands).reason


REFUSED = {
    "goal()": "lacks its relation",
    "goal(ee)": "one comparison, not a vector of 3",
    "goal(1 <= 2)": "constants only",
    "goal(ee == cup, tol=0)": "tol is above 0",
    "goal(ee == cup, tol=degrees(1))": "a length and an angle",
    "goal(ee == cup, weight=1)": "other arguments",
    "goal(xy(ee) == cup)": "2 and one of 3",
    "goal(ee == 1)": "compared with a number",
    "goal(norm(ee - cup) <= 5)": "5 m is out of reach",
    "goal(ee in cup)": "`in` compares nothing",
    "goal(ee is cup)": "`is` compares nothing",
    "goal(vec(1, 0, 0) == vec(1, 0, 0))": "no point occurs",
    "goal(ee == left)": "left is not known",
    "goal(ee == block)": "no thing is called block",
    "goal(ee == table)": "it is a plane",
    "goal(ee == arm)": "its point is arm.ee",
    "goal(ee.x <= 1)": "no attribute x",
    "goal(height(cup, ee) <= 1)": "other arguments than these 2",
    "goal(norm(v=ee) <= 1)": "no argument v",
    "goal(norm(ee, axis=0) <= 1)": "no argument axis",
    "goal(np.mean([ee, cup]) == ee)": "mixes x, y and z",
    "goal(np.sort(ee) == ee)": "np.sort is not known",
    "goal(cm(height(ee)) <= 1)": "constant number",
    "goal(height(ee) <= cm(cm(3)))": "has a unit already",
    "goal(ee ** 5 == cup)": "an exponent is 2, 3, 4 or 0.5",
    "goal(ee / 0 == cup)": "division by zero",
    "goal(height(ee) <= 1 % 0)": "division by zero",
    "goal(ee == [ee, cup])": "made of one or more scalars",
    "goal(ee == [])": "a list is no number",
    "goal(ee == mean([]))": "empty list",
    "goal(ee[3] <= 1)": "component 3 does not exist",
    "goal([ee][1] == cup)": "1 items",
    "goal(ee[0.5] <= 1)": "whole number",
    "goal(ee == 'cup')": "a text is no number",
    "goal(ee == None)": "nothing is no number",
    "goal(ee == 1j)": "complex is no value",
    "goal(height(ee) <= 1e7)": "too large",
    "goal(height(ee) <= 1e999)": "too large",
    "goal(start(origin(ee)) == ee)": "already inside origin()",
    "goal(goal(ee == cup))": "not nothing",
    "goal(ee(1) == cup)": "cannot be called",
    "goal(keypoint('a') == ee)": "constant number",
    "goal(keypoint() == ee)": "one number",
    "ee == cup": "no effect",
    "norm(ee)": "a number alone has no effect",
    "x = ee == cup": "no effect",
    "grasp(ee)": "takes a thing, not a vector",
    "grasp(start(cup.rim))": "takes a thing",
    "grasp(table)": "the table is always kept clear of",
    "grasp(cup, approach=ee)": "constant direction",
    "grasp(cup, approach=vec(0, 0, 0))": "constant direction",
    "release(cup.rim)": "takes a thing",
    "avoid(cup, -1)": "above 0",
    "avoid(cup, 2)": "at most 1 m",
    "avoid(cup)": "lacks its distance",
    "avoid(table, 0.1)": "the table is always kept clear of",
    "slow(cup, 0.1, 0)": "the speed is above 0",
    "hold(cup)": "nothing is done in it",
    "cup = ee": "has a meaning already",
    "norm = 3": "has a meaning already",
    "ee[0] = 3": "only a plain name",
    "a, b = ee": "2 names for a list",
    "pass": "nothing is done in it",
    "return 3": "only helpers return",
    "for p in cup: pass": "a loop cannot run over the thing cup",
    "for i in range(10**9): pass": "exponent",
    "for i in range(100000): pass": "too long",
    "if ee == cup: pass": "a condition compares constant numbers",
    "x: list = [1]": "annotations are not part",
    "while True: pass": "while is not part",
    "__x = 3": "no plain name",
    "print(ee)": "print() does nothing",
    "import os": "nothing can be imported",
    "global x": "Global is not part of the language",
}


@pytest.mark.parametrize("line", REFUSED)
def test_refused_with_place_reason_and_remedy(line: str) -> None:
    error = refused(stage(line))
    assert REFUSED[line] in error.reason
    assert error.remedy and not error.remedy.endswith(".")
    assert str(error).startswith(f"line {error.line}, column {error.column}:")
    assert error.line == (1 if "nothing is done" in error.reason else 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("goal(ee == cup)", "only names for values stand outside"),
        ("x = 1", "there is no stage"),
        ("def pick():\n    grasp(cup)", "there is no stage"),
        ("def stage_2():\n    grasp(cup)", "not in order"),
        ("def stage_1(a):\n    goal(ee == cup)", "no arguments"),
        (stage("goal(ee == cup)") + "\n" + stage("goal(ee == cup)"), "not in order"),
        ("def norm(a):\n    return a\n" + stage("goal(ee == cup)"), "has a meaning already"),
        ("def f(cup):\n    return cup\n" + stage("goal(ee == f(ee))"), "has a meaning already"),
        ("def f(a):\n    return a\n" + stage("goal(ee == f(ee, cup))"), "do not fit the function"),
        ("def f(a):\n    return f(a)\n" + stage("goal(ee == f(ee))"), "more than 12 deep"),
        ("def f(a):\n    return a\n    goal(ee == cup)\n" + stage("goal(ee == f(ee))"), "never reached"),
        ("def f(a):\n    if 1 > 0:\n        return a\n        pass\n" + stage("goal(ee == f(ee))"), "never"),
        ("def always():\n    goal(ee == cup)\n" + stage("grasp(cup)", "hold(cup)"), "in every stage"),
        (stage("grasp(cup)") + "\ndef stage_2():\n    grasp(cup)", "already holds it"),
        (stage("goal(ee == cup)", "hold(cup)"), "not held at the end"),
        (stage("grasp(cup)", "hold(cup)") + "\ndef stage_2():\n    release(cup)", "program's end"),
        ("@norm\n" + stage("goal(ee == cup)"), "decorators"),
        ("g = ee == cup\n" + stage("goal(ee == cup)"), "no effect"),
        ("UP = 1\nUP2 = goal(ee == cup)\n" + stage("goal(ee == cup)"), "outside of a stage"),
    ],
)  # fmt: skip
def test_programs_that_do_not_add_up(text: str, reason: str) -> None:
    assert reason in refused(text).reason


def test_many_stages_and_relations_are_bounded() -> None:
    many = "\n".join(f"def stage_{i}():\n    goal(ee == cup)" for i in range(1, 32))
    assert "more than 30 stages" in refused(many).reason
    assert "at most 100 relations" in refused(stage("for i in range(101):", "    goal(ee == cup)")).reason


def test_the_work_of_reading_is_bounded() -> None:
    lines = ["l = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]"]
    lines += ["    " * i + f"for {name} in l:" for i, name in enumerate("abcd")]
    assert "more than 20000 steps" in refused(stage(*lines, "    " * 4 + "pass")).reason


def test_near_names_are_told() -> None:
    assert "Did you mean mug_1 or mug_2?" in refused(stage("grasp(mug_3)")).remedy
    assert "Did you mean tilt?" in refused(stage("goal(tilr(cup.bottom, cup.top) == 0)")).remedy


SAMPLES = sorted((Path(__file__).parents[2] / "examples" / "programs").glob("*.txt"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_sample_programs_are_read(path: Path) -> None:
    parts = ("bottom", "center", "top")
    more = {
        "teapot": ("handle", "lid", "spout"),
        "cup": ("opening",),
        "blue_bowl": ("opening",),
        "mug": ("handle",),
    }
    names = ("red_block", "green_block", "blue_bowl", "teapot", "cup", "laptop", "mug", "tray", "bottle")
    text = path.read_text(encoding="utf-8")
    hands = ("left", "right") if "hand=" in text else ("arm",)
    words = Vocabulary(things={name: (*parts, *more.get(name, ())) for name in names}, hands=hands)
    program = read(text, words)
    assert program.stages[-1].releases and not program.holds
    relations = [one for stage in program.stages for one in (*stage.goals, *stage.along)]
    residuals = lift(relations)
    here = np.random.default_rng(0).normal(size=(len(residuals.points), 3))
    assert np.isfinite(residuals.differentiate(here, np.ones((*here.shape, 2)))[1]).all()
