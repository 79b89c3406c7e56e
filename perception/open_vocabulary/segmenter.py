"""Boxes to masks: SAM and SAM 2 through transformers; a picture is encoded once for all its boxes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Float64
from .eyes import Picture
from .loading import Weights, load_model
from .pixels import normalisation, to_tensor

AT_ONCE = 32  # Boxes decoded together: bounds the memory of a crowded scene.


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A picture as the mask decoder wants it.

    Attributes:
        embedding: The model's own.
        size: Height and width of the picture, [px].
        inner: Height and width that it takes up in the model's square input, [px].
    """

    embedding: Any
    size: tuple[int, int]
    inner: tuple[int, int]


class SamSegmenter:
    """SAM (Kirillov 2023) or SAM 2 (Ravi 2024), asked with boxes for one mask each."""

    def __init__(self, model: Any, weights: Weights, device: str):
        """Hold the loaded model; see ``load_segmenter``."""
        self._model = model
        self._device = device
        self._scaling = normalisation(weights.folder)
        self._side = int(model.config.prompt_encoder_config.image_size)
        # SAM keeps the picture's proportions and pads at the bottom and the right; SAM 2 stretches it.
        self._pads = weights.kind == "sam"

    def encode(self, rgb: Picture) -> Encoded:
        """Encode a picture; see ``Segmenter.encode``."""
        import torch

        size = (rgb.shape[0], rgb.shape[1])
        inner = (self._side, self._side)
        if self._pads:
            scale = self._side / max(size)
            inner = (max(int(size[0] * scale + 0.5), 1), max(int(size[1] * scale + 0.5), 1))
        pixels = to_tensor(rgb, inner, self._scaling)
        pixels = torch.nn.functional.pad(pixels, (0, self._side - inner[1], 0, self._side - inner[0]))
        with torch.inference_mode():
            embedding = self._model.get_image_embeddings(pixels.to(self._device))
        return Encoded(embedding=embedding, size=size, inner=inner)

    def masks(self, encoded: object, boxes: Float64) -> NDArray[np.bool_]:
        """Cut out what each box shows; see ``Segmenter.masks``."""
        assert isinstance(encoded, Encoded), "masks are cut from what encode() gave"
        import torch

        height, width = encoded.size
        rows, columns = encoded.inner
        scaled = boxes * np.array([columns / width, rows / height] * 2)
        found = np.zeros((len(boxes), height, width), bool)
        for start in range(0, len(boxes), AT_ONCE):
            prompt = torch.from_numpy(scaled[start : start + AT_ONCE].astype(np.float32))[None]
            with torch.inference_mode():
                # A box is hardly ambiguous: SAM's paper asks for a single mask then.
                output = self._model(
                    image_embeddings=encoded.embedding,
                    input_boxes=prompt.to(self._device),
                    multimask_output=False,
                )
                masks = output.pred_masks[0].float()
                masks = torch.nn.functional.interpolate(
                    masks, (self._side, self._side), mode="bilinear", align_corners=False
                )[:, :, :rows, :columns]
                masks = torch.nn.functional.interpolate(
                    masks, (height, width), mode="bilinear", align_corners=False
                )
            found[start : start + AT_ONCE] = (masks[:, 0] > 0.0).cpu().numpy()
        return found


def load_segmenter(weights: Weights, device: str) -> SamSegmenter:
    """Load SAM or SAM 2.

    Args:
        weights: Its files.
        device: Where torch computes.
    """
    if weights.kind == "sam":
        from transformers import SamModel as Model
    else:
        from transformers import Sam2Model as Model
    return SamSegmenter(load_model(weights, Model, device), weights, device)
