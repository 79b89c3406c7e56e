"""What a thing is called when its word, its shape, its colour and its look say different things."""

import numpy as np
import pytest
from handsel.core.camera import CameraFrame
from handsel.perception.cloud import Cloud
from handsel.perception.colors import name_color
from handsel.perception.open_vocabulary.eyes import Eyes
from handsel.perception.open_vocabulary.labels import Guess, Label, label
from handsel.perception.open_vocabulary.memory import Memory, fingerprint
from render import FRONT, render
from scripted import Namer, Script

FRAME = render([], FRONT)
RED = (0.8, 0.08, 0.08)


def _cloud(rgb: tuple[float, float, float]) -> Cloud:
    pixel = np.array([(row, column) for row in range(100, 110) for column in range(150, 160)])
    return Cloud(
        p_W=np.zeros((100, 3)),
        rgb=np.tile(rgb, (100, 1)),
        pitch=np.full(100, 0.003),
        frame=np.zeros(100, np.int64),
        pixel=pixel,
    )


def _label(
    shape: str, found: tuple[str, float] | None, rgb: tuple[float, float, float] = RED, names: object = None
) -> Label:
    frames: tuple[CameraFrame, ...] = (FRAME,)
    eyes: Eyes = Script((), (), ()).eyes(names)
    return label(_cloud(rgb), shape, found, 1.0, Guess(frames, ("stapler",), eyes, Memory()))


def test_word_and_shape_agree():
    assert _label("mug", ("cup", 0.4)) == Label(kind="mug", color="red", agrees=True, doubts=())


@pytest.mark.parametrize(("score", "kind"), [(0.6, "mug"), (0.3, "can")])
def test_a_weak_word_gives_way_to_the_shape(score, kind):
    found = _label("can", ("mug", score))
    assert (found.kind, found.agrees) == (kind, False)
    assert found.doubts == ("it looks like a mug but has the shape of a can",)


def test_a_word_names_what_has_no_known_shape():
    assert _label("thing", ("stapler", 0.4)).doubts == ()
    assert _label("thing", ("stapler", 0.4)).kind == "stapler"
    assert "plain box" in _label("thing", ("mug", 0.4)).doubts[0]


def test_what_nobody_names_is_guessed_from_its_look():
    assert _label("thing", None).kind == "thing"
    guessed = _label("thing", None, names=Namer("stapler", weight=5.0))
    assert guessed.kind == "stapler" and "guessed" in guessed.doubts[0]
    # Neither a doubtful look nor the look of nothing is a name.
    assert _label("thing", None, names=Namer("stapler", weight=0.5)).kind == "thing"
    assert _label("thing", None, names=Namer("empty table", weight=5.0)).kind == "thing"
    # A measured shape needs no guess.
    assert _label("can", None, names=Namer("stapler", weight=5.0)).kind == "can"


def test_the_namer_chooses_between_two_colours_that_are_close():
    levels = [(level, name_color(np.full((9, 3), level))) for level in np.linspace(0.5, 0.95, 91)]
    level, (first, second) = next(each for each in levels if each[1][1] is not None)
    rgb = (level, level, level)
    assert f"its colour could also be {second}" in _label("can", None, rgb).doubts
    for color in (first, second):
        found = _label("can", None, rgb, Namer(f"{color} thing", weight=5.0))
        assert (found.color, found.doubts) == (color, ())
        # What was asked for settles it too.
        assert _label("can", (f"{color} can", 0.4), rgb).color == color


def test_a_colour_that_was_not_measured_is_not_believed():
    found = _label("can", ("blue can", 0.9))
    assert (found.color, found.doubts) == ("red", ("blue was asked for, but it looks red",))


def test_memory_forgets_the_oldest():
    memory, made = Memory(views=2), []
    for key in "aabacab":
        memory.recall("sort", key, lambda key=key: made.append(key))
    # a is used again and again, so b is the one that is forgotten when c comes.
    assert made == ["a", "b", "c", "b"] and (memory.hits, memory.misses) == (3, 4)


def test_fingerprints_tell_pictures_apart():
    one = np.zeros((4, 6, 3), np.uint8)
    assert fingerprint(one) == fingerprint(one.copy())
    assert fingerprint(one) != fingerprint(one.reshape(6, 4, 3))
    other = one.copy()
    other[3, 5, 2] = 1
    assert fingerprint(one) != fingerprint(other)
