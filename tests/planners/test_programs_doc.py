"""Every block of the reference page does what the page says of it."""

import re

import pytest
from handsel.core.errors import Retryable
from handsel.planners.read import read
from handsel.planners.reading.acts import USAGE
from handsel.planners.reading.functions import FUNCTIONS
from handsel.planners.reading.regions import REGIONS

from .words import PAGE, vocabulary

ACCEPTED = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)
REFUSED = re.findall(r"^```python refused\n(.*?)^```\n\n> (.*?)$", PAGE, re.M | re.S)


def test_the_page_has_blocks_of_both_kinds() -> None:
    assert len(ACCEPTED) >= 5
    assert len(REFUSED) == PAGE.count("```python refused") >= 15


@pytest.mark.parametrize("text", ACCEPTED, ids=range(len(ACCEPTED)))
def test_accepted(text: str) -> None:
    program = read(text, vocabulary(maps=True))
    assert program.text == text
    assert len(program.stages) == text.count("def stage_")


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=range(len(REFUSED)))
def test_refused(text: str, message: str) -> None:
    with pytest.raises(Retryable) as caught:
        read(text, vocabulary(maps=True))
    assert str(caught.value) == message


@pytest.mark.parametrize("name", [*FUNCTIONS, *USAGE, *REGIONS])
def test_every_function_is_on_the_page(name: str) -> None:
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", PAGE), name
