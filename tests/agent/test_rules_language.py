"""The page about the language tells the truth."""

from pathlib import Path

import pytest
from handsel.agent.rules.mind import RulesMind
from handsel.agent.rules.nouns import NOUNS
from handsel.core.errors import HandselError

from .scenes import kitchen

PAGE = (Path(__file__).parents[2] / "docs" / "english.md").read_text(encoding="utf-8")
EXAMPLES = [line.split(" => ") for line in PAGE.splitlines() if " => " in line and not line.startswith("-")]


def test_page_has_examples() -> None:
    assert len(EXAMPLES) >= 50


@pytest.mark.parametrize(("text", "expected"), EXAMPLES, ids=lambda value: value[:50])
def test_example(text: str, expected: str) -> None:
    try:
        said = " | ".join(step.text for step in RulesMind().decompose(text, kitchen(), ()))
    except HandselError as error:
        said = f"!{type(error).__name__}"
    assert said == expected


def test_page_lists_every_noun() -> None:
    flowing = " ".join(PAGE.split())
    assert sorted(noun for noun in NOUNS if noun not in flowing) == []
