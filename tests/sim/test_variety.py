"""Scenes to perceive are untidy, stand, and keep the names that people give."""

import numpy as np
import pytest
from handsel.core.errors import InputError
from handsel.perception.colors import to_lab
from handsel.sim.catalogue import COLORS, extents
from handsel.sim.generator import random_scene
from handsel.sim.pairs import AIR, STACKED, join_pair
from handsel.sim.scene_files import scene_from_data, scene_to_data
from handsel.sim.scenes import SceneSpec, ThingSpec
from handsel.sim.suites.perception import draw
from handsel.sim.variety import shade
from handsel.sim.world import World


@pytest.fixture(scope="module")
def drawn() -> list[tuple[SceneSpec, frozenset[str]]]:
    return [draw(11, number) for number in range(60)]


@pytest.mark.parametrize("color", COLORS)
def test_shades_differ_and_lie_nearest_to_their_own_colour(color: str) -> None:
    rng = np.random.default_rng(0)
    lab = to_lab(np.array([shade(color, rng) for _ in range(40)]))
    names, references = list(COLORS), to_lab(np.array(list(COLORS.values())))
    nearest = np.linalg.norm(lab[:, None] - references[None], axis=2).argmin(axis=1)
    assert {names[i] for i in nearest} == {color}
    assert lab[:, 0].std() > 1.5
    assert np.linalg.norm(lab - references[names.index(color)], axis=1).min() > 0.0


def test_a_number_draws_one_scene_and_files_keep_it(drawn: list[tuple[SceneSpec, frozenset[str]]]) -> None:
    assert draw(11, 3) == drawn[3] and draw(12, 3) != drawn[3]
    for scene, _ in drawn[:40]:
        assert scene_from_data(scene_to_data(scene)) == scene


def test_everything_untidy_happens(drawn: list[tuple[SceneSpec, frozenset[str]]]) -> None:
    things = [thing for scene, _ in drawn for thing in scene.things]
    round_ones = [thing for thing in things if thing.kind in ("can", "bottle")]
    drawers = [thing for thing in things if thing.kind == "drawer"]
    assert 0.08 < np.mean([thing.lying for thing in round_ones]) < 0.3
    assert 0 < sum(thing.opening > 0.0 for thing in drawers) < len(drawers)
    assert {len(scene.things) for scene, _ in drawn} == set(range(2, 13))
    assert 0.35 < np.mean([bool(pair) for _, pair in drawn]) < 0.6
    stacked = [bool(any(t.on for t in scene.things)) for scene, pair in drawn if pair]
    assert 0.25 < np.mean(stacked) < 0.75


def test_towers_of_three_happen() -> None:
    blocks = tuple(
        ThingSpec(id=f"{color}_block", kind="block", color=color, x=0.4 + 0.1 * i, y=0.0)
        for i, color in enumerate(("red", "green", "blue"))
    )
    rng = np.random.default_rng(0)
    pairs = [join_pair(SceneSpec(name="b", things=blocks), rng) for _ in range(30)]
    towers = [scene for scene, group in pairs if len(group) == 3]
    assert 2 < len(towers) < 20 and all(group for _, group in pairs)
    assert towers[0].things[0].on is None
    assert towers[0].things[2].on == towers[0].things[1].id
    World(towers[0])


def test_a_pair_touches_and_nothing_else_does(drawn: list[tuple[SceneSpec, frozenset[str]]]) -> None:
    def across(thing: ThingSpec) -> float:
        size = extents(thing.kind, thing.size)
        return float(max(size[2], size[0]) if thing.lying else size[:2].max())

    for scene, pair in drawn:
        for i, a in enumerate(scene.things):
            for b in scene.things[:i]:
                away = np.hypot(a.x - b.x, a.y - b.y)
                if {a.id, b.id} <= pair:
                    assert a.on or away <= np.sqrt(0.5) * (across(a) + across(b)) + AIR
                else:
                    assert away > 0.5 * (across(a) + across(b)) - 0.001 or a.lying or b.lying
        for thing in scene.things:
            assert thing.on is None or thing.kind in STACKED[scene.thing(thing.on).kind]


def test_drawn_scenes_stand_and_drawers_are_as_open_as_they_are_said_to_be(
    drawn: list[tuple[SceneSpec, frozenset[str]]],
) -> None:
    opened = [scene for scene, _ in drawn if any(thing.opening for thing in scene.things)][:1]
    lying = [scene for scene, _ in drawn if any(thing.lying for thing in scene.things)][:1]
    stacked = [scene for scene, _ in drawn if any(thing.on for thing in scene.things)][:1]
    for scene in opened + lying + stacked:
        world = World(scene)
        for thing in scene.things:
            X_WB = world.truth()[thing.id]
            axis = X_WB.rotation().col(2)[2]
            if thing.kind != "ball":
                assert axis == pytest.approx(0.0 if thing.lying else 1.0, abs=0.02)
            if thing.lying:
                radius = extents(thing.kind, thing.size)[0] / 2.0
                assert X_WB.translation()[2] == pytest.approx(radius, abs=6e-4)
            if thing.kind == "drawer":
                assert world.opening(thing.id) == pytest.approx(thing.opening, abs=1e-3)


def test_tasks_scenes_stay_tidy() -> None:
    for thing in random_scene(np.random.default_rng(0), 12).things:
        assert thing.rgb is None and not thing.lying and thing.opening == 0.0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"lying": True}, "cannot lie"),
        ({"opening": 0.05}, "expected 0 to"),
        ({"rgb": (0.5, 1.5, 0.5)}, "from 0 to 1"),
    ],
)
def test_untidiness_that_cannot_be_is_refused(wrong: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        ThingSpec(id="a", kind="block", color="red", x=0.5, y=0.0, **wrong)
