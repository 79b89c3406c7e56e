"""How a perceived scene is held against the true one: nobody is flattered, nobody wronged."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.perception.scene import Directions, Scene, Table, Thing
from handsel.sim.scenes import ThingSpec
from handsel.sim.seen import SAME, Match, match, pair_up
from handsel.sim.true_parts import true_parts
from pydrake.math import RigidTransform, RollPitchYaw


def thing(name: str, p_W: list[float], size: float = 0.04, X_WO: RigidTransform | None = None) -> Thing:
    color, kind = name.split("_")[:2]
    center = np.array(p_W)
    return Thing(
        name=name,
        kind=kind,
        color=color,
        X_WO=X_WO or RigidTransform(center),
        size=np.full(3, size),
        cloud=np.zeros((0, 3)),
        parts={"top": center, "bottom": center, "center": center},
        shapes=(),
    )


def scene(*things: Thing) -> Scene:
    return Scene(
        time=0.0,
        things=things,
        table=Table(height=0.0, lower=np.zeros(2), upper=np.ones(2)),
        directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
        keypoints=(),
        field=None,
        frames=(),
        perceiver="test",
    )


def one(truth: Thing, *seen: Thing) -> Match:
    return match(scene(truth), scene(*seen))[0]


def test_the_truth_against_itself_is_perfect() -> None:
    truth = scene(thing("red_block", [0.5, 0.0, 0.02]), thing("blue_can", [0.6, 0.1, 0.05]))
    for found in match(truth, truth):
        told = found.to_json(0.01)
        assert told["success"] and not told["why"] and found.error == 0.0 and found.tilt == 0.0


def test_a_ball_in_a_bowl_is_not_swapped_with_it() -> None:
    """Distance alone pairs them crosswise: the two middles lie 3 mm apart, and each is seen 2 mm off."""
    ball, bowl = thing("red_ball", [0.5, 0.0, 0.028]), thing("blue_bowl", [0.5, 0.0, 0.025], 0.15)
    seen = scene(thing("red_ball", [0.5, 0.0, 0.025]), thing("blue_bowl", [0.5, 0.0, 0.028], 0.15))
    assert all(found.kind_right and found.color_right for found in match(scene(ball, bowl), seen))


def test_names_cannot_hide_that_two_things_changed_places() -> None:
    """What is 40 mm apart and seen swapped is two wrong names, not two good ones far off."""
    truth = scene(thing("red_block", [0.5, 0.0, 0.02]), thing("blue_can", [0.5, 0.04, 0.02]))
    seen = scene(thing("blue_can", [0.5, 0.0, 0.02]), thing("red_block", [0.5, 0.04, 0.02]))
    for found in match(truth, seen):
        assert found.found == 1 and found.error == 0.0
        assert not found.kind_right and not found.color_right
        assert found.to_json(0.01)["why"].startswith("taken for a")


def test_what_names_paired_still_has_to_be_near() -> None:
    truth = scene(thing("red_ball", [0.5, 0.0, 0.02]), thing("blue_bowl", [0.509, 0.0, 0.02]))
    seen = scene(thing("blue_bowl", [0.5 - 0.012, 0.0, 0.02]), thing("red_ball", [0.5 + 0.012, 0.0, 0.02]))
    assert not all(found.to_json(0.01)["success"] for found in match(truth, seen))


def test_not_found_broken_up_and_off_its_place() -> None:
    block = thing("red_block", [0.5, 0.0, 0.02])
    far = thing("red_block", [0.5, SAME + 0.001, 0.02])
    assert one(block).found == 0 and one(block, far).found == 0
    pieces = one(block, thing("red_block", [0.5, 0.0, 0.01]), thing("red_thing", [0.5, 0.0, 0.03]))
    assert pieces.found == 2 and pieces.to_json(0.01)["why"] == "broken up"
    off = one(block, thing("red_block", [0.5, 0.0, 0.031]))
    assert off.found == 1 and off.to_json(0.01)["why"] == "off its place"
    assert one(block, thing("red_block", [0.5, 0.0, 0.0299])).to_json(0.01)["success"]


def test_nothing_true_and_nothing_seen_pair_up_to_nothing() -> None:
    assert pair_up((), (thing("red_block", [0.5, 0.0, 0.0]),)) == {}
    assert pair_up((thing("red_block", [0.5, 0.0, 0.0]),), ()) == {}


@pytest.mark.parametrize(("kind", "tilt"), [("can", 0.0), ("bottle", 180.0), ("ball", 0.0)])
def test_upside_down_matters_to_a_bottle_only(kind: str, tilt: float) -> None:
    p = [0.5, 0.0, 0.05]
    truth = thing(f"red_{kind}", p)
    seen = thing(f"red_{kind}", p, X_WO=RigidTransform(RollPitchYaw(np.pi, 0.0, 0.0), p))
    assert one(truth, seen).tilt == pytest.approx(tilt, abs=1e-6)


def test_sides_are_compared_in_order_of_size_and_height_by_itself() -> None:
    truth, seen = thing("red_box", [0.5, 0.0, 0.02]), thing("red_box", [0.5, 0.0, 0.02])
    truth = replace(truth, size=np.array([0.07, 0.05, 0.06]))
    seen = replace(seen, size=np.array([0.051, 0.068, 0.06]))
    assert one(truth, seen).size_error == pytest.approx(0.002)
    assert one(truth, replace(seen, size=np.array([0.05, 0.07, 0.09]))).size_error == pytest.approx(0.03)


def test_a_rim_point_is_right_anywhere_on_the_rim_and_an_opening_only_in_the_middle() -> None:
    bowl = ThingSpec(id="red_bowl", kind="bowl", color="red", x=0.5, y=0.0)
    X_WB = RigidTransform([0.5, 0.0, 0.03])
    parts = {part.name: part for part in true_parts(bowl, X_WB, 0.0)}
    top = X_WB.translation()[2] + bowl.size["height"] / 2.0
    for angle in np.linspace(0.0, 2.0 * np.pi, 7):
        edge = [0.5 + bowl.size["top_radius"] * np.cos(angle), bowl.size["top_radius"] * np.sin(angle), top]
        assert parts["rim"].error(np.array(edge)) < 0.005
        assert parts["opening"].error(np.array(edge)) > 0.06
    assert parts["rim"].error(np.array([0.5, 0.0, top])) > 0.06
    assert parts["opening"].error(np.array([0.5, 0.0, top])) < 1e-12


def test_a_missing_part_is_an_error_that_is_told() -> None:
    mug = ThingSpec(id="red_mug", kind="mug", color="red", x=0.5, y=0.0)
    truth = thing("red_mug", [0.5, 0.0, 0.04])
    parts = {"red_mug": true_parts(mug, truth.X_WO, 0.0)}
    found = match(scene(truth), scene(truth), parts)[0]
    assert {part.part for part in found.parts} == {"handle", "rim", "opening"}
    assert all(part.error is None and not part.in_sight for part in found.parts)
