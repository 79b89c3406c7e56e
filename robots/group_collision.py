"""The collision world of several arms: each among obstacles, against itself, and against the others.

The distances are those of ``collision``, of which this uses the kernels and the
covers; what is new is which bodies are compared. A body is named by its arm and
its group: ``left/arm``, ``right/hand``, ``left/held``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..core.arrays import Float64
from ..core.errors import UnknownName
from .arm_group import ArmGroup
from .collision import GROUPS, Obstacle, Pair, Pairs, bodies_of, bounds, keep_height, matrix, own_pairs_of
from .held import HeldShape
from .nearest import Bodies, clearances, row_distances
from .solids import pack


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mask:
    """What is compared, after exceptions; see ``collision``."""

    rows: np.ndarray
    own_pairs: np.ndarray
    own_rows: np.ndarray
    names: tuple[Pair, ...]


class GroupWorld:
    """Signed distances of several arms among obstacles and each other.

    Attributes:
        group: The arms.
        held: What each hand holds, by arm name; arms that hold nothing are left out.
        obstacle_names: Names of what is kept away from, the table last.
    """

    def __init__(
        self,
        group: ArmGroup,
        obstacles: Iterable[Obstacle] = (),
        table_height: float = 0.0,
        widths: Mapping[str, float] | None = None,
        held: Mapping[str, HeldShape] | None = None,
    ):
        """Pack everything into arrays.

        Args:
            group: The arms.
            obstacles: What they keep away from.
            table_height: Height of the table's plane in the world, [m].
            widths: Openings between the pads by arm name, [m]; what is not named opens fully.
            held: What each hand holds, by arm name.
        """
        self.group = group
        self.held = dict(held or {})
        names = {shape.name for shape in self.held.values()}
        kept = [one for one in obstacles if one.shapes and one.name not in names]
        self.obstacle_names = (*(one.name for one in kept), "table")
        self._table = float(table_height)
        self._solids = pack([shape for one in kept for shape in one.shapes])
        self._first = np.concatenate([[0], np.cumsum([len(one.shapes) for one in kept])]).astype(np.int64)
        self._margins = np.array([one.margin for one in kept])
        self._around = bounds(self._solids.bound, self._first)
        self._fingers = group.finger_positions(widths or {})
        self._bodies, self._body_names, self._standing, self._level, self._own = self._collected()
        self._masks: dict[frozenset[tuple[str, str]], _Mask] = {}

    def clearance(self, Q: Float64, ignore: Pairs = (), cap: float = 0.3) -> Float64:
        """Give the least distance at many configurations.

        Args:
            Q: Joint positions of all arms, shape (B, n), [rad].
            ignore: Pairs that may touch, such as ``("right/hand", "left/held")``.
            cap: Distances beyond it are given as it, [m].

        Returns:
            Least signed distance of any two that are compared, shape (B,), [m].

        Raises:
            UnknownName: If a pair names no body of these arms.
        """
        mask = self._mask(ignore)
        return clearances(
            self.group.tree, self._bodies, self._solids, self._first, self._around, self._margins,
            self._table, mask.rows, mask.own_pairs, self._fingers, matrix(Q, self.group.n), float(cap),
        )  # fmt: skip

    def rows(self, ignore: Pairs = ()) -> tuple[Pair, ...]:
        """Name the rows of ``distances``."""
        return self._mask(ignore).names

    def distances(self, q: Float64, ignore: Pairs = (), band: float = 0.1) -> tuple[Float64, Float64]:
        """Give the least distance of each pair of bodies with its derivative.

        Args:
            q: Joint positions of all arms, shape (n,), [rad].
            ignore: Pairs that may touch; those rows are left out.
            band: Distances beyond it are given as it, with derivative 0, [m].

        Returns:
            Signed distances, shape (m,), [m], and their Jacobian, shape (m, n), rows as ``rows`` names them.

        Raises:
            UnknownName: If a pair names no body of these arms.
        """
        mask = self._mask(ignore)
        return row_distances(
            self.group.tree, self._bodies, self._solids, self._first, self._around, self._margins,
            self._table, mask.rows, mask.own_pairs, mask.own_rows, self._fingers,
            matrix(np.asarray(q)[None], self.group.n), float(band), len(mask.names),
            self.group.moves, self.group.joint_link,
        )  # fmt: skip

    def _collected(
        self,
    ) -> tuple[Bodies, list[str], np.ndarray, np.ndarray, list[tuple[int, int]]]:
        """Collect the balls of all arms, and which bodies of one arm or of two must not meet."""
        link, counts, balls = [], [0], []
        names: list[str] = []
        standing: list[bool] = []
        level: list[bool] = []
        arm_of: list[str] = []
        pairs: list[tuple[int, int]] = []
        for arm, kinematics in self.group.arms.items():
            bodies, own_names = bodies_of(kinematics, self.held.get(arm))
            pairs += [(a + len(names), b + len(names)) for a, b in own_pairs_of(kinematics, own_names)]
            names += [self._named(arm, body) for body in own_names]
            standing += [body == kinematics.model.base_link for body in own_names]
            level += list(keep_height(kinematics, bodies.link))
            arm_of += [arm] * len(own_names)
            link.append(bodies.link + self.group.first_link[arm])
            counts += list(np.diff(bodies.first))
            balls.append(bodies.balls)
        pairs += [
            (i, j)
            for (i, one), (j, other) in combinations(enumerate(arm_of), 2)
            if one != other and not (standing[i] and standing[j])
        ]
        packed = np.ascontiguousarray(np.concatenate(balls))
        first = np.cumsum(counts).astype(np.int64)
        collected = Bodies(np.concatenate(link), first, packed, bounds(packed, first))
        return collected, names, np.array(standing), np.array(level), pairs

    def _named(self, arm: str, body: str) -> str:
        """Give the name of the group that a body belongs to."""
        hand = self.group.arms[arm].model.hand_links
        return f"{arm}/{'held' if body == 'held' else 'hand' if body in hand else 'arm'}"

    def _mask(self, ignore: Pairs) -> _Mask:
        """Work out what is compared, once for each set of exceptions."""
        key = frozenset(ignore)
        if key not in self._masks:
            self._masks[key] = self._compare(key)
        return self._masks[key]

    def _compare(self, ignore: frozenset[tuple[str, str]]) -> _Mask:
        """Number the rows of everything that is compared; -1 where nothing is."""
        known = {f"{arm}/{part}" for arm in self.group.arms for part in GROUPS}
        for body, _ in ignore:
            if body not in known:
                raise UnknownName("body of the robot", body, known)
        either = ignore | {(other, body) for body, other in ignore}
        names: list[Pair] = []
        numbers: dict[Pair, int] = {}

        def numbered(body: str, other: str) -> int:
            pair = Pair(body, other)
            if (body, other) in either:
                return -1
            if pair not in numbers:
                numbers[pair] = len(names)
                names.append(pair)
            return numbers[pair]

        rows = np.full((len(self._body_names), len(self.obstacle_names)), -1)
        for o, other in enumerate(self.obstacle_names):
            for i, body in enumerate(self._body_names):
                if not self._standing[i] and not (other == "table" and self._level[i]):
                    rows[i, o] = numbered(body, other)
        own = [(a, b, numbered(*self._ordered(a, b))) for a, b in self._own]
        own = [one for one in own if one[2] >= 0]
        table = np.array(own, np.int64).reshape(-1, 3)
        return _Mask(
            rows=rows,
            own_pairs=np.ascontiguousarray(table[:, :2]),
            own_rows=np.ascontiguousarray(table[:, 2]),
            names=tuple(names),
        )

    def _ordered(self, a: int, b: int) -> tuple[str, str]:
        """Name two bodies, always in the same order, so that they share a row."""
        first, second = sorted((self._body_names[a], self._body_names[b]))
        return first, second
