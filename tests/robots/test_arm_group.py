"""Several arms as one: the same numbers as each arm alone, and distances between them by brute force."""

import numpy as np
import pytest
from handsel.core.errors import InputError, UnknownName
from handsel.robots.arm_group import ArmGroup
from handsel.robots.collision import CollisionWorld, Obstacle
from handsel.robots.group_collision import GroupWorld
from handsel.robots.held import HeldShape
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.robots.shapes import Box
from handsel.robots.spheres import sphere_cover
from pydrake.math import RigidTransform, RollPitchYaw

WIDTHS = {"left": 0.05, "right": 0.08}
POST = Obstacle(
    name="post", shapes=(Box(X_WS=RigidTransform([0.5, 0.2, 0.1]), half=np.array([0.03, 0.03, 0.1])),)
)


@pytest.fixture(scope="module")
def group() -> ArmGroup:
    model = load_model("panda")
    places = {
        "left": RigidTransform(RollPitchYaw(0.0, 0.0, -0.2), [0.0, 0.3, 0.0]),
        "right": RigidTransform([0.0, -0.3, 0.0]),
    }
    return ArmGroup({name: Kinematics(model, X_WR) for name, X_WR in places.items()})


def configurations(group: ArmGroup, count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.clip(group.q_home + rng.normal(scale=0.6, size=(count, group.n)), group.lower, group.upper)


def balls(group: ArmGroup, arm: str, q: np.ndarray) -> np.ndarray:
    """The arm's cover in the world, from its own kinematics."""
    kinematics = group.arms[arm]
    cover = sphere_cover(kinematics.model)
    R, p = kinematics.link_poses(q[None], WIDTHS[arm])
    links = np.array([kinematics.link_index(name) for name in cover.links])[cover.link]
    centers = np.einsum("sij,sj->si", R[0][links], cover.centers) + p[0][links]
    return np.column_stack([centers, cover.radii])


def test_a_group_without_arms_is_refused() -> None:
    with pytest.raises(InputError, match="one arm or more"):
        ArmGroup({})


def test_tools_and_jacobians_are_those_of_the_arms(group: ArmGroup) -> None:
    for q in configurations(group, 5):
        R, p = group.tool_poses(q[None])
        J = group.jacobians(q)
        for number, (name, share) in enumerate(group.split(q).items()):
            X_WG = group.arms[name].tool_pose(share)
            assert np.allclose(R[0, number], X_WG.rotation().matrix(), atol=1e-12)
            assert np.allclose(p[0, number], X_WG.translation(), atol=1e-12)
            assert np.allclose(J[number][:, group.joints[name]], group.arms[name].jacobian(share))
            assert np.count_nonzero(J[number]) <= 6 * len(share)
        assert np.array_equal(group.join(group.split(q)), q)


def test_the_arms_keep_from_each_other_as_brute_force_says(group: ArmGroup) -> None:
    world = GroupWorld(group, widths=WIDTHS)
    met = 0
    for q in configurations(group, 60, seed=1):
        share = group.split(q)
        a, b = balls(group, "left", share["left"]), balls(group, "right", share["right"])
        gap = np.linalg.norm(a[:, None, :3] - b[None, :, :3], axis=2) - a[:, None, 3] - b[None, :, 3]
        # Bases may stand as near as they like: neither moves.
        expected = min(float(gap.min()), 0.3)
        d, _ = world.distances(q, band=0.3)
        between = [
            number
            for number, pair in enumerate(world.rows())
            if pair.body[:4] != pair.other[:4] and "/" in pair.other
        ]
        assert np.isclose(min(0.3, float(d[between].min())), expected, atol=1e-9)
        met += expected < 0.05
    assert met > 3, "the test has to see arms near each other"


def test_alone_an_arm_measures_the_same_as_in_a_group(group: ArmGroup) -> None:
    both = GroupWorld(group, [POST], widths=WIDTHS)
    alone = {name: CollisionWorld(kin, [POST], width=WIDTHS[name]) for name, kin in group.arms.items()}
    Q = configurations(group, 40, seed=2)
    apart = [(f"left/{a}", f"right/{b}") for a in ("arm", "hand", "held") for b in ("arm", "hand", "held")]
    single = np.min([alone[name].clearance(Q[:, group.joints[name]]) for name in group.arms], axis=0)
    assert np.allclose(both.clearance(Q, apart), single, atol=1e-12)
    assert (both.clearance(Q) <= single + 1e-12).all()


def test_slopes_are_those_of_differences(group: ArmGroup) -> None:
    held = {"left": HeldShape.of("bar", [Box(X_WS=RigidTransform(), half=np.array([0.1, 0.01, 0.01]))])}
    world = GroupWorld(group, [POST], widths=WIDTHS, held=held)
    for q in configurations(group, 6, seed=3):
        d, J = world.distances(q, band=0.5)
        step = 1e-6
        near = np.array([world.distances(q + step * axis, band=0.5)[0] for axis in np.eye(group.n)])
        far = np.array([world.distances(q - step * axis, band=0.5)[0] for axis in np.eye(group.n)])
        difference = (near - far).T / (2 * step)
        # Where two pairs are equally near, the slope is that of one of them.
        kink = np.abs(near + far - 2 * d).max(axis=0) > 1e-9
        assert np.allclose(J[~kink], difference[~kink], atol=1e-5)
        assert (~kink).sum() > 5


def test_what_may_touch_is_left_out_both_ways(group: ArmGroup) -> None:
    held = {"left": HeldShape.of("bar", [Box(X_WS=RigidTransform(), half=np.array([0.3, 0.01, 0.01]))])}
    world = GroupWorld(group, widths=WIDTHS, held=held)
    names = {frozenset(pair) for pair in world.rows()}
    assert frozenset(("left/held", "right/hand")) in names
    fewer = {frozenset(pair) for pair in world.rows([("right/hand", "left/held")])}
    assert names - fewer == {frozenset(("left/held", "right/hand"))}
    with pytest.raises(UnknownName):
        world.rows([("hand", "left/held")])
