"""Scenes: drawn ones have room, files come out as they went in, wrong ones are refused in words."""

from pathlib import Path

import numpy as np
import pytest
from handsel.core.errors import InputError, UnknownName
from handsel.sim.catalogue import COLORS, KIND_NAMES, KINDS, footprint_radius, middle_size
from handsel.sim.generator import GAP, MOST, REACH, Wanted, random_scene
from handsel.sim.scene_files import find_scene, read_scene, scene_from_data, scene_to_data, write_scene
from handsel.sim.scenes import NAMED, SceneSpec, ThingSpec, base_height, named_scene


@pytest.mark.parametrize("count", [1, 4, 8, MOST])
def test_drawn_things_stand_apart_and_in_reach(count: int) -> None:
    for seed in range(8):
        scene = random_scene(np.random.default_rng(seed), count)
        assert len(scene.things) == count
        assert len({(thing.kind, thing.color) for thing in scene.things}) == count
        for i, a in enumerate(scene.things):
            assert 0.35 <= a.x <= 0.70 and abs(a.y) <= 0.33 and np.hypot(a.x, a.y) <= REACH
            for name, value in a.size.items():
                low, high = KINDS[a.kind].sizes[name]
                assert low <= value <= high
            for b in scene.things[:i]:
                radii = footprint_radius(a.kind, a.size) + footprint_radius(b.kind, b.size)
                assert np.hypot(a.x - b.x, a.y - b.y) >= radii + GAP


def test_a_seed_gives_one_scene_and_another_seed_another() -> None:
    first, again, other = (random_scene(np.random.default_rng(seed), 6) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_required_things_come_first_and_the_rest_from_the_kinds() -> None:
    wanted = [Wanted("block", "red"), Wanted("bowl"), Wanted("drawer", "gray")]
    for seed in range(5):
        scene = random_scene(np.random.default_rng(seed), 5, kinds=["can"], required=wanted)
        assert [thing.kind for thing in scene.things] == ["block", "bowl", "drawer", "can", "can"]
        assert scene.things[0].id == "red_block" and scene.things[2].color == "gray"


def test_names_may_be_shared_where_asked() -> None:
    scene = random_scene(np.random.default_rng(0), 3, required=[Wanted("block", "red")] * 3, unique=False)
    assert [thing.id for thing in scene.things] == ["red_block_1", "red_block_2", "red_block_3"]
    with pytest.raises(InputError, match="unique"):
        random_scene(np.random.default_rng(0), 3, required=[Wanted("block", "red")] * 3)


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(InputError, match="things; expected"):
        random_scene(np.random.default_rng(0), 13)
    with pytest.raises(InputError, match="room"):
        random_scene(np.random.default_rng(0), 6, kinds=["tray"])


def test_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    scenes = [named_scene(name) for name in NAMED]
    scenes += [
        random_scene(np.random.default_rng(seed), 7, name='a "name"\twith\\', seed=seed) for seed in range(4)
    ]
    for scene in scenes:
        write_scene(scene, tmp_path / "scene.toml")
        assert read_scene(tmp_path / "scene.toml") == scene
        assert scene_from_data(scene_to_data(scene)) == scene


def test_the_page_on_scenes_shows_one_that_works(root: Path, tmp_path: Path) -> None:
    page = (root / "docs" / "my_own_scene.md").read_text()
    example = page.split("```toml\n")[1].split("```")[0]
    (tmp_path / "breakfast.toml").write_text(example)
    scene = find_scene(str(tmp_path / "breakfast.toml"))
    assert scene.name == "breakfast"
    assert scene.thing("orange_ball").on == "white_bowl"
    assert base_height(scene, scene.thing("orange_ball")) > 0.0
    for word in (*KIND_NAMES, *COLORS):
        assert f"`{word}`" in page, f"the page does not tell of {word}"
    for kind, info in KINDS.items():
        for size in info.sizes:
            assert f"`{size}`" in page, f"the page does not tell of the {size} of a {kind}"


def test_things_get_names_and_places_where_none_are_given() -> None:
    block = {"kind": "block", "color": "red"}
    scene = scene_from_data(
        {
            "name": "s",
            "things": [
                block | {"x": 0.4, "y": 0.0},
                block | {"x": 0.5, "y": 0.0},
                {"kind": "plate", "color": "blue", "id": "dish", "x": 0.6, "y": 0.2},
                {"kind": "can", "color": "red", "on": "dish"},
            ],
        }
    )
    assert [thing.id for thing in scene.things] == ["red_block_1", "red_block_2", "dish", "red_can"]
    assert (scene.things[3].x, scene.things[3].y) == (0.6, 0.2)
    assert scene.things[0].size == middle_size("block")


BLOCK = 'name = "s"\n[[things]]\nkind = "block"\ncolor = "red"\nx = 0.5\ny = 0.0\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "TOML"),
        ("\x00", "TOML"),
        ("", "name"),
        ('name = "s"\ncolour = 3', "colour"),
        (BLOCK.replace("block", "blokc"), "did you mean 'block'"),
        (BLOCK.replace("red", "redd"), "did you mean 'red'"),
        (BLOCK.replace("x = 0.5", "x = nan"), "x"),
        (BLOCK.replace("x = 0.5", "x = 3.0"), "not over the table"),
        (BLOCK.replace("x = 0.5", ""), "needs a place"),
        (BLOCK + "size = { side = 0.5 }", "expected"),
        (BLOCK + "size = { radius = 0.05 }", "radius"),
        (BLOCK + 'on = "dish"', "dish"),
        (BLOCK + "mass = 90", "mass"),
        (BLOCK + 'id = "a b"', "identifier"),
        (BLOCK + 'id = "a"\n' + BLOCK.split("\n", 1)[1] + 'id = "a"', "two things"),
    ],
)
def test_wrong_files_are_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "scene.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        read_scene(path)


def test_unknown_scenes_and_things_are_told_with_near_names(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="default"):
        find_scene("defualt")
    with pytest.raises(InputError, match="no scene file"):
        find_scene(str(tmp_path / "none.toml"))
    with pytest.raises(UnknownName, match="red_block"):
        named_scene("default").thing("red_blok")


def test_a_thing_stands_on_an_earlier_one_only() -> None:
    with pytest.raises(UnknownName, match="blue_can"):
        SceneSpec(
            name="s",
            things=(
                ThingSpec(id="a", kind="block", color="red", x=0.5, y=0.0, on="blue_can"),
                ThingSpec(id="blue_can", kind="can", color="blue", x=0.5, y=0.0),
            ),
        )
