"""Scripted eyes: they know which solid each pixel shows, so that the geometry can be tested."""

from collections.abc import Sequence

import numpy as np
from handsel.core.camera import CameraFrame
from handsel.perception.open_vocabulary.eyes import Detection, Eyes
from handsel.robots.shapes import distance
from household import Truth
from render import FRONT, WRIST, noisy, render

NO_ROBOT = np.zeros((0, 4))
_EXACT: dict[bytes, CameraFrame] = {}  # By picture, the frame without noise in its depth.


def frames_of(
    things: Sequence[Truth], rng: np.random.Generator | None = None
) -> tuple[CameraFrame, CameraFrame]:
    solids = [one.solid for one in things]
    front, wrist = render(solids, FRONT, "front"), render(solids, WRIST, "wrist")
    _EXACT.update({frame.rgb.tobytes(): frame for frame in (front, wrist)})
    return (front, wrist) if rng is None else (noisy(front, rng), noisy(wrist, rng))


class Script:
    """Detector and segmenter that see exactly what was rendered; each picture by its own masks."""

    def __init__(self, frames: Sequence[CameraFrame], things: Sequence[Truth], words: Sequence[str | None]):
        """Hold one word for each thing, or None for one that the detector overlooks."""
        self.calls = {"detect": 0, "encode": 0, "masks": 0, "describe": 0, "compare": 0}
        self.extra: tuple[Detection, ...] = ()
        self._pictures = {
            frame.rgb.tobytes(): [
                (word, mask) for word, mask in zip(words, _masks(frame, things), strict=True) if word
            ]
            for frame in frames
        }

    def detect(self, rgb: np.ndarray, words: tuple[str, ...]) -> tuple[Detection, ...]:
        self.calls["detect"] += 1
        found = [
            Detection(word=word, score=0.9, box=_box(mask))
            for word, mask in self._pictures[rgb.tobytes()]
            if word in words and mask.sum() > 5
        ]
        return (*found, *(one for one in self.extra if one.word in words))

    def encode(self, rgb: np.ndarray) -> object:
        self.calls["encode"] += 1
        return rgb.tobytes(), rgb.shape[:2]

    def masks(self, encoded: object, boxes: np.ndarray) -> np.ndarray:
        self.calls["masks"] += 1
        key, size = encoded  # type: ignore[misc]
        found = np.zeros((len(boxes), *size), bool)
        for index, box in enumerate(boxes):
            known = [mask for _, mask in self._pictures[key] if mask.any() and np.allclose(_box(mask), box)]
            left, top, right, bottom = box.astype(int)
            found[index, top:bottom, left:right] = True
            if known:
                found[index] = known[0]
        return found

    def describe(self, rgb: np.ndarray) -> np.ndarray:
        """Give the mean colour of each 8 x 8 patch as its features."""
        self.calls["describe"] += 1
        rows, columns = rgb.shape[0] // 8, rgb.shape[1] // 8
        blocks = rgb[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8, 3)
        return blocks.mean(axis=(1, 3)).astype(np.float32)

    def eyes(self, names: object = None) -> Eyes:
        return Eyes(detector=self, segmenter=self, features=self, names=names)  # type: ignore[arg-type]


def _masks(frame: CameraFrame, things: Sequence[Truth]) -> list[np.ndarray]:
    """Mark the pixels that show each thing: their exact points lie on its solids."""
    p_W = _EXACT[frame.rgb.tobytes()].points()
    masks = []
    for one in things:
        gap = np.min([np.abs(distance(shape, p_W)) for shape in one.solid.shapes], axis=0)
        masks.append((gap < 5e-4) & (p_W[..., 2] > 5e-4))
    return masks


def _box(mask: np.ndarray) -> tuple[float, float, float, float]:
    row, column = np.nonzero(mask)
    if not len(row):
        return (0.0, 0.0, 0.0, 0.0)
    return (float(column.min()), float(row.min()), float(column.max() + 1), float(row.max() + 1))


class Namer:
    """Likes the words it is told to like; everything else is nothing."""

    def __init__(self, *liked: str, weight: float = 2.0):
        self.liked = liked
        self.weight = weight
        self.calls = 0

    def compare(self, pictures, phrases):
        self.calls += 1
        row = [
            self.weight
            if any(phrase.endswith(f" {word}") for word in self.liked)
            else 1.0 * ("nothing" in phrase)
            for phrase in phrases
        ]
        return np.array([row] * len(pictures), np.float64).reshape(len(pictures), len(phrases))
