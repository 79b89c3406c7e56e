"""How value maps are drawn: what of each is a surface, and in which colour."""

import numpy as np

from ...core.arrays import Float64
from .isosurface import isosurface
from .record import FieldRecord

COLORS = {
    "affordance": "#2f8f4e",
    "avoidance": "#b5402f",
    "speed": "#2f63a8",
    "rotation": "#7f4fa8",
    "grip": "#b08900",
}
TITLES = {
    "affordance": "toward",
    "avoidance": "avoid: how much nearer than asked [m]",
    "speed": "slow: largest tool speed [m/s]",
    "rotation": "face: where the hand points",
    "grip": "grip: opening [m]",
}
LEVEL = 0.5
"""Level of what is said or not said, and of the affordance: 7 cm from the target."""
CLOSER = 0.002
"""Level of the avoidance, [m]: as good as its border."""


def surface(field: FieldRecord) -> tuple[Float64, np.ndarray]:
    """Give the surface that a field is drawn as: vertices (N, 3), [m], faces (T, 3); empty if it has none.

    That is the border of where something is said, of a target's surroundings, or of what is avoided.
    """
    values = field.values
    if field.name == "avoidance":
        return isosurface(np.nan_to_num(values), CLOSER, field.lower, field.step)
    if field.name == "affordance":
        return isosurface(np.nan_to_num(values), LEVEL, field.lower, field.step)
    if field.name == "rotation":
        values = values[..., 0]
    return isosurface(np.isfinite(values).astype(float), LEVEL, field.lower, field.step)


def level_slice(field: FieldRecord, height: float) -> Float64:
    """Give a field at the nodes of the level nearest to a height, [m]; of ``rotation`` the vectors."""
    at = int(np.clip(np.rint((height - field.lower[2]) / field.step[2]), 0, field.values.shape[2] - 1))
    return field.values[:, :, at]
