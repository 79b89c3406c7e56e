"""Frames as plain arrays, as other programs write them."""

from pathlib import Path
from typing import Any

import numpy as np


def plain_arrays(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {
        "rgb": rng.integers(0, 256, (6, 8, 3), dtype=np.uint8),
        "depth": rng.uniform(0.4, 1.5, (6, 8)).astype(np.float32),
        "K": np.array([[9.0, 0.0, 3.5], [0.0, 9.5, 2.5], [0.0, 0.0, 1.0]]),
        "X_WC": np.eye(4),
    }


def saved(path: Path, **arrays: Any) -> Path:
    kept: dict[str, Any] = {name: value for name, value in arrays.items() if value is not None}
    np.savez(path, **kept)
    return path
