"""Twenty tasks: the same things in every layout, and checks that tell done from not done."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
from handsel.sim.catalogue import extents, support_height
from handsel.sim.scenes import SceneSpec, ThingSpec, start_height
from handsel.sim.suites.tabletop import SUITE
from handsel.sim.tabletop_judge import _CHECKS, wrongly_moved
from handsel.sim.tabletop_tasks import TABLETOP, TASKS
from pydrake.math import RigidTransform, RollPitchYaw


@dataclass
class Truth:
    """Where things are, as a judge's ``Case`` tells it."""

    scene: SceneSpec
    at: dict[str, RigidTransform]
    lean: float = 0.0
    world: SimpleNamespace = field(init=False)

    def __post_init__(self) -> None:
        self.world = SimpleNamespace(scene=self.scene, start_truth=dict(self.at))

    def pose(self, thing: ThingSpec) -> RigidTransform:
        return self.at[thing.id]

    def bottom(self, thing: ThingSpec) -> float:
        half = extents(thing.kind, thing.size) / 2.0
        X_WB = self.at[thing.id]
        return float(X_WB.translation()[2] - np.abs(X_WB.rotation().matrix()[2]) @ half)

    def tilts(self, thing: ThingSpec) -> np.ndarray:
        return np.array([0.0, self.lean])

    def put(self, name: str, x: float, y: float, bottom: float = 0.0, roll: float = 0.0) -> None:
        thing = self.scene.thing(name)
        z = bottom + float(extents(thing.kind, thing.size)[2]) / 2.0
        self.at[name] = RigidTransform(RollPitchYaw(roll, 0.0, 0.0), [x, y, z])

    def xy(self, name: str) -> np.ndarray:
        return self.at[name].translation()[:2]

    def put_on(self, name: str, carrier: str, off: float = 0.0) -> None:
        under = self.scene.thing(carrier)
        x, y = self.xy(carrier)
        self.put(name, x + off, y, self.bottom(under) + support_height(under.kind, under.size))


def truth(kind: str, layout: int = 0) -> Truth:
    scene = SUITE.task(5, tuple(TASKS).index(kind) + 20 * layout).scene
    return Truth(
        scene,
        {
            one.id: RigidTransform(RollPitchYaw(0.0, 0.0, one.yaw), [one.x, one.y, start_height(scene, one)])
            for one in scene.things
        },
    )


def done(case: Truth, kind: str) -> bool:
    return all(_CHECKS[check.what](case, check)[0] for check in TASKS[kind].checks)  # type: ignore[arg-type]


def test_there_are_twenty_tasks_and_every_layout_has_the_same_things() -> None:
    assert len(TASKS) == 20 and len({task.instruction for task in TASKS.values()}) == 20
    for number, kind in enumerate(TASKS):
        layouts = [SUITE.task(5, number + 20 * layout) for layout in range(3)]
        assert [one.kind for one in layouts] == [kind] * 3
        assert len({tuple(thing.id for thing in one.scene.things) for one in layouts}) == 1
        assert len({tuple(thing.x for thing in one.scene.things) for one in layouts}) == 3
        names = {thing.id for thing in layouts[0].scene.things}
        told = TASKS[kind]
        assert set(told.moved) <= names and {n for check in told.checks for n in check.things} <= names
        assert bool(told.checks) == (told.judge == TABLETOP)


def test_the_same_seed_gives_the_same_layout() -> None:
    assert SUITE.task(3, 4) == SUITE.task(3, 4) != SUITE.task(4, 4)


@pytest.mark.parametrize("kind", [kind for kind, task in TASKS.items() if task.checks])
def test_nothing_is_done_before_it_is_done(kind: str) -> None:
    # A bottle that nobody moved is upright, but not where it should be.
    assert not done(truth(kind), kind)


def test_in_trays_and_bowls_and_on_plates() -> None:
    case = truth("tidy")
    for name, off in (("red_block", 0.06), ("blue_block", -0.06)):
        case.put_on(name, "gray_tray", off)
    assert done(case, "tidy")
    case.put_on("red_block", "gray_tray", 0.20)
    assert not done(case, "tidy"), "outside its outline"
    case = truth("sort")
    case.put_on("orange_ball", "white_bowl")
    case.put_on("green_can", "blue_plate")
    assert done(case, "sort")
    x, y = case.xy("blue_plate")
    case.put("green_can", x, y, bottom=0.05)
    assert not done(case, "sort"), "above the plate"


def test_rows_and_sides() -> None:
    case = truth("row")
    x, y = case.xy("green_block")
    case.put("red_block", x, y - 0.09)
    case.put("blue_block", x + 0.01, y + 0.09)
    assert done(case, "row")
    case.put("blue_block", x, y - 0.18)
    assert not done(case, "row"), "the wrong order"
    case.put("blue_block", x + 0.08, y + 0.09)
    assert not done(case, "row"), "no row"
    case = truth("left_of")
    x, y = case.xy("red_bowl")
    case.put("green_block", x, y - 0.14)
    assert done(case, "left_of")
    case.put("green_block", x, y + 0.14)
    assert not done(case, "left_of")
    case = truth("in_front")
    x, y = case.xy("brown_box")
    case.put("blue_can", x + 0.12, y)
    assert done(case, "in_front")
    case.put("blue_can", x + 0.12, y, roll=np.pi / 2.0)
    assert not done(case, "in_front"), "it has fallen over"


def test_between_moved_and_exchanged() -> None:
    case = truth("between")
    middle = (case.xy("red_can") + case.xy("green_bottle")) / 2.0
    case.put("yellow_block", *middle)
    assert done(case, "between")
    case.put("yellow_block", middle[0] + 0.1, middle[1])
    assert not done(case, "between")
    case = truth("shift")
    x, y = case.xy("orange_can")
    case.put("orange_can", x, y + 0.11)
    assert done(case, "shift")
    case.put("orange_can", x, y - 0.10)
    assert not done(case, "shift"), "the person's right is the other side"
    case = truth("swap")
    red, blue = case.xy("red_can"), case.xy("blue_can")
    case.put("red_can", *blue)
    assert not done(case, "swap")
    case.put("blue_can", *red)
    assert done(case, "swap")


def test_upright_on_the_way() -> None:
    case = truth("upright")
    case.put_on("green_bottle", "white_plate")
    assert done(case, "upright")
    case.lean = 0.3
    assert not done(case, "upright")


def test_what_had_no_part_stays_where_it_was() -> None:
    case, told = truth("sort"), TASKS["sort"]
    x, y = case.xy("blue_plate")
    case.put("blue_plate", x + 0.04, y)
    assert wrongly_moved(case, told.moved, told.checks) == [], "a plate may be pushed a little"  # type: ignore[arg-type]
    case.put("blue_plate", x + 0.06, y)
    assert wrongly_moved(case, told.moved, told.checks) == ["blue_plate"]  # type: ignore[arg-type]
    case = truth("tidy")
    x, y = case.xy("orange_can")
    case.put("orange_can", x + 0.02, y)
    assert wrongly_moved(case, TASKS["tidy"].moved, TASKS["tidy"].checks) == ["orange_can"]  # type: ignore[arg-type]
