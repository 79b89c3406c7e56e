"""Arrays out of files that torch wrote, without torch and without running what a pickle asks for."""

import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

LARGEST = 64 * 2**20
"""Longest pickle that is read, [bytes]."""


def _empty(kind: Any, shape: Any, code: Any) -> np.ndarray:
    """Begin an array, whose shape, type and numbers come after."""
    return np.empty(0)


def _type(code: Any, align: Any = False, copy: Any = True) -> np.dtype[Any]:
    if code not in ("f8", "f4"):
        raise pickle.UnpicklingError(f"numbers of type {code!r:.40}, where f8 or f4 is expected")
    return np.dtype(code, copy=True)


def _bytes(text: Any, coding: Any) -> bytes:
    if not isinstance(text, str) or coding != "latin1":
        raise pickle.UnpicklingError("bytes that are no latin1 text")
    return text.encode("latin1")


_KNOWN: dict[tuple[str, str], Callable[..., Any] | str] = {
    ("numpy.core.multiarray", "_reconstruct"): _empty,
    ("numpy._core.multiarray", "_reconstruct"): _empty,
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): _type,
    ("_codecs", "encode"): _bytes,
}


class _Reader(pickle.Unpickler):
    """Knows what an array of numbers is made of, and nothing else."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """Refuse what is no part of an array."""
        if (module_name, global_name) not in _KNOWN:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is no part of an array of numbers")
        return _KNOWN[module_name, global_name]


def read_array(path: Path) -> np.ndarray:
    """Read the one array of numbers that ``torch.save`` put into a file.

    Raises:
        ValueError: If there is anything else in it.
        OSError: If it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            [name] = [name for name in packed.namelist() if name.endswith("/data.pkl")]
            if packed.getinfo(name).file_size > LARGEST:
                raise ValueError(f"longer than the {LARGEST} bytes that are read")
            found = _Reader(io.BytesIO(packed.read(name))).load()
    except (ValueError, TypeError, KeyError, EOFError, pickle.UnpicklingError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name} is no array of numbers: {error}") from error
    if not isinstance(found, np.ndarray) or found.dtype.kind != "f" or not np.isfinite(found).all():
        raise ValueError(f"{path.name} is no array of finite numbers")
    return np.asarray(found, np.float64)
