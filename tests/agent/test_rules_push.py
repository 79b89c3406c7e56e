"""Pushing and closing in controlled English: the step, its words back, and its program."""

import pytest
from handsel.agent.rules.mind import RulesMind
from handsel.agent.rules.step import Step
from handsel.core.errors import CannotDo, InputError

from ..skills.test_push import drawer, table

SCENE = table(drawer())


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("push the red block to the blue bowl", "push red_block to blue_bowl"),
        ("slide the red block 5 cm to the left", "push red_block at 0.500 -0.200"),
        ("close the drawer", "push brown_drawer shut"),
        ("shut the brown drawer", "push brown_drawer shut"),
    ],
)
def test_pushes_are_understood_and_read_back(said: str, step: str) -> None:
    (found,) = RulesMind().decompose(said, SCENE, ())
    assert found.text == step and Step.read(step).text == step and Step.read(step).skill == "push"
    assert "goal(" in RulesMind().write(step, SCENE, ())


@pytest.mark.parametrize("said", ["close the red block", "push the red block to the table"])
def test_what_is_not_closed_or_pushed_is_refused(said: str) -> None:
    with pytest.raises(CannotDo):
        RulesMind().decompose(said, SCENE, ())


@pytest.mark.parametrize("text", ["push red_block", "push red_block at 0.5", "push red_block on blue_bowl"])
def test_other_words_are_no_push(text: str) -> None:
    with pytest.raises(InputError):
        Step.read(text)


def test_a_push_is_refused_what_it_does_not_do() -> None:
    with pytest.raises(CannotDo):
        RulesMind().write("push red_block at 0.500 -0.200; avoid blue_bowl 0.1", SCENE, ())
