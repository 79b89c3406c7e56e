import numpy as np
import pytest
from handsel.perception import kernels
from scipy.ndimage import distance_transform_edt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist

RNG = np.random.default_rng(17)


@pytest.mark.parametrize("shape", [(9, 13, 7), (1, 5, 30), (20, 3, 4)])
def test_squared_distance_is_scipys(shape):
    solid = RNG.random(shape) < 0.05
    solid[0, 0, 0] = True
    assert np.sqrt(kernels.squared_distance(solid)) == pytest.approx(distance_transform_edt(~solid), abs=1e-9)


def test_linked_is_the_graph_of_near_points_of_one_color():
    p = RNG.uniform(0.0, 0.06, (300, 3))
    rgb = np.where(RNG.random((300, 1)) < 0.5, [[0.6, 0.1, 0.1]], [[0.1, 0.2, 0.6]])
    reach = RNG.uniform(0.004, 0.010, 300)
    labels = kernels.linked(p, rgb, reach, 0.12, 0.1, 5.0, 0.01)
    near = cdist(p, p) < np.maximum(reach[:, None], reach[None])
    same = (rgb[:, None] == rgb[None]).all(axis=2)
    expected = connected_components(coo_matrix(near & same), directed=False)[1]
    pairs = {(int(a), int(b)) for a, b in zip(labels, expected, strict=True)}
    assert len(pairs) == len(set(labels.tolist())) == len(set(expected.tolist())) > 20


def test_support_leaves_the_farthest_out():
    xy = RNG.normal(size=(200, 2))
    angle = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
    normals = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ordered = np.sort(xy @ normals.T, axis=0)
    for skip in (0, 3):
        assert kernels.support(xy, normals, skip) == pytest.approx(ordered[-1 - skip])


def test_nearest_pair_is_the_nearest():
    one, other = RNG.random((40, 3)), RNG.random((30, 3)) + np.array([0.6, 0.0, 0.0])
    i, j, gap = kernels.nearest_pair(one, other)
    assert gap == pytest.approx(cdist(one, other).min())
    assert np.linalg.norm(one[i] - other[j]) == pytest.approx(gap)
