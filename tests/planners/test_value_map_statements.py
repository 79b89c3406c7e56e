"""What statements say at places: text in, numbers out, on a table whose parts are counted by hand."""

import numpy as np
import pytest
from handsel.core.errors import Retryable, UnknownName
from handsel.perception.scene import Directions
from handsel.planners.program import Region, Stage
from handsel.planners.read import Vocabulary, read
from handsel.planners.value_maps.answers import FieldPath, Unreachable
from handsel.planners.value_maps.maps import ValueMaps, Workspace
from handsel.planners.value_maps.regions import bind_region
from handsel.planners.value_maps.statements import Hand, Statements
from handsel.planners.value_maps.surroundings import Body, Surroundings, slab
from pydrake.math import RigidTransform, RotationMatrix

# The person stands at large x and looks toward the robot: their right is +y, behind is -x.
PERSON = Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0]))
TABLE = slab(np.array([0.2, -0.4]), np.array([0.8, 0.4]), 0.0)
CUP = Body.boxes([(np.array([0.45, 0.1, 0.0]), np.array([0.55, 0.16, 0.1]))])
BOX = Body.boxes([(np.array([0.3, -0.3, 0.0]), np.array([0.4, -0.2, 0.05]))])
WORDS = Vocabulary(things={"cup": ("bottom", "center", "top"), "box": ("bottom", "center", "top")}, maps=True)
AROUND = Surroundings(things={"table": TABLE, "cup": CUP, "box": BOX}, directions=PERSON)
WORKSPACE = Workspace(lower=np.array([0.1, -0.5, 0.0]), upper=np.array([0.9, 0.5, 0.6]))


def stage_of(*lines: str) -> Stage:
    text = "def stage_1():\n" + "".join(f"    {line}\n" for line in lines)
    return read(text, WORDS).stages[0]


def region_of(text: str) -> Region:
    (toward,) = stage_of(f"toward({text})").toward
    assert isinstance(toward.target, Region)
    return toward.target


def inside(text: str, *points: list[float], around: Surroundings = AROUND) -> list[bool]:
    bound = bind_region(region_of(text), around)
    return (bound.distance(np.array(points)) <= 1e-9).tolist()


def said(*lines: str) -> Statements:
    return Statements(stage_of("toward(cup)", *lines), AROUND, Hand(radius=0.03))


@pytest.mark.parametrize(
    ("text", "within", "without"),
    [
        ('half(table, "left")', [0.5, -0.01, 0.1], [0.5, 0.01, 0.1]),
        ('half(table, "right")', [0.5, 0.39, 0.19], [0.5, 0.39, 0.21]),
        ('half(table, "front")', [0.51, 0.3, 0.1], [0.49, 0.3, 0.1]),
        ('half(table, "back", height=0.3)', [0.21, 0.3, 0.29], [0.51, 0.3, 0.1]),
        ('quarter(table, "right", "front")', [0.51, 0.01, 0.1], [0.51, -0.01, 0.1]),
        ('edge(table, "left")', [0.5, -0.25, 0.1], [0.5, -0.23, 0.1]),
        ('corner(table, "left", "back")', [0.31, -0.25, 0.1], [0.33, -0.25, 0.1]),
        ("corner(table, nearest=box)", [0.31, -0.25, 0.1], [0.7, 0.3, 0.1]),
        ("edge(table, nearest=box)", [0.5, -0.3, 0.1], [0.5, 0.3, 0.1]),
        ("edge(table, nearest=vec(0.25, 0.1, 0))", [0.3, 0.1, 0.1], [0.33, 0.1, 0.1]),
        ("centre(table)", [0.59, 0.13, 0.1], [0.61, 0.13, 0.1]),
        ("center(table)", [0.59, 0.13, 0.1], [0.59, 0.14, 0.1]),
        ("above(cup, cm(10))", [0.52, 0.14, 0.205], [0.52, 0.14, 0.215]),
        ("above(cup, cm(10))", [0.525, 0.13, 0.2], [0.53, 0.13, 0.2]),
        ("left_of(cup, cm(5))", [0.5, 0.05, 0.05], [0.5, 0.21, 0.05]),
        ("right_of(cup, cm(5))", [0.5, 0.21, 0.05], [0.5, 0.05, 0.05]),
        ("front_of(cup, cm(5))", [0.6, 0.13, 0.05], [0.4, 0.13, 0.05]),
        ("behind(cup, cm(5))", [0.4, 0.13, 0.05], [0.6, 0.13, 0.05]),
        ("beside(cup, cm(5))", [0.5, 0.05, 0.05], [0.6, 0.13, 0.05]),
        ("beside(cup, cm(5))", [0.5, 0.21, 0.05], [0.4, 0.13, 0.05]),
        ("near(cup, cm(5))", [0.5, 0.13, 0.149], [0.5, 0.13, 0.151]),
        ("near(cup.top + vec(0, 0, cm(5)), cm(2))", [0.5, 0.13, 0.169], [0.5, 0.13, 0.171]),
    ],
)  # fmt: skip
def test_a_region_is_where_its_words_say(text: str, within: list[float], without: list[float]) -> None:
    assert inside(text, within, without) == [True, False]


def test_sides_are_the_persons_and_turn_with_them() -> None:
    opposite = Directions(right=np.array([0.0, -1.0, 0.0]), behind=np.array([1.0, 0.0, 0.0]))
    moved = Surroundings(things=AROUND.things, directions=opposite)
    assert inside('half(table, "left")', [0.5, 0.2, 0.1], [0.5, -0.2, 0.1], around=moved) == [True, False]


def test_regions_of_a_turned_and_lying_thing_follow_its_box() -> None:
    # It lies on its side: what was z points along x of the world, turned by 30 degrees.
    X_WO = RigidTransform(
        RotationMatrix.MakeZRotation(np.pi / 6) @ RotationMatrix.MakeYRotation(np.pi / 2), [0.5, 0.0, 0.03]
    )
    lying = Body(X_WO=X_WO, size=np.array([0.06, 0.06, 0.2]), shapes=CUP.shapes, parts=CUP.parts)
    around = Surroundings(things={**AROUND.things, "cup": lying}, directions=PERSON)
    bound = bind_region(region_of("above(cup, cm(10))"), around)
    np.testing.assert_allclose(bound.centre, [0.5, 0.0, 0.16], atol=1e-12)
    behind = bind_region(region_of("behind(cup, cm(10))"), around)
    away = -0.2 * np.array([np.cos(np.pi / 6), np.sin(np.pi / 6), 0.0])
    np.testing.assert_allclose(behind.centre, np.array([0.5, 0.0, 0.03]) + away, atol=1e-12)


def test_the_slowest_of_several_speeds_counts() -> None:
    fields = said(
        "slow(cup, 0.1, 0.3)", 'slow(half(table, "right"), 0, 0.2)', "slow(near(box, 0.05), 0.05, 0.1)"
    )
    p = np.array(
        [[0.5, 0.05, 0.05], [0.5, 0.3, 0.1], [0.5, 0.05, 0.19], [0.35, -0.25, 0.14], [0.7, -0.3, 0.1]]
    )
    np.testing.assert_allclose(fields.speed(p), [0.2, 0.2, 0.2, 0.1, np.inf], rtol=1e-6)
    p = np.array([[0.5, 0.0, 0.05], [0.5, -0.01, 0.05]])
    np.testing.assert_allclose(said("slow(cup, 0.1, 0.3)").speed(p), [0.3, np.inf], rtol=1e-6)


def test_rotation_points_at_the_thing_or_along_the_direction_and_the_last_one_counts() -> None:
    fields = said("face(vec(0, 0, -2))", "face(cup, where=near(cup, cm(20)))")
    p = np.array([[0.7, -0.3, 0.3], [0.5, 0.13, 0.25], [0.5, -0.05, 0.05]])
    np.testing.assert_allclose(fields.rotation(p), [[0, 0, -1], [0, 0, -1], [0, 1, 0]], atol=1e-6)
    assert np.isnan(said("face(cup, where=near(cup, cm(5)))").rotation(p[:1])).all()
    np.testing.assert_allclose(
        said("face(direction(box, cup))").rotation(p[:1])[0],
        (CUP.parts["center"] - BOX.parts["center"])
        / np.linalg.norm(CUP.parts["center"] - BOX.parts["center"]),
        atol=1e-6,
    )


def test_the_fingers_are_as_far_open_as_is_said_where_it_is_said() -> None:
    fields = said(
        'grip("open")', 'grip("closed", where=half(table, "left"))', "grip(cm(4), where=near(box, cm(5)))"
    )
    p = np.array([[0.5, 0.3, 0.1], [0.5, -0.3, 0.1], [0.35, -0.25, 0.09]])
    np.testing.assert_allclose(fields.grip(p), [0.08, 0.0, 0.04], rtol=1e-6)
    assert np.isnan(said('grip("open", where=near(box, cm(5)))').grip(p[:1])).all()
    assert said("grip(cm(40))").grip(p[:1])[0] == np.float32(0.08), "no farther than the hand opens"


def test_a_stages_own_maps_come_after_those_of_always() -> None:
    always = 'def always():\n    grip("open")\n    avoid(box, cm(5))\n'
    stage = read(always + 'def stage_1():\n    toward(cup)\n    grip("closed")\n', WORDS).stages[0]
    assert [one.opening for one in stage.grip] == ["open", "closed"]
    assert Statements(stage, AROUND, Hand(radius=0.03)).grip(np.zeros((1, 3)))[0] == 0.0
    assert [one.thing for one in stage.avoid] == ["box"]


def test_avoidance_says_by_how_much_and_affordance_how_strongly() -> None:
    stage = stage_of(
        'toward(half(table, "left"), weight=2)', "toward(near(box, cm(10)))", "avoid(cup, cm(10))"
    )
    fields = Statements(stage, AROUND, Hand(radius=0.03))
    p = np.array([[0.5, 0.13, 0.13], [0.5, 0.13, 0.3], [0.35, -0.25, 0.1], [0.6, -0.1, 0.1]])
    np.testing.assert_allclose(fields.avoidance(p), [0.07, 0.0, 0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(fields.affordance(p), [0.0, 0.0, 3.0, 2.0])


def test_of_several_targets_the_place_with_the_most_weight_is_gone_to() -> None:
    stage = stage_of('toward(half(table, "left"), weight=2)', "toward(near(box, cm(10)))")
    start = np.array([0.7, 0.4, 0.3])
    path = ValueMaps.build(AROUND, stage, WORKSPACE, Hand(radius=0.03)).plan(start)
    assert isinstance(path, FieldPath)
    end = path.p_WG[-1:]
    assert bind_region(region_of("near(box, cm(10))"), AROUND).distance(end)[0] <= 1e-9
    alone = ValueMaps.build(AROUND, stage_of('toward(half(table, "left"))'), WORKSPACE, Hand(radius=0.03))
    path = alone.plan(start)
    assert isinstance(path, FieldPath) and path.length < 0.5
    assert inside('half(table, "left")', path.p_WG[-1].tolist()) == [True]


@pytest.mark.parametrize(
    "text", ["above(cup, cm(10))", "corner(table, nearest=cup)", "left_of(box, cm(8))", "beside(cup, cm(10))"]
)
def test_ways_end_inside_the_region(text: str) -> None:
    maps = ValueMaps.build(AROUND, stage_of(f"toward({text})"), WORKSPACE, Hand(radius=0.03))
    path = maps.plan(np.array([0.3, 0.0, 0.4]))
    assert isinstance(path, FieldPath), path
    assert inside(text, path.p_WG[-1].tolist()) == [True]


def test_ways_that_enter_the_finer_patch_at_its_very_edge_go_on_to_the_target() -> None:
    # Regression: the edge's nodes were taken to lie outside by rounding, and ways ended there.
    stage = stage_of("toward(above(cup, cm(10)))")
    rng = np.random.default_rng(0)
    for lower in rng.uniform(0.0, 0.1, (6, 3)):
        workspace = Workspace(lower=WORKSPACE.lower - lower, upper=WORKSPACE.upper)
        maps = ValueMaps.build(AROUND, stage, workspace, Hand(radius=0.03))
        for start in rng.uniform([0.15, -0.45, 0.2], [0.85, 0.45, 0.5], (10, 3)):
            path = maps.plan(start)
            assert isinstance(path, FieldPath)
            assert inside("above(cup, cm(10))", path.p_WG[-1].tolist()) == [True]


def test_a_region_that_is_filled_says_by_what() -> None:
    tower = Body.boxes([(np.array([0.4, 0.05, 0.0]), np.array([0.6, 0.21, 0.5]))])
    around = Surroundings(things={**AROUND.things, "tower": tower}, directions=PERSON)
    answer = ValueMaps.build(
        around, stage_of("toward(above(cup, cm(5)))"), WORKSPACE, Hand(radius=0.03)
    ).plan(np.array([0.3, 0.0, 0.4]))
    assert isinstance(answer, Unreachable)
    assert answer.reason == "unreachable: the target is filled by tower"


def test_an_avoided_region_moves_with_its_thing() -> None:
    stage = stage_of("toward(vec(0.5, -0.35, 0.2))", "avoid(near(cup, cm(5)), cm(5))")
    start = np.array([0.5, 0.35, 0.2])
    maps = ValueMaps.build(AROUND, stage, WORKSPACE, Hand(radius=0.03))
    before = maps.plan(start)
    maps.moved("cup", CUP.X_WO, RigidTransform([0.25, -0.13, 0.0]) @ CUP.X_WO)
    after = maps.plan(start)
    fresh = ValueMaps.build(maps.statements.surroundings, stage, WORKSPACE, Hand(radius=0.03)).plan(start)
    assert isinstance(before, FieldPath) and isinstance(after, FieldPath) and isinstance(fresh, FieldPath)
    assert before.length > after.length + 0.005
    np.testing.assert_array_equal(after.p_WG, fresh.p_WG)


def test_what_is_not_there_is_named() -> None:
    bare = Surroundings(things={"table": TABLE}, directions=PERSON)
    with pytest.raises(UnknownName, match="cup"):
        Statements(stage_of("toward(cup)"), bare, Hand(radius=0.03))
    with pytest.raises(UnknownName, match="box"):
        Statements(
            stage_of("toward(vec(0.5, 0, 0.3))", "slow(near(box, cm(5)), 0, 0.1)"), bare, Hand(radius=0.03)
        )
    with pytest.raises(UnknownName, match="tool point"):
        Statements(stage_of("toward(start(ee) + vec(0, 0, cm(5)))"), AROUND, Hand(radius=0.03))


@pytest.mark.parametrize(
    "line",
    [
        "toward(cup)",
        "face(cup)",
        'grip("open")',
        'avoid(half(table, "left"))',
        "slow(near(cup, 0.1), 0, 0.1)",
    ],
)
def test_who_makes_no_maps_refuses_them_with_what_to_write_instead(line: str) -> None:
    words = Vocabulary(things=WORDS.things)
    with pytest.raises(Retryable, match=r"is not planned with here.*\. .*\.$"):
        read(f"def stage_1():\n    goal(height(ee) >= 0.1)\n    {line}\n", words)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("toward(cup, weight=0)", "the weight is above 0"),
        ("toward()", "toward lacks its target"),
        ("toward(norm(cup - box))", "toward takes a point in the world, not a number"),
        ("toward(ee)", "moves with the hand itself"),
        ("toward(near(ee, cm(5)))", "the region would move with the hand"),
        ('avoid(half(table, "left"), 2)', "the distance is at least 0 and at most 1 m"),
        ("avoid(cup)", "avoid lacks its distance"),
        ("avoid(table, cm(5))", "the table is always kept clear of"),
        ("slow(near(cup, cm(5)), 0, 0)", "the speed is above 0"),
        ('face(half(table, "left"))', "not a region"),
        ("face(vec(0, 0, 0))", "no direction"),
        ("face(degrees(5))", "face takes a point or a direction, not a number"),
        ("grip(cm(-1))", "the opening is at least 0"),
        ("grip(cup)", "the opening is a constant number"),
        ("toward(half())", "half lacks its thing"),
        ('toward(half(table, "left", "front"))', "the sides do not fit"),
        ('toward(quarter(table, "left", "right"))', "one of left, right and one of front, back"),
        ('toward(half(table, "left", width=2))', "half has no argument width"),
        ("toward(near(cup))", "near lacks its distance"),
        ("toward(near(table, cm(5)))", "nothing is near the table"),
        ("toward(above(cup, 2))", "the distance is above 0 and at most 1 m"),
        ('goal(half(cup, "left"))', "goal takes one comparison, not a region"),
    ],
)
def test_refused(line: str, why: str) -> None:
    with pytest.raises(Retryable) as caught:
        stage_of(line)
    assert why in str(caught.value)
    assert str(caught.value).startswith("line 2, column ")


def test_a_text_may_use_the_words_of_regions_as_names() -> None:
    stage = stage_of("above = vec(0, 0, cm(10))", "edge = 0.02", "goal(norm(ee - cup - above) <= edge)")
    assert len(stage.goals) == 1


def test_too_many_maps_are_refused() -> None:
    with pytest.raises(Retryable, match="at most 32 maps"):
        stage_of("toward(cup)", "for i in range(40):", '    grip("open")')
