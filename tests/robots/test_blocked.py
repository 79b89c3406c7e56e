"""An arm that is stopped while something keeps it from its course has come to rest where it stands."""

import numpy as np
import pytest
from handsel.core.errors import RobotError
from handsel.core.trajectory import JointTrajectory
from handsel.robots.fake import PANDA
from handsel.robots.following import Follower, Limits, MotionLedger
from handsel.robots.models import load_model
from handsel.robots.robot import MotionState

MODEL = load_model("panda")
Q = np.asarray(MODEL.q_look)
STILL = np.zeros(7)


def line(start: np.ndarray, by: float) -> JointTrajectory:
    change = np.array([by, 0, 0, 0, 0, 0, 0])
    q = np.stack([start, start + change])
    return JointTrajectory(arm="arm", joint_names=PANDA, times=np.array([0.0, 1.5]), q=q, v=np.zeros((2, 7)))


def stopped(follower: Follower) -> None:
    """Begin to move, be stopped on the way."""
    follower.execute(line(Q, 0.6), 0.0, Q)
    follower.update(0.5, follower.target(0.5)[0], follower.target(0.5)[1])
    follower.stop(0.5)


def make() -> tuple[Follower, MotionLedger]:
    ledger = MotionLedger()
    limits = Limits(
        names=PANDA,
        lower=MODEL.lower,
        upper=MODEL.upper,
        speed=MODEL.velocity,
        acceleration=np.asarray(MODEL.acceleration),
    )
    return Follower("arm", limits, Q, ledger), ledger


def test_blocked_while_braking_it_rests_where_it_stands_and_can_move_again() -> None:
    # Regression: it waited half a second for an end that it could not reach, refusing every motion.
    follower, ledger = make()
    stopped(follower)
    here = follower.target(0.5)[0] - np.array([0.11, 0, 0, 0, 0, 0, 0])
    follower.update(0.55, here, STILL)
    assert not follower.moving
    assert list(ledger.report().values()) == [MotionState.STOPPED]
    np.testing.assert_array_equal(follower.target(0.6)[0], here)
    follower.execute(line(here, -0.2), 0.6, here)


def test_free_while_braking_it_is_moving_until_the_end() -> None:
    follower, _ = make()
    stopped(follower)
    q, v = follower.target(0.52)
    follower.update(0.52, q, v)
    assert follower.moving
    with pytest.raises(RobotError, match="is moving"):
        follower.execute(line(q, 0.1), 0.52, q)


def test_a_motion_that_lags_is_not_taken_for_blocked() -> None:
    follower, _ = make()
    follower.execute(line(Q, 0.6), 0.0, Q)
    follower.update(0.5, follower.target(0.5)[0] - 0.05, STILL)
    assert follower.moving
