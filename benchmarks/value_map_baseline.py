"""The value-map field's planner at 100^3, written anew from its description, for comparison.

Maps are whole arrays of float64; what is seen is voxelised, and everything within 15 voxels of the target
and in a cube of 20 at the start is erased from it; the cost is twice the distance to the target and once
the obstacles blurred by 10 voxels; a greedy walk over 124 neighbours is smoothed, thinned, and the nearest
target voxel is put at its end whatever happened. Its check of what the arm reaches is left out, which
makes it faster than it is.
"""

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter
from scipy.signal import savgol_filter

from .value_map_scenes import WMAX, WMIN, N, Scene

STEPS = 300
_OFFSETS = np.array(
    [(i, j, k) for i in range(-2, 3) for j in range(-2, 3) for k in range(-2, 3) if i or j or k]
)


def maps_of(scene: Scene) -> dict[str, np.ndarray]:
    """Compose the five maps, as program text of the field does: 100^3 each, rotation with four more."""
    rotation = np.zeros((N, N, N, 4))
    rotation[..., 0] = 1.0
    return {
        "affordance": scene.affordance(),
        "avoidance": scene.avoidance(),
        "velocity": np.ones((N, N, N)),
        "gripper": np.ones((N, N, N)),
        "rotation": rotation,
    }


def plan(scene: Scene, cloud: np.ndarray) -> tuple[np.ndarray, int]:
    """Plan from a cloud of surface points.

    Args:
        scene: Where from and where to.
        cloud: What a camera sees, shape (M, 3), [m].

    Returns:
        The way in voxels, shape (n, 3), and the bytes of the maps.
    """
    maps = maps_of(scene)
    obstacles = _seen(scene, maps, cloud)
    cost = _cost(maps["affordance"], obstacles)
    way = _walk(cost, scene.start)
    way = _thinned(_smoothed(way))
    ends = np.argwhere(maps["affordance"] > 0)
    end = ends[np.linalg.norm(ends - way[-1], axis=1).argmin()]
    return np.vstack([way, end]), sum(one.nbytes for one in maps.values())


def _seen(scene: Scene, maps: dict[str, np.ndarray], cloud: np.ndarray) -> np.ndarray:
    voxels = np.round((cloud - WMIN) / (WMAX - WMIN) * (N - 1)).astype(int)
    seen = np.zeros((N, N, N))
    seen[tuple(voxels.T)] = 1
    seen[np.asarray(distance_transform_edt(1 - maps["affordance"])) < 15] = 0
    x, y, z = scene.start
    seen[max(x - 10, 0) : x + 10, max(y - 10, 0) : y + 10, max(z - 10, 0) : z + 10] = 0
    return np.clip(maps["avoidance"] + seen, 0, 1)


def _cost(affordance: np.ndarray, obstacles: np.ndarray) -> np.ndarray:
    far = _normalised(np.asarray(distance_transform_edt(1 - affordance)))
    near = _normalised(gaussian_filter(obstacles, sigma=10))
    return _normalised(2.0 * far + near)


def _normalised(field: np.ndarray) -> np.ndarray:
    low, high = field.min(), field.max()
    return field if high <= low else (field - low) / (high - low)


def _walk(cost: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Go to the cheapest neighbour until none is within 0.001, at most 300 times; being there costs 1."""
    cost, at = cost.copy(), np.array(start)
    way = [at]
    for _ in range(STEPS):
        around = np.clip(at + _OFFSETS, 0, N - 1)
        values = cost[tuple(around.T)]
        here = cost[tuple(at)]
        if not (values <= here + 0.001).any():
            break
        cost[tuple(at)] += 1.0
        at = around[values.argmin()]
        way.append(at)
    return np.array(way, float)


def _smoothed(way: np.ndarray) -> np.ndarray:
    """Smooth by a cubic over 20 voxels and cut where it curves more than 3."""
    if len(way) < 21:
        return way
    smooth = np.clip(np.asarray(savgol_filter(way, 20, 3, axis=0)), 0, N - 1)
    speed = np.gradient(smooth, axis=0)
    bend = np.gradient(speed, axis=0)
    size = np.linalg.norm(speed, axis=1)
    curvature = np.linalg.norm(np.cross(speed, bend), axis=1) / np.maximum(size, 1e-6) ** 3
    sharp = np.flatnonzero(curvature > 3.0)
    return smooth[: sharp[0]] if len(sharp) and sharp[0] > 1 else smooth


def _thinned(way: np.ndarray) -> np.ndarray:
    """Keep points at least a voxel apart."""
    kept = [way[0]]
    for point in way[1:]:
        if np.linalg.norm(point - kept[-1]) >= 1.0:
            kept.append(point)
    return np.array(kept)
