"""The four seams to learned models, and the one place that loads them.

Each has a second implementation in the tests, which is scripted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Float64
from .checkpoint import find_checkpoint
from .loading import Weights, find_weights, require_libraries
from .models import OpenVocabularyModels, is_checkpoint

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One box in one picture.

    Attributes:
        word: The word that was asked for.
        score: How sure the detector is, 0 to 1.
        box: Left, top, right, bottom, [px].
    """

    word: str
    score: float
    box: tuple[float, float, float, float]

    @property
    def area(self) -> float:
        """Area of the box, [px^2]."""
        left, top, right, bottom = self.box
        return max(right - left, 0.0) * max(bottom - top, 0.0)


class Detector(Protocol):
    """Finds boxes for words."""

    def detect(self, rgb: Picture, words: tuple[str, ...]) -> tuple[Detection, ...]:
        """Find every word in a picture.

        Args:
            rgb: The picture, shape (height, width, 3).
            words: What to look for.

        Returns:
            Boxes inside the picture; several may show one thing.
        """
        ...


class Segmenter(Protocol):
    """Turns boxes into masks, in two steps so that a picture is encoded once."""

    def encode(self, rgb: Picture) -> object:
        """Encode a picture; what comes out is for ``masks`` alone."""
        ...

    def masks(self, encoded: object, boxes: Float64) -> NDArray[np.bool_]:
        """Cut out what each box shows.

        Args:
            encoded: The encoded picture.
            boxes: Left, top, right, bottom, shape (N, 4), [px].

        Returns:
            Shape (N, height, width).
        """
        ...


class PatchFeatures(Protocol):
    """Describes each patch of a picture by a vector: like parts have like ones."""

    def describe(self, rgb: Picture) -> NDArray[np.float32]:
        """Give the features of a regular grid of patches over the whole picture.

        Args:
            rgb: The picture, shape (height, width, 3).

        Returns:
            Shape (rows, columns, channels).
        """
        ...


class Namer(Protocol):
    """Compares pictures with phrases."""

    def compare(self, pictures: Sequence[Picture], phrases: tuple[str, ...]) -> Float64:
        """Say how well each phrase fits each picture.

        Args:
            pictures: N pictures of any size.
            phrases: K phrases.

        Returns:
            Logits: differences within a row are logarithms of ratios of probability, shape (N, K).
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """The models that are used together; the last two may be absent."""

    detector: Detector
    segmenter: Segmenter
    features: PatchFeatures | None = None
    names: Namer | None = None


def load_eyes(models: OpenVocabularyModels) -> Eyes:
    """Load all models from this machine.

    Args:
        models: Which.

    Raises:
        MissingDependency: If the extra or a weight is absent.
        InputError: If a model is of the wrong kind, or in a file that is not safe to read.
    """
    require_libraries()
    # All are found before the first is loaded, so that what is missing is said at once.
    detector = find_weights("detector", models.detector)
    if is_checkpoint(models.segmenter):
        segmenter = find_checkpoint(models.segmenter)
    else:
        segmenter = find_weights("segmenter", models.segmenter)
    features = find_weights("features", models.features) if models.features else None
    names = find_weights("names", models.names) if models.names else None
    from .detector import load_detector
    from .features import load_features
    from .namer import load_namer

    return Eyes(
        detector=load_detector(detector, models.device, models.least_score),
        segmenter=_load_segmenter(segmenter, models.device),
        features=load_features(features, models.device) if features else None,
        names=load_namer(names, models.device) if names else None,
    )


def _load_segmenter(found: Weights | Path, device: str) -> Segmenter:
    """Load SAM or SAM 2 through transformers, or SAM from an original checkpoint."""
    if isinstance(found, Path):
        from .original_sam import load_original_sam

        return load_original_sam(found, device)
    from .segmenter import load_segmenter

    return load_segmenter(found, device)
