"""From a scene to a simulator's diagram: table, floor, arm, things, renderer."""

from dataclasses import dataclass

import numpy as np
from pydrake.geometry import (
    Box,
    CollisionFilterDeclaration,
    GeometrySet,
    Meshcat,
    MeshcatParams,
    MeshcatVisualizer,
    SceneGraph,
)
from pydrake.math import RigidTransform
from pydrake.multibody.plant import AddMultibodyPlant, MultibodyPlant, MultibodyPlantConfig
from pydrake.multibody.tree import QuaternionFloatingJoint, RigidBody, SpatialInertia
from pydrake.systems.framework import Context, Diagram, DiagramBuilder

from ..robots.models import load_model
from .arm import ArmBody, add_arm
from .camera import RENDERER, make_engine
from .catalogue import KINDS
from .intruder import add_intruder
from .objects import add_thing, lay, material, place, slide_joint
from .scenes import ClothSpec, SceneSpec, ThingSpec, start_height

RIGIDITY = 0.1  # At 1, the default, fingertips sink into light things by millimetres.
FLOOR = -0.72  # Height of the floor, [m].
THICKNESS = 0.04  # Thickness of the table's top, [m].
SIDES = (0.35, -0.35)  # Where two arms stand, along y: the left one first, [m].
CLOTH = 0.001  # Thickness of a cloth, [m].
WOOD, GROUND = (0.36, 0.30, 0.26), (0.56, 0.58, 0.60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A world ready to be simulated.

    Attributes:
        diagram: Everything.
        plant: Bodies and joints.
        graph: Geometry.
        arms: The arms.
        bodies: The main body of every thing, by id.
        starts: Pose X_WB at which every thing is put, by id.
        openings: How far every drawer is pulled out, by id, [m].
        meshcat: The live view, or None.
    """

    diagram: Diagram
    plant: MultibodyPlant
    graph: SceneGraph
    arms: tuple[ArmBody, ...]
    bodies: dict[str, RigidBody]
    starts: dict[str, RigidTransform]
    openings: dict[str, float]
    meshcat: Meshcat | None

    def place_things(self, context: Context) -> None:
        """Put every thing that can move at its start, and pull the drawers out."""
        for name, body in self.bodies.items():
            instance = body.model_instance()
            if self.plant.HasJointNamed(name, instance):
                joint = self.plant.GetJointByName(name, instance)
                assert isinstance(joint, QuaternionFloatingJoint)
                joint.SetPose(context, self.starts[name])
        for name, opening in self.openings.items():
            slide_joint(self.plant, name).set_translation(context, opening)


def build(scene: SceneSpec, step: float, *, view: bool) -> Built:
    """Build a scene with its robot.

    Args:
        scene: What is in it.
        step: Length of the world's steps, [s].
        view: Whether to show it live in a browser.
    """
    builder = DiagramBuilder()
    config = MultibodyPlantConfig(
        time_step=step,
        contact_model="point",
        discrete_contact_approximation="sap",
        sap_near_rigid_threshold=RIGIDITY,
    )
    plant, graph = AddMultibodyPlant(config, builder)
    graph.AddRenderer(RENDERER, make_engine())
    model = load_model(scene.robot)
    arms = tuple(add_arm(plant, name, model, X_WR) for name, X_WR in arm_bases(scene).items())
    starts = {thing.id: _start(scene, thing) for thing in scene.things}
    bodies = {thing.id: add_thing(plant, thing) for thing in scene.things}
    for thing in scene.things:
        if KINDS[thing.kind].fixed:
            plant.WeldFrames(plant.world_frame(), bodies[thing.id].body_frame(), starts[thing.id])
    _add_table(plant, scene)
    if scene.reach is not None:
        add_intruder(plant, scene.reach)
    plant.Finalize()
    for arm in arms:
        arm.finish()
        _ignore_pairs(plant, graph, arm)
    meshcat = _add_view(builder, graph) if view else None
    return Built(
        diagram=builder.Build(),
        plant=plant,
        graph=graph,
        arms=arms,
        bodies=bodies,
        starts=starts,
        openings={thing.id: thing.opening for thing in scene.things if thing.kind == "drawer"},
        meshcat=meshcat,
    )


def arm_bases(scene: SceneSpec) -> dict[str, RigidTransform]:
    """Say where the arms stand: one at the world's origin, two at either side of it."""
    if len(scene.arms) == 1:
        return {scene.arms[0]: RigidTransform()}
    return {name: RigidTransform([0.0, y, 0.0]) for name, y in zip(scene.arms, SIDES, strict=True)}


def _add_table(plant: MultibodyPlant, scene: SceneSpec) -> None:
    """Add the table to the world, and a floor that catches what falls."""
    low, high = np.array(scene.table.lower), np.array(scene.table.upper)
    (x, y), (across, along) = (low + high) / 2.0, high - low
    color = np.array([*scene.table.color, 1.0])
    world = plant.world_body()
    # Deeper than it looks: a thing pressed into it is always pushed out upward.
    solid = Box(across, along, 0.5)
    plant.RegisterCollisionGeometry(world, RigidTransform([x, y, -0.25]), solid, "table", material())
    top = Box(across, along, THICKNESS)
    plant.RegisterVisualGeometry(world, RigidTransform([x, y, -THICKNESS / 2.0]), top, "table", color)
    if scene.table.cloth is not None:
        _add_cloth(plant, scene.table.cloth)
    for number, (sx, sy) in enumerate([(-1, -1), (-1, 1), (1, -1), (1, 1)]):
        place_leg = RigidTransform(
            [x + sx * (across / 2 - 0.05), y + sy * (along / 2 - 0.05), (FLOOR - THICKNESS) / 2.0]
        )
        leg = Box(0.06, 0.06, -FLOOR - THICKNESS)
        plant.RegisterVisualGeometry(world, place_leg, leg, f"leg_{number}", np.array([*WOOD, 1.0]))
    inertia = SpatialInertia.SolidBoxWithMass(1.0, 1.0, 1.0, 1.0)
    floor = plant.AddRigidBody("floor", plant.AddModelInstance("floor"), inertia)
    plant.WeldFrames(plant.world_frame(), floor.body_frame(), RigidTransform([0.0, 0.0, FLOOR - 0.25]))
    ground = Box(6.0, 6.0, 0.5)
    plant.RegisterCollisionGeometry(floor, RigidTransform(), ground, "floor", material())
    plant.RegisterVisualGeometry(floor, RigidTransform(), ground, "floor", np.array([*GROUND, 1.0]))


def _add_cloth(plant: MultibodyPlant, cloth: ClothSpec) -> None:
    """Lay a sheet on the table; it gives way, so things stand on the table through it."""
    sheet = Box(cloth.length, cloth.width, CLOTH)
    X_WS = place(cloth.x, cloth.y, CLOTH / 2.0, cloth.yaw)
    plant.RegisterVisualGeometry(plant.world_body(), X_WS, sheet, "cloth", np.array([*cloth.rgb, 1.0]))


def _start(scene: SceneSpec, thing: ThingSpec) -> RigidTransform:
    """Give the pose X_WB at which a thing is put."""
    height = start_height(scene, thing)
    return (lay if thing.lying else place)(thing.x, thing.y, height, thing.yaw)


def _ignore_pairs(plant: MultibodyPlant, graph: SceneGraph, arm: ArmBody) -> None:
    """Filter the pairs of links whose touching means nothing."""
    filters = graph.collision_filter_manager()
    for a, b in arm.model.ignore:
        sets = [
            GeometrySet(plant.GetCollisionGeometriesForBody(plant.GetBodyByName(link, arm.instance)))
            for link in (a, b)
        ]
        filters.Apply(CollisionFilterDeclaration().ExcludeBetween(*sets))


def _add_view(builder: DiagramBuilder, graph: SceneGraph) -> Meshcat:
    """Show the world on this machine's own address."""
    meshcat = Meshcat(MeshcatParams(host="localhost"))
    meshcat.SetCameraPose([1.4, -0.9, 0.9], [0.45, 0.0, 0.1])
    MeshcatVisualizer.AddToBuilder(builder, graph, meshcat)
    return meshcat
