"""Perception by any name: learned models say what and where in the picture, depth says where in the world."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from ...core.arrays import Float64
from ...core.camera import CameraFrame
from ...core.errors import InputError
from ..assembly import Piece, assemble
from ..cloud import Cloud, fuse, joined, without_spheres
from ..colors import exposure
from ..doubts import doubts_about
from ..geometric import LOWER, UPPER
from ..naming import name_things
from ..plane import above_table, find_table
from ..scene import Directions, Scene, Thing
from ..segments import segment
from ..space import measure_space
from .eyes import Eyes, load_eyes
from .groups import FRAGMENT, TOUCHING, Group, group
from .labels import Guess, Label, label
from .memory import Memory
from .models import OpenVocabularyModels, chosen_models
from .semantic import PREFIX, candidates, number_all
from .views import look, patches
from .words import HOUSEHOLD

BELONGS = 0.6  # A fragment of which this share lies on a detected thing is a part of it.
DISAGREEING = 0.5  # Factor on the confidence of a thing whose word and shape say different things.


class OpenVocabularyPerceiver:
    """Detector, segmenter, patch features and a picture-text model over the geometry of RGB-D.

    What the models find becomes one cloud per thing; the solids that are
    fitted to it, the table, the supports and the free space are those of the
    geometric perceiver, and so is whatever the detector does not find.
    """

    name = "open_vocabulary"

    def __init__(
        self,
        models: OpenVocabularyModels | None = None,
        words: Iterable[str] = HOUSEHOLD,
        *,
        eyes: Eyes | None = None,
        lower: Float64 = LOWER,
        upper: Float64 = UPPER,
    ):
        """Load the models; nothing is downloaded.

        Args:
            models: Which; None for those of the file that ``HANDSEL_OPEN_VOCABULARY`` names,
                else the defaults.
            words: What to look for; can be changed later.
            eyes: Loaded models, instead of ``models``.
            lower: Least corner of the region that is looked at, in the world, shape (3,), [m].
            upper: Largest corner, shape (3,), [m].

        Raises:
            MissingDependency: If the extra or a weight is not on this machine.
            InputError: If a model is of the wrong kind, or there is no word.
        """
        self._words = _checked(words)
        self._eyes = eyes or load_eyes(models or chosen_models())
        self._lower = np.asarray(lower, np.float64)
        self._upper = np.asarray(upper, np.float64)
        self.memory = Memory()

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for; ``words_of(instruction)`` gives an instruction's."""
        return self._words

    @words.setter
    def words(self, words: Iterable[str]) -> None:
        self._words = _checked(words)

    def perceive(
        self, frames: tuple[CameraFrame, ...], *, robot_spheres_W: Float64, previous: Scene | None = None
    ) -> Scene:
        """Find what is in front of the robot; see ``Perceiver.perceive``."""
        if not frames:
            raise InputError("no camera frame was given; at least one RGB-D frame is needed to see anything")
        seen = fuse(frames, self._lower, self._upper)
        table = find_table(seen)
        high, table_rgb = above_table(seen, table)
        above = without_spheres(seen.take(high), robot_spheres_W)
        views = [
            look(frame, index, self._words, self._eyes, self.memory) for index, frame in enumerate(frames)
        ]
        found = group(above, frames, [one for view in views for one in view.seen])
        rest = segment(found.rest, ground=(table.height, table_rgb))
        clouds, dropped = _absorbed(found.groups, rest.clouds)
        pieces = assemble((*clouds, *dropped), table.height, frames)
        guess = Guess(frames, self._words, self._eyes, self.memory)
        gain = exposure(frames)
        words = _words_of_pieces(pieces, found.groups)
        named = [
            _Named(piece=piece, label=label(piece.cloud, piece.body.kind, word, gain, guess))
            for piece, word in zip(pieces, words, strict=True)
        ]
        grids = [patches(frame, self._eyes, self.memory) for frame in frames]
        front = next((frame for frame in frames if frame.camera == "front"), frames[0])
        directions = Directions.seen_from(front.X_WC)
        things = _things(named, frames, grids, directions, previous)
        return Scene(
            time=max(frame.time for frame in frames),
            things=things,
            table=table,
            directions=directions,
            keypoints=number_all(things),
            field=measure_space(
                above.p_W,
                [shape for piece in pieces for shape in piece.body.shapes],
                frames,
                table.height,
                np.array([*self._lower[:2], table.height]),
                self._upper,
            ),
            frames=frames,
            perceiver=self.name,
            warnings=_warnings([word for view in views for word in view.refused], found.flat, rest.dropped),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A measured thing with what it is called."""

    piece: Piece
    label: Label


def _checked(words: Iterable[str]) -> tuple[str, ...]:
    """Clean the words.

    Raises:
        InputError: If none is left.
    """
    if isinstance(words, str):
        raise InputError(f"words = {words!r}: expected several texts, such as ('mug', 'tape measure')")
    clean = tuple(dict.fromkeys(word.strip().lower() for word in words if word.strip()))
    if not clean:
        raise InputError("no word to look for was given; expected at least one, such as 'mug'")
    return clean


def _absorbed(groups: Sequence[Group], rest: Sequence[Cloud]) -> tuple[list[Cloud], list[Cloud]]:
    """Give fragments that lie on a detected thing to it; the rest are things that nobody detected."""
    clouds = [one.cloud for one in groups]
    trees = [KDTree(cloud.p_W) for cloud in clouds]
    left = []
    for piece in rest:
        shares = [float(np.mean(tree.query(piece.p_W)[0] < TOUCHING)) for tree in trees]
        best = int(np.argmax(shares)) if shares else -1
        small = best >= 0 and len(piece) < FRAGMENT * len(groups[best].cloud)
        if best >= 0 and (shares[best] > BELONGS or (small and shares[best] > BELONGS / 2.0)):
            clouds[best] = joined(clouds[best], piece)
        else:
            left.append(piece)
    return clouds, left


def _words_of_pieces(pieces: Sequence[Piece], groups: Sequence[Group]) -> list[tuple[str, float] | None]:
    """Tell which detection each measured piece belongs to, by its points.

    The geometry may have cut a detected thing or joined two: the biggest piece keeps the word.
    """
    owner: dict[tuple[int, int, int], int] = {}
    for number, one in enumerate(groups):
        owner |= dict.fromkeys(_keys(one.cloud), number)
    shares: list[tuple[int, int, int]] = []
    for index, piece in enumerate(pieces):
        count = Counter(owner[key] for key in _keys(piece.cloud) if key in owner)
        for number, points in count.items():
            if points > 0.5 * len(piece.cloud) or points > 0.5 * len(groups[number].cloud):
                shares.append((points, index, number))
    words: list[tuple[str, float] | None] = [None] * len(pieces)
    used: set[int] = set()
    for _, index, number in sorted(shares, reverse=True):
        if words[index] is None and number not in used:
            words[index] = (groups[number].word, groups[number].score)
            used.add(number)
    return words


def _keys(cloud: Cloud) -> Iterable[tuple[int, int, int]]:
    return zip(cloud.frame.tolist(), *cloud.pixel.T.tolist(), strict=True)


def _things(
    named: list[_Named],
    frames: tuple[CameraFrame, ...],
    grids: Sequence[np.ndarray | None],
    directions: Directions,
    previous: Scene | None,
) -> tuple[Thing, ...]:
    """Name everything and put it in the person's order."""
    middles = [one.piece.body.X_WO.translation() for one in named]
    order = sorted(range(len(named)), key=lambda index: float(middles[index] @ directions.right))
    stems = [(named[index].label.color, named[index].label.kind) for index in order]
    p_WO = np.array([middles[index] for index in order]).reshape(-1, 3)
    names = dict(zip(order, name_things(stems, p_WO, previous), strict=True))
    return tuple(_thing(named[index], names[index], names, frames, grids) for index in order)


def _thing(
    named: _Named,
    name: str,
    names: dict[int, str],
    frames: tuple[CameraFrame, ...],
    grids: Sequence[np.ndarray | None],
) -> Thing:
    piece, body, support = named.piece, named.piece.body, named.piece.support
    points = candidates(piece.cloud, frames, grids)
    return Thing(
        name=name,
        kind=named.label.kind,
        color=named.label.color,
        X_WO=body.X_WO,
        size=body.size,
        cloud=piece.cloud.p_W,
        parts={
            **body.parts,
            **{f"{PREFIX}{number}": p_W for number, p_W in enumerate(points, start=1)},
        },
        shapes=body.shapes,
        on={-1: "table", -2: "hand"}.get(support.on) or names[support.on],
        inside=names.get(support.inside),
        cavity_radius=body.cavity_radius,
        confidence=piece.agreement * (1.0 if named.label.agrees else DISAGREEING),
        doubts=(*body.doubts, *doubts_about(piece.cloud, frames), *named.label.doubts),
    )


def _warnings(refused: Sequence[str], flat: Sequence[str], dropped: int) -> tuple[str, ...]:
    """Say what was left out and why."""
    warnings = []
    for words, why in (
        (refused, "look like nothing to the picture-text model"),
        (flat, "have nothing above the table behind them"),
    ):
        if words:
            listed = ", ".join(sorted(set(words)))
            warnings.append(f"{len(words)} detections ({listed}) {why} and were left out")
    if dropped:
        warnings.append(f"{dropped} clusters were too small to be a thing and were left out")
    return tuple(warnings)
