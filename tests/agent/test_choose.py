"""Say × can: the table, its order, and what is never chosen."""

from dataclasses import replace

import pytest
from handsel.agent.choose import choose, weigh
from handsel.agent.mind import Candidate, Ranking, Subtask
from handsel.agent.rules.mind import RulesMind
from handsel.core.errors import CannotDo
from handsel.robots.fake import FakeRobot
from handsel.skills.registry import make_skills
from handsel.skills.skill import Feasibility

from .players import ScriptedMind, ScriptedSkill
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
