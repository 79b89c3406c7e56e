"""One recorded conversation serves every layout of a scene; judgements of pictures are not carried over."""

import json
from pathlib import Path

import pytest
from handsel.agent.language.errors import Unrecorded
from handsel.agent.language.model import Message, Scores
from handsel.agent.language.recording import RecordingModel
from handsel.agent.language.scripted import ScriptedModel
from handsel.agent.mind import Candidate, Subtask
from handsel.agent.minds import make_mind
from handsel.agent.model.forms import LookAnswer
from handsel.agent.model.look import grounded
from handsel.agent.model.mind import ModelMind
from handsel.agent.model.options import DONE, NONE, shortlist
from handsel.agent.model.rehearsed import RehearsedModel
from handsel.agent.model.review import review
from handsel.core.errors import InputError
from handsel.perception.scene import Scene
from handsel.skills.registry import make_skills
from handsel.skills.skill import SkillSpec

from ..scenes import kitchen, make_scene, make_thing

SKILLS = make_skills()
SPECS: tuple[SkillSpec, ...] = tuple(skill.spec for skill in SKILLS)
ARGUMENTS = {"thing": "red_block", "relation": "in", "reference": "blue_bowl"}
PLAN = json.dumps(
    {
        "thought": "",
        "kind": "steps",
        "steps": [
            {
                "text": "put red_block in blue_bowl",
                "skill": "place",
                "arguments": [{"name": name, "value": value} for name, value in ARGUMENTS.items()],
            }
        ],
        "message": "",
        "options": [],
    }
)
PROGRAM = """```python
def stage_1():
    \"\"\"grasp the block\"\"\"
    grasp(red_block)

def stage_2():
    \"\"\"let it go over the bowl\"\"\"
    goal(norm(xy(red_block.center - blue_bowl.opening)) <= cm(1), tol=cm(3))
    goal(height(red_block.bottom) <= height(blue_bowl.opening) + cm(2))
    release(red_block)
```"""
SAID = "Put the red block in the bowl."
STEP = Subtask(text="put red_block in blue_bowl", skill="place", arguments=ARGUMENTS)


def elsewhere() -> Scene:
    """The same things in other places, one more besides, in another order."""
    return make_scene(
        make_thing("blue_bowl", 0.40, -0.20),
        make_thing("red_block", 0.60, 0.10),
        make_thing("green_block", 0.50, 0.30),
        make_thing("yellow_can", 0.35, 0.05),
    )


def candidates(scene: Scene) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(skill=skill.spec.name, arguments=arguments)
        for skill in SKILLS
        for arguments in skill.candidates(scene)
    )


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A conversation about one instruction, from the plan to the program."""
    chosen = "place(red_block, in, blue_bowl)"
    path = tmp_path / "put_in.json"
    mind = ModelMind(RecordingModel(ScriptedModel([PLAN, chosen, PROGRAM, PROGRAM + "\n"]), path))
    (step,) = mind.decompose(SAID, kitchen(), SPECS)
    mind.rank(step, candidates(kitchen()), kitchen())
    mind.write(step.text, kitchen(), ())
    mind.write(step.text, kitchen(), ("line 1: no",))
    return path


def test_other_places_of_the_same_things_get_the_same_answers(recording: Path) -> None:
    mind, scene = make_mind(f"recorded:{recording.parent}"), elsewhere()
    assert mind.name == f"recorded:{recording.parent.name}"
    (step,) = mind.decompose(SAID, scene, SPECS)
    assert step == STEP
    for _ in range(2):
        # A step that is tried again is asked about again.
        listed = candidates(scene)
        ranking = mind.rank(step, listed, scene)
        best = max(range(len(listed)), key=ranking.scores.__getitem__)
        assert dict(listed[best].arguments) == ARGUMENTS and ranking.scores[best] > 0.99
        assert mind.write(step.text, scene, ()) == PROGRAM
    assert mind.write(step.text, scene, ("something else",)) == PROGRAM + "\n", "the second try's answer"


def test_what_was_not_said_is_not_made_up(recording: Path) -> None:
    mind = make_mind(f"recorded:{recording}")
    with pytest.raises(InputError, match="no conversation was recorded about 'Do something else'"):
        mind.decompose("Do something else", kitchen(), SPECS)
    (step,) = mind.decompose(SAID, kitchen(), SPECS)
    with pytest.raises(Unrecorded, match=r"nothing was recorded on 'write: .* \(try 3\) / 1'"):
        mind.write(step.text, kitchen(), ("a", "b"))
    assert mind.judge(step, kitchen(), elsewhere()) is None
    assert mind.explain(step, "it slipped").startswith("Could not put red_block in blue_bowl: it slipped")


def test_judgements_are_of_their_own_pictures(tmp_path: Path) -> None:
    def shown(picture: bytes) -> tuple[Message, ...]:
        return (
            Message(role="system", text="x"),
            Message(role="user", text="# judge: y", pictures=(picture,)),
        )

    path = tmp_path / "judged.json"
    RecordingModel(ScriptedModel(["yes"]), path).complete(shown(b"\x89PNG one"))
    assert RehearsedModel(path).complete(shown(b"\x89PNG one")) == "yes"
    with pytest.raises(Unrecorded, match="recorded of other pictures"):
        RehearsedModel(path).complete(shown(b"\x89PNG other"))


def test_only_a_model_is_recorded(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--record writes what a language model says"):
        make_mind("rules", record=tmp_path / "x.json")
    with pytest.raises(InputError, match="no recorded conversations"):
        make_mind(f"recorded:{tmp_path}")


def test_a_review_tells_what_a_changed_prompt_does(recording: Path) -> None:
    found = review(recording)
    assert [one.prompt for one in found] == ["break down", "choose", "write", "write"]
    assert all(one.same and one.serves and one.tokens < 6000 for one in found)
    told = json.loads(recording.read_text())
    told["turns"][2]["answer"] = "def stage_1():\n    grasp(purple_cow)\n"
    system = told["turns"][0]["messages"][0]
    system["text"] = "Be brief. " + system["text"]
    recording.write_text(json.dumps(told))
    changed = review(recording)
    assert not changed[0].same and changed[0].serves
    assert changed[2].same and not changed[2].serves and "purple_cow" in changed[2].why


def test_the_shortlist_speaks_of_the_step() -> None:
    listed = candidates(kitchen())
    chosen = [listed[i] for i in shortlist(STEP, listed)]
    assert dict(chosen[0].arguments) == ARGUMENTS and len(chosen) == 13 < len(listed)
    assert any(one.skill == "manipulate" for one in chosen)
    named = [set(one.arguments.values()) - {one.arguments.get("relation")} for one in chosen[2:8]]
    assert all(names <= {"red_block", "blue_bowl", "table"} for names in named), named


def test_weights_of_candidates_and_of_the_two_others(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel([])

    def score(messages: tuple[Message, ...], options: tuple[str, ...]) -> Scores:
        weights = {DONE: 0.2, NONE: 0.1, "place(red_block, in, blue_bowl)": 0.6}
        rest = 0.1 / (len(options) - 3)
        return Scores(
            options=tuple(options),
            probabilities=tuple(weights.get(option, rest) for option in options),
            method="letters",
        )

    monkeypatch.setattr(model, "score", score)
    listed = candidates(kitchen())
    ranking = ModelMind(model).rank(STEP, listed, kitchen())
    assert (ranking.done, ranking.none, max(ranking.scores)) == (0.2, 0.1, 0.6)
    assert ranking.method == "letters of model:scripted" and sum(map(bool, ranking.scores)) == 13


def test_what_was_done_is_told_when_the_next_step_is_weighed() -> None:
    model = ScriptedModel(["manipulate()", "manipulate()", "manipulate()"])
    mind, listed = ModelMind(model), candidates(kitchen())
    for step in (STEP, STEP, Subtask(text="lift green_block")):
        mind.rank(step, listed, kitchen())
    told = ["done: put red_block in blue_bowl" in heard[-1].text for heard in model.heard]
    assert told == [False, False, True], "a step that is tried again is not done"


def test_what_was_seen_is_grounded_and_nothing_is_invented() -> None:
    scene = make_scene(make_thing("gray_thing", 0.5, 0.0))
    answer = LookAnswer.model_validate(
        {
            "things": [
                {"identifier": "gray_thing", "name": "stapler", "doubt": "half of it is hidden"},
                {"identifier": "pink_pony", "name": "pony", "doubt": ""},
            ],
            "points": [
                {"point": "gray_thing.top", "name": "lever"},
                {"point": "gray_thing.tail", "name": "tail"},
            ],
            "missed": ["a pen\x07 at the left"],
        }
    )
    seen = grounded(answer, scene)
    assert seen.names == {"gray_thing": "stapler"} and seen.points == {"gray_thing.top": "lever"}
    assert seen.doubts == {"gray_thing": "half of it is hidden"} and seen.missed == ("a pen at the left",)
    assert len(seen.trouble) == 2 and "pink_pony" in seen.trouble[0]


def test_judging_by_the_model() -> None:
    def verdict(happened: str) -> str:
        return json.dumps({"thought": "", "happened": happened, "reason": "It lies in the bowl."})

    mind = ModelMind(ScriptedModel([verdict("yes"), verdict("no"), verdict("unclear"), "nonsense"]))
    found = [mind.judge(STEP, kitchen(), elsewhere()) for _ in range(4)]
    assert [one and one.success for one in found] == [True, False, None, None]
    assert found[0] is not None and found[0].by == "model:scripted"


def test_an_explanation_keeps_what_was_measured_beside_it() -> None:
    mind = ModelMind(ScriptedModel(["The bottle stood\nin the way."]))
    assert mind.explain(STEP, "3 mm from green_bottle.") == (
        "The bottle stood in the way. (3 mm from green_bottle)"
    )
