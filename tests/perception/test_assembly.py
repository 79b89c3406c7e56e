"""Clusters made into things: stacks, rows and contents, from sampled points without a renderer."""

import numpy as np
import pytest
from handsel.core.camera import CameraFrame
from handsel.perception import bodies
from handsel.perception.assembly import Piece, assemble
from handsel.perception.cloud import Cloud
from handsel.perception.columns import JOINED
from handsel.perception.splitting import in_one_place
from handsel.perception.standing import Stood, claimed, missing
from render import FRONT, camera_model
from sampled import box_points, cloud_of, noised, standing


def _blind() -> tuple[CameraFrame, ...]:
    """A frame that has measured nothing, so that it sees no free space either."""
    model = camera_model()
    size = (model.height, model.width)
    rgb, depth = np.zeros((*size, 3), np.uint8), np.full(size, np.nan, np.float32)
    return (CameraFrame(camera="front", time=0.0, rgb=rgb, depth=depth, model=model, X_WC=FRONT),)


def _stack(sides, yaws, z: float = 0.0) -> tuple[np.ndarray, list[np.ndarray]]:
    """Points of a stack of cubes, what the next one covers left out, and the cubes' middles."""
    points, middles = [], []
    for number, (side, yaw) in enumerate(zip(sides, yaws, strict=True)):
        X_WO = standing(0.5, 0.1, z + side / 2.0, yaw)
        p_W = box_points(X_WO, [side] * 3)
        if number + 1 < len(sides):
            R = standing(0, 0, 0, yaws[number + 1]).rotation().matrix()
            over = (np.abs((p_W - X_WO.translation()) @ R)[:, :2] < sides[number + 1] / 2.0).all(axis=1)
            p_W = p_W[~(over & (p_W[:, 2] > z + side - 0.001))]
        points.append(p_W)
        middles.append(np.array(X_WO.translation()))
        z += side
    return noised(np.concatenate(points)), middles


def _assembled(*clouds: Cloud) -> list[Piece]:
    return assemble(clouds, 0.0, _blind())


@pytest.mark.parametrize(
    ("sides", "yaws"),
    [((0.042, 0.042), (0.3, 0.3)), ((0.04, 0.04, 0.04), (0.7, 0.7, 0.7)), ((0.048, 0.04), (0.2, 0.9))],
)
def test_a_stack_of_one_color_is_told_apart(sides, yaws):
    p_W, middles = _stack(sides, yaws)
    pieces = _assembled(cloud_of(p_W))
    assert [piece.body.kind for piece in pieces] == ["block"] * len(sides)
    found = sorted((piece.body.X_WO.translation() for piece in pieces), key=lambda p: p[2])
    for seen, truth in zip(found, middles, strict=True):
        assert seen == pytest.approx(truth, abs=0.006)
    assert all(JOINED in piece.body.doubts for piece in pieces) or sides[0] != sides[1]


def test_slivers_under_a_block_make_the_block_below():
    # Shade once cut the lower block into strips, and the upper one was taken for a box down to the table.
    p_W, middles = _stack((0.044, 0.044), (0.5, 0.5))
    upper = p_W[:, 2] > 0.044
    left = p_W[:, 1] > 0.1
    clouds = [
        cloud_of(p_W[upper], (0.05, 0.1, 0.5)),
        cloud_of(p_W[~upper & left], (0.30, 0.16, 0.02)),
        cloud_of(p_W[~upper & ~left], (0.06, 0.03, 0.004)),
    ]
    pieces = _assembled(*clouds)
    found = sorted((piece.body.X_WO.translation() for piece in pieces), key=lambda p: p[2])
    assert [piece.body.kind for piece in pieces] == ["block", "block"]
    for seen, truth in zip(found, middles, strict=True):
        assert seen == pytest.approx(truth, abs=0.006)
    assert not any(JOINED in piece.body.doubts for piece in pieces)


def test_a_row_of_blocks_of_one_color_is_told_apart():
    side = 0.041
    parts = [box_points(standing(0.5 + k * side, 0.1, side / 2.0), [side] * 3) for k in (0, 1)]
    pieces = _assembled(cloud_of(noised(np.concatenate(parts))))
    assert [piece.body.kind for piece in pieces] == ["block", "block"]
    assert sorted(piece.body.X_WO.translation()[0] for piece in pieces) == pytest.approx(
        [0.5, 0.541], abs=0.005
    )


def test_a_box_stays_whole():
    pieces = _assembled(cloud_of(noised(box_points(standing(0.5, 0.0, 0.04, 0.6), (0.07, 0.055, 0.08)))))
    assert [piece.body.kind for piece in pieces] == ["box"]


def test_an_open_drawer_is_measured_and_holds_what_lies_in_it():
    cabinet = noised(box_points(standing(0.45, 0.0, 0.06), (0.22, 0.20, 0.12)))
    front = 0.45 + 0.11 + 0.08
    walls = [
        box_points(standing(front - 0.04, side * 0.082, 0.06), (0.08, 0.006, 0.09)) for side in (-1.0, 1.0)
    ]
    walls += [
        box_points(standing(front - 0.003, 0.0, 0.06), (0.006, 0.17, 0.09)),
        box_points(standing(front - 0.04, 0.0, 0.018), (0.08, 0.16, 0.006)),
        box_points(standing(front + 0.039, 0.0, 0.06), (0.012, 0.08, 0.012)),
    ]
    content = noised(box_points(standing(front - 0.04, 0.0, 0.041), [0.04] * 3), 4)
    drawer = cloud_of(noised(np.concatenate(walls), 2), (0.7, 0.6, 0.5))
    pieces = _assembled(cloud_of(cabinet, (0.5, 0.35, 0.2)), drawer, cloud_of(content, (0.05, 0.3, 0.08)))
    by_kind = {piece.body.kind: piece for piece in pieces}
    assert sorted(by_kind) == ["block", "drawer"]
    body = by_kind["drawer"].body
    assert body.parts["front"][0] == pytest.approx(front, abs=0.005)
    assert body.parts["handle"] == pytest.approx([front + 0.039, 0.0, 0.06], abs=0.006)
    inside = by_kind["block"].support
    assert pieces[inside.inside].body.kind == "drawer" and inside.height == pytest.approx(0.021, abs=0.003)
    # What is out is hollow: the block in it touches no solid but the floor.
    assert body.residual(np.array([[front - 0.04, 0.05, 0.06]]))[0] > 0.02


def test_the_views_of_one_thing_that_differ_are_not_two():
    # A black bottle whose two views lie a centimetre apart was once two bottles in one place.
    one = bodies.pillar("bottle", standing(0.443, 0.319, 0.1), 0.022, 0.198)
    other = bodies.pillar("bottle", standing(0.441, 0.316, 0.1), 0.025, 0.197)
    above = bodies.pillar("can", standing(0.443, 0.319, 0.25), 0.03, 0.1)
    assert in_one_place(one, other) and not in_one_place(one, above)


def test_a_box_seen_in_part_is_no_column():
    # Half hidden by a bottle, its top looked like a cube's.
    p_W = noised(box_points(standing(0.456, -0.321, 0.0425, 0.2), (0.051, 0.050, 0.085)))
    assert [piece.body.kind for piece in _assembled(cloud_of(p_W))] == ["box"]


def test_an_end_of_a_handle_stands_out_less_than_its_bar():
    angle, z = np.meshgrid(np.linspace(-np.pi, np.pi, 90), np.linspace(0.0, 0.08, 30))
    wall = np.stack([0.5 + 0.036 * np.cos(angle), 0.036 * np.sin(angle), z], -1).reshape(-1, 3)
    out, across = np.meshgrid(np.linspace(0.036, 0.051, 8), np.linspace(-0.004, 0.004, 4))
    end = np.stack([0.5 + out, across, np.full_like(out, 0.066)], -1).reshape(-1, 3)
    body = _assembled(cloud_of(noised(np.concatenate([wall, end]))))[0].body
    assert body.kind == "mug"
    assert body.parts["handle"] == pytest.approx([0.5 + 0.0575, 0.0, 0.04], abs=0.004)


def test_furniture_that_is_cut_up_is_told_where_it_stood() -> None:
    """Regression: a cabinet whose drawer had opened came apart into boxes and trays."""
    size = np.array([0.22, 0.20, 0.12])
    body = bodies.drawer(np.array([0.4, 0.1]), 0.3, size[0], size[1], (0.0, size[2]))
    p_W = noised(box_points(body.X_WO, list(size)))
    before = Stood(body=body, p_W=p_W[::5], count=len(p_W))
    high = p_W[:, 2] > 0.06
    found, rest = claimed([before], [cloud_of(p_W[high]), cloud_of(p_W[~high])])
    assert len(found) == 1 and not rest and len(found[0][0]) == len(p_W)
    # What has been carried away is not believed to stand there still.
    elsewhere = cloud_of(p_W + np.array([0.0, 0.1, 0.0]))
    found, rest = claimed([before], [elsewhere])
    assert not found and len(rest) == 1
    whole = (body, cloud_of(p_W))
    assert not missing([before], [whole]) and missing([before], [(body, cloud_of(p_W[high][::4]))])


def test_an_upright_board_is_a_wall() -> None:
    p_W = noised(box_points(standing(0.5, 0.0, 0.07, 0.2), [0.22, 0.035, 0.14]))
    (piece,) = _assembled(cloud_of(p_W))
    assert piece.body.kind == "wall"
