"""The collision world: how far the arm and what it holds are from things, the table and itself.

The arm is its sphere cover, a thing its solid pieces, so a distance here is
never more than the true one to the arm's collision hulls. The functions are
continuous in the joints; gradients are those of the nearest pair.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

from ..core.arrays import Float64
from ..core.errors import UnknownName
from .held import HeldShape
from .kinematics import Kinematics
from .nearest import Bodies, Packed, clearances, row_distances
from .posing import REVOLUTE, LinkTree
from .shapes import Shape
from .solids import pack
from .spheres import sphere_cover

Pairs = Iterable[tuple[str, str]]
GROUPS = ("arm", "hand", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A thing that the arm keeps away from.

    Attributes:
        name: Its identifier.
        shapes: Its solid pieces in the world.
        margin: Distance taken off every distance to it, for a thing to be kept farther from, [m].
    """

    name: str
    shapes: tuple[Shape, ...]
    margin: float = 0.0


class Pair(NamedTuple):
    """Which two are compared: a body of the robot (a group or a link), and what it may meet."""

    body: str
    other: str


class _Mask(NamedTuple):
    """What is compared, after exceptions: (bodies, obstacles + table) and pairs of bodies."""

    rows: np.ndarray
    own_pairs: np.ndarray
    own_rows: np.ndarray
    names: tuple[Pair, ...]


class CollisionWorld:
    """Signed distances of one arm among obstacles.

    The base link is never compared with obstacles: it does not move. Nor are
    links with the table that no joint brings nearer to it, such as a shoulder
    that only turns. A thing that is held is no obstacle to itself.

    Bodies can be named one by one (links that have spheres, ``held``, or the
    held thing's own name) or together: ``hand`` is the tool's link and the
    fingers, ``fingers`` the fingers alone, ``arm`` all other links.

    Attributes:
        kinematics: The arm.
        held: What the hand holds, or None.
    """

    def __init__(
        self,
        kinematics: Kinematics,
        obstacles: Iterable[Obstacle] = (),
        table_height: float | None = 0.0,
        width: float | None = None,
        held: HeldShape | None = None,
    ):
        """Pack everything into arrays.

        Args:
            kinematics: The arm.
            obstacles: What it keeps away from.
            table_height: Height of the table's plane in the world, [m]; None for no table.
            width: Opening between the pads, [m]; None opens fully.
            held: What the hand holds.
        """
        self.kinematics = kinematics
        self.held = held
        kept = [o for o in obstacles if o.shapes and (held is None or o.name != held.name)]
        self._names = (*(o.name for o in kept), "table")
        self._table = -np.inf if table_height is None else float(table_height)
        self._solids = pack([shape for o in kept for shape in o.shapes])
        counts = [len(o.shapes) for o in kept]
        self._first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self._margins = np.array([o.margin for o in kept])
        self._around = bounds(self._solids.bound, self._first)
        self._fingers = kinematics.finger_positions(width)
        self._bodies, self._body_names = bodies_of(kinematics, held)
        self._moving = np.ascontiguousarray(kinematics.moves, dtype=np.bool_)
        self._level = keep_height(kinematics, self._bodies.link)
        self._masks: dict[frozenset[tuple[str, str]], _Mask] = {}

    @property
    def obstacle_names(self) -> tuple[str, ...]:
        """Names of what is kept away from, the table last."""
        return self._names

    def clearance(self, Q: Float64, ignore: Pairs = (), cap: float = 0.3) -> Float64:
        """Give the least distance at many configurations.

        Args:
            Q: Joint positions, shape (B, n), [rad].
            ignore: Pairs that may touch, such as ``("hand", "red_block")`` or ``("held", "table")``.
            cap: Distances beyond it are given as it, [m].

        Returns:
            Least signed distance of any two that are compared, shape (B,), [m].

        Raises:
            UnknownName: If a pair names no body of this arm.
        """
        mask = self._mask(ignore)
        return clearances(
            self.kinematics.tree, self._bodies, self._solids, self._first, self._around, self._margins,
            self._table, mask.rows, mask.own_pairs, self._fingers, matrix(Q, self.kinematics.n), float(cap),
        )  # fmt: skip

    def rows(self, ignore: Pairs = ()) -> tuple[Pair, ...]:
        """Name the rows of ``distances``: each group against each obstacle, then the arm against itself."""
        return self._mask(ignore).names

    def distances(self, q: Float64, ignore: Pairs = (), band: float = 0.1) -> tuple[Float64, Float64]:
        """Give the least distance of each pair of groups with its derivative.

        Args:
            q: Joint positions, shape (n,), [rad].
            ignore: Pairs that may touch; those rows are left out.
            band: Distances beyond it are given as it, with derivative 0, [m].

        Returns:
            Signed distances, shape (m,), [m], and their Jacobian, shape (m, n), rows as ``rows`` names them.

        Raises:
            UnknownName: If a pair names no body of this arm.
        """
        mask = self._mask(ignore)
        return row_distances(
            self.kinematics.tree, self._bodies, self._solids, self._first, self._around, self._margins,
            self._table, mask.rows, mask.own_pairs, mask.own_rows, self._fingers,
            matrix(np.asarray(q)[None], self.kinematics.n), float(band), len(mask.names),
            self._moving, self.kinematics.joint_link,
        )  # fmt: skip

    def packed(self, ignore: Pairs = ()) -> Packed:
        """Give the arrays of ``distances``, for kernels that ask for them at many configurations.

        Args:
            ignore: Pairs that may touch; those rows are left out.
        """
        mask = self._mask(ignore)
        return Packed(
            self.kinematics.tree, self._bodies, self._solids, self._first, self._around, self._margins,
            self._table, mask.rows, mask.own_pairs, mask.own_rows, self._fingers, len(mask.names),
            self._moving, self.kinematics.joint_link,
        )  # fmt: skip

    def nearest(self, q: Float64, ignore: Pairs = (), band: float = 1.0) -> tuple[float, Pair | None]:
        """Give the least distance and between which two it is, None beyond the band.

        Args:
            q: Joint positions, shape (n,), [rad].
            ignore: Pairs that may touch.
            band: How far to look, [m].
        """
        d, _ = self.distances(q, ignore, band)
        if not len(d) or d.min() >= band:
            return band, None
        return float(d.min()), self.rows(ignore)[int(d.argmin())]

    def _mask(self, ignore: Pairs) -> _Mask:
        """Work out what is compared, once for each set of exceptions."""
        key = frozenset(ignore)
        if key not in self._masks:
            self._masks[key] = self._compare(key)
        return self._masks[key]

    def _compare(self, ignore: frozenset[tuple[str, str]]) -> _Mask:
        """Number the rows of everything that is compared; -1 where nothing is."""
        model, bodies = self.kinematics.model, self._body_names
        groups = [self._group(name) for name in bodies]
        allowed = np.ones((len(bodies), len(self._names)), bool)
        allowed[[i for i, name in enumerate(bodies) if name == model.base_link]] = False
        allowed[:, -1] &= np.isfinite(self._table) & ~self._level
        own = {(a, b) for a, b in own_pairs_of(self.kinematics, bodies)}
        for first, second in ignore:
            meant = self._members(first, ignore)
            if second in self._names:
                allowed[meant, self._names.index(second)] = False
            elif second in {*GROUPS, "fingers", *bodies}:
                others = self._members(second, ignore)
                own -= {(a, b) for a in meant for b in others} | {(b, a) for a in meant for b in others}
        names: list[Pair] = []
        rows = np.full(allowed.shape, -1)
        for o, other in enumerate(self._names):
            for group in GROUPS:
                members = [i for i, g in enumerate(groups) if g == group and allowed[i, o]]
                if members:
                    rows[members, o] = len(names)
                    names.append(Pair(group, other))
        pairs = np.array(sorted(own), np.int64).reshape(-1, 2)
        own_rows = np.full(len(pairs), -1)
        for body in ("arm", "held"):
            chosen = [(("held" in (groups[a], groups[b])) == (body == "held")) for a, b in pairs]
            if any(chosen):
                own_rows[chosen] = len(names)
                names.append(Pair(body, "arm"))
        return _Mask(rows, pairs, own_rows, tuple(names))

    def _group(self, body: str) -> str:
        """Say which of the three groups a body belongs to."""
        return "held" if body == "held" else "hand" if body in self.kinematics.model.hand_links else "arm"

    def _members(self, name: str, ignore: frozenset[tuple[str, str]]) -> list[int]:
        """List the bodies that a name means; ``held`` may be named while nothing is held."""
        model = self.kinematics.model
        fingers = model.gripper.link_names if model.gripper else ()
        if self.held is not None and name == self.held.name:
            name = "held"
        known = {*GROUPS, "fingers", *model.links}
        if name not in known:
            raise UnknownName("body of the robot", name, known)
        return [
            i
            for i, body in enumerate(self._body_names)
            if name in (body, self._group(body)) or (name == "fingers" and body in fingers)
        ]


def matrix(Q: Float64, n: int) -> Float64:
    """Check configurations where they enter; the copy is writable, so kernels are compiled for one type."""
    array = np.array(Q, dtype=np.float64, order="C")
    if array.ndim != 2 or array.shape[1] != n:
        raise ValueError(f"expected shape (any, {n}), got {array.shape}")
    return array


def bounds(bound: Float64, first: np.ndarray) -> Float64:
    """Put a ball around each group of balls: centre and radius, shape (G, 4)."""
    around = np.zeros((len(first) - 1, 4))
    for g in range(len(around)):
        balls = bound[first[g] : first[g + 1]]
        if len(balls):
            center = (balls[:, :3].min(axis=0) + balls[:, :3].max(axis=0)) / 2.0
            around[g, :3] = center
            around[g, 3] = (np.linalg.norm(balls[:, :3] - center, axis=1) + balls[:, 3]).max()
    return around


def bodies_of(kinematics: Kinematics, held: HeldShape | None) -> tuple[Bodies, tuple[str, ...]]:
    """Collect the balls of all links and of the held thing, each in its link's frame."""
    model, cover = kinematics.model, sphere_cover(kinematics.model)
    names = list(cover.links)
    link = [kinematics.link_index(name) for name in names]
    balls = [np.column_stack([cover.centers, cover.radii])]
    counts = [int((cover.link == i).sum()) for i in range(len(names))]
    if held is not None:
        names.append("held")
        link.append(kinematics.link_index(model.tool_link))
        X = model.X_LG
        centers = held.spheres[:, :3] @ X.rotation().matrix().T + X.translation()
        balls.append(np.column_stack([centers, held.spheres[:, 3]]))
        counts.append(len(centers))
    packed = np.ascontiguousarray(np.concatenate(balls))
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Bodies(np.array(link, np.int64), first, packed, bounds(packed, first)), tuple(names)


def keep_height(kinematics: Kinematics, links: np.ndarray) -> np.ndarray:
    """Say which bodies no joint moves, or only joints that turn about the vertical before any other does."""
    R, _ = kinematics.link_poses(kinematics.model.q_home[None])
    vertical = np.zeros(kinematics.n, bool)
    for j, link in enumerate(kinematics.joint_link):
        axis = R[0, link] @ kinematics.tree.axis[link]
        vertical[j] = kinematics.tree.kind[link] == REVOLUTE and abs(axis[2]) > 1.0 - 1e-9
        if not vertical[j]:
            break
    return ~np.asarray((kinematics.moves[links] & ~vertical).any(axis=1))


def own_pairs_of(kinematics: Kinematics, bodies: tuple[str, ...]) -> list[tuple[int, int]]:
    """List the pairs of bodies that must not meet: not neighbours, not excepted by the model."""
    model, tree = kinematics.model, kinematics.tree
    excepted = {frozenset(pair) for pair in model.ignore}
    excepted |= {frozenset(pair) for pair in combinations(model.hand_links, 2)}
    for body in bodies:
        if body != "held":
            excepted.add(frozenset((body, _carrier(kinematics, tree, body, bodies))))
    wrist = _carrier(kinematics, tree, model.tool_link, bodies)
    excepted |= {frozenset(("held", name)) for name in (*model.hand_links, wrist)}
    return [
        (i, j) for (i, a), (j, b) in combinations(enumerate(bodies), 2) if frozenset((a, b)) not in excepted
    ]


def _carrier(kinematics: Kinematics, tree: LinkTree, name: str, bodies: tuple[str, ...]) -> str:
    """Give the nearest link toward the base that is a body, or the link itself at the base."""
    i = int(tree.parent[kinematics.link_index(name)])
    while i >= 0:
        if kinematics.link_names[i] in bodies:
            return kinematics.link_names[i]
        i = int(tree.parent[i])
    return name
