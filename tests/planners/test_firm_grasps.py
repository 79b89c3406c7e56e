"""What has to be turned is held firmly: bodies before rims, rims before handles."""

import numpy as np
import pytest
from handsel.perception import bodies
from handsel.perception.scene import Thing
from handsel.planners.grasping.contacts import contacts_of
from handsel.planners.grasping.pinches import on_solid
from handsel.planners.grasps import bears, content_of, dips, grasps_of
from handsel.planners.program import Grasp
from handsel.planners.settings import Settings
from handsel.robots.models import GripperModel, load_model
from handsel.robots.shapes import Box, Cylinder
from pydrake.math import RigidTransform

from .tabletop import scene

UP = np.array([0.0, 0.0, 1.0])
SETTINGS = Settings()


@pytest.fixture(scope="module")
def gripper() -> GripperModel:
    found = load_model("panda").gripper
    assert found is not None
    return found


def mug(radius: float = 0.035) -> Thing:
    """Give a mug with its handle to the left."""
    handle = np.array([0.5, radius + 0.026, 0.045])
    body = bodies.vessel("mug", np.array([0.5, 0.0]), (radius, radius), (0.0, 0.09), handle)
    return Thing(
        name="mug",
        kind="mug",
        color="red",
        X_WO=body.X_WO,
        size=body.size,
        cloud=np.zeros((0, 3)),
        parts=body.parts,
        shapes=body.shapes,
        on="table",
        cavity_radius=body.cavity_radius,
    )


def test_fingers_on_both_sides_of_a_mug_are_not_in_it(gripper: GripperModel) -> None:
    """Regression: the middle between the fingers was taken for a finger."""
    thing = mug()
    grasp = Grasp(thing="mug", part=None, hand="arm", approach=None)
    free = grasps_of(thing, grasp, scene(thing), gripper, SETTINGS).free
    around = [one for one in free if one.width > 0.06]
    rims = [one for one in free if one.width < 0.0055]
    assert around and rims
    assert not any(dips(one, thing, gripper) for one in around)
    assert all(dips(one, thing, gripper) for one in rims)
    handles = [one for one in free if abs(one.width - 0.01) < 1e-6]
    best = [max(bears(one, thing, gripper, SETTINGS, UP) for one in some[:6]) for some in (around, handles)]
    assert best[0] > 2.0 * best[1]


def test_a_mug_nearly_as_wide_as_the_hand_is_taken_from_the_side_only() -> None:
    wide = Cylinder(X_WS=RigidTransform([0.5, 0.0, 0.045]), radius=0.0377, half_length=0.045)
    pinches = list(on_solid(wide, 0.08, 0.0375))
    assert pinches
    assert max(abs(pinch.a_W[2]) for pinch in pinches) <= 0.5


def test_a_thin_bar_is_met_along_a_line(gripper: GripperModel) -> None:
    bar = Box(X_WS=RigidTransform(), half=np.array([0.005, 0.005, 0.03]))
    contacts = contacts_of([bar], np.eye(3), np.zeros(3), 0.01, 0.03, gripper)
    assert contacts is not None
    np.testing.assert_allclose(contacts.p_W[:, 0], 0.0, atol=1e-6)
    assert np.ptp(contacts.p_W[:, 2]) > 0.01


def test_what_is_in_a_mug_weighs() -> None:
    thing = mug()
    assert content_of(thing, scene(thing)) == 0.0
