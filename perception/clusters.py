"""Groups of points by density.

DBSCAN (M. Ester et al., KDD 1996) on scipy's KD-tree: the points are a few hundred, so
one library less is worth more than a faster tree.
"""

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64

NOISE = -1
"""Label of what belongs to no group."""


def dbscan(points: Float64, radius: float, least: int) -> NDArray[np.intp]:
    """Label points by the dense group that they belong to.

    Args:
        points: Shape (N, 3), [m].
        radius: Reach of a point, [m].
        least: Fewest points within reach, itself included, that make a point a core of a group.

    Returns:
        Labels from 0 in the order of each group's first core, ``NOISE`` for points that no core
        reaches; a point that several groups reach goes with its nearest core. Shape (N,).
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import KDTree

    labels = np.full(len(points), NOISE, np.intp)
    if not len(points):
        return labels
    pairs = KDTree(points).query_pairs(radius, output_type="ndarray")
    count = 1 + np.bincount(pairs.ravel(), minlength=len(points))
    core = count >= least
    if not core.any():
        return labels
    linked = pairs[core[pairs].all(axis=1)]
    graph = coo_matrix((np.ones(len(linked)), (linked[:, 0], linked[:, 1])), shape=(len(points),) * 2)
    owner = connected_components(graph, directed=False)[1]
    names: dict[int, int] = {}
    for index in np.flatnonzero(core):
        labels[index] = names.setdefault(int(owner[index]), len(names))
    away, nearest = KDTree(points[core]).query(points[~core], distance_upper_bound=radius)
    reached = np.isfinite(np.asarray(away))
    labels[np.flatnonzero(~core)[reached]] = labels[core][np.asarray(nearest)[reached]]
    return labels
