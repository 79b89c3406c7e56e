"""Cabinets with a drawer that is out: put together from clusters that look like other things."""

import numpy as np
import pytest
from handsel.perception import bodies
from handsel.perception.bodies import Body
from handsel.perception.cloud import Cloud
from handsel.perception.columns import Part
from handsel.perception.pulled import with_pulled_drawers
from sampled import box_points, cloud_of, noised, standing

SIZE = np.array([0.20, 0.19, 0.12])
BROWN, LIGHT = np.array([0.5, 0.35, 0.2]), np.array([0.7, 0.55, 0.4])
OUT = 0.07
FRONT = 0.45 + SIZE[0] / 2.0 + OUT


def cabinet() -> np.ndarray:
    p_W = box_points(standing(0.45, 0.0, SIZE[2] / 2.0), list(SIZE))
    return noised(p_W[p_W[:, 2] > 0.02])


def drawer() -> dict[str, np.ndarray]:
    middle, half = FRONT - OUT / 2.0, SIZE[1] / 2.0 - 0.015
    walls = [
        box_points(standing(middle, side * (half - 0.003), 0.06), [OUT, 0.006, 0.09]) for side in (-1, 1)
    ]
    walls.append(box_points(standing(FRONT - 0.003, 0.0, 0.06), [0.006, 2 * half, 0.09]))
    return {
        "walls": noised(np.concatenate(walls), 1),
        "floor": noised(box_points(standing(middle, 0.0, 0.018), [OUT, 2 * half, 0.006]), 2),
        "handle": noised(box_points(standing(FRONT + 0.035, 0.0, 0.06), [0.012, 0.08, 0.012]), 3),
    }


def in_pieces() -> list[Cloud]:
    """The lid in two, the rest of the cabinet, and the drawer in pieces of several shades."""
    p_W, out = cabinet(), drawer()
    lid = p_W[:, 2] > SIZE[2] - 0.004
    inner = lid & (np.abs(p_W[:, 1]) < 0.08) & (np.abs(p_W[:, 0] - 0.45) < 0.085)
    low = out["walls"][:, 2] < 0.06
    return [
        cloud_of(p_W[inner], BROWN),
        cloud_of(p_W[lid & ~inner], 0.9 * BROWN),
        cloud_of(p_W[~lid], 0.6 * BROWN),
        cloud_of(out["walls"][low], 0.5 * LIGHT),
        cloud_of(out["walls"][~low], LIGHT),
        cloud_of(out["floor"], 0.8 * LIGHT),
        cloud_of(out["handle"], LIGHT),
    ]


def body_of(parts: list[Part]) -> Body:
    (part,) = parts
    assert part.body is not None
    return part.body


def test_pieces_of_many_shades_are_one_open_drawer() -> None:
    """Regression: an open drawer was a cabinet without a front beside boxes, a bowl and a can."""
    parts, rest = with_pulled_drawers([], in_pieces(), 0.0)
    body = body_of(parts)
    assert not rest
    assert body.kind == "drawer" and sorted(body.size[:2]) == pytest.approx([0.19, 0.20], abs=0.006)
    assert body.parts["front"][0] == pytest.approx(FRONT, abs=0.006)
    assert body.parts["shut"][0] == pytest.approx(0.55, abs=0.006)
    assert body.parts["handle"] == pytest.approx([FRONT + 0.035, 0.0, 0.06], abs=0.008)


@pytest.mark.parametrize(("color", "z"), [((0.05, 0.1, 0.5), 0.041), (tuple(LIGHT), 0.06)])
def test_what_lies_in_it_stays_a_thing_of_its_own(color: tuple[float, float, float], z: float) -> None:
    block = cloud_of(noised(box_points(standing(FRONT - 0.037, 0.0, z), [0.03] * 3), 4), color)
    parts, rest = with_pulled_drawers([], [*in_pieces(), block], 0.0)
    assert body_of(parts).parts["front"][0] == pytest.approx(FRONT, abs=0.006)
    assert rest == [block]


def test_one_cluster_of_all_is_one_open_drawer_and_leaves_the_neighbour() -> None:
    p_W = np.concatenate([cabinet(), *drawer().values()])
    block = box_points(standing(0.45, 0.17, 0.02), [0.04] * 3)
    both = cloud_of(np.concatenate([p_W, noised(block, 5)]), LIGHT)
    parts, rest = with_pulled_drawers([], [both], 0.0)
    assert body_of(parts).parts["front"][0] == pytest.approx(FRONT, abs=0.006)
    (left,) = rest
    assert len(left) > 0.6 * len(block) and np.median(left.p_W[:, 1]) == pytest.approx(0.17, abs=0.012)


def test_a_closed_one_and_what_stands_before_it_are_left_to_others() -> None:
    handle = noised(box_points(standing(0.45 + 0.10 + 0.035, 0.0, 0.06), [0.012, 0.08, 0.012]))
    angle, z = np.meshgrid(np.linspace(-np.pi, np.pi, 90), np.linspace(0.0, 0.06, 20))
    rim = np.stack([0.66 + 0.07 * np.cos(angle), 0.07 * np.sin(angle), z], -1).reshape(-1, 3)
    clouds = [cloud_of(cabinet(), BROWN), cloud_of(handle, BROWN), cloud_of(noised(rim), (0.1, 0.5, 0.5))]
    parts, rest = with_pulled_drawers([], clouds, 0.0)
    assert not parts and rest == clouds


def test_a_cabinet_that_is_known_gets_the_drawer_that_came_out() -> None:
    body = bodies.drawer(np.array([0.45, 0.0]), 0.0, SIZE[0], SIZE[1], (0.0, SIZE[2]))
    own = cloud_of(cabinet(), BROWN)
    pieces = in_pieces()[3:]
    parts, rest = with_pulled_drawers([Part(cloud=own, body=body)], pieces, 0.0)
    assert not rest and body_of(parts).parts["front"][0] == pytest.approx(FRONT, abs=0.006)
    assert len(parts[0].cloud) >= len(own)
