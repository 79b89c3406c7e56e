"""Pictures against phrases: CLIP or SigLIP through transformers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.arrays import Float64
from .eyes import Picture
from .loading import Weights, load_model
from .tokens import load_image_processor, load_tokenizer


class ClipNamer:
    """CLIP (Radford 2021) or SigLIP (Zhai 2023, Tschannen 2025)."""

    def __init__(self, model: Any, weights: Weights, device: str):
        """Hold the loaded model; see ``load_namer``."""
        self._model = model
        self._device = device
        self._tokenizer = load_tokenizer(weights)
        self._processor = load_image_processor(weights)

    def compare(self, pictures: Sequence[Picture], phrases: tuple[str, ...]) -> Float64:
        """Say how well each phrase fits each picture; see ``Namer.compare``."""
        import torch

        if not pictures:
            return np.zeros((0, len(phrases)))
        # SigLIP was trained on lower case, padded to the full length; CLIP takes the same.
        text = self._tokenizer(
            [phrase.lower() for phrase in phrases],
            padding="max_length",
            truncation=True,
            max_length=int(self._model.config.text_config.max_position_embeddings),
            return_tensors="pt",
        )
        inputs = {"input_ids": text["input_ids"].to(self._device)}
        if self._model.config.model_type == "clip":
            inputs["attention_mask"] = text["attention_mask"].to(self._device)
        pixels = self._processor(images=list(pictures), return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            output = self._model(pixel_values=pixels.to(self._device), **inputs)
        return output.logits_per_image.double().cpu().numpy()


def load_namer(weights: Weights, device: str) -> ClipNamer:
    """Load CLIP or SigLIP.

    Args:
        weights: Its files.
        device: Where torch computes.
    """
    from transformers import AutoModel

    return ClipNamer(load_model(weights, AutoModel, device), weights, device)
