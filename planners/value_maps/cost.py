"""What a metre of way costs, by how much room there is beyond what has to be kept."""

import numpy as np

from ...robots.compiled import compiled

COMFORT = 0.06
"""Room beyond the kept distance at which nothing is gained by more, [m]."""
HUG = 1.0
"""What a metre costs more where there is no room to spare. With 1, ways keep a few centimetres off and stay
within a few per cent of the shortest (``benchmarks/value_maps.py``)."""


@compiled
def metre(room):
    """Give the cost of a metre at some room, [m]; infinite where there is less than none."""
    if room < 0.0:
        return np.inf
    if room >= COMFORT:
        return 1.0
    missing = 1.0 - room / COMFORT
    return 1.0 + HUG * missing * missing


@compiled
def half_costs(room, found):
    """Fill ``found`` with half the cost of a metre at each node; both flat float32."""
    for n in range(len(room)):
        found[n] = 0.5 * metre(room[n])
