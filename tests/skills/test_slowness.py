"""The executed speed where something is slow: circles whose speed is known, and motions that are joined."""

import numpy as np
import pytest
from handsel.planners.problem import Problem, build
from handsel.planners.program import Slow, Stage
from handsel.planners.settings import Settings
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.robots.robot import Trail
from handsel.skills.foresight import begin
from handsel.skills.joining import braking_along, joined
from handsel.skills.slowness import OVER, Slowness

from ..agent.players import q_look
from ..agent.scenes import make_scene, make_thing
from .test_joining import ACCELERATION, line, running

MODEL = load_model("panda")
RATE = 400.0


def problem(distance: float, speed: float, q: np.ndarray | None = None) -> Problem:
    """A block on the table, and the arm where it looks from; far away from each other."""
    kinematics = Kinematics(MODEL)
    scene = make_scene(make_thing("red_block", 0.5, 0.0))
    start = np.array(q_look()) if q is None else q
    situation = begin(scene, "arm", start, 0.08, None, kinematics)
    stage = Stage(name="go", purpose="go", slow=(Slow(thing="red_block", distance=distance, speed=speed),))
    return build(stage, situation, kinematics, Settings())


def turning(rate: float, seconds: float, begin_at: float = 0.0) -> Trail:
    """The first joint turns: the tool goes round the base in a circle."""
    times = begin_at + np.arange(0.0, seconds, 1.0 / RATE)
    q = np.repeat(np.array(q_look())[None], len(times), axis=0)
    q[:, 0] += rate * times
    return Trail(times=times, q=q)


def radius() -> float:
    p = Kinematics(MODEL).tool_pose(np.array(q_look())).translation()
    return float(np.hypot(p[0], p[1]))


@pytest.mark.parametrize("pieces", [1, 7])
def test_the_speed_on_a_circle_is_the_rate_times_the_radius(pieces: int) -> None:
    slow, asked = Slowness(), problem(1.0, 0.2)
    trail = turning(0.5, 0.7)
    for times, q in zip(np.array_split(trail.times, pieces), np.array_split(trail.q, pieces), strict=True):
        slow.measure(Trail(times=times, q=q), asked)
    assert slow.share == pytest.approx(0.5 * radius() / 0.2, rel=1e-3)
    assert (slow.speed, slow.asked) == (pytest.approx(0.5 * radius(), rel=1e-3), 0.2)
    assert slow.samples == len(trail.times) - round(OVER * RATE), "however the samples come"


def test_where_nothing_is_said_nothing_counts() -> None:
    slow = Slowness()
    slow.measure(turning(1.0, 0.5), problem(0.01, 0.05))
    assert (slow.share, slow.samples) == (0.0, 0)


def test_a_gap_in_the_samples_is_no_speed() -> None:
    slow, asked = Slowness(), problem(1.0, 0.2)
    slow.measure(turning(0.1, 0.1), asked)
    before = slow.samples
    jumped = turning(0.1, 0.1, begin_at=5.0)
    slow.measure(jumped, asked)
    assert slow.share == pytest.approx(0.1 * radius() / 0.2, rel=1e-3)
    assert slow.samples == before + len(jumped.times) - round(OVER * RATE)


def speeds(curve_at: np.ndarray, dt: float) -> np.ndarray:
    p = Kinematics(MODEL).tool_poses(curve_at)[1]
    return np.linalg.norm(np.diff(p, axis=0), axis=1) / dt


def test_a_motion_is_joined_in_later_where_the_sum_would_be_too_fast() -> None:
    brake = braking_along(running(), 0.6, ACCELERATION)
    motion = line(brake.q[-1], 0.25 * (running().q[1] - running().q[0]), 0.3)
    at = np.arange(0.0, brake.duration, 0.002)
    alone = speeds(brake.at(at)[0], 0.002).max()
    own = speeds(motion.at(np.arange(0.0, 0.3, 0.002))[0], 0.002).max()
    limit = 1.02 * max(alone, own)
    free = joined(brake, motion, problem(0.001, limit, brake.q[-1]))
    kept = joined(brake, motion, problem(1.0, limit, brake.q[-1]))
    assert free is not None and kept is not None
    assert speeds(free.at(at)[0], 0.002).max() > 1.05 * limit, "the sum is faster than either"
    assert kept.duration > free.duration
    whole = np.arange(0.0, kept.duration, 0.002)
    assert speeds(kept.at(whole)[0], 0.002).max() <= 1.03 * limit


def test_an_arm_that_is_too_fast_already_brakes_first() -> None:
    brake = braking_along(running(), 0.6, ACCELERATION)
    motion = line(brake.q[-1], np.array([0.03, 0.01, 0.0, 0.0, 0.0, 0.0, 0.0]), 3.0)
    found = joined(brake, motion, problem(1.0, 0.05, brake.q[-1]))
    assert found is not None and found.duration == pytest.approx(brake.duration + motion.duration)
