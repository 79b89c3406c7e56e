"""Finds and reads an original checkpoint of SAM: a file of tensors, of which nothing else is unpickled."""

import pickle
import shlex
import struct
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import InputError, MissingDependency

if TYPE_CHECKING:
    import torch

PUBLISHED = ("sam_vit_b_01ec64.pth", "sam_vit_l_0b3195.pth", "sam_vit_h_4b8939.pth")
"""The checkpoints that were published with SAM, the smallest first."""
SOURCE = "https://dl.fbaipublicfiles.com/segment_anything"  # Where the package's README gets them.
ENCODER = "image_encoder.pos_embed"
"""A tensor that every original checkpoint of SAM has, and one of SAM 2, MobileSAM or transformers has not."""

_DAMAGED = (
    RuntimeError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
)
"""What ``torch.load`` lets through on 3000 files that were cut off or had a few bytes altered."""


def find_checkpoint(where: str) -> Path:
    """Find a checkpoint and check that what reads it is installed.

    Args:
        where: The file.

    Raises:
        InputError: If it is a folder.
        MissingDependency: If it or a package is absent; says the line that gets it.
    """
    missing = [name for name in ("segment_anything", "torchvision") if find_spec(name) is None]
    if missing:
        raise MissingDependency(
            f"segmenter = {where!r} is an original checkpoint, and reading it needs {' and '.join(missing)}",
            'pip install "handsel[segment-anything]"',
        )
    path = Path(where).expanduser()
    if path.is_dir():
        raise InputError(f"segmenter = {where!r} is a folder; what ends in .pth is expected to be a file")
    if not path.is_file():
        name = path.name if path.name in PUBLISHED else PUBLISHED[0]
        raise MissingDependency(
            f"segmenter: there is no file {where!r}, and nothing is downloaded unasked",
            f"curl -fL --create-dirs -o {shlex.quote(str(path))} {SOURCE}/{name}",
        )
    return path


def read_checkpoint(path: Path) -> "dict[str, torch.Tensor]":
    """Read the tensors of a checkpoint by name.

    Args:
        path: The file.

    Raises:
        InputError: If it cannot be read, holds anything but tensors, or is no SAM.
    """
    table = _unpickled(path)
    if not _only_tensors(table):
        raise InputError(
            f"segmenter: {str(path)!r} is not a table of tensors, as the checkpoints of SAM's own package are"
        )
    if ENCODER not in table:
        first = f", but {sorted(table)[0]!r}" if table else ""
        raise InputError(
            f"segmenter: {str(path)!r} is no original checkpoint of SAM: it has no {ENCODER!r}{first}. "
            "SAM 2, and SAM in the format of transformers, are named by a folder or a hub id"
        )
    return table


def _unpickled(path: Path) -> Any:
    """Load a file of torch as far as that is safe."""
    import torch

    try:
        # A pickle can run code. With weights_only torch makes tensors, numbers, texts and tables and
        # refuses all else before it is called.
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise InputError(
            f"segmenter: {str(path)!r} is not a file of torch that holds tensors alone; anything else in it "
            "could run code and is not read"
        ) from error
    except OSError as error:
        raise InputError(f"segmenter: {str(path)!r} cannot be read: {error.strerror}") from error
    except _DAMAGED as error:
        raise InputError(f"segmenter: {str(path)!r} is damaged; get it again") from error


def _only_tensors(table: object) -> bool:
    """Tell whether an object is a table of names and tensors of real numbers."""
    import torch

    return isinstance(table, dict) and all(
        isinstance(name, str) and isinstance(value, torch.Tensor) and value.is_floating_point()
        for name, value in table.items()
    )
