"""A table of boxes: what is seen of it by names, what fingers fit round, and whole errands."""

import numpy as np
import pytest
from handsel.core.errors import CannotDo
from handsel.sim.public.agents import agent_for
from handsel.sim.public.robot import BenchRobot
from handsel.sim.public.tabletop.carrying import chosen
from handsel.sim.public.tabletop.grasping import FITS, OPENING, grasps
from handsel.sim.public.tabletop.hand import Hand, leg
from handsel.sim.public.tabletop.heights import NONE, Heights, patch, turned
from handsel.sim.public.tabletop.opening import leaning
from handsel.sim.public.tabletop.seeing import bounds, category_of, front, see
from handsel.sim.public.wrist import STRIDE, WristDrive, rotation

from .table_world import TableWorld

TABLE = ("table/top", (200, 190, 180), (0.0, 0.0, -0.02), (1.2, 1.2, 0.04))
RED = ("cubeA_main/cubeA_g0", (200, 20, 20), (0.05, -0.15, 0.02), (0.04, 0.04, 0.04))
BLUE = ("cubeB_main/cubeB_g0", (20, 30, 200), (-0.1, 0.02, 0.02), (0.04, 0.04, 0.04))
PLATE = ("plate_1_main/plate_1_g0", (240, 240, 240), (0.1, 0.18, 0.006), (0.16, 0.16, 0.012))
SPOT = ("VisualCube_main/g0", (90, 90, 90), (0.15, 0.22, 0.02), (0.03, 0.03, 0.03))


def drawers(out):
    """A cabinet that faces the person's right, its lower drawer out by so much, [m]."""
    wood = (120, 80, 40)
    at = -0.16 + out
    return (
        TABLE,
        ("cabinet_1_main/cabinet_1_g0", wood, (0.0, -0.27, 0.1), (0.2, 0.2, 0.2)),
        ("cabinet_1_main/cabinet_1_bottom/face", wood, (0.0, at - 0.005, 0.05), (0.18, 0.01, 0.08)),
        ("cabinet_1_main/cabinet_1_bottom/grip", wood, (0.0, at + 0.02, 0.05), (0.08, 0.015, 0.015)),
        ("cabinet_1_main/cabinet_1_top/face", wood, (0.0, -0.165, 0.15), (0.18, 0.01, 0.08)),
        ("cabinet_1_main/cabinet_1_top/grip", wood, (0.0, -0.14, 0.15), (0.08, 0.015, 0.015)),
    )


def seen(*boxes):
    world = TableWorld(boxes)
    info = world.info()
    return see(world.observe(info.cameras, names=True), info)


def run(words, *boxes):
    world = TableWorld(boxes)
    robot = BenchRobot(world)
    told = agent_for("keypoints", "named")(robot, world, lambda: False, words, 0)
    return world, told


def test_names_say_what_a_thing_is_and_pictures_its_colour():
    found = seen(TABLE, RED, BLUE, PLATE, SPOT)
    things = {thing.name: (thing.kind, thing.color) for thing in found.scene.things}
    assert things == {"cubeA": ("cube", "red"), "cubeB": ("cube", "blue"), "plate_1": ("plate", "white")}
    assert found.floor == pytest.approx(0.0, abs=2e-3)
    low, high = bounds(found.pieces["cubeA"])
    assert (low + high) / 2.0 == pytest.approx([0.05, -0.15, 0.02], abs=5e-3)
    assert list(found.marks) == ["cube"] and category_of("VisualCan_main") == "can"


def test_what_stands_on_something_is_known_to():
    on = ("cubeC_main/g", (20, 200, 20), (0.1, 0.18, 0.032), (0.04, 0.04, 0.04))
    found = seen(TABLE, PLATE, on)
    assert found.scene.thing("cubeC").on == "plate_1"


@pytest.mark.parametrize("out", [0.0, 0.12])
def test_a_drawer_is_open_where_it_stands_out(out):
    found = seen(*drawers(out))
    joint = found.scene.thing("bottom_drawer_1").articulation
    assert joint is not None and -joint.lower == pytest.approx(out, abs=8e-3)
    piece, outward = front("bottom_drawer_1", found.pieces, found.hand)
    assert piece.path[-1] == "grip" and outward == pytest.approx([0.0, 1.0, 0.0])


def test_fingers_go_round_a_block_and_not_round_a_plate():
    found = seen(TABLE, RED, PLATE)
    best = chosen(found, "cubeA")
    assert best.p_W[:2] == pytest.approx([0.05, -0.15], abs=0.012)
    assert 0.03 < best.thickness < FITS and 0.0 < best.p_W[2] < 0.04
    with pytest.raises(CannotDo, match="plate_1"):
        chosen(found, "plate_1")


def test_a_wall_is_held_where_the_whole_is_too_wide():
    angle = np.linspace(0.0, 2.0 * np.pi, 400)
    ring = np.stack([0.06 * np.cos(angle), 0.06 * np.sin(angle)], axis=-1)
    wall = np.concatenate(
        [np.column_stack([ring * r, np.full(400, z)]) for r in (0.97, 1.0) for z in (0.04, 0.05)]
    )
    bottom = np.column_stack([0.5 * ring, np.full(400, 0.005)])
    found = grasps(np.concatenate([wall, bottom]), np.zeros((0, 3)), 0.0, np.zeros(2))
    assert found and all(0.045 < np.linalg.norm(one.p_W[:2]) < 0.075 for one in found[:3])
    p, yaw = found[0].p_W[:2], found[0].yaw
    closing = turned(np.array([0.0, 1.0]), yaw)
    assert abs(closing @ p / np.linalg.norm(p)) > 0.8  # The fingers close across the wall.


def test_what_stands_beside_keeps_the_fingers_off():
    rng = np.random.default_rng(0)
    block = rng.uniform([-0.02, -0.02, 0.0], [0.02, 0.02, 0.05], (3000, 3))
    walls = [rng.uniform([-0.1, y, 0.0], [0.1, y + 0.01, 0.04], (3000, 3)) for y in (0.03, -0.04)]
    found = grasps(block, np.concatenate(walls), 0.0)
    assert found and all(abs(abs(one.yaw) - np.pi / 2.0) < 0.3 for one in found)
    assert OPENING > 0.04


def test_heights_are_the_highest_of_each_cell():
    cloud = np.array([[0.001, 0.001, 0.1], [0.002, 0.002, 0.3], [0.05, 0.05, 0.2]])
    heights = Heights.of(cloud, np.zeros(2), np.full(2, 0.08))
    assert heights.at(np.array([[0.001, 0.002], [0.051, 0.051]])) == pytest.approx([0.3, 0.2])
    assert heights.at(np.array([0.5, 0.5])) == NONE
    assert np.abs(patch(0.01, 0.02, 0.1)).max(axis=0) == pytest.approx([0.01, 0.12])


def test_a_leg_keeps_its_limits_and_ends_at_rest():
    rng = np.random.default_rng(1)
    robot = BenchRobot(TableWorld([TABLE]))
    for _ in range(50):
        start, goal = rng.uniform(robot.limits.lower, robot.limits.upper, (2, 6))
        way = leg(start, goal, 0.25, robot.limits.names)
        assert way.q[-1] == pytest.approx(goal) and way.v[-1] == pytest.approx(np.zeros(6))
        for time in np.linspace(0.0, way.duration, 30):
            q, v = way.at(float(time))
            assert np.linalg.norm(v[:3]) < 0.25 * 1.02
            assert (np.abs(v) <= robot.limits.speed).all() and (
                (q >= start - 1e-6) | (q >= goal - 1e-6)
            ).all()


@pytest.mark.parametrize("level", [True, False])
@pytest.mark.parametrize("side", [(0.0, 1.0, 0.0), (0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)])
def test_a_leaning_hand_reaches_toward_the_face(side, level):
    robot = BenchRobot(TableWorld([TABLE]))
    hand, outward = Hand(robot.observe(), robot.limits), np.array(side)
    yaw, (pitch, roll) = leaning(outward, 0.9, level, hand)
    R_WH = rotation(np.array([0, 0, 0, yaw, pitch, roll])).matrix() @ np.diag([1.0, -1.0, -1.0])
    assert R_WH[:, 2] == pytest.approx(-outward * np.sin(0.9) - np.array([0.0, 0.0, np.cos(0.9)]))
    across = R_WH[:, 1] if level else R_WH[:, 0]
    assert abs(across @ np.cross(outward, [0.0, 0.0, 1.0])) < 1e-9


def test_a_drive_asks_for_what_is_missing():
    drive = WristDrive(0.05)
    world = TableWorld([TABLE])
    state = world.observe().state
    goal = np.array(state.q) + np.array([0.02, 0.0, 0.0, 0.3, 0.0, 0.0])
    action = drive.action(goal, np.zeros(6), state)
    assert 0.02 / STRIDE <= action[0] <= 1.0 and abs(action[1:3]).max() < 1e-9
    assert action[5] > 0.0 and np.abs(action[3:5]).max() < 1e-9
    for _ in range(40):
        world.act(drive.action(goal, np.zeros(6), world.observe().state))
    assert world.q == pytest.approx(goal, abs=2e-3)


def test_a_block_is_put_on_a_plate():
    world, told = run("put the red cube on the plate", TABLE, RED, BLUE, PLATE)
    assert world.boxes["cubeA_main/cubeA_g0"][1] == pytest.approx([0.1, 0.18, 0.032], abs=0.02), told
    assert world.boxes["cubeB_main/cubeB_g0"][1] == pytest.approx([-0.1, 0.02, 0.02])
    assert told.tries == ["put cubeA on plate_1"] and not told.cause


def test_a_block_is_stacked_and_another_left():
    world, told = run("stack the blue cube on the red cube", TABLE, RED, BLUE, PLATE)
    assert world.boxes["cubeB_main/cubeB_g0"][1] == pytest.approx([0.05, -0.15, 0.06], abs=0.015), told


def test_what_is_not_there_is_told():
    _, told = run("put the green cube on the plate", TABLE, RED, BLUE, PLATE)
    assert "not understood" in told.cause and not told.tries


def test_what_does_not_fit_is_told_and_nothing_moves():
    world, told = run("put the plate on the red cube", TABLE, RED, PLATE)
    assert "fingers fit round no part" in told.cause
    assert world.boxes["plate_1_main/plate_1_g0"][1] == pytest.approx([0.1, 0.18, 0.006])
