"""The worlds as Gymnasium environments: its own checker, the limits of what is steered, a thing picked up."""

from collections.abc import Mapping
from typing import Any

import gymnasium
import handsel.sim.gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from handsel.core.errors import InputError, UnknownName
from handsel.robots.fake import FakeRobot
from handsel.robots.following import Limits
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.robots.steering import SHARE, Steering, reach, toward
from handsel.sim.gym import env as door
from handsel.sim.gym.env import TaskEnv
from handsel.sim.judging import GLANCE, find_judge
from pydrake.math import RigidTransform

SIZE = (32, 24)


class FakeJudge:
    """Says that the task is done once the hand is closed to a half."""

    def __init__(self, robot: FakeRobot) -> None:
        self._robot = robot
        self.closed = 0

    def verdict(self, task: Mapping[str, Any]) -> dict[str, Any]:
        assert task["judge"] == GLANCE and task["of"].startswith("handsel.sim.")
        width = self._robot.observe().arms["arm"].width
        return {"success": width is not None and width < 0.035, "reason": f"{width}"}

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> list[FakeJudge]:
    """Worlds that cost nothing; the judges of all that were started."""
    judges: list[FakeJudge] = []

    def start(*_: object, **options: Any) -> tuple[FakeRobot, FakeJudge]:
        assert options["image_size"] == SIZE and options["judge"]
        robot = FakeRobot()
        judges.append(FakeJudge(robot))
        return robot, judges[-1]

    monkeypatch.setattr(door, "start_world", start)
    return judges


def test_every_registered_name_is_a_suite_of_tasks() -> None:
    for name, suite in handsel.sim.gym.SUITES.items():
        spec = gymnasium.spec(name)
        assert spec.max_episode_steps == 600 and spec.kwargs == {"suite": suite}


@pytest.mark.parametrize("control", ["joint", "tool"])
@pytest.mark.filterwarnings("ignore:.*normalized space.*")
def test_gymnasium_finds_nothing_wrong(fake: list[FakeJudge], control: str) -> None:
    env = gymnasium.make("handsel/Basics-v0", control=control, image_size=SIZE, render_mode="rgb_array")
    # The checker draws actions without a seed of its own.
    env.action_space.seed(0)
    check_env(env.unwrapped)
    env.close()
    assert fake and all(judge.closed for judge in fake)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*normalized space.*")
def test_gymnasium_finds_nothing_wrong_with_a_real_world() -> None:
    env = gymnasium.make("handsel/Basics-v0", control="tool", image_size=(64, 48), render_mode="rgb_array")
    check_env(env.unwrapped)
    env.close()


def test_one_name_imports_and_makes() -> None:
    made = gymnasium.make("handsel.sim.gym:handsel/Household-v0", image_size=SIZE)
    assert isinstance(made.unwrapped, TaskEnv) and made.unwrapped.task is None


def test_an_episode_ends_when_the_judge_has_said_so_for_half_a_second(fake: list[FakeJudge]) -> None:
    env = TaskEnv(image_size=SIZE)
    sensed, told = env.reset(seed=4)
    assert env.task is not None and told["instruction"] == env.task.instruction
    assert env.observation_space.contains(sensed)
    still = np.append(sensed["q"], 0.02)
    rewards, ends = [], []
    for _ in range(20):
        _, reward, done, cut, told = env.step(still)
        rewards.append(reward)
        ends.append(done)
        assert not cut
        if done:
            break
    # 0.1 m/s from 8 cm to under 3.5 cm takes five periods; five that are met are half a second.
    assert len(ends) == 9 and rewards == [0.0] * (len(ends) - 1) + [1.0]
    assert told["success"] and told["time"] == pytest.approx(0.1 * len(ends))
    env.close()


def test_the_same_seed_draws_the_same_tasks(fake: list[FakeJudge]) -> None:
    env = TaskEnv(image_size=SIZE)

    def drawn() -> list[tuple[str, int]]:
        told = [env.reset(seed=7 if number == 0 else None)[1] for number in range(3)]
        return [(one["instruction"], one["scene_seed"]) for one in told]

    first = drawn()
    assert first == drawn() and len({seed for _, seed in first}) == 3
    assert env.reset(options={"kind": "stack"})[1]["kind"] == "stack"
    env.close()


def test_what_cannot_be_used_is_refused(fake: list[FakeJudge]) -> None:
    for wrong in (
        {"control": "torque"},
        {"rate": 0.0},
        {"render_mode": "human"},
        {"suite": "perception"},
        {"suite": "disturbed"},
        {"kind": "dance"},
    ):
        with pytest.raises(InputError):
            TaskEnv(**{"image_size": SIZE, **wrong})
    with pytest.raises(UnknownName, match="basics"):
        TaskEnv(suite="basic")
    env = TaskEnv(image_size=SIZE)
    with pytest.raises(InputError, match="reset"):
        env.step(np.zeros(8))
    for options in ({"kind": "dance"}, {"seed": 3}):
        with pytest.raises(InputError, match="kind"):
            env.reset(options=options)
    env.reset(seed=0)
    for action in (np.zeros(7), np.full(8, np.nan)):
        with pytest.raises(InputError, match="8 finite numbers"):
            env.step(action)
    env.close()


def test_a_world_that_cannot_be_built_is_drawn_again(
    fake: list[FakeJudge], monkeypatch: pytest.MonkeyPatch
) -> None:
    start, calls = door.start_world, []

    def first_fails(*things: Any, **options: Any) -> object:
        calls.append(things)
        if len(calls) == 1:
            raise InputError("the red block falls")
        return start(*things, **options)

    monkeypatch.setattr(door, "start_world", first_fails)
    env = TaskEnv(image_size=SIZE)
    env.reset(seed=0)
    assert len(calls) == 2

    def always(*_: object, **__: object) -> object:
        raise InputError("the red block falls")

    monkeypatch.setattr(door, "start_world", always)
    with pytest.raises(InputError, match="none of 10 tasks"):
        env.reset(seed=0)
    env.close()


def test_curves_keep_the_limits_and_arrive() -> None:
    rng = np.random.default_rng(0)
    limits = Limits(
        names=("a", "b"),
        lower=np.full(2, -2.0),
        upper=np.full(2, 2.0),
        speed=np.array([1.0, 2.0]),
        acceleration=np.array([4.0, 6.0]),
    )
    for _ in range(200):
        q0, q1 = rng.uniform(-1.5, 1.5, (2, 2))
        v0 = rng.uniform(-0.7, 0.7, 2)
        curve = toward(limits, "arm", q0, v0, q1, 0.1)
        q, v = curve.at(0.0)
        assert q == pytest.approx(q0) and v == pytest.approx(v0)
        q, v = curve.at(curve.duration)
        assert q == pytest.approx(q1) and v == pytest.approx(np.zeros(2))
        times = np.linspace(0.0, curve.duration, 200)
        speeds = np.array([curve.at(time)[1] for time in times])
        assert (np.abs(speeds) <= limits.speed + 1e-9).all()
        accelerations = np.diff(speeds, axis=0) / np.diff(times)[:, None]
        assert (np.abs(accelerations) <= limits.acceleration * 1.01).all()


def test_the_tool_goes_where_it_is_sent() -> None:
    model = load_model("panda")
    kinematics = Kinematics(model, RigidTransform())
    X_WG = kinematics.tool_pose(model.q_home)
    shift = np.array([0.02, -0.01, 0.03, 0.0, 0.0, 0.1])
    X_WT = kinematics.tool_pose(reach(kinematics, model, model.q_home, shift))
    assert X_WT.translation() - X_WG.translation() == pytest.approx(shift[:3], abs=2e-4)
    turned = (X_WT.rotation() @ X_WG.rotation().inverse()).ToAngleAxis()
    assert turned.angle() == pytest.approx(0.1, abs=2e-3)
    assert turned.axis() * turned.angle() == pytest.approx(shift[3:], abs=2e-3)


def test_targets_that_come_one_after_another_are_followed_without_a_stop() -> None:
    robot, model = FakeRobot(), load_model("panda")
    steering = Steering(robot, robot.info.arms[0], model, 0.1)
    goal = np.array([0.6, -0.2, 0.3, -1.8, 0.2, 1.9, 0.4])
    speeds = []
    for share in np.linspace(0.1, 1.0, 20):
        sensed = robot.observe()
        state = sensed.arms["arm"]
        speeds.append(np.abs(state.v).max())
        assert (np.abs(state.v) <= SHARE * model.velocity + 1e-6).all()
        start = np.array([0.0, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785])
        steering.joints(start + share * (goal - start), state, sensed.time, sensed.motions)
        robot.advance(0.1)
    assert min(speeds[3:]) > 0.1
    robot.advance(3.0)
    assert robot.observe().arms["arm"].q == pytest.approx(goal, abs=1e-6)


@pytest.mark.parametrize("where", [None, 3, "nothing", "handsel.sim.judging:nobody", "no.such:judge"])
def test_a_judge_that_does_not_exist_is_refused(where: object) -> None:
    with pytest.raises(InputError, match="judge"):
        find_judge(where)


@pytest.mark.slow
def test_a_thing_that_is_picked_up_is_rewarded() -> None:
    env = TaskEnv(kind="pick", control="tool", image_size=(64, 48))
    env.reset(seed=0)
    while env.task is None or not env.task.target.endswith(("can", "ball", "block")):
        env.reset()
    assert env._judge is not None
    target, steering = env.task.target, env._steering[0]
    p_WO = env._judge.truth().poses[target].translation()
    above, at = p_WO + np.array([0.0, 0.0, 0.15]), p_WO + np.array([0.0, 0.0, 0.01])
    rewards, told = [], {}
    for p_WT, width, steps in ((above, 0.08, 40), (at, 0.08, 25), (at, 0.0, 10), (above, 0.0, 30)):
        for _ in range(steps):
            q = steering.model.q_home if steering.goal is None else steering.goal
            base = steering.kinematics.tool_pose(q).translation()
            shift = np.clip(p_WT - base, -0.03, 0.03)
            _, reward, done, _, told = env.step(np.concatenate([shift, np.zeros(3), [width]]))
            rewards.append(reward)
            if done:
                break
    assert rewards[-1] == 1.0 and sum(map(float, rewards)) == 1.0, told
    env.close()
