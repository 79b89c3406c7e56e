"""An answer takes the place of the words that were asked about."""

import pytest
from handsel.cli.dialogue import answered
from handsel.core.errors import NeedsAnswer

BLOCKS = ("block_1", "block_2")


@pytest.mark.parametrize(
    ("said", "question", "options", "answer", "expected"),
    [
        ("put the block in the bowl", "which block?", BLOCKS, "block_2", "put block_2 in the bowl"),
        ("Put A Block in the bowl", "which block?", BLOCKS, "block_1", "Put block_1 in the bowl"),
        ("put blocks by the block", "which block?", BLOCKS, "block_1", "put blocks by block_1"),
        ("take the red block", "which red block?", BLOCKS, "the left block", "take the left block"),
        ("take it", "what does 'it' stand for?", BLOCKS, "take the red mug", "take the red mug"),
    ],
)
def test_working_an_answer_in(
    said: str, question: str, options: tuple[str, ...], answer: str, expected: str
) -> None:
    assert answered(said, NeedsAnswer(question, options), answer) == expected


def test_an_answer_that_stands_for_nothing_is_asked_for_again() -> None:
    with pytest.raises(NeedsAnswer, match="whole sentence"):
        answered("take it", NeedsAnswer("what does 'it' stand for?", BLOCKS), "block_1")
