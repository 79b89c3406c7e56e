"""Every instruction of the files means exactly what stands beside it, or is refused as it says."""

from pathlib import Path

import pytest
from handsel.agent.rules.mind import RulesMind
from handsel.core.errors import Answered, CannotDo, InputError, NeedsAnswer
from handsel.planners.read import Vocabulary, read

from .scenes import SCENES

DATA = Path(__file__).parents[1] / "data" / "instructions"
REFUSALS = {"Answered": Answered, "CannotDo": CannotDo, "InputError": InputError, "NeedsAnswer": NeedsAnswer}


def cases() -> list[tuple[str, str, str]]:
    """Read scene, instruction and expectation from the files."""
    found = []
    for path in sorted(DATA.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text, arrow, expected = line.partition(" => ")
            if arrow and not line.startswith("#"):
                found.append((path.stem, text, expected))
    return found


MEANINGS = [case for case in cases() if not case[2].startswith("!")]
REFUSED = [case for case in cases() if case[2].startswith("!")]


def test_files_are_wide_enough() -> None:
    assert len(MEANINGS) >= 120
    assert len(REFUSED) >= 40


@pytest.mark.parametrize(("scene", "text", "expected"), MEANINGS, ids=lambda value: value[:60])
def test_meaning(scene: str, text: str, expected: str) -> None:
    steps = RulesMind().decompose(text, SCENES[scene](), ())
    assert [step.text for step in steps] == expected.split(" | ")


@pytest.mark.parametrize(("scene", "text", "expected"), REFUSED, ids=lambda value: value[:60])
def test_refusal(scene: str, text: str, expected: str) -> None:
    kind, _, said = expected[1:].partition(" ")
    with pytest.raises((Answered, CannotDo, InputError, NeedsAnswer)) as caught:
        RulesMind().decompose(text, SCENES[scene](), ())
    assert isinstance(caught.value, REFUSALS[kind]), str(caught.value)
    assert said in str(caught.value)


FIRST_STEPS = sorted({(scene, expected.split(" | ")[0]) for scene, _, expected in MEANINGS})


@pytest.mark.parametrize(("scene", "step"), FIRST_STEPS)
def test_programs_are_read(scene: str, step: str) -> None:
    world = SCENES[scene]()
    program = read(RulesMind().write(step, world, ()), Vocabulary.of(world))
    assert program.stages[-1].goals
    assert bool(program.holds) == step.startswith("pick")
    if not step.startswith("push"):  # What is pushed is never grasped.
        assert program.stages[0].grasps[0].thing in step
