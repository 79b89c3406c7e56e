"""Acting without names: balls are marks, colours and gaps part pieces, words find them."""

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest
from handsel.core.errors import CannotDo
from handsel.sim.public import recorded, unnamed
from handsel.sim.public.agents import agent_for
from handsel.sim.public.named.grounding import ground
from handsel.sim.public.named.scene import NamedScene, Piece, box_of
from handsel.sim.public.unnamed.clouds import ColoredCloud
from handsel.sim.public.unnamed.describing import Described, How, Relation, Role, Shape, Sort
from handsel.sim.public.unnamed.guessing import read_plainly
from handsel.sim.public.unnamed.marks import ball_of, is_mark
from handsel.sim.public.unnamed.matching import fit, match
from handsel.sim.public.unnamed.panels import split_panel
from handsel.sim.public.unnamed.splitting import parts_of

from .test_named_words import BENCHMARKS_OWN, string_constants

HAND = np.array([0.0, 0.5, 0.3])


def box(lower, upper, step=0.006):
    """Points on a box's faces."""
    lower, upper = np.array(lower, float), np.array(upper, float)
    axes = [np.linspace(a, b, max(2, int((b - a) / step) + 1)) for a, b in zip(lower, upper, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    return grid[(np.isclose(grid, lower) | np.isclose(grid, upper)).any(axis=1)]


def ball(center, radius, count=200):
    rng = np.random.default_rng(0)
    way = rng.normal(size=(count, 3))
    return np.array(center) + radius * way / np.linalg.norm(way, axis=1)[:, None]


def painted(*things):
    points = np.concatenate([cloud for cloud, _ in things])
    codes = np.concatenate([np.tile(np.array(code) / 255.0, (len(cloud), 1)) for cloud, code in things])
    return ColoredCloud(points=points, codes=codes)


def seen(*rows):
    """A scene of rows (path, cloud)."""
    return NamedScene(time=0.0, pieces=tuple(Piece(path=path, cloud=cloud) for path, cloud in rows))


def test_a_ball_is_fitted_where_it_is():
    center, radius, off = ball_of(ball([0.1, 0.7, 0.2], 0.02)[:90])
    assert np.abs(center - [0.1, 0.7, 0.2]).max() < 1e-9 and abs(radius - 0.02) < 1e-9 and off < 1e-9


def test_a_short_cylinder_is_no_mark_and_a_ball_is():
    angle = np.linspace(0.0, 2.0 * np.pi, 40)
    rim = np.stack([0.02 * np.cos(angle), 0.02 * np.sin(angle)], axis=1)
    cylinder = np.concatenate([np.column_stack([rim, np.full(40, z)]) for z in np.linspace(0.0, 0.04, 9)])
    (one,) = parts_of(painted((cylinder, (200, 20, 20))))
    (two,) = parts_of(painted((ball([0.0, 0.0, 0.02], 0.02), (200, 20, 20))))
    assert not is_mark(one) and is_mark(two)


def test_colours_and_gaps_part_pieces_and_shades_do_not():
    lit, shaded = box([0, 0.6, 0], [0.1, 0.7, 0.1]), box([0, 0.6, 0.1], [0.1, 0.7, 0.2])
    cap, far = box([0.03, 0.58, 0.03], [0.07, 0.6, 0.07]), box([0.3, 0.6, 0], [0.34, 0.64, 0.04])
    orange, dim = (240, 160, 20), (150, 100, 13)
    parts = parts_of(painted((lit, orange), (shaded, dim), (cap, (200, 20, 20)), (far, (30, 30, 220))))
    assert [part.color for part in parts] == ["orange", "red", "blue"] or len(parts) == 3
    by = {part.color: part for part in parts}
    assert by["red"].group == by["orange"].group != by["blue"].group


SCENE = seen(
    (("seen 0", "orange 1", "orange"), box([-0.2, 0.8, 0.0], [0.0, 0.9, 0.2])),
    (("seen 0", "red 1", "red"), box([-0.12, 0.76, 0.08], [-0.08, 0.8, 0.12])),
    (("seen 1", "blue 1", "blue"), box([0.1, 0.6, 0.0], [0.14, 0.64, 0.04])),
    (("seen 2", "blue 2", "blue"), box([0.3, 0.6, 0.0], [0.34, 0.64, 0.04])),
)


def told(name: str, role: Role = "thing", sort: Sort = "free", colors: tuple[str, ...] = (), **more):
    return Described(name=name, role=role, sort=sort, colors=colors, **more)


def test_relations_tell_twins_apart():
    sides: tuple[tuple[How, float], ...] = (("left_of", 0.1), ("right_of", 0.3))
    for how, left in sides:
        one = told("one", colors=("blue",), relations=(Relation(how=how, of="other"),))
        found = match([one, told("other", role="place", colors=("blue",))], SCENE)
        assert abs(box_of(list(found["one"])).lower[0] - left) < 0.01


def test_what_is_not_there_is_not_found_and_fits_worse():
    here, gone = [told("a", colors=("blue",), size="small")], [told("a", sort="mark", colors=("green",))]
    assert match(gone, SCENE) == {}
    assert fit(here, SCENE) > fit(gone, SCENE)


def test_a_button_is_the_part_that_stands_out():
    deed, scene = read_plainly("Press a button", SCENE)
    meant = ground(deed, scene, HAND)
    assert abs(meant.box.center[1] - 0.78) < 0.01 and meant.mount


def test_a_puck_is_what_is_loose_and_the_place_a_mark():
    mark = Piece(path=("goal green 1",), cloud=ball([0.0, 0.9, 0.1], 0.02), mark=True)
    scene = NamedScene(time=0.0, pieces=(*SCENE.pieces, mark))
    deed, named = read_plainly("Push the puck to a goal", scene)
    meant = ground(deed, named, HAND)
    assert meant.box.size.max() < 0.05 and meant.place is not None
    assert np.abs(meant.place - [0.0, 0.9, 0.1]).max() < 5e-3


def test_a_door_is_told_from_a_case_of_its_colour():
    case, door = box([-0.2, 0.8, 0.0], [0.2, 0.95, 0.3]), box([-0.2, 0.5, 0.0], [-0.17, 0.8, 0.3])
    panel, rest = split_panel(np.concatenate([case, door]))
    assert panel[len(case) :].mean() > 0.9 and rest[: len(case)].mean() > 0.9
    face, _ = split_panel(case)
    assert 0.0 < face.mean() < 0.6 and case[face, 1].max() < 0.83


def test_hands_that_turn_are_refused():
    turning = SimpleNamespace(limits=SimpleNamespace(names=("x", "yaw")))
    with pytest.raises(CannotDo, match="turned"):
        agent_for("keypoints", "geometric")(turning, None, lambda: True, "Press it", 0)  # type: ignore[arg-type]


@pytest.mark.parametrize("package", [unnamed, recorded])
def test_nothing_is_keyed_to_a_task_or_a_body(package):
    """The audit of ids, as of the named tier; words for rough shapes are no nouns of tasks."""
    files = sorted(Path(package.__file__).parent.glob("*.py"))
    texts = {text for file in files for text in string_constants(ast.parse(file.read_text()))}
    texts -= set(get_args(Shape))
    assert len(files) > 4 and texts
    for text in texts:
        assert not {own.lower() for own in BENCHMARKS_OWN} & set(text.lower().split()), text


def test_a_hole_in_a_side_is_found():
    side = box([-0.3, 0.6, 0.0], [-0.2, 0.75, 0.2])
    gap = (np.abs(side[:, 1] - 0.67) < 0.025) & (np.abs(side[:, 2] - 0.12) < 0.025) & (side[:, 0] > -0.25)
    bar = box([0.0, 0.65, 0.0], [0.2, 0.68, 0.03])
    scene = seen((("seen 0", "brown 1", "brown"), side[~gap]), (("seen 1", "green 1", "green"), bar))
    deed, named = read_plainly("Insert a peg sideways", scene)
    meant = ground(deed, named, HAND)
    assert meant.place is not None and np.abs(meant.place - [-0.2, 0.67, 0.12]).max() < 0.015
