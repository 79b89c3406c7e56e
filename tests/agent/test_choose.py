"""Say × can: the table, its order, and what is never chosen."""

from dataclasses import replace

import pytest
from handsel.agent.choose import choose, weigh
from handsel.agent.mind import Candidate, Ranking, Subtask
from handsel.agent.rules.mind import RulesMind
from handsel.core.errors import CannotDo, NeedsAnswer
from handsel.robots.fake import FakeRobot
from handsel.skills.registry import make_skills
from handsel.skills.skill import Feasibility

from .players import ScriptedMind, ScriptedSkill, no, yes
from .scenes import kitchen

ROBOT = FakeRobot().info


class Scorer(ScriptedMind):
    """Gives every skill the score that it was told."""

    def __init__(self, **scores: float):
        super().__init__("x")
        self.scores = scores

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: object) -> Ranking:
        return Ranking(scores=tuple(self.scores.get(one.skill, 0.0) for one in candidates), method="told")


def skill(name: str, can: float) -> ScriptedSkill:
    return ScriptedSkill(name, feasible=Feasibility(probability=can, reason=f"{name} has {can}"))


def test_the_product_decides() -> None:
    skills = (skill("a", 0.2), skill("b", 0.9), skill("c", 1.0))
    table = weigh(Subtask(text="x"), skills, kitchen(), ROBOT, Scorer(a=0.9, b=0.5, c=0.1))
    assert [(row.skill, round(row.score, 3)) for row in table.rows] == [("b", 0.45), ("a", 0.18), ("c", 0.1)]
    assert table.method == "told" and table.count == 3
    assert choose(table, skills, Subtask(text="x"))[0].spec.name == "b"


def test_the_most_useful_one_s_reason_is_told_where_nothing_can_be_done() -> None:
    skills = (skill("a", 0.0), skill("b", 0.0))
    table = weigh(Subtask(text="x"), skills, kitchen(), ROBOT, Scorer(a=0.2, b=0.9))
    with pytest.raises(CannotDo, match=r"b has 0\.0"):
        choose(table, skills, Subtask(text="x"))


def test_the_useless_is_neither_measured_nor_chosen() -> None:
    skills = (skill("a", 1.0),)
    table = weigh(Subtask(text="x"), skills, kitchen(), ROBOT, Scorer())
    assert table.rows == () and table.count == 1
    with pytest.raises(CannotDo, match=r"none of the skills \(a\) serves 'x'"):
        choose(table, skills, Subtask(text="x"))


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("put red_block in blue_bowl", {"thing": "red_block", "relation": "in", "reference": "blue_bowl"}),
        ("pick up green_mug", {"thing": "green_mug"}),
        ("put red_block at 0.5 0.2", {"thing": "red_block", "relation": "at", "reference": "0.500,0.200"}),
        (
            "put red_block between green_block and blue_block",
            {"thing": "red_block", "relation": "between", "reference": "green_block,blue_block"},
        ),
    ],
)
def test_rules_choose_what_their_words_say(text: str, arguments: dict[str, str]) -> None:
    skills = make_skills()
    table = weigh(Subtask(text=text), skills, kitchen(), ROBOT, RulesMind())
    chosen, found = choose(table, skills, Subtask(text=text))
    assert dict(found) == arguments and chosen.spec.name == ("pick" if len(arguments) == 1 else "place")


def test_a_name_that_is_gone_is_infeasible() -> None:
    skills = make_skills()
    step = Subtask(text="put red_block at 0.5 0.2")
    gone = tuple(thing for thing in kitchen().things if thing.name != "red_block")
    table = weigh(step, skills, replace(kitchen(), things=gone), ROBOT, RulesMind())
    with pytest.raises(CannotDo, match="no thing 'red_block'"):
        choose(table, skills, step)


class Weigher(Scorer):
    """Says besides how likely nothing is left to do, or nothing serves."""

    def __init__(self, done: float = 0.0, none: float = 0.0, least: float | None = None, **scores: float):
        super().__init__(**scores)
        self.extra = {"done": done, "none": none, "least": least}

    def rank(self, subtask: Subtask, candidates: tuple[Candidate, ...], scene: object) -> Ranking:
        return replace(super().rank(subtask, candidates, scene), **self.extra)


def test_either_factor_can_be_left_out() -> None:
    skills = (skill("a", 0.2), skill("b", 0.9), skill("c", 0.0))
    mind = Scorer(a=0.9, b=0.5, c=0.95)
    best = {
        ablate: weigh(Subtask(text="x"), skills, kitchen(), ROBOT, mind, ablate).rows[0].skill
        for ablate in ("", "can", "say")
    }
    assert best == {"": "b", "can": "c", "say": "b"}
    table = weigh(Subtask(text="x"), skills, kitchen(), ROBOT, mind, "can")
    assert table.ablate == "can" and table.rows[0].can == 0.0, "what was left out is recorded all the same"


def test_nothing_left_to_do_is_measured_not_believed() -> None:
    step = Subtask(text="x")
    for so, chosen_name in ((yes("it lies inside"), "done"), (no("it lies beside"), "a")):
        one = ScriptedSkill("a", feasible=Feasibility(probability=0.9, reason="fine"), verdicts=[so, so])
        table = weigh(step, (one,), kitchen(), ROBOT, Weigher(a=0.3, done=0.6))
        assert {row.skill: row.can for row in table.rows}["done"] == so.probability
        found, arguments = choose(table, (one,), step)
        assert found.spec.name == chosen_name and dict(arguments) == {}
        if chosen_name == "done":
            assert found.done(kitchen(), kitchen(), {}).reason == "it lies inside"


def test_where_nothing_serves_nothing_is_done() -> None:
    skills = (skill("a", 0.9), skill("b", 0.9))
    table = weigh(Subtask(text="x"), skills, kitchen(), ROBOT, Weigher(a=0.3, b=0.1, none=0.6))
    with pytest.raises(CannotDo, match="does just what 'x' says"):
        choose(table, skills, Subtask(text="x"))


def test_the_person_is_asked_where_several_that_can_be_done_remain() -> None:
    skills = (skill("a", 0.9), skill("b", 0.8), skill("c", 0.0), skill("d", 0.9))
    scores = {"a": 0.4, "b": 0.3, "c": 0.25, "d": 0.05}
    table = weigh(Subtask(text="x"), skills, kitchen(), ROBOT, Weigher(least=0.2, **scores))
    with pytest.raises(NeedsAnswer) as asked:
        choose(table, skills, Subtask(text="x"))
    assert asked.value.options == ("a", "b"), "what cannot be done is not asked about"
    sure = weigh(Subtask(text="x"), skills, kitchen(), ROBOT, Weigher(least=0.35, **scores))
    assert choose(sure, skills, Subtask(text="x"))[0].spec.name == "a"
    never = weigh(Subtask(text="x"), skills, kitchen(), ROBOT, Weigher(**scores))
    assert choose(never, skills, Subtask(text="x"))[0].spec.name == "a"
