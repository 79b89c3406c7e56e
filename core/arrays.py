"""Array types and the one check that arrays get where they enter."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float64 = NDArray[np.float64]


def frozen(values: ArrayLike, shape: tuple[int | None, ...]) -> Float64:
    """Copy values into a read-only float64 array of the given shape.

    Args:
        values: Numbers to hold.
        shape: The expected shape; ``None`` fits any length.

    Returns:
        A read-only copy.

    Raises:
        ValueError: If the shape differs.
    """
    array = np.array(values, dtype=np.float64)
    fits = array.ndim == len(shape) and all(
        want is None or have == want for have, want in zip(array.shape, shape, strict=True)
    )
    if not fits:
        raise ValueError(f"expected an array of shape {shape}, got {array.shape}")
    array.setflags(write=False)
    return array
