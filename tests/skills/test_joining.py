"""Joining a plan onto a motion: braking stays on the curve, sums are exact, what is not free is refused."""

import numpy as np
import pytest
from handsel.core.trajectory import JointTrajectory
from handsel.planners.problem import Problem, build
from handsel.planners.program import Stage
from handsel.planners.settings import Settings
from handsel.robots.fake import PANDA
from handsel.robots.following import Follower, Limits, MotionLedger
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.skills.foresight import begin
from handsel.skills.joining import BRAKING, braking_along, joined, overlapped

from ..agent.players import q_look
from ..agent.scenes import make_scene, make_thing

PANDA_MODEL = load_model("panda")
ACCELERATION = np.asarray(PANDA_MODEL.acceleration)


def line(start: np.ndarray, change: np.ndarray, duration: float) -> JointTrajectory:
    q = np.stack([start, start + change])
    return JointTrajectory(
        arm="arm", joint_names=PANDA, times=np.array([0.0, duration]), q=q, v=np.zeros((2, 7))
    )


def running() -> JointTrajectory:
    return line(np.array(q_look()), np.array([0.6, 0.2, 0.0, -0.2, 0.1, 0.0, 0.3]), 1.5)


@pytest.mark.parametrize("since", [0.05, 0.3, 0.75, 1.0])
def test_braking_goes_the_curves_own_way_to_rest(since: float) -> None:
    curve = running()
    brake = braking_along(curve, since, ACCELERATION)
    q, v = curve.at(since)
    np.testing.assert_allclose(brake.q[0], q, atol=1e-12)
    np.testing.assert_allclose(brake.v[0], v, atol=1e-12)
    assert (brake.v[-1] == 0.0).all()
    # The curve is a straight line in joint space: so is the braking, never backwards, never past its end.
    share = (brake.sampled(0.002)[1] - curve.q[0]) / np.where(
        curve.q[1] == curve.q[0], np.inf, curve.q[1] - curve.q[0]
    )
    along = share[:, [0, 1, 3, 4, 6]]
    assert np.ptp(along, axis=1).max() < 1e-9
    assert (np.diff(along[:, 0]) > -1e-9).all() and along[-1, 0] < 1.0


@pytest.mark.parametrize("since", [0.05, 0.3, 0.75, 1.0])
def test_braking_adds_no_more_than_its_share_of_the_acceleration(since: float) -> None:
    curve = running()
    brake = braking_along(curve, since, ACCELERATION)
    t = np.linspace(0.0, brake.duration, 400)[1:-1]
    own = np.abs(np.gradient(curve.at(np.linspace(0.0, 1.5, 2000))[1], 1.5 / 1999, axis=0)).max(axis=0)
    felt = np.abs(np.gradient(brake.at(t)[1], t, axis=0)).max(axis=0)
    assert (felt <= own + BRAKING * ACCELERATION * 1.02 + 1e-9).all()


def test_what_is_left_of_a_curve_is_its_own_braking() -> None:
    curve = running()
    brake = braking_along(curve, 1.492, ACCELERATION)
    assert brake.duration == pytest.approx(0.008)
    np.testing.assert_allclose(brake.q[-1], curve.q[-1])


@pytest.mark.parametrize("share", [0.0, 0.37, 1.0])
def test_overlapped_curves_add_up_exactly(share: float) -> None:
    brake = braking_along(running(), 0.6, ACCELERATION)
    motion = line(brake.q[-1], np.array([0.0, 0.3, 0.1, 0.0, 0.0, 0.2, 0.0]), 1.1)
    delay = share * brake.duration
    whole = overlapped(brake, motion, delay)
    t = np.linspace(0.0, whole.duration, 777)
    wanted = brake.at(t)[0] - brake.q[-1] + motion.at(t - delay)[0]
    np.testing.assert_allclose(whole.at(t)[0], wanted, atol=1e-8)
    np.testing.assert_allclose(whole.q[-1], motion.q[-1], atol=1e-12)
    np.testing.assert_allclose(whole.v[0], brake.v[0], atol=1e-12)


def problem(*, blocked: bool, q: np.ndarray) -> Problem:
    """An arm alone, or with a block right under its tool."""
    kinematics = Kinematics(PANDA_MODEL)
    p = kinematics.tool_pose(q).translation()
    things = (
        (make_thing("red_block", float(p[0]), float(p[1]), bottom=float(p[2]) - 0.02),) if blocked else ()
    )
    situation = begin(make_scene(*things), "arm", q, 0.08, None, kinematics)
    return build(Stage(name="go", purpose="go"), situation, kinematics, Settings())


def test_a_robot_takes_what_was_joined_and_the_arm_does_not_stop_on_the_way() -> None:
    curve = running()
    brake = braking_along(curve, 0.6, ACCELERATION)
    motion = line(brake.q[-1], np.array([0.3, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0]), 1.2)
    whole = joined(brake, motion, problem(blocked=False, q=brake.q[-1]))
    assert whole is not None and whole.duration == pytest.approx(1.2), "all of the braking is overlapped"
    assert np.abs(whole.at(np.linspace(0.0, 1.0, 50))[1]).max(axis=1).min() > 0.05
    limits = Limits(
        names=PANDA,
        lower=PANDA_MODEL.lower,
        upper=PANDA_MODEL.upper,
        speed=PANDA_MODEL.velocity,
        acceleration=ACCELERATION,
    )
    follower = Follower("arm", limits, curve.q[0], MotionLedger())
    number = follower.execute(curve, 0.0, curve.q[0])
    assert follower.replace(number, whole, 0.6, 0.3) == number + 1


def test_where_the_sum_is_too_fast_the_arm_stops_in_between() -> None:
    """Both at full speed in the same joint: one after the other is what is left."""
    curve = line(np.array(q_look()), np.array([1.4, 0, 0, 0, 0, 0, 0.0]), 1.0)
    brake = braking_along(curve, 0.5, ACCELERATION)
    short = line(brake.q[-1], np.array([0.28, 0, 0, 0, 0, 0, 0.0]), 0.22)
    whole = joined(brake, short, problem(blocked=False, q=brake.q[-1]))
    assert whole is not None and whole.duration > short.duration + 0.4 * brake.duration
    assert (np.abs(whole.at(whole.sampled(0.005)[0])[1]) <= PANDA_MODEL.velocity).all()


def test_what_would_meet_something_is_refused() -> None:
    curve = running()
    brake = braking_along(curve, 0.6, ACCELERATION)
    motion = line(brake.q[-1], np.array([0.3, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0]), 1.2)
    assert joined(brake, motion, problem(blocked=True, q=brake.q[-1])) is None
