"""A stage of a problem file as arrays for the compiled solvers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...core.errors import CannotDo, UnknownName
from ..lift import Residuals, lift, points_in
from ..problem_file import ProblemFile
from ..program import PointRef, Relation, Stage
from ..solids import Solid, called, distance_grid, rows_of
from .kernel import Data


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What makes one pose or way better than another; the defaults are those of the published method.

    Attributes:
        margin: Distance from everything below which a point costs something, at the end, [m].
        near: Price of a metre that a point lacks of it.
        shift: Price of a metre that the hand is moved.
        turn: Price of a radian that it is turned.
        approach: Price of a grasp's approach at a right angle to the wanted one, which is straight down
            where none is written; twice this for the opposite.
        way_margin: The margin on the way, [m].
        way_near: Its price, summed over samples of the way.
        way_length: Price of a metre, and of a radian, of the way.
        way_step: Distance between samples of the way, [m].
        way_turn: Turn between samples of the way, [rad].
        clearance: Distance that every point keeps from every solid at any price, [m].
    """

    margin: float = 0.10
    near: float = 0.8
    shift: float = 1.0
    turn: float = 1.5
    approach: float = 10.0
    way_margin: float = 0.20
    way_near: float = 0.5
    way_length: float = 4.0
    way_step: float = 0.02
    way_turn: float = 0.10
    clearance: float = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HandProblem:
    """One stage for a free-flying hand.

    Attributes:
        stage: What is asked.
        X_WG: Where the hand begins.
        held: What it holds.
        positions: Where each point is when the stage begins, [m].
        ends: Everything that has to hold at the end, as rows.
        along: What has to hold throughout, as rows.
        data: The sub-goal for the kernels.
        way: The way for the kernels: its rows are those of ``along``.
        weights: What is wished.
        solids: What messages call each solid.
    """

    stage: Stage
    X_WG: RigidTransform
    held: str | None
    positions: Mapping[PointRef, Float64]
    ends: Residuals
    along: Residuals
    data: Data
    way: Data
    weights: Weights
    solids: tuple[str, ...]

    @property
    def relations(self) -> tuple[Relation, ...]:
        """Everything that has to hold at the end."""
        return (*self.stage.goals, *self.stage.along)

    def moves(self, ref: PointRef) -> bool:
        """Tell whether a point moves with the hand."""
        return ref.when == "now" and (ref.thing is None or ref.thing == self.held)

    def position(self, ref: PointRef, X_WG: RigidTransform) -> Float64:
        """Give a point's place when the hand is at a pose, shape (3,), [m]."""
        p_WQ = self.positions[ref]
        return X_WG @ (self.X_WG.inverse() @ p_WQ) if self.moves(ref) else p_WQ

    def reposed(self, X_WG: RigidTransform, positions: Mapping[PointRef, Float64]) -> "HandProblem":
        """Pose the same stage again, with hand and points where they are now.

        Args:
            X_WG: Where the hand is.
            positions: Where each point is, [m]; past ones stay as they are where they are not given.
        """
        now = dict(self.positions) | dict(positions)
        X_GW = X_WG.inverse()
        place = np.array([X_GW @ now[ref] if self.moves(ref) else now[ref] for ref in self.ends.points])
        R, p = np.ascontiguousarray(X_WG.rotation().matrix()), np.array(X_WG.translation())
        place = place.reshape(-1, 3)
        return replace(
            self,
            X_WG=X_WG,
            positions=now,
            data=self.data._replace(place=place, R=R, p=p),
            way=self.way._replace(place=place, R=R, p=p),
        )


def space_of(file: ProblemFile) -> tuple[Float64, Float64]:
    """Give the rows of the obstacles and the grid of their distance."""
    solids = rows_of(file.obstacles)
    return solids, distance_grid(solids, file.lower, file.upper, file.cells)


def check_surfaces(stage: Stage, obstacles: Sequence[Solid]) -> None:
    """Check that what a stage keeps away from, or is slow near, has a solid.

    Args:
        stage: What is asked.
        obstacles: What stands around; the solid of what is held is not among them.

    Raises:
        CannotDo: If it has none; a file's keypoints are points without a surface.
    """
    solid = {one.name for one in obstacles}
    for word, acts in (("avoid", stage.avoid), ("slow", stage.slow)):
        for act in acts:
            if act.thing not in solid:
                remedy = f'give it an [[obstacle]] with name = "{act.thing}", or leave {word}() out'
                raise CannotDo(f"{stage.name}: {word}({act.thing}, ...): no solid stands there; {remedy}")


def build(
    stage: Stage,
    file: ProblemFile,
    *,
    space: tuple[Float64, Float64] | None = None,
    X_WG: RigidTransform | None = None,
    positions: Mapping[tuple[str | None, str], Float64] | None = None,
    held: str | None = None,
    weights: Weights | None = None,
) -> HandProblem:
    """Pose a stage for the free hand.

    Args:
        stage: What is asked.
        file: Points of the hand, workspace and obstacles; also start, keypoints and what is held,
            where they are not given.
        space: What ``space_of`` gives for the file, where it is known already.
        X_WG: Where the hand begins.
        positions: Where the keypoints are then, by thing and part; start, keypoints and what is held
            belong together.
        held: What is held then.
        weights: What is wished.

    Raises:
        UnknownName: If the stage speaks of a point that the file does not have.
        CannotDo: If it keeps away from a thing, or is slow near one, that has no solid.
    """
    check_surfaces(stage, file.obstacles)
    weights = weights or Weights()
    if X_WG is None:
        X_WG, held = file.X_WG, file.held
    begin = _places(stage, file, X_WG, positions)
    moving = [ref.when == "now" and ref.thing in (None, held) for ref in begin]
    X_GW = X_WG.inverse()
    place = [X_GW @ p_W if moves else p_W for p_W, moves in zip(begin.values(), moving, strict=True)]
    around = _Around(
        file=file,
        X_WG=X_WG,
        space=space or space_of(file),
        place=np.array(place).reshape(-1, 3),
        moving=np.array(moving, dtype=np.int64),
        margins=_margins(stage, file),
        toward=_toward(stage),
        keeps=weights.clearance,
    )
    ends, along = lift((*stage.goals, *stage.along), tuple(begin)), lift(stage.along, tuple(begin))
    grasping = weights.approach if stage.grasps else 0.0
    wishes = (weights.margin, weights.near, weights.shift, weights.turn, grasping, weights.clearance)
    ways = (weights.way_margin, weights.way_near, weights.way_length, weights.way_length)
    steps = (weights.way_step, weights.way_turn, weights.clearance)
    return HandProblem(
        stage=stage,
        X_WG=X_WG,
        held=held,
        positions=begin,
        ends=ends,
        along=along,
        data=around.data(ends, wishes),
        way=around.data(along, (*ways, *steps)),
        weights=weights,
        solids=tuple(called(one, number) for number, one in enumerate(file.obstacles)),
    )


def _places(
    stage: Stage,
    file: ProblemFile,
    X_WG: RigidTransform,
    positions: Mapping[tuple[str | None, str], Float64] | None,
) -> dict[PointRef, Float64]:
    """Give where each point that a stage speaks of is when it begins, p_W, [m].

    Raises:
        UnknownName: If it speaks of a point that the file does not have.
    """
    origin: dict[tuple[str | None, str], Float64] = {(one.thing, one.part): one.p_W for one in file.keypoints}
    origin[None, file.hand] = np.array(file.X_WG.translation())
    now = dict(positions or origin)
    now[None, file.hand] = np.array(X_WG.translation())
    begin: dict[PointRef, Float64] = {}
    for ref in points_in((*stage.goals, *stage.along)):
        known = origin if ref.when == "origin" else now
        if (ref.thing, ref.part) not in known:
            raise UnknownName("point", f"{ref.thing}.{ref.part}", (f"{a}.{b}" for a, b in known if a))
        begin[ref] = known[ref.thing, ref.part]
    return begin


def _margins(stage: Stage, file: ProblemFile) -> Float64:
    """Give the distance that is kept from each solid, [m]."""
    keep = {one.thing: one.distance for one in stage.avoid}
    return np.array([keep.get(solid.name, 0.0) if solid.name else 0.0 for solid in file.obstacles])


def _toward(stage: Stage) -> Float64:
    """Give the direction in which a grasp is wished to come, in the world: down where none is said."""
    wanted = next((one.approach for one in stage.grasps if one.approach is not None), None)
    return np.array([0.0, 0.0, -1.0]) if wanted is None else np.array(wanted)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Around:
    """What the kernels are told besides rows and weights; see ``kernel.Data``."""

    file: ProblemFile
    X_WG: RigidTransform
    space: tuple[Float64, Float64]
    place: Float64
    moving: np.ndarray
    margins: Float64
    toward: Float64
    keeps: float

    def data(self, rows: Residuals, weights: tuple[float, ...]) -> Data:
        """Put rows and weights with it."""
        file, tape = self.file, rows.tape
        solids, grid = self.space
        scale = (np.array(file.cells) - 1) / (file.upper - file.lower)
        return Data(
            code=tape.code,
            first=tape.first,
            second=tape.second,
            constants=tape.constants,
            outputs=tape.outputs,
            equal=np.array([row.kind == "eq" for row in rows.rows], dtype=np.int64),
            stiff=np.ones(len(rows.rows)),
            place=self.place,
            moving=self.moving,
            points=np.array(file.p_Glist),
            grid=grid,
            scale=scale,
            lower=np.array(file.lower),
            upper=np.array(file.upper),
            solids=solids,
            margins=self.margins,
            screen=float(np.linalg.norm(1.0 / scale)) + self.keeps + float(self.margins.max(initial=0.0)),
            R=np.ascontiguousarray(self.X_WG.rotation().matrix()),
            p=np.array(self.X_WG.translation()),
            toward=self.toward,
            weights=np.array(weights),
        )
