"""One view looked at: words to boxes, boxes confirmed, boxes to masks; what was done once is remembered."""

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Float64
from ...core.camera import CameraFrame
from .detector import suppress
from .eyes import Detection, Eyes, Picture
from .groups import Seen
from .memory import Memory, fingerprint

NOTHING = ("a photo of an empty table", "a photo of nothing", "a photo of a plain surface")
"""What a box is compared with: a detector that is asked for something absent likes to find it anyway."""
MARGIN = 0.15  # A crop reaches this far beyond its box, as a share of the box: the outline says a lot.


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one picture shows.

    Attributes:
        seen: Confirmed detections with their masks.
        refused: Words of detections that the picture-text model takes for nothing.
    """

    seen: tuple[Seen, ...]
    refused: tuple[str, ...]


def phrase(word: str) -> str:
    """Give the sentence that picture-text models were trained on."""
    return f"a photo of {'an' if word[:1] in 'aeiou' else 'a'} {word}"


def look(frame: CameraFrame, index: int, words: tuple[str, ...], eyes: Eyes, memory: Memory) -> View:
    """Find words in one view.

    Args:
        frame: The view.
        index: Its number among the frames.
        words: What to look for.
        eyes: The models.
        memory: What is known of earlier pictures.
    """
    rgb, mark = frame.rgb, fingerprint(frame.rgb)
    raw = memory.recall("boxes", (mark, words), lambda: eyes.detector.detect(rgb, words))
    boxes = suppress(raw, (frame.model.height, frame.model.width))
    confirmed = memory.recall("confirmed", (mark, words), lambda: _confirmed(rgb, boxes, eyes))
    kept = tuple(box for box, good in zip(boxes, confirmed, strict=True) if good)
    refused = tuple(box.word for box, good in zip(boxes, confirmed, strict=True) if not good)
    if not kept:
        return View(seen=(), refused=refused)
    encoded = memory.recall("encoded", mark, lambda: eyes.segmenter.encode(rgb))
    corners = np.array([box.box for box in kept], np.float64)
    masks = memory.recall("masks", (mark, kept), lambda: eyes.segmenter.masks(encoded, corners))
    seen = tuple(
        Seen(frame=index, detection=box, mask=mask & _near_box(box, mask.shape))
        for box, mask in zip(kept, masks, strict=True)
    )
    return View(seen=seen, refused=refused)


def patches(frame: CameraFrame, eyes: Eyes, memory: Memory) -> np.ndarray | None:
    """Give the patch features of a view, or None without a model of them.

    Args:
        frame: The view.
        eyes: The models.
        memory: What is known of earlier pictures.
    """
    features = eyes.features
    if features is None:
        return None
    return memory.recall("patches", fingerprint(frame.rgb), lambda: features.describe(frame.rgb))


def crop(rgb: Picture, box: tuple[float, float, float, float]) -> Picture:
    """Cut a box out of a picture, with a margin.

    Args:
        rgb: The picture.
        box: Left, top, right, bottom, [px].
    """
    height, width = rgb.shape[:2]
    left, top, right, bottom = box
    x, y = MARGIN * (right - left) + 1.0, MARGIN * (bottom - top) + 1.0
    rows = slice(max(int(top - y), 0), min(int(np.ceil(bottom + y)), height))
    columns = slice(max(int(left - x), 0), min(int(np.ceil(right + x)), width))
    return np.ascontiguousarray(rgb[rows, columns])


def _confirmed(rgb: Picture, boxes: tuple[Detection, ...], eyes: Eyes) -> tuple[bool, ...]:
    """Tell which boxes look more like their word than like nothing."""
    if eyes.names is None or not boxes:
        return (True,) * len(boxes)
    words = tuple(dict.fromkeys(box.word for box in boxes))
    phrases = (*map(phrase, words), *NOTHING)
    logits: Float64 = eyes.names.compare([crop(rgb, box.box) for box in boxes], phrases)
    nothing = logits[:, len(words) :].max(axis=1)
    return tuple(bool(logits[k, words.index(box.word)] > nothing[k]) for k, box in enumerate(boxes))


def _near_box(box: Detection, shape: tuple[int, ...]) -> np.ndarray:
    """Mark the box with a margin: a mask that runs beyond it has left the thing."""
    left, top, right, bottom = box.box
    x, y = MARGIN * (right - left) + 1.0, MARGIN * (bottom - top) + 1.0
    rows, columns = np.arange(shape[0])[:, None], np.arange(shape[1])[None]
    return (rows >= top - y) & (rows <= bottom + y) & (columns >= left - x) & (columns <= right + x)
