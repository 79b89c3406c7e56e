"""Words to boxes: OWLv2, OWL-ViT and Grounding DINO through transformers, and which boxes to keep."""

from typing import Any

import numpy as np

from ...core.arrays import Float64
from .eyes import Detection, Detector, Picture
from .loading import Weights, load_model
from .tokens import load_image_processor, load_tokenizer

SAME_BOX = 0.6  # Boxes that overlap more show one thing, whatever the words say, as a share of their union.
SAME_WORD = 0.5  # The same for boxes of one word.
WHOLE = 0.6  # A box that covers more of the picture than this is the table, not a thing on it.
AT_ONCE = 24  # Words in one prompt of Grounding DINO, whose text is at most 256 tokens long.


def load_detector(weights: Weights, device: str, least_score: float) -> Detector:
    """Load a detector.

    Args:
        weights: Its files.
        device: Where torch computes.
        least_score: Detections below it are dropped.
    """
    from transformers import AutoModelForZeroShotObjectDetection

    model = load_model(weights, AutoModelForZeroShotObjectDetection, device)
    if weights.kind in ("owlv2", "owlvit"):
        return OwlDetector(model, weights, device, least_score)
    return GroundingDinoDetector(model, weights, device, least_score)


class OwlDetector:
    """OWLv2 (Minderer 2023) or OWL-ViT (Minderer 2022): each word is a query of its own."""

    def __init__(self, model: Any, weights: Weights, device: str, least_score: float):
        """Hold the loaded model; see ``load_detector``."""
        self._model = model
        self._device = device
        self._least = least_score
        self._tokenizer = load_tokenizer(weights)
        self._processor = load_image_processor(weights)
        # OWLv2 pads the picture to a square at the bottom and the right; OWL-ViT stretches it.
        self._square = weights.kind == "owlv2"

    def detect(self, rgb: Picture, words: tuple[str, ...]) -> tuple[Detection, ...]:
        """Find every word in a picture; see ``Detector.detect``."""
        import torch

        length = self._model.config.text_config.max_position_embeddings
        text = self._tokenizer(
            [f"a photo of a {word}" for word in words],
            padding="max_length",
            truncation=True,
            max_length=length,
            return_tensors="pt",
        )
        pixels = self._processor(images=[rgb], return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            output = self._model(
                input_ids=text["input_ids"].to(self._device),
                attention_mask=text["attention_mask"].to(self._device),
                pixel_values=pixels.to(self._device),
            )
        scores = output.logits[0].sigmoid().double().cpu().numpy()
        height, width = rgb.shape[:2]
        scale = (max(height, width),) * 2 if self._square else (width, height)
        boxes = _corners(output.pred_boxes[0].double().cpu().numpy(), scale)
        return _detections(boxes, scores, words, self._least, rgb)


class GroundingDinoDetector:
    """Grounding DINO (Liu 2023) or MM Grounding DINO: all words in one sentence, scored token by token."""

    def __init__(self, model: Any, weights: Weights, device: str, least_score: float):
        """Hold the loaded model; see ``load_detector``."""
        self._model = model
        self._device = device
        self._least = least_score
        self._tokenizer = load_tokenizer(weights)
        self._processor = load_image_processor(weights)

    def detect(self, rgb: Picture, words: tuple[str, ...]) -> tuple[Detection, ...]:
        """Find every word in a picture; see ``Detector.detect``."""
        found: tuple[Detection, ...] = ()
        for start in range(0, len(words), AT_ONCE):
            found += self._detect(rgb, words[start : start + AT_ONCE])
        return found

    def _detect(self, rgb: Picture, words: tuple[str, ...]) -> tuple[Detection, ...]:
        import torch

        # Lower case, each phrase ended by a full stop: the form that the model was trained on.
        prompt = "".join(f"{word.lower()}. " for word in words)
        text = self._tokenizer(prompt, return_offsets_mapping=True, return_tensors="pt")
        picture = self._processor(images=[rgb], return_tensors="pt")
        with torch.inference_mode():
            output = self._model(
                input_ids=text["input_ids"].to(self._device),
                attention_mask=text["attention_mask"].to(self._device),
                pixel_values=picture["pixel_values"].to(self._device),
                pixel_mask=picture["pixel_mask"].to(self._device),
            )
        tokens = output.logits[0].sigmoid().double().cpu().numpy()
        spans = text["offset_mapping"][0].numpy()
        scores = np.zeros((len(tokens), len(words)))
        start = 0
        for index, word in enumerate(words):
            end = start + len(word)
            own = (spans[:, 0] >= start) & (spans[:, 1] <= end) & (spans[:, 1] > spans[:, 0])
            if own.any():
                # A phrase is as sure as its best token, as in the model's own post-processing.
                scores[:, index] = tokens[:, : len(own)][:, own].max(axis=1)
            start = end + 2
        height, width = rgb.shape[:2]
        boxes = _corners(output.pred_boxes[0].double().cpu().numpy(), (width, height))
        return _detections(boxes, scores, words, self._least, rgb)


def _corners(boxes: Float64, scale: tuple[float, float]) -> Float64:
    """Turn relative centre and size into corners, shape (N, 4), [px]."""
    half = boxes[:, 2:] / 2.0
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1) * [*scale, *scale]


def _detections(
    boxes: Float64, scores: Float64, words: tuple[str, ...], least: float, rgb: Picture
) -> tuple[Detection, ...]:
    """Give each box its best word, and clip it to the picture."""
    height, width = rgb.shape[:2]
    found = []
    for box, row in zip(boxes, scores, strict=True):
        best = int(np.argmax(row))
        left, right = np.clip(box[[0, 2]], 0.0, width)
        top, bottom = np.clip(box[[1, 3]], 0.0, height)
        if row[best] >= least and right - left >= 2.0 and bottom - top >= 2.0:
            place = (float(left), float(top), float(right), float(bottom))
            found.append(Detection(word=words[best], score=float(row[best]), box=place))
    return tuple(found)


def suppress(detections: tuple[Detection, ...], size: tuple[int, int]) -> tuple[Detection, ...]:
    """Keep one box for each thing, best first, and none that is the whole scene.

    Args:
        detections: Boxes of one picture.
        size: Height and width of the picture, [px].
    """
    kept: list[Detection] = []
    for one in sorted(detections, key=lambda detection: -detection.score):
        if one.area > WHOLE * size[0] * size[1]:
            continue
        limits = (SAME_WORD if one.word == other.word else SAME_BOX for other in kept)
        if all(overlap(one, other) <= limit for other, limit in zip(kept, limits, strict=True)):
            kept.append(one)
    return tuple(kept)


def overlap(one: Detection, other: Detection) -> float:
    """Give the shared area of two boxes as a share of their union."""
    width = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    height = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / max(one.area + other.area - shared, 1e-9)
