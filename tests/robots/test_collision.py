"""The collision world against exact shapes, finite differences and Drake's own hulls."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from handsel.core.errors import UnknownName
from handsel.robots.collision import CollisionWorld, Obstacle, Pair
from handsel.robots.held import HeldShape
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.robots.shapes import Box, Cylinder, Shape, Sphere, Vessel, distance
from handsel.robots.solids import pack, solids_distance
from handsel.robots.spheres import sphere_cover
from pydrake.geometry import Box as DrakeBox
from pydrake.geometry import CollisionFilterDeclaration, GeometrySet, Role
from pydrake.geometry import Cylinder as DrakeCylinder
from pydrake.geometry import Sphere as DrakeSphere
from pydrake.math import RigidTransform, RollPitchYaw
from pydrake.multibody.parsing import Parser
from pydrake.multibody.plant import AddMultibodyPlantSceneGraph, CoulombFriction
from pydrake.systems.framework import DiagramBuilder


def at(x: float, y: float, z: float, yaw: float = 0.0, roll: float = 0.0) -> RigidTransform:
    return RigidTransform(RollPitchYaw(roll, 0.0, yaw), [x, y, z])


SHAPES: dict[str, Shape] = {
    "red_block": Box(X_WS=at(0.5, 0.0, 0.03, 0.4), half=np.array([0.02, 0.03, 0.03])),
    "can": Cylinder(X_WS=at(0.42, -0.2, 0.06, 0.2, 0.3), radius=0.033, half_length=0.06),
    "ball": Sphere(X_WS=at(0.6, -0.1, 0.04), radius=0.04),
    "blue_bowl": Vessel(
        X_WS=at(0.52, 0.22, 0.0, 0.5), bottom_radius=0.05, top_radius=0.09, height=0.07, wall=0.006
    ),
}
HELD = HeldShape.of("green_block", [Box(X_WS=at(0.0, 0.0, 0.005), half=np.array([0.02, 0.02, 0.03]))])


@pytest.fixture(scope="module")
def kinematics() -> Kinematics:
    return Kinematics(load_model("panda"))


def obstacles(**margins: float) -> list[Obstacle]:
    return [
        Obstacle(name=name, shapes=(shape,), margin=margins.get(name, 0.0)) for name, shape in SHAPES.items()
    ]


def low_poses(kinematics: Kinematics, count: int, seed: int = 3) -> np.ndarray:
    """Configurations with the hand among the things."""
    rng = np.random.default_rng(seed)
    reach = kinematics.model.q_look + np.array([0.0, 0.45, 0.0, -0.25, 0.0, 0.3, 0.0])
    return reach + rng.normal(size=(count, 7)) * [0.4, 0.15, 0.2, 0.2, 0.3, 0.3, 0.5]


def balls_in_world(kinematics: Kinematics, q: np.ndarray, width: float) -> dict[str, np.ndarray]:
    """Centres and radii by link, computed the plain way."""
    cover = sphere_cover(kinematics.model)
    R, p = kinematics.link_poses(q[None], width)
    found = {}
    for i, name in enumerate(cover.links):
        link = kinematics.link_index(name)
        mine = cover.link == i
        centers = cover.centers[mine] @ R[0, link].T + p[0, link]
        found[name] = np.column_stack([centers, cover.radii[mine]])
    return found


def test_compiled_distance_is_that_of_the_shapes() -> None:
    rng = np.random.default_rng(0)
    shapes = list(SHAPES.values())
    points = np.concatenate(
        [shape.X_WS.translation() + rng.normal(size=(300, 3)) * 0.06 for shape in shapes]
        + [shape.X_WS.translation()[None] for shape in shapes]
    )
    d, g = solids_distance(pack(shapes), points)
    for k, shape in enumerate(shapes):
        assert np.allclose(d[:, k], distance(shape, points), atol=1e-12)
        for i in range(3):
            step = np.eye(3)[i] * 1e-6
            slope = (distance(shape, points + step) - distance(shape, points - step)) / 2e-6
            # At a kink between two faces the difference quotient averages: few points lie on one.
            assert (np.abs(slope - g[:, k, i]) < 1e-4).mean() > 0.99


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_distance_is_continuous(shape: Shape) -> None:
    rng = np.random.default_rng(1)
    ends = shape.X_WS.translation() + rng.normal(size=(40, 2, 3)) * 0.08
    share = np.linspace(0.0, 1.0, 400)[:, None]
    for start, end in ends:
        d, _ = solids_distance(pack([shape]), start + share * (end - start))
        assert np.abs(np.diff(d[:, 0])).max() <= np.linalg.norm(end - start) / 399 + 1e-12


def test_clearance_is_the_least_of_all_pairs(kinematics: Kinematics) -> None:
    world = CollisionWorld(kinematics, obstacles(), table_height=0.01, width=0.05)
    Q = low_poses(kinematics, 40)
    given = world.clearance(Q, {("arm", "arm"), ("arm", "hand")}, cap=2.0)
    for q, clearance in zip(Q, given, strict=True):
        least = np.inf
        for link, balls in balls_in_world(kinematics, q, 0.05).items():
            if link == kinematics.model.base_link:
                continue
            if link != "panda_link1":  # it only turns about the vertical
                least = min(least, float((balls[:, 2] - balls[:, 3]).min()) - 0.01)
            for shape in SHAPES.values():
                least = min(least, float((distance(shape, balls[:, :3]) - balls[:, 3]).min()))
        assert clearance == pytest.approx(least, abs=1e-12)


def test_self_clearance_is_the_least_of_all_balls(kinematics: Kinematics) -> None:
    model = kinematics.model
    world = CollisionWorld(kinematics, table_height=None, width=0.05)
    links = sphere_cover(model).links
    neighbours = {frozenset(pair) for pair in [*pairwise(links), (links[-3], links[-1]), *model.ignore]}
    pairs = [pair for pair in combinations(links, 2) if frozenset(pair) not in neighbours]
    Q = np.random.default_rng(12).uniform(model.lower, model.upper, (60, 7))
    for q, clearance in zip(Q, world.clearance(Q, cap=2.0), strict=True):
        balls = balls_in_world(kinematics, q, 0.05)
        least = np.inf
        for a, b in pairs:
            gap = np.linalg.norm(balls[a][:, None, :3] - balls[b][:, :3], axis=2)
            least = min(least, float((gap - balls[a][:, None, 3] - balls[b][:, 3]).min()))
        assert clearance == pytest.approx(least, abs=1e-12)
        assert world.nearest(q, band=2.0)[0] == pytest.approx(least, abs=1e-12)


def test_rows_agree_with_clearance(kinematics: Kinematics) -> None:
    world = CollisionWorld(kinematics, obstacles(), width=0.04, held=HELD)
    ignore = {("hand", "red_block"), ("held", "table"), ("held", "blue_bowl")}
    Q = low_poses(kinematics, 30)
    clearance = world.clearance(Q, ignore, cap=0.1)
    for q, least in zip(Q, clearance, strict=True):
        d, J = world.distances(q, ignore, band=0.1)
        assert d.shape == (len(world.rows(ignore)),) and J.shape == (len(d), 7)
        assert d.min() == pytest.approx(least, abs=1e-12)
    names = world.rows(ignore)
    assert Pair("hand", "red_block") not in names and Pair("held", "table") not in names
    assert Pair("arm", "red_block") in names and Pair("held", "can") in names


@pytest.mark.parametrize("held", [None, HELD], ids=["empty", "holding"])
def test_jacobian_is_the_derivative(kinematics: Kinematics, held: HeldShape | None) -> None:
    world = CollisionWorld(kinematics, obstacles(), width=0.04, held=held)
    checked = 0
    for q in low_poses(kinematics, 25, seed=5):
        d, J = world.distances(q, band=0.3)
        slopes, kinked = np.zeros_like(J), np.zeros(len(d), bool)
        for j in range(7):
            step = np.eye(7)[j] * 1e-6
            ahead, _ = world.distances(q + step, band=0.3)
            behind, _ = world.distances(q - step, band=0.3)
            slopes[:, j] = (ahead - behind) / 2e-6
            # Where another pair becomes the nearest within the step, left and right slopes differ.
            kinked |= np.abs(ahead + behind - 2.0 * d) > 1e-8
        assert np.allclose(J[~kinked], slopes[~kinked], atol=1e-5)
        checked += int((~kinked & (np.abs(J).max(axis=1) > 0.0)).sum())
    assert checked > 200


def test_distances_change_no_faster_than_the_arm_moves(kinematics: Kinematics) -> None:
    """Continuity: along a fine path no row jumps."""
    world = CollisionWorld(kinematics, obstacles(), held=HELD)
    ends = low_poses(kinematics, 2, seed=8)
    path = ends[0] + np.linspace(0.0, 1.0, 2000)[:, None] * (ends[1] - ends[0])
    rows = np.array([world.distances(q)[0] for q in path])
    longest = np.abs(ends[1] - ends[0]).sum() / 1999 * 1.3
    assert np.abs(np.diff(rows, axis=0)).max() < longest
    assert np.abs(np.diff(world.clearance(path))).max() < longest


def test_never_more_than_drake_s_own_distance(kinematics: Kinematics) -> None:
    """Against the collision hulls of the same arm in Drake, for solids that Drake has too."""
    model = kinematics.model
    builder = DiagramBuilder()
    plant, scene = AddMultibodyPlantSceneGraph(builder, 0.0)
    (arm,) = Parser(plant).AddModels(model.urdf)
    plant.WeldFrames(plant.world_frame(), plant.GetFrameByName(model.base_link))
    friction = CoulombFriction(1.0, 1.0)
    drake = {
        "red_block": DrakeBox(0.04, 0.06, 0.06),
        "can": DrakeCylinder(0.033, 0.12),
        "ball": DrakeSphere(0.04),
    }
    for name, shape in drake.items():
        plant.RegisterCollisionGeometry(plant.world_body(), SHAPES[name].X_WS, shape, name, friction)
    plant.Finalize()
    diagram = builder.Build()
    context = diagram.CreateDefaultContext()
    inspector = scene.model_inspector()
    things = {
        inspector.GetName(g).split("::")[-1]: g
        for g in plant.GetCollisionGeometriesForBody(plant.world_body())
    }
    links = [
        geometry
        for index in plant.GetBodyIndices(arm)
        if plant.get_body(index).name() != model.base_link
        for geometry in inspector.GetGeometries(plant.GetBodyFrameIdOrThrow(index), Role.kProximity)
    ]
    world = CollisionWorld(
        kinematics, [o for o in obstacles() if o.name in drake], table_height=None, width=0.06
    )
    own = {("arm", "arm"), ("arm", "hand")}
    close = 0
    for q in low_poses(kinematics, 60, seed=11):
        plant.SetPositions(plant.GetMyContextFromRoot(context), arm, np.concatenate([q, [0.03, 0.03]]))
        query = scene.get_query_output_port().Eval(scene.GetMyContextFromRoot(context))
        truth = min(
            query.ComputeSignedDistancePairClosestPoints(thing, link).distance
            for thing in things.values()
            for link in links
        )
        given = float(world.clearance(q[None], own)[0])
        if truth > 0.0:
            assert given <= truth + 1e-6
            close += truth - given < 0.03
        else:
            assert given < 0.0
    assert close > 20


def test_self_collision_agrees_with_drake_but_for_the_cover(kinematics: Kinematics) -> None:
    """Whatever Drake's hulls call a self-collision is one here; few more are."""
    model = kinematics.model
    builder = DiagramBuilder()
    plant, scene = AddMultibodyPlantSceneGraph(builder, 0.0)
    Parser(plant).AddModels(model.urdf)
    plant.WeldFrames(plant.world_frame(), plant.GetFrameByName(model.base_link))
    plant.Finalize()
    for pair in model.ignore:
        geometries = GeometrySet()
        for name in pair:
            geometries.Add(plant.GetBodyFrameIdOrThrow(plant.GetBodyByName(name).index()))
        scene.collision_filter_manager().Apply(CollisionFilterDeclaration().ExcludeWithin(geometries))
    diagram = builder.Build()
    context = diagram.CreateDefaultContext()
    world = CollisionWorld(kinematics, table_height=None, width=0.08)
    Q = np.random.default_rng(6).uniform(model.lower, model.upper, (300, 7))
    given = world.clearance(Q) <= 0.0
    truth = []
    for q in Q:
        plant.SetPositions(plant.GetMyContextFromRoot(context), np.concatenate([q, [0.04, 0.04]]))
        query = scene.get_query_output_port().Eval(scene.GetMyContextFromRoot(context))
        truth.append(query.HasCollisions())
    assert given[np.array(truth)].all()
    assert given.mean() < np.mean(truth) + 0.12


def test_a_held_thing_is_no_obstacle_to_itself(kinematics: Kinematics) -> None:
    q = kinematics.model.q_look
    X_WG = kinematics.tool_pose(q)
    own = Obstacle(name="green_block", shapes=(Box(X_WS=X_WG, half=np.full(3, 0.06)),))
    assert CollisionWorld(kinematics, [own]).clearance(q[None])[0] < 0.0
    assert CollisionWorld(kinematics, [own], held=HELD).clearance(q[None])[0] > 0.02


def test_a_held_thing_meets_what_the_hand_does_not(kinematics: Kinematics) -> None:
    q = kinematics.model.q_look
    p_WG = kinematics.tool_pose(q).translation()
    below = Obstacle(name="post", shapes=(Box(X_WS=at(*(p_WG - [0, 0, 0.06])), half=np.full(3, 0.025)),))
    assert CollisionWorld(kinematics, [below]).clearance(q[None])[0] > 0.005
    world = CollisionWorld(kinematics, [below], held=HELD)
    assert world.clearance(q[None])[0] <= 0.0
    assert world.clearance(q[None], {("held", "post")})[0] > 0.005
    assert world.clearance(q[None], {("green_block", "post")})[0] > 0.005
    d, pair = world.nearest(q)
    assert d <= 0.0 and pair == Pair("held", "post")


def test_margin_and_cap(kinematics: Kinematics) -> None:
    q = low_poses(kinematics, 1)[0]
    for name in SHAPES:
        row = Pair("hand", name)
        plain, kept = (CollisionWorld(kinematics, obstacles(**margins)) for margins in ({}, {name: 0.05}))
        i = plain.rows().index(row)
        assert kept.distances(q, band=1.0)[0][i] == pytest.approx(plain.distances(q, band=1.0)[0][i] - 0.05)
    look = kinematics.model.q_look
    assert CollisionWorld(kinematics, table_height=None).clearance(look[None], cap=0.01)[0] == 0.01


def test_names_that_do_not_exist(kinematics: Kinematics) -> None:
    world = CollisionWorld(kinematics, obstacles())
    with pytest.raises(UnknownName, match="did you mean 'hand'"):
        world.clearance(kinematics.model.q_home[None], {("hnad", "red_block")})
    # A thing that is not there is an exception for nothing, and so is the held thing of an empty hand.
    pairs = {("hand", "elephant"), ("held", "table")}
    assert np.array_equal(
        world.clearance(kinematics.model.q_home[None], pairs), world.clearance(kinematics.model.q_home[None])
    )


def test_the_base_may_stand_on_the_table(kinematics: Kinematics) -> None:
    world = CollisionWorld(kinematics, table_height=0.0)
    assert world.clearance(kinematics.model.q_home[None])[0] > 0.03
    near = Obstacle(name="thing", shapes=(Sphere(X_WS=at(0.0, 0.0, 0.0), radius=0.01),))
    assert CollisionWorld(kinematics, [near]).clearance(kinematics.model.q_home[None])[0] > 0.0


@pytest.mark.parametrize("name", SHAPES)
def test_held_balls_cover_the_surface(name: str) -> None:
    shape = SHAPES[name]
    held = HeldShape.of(name, [shape])
    assert len(held.spheres) <= 300
    rng = np.random.default_rng(9)
    points = shape.X_WS.translation() + rng.uniform(-0.13, 0.13, (400_000, 3))
    points = points[np.abs(distance(shape, points)) < 5e-4]
    assert len(points) > 200
    gap = (np.linalg.norm(points[:, None] - held.spheres[:, :3], axis=2) - held.spheres[:, 3]).min(axis=1)
    assert gap.max() < 6e-4
    rim = distance(shape, held.spheres[:, :3]) + held.spheres[:, 3]
    assert rim.max() < 0.012


def test_so101_is_free_at_its_poses() -> None:
    kinematics = Kinematics(load_model("so101"))
    world = CollisionWorld(kinematics, table_height=0.0)
    for q in (kinematics.model.q_home, kinematics.model.q_look):
        d, pair = world.nearest(q)
        assert d > 0.0, pair
