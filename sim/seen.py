"""A perceived scene held against the true one, thing by thing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..perception.scene import Scene, Thing

SAME = 0.05  # Things farther apart than this are not the same, [m].


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One true thing and what was perceived of it.

    Attributes:
        truth: The true thing's name.
        kind: Its kind.
        found: How often it was perceived: 0, 1, or more where it was broken up.
        error: Distance between the middles, [m]; None where it was not found.
        size_error: Largest difference of an extent, [m].
        tilt: Angle between the true and the perceived upright axis, [deg].
        kind_right: Whether the kind is right.
        color_right: Whether the colour is right.
    """

    truth: str
    kind: str
    found: int
    error: float | None = None
    size_error: float | None = None
    tilt: float | None = None
    kind_right: bool = False
    color_right: bool = False

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
            "wrong kind": found and not self.kind_right,
            "wrong colour": found and not self.color_right,
            "off its place": found and not near,
        }
        why = ", ".join(reason for reason, wrong in checks.items() if wrong)
        own = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return own | {"close": found and near, "success": not why, "why": why}


def match(truth: Scene, seen: Scene) -> tuple[Match, ...]:
    """Pair true and perceived things by least total distance of their middles.

    Args:
        truth: The true scene.
        seen: The perceived one.

    Returns:
        One match for each true thing, in the order of the truth.
    """
    if not seen.things:
        return tuple(Match(truth=thing.name, kind=thing.kind, found=0) for thing in truth.things)
    true_p = np.array([thing.center for thing in truth.things])
    seen_p = np.array([thing.center for thing in seen.things])
    away = np.linalg.norm(true_p[:, None] - seen_p[None], axis=2)
    rows, columns = linear_sum_assignment(np.minimum(away, SAME))
    partner = {int(i): int(j) for i, j in zip(rows, columns, strict=True) if away[i, j] < SAME}
    left = set(range(len(seen.things))) - set(partner.values())
    pieces = {j: int(np.argmin(away[:, j])) for j in left}
    matches = []
    for i, thing in enumerate(truth.things):
        # A leftover piece whose middle lies inside a thing is a piece of it.
        reach = np.linalg.norm(thing.size) / 2.0
        broken = sum(pieces[j] == i and away[i, j] < min(SAME, reach) for j in left)
        matches.append(_compare(thing, seen.things[partner[i]] if i in partner else None, int(broken)))
    return tuple(matches)


def _compare(truth: Thing, seen: Thing | None, broken: int) -> Match:
    if seen is None:
        return Match(truth=truth.name, kind=truth.kind, found=0)
    size, own = np.sort(truth.size[:2]), np.sort(seen.size[:2])
    up = truth.X_WO.rotation().matrix()[:, 2] @ seen.X_WO.rotation().matrix()[:, 2]
    return Match(
        truth=truth.name,
        kind=truth.kind,
        found=1 + broken,
        error=float(np.linalg.norm(truth.center - seen.center)),
        size_error=float(max(np.abs(size - own).max(), abs(truth.size[2] - seen.size[2]))),
        tilt=0.0 if truth.kind == "ball" else float(np.degrees(np.arccos(np.clip(up, -1.0, 1.0)))),
        kind_right=truth.kind == seen.kind,
        color_right=truth.color == seen.color,
    )
