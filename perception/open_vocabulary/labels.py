"""What a thing is called: the detector's word, the measured shape and colour, and the picture-text model."""

from dataclasses import dataclass

import numpy as np

from ...core.camera import CameraFrame
from ..cloud import Cloud
from ..colors import name_color
from .eyes import Eyes, Picture
from .memory import Memory, fingerprint
from .views import NOTHING, crop, phrase
from .words import HOUSEHOLD, kind_of

SURE = 0.5  # A word of this score or a name of this probability is believed against the measured shape.
MANY = 32  # Crops of one picture that are remembered.


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a thing is called.

    Attributes:
        kind: Household kind, or another word as an identifier.
        color: Colour name.
        agrees: Whether word and shape say the same, or one of them says nothing.
        doubts: What is uncertain about it.
    """

    kind: str
    color: str
    agrees: bool
    doubts: tuple[str, ...]


def label(
    cloud: Cloud,
    shape: str,
    found: tuple[str, float] | None,
    gain: float,
    guess: "Guess",
) -> Label:
    """Decide what a thing is called.

    Args:
        cloud: Its points.
        shape: The kind that its measured shape fits; ``thing`` for none.
        found: The detector's word and its score, or None where it found nothing there.
        gain: Factor that brings the pictures to full light.
        guess: Asks the picture-text model.
    """
    word, score = found or ("", 0.0)
    asked, kind = kind_of(word) if word else (None, shape)
    doubts: tuple[str, ...] = ()
    agrees = True
    if not word and shape == "thing":
        named = guess.kind(cloud)
        if named is not None:
            kind, doubts = named, ("its name is guessed from its look alone",)
    elif word and kind != shape and {kind, shape} <= set(HOUSEHOLD):
        agrees = False
        doubts = (f"it looks like a {kind} but has the shape of a {shape}",)
        kind = kind if score >= SURE else shape
    elif word and shape == "thing" and kind in HOUSEHOLD:
        doubts = (f"its shape was not measured as a {kind}: its solid is a plain box",)
    color, second = name_color(gain * cloud.rgb)
    if second is not None:
        if asked in (color, second):
            color, second = asked, None
        elif (better := guess.color(cloud, (color, second))) is not None:
            color, second = better, None
    if second is not None:
        doubts += (f"its colour could also be {second}",)
    if asked not in (None, color):
        doubts += (f"{asked} was asked for, but it looks {color}",)
    return Label(kind=kind, color=color, agrees=agrees, doubts=doubts)


class Guess:
    """Asks the picture-text model about a thing's crops; None where there is no model or no clear answer."""

    def __init__(self, frames: tuple[CameraFrame, ...], words: tuple[str, ...], eyes: Eyes, memory: Memory):
        """Hold the pictures.

        Args:
            frames: The views.
            words: What was looked for, besides the household kinds.
            eyes: The models.
            memory: What is known of earlier pictures.
        """
        self._frames = frames
        self._words = tuple(dict.fromkeys((*words, *HOUSEHOLD)))
        self._eyes = eyes
        self._memory = memory

    def kind(self, cloud: Cloud) -> str | None:
        """Name what the detector did not find."""
        best = self._best(cloud, (*map(phrase, self._words), *NOTHING))
        return None if best is None or best >= len(self._words) else kind_of(self._words[best])[1]

    def color(self, cloud: Cloud, colors: tuple[str, str]) -> str | None:
        """Choose between two colours that the measurement leaves open."""
        best = self._best(cloud, tuple(f"a photo of a {color} thing" for color in colors))
        return None if best is None else colors[best]

    def _best(self, cloud: Cloud, phrases: tuple[str, ...]) -> int | None:
        """Give the phrase that all crops together find likelier than all others together."""
        if self._eyes.names is None:
            return None
        total = np.zeros(len(phrases))
        for index in np.unique(cloud.frame):
            row, column = cloud.pixel[cloud.frame == index].T
            box = (float(column.min()), float(row.min()), float(column.max() + 1), float(row.max() + 1))
            total += self._compare(self._frames[index].rgb, box, phrases)
        share = np.exp(total - total.max())
        best = int(np.argmax(share))
        return best if share[best] > SURE * share.sum() else None

    def _compare(
        self, rgb: Picture, box: tuple[float, float, float, float], phrases: tuple[str, ...]
    ) -> np.ndarray:
        names = self._eyes.names
        assert names is not None
        return self._memory.recall(
            "names",
            (fingerprint(rgb), box, phrases),
            lambda: names.compare([crop(rgb, box)], phrases)[0],
            each=MANY,
        )
