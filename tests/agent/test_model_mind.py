"""The mind of a language model: what it is told, what of its answers is believed, and when it gives up."""

import json

import numpy as np
import pytest
from handsel.agent.agent import Agent
from handsel.agent.language.budget import Budget
from handsel.agent.language.errors import BadAnswer, OverBudget, Unreachable
from handsel.agent.language.model import Message
from handsel.agent.language.scripted import Line, ScriptedModel
from handsel.agent.mind import Candidate, Subtask
from handsel.agent.model.mind import ModelMind
from handsel.core.errors import CannotDo, NeedsAnswer, Retryable
from handsel.robots.fake import FakeRobot
from handsel.skills.foresight import moved_thing, with_thing
from handsel.skills.registry import make_skills
from pydrake.math import RigidTransform

from .players import Notes, ScriptedPerceiver, q_look
from .scenes import kitchen, make_scene, make_thing

SPECS = tuple(skill.spec for skill in make_skills())


def plan(
    *steps: tuple[str, str, dict[str, str]], kind: str = "steps", message: str = "", options: object = ()
) -> str:
    listed = [
        {
            "text": text,
            "skill": skill,
            "arguments": [{"name": name, "value": value} for name, value in arguments.items()],
        }
        for text, skill, arguments in steps
    ]
    told = {"thought": "", "kind": kind, "steps": listed, "message": message, "options": list(options)}  # type: ignore[call-overload]
    return json.dumps(told)


PUT = (
    "put red_block in blue_bowl",
    "place",
    {"thing": "red_block", "relation": "in", "reference": "blue_bowl"},
)


def understood(*lines: Line) -> tuple[tuple[Subtask, ...], ScriptedModel]:
    model = ScriptedModel(lines)
    return ModelMind(model).decompose("tidy up", kitchen(), SPECS), model


def test_steps_are_taken() -> None:
    (step,), model = understood(plan(PUT))
    assert (step.text, step.skill, dict(step.arguments)) == PUT
    system, user = model.heard[0]
    assert "place(thing, relation, reference): Take a thing" in system.text and "left of" in system.text
    assert "red_block: red block, at (0.500, -0.300, 0.020)" in user.text and "tidy up" in user.text


def test_questions_and_refusals_are_passed_on() -> None:
    with pytest.raises(NeedsAnswer, match=r"Which one\? \(red_block, green_block\)"):
        understood(plan(kind="question", message="Which one?", options=["red_block", "green_block"]))
    with pytest.raises(CannotDo, match="no coffee"):
        understood(plan(kind="refusal", message="There is no coffee."))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (plan(("fly", "fly", {})), "there is no skill 'fly'"),
        (plan(), "it has no steps"),
        (plan(("x", "pick", {"thing": "purple_elephant"})), "expected an identifier out of"),
        (plan(("x", "pick", {})), "takes the arguments thing"),
        (plan(("x", "pick", {"thing": "red_block", "speed": "9"})), "takes the arguments thing"),
        (plan((" ", "pick", {"thing": "red_block"})), "its text is empty"),
        (plan(("a\x07", "manipulate", {})), "cannot be read"),
        (
            plan(("x", "place", {"thing": "red_block", "relation": "under", "reference": "blue_bowl"})),
            "relation is 'under'",
        ),
        (
            plan(("x", "place", {"thing": "red_block", "relation": "in", "reference": "table"})),
            "expected an identifier",
        ),
        (
            plan(("x", "place", {"thing": "red_block", "relation": "between", "reference": "blue_bowl"})),
            "two identifiers",
        ),
        (plan(("x", "place", {"thing": "red_block", "relation": "at", "reference": "here"})), "no place"),
        (plan(kind="question", message=" "), "needs a readable message"),
    ],
)
def test_what_cannot_be_used_goes_back_with_the_reason(wrong: str, says: str) -> None:
    (step,), model = understood(wrong, plan(PUT))
    assert step.skill == "place" and says in model.heard[1][-1].text


@pytest.mark.parametrize(
    "arguments",
    [
        {"thing": "red_block", "relation": "on", "reference": "table"},
        {"thing": "red_block", "relation": "at", "reference": "0.5,-0.1"},
        {"thing": "red_block", "relation": "between", "reference": "blue_bowl,green_mug"},
    ],
)
def test_places_that_are_no_thing(arguments: dict[str, str]) -> None:
    (step,), _ = understood(plan(("x", "place", arguments)))
    assert dict(step.arguments) == arguments


def test_nonsense_is_refused_after_three_tries() -> None:
    with pytest.raises(CannotDo, match="no usable plan in 3 tries: it has no steps"):
        understood(plan(), plan(), plan(), plan(PUT))
    with pytest.raises(CannotDo, match=r"3 tries: .*form"):
        understood(*[BadAnswer("not in the form")] * 3)


def test_a_lost_server_is_no_nonsense() -> None:
    with pytest.raises(Unreachable):
        understood(Unreachable("no server answers"))


def test_calls_are_bounded_for_each_instruction() -> None:
    model = ScriptedModel([plan(PUT)] * 9)
    mind = ModelMind(model, budget=Budget(calls=2))
    mind.decompose("tidy up", kitchen(), SPECS)
    mind.write("x", kitchen(), ())
    with pytest.raises(OverBudget, match="2 answers"):
        mind.write("x", kitchen(), ())
    mind.decompose("tidy up", kitchen(), SPECS)


def test_the_named_skill_is_ranked_first() -> None:
    mind = ModelMind(ScriptedModel([]), choosing="named")
    step = Subtask(text=PUT[0], skill=PUT[1], arguments=PUT[2])
    named = mind.candidate(step)
    assert named is not None and named == Candidate(skill="place", arguments=PUT[2])
    ranking = mind.rank(step, (Candidate(skill="pick", arguments={"thing": "red_block"}), named), kitchen())
    assert ranking.scores == (0.0, 1.0) and ranking.method == "named by model:scripted"
    assert mind.candidate(Subtask(text="x")) is None


def test_what_the_writer_is_told() -> None:
    model = ScriptedModel(["def stage_1(): ..."])
    scene = make_scene(make_thing("red_block", 0.5, 0.0, on="hand"), make_thing("blue_bowl", 0.5, 0.2))
    ModelMind(model).write("put red_block in blue_bowl", scene, ("line 1: no", "stage_1: too far"))
    system, user = model.heard[0]
    assert "In the hand now: red_block" in user.text and "left (0.00, -1.00, 0.00)" in user.text
    assert user.text.index("line 1: no") < user.text.index("stage_1: too far")
    assert "The step: put red_block in blue_bowl" in user.text and "parts: bottom center top" in user.text
    assert "{{" not in system.text + user.text


def test_an_unusable_program_can_be_repaired() -> None:
    with pytest.raises(Retryable, match="empty"):
        ModelMind(ScriptedModel([BadAnswer("an empty answer")])).write("x", kitchen(), ())


GOOD = """Here you are:
```python
def stage_1():
    \"\"\"grasp the block\"\"\"
    grasp(red_block)

def stage_2():
    \"\"\"let it go over the bowl\"\"\"
    goal(norm(xy(red_block.center - blue_bowl.opening)) <= cm(1), tol=cm(3))
    goal(height(red_block.bottom) >= height(blue_bowl.opening) + cm(1), tol=cm(20))
    goal(height(red_block.bottom) <= height(blue_bowl.opening) + cm(2))
    release(red_block)
```
"""


LOOK = json.dumps(
    {
        "things": [{"identifier": "red_block", "name": "red cube", "doubt": ""}],
        "points": [],
        "missed": ["a pen at the left edge"],
    }
)


def weights(messages: tuple[Message, ...]) -> str:
    """Find what the step named best."""
    return "place(red_block, in, blue_bowl)"


def run(*lines: Line) -> tuple[Agent, FakeRobot, Notes, ScriptedModel]:
    before = make_scene(make_thing("red_block", 0.50, -0.15), make_thing("blue_bowl", 0.50, 0.15))
    inside = moved_thing(before.thing("red_block"), RigidTransform([0.5, 0.15, 0.026]), "blue_bowl")
    robot, notes = FakeRobot(q_start=q_look(), holdable=0.04), Notes()
    model = ScriptedModel([LOOK, *lines])
    perceiver = ScriptedPerceiver(before, with_thing(before, inside))
    agent = Agent(robot, ModelMind(model), perceiver, subscribers=(notes,))
    agent.run("tidy up")
    return agent, robot, notes, model


def test_a_model_s_words_become_a_finished_task() -> None:
    bad = GOOD.replace("blue_bowl.opening)) <= cm(1), tol", "blue_bowl.opneing)) <= cm(1), tol")
    agent, _, notes, model = run(plan(PUT), weights, bad, GOOD)
    assert agent.episode is not None and agent.episode.success, agent.episode
    assert [event.data["by"] for event in notes.of("refusal")] == ["reading"]
    assert "Did you mean opening" in model.heard[4][-1].text
    assert all(heard[-1].pictures[0].startswith(b"\x89PNG") for heard in model.heard[:2])
    assert (
        "by the picture: red cube" in model.heard[1][-1].text
        and "a pen at the left" in model.heard[1][-1].text
    )
    (choice,) = notes.of("choice")
    rows = choice.data["rows"]
    assert isinstance(rows, list)
    assert rows[0]["skill"] == "place" and choice.data["method"] == "scripted of model:scripted"
    assert agent.episode.metrics["repairs"] == 1


@pytest.mark.parametrize(
    ("lines", "code", "says"),
    [
        ([plan()] * 3, 3, "no usable plan"),
        ([plan(PUT), weights, "purple", "monkey", "dishwasher"], 3, "no usable program in 3 tries"),
        ([plan(PUT), weights, Unreachable("no server answers at x")], 1, "no server answers"),
        ([plan(PUT), weights] + ["import os; os.system('rm -rf /')"] * 3, 3, "nothing can be imported"),
        ([plan(kind="question", message="Which?", options=["a"])], 4, "Which?"),
    ],
)
def test_whatever_a_model_says_the_arm_rests(lines: list[Line], code: int, says: str) -> None:
    agent, robot, _, _ = run(*lines)
    episode = agent.episode
    assert episode is not None and episode.exit_code == code and says in episode.reason
    assert not episode.moved and np.array_equal(robot.observe().arms["arm"].q, q_look())
