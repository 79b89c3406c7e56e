from types import SimpleNamespace
from typing import cast

import numpy as np
from handsel.perception.naming import name_things, steady_colors
from handsel.perception.scene import Scene


def _previous(*things: tuple[str, str, str, tuple[float, float, float]]) -> Scene:
    seen = [SimpleNamespace(name=n, color=c, kind=k, center=np.array(p)) for n, c, k, p in things]
    return cast(Scene, SimpleNamespace(things=seen))


def test_shared_names_are_numbered_left_to_right():
    stems = [("red", "block"), ("blue", "mug"), ("red", "block")]
    assert name_things(stems, np.zeros((3, 3)), None) == ("red_block_1", "blue_mug", "red_block_2")


def test_names_follow_the_things_when_they_change_sides():
    before = _previous(
        ("red_block_1", "red", "block", (0.5, -0.2, 0.02)), ("red_block_2", "red", "block", (0.5, 0.1, 0.02))
    )
    now = np.array([[0.5, 0.12, 0.02], [0.5, 0.3, 0.02]])
    # The first block was carried past the second: the one that lies still keeps its name.
    names = name_things([("red", "block"), ("red", "block")], now, before)
    assert names[0] == "red_block_2"
    assert len(set(names)) == 2


def test_the_only_one_of_its_look_keeps_its_name_however_far_it_went():
    before = _previous(("mug_7", "blue", "mug", (0.4, -0.3, 0.04)))
    assert name_things([("blue", "mug")], np.array([[0.6, 0.35, 0.3]]), before) == ("mug_7",)


def test_names_are_unique_beside_a_kept_one():
    before = _previous(("red_block", "red", "block", (0.5, 0.0, 0.02)))
    now = np.array([[0.5, -0.3, 0.02], [0.5, 0.01, 0.02]])
    names = name_things([("red", "block"), ("red", "block")], now, before)
    assert names[1] == "red_block"
    assert len(set(names)) == 2


def test_a_tray_that_a_white_mug_lightens_stays_gray():
    before = _previous(
        ("gray_tray", "gray", "tray", (0.6, 0.0, 0.01)), ("red_mug", "red", "mug", (0.4, 0.2, 0.04))
    )
    p_WO = np.array([[0.603, 0.002, 0.01], [0.4, 0.2, 0.04]])
    colors = steady_colors([("white", None), ("brown", "red")], ["tray", "mug"], p_WO, before)
    assert colors == [("gray", "white"), ("red", "brown")]
    # Another colour altogether, another kind, and another place are other things.
    assert steady_colors([("blue", None)], ["tray"], p_WO[:1], before) == [("blue", None)]
    assert steady_colors([("white", None)], ["bowl"], p_WO[:1], before) == [("white", None)]
    assert steady_colors([("white", None)], ["tray"], p_WO[:1] + 0.05, before) == [("white", None)]
    assert steady_colors([("white", None)], ["tray"], p_WO[:1], None) == [("white", None)]
