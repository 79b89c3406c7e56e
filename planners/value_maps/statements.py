"""A stage's statements over places, bound to a scene: what they say at points."""

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Float64
from ...robots.collision import Obstacle
from ...robots.shapes import Shape, distance
from ..expressions import Expression
from ..program import Region, Stage
from .regions import Bound, bind_region
from .surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What moves along a way, as a ball around the tool point.

    Attributes:
        radius: Its size, what it holds included, [m].
        opening: Largest distance of the fingertips, [m].
        ignores: Things that are no obstacle to it: what it holds, or has just let go.
    """

    radius: float
    opening: float = 0.08
    ignores: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowPlace:
    """Where the tool is slow: within a distance of shapes, [m], no faster than a speed, [m/s]."""

    shapes: tuple[Shape, ...]
    distance: float
    speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Face:
    target: Float64
    at_point: bool
    where: Bound | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grip:
    opening: float
    where: Bound | None


class Statements:
    """The fields that statements make, as functions of the place.

    They are kept as what they are, a few shapes each, and evaluated where they are asked: on a way,
    or at all nodes for a picture. A stored map would be coarser and larger.
    """

    __slots__ = (
        "_avoid",
        "_faces",
        "_grips",
        "_slows",
        "_towards",
        "cleared",
        "hand",
        "stage",
        "surroundings",
    )

    def __init__(self, stage: Stage, surroundings: Surroundings, hand: Hand):
        """Bind the statements.

        Args:
            stage: What is asked.
            surroundings: Where things are.
            hand: What moves.

        Raises:
            UnknownName: If a statement speaks of what is not there.
        """
        self.stage, self.surroundings, self.hand = stage, surroundings, hand
        self._towards = [(one, self._place(one.target)) for one in stage.toward]
        self.cleared = hand.ignores | {
            name for one in stage.toward if (name := _thing_itself(one.target)) is not None
        }
        self._slows = [
            SlowPlace(shapes=surroundings.thing(one.thing).shapes, distance=one.distance, speed=one.speed)
            for one in stage.slow
        ]
        for one in stage.slow_regions:
            bound = bind_region(one.region, surroundings)
            self._slows.append(
                SlowPlace(shapes=bound.shapes, distance=one.distance + bound.margin, speed=one.speed)
            )
        self._faces = [
            _Face(target=surroundings.value(one.target), at_point=one.at_point, where=self._where(one.where))
            for one in stage.face
        ]
        widths = {"open": hand.opening, "closed": 0.0}
        self._grips = [
            _Grip(
                opening=widths[one.opening] if isinstance(one.opening, str) else one.opening,
                where=self._where(one.where),
            )
            for one in stage.grip
        ]
        self._avoid = [bind_region(one.region, surroundings) for one in stage.avoid_regions]

    def slow_regions(self) -> list[SlowPlace]:
        """Give the regions in which the tool is slow."""
        return self._slows[len(self.stage.slow) :]

    def obstacles(self) -> list[Obstacle]:
        """Give the solids that the hand keeps away from, each with the distance of its centre."""
        keep: dict[str, float] = {}
        for one in self.stage.avoid:
            self.surroundings.thing(one.thing)
            keep[one.thing] = max(one.distance, keep.get(one.thing, 0.0))
        return [
            Obstacle(name=name, shapes=body.shapes, margin=self.hand.radius + keep.get(name, 0.0))
            for name, body in self.surroundings.things.items()
            if name not in self.cleared and body.shapes
        ]

    def regions(self) -> list[Obstacle]:
        """Give the regions that the hand is kept out of."""
        found: dict[str, Obstacle] = {}
        for one, bound in zip(self.stage.avoid_regions, self._avoid, strict=True):
            name, margin = f"avoid({one.region.text})", self.hand.radius + bound.margin + one.distance
            if name not in found or found[name].margin < margin:
                found[name] = Obstacle(name=name, shapes=bound.shapes, margin=margin)
        return list(found.values())

    def targets(self) -> list[tuple[Bound, float, bool]]:
        """Give where the hand is drawn to: the place, its weight, and whether it is a point."""
        return [(bound, one.weight, isinstance(one.target, Expression)) for one, bound in self._towards]

    def affordance(self, p_WQ: Float64) -> np.ndarray:
        """Give the weight of places (N, 3) as targets, (N,), float32."""
        found = np.zeros(len(p_WQ), np.float32)
        for one, bound in self._towards:
            found += np.float32(one.weight) * (bound.distance(p_WQ) <= 1e-9)
        return found

    def avoidance(self, p_WQ: Float64) -> np.ndarray:
        """Give how much nearer than asked places (N, 3) are to what is avoided, (N,), [m], float32."""
        found = np.zeros(len(p_WQ))
        for one in self.stage.avoid:
            if one.thing not in self.cleared:
                shapes = self.surroundings.thing(one.thing).shapes
                found = np.maximum(found, one.distance - _distance(shapes, p_WQ))
        for one, bound in zip(self.stage.avoid_regions, self._avoid, strict=True):
            found = np.maximum(found, one.distance - bound.distance(p_WQ))
        return found.astype(np.float32)

    def speed(self, p_WQ: Float64) -> np.ndarray:
        """Give the largest speed at places (N, 3), (N,), [m/s], float32; infinite where nothing is said."""
        found = np.full(len(p_WQ), np.inf, np.float32)
        for one in self._slows:
            near = _distance(one.shapes, p_WQ) <= one.distance
            found[near] = np.minimum(found[near], one.speed)
        return found

    def rotation(self, p_WQ: Float64) -> np.ndarray:
        """Give the approach direction at places (N, 3), unit vectors, float32; NaN where none is said."""
        found = np.full((len(p_WQ), 3), np.nan, np.float32)
        for one in self._faces:
            way = one.target - p_WQ if one.at_point else np.broadcast_to(one.target, p_WQ.shape)
            length = np.linalg.norm(way, axis=1, keepdims=True)
            # At the point itself every direction is toward it: what was said before stays.
            here = length[:, 0] > 1e-6
            if one.where is not None:
                here &= one.where.distance(p_WQ) <= 1e-9
            found[here] = way[here] / length[here]
        return found

    def grip(self, p_WQ: Float64) -> np.ndarray:
        """Give the opening at places (N, 3), (N,), [m], float32; NaN where none is said."""
        found = np.full(len(p_WQ), np.nan, np.float32)
        for one in self._grips:
            here = slice(None) if one.where is None else one.where.distance(p_WQ) <= 1e-9
            found[here] = min(one.opening, self.hand.opening)
        return found

    def _place(self, target: Expression | Region) -> Bound:
        region = target if isinstance(target, Region) else Region(kind="near", point=target)
        return bind_region(region, self.surroundings)

    def _where(self, region: Region | None) -> Bound | None:
        return None if region is None else bind_region(region, self.surroundings)


def _thing_itself(target: Expression | Region) -> str | None:
    """Name the thing whose point a target is; a place near, above or beside it is not the thing."""
    if isinstance(target, Region) or target.ref is None or target.ref.when != "now":
        return None
    return target.ref.thing


def _distance(shapes: tuple[Shape, ...], p_WQ: Float64) -> Float64:
    return np.min([distance(shape, p_WQ) for shape in shapes], axis=0)
