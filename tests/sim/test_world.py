"""The world: things stay, stacks stand, grasps hold, and the same comes out twice."""

import numpy as np
import pytest
from handsel.core.arrays import Float64
from handsel.core.errors import InputError, RobotError
from handsel.core.trajectory import JointTrajectory
from handsel.robots.models import load_model
from handsel.robots.robot import MotionState, Robot
from handsel.sim.catalogue import KIND_NAMES, extents
from handsel.sim.local import LocalRobot
from handsel.sim.scenes import SceneSpec, ThingSpec, named_scene
from handsel.sim.world import World
from pydrake.math import RigidTransform, RotationMatrix
from pydrake.multibody.inverse_kinematics import InverseKinematics
from pydrake.multibody.parsing import Parser
from pydrake.multibody.plant import MultibodyPlant
from pydrake.solvers import Solve


class Kinematics:
    """Tool poses of the panda to joint positions."""

    def __init__(self) -> None:
        self.model = load_model("panda")
        self.plant = MultibodyPlant(0.0)
        Parser(self.plant).AddModels(str(self.model.urdf))
        self.plant.WeldFrames(self.plant.world_frame(), self.plant.GetFrameByName(self.model.base_link))
        self.plant.Finalize()

    def solve(self, p_WG: list[float], yaw: float = 0.0) -> Float64:
        """Reach a point with the hand pointing down, closing direction turned by yaw from y."""
        X_WG = RigidTransform(
            RotationMatrix.MakeZRotation(yaw) @ RotationMatrix(np.diag([1.0, -1.0, -1.0])), p_WG
        )
        ik = InverseKinematics(self.plant)
        frame = self.plant.GetFrameByName(self.model.tool_link)
        world = self.plant.world_frame()
        p_LG = self.model.X_LG.translation()
        low, high = X_WG.translation() - 1e-4, X_WG.translation() + 1e-4
        ik.AddPositionConstraint(frame, p_LG, world, low, high)
        ik.AddOrientationConstraint(world, X_WG.rotation(), frame, self.model.X_LG.rotation(), 1e-3)
        guess = np.concatenate([self.model.q_look, [0.04, 0.04]])
        ik.prog().AddQuadraticErrorCost(np.eye(9), guess, ik.q())
        result = Solve(ik.prog(), guess)
        assert result.is_success(), f"no way to {p_WG}"
        return result.GetSolution(ik.q())[:7]


def straight(robot: Robot, q: Float64, duration: float) -> JointTrajectory:
    """From where the arm is, in one smooth stroke."""
    now = robot.observe().arms["arm"].q
    names = robot.info.arms[0].joint_names
    return JointTrajectory(
        arm="arm",
        joint_names=names,
        times=np.array([0.0, duration]),
        q=np.stack([now, q]),
        v=np.zeros((2, len(q))),
    )


def finish(robot: Robot, number: int, step: float = 0.05, most: float = 10.0) -> MotionState:
    """Let time pass until a motion has ended."""
    passed = 0.0
    while passed < most:
        robot.advance(step)
        passed += step
        state = robot.observe().motions.get(number)
        if state is not MotionState.RUNNING:
            assert state is not None
            return state
    raise AssertionError(f"motion {number} still runs after {most} s")


def go(robot: Robot, q: Float64, duration: float = 1.2) -> None:
    """Move and check that the arm arrives."""
    assert finish(robot, robot.execute(straight(robot, q, duration)).number) is MotionState.DONE


def grip(robot: Robot, width: float, force: float = 30.0) -> None:
    """Move the fingers until they are done."""
    assert finish(robot, robot.grip("arm", width, force).number) is MotionState.DONE


@pytest.fixture(scope="module")
def kinematics() -> Kinematics:
    return Kinematics()


def spread(kinds: tuple[str, ...]) -> SceneSpec:
    """One thing of each kind, far apart."""
    xs, ys = np.meshgrid([0.15, 0.42, 0.75], [-0.45, -0.15, 0.15, 0.45])
    places = list(zip(xs.ravel(), ys.ravel(), strict=True))
    return SceneSpec(
        name="spread",
        things=tuple(
            ThingSpec(id=kind, kind=kind, color="red", x=float(x), y=float(y), yaw=0.3)
            for kind, (x, y) in zip(kinds, places, strict=False)
        ),
    )


def test_every_kind_stays_where_it_is_put() -> None:
    world = World(spread(tuple(kind for kind in KIND_NAMES if kind not in ("shelf", "drawer"))))
    world.advance(1.0)
    for thing in world.scene.things:
        X_WB = world.truth()[thing.id]
        np.testing.assert_allclose(X_WB.translation()[:2], [thing.x, thing.y], atol=1e-3)
        half = extents(thing.kind, thing.size)[2] / 2.0
        assert X_WB.translation()[2] == pytest.approx(half, abs=1e-3), thing.id
        assert X_WB.rotation().matrix()[2, 2] > 0.999, thing.id


def test_a_tower_of_blocks_stands() -> None:
    things = [ThingSpec(id="b0", kind="block", color="red", x=0.45, y=0.0, size={"side": 0.04}, mass=0.05)]
    for number in range(1, 4):
        things.append(
            ThingSpec(
                id=f"b{number}", kind="block", color="blue", x=0.45, y=0.004 * (-1) ** number,
                size={"side": 0.04}, mass=0.08, on=f"b{number - 1}",
            )
        )  # fmt: skip
    world = World(SceneSpec(name="tower", things=tuple(things)))
    world.advance(3.0)
    for number in range(4):
        p_W = world.truth()[f"b{number}"].translation()
        assert p_W[2] == pytest.approx(0.02 + 0.04 * number, abs=0.002)
        assert np.hypot(p_W[0] - 0.45, p_W[1]) < 0.008


def test_vessels_are_hollow_and_hold() -> None:
    world = World(
        SceneSpec(
            name="hollow",
            things=(
                ThingSpec(id="bowl", kind="bowl", color="blue", x=0.45, y=-0.2),
                ThingSpec(id="block", kind="block", color="red", x=0.45, y=-0.2, on="bowl"),
                ThingSpec(id="mug", kind="mug", color="blue", x=0.45, y=0.0),
                ThingSpec(id="ball", kind="ball", color="red", x=0.45, y=0.0, on="mug"),
                ThingSpec(id="tray", kind="tray", color="blue", x=0.55, y=0.25),
                ThingSpec(id="can", kind="can", color="red", x=0.55, y=0.25, on="tray"),
            ),
        )
    )
    world.advance(0.5)
    for held, floor in (("block", 0.0045), ("ball", 0.0045), ("can", 0.006)):
        spec = world.scene.thing(held)
        bottom = world.truth()[held].translation()[2] - extents(spec.kind, spec.size)[2] / 2.0
        assert bottom == pytest.approx(floor, abs=0.0015), held


def test_scenes_that_do_not_stand_are_refused() -> None:
    a = ThingSpec(id="a", kind="box", color="red", x=0.45, y=0.0)
    b = ThingSpec(id="b", kind="box", color="blue", x=0.46, y=0.01)
    with pytest.raises(InputError, match=r"'[ab]' and '[ab]' overlap"):
        World(SceneSpec(name="overlap", things=(a, b)))
    small = ThingSpec(id="c", kind="block", color="red", x=0.45, y=0.0)
    edge = ThingSpec(id="d", kind="can", color="blue", x=0.49, y=0.0, on="c")
    with pytest.raises(InputError, match=r"'[cd]' does not stay"):
        World(SceneSpec(name="falls", things=(small, edge)))


@pytest.mark.parametrize(("mass", "yaw"), [(0.05, 0.0), (0.30, 0.5)])
def test_a_grasp_lifts_holds_through_a_shake_and_drops_into_the_bowl(
    kinematics: Kinematics, mass: float, yaw: float
) -> None:
    block = ThingSpec(
        id="block", kind="block", color="red", x=0.45, y=-0.12, yaw=yaw, size={"side": 0.04}, mass=mass
    )
    bowl = ThingSpec(id="bowl", kind="bowl", color="blue", x=0.50, y=0.15)
    world = World(SceneSpec(name="grasp", things=(block, bowl)))
    robot = LocalRobot(world)
    go(robot, kinematics.solve([0.45, -0.12, 0.12], yaw))
    go(robot, kinematics.solve([0.45, -0.12, 0.02], yaw))
    grip(robot, 0.0)
    held = robot.observe().arms["arm"]
    assert held.width == pytest.approx(0.04, abs=0.001)
    assert held.grip_force == pytest.approx(30.0, abs=2.0)
    go(robot, kinematics.solve([0.45, -0.12, 0.20], yaw))
    assert world.truth()["block"].translation()[2] == pytest.approx(0.20, abs=0.004)
    for swing in (0.7, -0.7):
        q = robot.observe().arms["arm"].q.copy()
        q[0] += swing
        assert finish(robot, robot.execute(straight(robot, q, 0.55)).number) is MotionState.DONE
    shaken = world.truth()["block"]
    np.testing.assert_allclose(shaken.translation(), [0.45, -0.12, 0.20], atol=0.006)
    assert shaken.rotation().matrix()[2, 2] > np.cos(np.radians(2.0))
    go(robot, kinematics.solve([0.50, 0.15, 0.16], yaw))
    grip(robot, 0.08)
    robot.advance(0.8)
    dropped = world.truth()["block"].translation()
    assert np.hypot(dropped[0] - 0.50, dropped[1] - 0.15) < 0.03 and dropped[2] < 0.04
    touched = {
        frozenset((contact.a, contact.b)) for contact in world.contacts() if contact.moving_force > 0.1
    }
    fingers = {frozenset(("block", f"panda_{side}finger")) for side in ("left", "right")}
    assert fingers <= touched
    assert touched <= fingers | {frozenset(("block", "table")), frozenset(("bowl", "table"))}


def test_an_arm_that_is_blocked_gives_way_and_says_so(kinematics: Kinematics) -> None:
    world = World(named_scene("empty"))
    robot = LocalRobot(world)
    go(robot, kinematics.solve([0.5, 0.0, 0.05]))
    number = robot.execute(
        straight(robot, kinematics.solve([0.5, 0.0, 0.05]) + 0.5 * np.eye(7)[1], 1.5)
    ).number
    assert finish(robot, number) is MotionState.FAILED
    robot.advance(0.3)
    assert np.abs(robot.observe().arms["arm"].v).max() < 0.05
    assert any({"table"} < {c.a, c.b} and c.moving_force > 5.0 for c in world.contacts())


def test_a_drawer_slides_and_stays() -> None:
    world = World(named_scene("furniture"))
    assert world.opening("gray_drawer") == pytest.approx(0.0, abs=1e-3)
    with pytest.raises(InputError):
        world.opening("blue_drawer")


def run_once() -> tuple[np.ndarray, np.ndarray]:
    world = World(named_scene("default"))
    robot = LocalRobot(world)
    q = robot.observe().arms["arm"].q.copy()
    q[:2] += 0.2
    robot.execute(straight(robot, q, 0.5))
    robot.grip("arm", 0.0, 20.0)
    robot.advance(0.8)
    return np.array([moment.positions for moment in world.log()]), world.frame("front").rgb


def test_the_same_comes_out_twice() -> None:
    for first, again in zip(run_once(), run_once(), strict=True):
        np.testing.assert_array_equal(first, again)


def test_time_goes_in_whole_steps_and_nothing_is_lost() -> None:
    world = World(named_scene("empty"))
    for _ in range(30):
        world.advance(0.001)
    assert world.time == pytest.approx(0.03)
    with pytest.raises(RobotError, match="advance"):
        world.advance(float("inf"))
