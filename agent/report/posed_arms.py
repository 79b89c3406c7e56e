"""Arms as kinematics: joint positions in, poses of every link out."""

from collections.abc import Mapping

from pydrake.geometry import FrameId, SceneGraph
from pydrake.math import RigidTransform
from pydrake.multibody.parsing import Parser
from pydrake.multibody.plant import AddMultibodyPlantSceneGraph, MultibodyPlant
from pydrake.multibody.tree import ModelInstanceIndex
from pydrake.systems.framework import Context, Diagram, DiagramBuilder

from ...core.arrays import Float64
from ...robots.models import RobotModel


class PosedArms:
    """Arms that stand wherever they are put."""

    def __init__(self, arms: Mapping[str, tuple[RobotModel, RigidTransform]]):
        """Load the arms.

        Args:
            arms: Model of each arm and pose of its base in the world, by name.
        """
        builder = DiagramBuilder()
        self.plant: MultibodyPlant
        self.graph: SceneGraph
        self.plant, self.graph = AddMultibodyPlantSceneGraph(builder, time_step=0.0)
        self.models = {name: model for name, (model, _) in arms.items()}
        self._instances: dict[str, ModelInstanceIndex] = {}
        for name, (model, X_WR) in arms.items():
            (instance,) = Parser(self.plant, name).AddModels(str(model.urdf))
            base = self.plant.GetFrameByName(model.base_link, instance)
            self.plant.WeldFrames(self.plant.world_frame(), base, X_WR)
            self._instances[name] = instance
        self.plant.Finalize()
        self.equip(builder)
        self.diagram: Diagram = builder.Build()
        self.context: Context = self.diagram.CreateDefaultContext()

    def equip(self, builder: DiagramBuilder) -> None:
        """Add what shows the arms; nothing here."""

    def place(self, arm: str, q: Float64, width: float) -> RigidTransform:
        """Bring an arm's joints to positions.

        Args:
            arm: The arm's name.
            q: Joint positions, shape (n,), [rad].
            width: Opening of the fingers, [m].

        Returns:
            X_WG, the pose of the tool.
        """
        context = self.plant.GetMyMutableContextFromRoot(self.context)
        model, instance = self.models[arm], self._instances[arm]
        names, values = [*model.joint_names], [*q]
        if model.gripper is not None:
            names += model.gripper.joint_names
            values += [*model.gripper.joint_positions(width)]
        positions = self.plant.GetPositions(context)
        for name, value in zip(names, values, strict=True):
            positions[self.plant.GetJointByName(name, instance).position_start()] = value
        self.plant.SetPositions(context, positions)
        tool = self.plant.GetFrameByName(model.tool_link, instance)
        return tool.CalcPoseInWorld(context) @ model.X_LG

    def poses(self, arm: str) -> dict[str, RigidTransform]:
        """Give the pose of each link of an arm in the world, by the link's name."""
        context = self.plant.GetMyContextFromRoot(self.context)
        bodies = (self.plant.get_body(index) for index in self.plant.GetBodyIndices(self._instances[arm]))
        return {body.name(): self.plant.EvalBodyPoseInWorld(context, body) for body in bodies}

    def owner(self, frame: FrameId) -> tuple[str, str] | None:
        """Name the arm and the link that a geometry frame belongs to; None where it is no arm's."""
        body = self.plant.GetBodyFromFrameId(frame)
        for name, instance in self._instances.items():
            if body is not None and body.model_instance() == instance:
                return name, body.name()
        return None
