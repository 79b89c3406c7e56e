"""Relations between things of a scene made by hand."""

import numpy as np
import pytest
from handsel.core.errors import UnknownName
from handsel.perception.relations import related, relations
from handsel.perception.scene import Directions, Scene, Table, Thing
from handsel.robots.shapes import Box, Cylinder, Sphere, Vessel
from pydrake.math import RigidTransform, RollPitchYaw


def make(name: str, center: tuple[float, float, float], size: tuple[float, float, float], **more) -> Thing:
    X_WO = RigidTransform(RollPitchYaw(0.0, 0.0, more.pop("yaw", 0.0)), center)
    up = np.array([0.0, 0.0, size[2] / 2.0])
    return Thing(
        name=name,
        kind=name.split("_")[-1],
        color=name.split("_")[0],
        X_WO=X_WO,
        size=np.array(size),
        cloud=np.zeros((1, 3)),
        parts={"center": np.array(center), "top": center + up, "bottom": center - up},
        shapes=more.pop("shapes", (Box(X_WS=X_WO, half=np.array(size) / 2.0),)),
        **more,
    )


def scene_of(*things: Thing) -> Scene:
    return Scene(
        time=0.0,
        things=things,
        table=Table(height=0.0, lower=np.array([0.2, -0.5]), upper=np.array([0.9, 0.5])),
        directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
        keypoints=(),
        field=None,
        frames=(),
        perceiver="hand",
    )


def kinds(scene: Scene, subject: str, other: str) -> set[str]:
    return {one.kind for one in relations(scene) if (one.subject, one.object) == (subject, other)}


BOWL = make(
    "blue_bowl",
    (0.5, 0.2, 0.03),
    (0.16, 0.16, 0.06),
    shapes=(
        Vessel(
            X_WS=RigidTransform([0.5, 0.2, 0.0]),
            bottom_radius=0.04,
            top_radius=0.08,
            height=0.06,
            wall=0.0045,
        ),
    ),
)
RED = make("red_block", (0.5, -0.1, 0.02), (0.04, 0.04, 0.04))
GREEN = make("green_block", (0.5, -0.058, 0.02), (0.04, 0.04, 0.04))
TOP = make("white_block", (0.5, -0.1, 0.06), (0.04, 0.04, 0.04), on="red_block")
BALL = make(
    "yellow_ball",
    (0.5, 0.2, 0.0295),
    (0.05, 0.05, 0.05),
    on="blue_bowl",
    inside="blue_bowl",
    shapes=(Sphere(X_WS=RigidTransform([0.5, 0.2, 0.0295]), radius=0.025),),
)
CAN = make(
    "cyan_can",
    (0.7, -0.1, 0.05),
    (0.06, 0.06, 0.1),
    shapes=(Cylinder(X_WS=RigidTransform([0.7, -0.1, 0.05]), radius=0.03, half_length=0.05),),
)
SCENE = scene_of(RED, TOP, GREEN, CAN, BOWL, BALL)


def test_what_carries_and_contains() -> None:
    assert related(SCENE, "on", "table") == ("red_block", "green_block", "cyan_can", "blue_bowl")
    assert kinds(SCENE, "white_block", "red_block") >= {"on", "above"}
    assert related(SCENE, "inside", "blue_bowl") == ("yellow_ball",)
    assert "on" in kinds(SCENE, "yellow_ball", "blue_bowl")


def test_touching_is_listed_once_and_answered_both_ways() -> None:
    touching = [{one.subject, one.object} for one in relations(SCENE) if one.kind == "touching"]
    assert len(touching) == len({frozenset(pair) for pair in touching})
    assert {"red_block", "green_block"} in touching and {"red_block", "white_block"} in touching
    assert {"cyan_can", "red_block"} not in touching
    assert "red_block" in related(SCENE, "touching", "green_block")
    assert "green_block" in related(SCENE, "touching", "red_block")


def test_gaps_are_those_of_the_solids() -> None:
    gaps = {frozenset((one.subject, one.object)): one.gap for one in relations(SCENE)}
    assert gaps[frozenset(("red_block", "green_block"))] == pytest.approx(0.002, abs=1e-6)
    assert gaps[frozenset(("red_block", "cyan_can"))] == pytest.approx(0.15, abs=1e-6)
    assert gaps[frozenset(("yellow_ball", "blue_bowl"))] == pytest.approx(0.0, abs=1e-3)
    turned = make("pink_block", (0.5, 0.0, 0.02), (0.04, 0.04, 0.04), yaw=np.pi / 4)
    (one,) = {item.gap for item in relations(scene_of(turned, RED)) if item.object == "red_block"}
    assert one == pytest.approx(0.1 - 0.02 - 0.02 * np.sqrt(2.0), abs=1e-6)


def test_sides_are_the_persons() -> None:
    assert "left_of" in kinds(SCENE, "red_block", "blue_bowl")
    assert not kinds(SCENE, "blue_bowl", "red_block") & {"left_of", "behind"}
    assert "behind" in kinds(SCENE, "red_block", "cyan_can")
    assert related(SCENE, "behind", "red_block") == ()


def test_beside_is_near_and_not_stacked() -> None:
    pairs = {frozenset((one.subject, one.object)) for one in relations(SCENE) if one.kind == "beside"}
    assert frozenset(("red_block", "green_block")) in pairs
    assert frozenset(("red_block", "white_block")) not in pairs
    assert frozenset(("yellow_ball", "blue_bowl")) not in pairs
    assert frozenset(("red_block", "cyan_can")) not in pairs


def test_above_needs_no_touch() -> None:
    lamp = make("gray_thing", (0.5, -0.1, 0.30), (0.1, 0.1, 0.05), on="hand")
    scene = scene_of(RED, lamp)
    assert kinds(scene, "gray_thing", "red_block") == {"above"}
    assert related(scene, "on", "hand") == ("gray_thing",)


def test_an_empty_scene_has_none_and_unknown_names_are_told() -> None:
    assert relations(scene_of()) == ()
    with pytest.raises(UnknownName, match="did you mean"):
        related(SCENE, "on", "red_blok")
    with pytest.raises(UnknownName, match="relation"):
        related(SCENE, "under", "red_block")  # type: ignore[arg-type]
