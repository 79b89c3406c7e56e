"""A perceived scene held against the true one, thing by thing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..perception.scene import Scene, Thing
from .true_parts import TruePart

SAME = 0.05  # Things farther apart than this are not the same, [m].
# A ball in a bowl has its middle within a few millimetres of the bowl's, so distance alone may
# pair the ball with the bowl and call both wrong. A wrong kind and a wrong colour therefore cost as
# much as these distances. They cannot hide a mistake: two things have to be nearer to each
# other than the costs' sum, 10 mm, before names decide, which only a thing within a thing is; and
# what is then paired by name still has to lie within 10 mm of its true place.
OTHER_KIND, OTHER_COLOR = 0.006, 0.004  # [m]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMatch:
    """One part of a true thing.

    Attributes:
        part: ``handle``, ``drawer handle``, ``opening`` or ``rim``.
        in_sight: Whether a camera had it in view.
        error: Distance of the perceived part from it, [m]; None where none was perceived.
    """

    part: str
    in_sight: bool
    error: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One true thing and what was perceived of it.

    Attributes:
        truth: The true thing's name.
        kind: Its kind.
        found: How often it was perceived: 0, 1, or more where it was broken up.
        seen: Name of what was perceived, empty where it was not found.
        seen_kind: Kind of that.
        seen_color: Colour of that.
        error: Distance between the middles, [m]; None where it was not found.
        size_error: Largest difference of an extent, [m].
        tilt: Angle between the true and the perceived upright axis, [deg].
        kind_right: Whether the kind is right.
        color_right: Whether the colour is right.
        parts: Its parts that are judged.
    """

    truth: str
    kind: str
    found: int
    seen: str = ""
    seen_kind: str = ""
    seen_color: str = ""
    error: float | None = None
    size_error: float | None = None
    tilt: float | None = None
    kind_right: bool = False
    color_right: bool = False
    parts: tuple[PartMatch, ...] = ()

    def to_json(self, close: float) -> dict[str, Any]:
        """Give the match as plain data.

        Args:
            close: Largest error of the place that counts as found, [m].
        """
        near = self.error is not None and self.error <= close
        found = self.found == 1
        checks = {
            "not found": self.found == 0,
            "broken up": self.found > 1,
            f"taken for a {self.seen_kind}": found and not self.kind_right,
            f"called {self.seen_color}": found and not self.color_right,
            "off its place": found and not near,
        }
        why = ", ".join(reason for reason, wrong in checks.items() if wrong)
        return asdict(self) | {"close": found and near, "success": not why, "why": why}


def match(
    truth: Scene,
    seen: Scene,
    parts: Mapping[str, tuple[TruePart, ...]] | None = None,
    frames: tuple[CameraFrame, ...] = (),
) -> tuple[Match, ...]:
    """Pair true and perceived things by least total distance of their middles and disagreement.

    Args:
        truth: The true scene.
        seen: The perceived one.
        parts: The judged parts of the true things by name.
        frames: Frames with true poses, to tell which parts are in sight.

    Returns:
        One match for each true thing, in the order of the truth.
    """
    parts = parts or {}
    partner = pair_up(truth.things, seen.things)
    left = set(range(len(seen.things))) - set(partner.values())
    away = _distances(truth.things, seen.things)
    pieces = {j: int(np.argmin(away[:, j])) for j in left}
    matches = []
    for i, thing in enumerate(truth.things):
        # A leftover piece whose middle lies inside a thing is a piece of it.
        reach = min(SAME, float(np.linalg.norm(thing.size)) / 2.0)
        broken = sum(pieces[j] == i and away[i, j] < reach for j in left)
        other = seen.things[partner[i]] if i in partner else None
        matches.append(_compare(thing, other, int(broken), parts.get(thing.name, ()), frames))
    return tuple(matches)


def pair_up(truth: tuple[Thing, ...], seen: tuple[Thing, ...]) -> dict[int, int]:
    """Give, for each true thing that was perceived, the index of what was perceived of it."""
    away = _distances(truth, seen)
    odd = np.array(
        [[OTHER_KIND * (a.kind != b.kind) + OTHER_COLOR * (a.color != b.color) for b in seen] for a in truth]
    ).reshape(away.shape)
    none = SAME + OTHER_KIND + OTHER_COLOR
    rows, columns = linear_sum_assignment(np.where(away < SAME, away + odd, none))
    return {int(i): int(j) for i, j in zip(rows, columns, strict=True) if away[i, j] < SAME}


def _distances(truth: tuple[Thing, ...], seen: tuple[Thing, ...]) -> Float64:
    """Distances of the middles, shape (true, seen), [m]."""
    true_p = np.array([thing.center for thing in truth]).reshape(-1, 1, 3)
    seen_p = np.array([thing.center for thing in seen]).reshape(1, -1, 3)
    return np.linalg.norm(true_p - seen_p, axis=2)


def _compare(
    truth: Thing,
    seen: Thing | None,
    broken: int,
    parts: tuple[TruePart, ...],
    frames: tuple[CameraFrame, ...],
) -> Match:
    if seen is None:
        return Match(truth=truth.name, kind=truth.kind, found=0)
    return Match(
        truth=truth.name,
        kind=truth.kind,
        found=1 + broken,
        seen=seen.name,
        seen_kind=seen.kind,
        seen_color=seen.color,
        error=float(np.linalg.norm(truth.center - seen.center)),
        size_error=_size_error(truth.size, seen.size),
        tilt=_tilt(truth, seen),
        kind_right=truth.kind == seen.kind,
        color_right=truth.color == seen.color,
        parts=tuple(
            PartMatch(
                part=part.name,
                in_sight=part.in_sight(frames),
                error=part.error(seen.parts[part.key]) if part.key in seen.parts else None,
            )
            for part in parts
        ),
    )


def _size_error(truth: Float64, seen: Float64) -> float:
    """Largest difference of an extent, the two across in order of size, [m]."""
    across = np.abs(np.sort(truth[:2]) - np.sort(seen[:2])).max()
    return float(max(across, abs(truth[2] - seen[2])))


def _tilt(truth: Thing, seen: Thing) -> float:
    """Angle between the upright axes, [deg]; a ball has none, and a can is the same upside down."""
    if truth.kind == "ball":
        return 0.0
    up = float(truth.X_WO.rotation().col(2) @ seen.X_WO.rotation().col(2))
    up = abs(up) if truth.kind == "can" else up
    return float(np.degrees(np.arccos(np.clip(up, -1.0, 1.0))))
