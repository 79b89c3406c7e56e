"""Pictures to tensors without torchvision: resized by PIL, normalised by numpy.

SAM 2's and DINOv3's own processors exist for torchvision only; what they do to
a picture is this.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    import torch

# Mean and spread of ImageNet's colours, the normalisation of SAM, SAM 2, DINOv2 and DINOv3.
MEAN = (0.485, 0.456, 0.406)
SPREAD = (0.229, 0.224, 0.225)


def normalisation(folder: Path) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Read the colours' mean and spread from a model's folder, or give ImageNet's.

    Args:
        folder: The model's folder.
    """
    path = folder / "preprocessor_config.json"
    table = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return tuple(table.get("image_mean", MEAN)), tuple(table.get("image_std", SPREAD))


def to_tensor(
    rgb: NDArray[np.uint8], size: tuple[int, int], scaling: tuple[tuple[float, ...], tuple[float, ...]]
) -> "torch.Tensor":
    """Resize and normalise a picture.

    Args:
        rgb: Shape (height, width, 3).
        size: Height and width wanted, [px].
        scaling: Mean and spread of each colour.

    Returns:
        Shape (1, 3, *size), float32.
    """
    import torch

    image = Image.fromarray(rgb).resize((size[1], size[0]), Image.Resampling.BILINEAR)
    mean, spread = (np.asarray(values, np.float32) for values in scaling)
    values = (np.asarray(image, np.float32) / 255.0 - mean) / spread
    return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)))[None]
