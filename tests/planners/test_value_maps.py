"""Ways out of value maps: against Dijkstra's algorithm, exact distances, and rooms built to trap them."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.core.errors import InputError, UnknownName
from handsel.perception.scene import Directions
from handsel.planners import expressions as ex
from handsel.planners.program import Avoid, AvoidRegion, Region, Stage, Toward
from handsel.planners.value_maps.answers import FieldPath, Unreachable
from handsel.planners.value_maps.clearance import Pieces
from handsel.planners.value_maps.grid import Grid
from handsel.planners.value_maps.maps import ValueMaps, Workspace
from handsel.planners.value_maps.spread import begin, grow
from handsel.planners.value_maps.statements import Hand
from handsel.planners.value_maps.surroundings import Body, Surroundings, slab
from handsel.planners.value_maps.walk import NOWHERE, Layer, leg
from handsel.robots.collision import Obstacle
from handsel.robots.shapes import Cylinder, Sphere, Vessel, distance
from pydrake.math import RigidTransform, RotationMatrix
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

DIRECTIONS = Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0]))
WORKSPACE = Workspace(lower=np.array([-0.1, -0.5, 0.0]), upper=np.array([0.9, 0.5, 0.8]))
HAND = Hand(radius=0.04)
START = np.array([0.4, -0.4, 0.3])
GOAL = np.array([0.4, 0.4, 0.3])


def box(low: list[float], high: list[float]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(low), np.array(high)


def around(**things: Body) -> Surroundings:
    table = slab(np.array([0.0, -0.5]), np.array([0.8, 0.5]), 0.0)
    return Surroundings(things={"table": table, **things}, directions=DIRECTIONS)


def toward(target: np.ndarray | ex.Expression | Region, **more: object) -> Stage:
    point = ex.constant(target.tolist(), "m") if isinstance(target, np.ndarray) else target
    return replace(Stage(name="stage_1", purpose="", toward=(Toward(target=point),)), **more)


def center(thing: str) -> ex.Expression:
    return ex.Point(ex.PointRef(thing=thing, part="center"))


def built(surroundings: Surroundings, stage: Stage, hand: Hand = HAND) -> ValueMaps:
    return ValueMaps.build(surroundings, stage, WORKSPACE, hand)


def way_of(maps: ValueMaps, start: np.ndarray = START) -> FieldPath:
    found = maps.plan(start)
    assert isinstance(found, FieldPath), found
    return found


def clearance(path: FieldPath, surroundings: Surroundings, ignore: str = "") -> float:
    """Exact distance of a way to all solids."""
    points = path.sampled(0.002)
    shapes = [shape for name, body in surroundings.things.items() if name != ignore for shape in body.shapes]
    return min(float(distance(shape, points).min()) for shape in shapes)


WALL = Body.boxes([box([-0.1, -0.02, 0.0], [0.6, 0.02, 0.5])])
CUPBOARD = [
    box([0.2, 0.28, 0.0], [0.6, 0.3, 0.4]),
    box([0.2, 0.0, 0.0], [0.22, 0.3, 0.4]),
    box([0.58, 0.0, 0.0], [0.6, 0.3, 0.4]),
    box([0.2, 0.0, 0.38], [0.6, 0.3, 0.4]),
]
INSIDE = np.array([0.4, 0.16, 0.15])


def random_room(rng: np.random.Generator, count: int) -> dict[str, Body]:
    things = {}
    for number in range(count):
        low = np.array([*rng.uniform([0.0, -0.3], [0.7, 0.15]), 0.0])
        things[f"box_{number}"] = Body.boxes([(low, low + rng.uniform(0.04, [0.15, 0.15, 0.5]))])
    return things


def test_cost_to_go_is_that_of_dijkstra() -> None:
    rng = np.random.default_rng(3)
    grid = Grid(lower=np.zeros(3), step=np.array([0.02, 0.03, 0.025]), shape=(9, 8, 7))
    cost = rng.uniform(1.0, 2.0, grid.padded).astype(np.float32)
    cost[rng.random(grid.padded) < 0.3] = np.inf
    border = np.ones(grid.padded, bool)
    border[1:-1, 1:-1, 1:-1] = False
    cost[border] = np.inf
    flat = cost.reshape(-1)
    target = int(np.flatnonzero(np.isfinite(flat))[5])
    spread = begin(grid, (flat / 2.0).copy(), np.array([target]), np.zeros(1))
    grow(spread, -1)
    rows, columns, prices = [], [], []
    for node in np.flatnonzero(np.isfinite(flat)):
        for offset, length in zip(spread.offset, spread.length, strict=True):
            if np.isfinite(flat[node + offset]):
                rows.append(node)
                columns.append(node + offset)
                prices.append(float(length) * 0.5 * float(flat[node] + flat[node + offset]))
    graph = coo_matrix((prices, (rows, columns)), shape=(flat.size, flat.size))
    np.testing.assert_allclose(spread.togo, dijkstra(graph.tocsr(), indices=target), rtol=1e-5)
    assert np.isinf(spread.togo).any() and np.isfinite(spread.togo).sum() > 100


def test_room_is_the_exact_distance_to_every_kind_of_solid() -> None:
    X_WS = RigidTransform(RotationMatrix.MakeXRotation(0.7), [0.4, 0.1, 0.3])
    shapes = (
        Cylinder(X_WS=X_WS, radius=0.05, half_length=0.12),
        Sphere(X_WS=RigidTransform([0.1, -0.2, 0.2]), radius=0.06),
        Vessel(
            X_WS=RigidTransform([0.6, -0.2, 0.0]), bottom_radius=0.05, top_radius=0.08, height=0.1, wall=0.01
        ),
    )
    maps = built(around(odd=Body(X_WO=X_WS, size=np.ones(3) * 0.1, shapes=shapes)), toward(GOAL))
    nodes = maps.grid.nodes()
    true = np.min([distance(shape, nodes) for shape in shapes], axis=0)
    true = np.minimum(np.minimum(true, nodes[:, 2]) - HAND.radius, 0.06)
    np.testing.assert_allclose(maps.field("room").reshape(-1), true, atol=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_ways_keep_the_hands_radius_and_are_hardly_longer_than_the_shortest(seed: int) -> None:
    surroundings = around(**random_room(np.random.default_rng(seed), 14))
    maps = built(surroundings, toward(GOAL))
    path = way_of(maps)
    # Between nodes a way may come nearer than the radius, by half a cell's diagonal at most.
    assert clearance(path, surroundings) >= HAND.radius - maps.grid.half_diagonal
    np.testing.assert_allclose(path.p_WG[[0, -1]], [START, GOAL])
    half = np.full(maps.grid.padded, np.inf, np.float32)
    half[1:-1, 1:-1, 1:-1] = np.where(maps.field("room") >= 0.0, 0.5, np.inf)
    spread = begin(maps.grid, half, np.array([maps.grid.flat(GOAL)]), np.zeros(1))
    assert grow(spread, maps.grid.flat(START))
    assert path.length <= 1.15 * (float(spread.togo[maps.grid.flat(START)]) + 0.02)


def test_every_free_place_is_led_to_the_target_and_never_through_a_wall() -> None:
    wall = WALL.moved(RigidTransform([0.0, -0.25, 0.0]))
    surroundings = around(wall=wall, cupboard=Body.boxes(CUPBOARD))
    maps = built(surroundings, toward(INSIDE))
    maps.complete()
    rng = np.random.default_rng(0)
    nodes = maps.grid.nodes()[maps.field("room").reshape(-1) >= 0.0]
    for p_W in nodes[rng.choice(len(nodes), 60)]:
        path = way_of(maps, p_W)
        assert clearance(path, surroundings) > 0.0
        np.testing.assert_allclose(path.p_WG[-1], INSIDE)


def test_a_wall_thinner_than_a_cell_is_no_gap() -> None:
    sheet = Body.boxes([box([-0.2, 0.0, 0.0], [1.0, 0.001, 0.6])])
    path = way_of(built(around(sheet=sheet), toward(GOAL), Hand(radius=0.0)))
    assert path.p_WG[:, 2].max() > 0.6
    assert clearance(path, around(sheet=sheet)) > 0.0


def test_the_first_plan_spreads_no_farther_than_the_hand_and_later_ones_agree() -> None:
    maps = built(around(wall=WALL), toward(GOAL))
    near = GOAL - [0.0, 0.1, 0.0]
    first = way_of(maps, near)
    assert np.isinf(maps.field("togo")).mean() > 0.5
    maps.complete()
    np.testing.assert_array_equal(way_of(maps, near).p_WG, first.p_WG)
    assert np.isinf(maps.field("togo")).mean() < 0.2


def test_only_the_target_thing_is_no_obstacle() -> None:
    cup = Body.boxes([box([0.36, 0.12, 0.0], [0.44, 0.2, 0.1])])
    surroundings = around(cup=cup, cupboard=Body.boxes(CUPBOARD))
    path = way_of(built(surroundings, toward(center("cup"))))
    np.testing.assert_allclose(path.p_WG[-1], cup.parts["center"], atol=1e-9)
    assert clearance(path, surroundings, ignore="cup") > 0.02
    assert path.p_WG[:, 1].min() < -0.03, "in from the open front"
    beside = around(cup=cup, bowl=Body.boxes([box([0.3, 0.05, 0.0], [0.5, 0.12, 0.3])]))
    path = way_of(built(beside, toward(center("cup"))))
    assert clearance(path, beside, ignore="cup") > 0.0, "a thing close to the target stays one"


def test_a_target_close_to_the_table_is_gone_to_and_eased_only_there() -> None:
    low = np.array([0.4, 0.4, 0.015])
    surroundings = around(wall=WALL)
    path = way_of(built(surroundings, toward(low)))
    np.testing.assert_allclose(path.p_WG[-1], low)
    points = path.sampled(0.005)
    far = np.linalg.norm(points - low, axis=1) > 0.08
    assert points[far, 2].min() > HAND.radius - 0.018
    assert clearance(path, surroundings) > 0.005


def test_a_start_close_to_the_table_is_left_upward() -> None:
    start = np.array([0.4, -0.4, 0.012])
    path = way_of(built(around(wall=WALL), toward(GOAL)), start)
    assert (np.diff(path.sampled(0.005)[:6, 2]) >= -1e-9).all()
    assert "nearer" in path.notes[-1]


def test_a_closed_front_is_named() -> None:
    front = box([0.2, 0.0, 0.0], [0.6, 0.02, 0.4])
    low = np.array([0.4, -0.4, 0.15])
    answer = built(around(shelf=Body.boxes([*CUPBOARD, front])), toward(INSIDE)).plan(low)
    assert isinstance(answer, Unreachable)
    assert (answer.kind, answer.by) == ("closed", ("shelf",))
    assert answer.reason == "unreachable: the shelf's left is closed"
    turned = Directions(right=np.array([1.0, 0.0, 0.0]), behind=np.array([0.0, 1.0, 0.0]))
    door = {"shelf": Body.boxes(CUPBOARD), "door": Body.boxes([front])}
    answer = built(replace(around(**door), directions=turned), toward(INSIDE)).plan(low)
    assert isinstance(answer, Unreachable)
    assert answer.reason == "unreachable: the shelf's front is closed by door"


def test_a_wall_across_the_workspace_is_named() -> None:
    answer = built(around(wall=Body.boxes([box([-0.2, -0.02, 0.0], [1.0, 0.02, 1.0])])), toward(GOAL)).plan(
        START
    )
    assert isinstance(answer, Unreachable)
    assert answer.reason == "unreachable: wall closes the way"


def test_a_gap_too_narrow_for_what_is_held_is_named_and_wide_enough_without() -> None:
    posts = {
        "left_post": Body.boxes([box([-0.2, -0.02, 0.0], [0.34, 0.02, 1.0])]),
        "right_post": Body.boxes([box([0.46, -0.02, 0.0], [1.0, 0.02, 1.0])]),
    }
    assert isinstance(built(around(**posts), toward(GOAL)).plan(START), FieldPath)
    answer = built(around(**posts), toward(GOAL), Hand(radius=0.1)).plan(START)
    assert isinstance(answer, Unreachable)
    assert answer.kind == "narrow"
    assert set(answer.by) == {"left_post", "right_post"}
    assert "the hand needs 0.100 m" in answer.reason


def test_what_is_avoided_is_kept_and_named_where_it_leaves_no_way() -> None:
    vase = Body.boxes([box([0.36, -0.04, 0.0], [0.44, 0.04, 0.3])])
    surroundings = around(vase=vase)
    path = way_of(built(surroundings, toward(GOAL, avoid=(Avoid(thing="vase", distance=0.15),))))
    assert clearance(path, around(vase=vase), ignore="table") >= 0.15 + HAND.radius - 0.0181
    wide = Region(kind="near", thing="vase", distance=0.8, text="near(vase, 0.8)")
    far = np.array([-0.08, -0.48, 0.05])
    stage = toward(np.array([0.88, 0.48, 0.05]), avoid_regions=(AvoidRegion(region=wide),))
    answer = built(surroundings, stage).plan(far)
    assert isinstance(answer, Unreachable)
    assert answer.reason == "unreachable: avoid(near(vase, 0.8)) leaves no way; ask for less distance"


def test_a_target_inside_what_is_avoided_is_gone_to_and_said() -> None:
    vase = Body.boxes([box([0.36, 0.2, 0.0], [0.44, 0.28, 0.3])])
    path = way_of(built(around(vase=vase), toward(GOAL, avoid=(Avoid(thing="vase", distance=0.15),))))
    assert path.notes == ("the target is 0.030 m nearer to vase than what is to be kept from it",)


def test_targets_and_starts_that_cannot_be() -> None:
    wall = around(wall=WALL)
    filled = built(wall, toward(np.array([0.4, 0.0, 0.2]))).plan(START)
    assert isinstance(filled, Unreachable) and filled.reason == "unreachable: the target is filled by wall"
    inside = built(wall, toward(GOAL)).plan(np.array([0.4, 0.0, 0.2]))
    assert isinstance(inside, Unreachable) and (inside.kind, inside.by) == ("inside", ("wall",))
    for maps, start in (
        (built(wall, toward(np.array([2.0, 0.0, 0.2]))), START),
        (built(wall, toward(GOAL)), np.array([2.0, 0.0, 0.2])),
    ):
        outside = maps.plan(start)
        assert isinstance(outside, Unreachable) and outside.kind == "outside"
    with pytest.raises(InputError, match="toward"):
        built(wall, Stage(name="stage_1", purpose=""))
    with pytest.raises(InputError, match="radius"):
        built(wall, toward(GOAL), Hand(radius=-1.0))
    with pytest.raises(UnknownName, match="vase"):
        built(wall, toward(GOAL, avoid=(Avoid(thing="vase", distance=0.1),)))


def test_what_the_hand_holds_is_no_obstacle() -> None:
    held = Body.boxes([(START - 0.03, START + 0.03)])
    assert isinstance(built(around(held=held), toward(GOAL)).plan(START), Unreachable)
    hand = replace(HAND, ignores=frozenset({"held"}))
    assert isinstance(built(around(held=held), toward(GOAL), hand).plan(START), FieldPath)


@pytest.mark.parametrize("seed", range(8))
def test_a_repaired_field_is_the_field_made_anew(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    surroundings = around(**random_room(rng, 10))
    maps = built(surroundings, toward(GOAL))
    maps.plan(START)
    for turn in range(3):
        name = f"box_{rng.integers(10)}"
        X_WO = maps.statements.surroundings.thing(name).X_WO
        X_new = RigidTransform(np.append(rng.uniform(-0.1, 0.1, 2), 0.0)) @ X_WO
        maps.moved(name, X_WO, X_new)
        again = maps.plan(START)
        fresh = built(maps.statements.surroundings, toward(GOAL))
        expected = fresh.plan(START)
        assert type(again) is type(expected)
        if turn:
            maps.complete()
            fresh.complete()
            np.testing.assert_array_equal(maps.field("room"), fresh.field("room"))
            np.testing.assert_allclose(maps.field("togo"), fresh.field("togo"), atol=1e-5)


def test_a_wall_moved_into_the_way_closes_it_and_moved_back_opens_it() -> None:
    door = Body.boxes([box([0.6, -0.02, 0.0], [1.0, 0.02, 0.82])])
    wall = Body.boxes([box([-0.2, -0.02, 0.0], [0.6, 0.02, 0.82])])
    maps = built(around(wall=wall, door=door), toward(GOAL))
    assert isinstance(maps.plan(START), Unreachable)
    X_WO, X_up = door.X_WO, RigidTransform([0.0, 0.0, 0.3]) @ door.X_WO
    maps.moved("door", X_WO, X_up)
    before = way_of(maps)
    assert before.p_WG[:, 2].min() < 0.25
    maps.moved("door", X_up, X_WO)
    assert isinstance(maps.plan(START), Unreachable)
    maps.moved("door", X_WO, X_up)
    np.testing.assert_array_equal(way_of(maps).p_WG, before.p_WG)
    with pytest.raises(UnknownName, match="gate"):
        maps.moved("gate", X_WO, X_up)


def test_a_target_that_moves_is_followed() -> None:
    cup = Body.boxes([box([0.36, 0.3, 0.0], [0.44, 0.38, 0.1])])
    maps = built(around(cup=cup), toward(center("cup")))
    way_of(maps)
    maps.moved("cup", cup.X_WO, RigidTransform([0.2, -0.1, 0.0]) @ cup.X_WO)
    np.testing.assert_allclose(way_of(maps).p_WG[-1], cup.parts["center"] + [0.2, -0.1, 0.0], atol=1e-9)


def test_all_fields_together_are_small() -> None:
    maps = built(around(wall=WALL), toward(GOAL))
    maps.complete()
    names = ("affordance", "avoidance", "speed", "rotation", "grip")
    drawn = [maps.field(name) for name in names]
    assert all(one.dtype == np.float32 for one in drawn)
    assert maps.nbytes + sum(one.nbytes for one in drawn) <= 8e6


def test_the_cost_of_a_straight_leg() -> None:
    grid = Grid.over(np.zeros(3), np.ones(3), 20)
    room = np.full(grid.padded, 0.06, np.float32)
    layer = Layer(room, np.zeros(1, np.int8), np.zeros(26, np.int64), grid.lower, grid.step)
    a, b = np.array([0.1, 0.2, 0.3]), np.array([0.8, 0.5, 0.6])
    assert leg(layer, NOWHERE, a, b) == pytest.approx(np.linalg.norm(b - a), rel=1e-9)
    room[:] = 0.0
    assert leg(layer, NOWHERE, a, b) == pytest.approx(2.0 * np.linalg.norm(b - a), rel=1e-9)
    room[10, 8, 10] = -1.0
    assert leg(layer, NOWHERE, a, b) == np.inf


def test_pieces_without_solids_leave_all_the_room() -> None:
    region = Obstacle(name="avoid(x)", shapes=(Sphere(X_WS=RigidTransform(), radius=0.1),), margin=0.1)
    pieces = Pieces.of([], [region])
    assert pieces.distance(np.zeros((1, 3)))[0] == np.inf
    assert pieces.room(np.zeros((1, 3)))[0] == pytest.approx(-0.2)
