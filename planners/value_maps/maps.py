"""Value maps: built once over a scene, asked for ways and for what holds along them, kept up to date.

The first plan spreads the cost-to-go from the target until it meets the hand; ``complete`` spreads the
rest behind it, and later plans from anywhere follow it. ``moved`` repairs what a moved thing changes.

The arm is not here: a way is free for a ball around the tool point, and the joint-space planner that takes
it as a seed checks the arm.
"""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64, frozen
from ...core.errors import InputError
from ...robots.shapes import Shape
from ..program import Stage
from .answers import FieldPath, Unreachable
from .clearance import Pieces
from .grid import CELLS, Grid
from .reasons import why_not
from .spread import NO_HOP
from .statements import Hand, Statements
from .surroundings import Surroundings
from .target_field import TargetField
from .targets import Targets, find_targets

FieldName = Literal["affordance", "avoidance", "speed", "rotation", "grip", "room", "togo"]
ESCAPE_STEP = 0.005
"""Spacing at which the straight way out of a tight start is looked at, [m]."""
ESCAPE_TRIES = 512
"""Free nodes that are tried from a tight start, the cheapest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where the tool point may be.

    Attributes:
        lower: Least corner, p_W, shape (3,), [m].
        upper: Largest corner, p_W, shape (3,), [m].
        cells: Cells along each axis.
    """

    lower: Float64
    upper: Float64
    cells: int = CELLS

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "lower", frozen(self.lower, (3,)))
        object.__setattr__(self, "upper", frozen(self.upper, (3,)))


class ValueMaps:
    """The fields of one stage over one scene."""

    __slots__ = ("_answer", "_field", "_pieces", "_statements", "grid")

    def __init__(self, statements: Statements, grid: Grid):
        """Measure the room; ``build`` is the way to make one.

        Args:
            statements: What is said, bound to the scene.
            grid: The workspace.
        """
        self.grid = grid
        self._statements = statements
        obstacles, regions = statements.obstacles(), statements.regions()
        # Between neighbouring nodes a way may be half a diagonal nearer to a solid than at either:
        # less than that is never kept, so that nothing is cut and no wall is jumped.
        self._pieces = _at_least(Pieces.of(obstacles, regions), grid.half_diagonal)
        self._answer: Targets | Unreachable = find_targets(statements, grid, self._pieces)
        self._field = self._new_field()

    @classmethod
    def build(cls, surroundings: Surroundings, stage: Stage, workspace: Workspace, hand: Hand) -> Self:
        """Make the maps of a stage.

        Args:
            surroundings: Where things are.
            stage: What is asked; it says ``toward`` something.
            workspace: Where the tool point may be.
            hand: What moves.

        Raises:
            InputError: If the stage says toward nothing, or the numbers do not fit.
            UnknownName: If it speaks of what is not there.
        """
        if not stage.toward:
            raise InputError(
                f"{stage.name}: value maps need toward(...); add one, or give the sub-goal as one"
            )
        if not 0.0 <= hand.radius <= 0.5:
            raise InputError(f"expected a hand of a radius of 0 to 0.5 m, got {hand.radius!r}")
        grid = Grid.over(workspace.lower, workspace.upper, workspace.cells)
        return cls(Statements(stage, surroundings, hand), grid)

    @property
    def nbytes(self) -> int:
        """Memory of all fields, [byte]."""
        return self._field.nbytes if self._field is not None else 0

    @property
    def statements(self) -> Statements:
        """What the fields are made of."""
        return self._statements

    @property
    def targets(self) -> Float64:
        """The places that ways lead to, any of which will do, p_W, shape (K, 3), [m]; none where closed."""
        return np.zeros((0, 3)) if isinstance(self._answer, Unreachable) else self._answer.p_W

    def plan(self, p_WG: Float64) -> FieldPath | Unreachable:
        """Give the way from a place of the tool point to the target.

        Args:
            p_WG: The tool point, shape (3,), [m].
        """
        field, answer = self._field, self._answer
        if isinstance(answer, Unreachable) or field is None:
            assert isinstance(answer, Unreachable), "without a field there is a reason"
            return answer
        # A copy: a read-only array would have the kernels compiled once more.
        p_WG = np.array(p_WG, np.float64)
        if not self.grid.covers(p_WG):
            reason = f"unreachable: the hand at {np.round(p_WG, 3).tolist()} is outside of the workspace"
            return Unreachable(kind="outside", reason=reason, by=(), p_W=p_WG)
        node = self.grid.flat(p_WG)
        if not field.coarse.spread.half_cost[node] < np.inf:
            return self._escape(field, answer, p_WG)
        if not field.reach(node):
            return why_not(field, self._statements, p_WG)
        return FieldPath(p_WG=field.way(p_WG, node), notes=answer.notes)

    def complete(self) -> None:
        """Spread the field over all of the workspace, so that every later plan only follows it."""
        if self._field is not None:
            self._field.finish()

    def moved(self, thing: str, X_old: RigidTransform, X_new: RigidTransform) -> None:
        """Bring the maps up to date with a thing that moved.

        Args:
            thing: Its name.
            X_old: A pose of it before, in the world.
            X_new: The same pose afterwards.

        Raises:
            UnknownName: If there is no such thing.
        """
        before = self._statements
        surroundings = before.surroundings.moved(thing, X_old, X_new)
        self._statements = Statements(before.stage, surroundings, before.hand)
        windows: list[Float64] = []
        old = {one.name: one for one in (*before.obstacles(), *before.regions())}
        for one in (*self._statements.obstacles(), *self._statements.regions()):
            if _same_place(one.shapes, old[one.name].shapes):
                continue
            windows.append(self._pieces.around(one.name))
            margin = float(_least(np.array(one.margin), self.grid.half_diagonal))
            self._pieces = self._pieces.put(one.name, one.shapes, margin)
            windows.append(self._pieces.around(one.name))
        answer = find_targets(self._statements, self.grid, self._pieces)
        if self._field is None or not _same(answer, self._answer):
            self._answer = answer
            self._field = self._new_field()
            return
        self._answer = answer
        self._field.pieces = self._pieces
        self._field.changed(_merged(windows))

    def speed_at(self, p_WQ: Float64) -> np.ndarray:
        """Give the largest tool speed at places (N, 3), (N,), [m/s]; infinite where nothing is said."""
        return self._statements.speed(np.asarray(p_WQ, np.float64))

    def rotation_at(self, p_WQ: Float64) -> np.ndarray:
        """Give the hand's approach direction at places (N, 3), unit vectors; NaN where none is said."""
        return self._statements.rotation(np.asarray(p_WQ, np.float64))

    def grip_at(self, p_WQ: Float64) -> np.ndarray:
        """Give the fingers' opening at places (N, 3), (N,), [m]; NaN where none is said."""
        return self._statements.grip(np.asarray(p_WQ, np.float64))

    def field(self, name: FieldName) -> np.ndarray:
        """Give a field at all nodes, for pictures: float32, the grid's shape, rotation with three more.

        Args:
            name: Which one; ``room`` is what is left beyond what is kept, at most 6 cm, ``togo`` the
                cost-to-go as far as it was spread. Both are NaN where the target cannot be entered at all.
        """
        if name in ("room", "togo"):
            if self._field is None:
                return np.full(self.grid.shape, np.nan, np.float32)
            sheet = self._field.coarse
            values = sheet.room if name == "room" else sheet.spread.togo.reshape(self.grid.padded)
            return values[1:-1, 1:-1, 1:-1].copy()
        said = self._statements
        of = {
            "affordance": said.affordance,
            "avoidance": said.avoidance,
            "speed": said.speed,
            "rotation": said.rotation,
            "grip": said.grip,
        }[name]
        values = of(self.grid.nodes())
        return values.reshape(*self.grid.shape, *values.shape[1:])

    def _new_field(self) -> TargetField | None:
        answer = self._answer
        if isinstance(answer, Unreachable):
            return None
        return TargetField(self.grid, self._pieces, answer.p_W, answer.exact, answer.easing)

    def _escape(self, field: TargetField, targets: Targets, p_WG: Float64) -> FieldPath | Unreachable:
        """Leave a start that is closer to something than the hand is wide, straight and never closer."""
        solid, room = float(self._pieces.distance(p_WG[None])[0]), float(self._pieces.room(p_WG[None])[0])
        if solid <= 0.0:
            each = np.where(self._pieces.solid, self._pieces.each(p_WG[None])[0], np.inf)
            name = self._pieces.names[int(each.argmin())]
            reason = f"unreachable: the hand begins inside {name}; name it as held or let go, or look again"
            return Unreachable(kind="inside", reason=reason, by=(name,), p_W=p_WG)
        field.finish()
        reach = 2.0 * abs(min(room, 0.0)) + 3.0 * float(self.grid.step.max())
        first, last = self.grid.window(p_WG - reach, p_WG + reach)
        numbers = np.arange(field.coarse.room.size).reshape(self.grid.padded)
        nodes = numbers[tuple(slice(a, b) for a, b in zip(first, last, strict=True))].reshape(-1)
        nodes = nodes[field.coarse.spread.hop[nodes] != NO_HOP]
        ends = self.grid.position(nodes)
        order = np.argsort(np.linalg.norm(ends - p_WG, axis=1) + field.coarse.spread.togo[nodes])
        for n in order[:ESCAPE_TRIES]:
            count = int(np.ceil(np.linalg.norm(ends[n] - p_WG) / ESCAPE_STEP)) + 1
            way = p_WG + np.linspace(0.0, 1.0, count)[:, None] * (ends[n] - p_WG)
            if (self._pieces.distance(way) >= min(solid, self.grid.half_diagonal) - 0.001).all() and (
                self._pieces.room(way) >= min(room, 0.0) - 0.001
            ).all():
                rest = field.way(ends[n], int(nodes[n]))
                note = f"the hand begins {-room:.3f} m nearer to something than it should be"
                notes = (*targets.notes, note) if room < -0.001 else targets.notes
                return FieldPath(p_WG=np.concatenate([p_WG[None], rest]), notes=notes)
        return why_not(field, self._statements, p_WG)


def _at_least(pieces: Pieces, margin: float) -> Pieces:
    return pieces.kept(_least(pieces.margin, margin), False)


def _least(margin: Float64, least: float) -> Float64:
    """Raise margins to the least; those below 0 belong to regions that have to be entered so far."""
    return np.where(margin < 0.0, margin, np.maximum(margin, least))


def _same_place(one: tuple[Shape, ...], other: tuple[Shape, ...]) -> bool:
    # What did not move keeps its very pieces; regions are bound anew each time.
    return one is other or all(a.X_WS.IsExactlyEqualTo(b.X_WS) for a, b in zip(one, other, strict=True))


def _same(one: Targets | Unreachable, other: Targets | Unreachable) -> bool:
    """Tell whether two answers lead to the same field."""
    if isinstance(one, Unreachable) or isinstance(other, Unreachable):
        return False
    if one.exact != other.exact or one.p_W.shape != other.p_W.shape or not np.array_equal(one.p_W, other.p_W):
        return False
    if one.easing is None or other.easing is None:
        return one.easing is other.easing
    return one.easing.amount == other.easing.amount and one.easing.solid == other.easing.solid


def _merged(windows: list[Float64]) -> list[Float64]:
    """Join where a thing was and where it is now, which overlap when it moved a little."""
    if len(windows) != 2:
        return windows
    low = np.minimum(windows[0][:3], windows[1][:3])
    high = np.maximum(windows[0][3:], windows[1][3:])
    apart = sum(float(np.prod(box[3:] - box[:3])) for box in windows)
    return [np.concatenate([low, high])] if float(np.prod(high - low)) < apart else windows
