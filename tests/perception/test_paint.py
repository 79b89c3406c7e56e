"""Which pixels name a thing: the cabinet's for a drawer, and side faces have less light than tops."""

import numpy as np
from handsel.perception import bodies
from handsel.perception.cloud import joined
from handsel.perception.paint import color_of
from sampled import box_points, cloud_of, standing


def test_a_side_without_its_top_is_not_grayer_than_it_is():
    body = bodies.cuboid("block", np.array([0.5, 0.0]), 0.0, 0.05, 0.05, (0.0, 0.05))
    p_W = box_points(standing(0.5, 0.0, 0.025), (0.05, 0.05, 0.05))
    side = p_W[p_W[:, 2] < 0.04]
    # White with 58 % of the light; the same pixels on a top face are gray.
    assert color_of(body, cloud_of(side, (0.55, 0.55, 0.55)), 1.0)[0] == "white"
    assert color_of(body, cloud_of(p_W, (0.55, 0.55, 0.55)), 1.0)[0] == "gray"


def test_the_cabinet_gives_a_drawer_its_color():
    # A black cabinet was once called gray after the floor of its pulled-out drawer.
    body = bodies.drawer(np.array([0.45, 0.0]), 0.0, 0.22, 0.20, (0.0, 0.12))
    cabinet = cloud_of(box_points(standing(0.45, 0.0, 0.06), (0.22, 0.20, 0.12)), (0.06, 0.06, 0.06))
    slide = cloud_of(box_points(standing(0.60, 0.0, 0.05), (0.08, 0.17, 0.09)), (0.40, 0.40, 0.40))
    assert color_of(body, joined(cabinet, slide), 1.0)[0] == "black"
