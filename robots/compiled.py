"""Compile a numeric kernel once, keep the machine code on disk where a disk can be written."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function with numba, cached beside the package or in the user's cache folder.

    Where neither can be written (a read-only install without a home), it is
    compiled anew in each process. Rounding is IEEE: the same numbers go in and
    out on every call.

    Args:
        function: A function of numbers and arrays.

    Returns:
        The compiled function.
    """
    try:
        return njit(cache=True, error_model="numpy")(function)
    except RuntimeError:  # numba: "cannot cache function: no locator available"
        return njit(error_model="numpy")(function)
