"""Patch features by DINOv2 or DINOv3 through transformers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .eyes import Picture
from .loading import Weights, load_model
from .pixels import normalisation, to_tensor

SIDE = 448  # Longer side of the picture given to the model, [px]: 0.8 s with DINOv2-S on one core.


class DinoFeatures:
    """DINOv2 (Oquab 2023), also with registers (Darcet 2023), or DINOv3 (Simeoni 2025)."""

    def __init__(self, model: Any, weights: Weights, device: str):
        """Hold the loaded model; see ``load_features``."""
        self._model = model
        self._device = device
        self._scaling = normalisation(weights.folder)
        self._patch = int(model.config.patch_size)
        # The class token and the registers come before the patches.
        self._first = 1 + int(getattr(model.config, "num_register_tokens", 0))

    def describe(self, rgb: Picture) -> NDArray[np.float32]:
        """Give the features of every patch; see ``PatchFeatures.describe``."""
        import torch

        scale = SIDE / max(rgb.shape[:2])
        rows, columns = (max(round(side * scale / self._patch), 1) for side in rgb.shape[:2])
        pixels = to_tensor(rgb, (rows * self._patch, columns * self._patch), self._scaling)
        with torch.inference_mode():
            tokens = self._model(pixel_values=pixels.to(self._device)).last_hidden_state[0, self._first :]
        return tokens.float().cpu().numpy().reshape(rows, columns, -1)


def load_features(weights: Weights, device: str) -> DinoFeatures:
    """Load DINOv2 or DINOv3.

    Args:
        weights: Its files.
        device: Where torch computes.
    """
    from transformers import AutoModel

    return DinoFeatures(load_model(weights, AutoModel, device), weights, device)
