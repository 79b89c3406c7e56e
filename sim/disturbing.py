"""Reaching into a scene: a thing is somewhere else at once."""

from collections.abc import Mapping

import numpy as np
from pydrake.math import RigidTransform
from pydrake.multibody.math import SpatialVelocity
from pydrake.multibody.plant import MultibodyPlant
from pydrake.multibody.tree import PrismaticJoint, QuaternionFloatingJoint, RigidBody
from pydrake.systems.framework import Context

from ..core.arrays import Float64
from ..core.errors import InputError

AWAY = np.array([-2.0, 0.0, -3.0])
"""Where what was taken away is, [m]: under the table and behind the robot."""


def put_aside(
    plant: MultibodyPlant, context: Context, bodies: Mapping[str, RigidBody], name: str, by_W: Float64
) -> None:
    """Move a thing at once, as somebody does who reaches into the scene; it is at rest there.

    Args:
        plant: The plant.
        context: Its state, which is changed.
        bodies: The things by name.
        name: The thing.
        by_W: How far, shape (3,), [m]; a drawer slides by its part along the way that it opens.

    Raises:
        InputError: If there is no such thing, it is other furniture, or a drawer does not slide that far.
    """
    slide = _slide_of(plant, bodies, name)
    if slide is not None:
        # Kept by name: a column of a rotation that nobody holds is read from memory that is free again.
        X_WB = bodies[name].EvalPoseInWorld(context)
        _pull(slide, context, float(X_WB.rotation().matrix()[:, 0] @ by_W))
        return
    joints = {
        one: plant.GetJointByName(one, body.model_instance())
        for one, body in bodies.items()
        if plant.HasJointNamed(one, body.model_instance())
    }
    joint = joints.get(name)
    if not isinstance(joint, QuaternionFloatingJoint):
        raise InputError(f"{name!r} cannot be moved; these can: {', '.join(joints) or 'none'}")
    X_WB = joint.GetPose(context)
    joint.SetPose(context, RigidTransform(X_WB.rotation(), X_WB.translation() + by_W))
    plant.SetFreeBodySpatialVelocity(context, bodies[name], SpatialVelocity.Zero())


def take_away(plant: MultibodyPlant, context: Context, bodies: Mapping[str, RigidBody], name: str) -> None:
    """Take a thing out of the scene, to where no camera and no arm comes; it stays there.

    Args:
        plant: The plant.
        context: Its state, which is changed.
        bodies: The things by name.
        name: The thing.

    Raises:
        InputError: If there is no such thing, or it is furniture.
    """
    here = bodies[name].EvalPoseInWorld(context).translation() if name in bodies else AWAY
    put_aside(plant, context, bodies, name, AWAY - here)
    joint = plant.GetJointByName(name, bodies[name].model_instance())
    if not isinstance(joint, QuaternionFloatingJoint):
        raise InputError(f"{name!r} is furniture and stays where it is")
    joint.Lock(context)


def _slide_of(plant: MultibodyPlant, bodies: Mapping[str, RigidBody], name: str) -> PrismaticJoint | None:
    """Find the slide of a drawer by the name of its cabinet."""
    if name not in bodies or not plant.HasJointNamed("slide", bodies[name].model_instance()):
        return None
    joint = plant.GetJointByName("slide", bodies[name].model_instance())
    assert isinstance(joint, PrismaticJoint), "a drawer slides"
    return joint


def _pull(slide: PrismaticJoint, context: Context, by: float) -> None:
    """Pull a drawer out, or push it in; it is at rest there.

    Raises:
        InputError: If that is farther than it slides.
    """
    opened = slide.get_translation(context) + by
    low, high = float(slide.position_lower_limits()[0]), float(slide.position_upper_limits()[0])
    if not low <= opened <= high:
        raise InputError(
            f"the drawer would be open by {opened:.3f} m; it slides from {low:.3f} to {high:.3f} m"
        )
    slide.set_translation(context, opened)
    slide.set_translation_rate(context, 0.0)
