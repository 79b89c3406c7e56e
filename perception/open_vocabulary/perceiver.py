"""Perception by any name: learned models say what and where in the picture, depth says where in the world."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Float64
from ...core.camera import CameraFrame
from ...core.errors import InputError
from ..alignment import align
from ..articulation import from_handle
from ..assembly import Piece, assemble
from ..cloud import Cloud, fuse, without_spheres
from ..colors import exposure
from ..composing import (
    LOWER,
    UPPER,
    carrier,
    doubts_of_views,
    furniture_surfaces,
    joined,
    step,
    with_mended_poses,
)
from ..doubts import doubts_about
from ..keypoints import number_keypoints, with_points
from ..naming import name_things
from ..plane import find_table
from ..quality import check, usable
from ..scene import Directions, Scene, Thing
from ..segments import segment
from ..space import measure_space
from ..surfaces import Ground, find_grounds, is_sheet
from .eyes import Eyes, load_eyes
from .groups import Seen, group
from .labels import Guess, Label, label
from .matching import absorbed, words_of_pieces
from .memory import Memory
from .models import OpenVocabularyModels, chosen_models
from .semantic import candidates, named
from .views import look, patches

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
        words: Iterable[str] | None = None,
        *,
        eyes: Eyes | None = None,
        lower: Float64 = LOWER,
        upper: Float64 = UPPER,
    ):
        """Load the models; nothing is downloaded.

        Args:
            models: Which; None for those of the file that ``HANDSEL_OPEN_VOCABULARY`` names,
                else the defaults.
            words: What to look for, instead of the words of ``models``; can be changed later.
            eyes: Loaded models, instead of ``models``.
            lower: Least corner of the region that is looked at, in the world, shape (3,), [m].
            upper: Largest corner, shape (3,), [m].

        Raises:
            MissingDependency: If the extra or a weight is not on this machine.
            InputError: If a model is of the wrong kind, or there is no word.
        """
        chosen = models or (OpenVocabularyModels() if eyes else chosen_models())
        self._words = _checked(chosen.words if words is None else words)
        self._eyes = eyes or load_eyes(chosen)
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
        check(frames)
        good, warnings = usable(frames, self._lower, self._upper, previous)
        aligned = align(good, self._lower, self._upper)
        cloud = fuse(aligned.frames, self._lower, self._upper)
        table = find_table(cloud)
        grounds = find_grounds(cloud, table, self._lower, self._upper)
        views = [
            look(frame, index, self._words, self._eyes, self.memory)
            for index, frame in enumerate(aligned.frames)
        ]
        seen = [one for view in views for one in view.seen]
        above, called, flat = self._measured(grounds, cloud, robot_spheres_W, aligned.frames, seen)
        front = next((frame for frame in frames if frame.camera == "front"), frames[0])
        directions = Directions.seen_from(front.X_WC)
        things = self._things(called, aligned.frames, directions, previous)
        things = (*things, *(step(ground, table, cloud) for ground in grounds[1:]))
        refused = [word for view in views for word in view.refused]
        warnings += aligned.warnings + doubts_of_views(aligned, len(frames), things)
        return Scene(
            time=max(frame.time for frame in frames),
            things=things,
            table=table,
            directions=directions,
            keypoints=number_keypoints(things, previous),
            field=measure_space(
                np.concatenate(above),
                [shape for thing in things for shape in thing.shapes],
                aligned.frames,
                table.height,
                np.array([*self._lower[:2], table.height]),
                self._upper,
            ),
            frames=with_mended_poses(frames, aligned.frames),
            perceiver=self.name,
            warnings=warnings + _left_out(refused, flat),
            planes=(*(ground.plane for ground in grounds), *furniture_surfaces(things, cloud)),
        )

    def _measured(
        self,
        grounds: list[Ground],
        cloud: Cloud,
        robot_spheres_W: Float64,
        frames: tuple[CameraFrame, ...],
        seen: list[Seen],
    ) -> tuple[list[Float64], list["_Called"], tuple[str, ...]]:
        """Measure what was detected on every table, and what else stands there.

        Returns:
            The points above each table, all things called by name, and the words of detections of nothing.
        """
        guess = Guess(frames, self._words, self._eyes, self.memory)
        gain = exposure(frames)
        clear, found, words = [], [], []
        flat: Counter[str] = Counter(one.detection.word for one in seen)
        for ground in grounds:
            above = without_spheres(cloud.take(ground.above), robot_spheres_W)
            grouped = group(above, frames, seen)
            rest = segment(grouped.rest, ground=(ground.plane.height, ground.rgb))
            clouds, others = absorbed(grouped.groups, rest.clouds)
            others = [one for one in others if not is_sheet(one, ground.plane.height)]
            pieces = assemble((*clouds, *others), ground.plane.height, frames)
            words += words_of_pieces(pieces, grouped.groups)
            clear.append(above.p_W)
            found.append(pieces)
            # A detection is of nothing if there is nothing behind it on any table.
            flat &= Counter(grouped.flat)
        called = [
            _Called(piece=piece, ground=number, label=label(piece.cloud, piece.body.kind, word, gain, guess))
            for (piece, number), word in zip(joined(found), words, strict=True)
        ]
        return clear, called, tuple(flat.elements())

    def _things(
        self,
        called: list["_Called"],
        frames: tuple[CameraFrame, ...],
        directions: Directions,
        previous: Scene | None,
    ) -> tuple[Thing, ...]:
        """Give everything its identifier, in the person's order, and its keypoints."""
        middles = [one.piece.body.X_WO.translation() for one in called]
        order = sorted(range(len(called)), key=lambda index: float(middles[index] @ directions.right))
        stems = [(called[index].label.color, called[index].label.kind) for index in order]
        p_WO = np.array([middles[index] for index in order]).reshape(-1, 3)
        names = dict(zip(order, name_things(stems, p_WO, previous), strict=True))
        things = tuple(_thing(called[index], names[index], names, frames) for index in order)
        if self._eyes.features is None:
            return with_points(things, previous)
        grids = [patches(frame, self._eyes, self.memory) for frame in frames]
        before = {thing.name: thing for thing in previous.things} if previous is not None else {}
        return tuple(
            _with_semantic(thing, called[index].piece.cloud, frames, grids, before.get(thing.name))
            for index, thing in zip(order, things, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Called:
    """A measured thing with what it is called and the number of its table."""

    piece: Piece
    ground: int
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


def _thing(called: _Called, name: str, names: dict[int, str], frames: tuple[CameraFrame, ...]) -> Thing:
    piece, body, support = called.piece, called.piece.body, called.piece.support
    return Thing(
        name=name,
        kind=called.label.kind,
        color=called.label.color,
        X_WO=body.X_WO,
        size=body.size,
        cloud=piece.cloud.p_W,
        parts=body.parts,
        shapes=body.shapes,
        on=carrier(piece, called.ground, names),
        inside=names.get(support.inside),
        cavity_radius=body.cavity_radius,
        confidence=piece.agreement * (1.0 if called.label.agrees else DISAGREEING),
        doubts=(*body.doubts, *doubts_about(piece.cloud, frames, support.height), *called.label.doubts),
        articulation=from_handle(body),
    )


def _with_semantic(
    thing: Thing,
    cloud: Cloud,
    frames: tuple[CameraFrame, ...],
    grids: list[NDArray[np.float32] | None],
    before: Thing | None,
) -> Thing:
    """Add a thing's semantic keypoints to its parts."""
    points = named(candidates(cloud, frames, grids), thing.parts, thing.X_WO, before)
    return replace(thing, parts={**thing.parts, **points})


def _left_out(refused: list[str], flat: tuple[str, ...]) -> tuple[str, ...]:
    """Say which detections were left out and why."""
    warnings = []
    for words, why in (
        (refused, "that look like nothing to the picture-text model"),
        (flat, "with nothing above the table behind them"),
    ):
        if words:
            listed = ", ".join(f"{word} ({count})" for word, count in sorted(Counter(words).items()))
            warnings.append(f"detections left out, {why}: {listed}")
    return tuple(warnings)
