"""What the hand does beside, below and round things, in scenes with a known answer."""

import numpy as np
import pytest
from handsel.robots.following import Limits
from handsel.robots.robot import ArmState, Observation
from handsel.sim.public.named.choosing import choices
from handsel.sim.public.named.contact import turned
from handsel.sim.public.named.deeds import deed_of
from handsel.sim.public.named.grounding import ground
from handsel.sim.public.named.hand import CURVE, HALF_OPEN, TIP, UP, Hand
from handsel.sim.public.named.scene import NamedScene, Piece, box_of
from handsel.sim.public.named.shapes import rotated

LIMITS = Limits(
    names=("x", "y", "z"),
    lower=np.array([-0.5, 0.4, 0.05]),
    upper=np.array([0.5, 1.0, 0.5]),
    speed=np.full(3, 0.7),
    acceleration=np.full(3, 7.0),
)


def solid(path, low, high, count=4000, mark=False):
    """Points within a box, its corners among them."""
    cloud = np.random.default_rng(0).uniform(low, high, (count, 3))
    return Piece(path=tuple(path.split("/")), cloud=np.vstack([cloud, low, high]), mark=mark)


LUMP = solid("lump", (-0.02, 0.63, 0.0), (0.02, 0.67, 0.04))
RIM = solid("tray", (-0.1, 0.59, 0.0), (0.1, 0.602, 0.06))
TABLE = solid("table", (-0.7, 0.2, -0.05), (0.7, 1.0, 0.0))


def hand_in(*pieces):
    """A hand above the middle of a scene."""
    arm = ArmState(q=np.array([0.0, 0.65, 0.2]), v=np.zeros(3), width=0.088, grip_force=None)
    seen = Observation(time=0.0, arms={"arm": arm}, frames=(), motions={}, trails={})
    return Hand(seen, LIMITS, NamedScene(time=0.0, pieces=pieces))


def test_open_fingers_come_down_beside_a_rim():
    box, at = box_of([LUMP]), np.array([0.0, 0.65, 0.06])
    shift = hand_in(LUMP, RIM).between(at, 0.02, box.lower, box.upper)
    assert at[1] + shift - HALF_OPEN + 0.002 > 0.602 and shift <= 0.02
    assert hand_in(LUMP).between(at, 0.02, box.lower, box.upper) == 0.0
    assert hand_in(LUMP, RIM).between(at, 0.0, box.lower, box.upper) == 0.0


@pytest.mark.parametrize("angle", [0.4, 1.9, 3.5, 6.0])
def test_how_far_round_is_told_beyond_half_a_turn(angle):
    start, pivot = np.array([0.3, 0.1, 0.2]), np.array([0.1, 0.1, 0.5])
    p = rotated(start, pivot, UP, angle) + 0.03 * UP
    assert turned(start, p, pivot, UP, angle - 0.5) == pytest.approx(angle)
    assert turned(start, p, pivot, -UP, -angle) == pytest.approx(-angle)


def moves(plan, q):
    """The goals of a plan's motions, as a hand reaches them that nothing stops."""
    goals, action = [], next(plan)
    try:
        while True:
            trajectory = getattr(action, "trajectory", None)
            if trajectory is not None:
                goals.append(trajectory.q)
                q = trajectory.q[-1]
            arm = ArmState(q=q, v=np.zeros(3), width=0.088, grip_force=None)
            action = plan.send(Observation(time=0.0, arms={"arm": arm}, frames=(), motions={}, trails={}))
    except StopIteration:
        return goals


def test_a_curve_stays_within_reach():
    hand = hand_in()
    (curve,) = moves(hand.along([np.array([0.0, y, 0.2]) for y in np.linspace(0.6, 0.3, 20)]), hand.q)
    assert curve[-1, 1] == pytest.approx(0.4 + CURVE)


def test_what_is_swept_off_what_it_lies_on_goes_to_the_nearer_side_first():
    lump = solid("lump", (0.08, 0.63, 0.0), (0.12, 0.67, 0.04))
    scene = NamedScene(time=0.0, pieces=(lump,), ground=(TABLE,))
    ways = choices(ground(deed_of("Sweep a lump off the table"), scene, np.zeros(3)))
    ends = []
    for way in ways:
        goals = moves(way(hand_in(lump)), np.array([0.0, 0.65, 0.2]))
        ends.append(np.array([goal[-1] for goal in goals]))
    assert len(ends) == 3 and ends[0][:, 0].max() > 0.45 and ends[1][:, 0].min() < -0.45
    assert ends[2][:, 1].max() > 0.95


def test_a_bar_is_raised_from_below_it():
    bar = solid("box/handle", (-0.05, 0.65, 0.1), (0.05, 0.68, 0.13))
    case = solid("box/case", (-0.1, 0.75, 0.0), (0.1, 0.95, 0.3))
    meant = ground(deed_of("Pull a handle up"), NamedScene(time=0.0, pieces=(bar, case)), np.zeros(3))
    ends = [goal[-1] for goal in moves(choices(meant)[0](hand_in(bar, case)), np.array([0.0, 0.65, 0.2]))]
    below, up = ends[-2], ends[-1]
    assert below[2] - TIP < 0.1 and abs(below[1] - 0.665) < 0.01 and up[2] > below[2] + 0.1


def test_a_marked_hole_is_where_something_is_put_in():
    stick = solid("rod", (0.1, 0.6, 0.0), (0.3, 0.63, 0.03))
    block = solid("block", (-0.4, 0.5, 0.0), (-0.2, 0.7, 0.2))
    hole = solid("block/hole", (-0.21, 0.61, 0.12), (-0.2, 0.62, 0.13), 60, mark=True)
    scene = NamedScene(time=0.0, pieces=(stick, block, hole))
    meant = ground(deed_of("Insert a rod sideways"), scene, np.zeros(3))
    last = moves(choices(meant)[0](hand_in(stick, block)), np.array([0.0, 0.65, 0.2]))[-1][-1]
    assert last[2] > 0.125 + 0.02
