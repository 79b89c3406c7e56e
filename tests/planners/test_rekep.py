"""The second front end: ReKep's form, read whole or refused, never executed."""

import builtins
from unittest import mock

import numpy as np
import pytest
from handsel.planners.lift import judge
from handsel.planners.program import Grasp, Program, Release
from handsel.planners.reading.refusal import Refusal
from handsel.planners.reading.vocabulary import Vocabulary
from handsel.planners.rekep import read_rekep
from hypothesis import given, settings
from hypothesis import strategies as st

from . import peers

WORDS = Vocabulary(
    things={"pen": ("tip", "grip"), "cup": ("rim", "foot")},
    keypoints={0: ("pen", "tip"), 1: ("pen", "grip"), 2: ("cup", "rim"), 3: ("cup", "foot")},
    hands=("arm",),
)
WHOLE = """
num_stages = 2  # grasp the pen, then move it

### stage 1 sub-goal constraints
def stage1_subgoal_constraint1(end_effector, keypoints):
    \"\"\"hand at the grip\"\"\"
    return np.linalg.norm(end_effector - keypoints[1])

### stage 2
def stage2_subgoal_constraint1(end_effector, keypoints):
    # it is important that the pen is above the cup
    target = keypoints[2] + np.array([0, 0, 0.1])
    cost = np.linalg.norm(
        keypoints[0] - target
    )
    return cost

def stage2_path_constraint1(end_effector, keypoints):
    return get_grasping_cost_by_keypoint_idx(1)

grasp_keypoints = [1, -1]  # the pen
release_keypoints = [-1, 1]
"""


def held(text: str) -> Program:
    """Read one stage with the pen in the hand."""
    words = Vocabulary(things=WORDS.things, keypoints=WORDS.keypoints, hands=WORDS.hands, held={"arm": "pen"})
    return read_rekep(text, words)


def one(body: str, extra: str = "") -> Program:
    return held(f"{extra}\ndef stage1_subgoal_constraint1(end_effector, keypoints):\n{body}\n")


def value(program: Program, points: np.ndarray) -> float:
    """Value of the first goal: by how much the cost is above 0."""
    places = {WORDS.keypoints[i]: p for i, p in enumerate(points)}
    return judge(program.stages[0].goals, lambda ref: places[ref.thing or "", ref.part])[0].residual


def test_a_whole_answer_becomes_stages_acts_and_relations() -> None:
    program = read_rekep(f"Here it is:\n```python\n{WHOLE}```\nDone.", WORDS)
    first, second = program.stages
    assert first.grasps == (Grasp(thing="pen", part="grip", hand="arm"),)
    assert second.releases == (Release(thing="pen", hand="arm"),)
    assert (len(first.goals), len(second.goals), len(second.along)) == (1, 1, 0)
    assert first.goals[0].text == "stage1_subgoal_constraint1: hand at the grip"
    assert WHOLE.split("\n")[first.goals[0].line - 1].startswith("def stage1_subgoal_constraint1")
    assert program.holds == ()


@pytest.mark.parametrize("name", peers.NAMES)
def test_what_was_read_has_the_values_of_the_functions_it_was_read_from(name: str) -> None:
    problem = peers.evaluator().load(name)
    stage = peers.file(name).program().stages[0]
    numbers = {(one.thing, one.part): i for i, one in enumerate(peers.file(name).keypoints)}
    rng = np.random.default_rng(3)
    theirs = [*problem.subgoal, *(c for c in problem.path if c is not peers.evaluator().grasp_ok)]
    relations = (*stage.goals, *stage.along)
    assert len(relations) == len(theirs)
    for _ in range(20):
        k = problem.keypoints + rng.normal(scale=0.1, size=problem.keypoints.shape)
        met = judge(
            relations, lambda ref, k=k: k[0] if ref.thing is None else k[1 + numbers[ref.thing, ref.part]]
        )
        assert [one.residual for one in met] == pytest.approx([float(c(k[0], k[1:])) for c in theirs])


def test_helpers_loops_and_branches_on_constants_are_read() -> None:
    program = one(
        "    total = 0\n    for i in range(2):\n        total += height_of(keypoints[i])\n"
        "    if 1 > 2:\n        return 0\n    return total - 0.3",
        "def height_of(p):\n    return p[2]",
    )
    points = np.arange(12.0).reshape(4, 3) / 10.0
    assert value(program, points) == pytest.approx(0.2 + 0.5 - 0.3)


def test_own_names_that_mean_something_here_are_no_trouble() -> None:
    program = one(
        "    angle = keypoints[0] - keypoints[1]\n    cup = angle\n    height = cup[2]\n    return height"
    )
    assert value(program, np.array([[0, 0, 3.0], [0, 0, 1.0], [0, 0, 0], [0, 0, 0]])) == pytest.approx(2.0)


def test_own_names_outside_of_functions_are_own_names_inside() -> None:
    program = one(
        "    height_ = 5\n    return distance(keypoints[0], keypoints[1]) - cup + 0 * height_",
        "cup = 0.5\ndef distance(a, b):\n    height = a[2] - b[2]\n    return height",
    )
    assert value(program, np.array([[0, 0, 3.0], [0, 0, 1.0], [0, 0, 0], [9, 9, 9]])) == pytest.approx(1.5)


@pytest.mark.parametrize("count", ["num_stages = 1", "# num_stages = 1", "num_stages = 1  # one", ""])
def test_the_count_stands_anywhere(count: str) -> None:
    assert len(one("    return keypoints[0][2]", count).stages) == 1


def test_what_is_held_at_the_end_needs_no_word() -> None:
    assert one("    return keypoints[0][2]").holds == ("pen",)


REFUSED = {
    "a condition on positions": ("    if keypoints[0][2] > 0:\n        return 1\n    return 0", "condition"),
    "a file": ("    return open('/etc/passwd').read()", "open"),
    "an attribute": ("    return keypoints.__class__", "__class__"),
    "no return": ("    x = keypoints[0]", "nothing"),
    "a constant": ("    return -1", "constants only"),
    "a vector": ("    return keypoints[0]", "vector"),
    "a keypoint that does not exist": ("    return keypoints[9][2]", "list has 4 items"),
    "a truth value": ("    return keypoints[0][2] < 0.1", "comparison"),
    "the predicate in an expression": ("    return 1 + get_grasping_cost_by_keypoint_idx(0)", "inside"),
    "the predicate of what is not held": ("    return get_grasping_cost_by_keypoint_idx(2)", "not held"),
    "an unknown function": ("    return np.linalg.det(keypoints)", "det"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_not_dropped(name: str) -> None:
    body, said = REFUSED[name]
    with pytest.raises(Refusal, match=said) as caught:
        one(body)
    assert caught.value.line >= 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("grasp_keypoints = [1, -1]", "grasp_keypoints = [1]"), "1 items"),
        (("grasp_keypoints = [1, -1]", "grasp_keypoints = [8, -1]"), "no keypoint 8"),
        (("grasp_keypoints = [1, -1]", "grasp_keypoints = [a, -1]"), "no keypoint number"),
        (("release_keypoints = [-1, 1]", "release_keypoints = [-1, 2]"), "not held"),
        (("num_stages = 2", "num_stages = 1"), "1 stages"),
        (("stage2_subgoal_constraint1(", "stage3_subgoal_constraint1("), "2 stages"),
        (("stage2_subgoal_constraint1(", "stage1_subgoal_constraint1("), "twice"),
        (("stage2_subgoal_constraint1(", "stage2_constraint1("), "no name of a constraint"),
        (("(end_effector, keypoints):\n    # it", "(keypoints):\n    # it"), "two arguments"),
        (("num_stages = 2", "num_stages = 2\nnum_stages = 3"), "2 and 3"),
        (("return cost", "return cost\n\ndef unused(x):\n    return x"), "nothing calls"),
    ],
)
def test_what_does_not_fit_together_is_refused(change: tuple[str, str], said: str) -> None:
    assert change[0] in WHOLE
    with pytest.raises(Refusal, match=said):
        read_rekep(WHOLE.replace(*change), WORDS)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_broken_texts_are_refused_or_read_and_touch_nothing(data: st.DataObject) -> None:
    pieces = ["open('x')", "__import__('os')", "keypoints", "[", "\n", "-1", "return", "def f():", "np.", "x"]
    text = WHOLE
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(st.sampled_from(pieces)) + text[at + cut :]
    with (
        mock.patch.object(builtins, "open", side_effect=AssertionError("a file was opened")),
        mock.patch.object(builtins, "exec", side_effect=AssertionError("text was executed")),
    ):
        try:
            read_rekep(text, WORDS)
        except Refusal as refusal:
            assert str(refusal).startswith("line ")


TYPICAL = {
    "items by a list": "    return np.linalg.norm(end_effector - np.mean(keypoints[[0, 1, 2]], axis=0))",
    "items by an array": "    return np.linalg.norm(end_effector - keypoints[np.array([0, 1])].mean(0))",
    "a mean as a method": "    return np.linalg.norm(end_effector - keypoints[[0, 1]].mean(axis=0))",
    "a slice": "    return np.linalg.norm(end_effector - np.mean(keypoints[1:3], axis=0))",
    "two indices": "    return keypoints[1, 2] - keypoints[0, 0]",
    "a column": "    return np.max(keypoints[:, 2]) - np.sum(keypoints[1:3, 0])",
    "a copy with a raised component": (
        "    p = keypoints[2].copy()\n    p[2] += 0.1\n    return np.linalg.norm(keypoints[0] - p)"
    ),
    "zeros with a component": (
        "    offset = np.zeros(3)\n    offset[2] = 0.1\n    return np.linalg.norm(keypoints[0] - offset)"
    ),
    "float and item": "    return float(np.linalg.norm(keypoints[0])) + np.abs(keypoints[1][2]).item()",
    "the order of a norm": "    return np.linalg.norm(keypoints[0] - keypoints[1], ord=2)",
    "stacked": "    return np.linalg.norm(np.mean(np.stack([keypoints[0], keypoints[1]]), axis=0))",
    "arange": "    t = 0.0\n    for i in np.arange(3):\n        t += keypoints[i][2]\n    return t",
    "power and hypot": "    return np.power(keypoints[0][2], 2) + np.hypot(keypoints[0][0], keypoints[1][1])",
    "a guard against zero": (
        "    v = keypoints[1] - keypoints[0]\n    v = v / (np.linalg.norm(v) + 1e-6)\n"
        "    return np.arccos(np.clip(np.dot(v, np.array([0, 0, 1])), -1.0, 1.0))"
    ),
    "a dot as a method": "    return keypoints[0].dot(keypoints[1])",
}


@pytest.mark.parametrize("name", TYPICAL)
def test_typical_answers_have_the_values_that_numpy_gives(name: str) -> None:
    body = TYPICAL[name]
    program = one(body)
    theirs: dict = {}
    exec(f"import numpy as np\ndef cost(end_effector, keypoints):\n{body}", theirs)
    rng = np.random.default_rng(5)
    for _ in range(5):
        points, tool = rng.normal(size=(4, 3)), rng.normal(size=3)
        places = {WORDS.keypoints[i]: p for i, p in enumerate(points)}
        met = judge(
            program.stages[0].goals,
            lambda ref, at=places, ee=tool: ee if ref.thing is None else at[ref.thing, ref.part],
        )
        assert met[0].residual == pytest.approx(float(theirs["cost"](tool, points.copy())))


def test_imports_of_what_is_known_and_hints_change_nothing() -> None:
    hinted = (
        "import numpy as np\nimport math\n"
        "def stage1_subgoal_constraint1(end_effector: np.ndarray, keypoints: np.ndarray) -> float:\n"
        "    return keypoints[0][2] - 0.1\n"
    )
    assert len(held(hinted).stages[0].goals) == 1
    with pytest.raises(Refusal, match="nothing can be imported"):
        held(hinted.replace("import math", "import os"))


def test_the_predicate_may_have_a_name_and_its_number_too() -> None:
    program = held(
        "GRIP = 1\ndef stage1_path_constraint1(end_effector, keypoints):\n"
        "    cost = get_grasping_cost_by_keypoint_idx(GRIP)\n    return cost\n"
        "def stage1_subgoal_constraint1(end_effector, keypoints):\n    return keypoints[0][2]\n"
    )
    assert program.stages[0].along == ()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("    p = keypoints[2]\n    p[2] += 0.1\n    return p[2]", "a vector of one's own"),
        ("    keypoints[0] = 1\n    return keypoints[0][2]", "a vector of one's own"),
        ("    p = np.zeros(3)\n    p[3] = 1\n    return p[2] + keypoints[0][2]", "3 components"),
        ("    return keypoints[[0, 9]][0][2]", "there is no item 9"),
        ("    return keypoints[0, 1, 2]", "two indices"),
        ("    return np.zeros(10 ** 9)[0] + keypoints[0][2]", "np.zeros"),
        ("    if keypoints[0][2] > 0:\n        return 1\n    return 0", "Leave the branch out"),
        ("    return 0x" + "f" * 9000 + " + keypoints[0][2]", "too large"),
    ],
)
def test_what_numpy_would_do_otherwise_is_refused(body: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        one(body)
