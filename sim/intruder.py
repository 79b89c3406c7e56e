"""Somebody's arm that reaches into a scene and leaves again, on a course that is written down beforehand.

It is a capsule that follows its course whatever it meets: whoever touches it has not made way. Judges read
from the contacts whether the robot did. The robot's cameras see it; nothing else tells of it.
"""

import numpy as np
from pydrake.geometry import Capsule
from pydrake.math import RigidTransform, RotationMatrix
from pydrake.multibody.plant import MultibodyPlant
from pydrake.multibody.tree import PrismaticJoint, RigidBody, SpatialInertia
from pydrake.systems.framework import Context

from .objects import material
from .reach import Reach

NAME = "reaching_hand"
"""Name of its body, in contacts too."""
RADIUS, LENGTH = 0.045, 0.40
"""A forearm with its hand, [m]."""
MASS = 200.0
"""What it meets does not move it, [kg]."""
SKIN = np.array([0.80, 0.60, 0.50, 1.0])
AXES = {"x": np.array([1.0, 0.0, 0.0]), "y": np.array([0.0, 1.0, 0.0]), "z": np.array([0.0, 0.0, 1.0])}


def add_intruder(plant: MultibodyPlant, reach: Reach) -> None:
    """Put its body into a plant that is not finished yet.

    Args:
        plant: The plant.
        reach: Its course.
    """
    instance = plant.AddModelInstance(NAME)
    carrier: RigidBody = plant.world_body()
    for axis, along in AXES.items():
        last = axis == "z"
        inertia = SpatialInertia.SolidCapsuleWithMass(MASS, RADIUS, LENGTH, [0.0, 0.0, 1.0])
        body = plant.AddRigidBody(NAME if last else f"{NAME}_{axis}", instance, inertia)
        frame = plant.world_frame() if carrier is plant.world_body() else carrier.body_frame()
        plant.AddJoint(PrismaticJoint(_joint(axis), frame, body.body_frame(), along))
        carrier = body
    plant.set_gravity_enabled(instance, False)
    # Its tip is the body's origin, its length lies behind that.
    turned = RotationMatrix.MakeFromOneVector(reach.way, 2)
    X_BS = RigidTransform(turned, -(LENGTH / 2.0) * reach.way)
    shape = Capsule(RADIUS, LENGTH)
    plant.RegisterCollisionGeometry(carrier, X_BS, shape, NAME, material())
    plant.RegisterVisualGeometry(carrier, X_BS, shape, NAME, SKIN)


def put_intruder(plant: MultibodyPlant, context: Context, reach: Reach, time: float) -> None:
    """Bring it to where its course has it.

    Args:
        plant: The plant.
        context: Its state.
        reach: The course.
        time: World time, [s].
    """
    instance = plant.GetModelInstanceByName(NAME)
    p_W, v_W = reach.tip(time)
    for number, axis in enumerate(AXES):
        joint = plant.GetJointByName(_joint(axis), instance)
        assert isinstance(joint, PrismaticJoint)
        joint.set_translation(context, float(p_W[number]))
        joint.set_translation_rate(context, float(v_W[number]))


def _joint(axis: str) -> str:
    return f"{NAME}_along_{axis}"
