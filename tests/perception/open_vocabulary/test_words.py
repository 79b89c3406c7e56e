"""Words: their household kind and colour, and those of an instruction."""

import pytest
from handsel.perception.open_vocabulary.words import kind_of, words_of


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("mug", (None, "mug")),
        ("red cup", ("red", "mug")),
        ("grey cube", ("gray", "block")),
        ("tape measure", (None, "tape_measure")),
        ("blue", ("blue", "thing")),
        ("soda can", (None, "can")),
        ("wooden bowl", (None, "bowl")),
        ("plates", (None, "plate")),
        ("7up", (None, "thing_7up")),
    ],
)
def test_kind_of(word, meant):
    assert kind_of(word) == meant
    assert kind_of(word)[1].isidentifier()


@pytest.mark.parametrize(
    ("instruction", "words"),
    [
        ("put the red block in the bowl", ("red block", "bowl")),
        ("Please place the tape measure next to the coffee mug!", ("tape measure", "coffee mug")),
        ("move the red one, then the bowl and the bowl", ("bowl",)),
        ("tilt it by 30 degrees", ()),
    ],
)
def test_words_of(instruction, words):
    assert words_of(instruction) == words
