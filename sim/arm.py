"""An arm with its hand in a plant: welded, actuated, with pads at its fingertips."""

from xml.etree import ElementTree

import numpy as np
from pydrake.geometry import Sphere
from pydrake.math import RigidTransform
from pydrake.multibody.parsing import Parser
from pydrake.multibody.plant import MultibodyPlant
from pydrake.multibody.tree import Joint, ModelInstanceIndex, PdControllerGains
from pydrake.systems.framework import Context

from ..core.arrays import Float64
from ..robots.following import Limits
from ..robots.models import GripperModel, RobotModel
from .objects import material

# Stiff enough that 300 g at arm's length move the hand by less than a millimetre.
ARM_STIFFNESS, ARM_DAMPING = 4000.0, 400.0  # [N m/rad], [N m s/rad].
# Force for each metre of opening; a stiffer hand lets what it holds wander sideways.
GRIP_STIFFNESS = 1000.0  # [N/m].
GRIP_DAMPING_TIME = 0.02  # Damping over stiffness, [s].
PAD_RADIUS = 0.004  # [m].
PAD_PROUD = 0.0003  # How far the pads stand out of the fingers' faces, [m].


class ArmBody:
    """An arm that was added to a plant.

    Attributes:
        name: The arm's name.
        model: What it was made from.
        instance: Its model instance.
    """

    def __init__(
        self,
        name: str,
        model: RobotModel,
        instance: ModelInstanceIndex,
        joints: tuple[Joint, ...],
        fingers: tuple[Joint, ...],
    ):
        """Hold the arm; ``finish`` has to follow when the plant is finalized.

        Args:
            name: The arm's name.
            model: What it was made from.
            instance: Its model instance.
            joints: Its joints, in the model's order.
            fingers: The joints of its fingers, empty without a hand.
        """
        self.name = name
        self.model = model
        self.instance = instance
        self._joints, self._fingers = joints, fingers
        self._q_index = self._v_index = self._finger_index = np.array([], int)
        # Interpolation wants increasing positions; fingers may open either way.
        gripper = model.gripper
        columns = gripper.positions.T if gripper is not None else []
        self._tables = [
            (column[np.argsort(column)], gripper.widths[np.argsort(column)])
            for column in columns
            if gripper is not None
        ]

    def finish(self) -> None:
        """Find out where in the plant's vectors the arm is."""
        self._q_index = np.array([joint.position_start() for joint in self._joints])
        self._v_index = np.array([joint.velocity_start() for joint in self._joints])
        self._finger_index = np.array([joint.position_start() for joint in self._fingers], int)

    def limits(self) -> Limits:
        """Give what its joints can do."""
        model = self.model
        return Limits(
            names=model.joint_names,
            lower=model.lower,
            upper=model.upper,
            speed=model.velocity,
            acceleration=model.acceleration,
        )

    def q(self, positions: Float64) -> Float64:
        """Pick the arm's joint positions, shape (n,), out of the plant's."""
        return positions[self._q_index]

    def v(self, velocities: Float64) -> Float64:
        """Pick the arm's joint velocities, shape (n,), out of the plant's."""
        return velocities[self._v_index]

    def width(self, positions: Float64) -> float:
        """Give the opening of the hand, [m]."""
        fingers = positions[self._finger_index]
        total = sum(np.interp(q, *table) for q, table in zip(fingers, self._tables, strict=True))
        return float(total / len(fingers))

    def put(self, plant: MultibodyPlant, context: Context, q: Float64, width: float) -> None:
        """Put the arm and its fingers somewhere, at rest."""
        positions = plant.GetPositions(context).copy()
        positions[self._q_index] = q
        if self.model.gripper is not None:
            positions[self._finger_index] = self.model.gripper.joint_positions(width)
        plant.SetPositions(context, positions)


def add_arm(
    plant: MultibodyPlant, name: str, model: RobotModel, X_WR: RigidTransform | None = None
) -> ArmBody:
    """Add an arm where it stands.

    Args:
        plant: The plant, before it is finalized.
        name: The arm's name.
        model: What to add.
        X_WR: Pose of its base in the world; the origin where None.
    """
    (instance,) = Parser(plant, name).AddModels(str(model.urdf))
    X_WB = X_WR if X_WR is not None else RigidTransform()
    plant.WeldFrames(plant.world_frame(), plant.GetFrameByName(model.base_link, instance), X_WB)
    plant.set_gravity_enabled(instance, False)
    efforts = _efforts(model)
    joints = tuple(plant.GetJointByName(joint, instance) for joint in model.joint_names)
    for joint in joints:
        actuator = plant.AddJointActuator(joint.name(), joint, efforts[joint.name()])
        actuator.set_controller_gains(PdControllerGains(p=ARM_STIFFNESS, d=ARM_DAMPING))
    fingers: tuple[Joint, ...] = ()
    gripper = model.gripper
    if gripper is not None:
        fingers = tuple(plant.GetJointByName(joint, instance) for joint in gripper.joint_names)
        for joint, stiffness in zip(fingers, finger_stiffness(gripper), strict=True):
            actuator = plant.AddJointActuator(joint.name(), joint, efforts[joint.name()])
            actuator.set_controller_gains(PdControllerGains(p=stiffness, d=GRIP_DAMPING_TIME * stiffness))
        if not gripper.jaw:
            _add_pads(plant, instance, model, gripper)
    return ArmBody(name, model, instance, joints, fingers)


def finger_slopes(gripper: GripperModel) -> Float64:
    """Give the motion of each finger joint for a metre of opening, shape (joints,), [1] or [rad/m]."""
    spread = gripper.widths[-1] - gripper.widths[0]
    return (gripper.positions[-1] - gripper.positions[0]) / spread


def finger_stiffness(gripper: GripperModel) -> Float64:
    """Share the grip's stiffness among the finger joints, by virtual work, shape (joints,)."""
    return GRIP_STIFFNESS / (len(gripper.joint_names) * finger_slopes(gripper) ** 2)


def _efforts(model: RobotModel) -> dict[str, float]:
    """Read the effort limits of all joints that have one, [N m] or [N]."""
    robot = ElementTree.parse(model.urdf).getroot()
    limits = ((joint.get("name", ""), joint.find("limit")) for joint in robot.findall("joint"))
    return {name: float(limit.get("effort", "inf")) for name, limit in limits if limit is not None}


def _add_pads(
    plant: MultibodyPlant, instance: ModelInstanceIndex, model: RobotModel, gripper: GripperModel
) -> None:
    """Put four small spheres on each fingertip's face: flat on flat would touch in one point only."""
    surface = material(1.0)
    for link, X_GF, side in _fingertips(model, gripper):
        for number, (sx, sz) in enumerate([(-1, -1), (-1, 1), (1, -1), (1, 1)]):
            p_G = np.array(
                [
                    sx * (gripper.pad_half[0] - 0.5 * PAD_RADIUS),
                    side * (gripper.min_width / 2.0 + PAD_RADIUS - PAD_PROUD),
                    sz * (gripper.pad_half[1] - 0.5 * PAD_RADIUS),
                ]
            )
            plant.RegisterCollisionGeometry(
                plant.GetBodyByName(link, instance),
                RigidTransform(X_GF.inverse() @ p_G),
                Sphere(PAD_RADIUS),
                f"{link}_pad_{number}",
                surface,
            )


def _fingertips(model: RobotModel, gripper: GripperModel) -> list[tuple[str, RigidTransform, float]]:
    """Find each finger's pose in G with the hand closed, and on which side of it the finger lies."""
    plant = MultibodyPlant(0.0)
    (instance,) = Parser(plant).AddModels(str(model.urdf))
    plant.WeldFrames(plant.world_frame(), plant.GetFrameByName(model.base_link))
    plant.Finalize()
    context = plant.CreateDefaultContext()

    joints = [plant.GetJointByName(joint, instance).position_start() for joint in gripper.joint_names]

    def poses(width: float) -> list[RigidTransform]:
        positions = np.zeros(plant.num_positions())
        positions[joints] = gripper.joint_positions(width)
        plant.SetPositions(context, positions)
        X_WL = plant.EvalBodyPoseInWorld(context, plant.GetBodyByName(model.tool_link))
        X_GW = (X_WL @ model.X_LG).inverse()
        bodies = [plant.GetBodyByName(link) for link in gripper.link_names]
        return [X_GW @ plant.EvalBodyPoseInWorld(context, body) for body in bodies]

    closed, opened = poses(gripper.min_width), poses(gripper.max_width)
    return [
        (link, shut, float(np.sign(wide.translation()[1] - shut.translation()[1])))
        for link, shut, wide in zip(gripper.link_names, closed, opened, strict=True)
    ]
