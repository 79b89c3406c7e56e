"""A field in a trace: one byte a number, so that a stage's fields take some ten thousand bytes."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..core.errors import InputError

NOTHING = 255
"""The byte of a place where nothing is said."""
LEVELS = 254


def written(values: np.ndarray) -> dict[str, object]:
    """Write a field as plain values: its shape, least and largest number, and a byte a number in base64.

    Args:
        values: Any shape; NaN where nothing is said.
    """
    said = np.isfinite(values)
    low = float(values[said].min()) if said.any() else 0.0
    high = float(values[said].max()) if said.any() else 0.0
    scaled = (np.where(said, values, low) - low) / max(high - low, 1e-12) * LEVELS
    data = np.where(said, np.rint(scaled), NOTHING).astype(np.uint8)
    return {
        "shape": list(values.shape),
        "low": low,
        "high": high,
        "data": base64.b64encode(data.tobytes()).decode(),
    }


def read(told: Mapping[str, Any]) -> np.ndarray:
    """Read a field back, to within a 508th of its range, NaN where nothing is said.

    Raises:
        InputError: If it is none.
    """
    try:
        data = np.frombuffer(base64.b64decode(told["data"], validate=True), np.uint8)
        values = data.reshape([int(n) for n in told["shape"]])
    except ValueError as error:
        raise InputError(f"a field of the trace cannot be read: {error}") from error
    low, high = float(told["low"]), float(told["high"])
    return np.where(values == NOTHING, np.nan, low + values.astype(float) / LEVELS * (high - low))
