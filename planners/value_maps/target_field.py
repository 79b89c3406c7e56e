"""The way to one target from everywhere: room, cost-to-go, and a finer patch near the target."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...core.arrays import Float64
from .clearance import Pieces, fill
from .cost import COMFORT, half_costs
from .grid import Grid
from .spread import Spread, begin, change, grow
from .walk import NOWHERE, Layer, plan

PATCH_REACH = 5
"""How many nodes beyond the targets the finer patch goes on each side."""
PATCH_MOST = 0.12
"""Extent of targets from which on there is no finer patch: a region is not a point, [m]."""
OPENING = 0.5
"""How fast the distance that has to be kept comes back with the distance from a target that is closer to
something than the hand is wide: at 8 cm a hand of 4 cm is kept off in full again."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Easing:
    """Where less distance is kept, because the target itself is closer to something than the hand is wide.

    Attributes:
        p_W: The target, shape (3,), [m].
        amount: How much less is kept there, [m].
        solid: Distance of the target from the nearest solid, [m]; nothing closer is entered.
    """

    p_W: Float64
    amount: float
    solid: float

    @property
    def radius(self) -> float:
        """Where it ends, [m]."""
        return self.amount / OPENING


class Sheet:
    """One grid of a target's field.

    Attributes:
        grid: Its nodes.
        room: Room beyond what is kept, float32, padded, [m].
        spread: Cost-to-go, as far as it was needed.
        layer: The same for kernels.
    """

    __slots__ = ("grid", "layer", "room", "spread")

    def __init__(self, grid: Grid, room: np.ndarray, seeds: np.ndarray, values: Float64):
        """Begin the field.

        Args:
            grid: The nodes.
            room: Room at each, padded, [m].
            seeds: Numbers of the nodes where the target is reached.
            values: What is left to pay there.
        """
        half = np.empty(room.size, np.float32)
        half_costs(room.reshape(-1), half)
        border = np.ones(grid.padded, bool)
        border[1:-1, 1:-1, 1:-1] = False
        half[border.reshape(-1)] = np.inf
        self.grid, self.room = grid, room
        self.spread: Spread = begin(grid, half, seeds, values)
        self.layer = Layer(room, self.spread.hop, self.spread.offset, grid.lower, grid.step)

    @property
    def nbytes(self) -> int:
        """Memory, [byte]."""
        return self.room.nbytes + self.spread.nbytes


class TargetField:
    """The cost-to-go of one set of target points among solids.

    Attributes:
        pieces: What is kept away from.
        targets: Where to, p_W, shape (K, 3), [m].
        easing: Where less is kept, or None.
        exact: Whether ways end in the target point itself, not at a node.
        coarse: The whole workspace.
        fine: The surroundings of the target; None where the targets are a wide region.
    """

    __slots__ = ("coarse", "easing", "exact", "fine", "pieces", "targets")

    def __init__(self, grid: Grid, pieces: Pieces, targets: Float64, exact: bool, easing: Easing | None):
        """Measure the room and sow the targets; nothing is spread over the whole workspace yet.

        Args:
            grid: The workspace.
            pieces: What is kept away from.
            targets: Where to, shape (K, 3), [m].
            exact: Whether ways end in the target point itself; then there is one.
            easing: Where less is kept.
        """
        self.pieces, self.exact, self.easing = pieces, exact, easing
        self.targets = np.array(targets, np.float64, order="C")
        low, high = targets.min(axis=0), targets.max(axis=0)
        self.fine: Sheet | None = None
        room = self._measured(grid)
        if (high - low).max() <= PATCH_MOST:
            reach = PATCH_REACH * grid.step
            part = grid.finer(low - reach, high + reach)
            self.fine = Sheet(part, self._measured(part), *_sown(part, targets, exact))
            grow(self.fine.spread, -1)
            seeds, values = self._passed_on(grid)
        else:
            seeds, values = _sown(grid, targets, exact)
        self.coarse = Sheet(grid, room, seeds, values)

    @property
    def nbytes(self) -> int:
        """Memory, [byte]."""
        return self.coarse.nbytes + (self.fine.nbytes if self.fine is not None else 0)

    def reach(self, node: int) -> bool:
        """Spread until a node is settled; False if there is no way from it."""
        return bool(grow(self.coarse.spread, node))

    def finish(self) -> None:
        """Spread over all that can be reached."""
        grow(self.coarse.spread, -1)

    def way(self, p_W: Float64, node: int) -> Float64:
        """Give the way from a place near a settled node, pulled straight, (N, 3), [m]."""
        patch = self.fine.layer if self.fine is not None else NOWHERE
        return plan(self.coarse.layer, patch, p_W, node, self.targets[0], self.exact)

    def changed(self, windows: Sequence[Float64]) -> int:
        """Measure the room anew inside boxes and repair what depends on it.

        Args:
            windows: Least and largest corner of each box, shape (6,), [m].

        Returns:
            How many nodes lost their way and looked for a new one.
        """
        sheet, grid = self.coarse, self.coarse.grid
        touched = [self._remeasured(sheet, box) for box in windows]
        seed = sheet.spread.seed
        if self.fine is not None and any(_meet(self.fine.grid, box) for box in windows):
            part = self.fine.grid
            self.fine = Sheet(part, self._measured(part), *_sown(part, self.targets, self.exact))
            grow(self.fine.spread, -1)
            nodes, values = self._passed_on(grid)
            seed = seed.copy()
            seed[nodes] = values
            touched.append(nodes)
        nodes = np.unique(np.concatenate(touched)) if touched else np.empty(0, np.int64)
        half = np.empty(len(nodes), np.float32)
        half_costs(sheet.room.reshape(-1)[nodes], half)
        differs = (half != sheet.spread.half_cost[nodes]) | (seed[nodes] != sheet.spread.seed[nodes])
        nodes = nodes[differs]
        return int(change(sheet.spread, nodes, half[differs], seed[nodes]))

    def _measured(self, grid: Grid) -> np.ndarray:
        room = np.full(grid.padded, -1.0, np.float32)
        fill(self.pieces, COMFORT, grid, room)
        self._ease(grid, room, None)
        return room

    def _remeasured(self, sheet: Sheet, box: Float64) -> np.ndarray:
        """Measure the room in a box again; gives the numbers of its nodes."""
        first, last = sheet.grid.window(box[:3], box[3:])
        window = np.array([first, last])
        fill(self.pieces, COMFORT, sheet.grid, sheet.room, window)
        self._ease(sheet.grid, sheet.room, window)
        numbers = np.arange(sheet.room.size).reshape(sheet.grid.padded)
        return numbers[tuple(slice(a, b) for a, b in window.T)].reshape(-1)

    def _ease(self, grid: Grid, room: np.ndarray, window: np.ndarray | None) -> None:
        """Give room near a target that is closer to something than the hand is wide; none inside solids."""
        easing = self.easing
        if easing is None:
            return
        first, last = grid.window(easing.p_W - easing.radius, easing.p_W + easing.radius)
        if window is not None:
            first, last = np.maximum(first, window[0]), np.minimum(last, window[1])
        if (last <= first).any():
            return
        part = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
        axes = [grid.lower[a] + grid.step[a] * (np.arange(first[a], last[a]) - 1) for a in range(3)]
        nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        eased = easing.amount - OPENING * np.linalg.norm(nodes - easing.p_W, axis=-1)
        solid = self.pieces.distance(nodes.reshape(-1, 3)).reshape(eased.shape)
        enough = solid - min(easing.solid, grid.half_diagonal)
        here = room[part]
        room[part] = np.where(eased > 0.0, np.maximum(here, np.minimum(here + eased, enough)), here)

    def _passed_on(self, grid: Grid) -> tuple[np.ndarray, Float64]:
        """Give the workspace's nodes inside the finer patch and what the patch says is left to pay there."""
        assert self.fine is not None
        part = self.fine.grid
        shape = [(n + 1) // 2 for n in part.shape]
        index = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), axis=-1).reshape(-1, 3)
        first = np.array(grid.index(part.lower))
        nodes = np.ravel_multi_index((index + first).T, grid.padded)
        fine = np.ravel_multi_index((2 * index + 1).T, part.padded)
        return np.asarray(nodes), self.fine.spread.togo[fine].astype(np.float64)


def _meet(grid: Grid, box: Float64) -> bool:
    return bool((box[:3] <= grid.upper).all() and (box[3:] >= grid.lower).all())


def _sown(grid: Grid, targets: Float64, exact: bool) -> tuple[np.ndarray, Float64]:
    """Give the nodes where targets are reached: those around a point, those that the targets lie on."""
    at = (targets - grid.lower) / grid.step
    if not exact:
        index = np.clip(np.rint(at).astype(int), 0, np.array(grid.shape) - 1)
        return _numbers(index, grid), np.zeros(len(targets))
    corners = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    low = np.floor(at + 1e-6).astype(int)
    index = np.clip(low[:, None] + corners, 0, np.array(grid.shape) - 1)
    away = np.linalg.norm(grid.lower + index * grid.step - targets[:, None], axis=-1)
    return _numbers(index.reshape(-1, 3), grid), away.reshape(-1)


def _numbers(index: np.ndarray, grid: Grid) -> np.ndarray:
    """Give the numbers of nodes (N, 3), counted without the border, in a flattened padded array, (N,)."""
    _, ny, nz = grid.padded
    return (index + 1) @ np.array([ny * nz, nz, 1])
