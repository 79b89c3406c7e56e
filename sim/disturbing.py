"""Reaching into a scene: a thing is somewhere else at once."""

from collections.abc import Mapping

from pydrake.math import RigidTransform
from pydrake.multibody.math import SpatialVelocity
from pydrake.multibody.plant import MultibodyPlant
from pydrake.multibody.tree import QuaternionFloatingJoint, RigidBody
from pydrake.systems.framework import Context

from ..core.arrays import Float64
from ..core.errors import InputError


def put_aside(
    plant: MultibodyPlant, context: Context, bodies: Mapping[str, RigidBody], name: str, by_W: Float64
) -> None:
    """Move a thing at once, as somebody does who reaches into the scene; it is at rest there.

    Args:
        plant: The plant.
        context: Its state, which is changed.
        bodies: The things by name.
        name: The thing.
        by_W: How far, shape (3,), [m].

    Raises:
        InputError: If there is no such thing, or it is furniture.
    """
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
