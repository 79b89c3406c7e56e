"""Where a field on a grid passes a level: triangles, by marching tetrahedra.

Each cube of eight nodes is parted into six tetrahedra about a diagonal (Payne and Toga, "Surface mapping
brain function on 3D models", 1990); in each the surface is one triangle or two. Not covered: which side is
outside.
"""

from itertools import permutations

import numpy as np

from ...core.arrays import Float64

_CORNERS = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)])


def _tetrahedra() -> np.ndarray:
    """Give the ways along edges from one end of the cube's diagonal to the other, (6, 4) corner numbers."""
    found = []
    for order in permutations(range(3)):
        corner, way = np.zeros(3, int), [0]
        for axis in order:
            corner[axis] = 1
            way.append(int(corner @ [4, 2, 1]))
        found.append(way)
    return np.array(found)


_PARTS = _tetrahedra()


def isosurface(values: Float64, level: float, lower: Float64, step: Float64) -> tuple[Float64, np.ndarray]:
    """Give the surface on which a field has a level.

    Args:
        values: The field, shape (nx, ny, nz), finite.
        level: The level.
        lower: The first node, p_W, shape (3,), [m].
        step: Distance of nodes along each axis, shape (3,), [m].

    Returns:
        Vertices, shape (3 T, 3), [m], and faces, shape (T, 3); both empty where there is none.
    """
    above = values > level
    cubes = _windows(above).sum(axis=-1)
    at = np.argwhere((cubes > 0) & (cubes < 8))
    if not len(at):
        return np.zeros((0, 3)), np.zeros((0, 3), int)
    nodes = (at[:, None] + _CORNERS)[:, _PARTS].reshape(-1, 4, 3)
    v = values[tuple(nodes.transpose(2, 0, 1))]
    # The nodes above the level come first.
    order = np.argsort(-v, axis=1, kind="stable")
    v = np.take_along_axis(v, order, axis=1)
    p = lower + np.take_along_axis(nodes, order[:, :, None], axis=1) * step
    count = (v > level).sum(axis=1)

    def cut(rows: np.ndarray, a: int, b: int) -> Float64:
        share = (v[rows, a] - level) / np.maximum(v[rows, a] - v[rows, b], 1e-12)
        return p[rows, a] + share[:, None] * (p[rows, b] - p[rows, a])

    triangles = []
    for number, corners in (
        (1, ((0, 1), (0, 2), (0, 3))),
        (3, ((0, 3), (1, 3), (2, 3))),
        (2, ((0, 2), (0, 3), (1, 3))),
        (2, ((0, 2), (1, 3), (1, 2))),
    ):
        rows = np.flatnonzero(count == number)
        triangles.append(np.stack([cut(rows, a, b) for a, b in corners], axis=1))
    vertices = np.concatenate(triangles).reshape(-1, 3)
    return vertices, np.arange(len(vertices)).reshape(-1, 3)


def _windows(above: np.ndarray) -> np.ndarray:
    ends = np.array(above.shape) - 1
    return np.stack(
        [above[i : ends[0] + i, j : ends[1] + j, k : ends[2] + k] for i, j, k in _CORNERS], axis=-1
    )
