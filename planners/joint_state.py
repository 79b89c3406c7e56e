"""A problem file's stage around an arm: the scene, the situation and the room of the joint-space planners."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..core.errors import UnknownName
from ..perception.scene import Directions, Scene, Table, Thing
from ..robots.collision import CollisionWorld, Obstacle
from ..robots.held import HeldShape
from ..robots.kinematics import Kinematics
from ..robots.nearest import Packed
from ..robots.shapes import Box, Cylinder, Shape, Sphere, moved
from .lift import points_in
from .problem_state import ProblemState
from .program import Stage
from .room import CAP, DEEP, NONE, Room
from .situation import Held, PartKey, Situation
from .solids import Solid, called

POINTS = "the hand's points"
"""What messages call the file's points while nothing is held."""
NO_TABLE = 10.0
"""How far below everything the scene's table lies: a file has solids, no table, [m]."""


class FileRoom(Room):
    """Distances of an arm, and of a file's points of hand and held thing, from a file's solids.

    The points are of another hand perhaps, so they are not compared with the arm itself.
    """

    def _pairs(self, touching: frozenset[str]) -> frozenset[tuple[str, str]]:
        bodies = ("held",) if self.holding else ("hand", "held")
        return frozenset({("held", "arm"), ("held", "hand"), *((b, t) for b in bodies for t in touching)})

    def __init__(self, world: CollisionWorld, holding: bool):
        """Measure in a collision world.

        Args:
            world: The arm among obstacles.
            holding: Whether the hand holds a thing; else the hand itself may touch what is meant.
        """
        super().__init__(world)
        self.holding = holding

    def clearance(self, Q: Float64, touching: frozenset[str] = NONE) -> Float64:
        """Give the least distance that counts at many configurations, (N, n) to (N,), at most 0.1 m."""
        whole = self.world.clearance(Q, self._pairs(NONE), cap=CAP)
        if not touching:
            return whole
        return np.minimum(self.world.clearance(Q, self._pairs(touching), cap=CAP), whole + DEEP)

    def packed(self, touching: frozenset[str] = NONE) -> tuple[Packed, Float64]:
        """Give what a kernel computes the same rows from: the world, and each pair's allowance, (m,), [m]."""
        always = self._pairs(NONE)
        meant = self._pairs(touching) - always
        allowed = [(pair.body, pair.other) in meant for pair in self.world.rows(always)]
        return self.world.packed(always), np.where(np.array(allowed, dtype=bool), DEEP, 0.0)

    def rows(self, q: Float64, touching: frozenset[str] = NONE) -> tuple[Float64, Float64]:
        """Give the distances of each pair with their Jacobian; what may touch counts from its allowance."""
        always = self._pairs(NONE)
        meant = self._pairs(touching) - always
        d, J = self.world.distances(q, always, band=CAP)
        allowed = [(pair.body, pair.other) in meant for pair in self.world.rows(always)]
        return np.where(np.array(allowed, dtype=bool), d + DEEP, d), J

    def nearest(self, q: Float64, touching: frozenset[str] = NONE) -> tuple[float, str]:
        """Give the least distance that counts and between which two it is, [m]."""
        d, _ = self.rows(q, touching)
        if not len(d):
            return CAP, "nothing"
        at = int(np.argmin(d))
        body, other = self.world.rows(self._pairs(NONE))[at]
        name = self.world.held.name if body == "held" and self.world.held is not None else f"the {body}"
        return float(d[at]), f"{name} and {'the arm' if other == 'arm' else other}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmState:
    """Where a stage begins for an arm.

    Attributes:
        state: Tool, held thing, keypoints and solids.
        q: Joint positions, shape (n,), [rad].
        width: Opening of the fingers, [m].
        origin: Where each point was when the program began, p_W, [m].
    """

    state: ProblemState
    q: Float64
    width: float
    origin: Mapping[PartKey, Float64]

    def situation(self) -> Situation:
        """Give the planner's situation; the scene's things are the file's."""
        state, hand = self.state, self.state.file.hand
        start: dict[PartKey, Float64] = {**state.places, (None, hand): np.array(state.X_WG.translation())}
        return Situation(
            scene=_scene(state),
            q=self.q,
            hand=hand,
            width=self.width,
            held=_held(state, self.width),
            start=start,
            origin=self.origin,
        )


def check_points(stage: Stage, state: ProblemState) -> None:
    """Check that a file has the points that a stage speaks of.

    Raises:
        UnknownName: If it does not.
    """
    for ref in points_in((*stage.goals, *stage.along)):
        if ref.thing is not None and (ref.thing, ref.part) not in state.places:
            known = (f"{thing}.{part}" for thing, part in state.places)
            raise UnknownName("point", f"{ref.thing}.{ref.part}", known)


def room_of(stage: Stage, state: ProblemState, kinematics: Kinematics, width: float) -> FileRoom:
    """Build the free space of a stage.

    Args:
        stage: Whose distances are kept.
        state: Where everything is.
        kinematics: The arm.
        width: Opening of the fingers, [m].
    """
    keep = {one.thing: one.distance for one in stage.avoid}
    obstacles = [
        Obstacle(name=name, shapes=shapes, margin=keep.get(name, 0.0))
        for name, shapes in _pieces(state.standing).items()
    ]
    balls = HeldShape.of(POINTS, [shape for one in state.carried for shape in shapes_of(one)]).spheres
    points = np.column_stack([state.file.p_Glist, np.zeros(len(state.file.p_Glist))])
    spheres = np.concatenate([balls, points])
    held = HeldShape(name=state.held or POINTS, spheres=spheres) if len(spheres) else None
    world = CollisionWorld(kinematics, obstacles, table_height=None, width=width, held=held)
    return FileRoom(world, holding=state.held is not None)


def shapes_of(solid: Solid) -> tuple[Shape, ...]:
    """Give a solid as pieces for collision checks; a capsule is a cylinder with two balls."""
    X, size = solid.X_WS, solid.size
    match solid.kind:
        case "box":
            return (Box(X_WS=X, half=size),)
        case "sphere":
            return (Sphere(X_WS=X, radius=float(size[0])),)
        case "cylinder":
            return (Cylinder(X_WS=X, radius=float(size[0]), half_length=float(size[1])),)
    radius, half = float(size[0]), float(size[1])
    ends = (X @ RigidTransform([0.0, 0.0, sign * half]) for sign in (1.0, -1.0))
    balls = (Sphere(X_WS=end, radius=radius) for end in ends)
    return (Cylinder(X_WS=X, radius=radius, half_length=half), *balls)


def _pieces(solids: Iterable[Solid]) -> dict[str, tuple[Shape, ...]]:
    """Gather the pieces of each thing."""
    pieces: dict[str, tuple[Shape, ...]] = {}
    for number, solid in enumerate(solids):
        name = called(solid, number)
        pieces[name] = pieces.get(name, ()) + shapes_of(solid)
    return pieces


def _thing(name: str, parts: dict[str, Float64], shapes: tuple[Shape, ...]) -> Thing:
    """Make a thing of what a file says; where it says no center, it is that of its points or pieces."""
    known = [*parts.values()] or [shape.X_WS.translation() for shape in shapes]
    center = np.mean(known, axis=0)
    return Thing(
        name=name,
        kind="thing",
        color="",
        X_WO=RigidTransform(center),
        size=np.zeros(3),
        cloud=np.zeros((0, 3)),
        parts={"top": center, "bottom": center, "center": center} | parts,
        shapes=shapes,
    )


def _scene(state: ProblemState) -> Scene:
    parts: dict[str, dict[str, Float64]] = {}
    for (thing, part), p_W in state.places.items():
        assert thing is not None, "a file's keypoints belong to things"
        parts.setdefault(thing, {})[part] = p_W
    pieces = _pieces(state.solids)
    names = dict.fromkeys((*parts, *pieces))
    floor = min([state.file.lower[2], *(p_W[2] for p_W in state.places.values())]) - NO_TABLE
    return Scene(
        time=0.0,
        things=tuple(_thing(name, parts.get(name, {}), pieces.get(name, ())) for name in names),
        table=Table(height=float(floor), lower=state.file.lower[:2], upper=state.file.upper[:2]),
        directions=Directions(right=np.array([0.0, -1.0, 0.0]), behind=np.array([1.0, 0.0, 0.0])),
        keypoints=(),
        field=None,
        frames=(),
        perceiver="a problem file",
    )


def _held(state: ProblemState, width: float) -> Held | None:
    if state.held is None:
        return None
    X_GW = state.X_WG.inverse()
    pieces = [shape for one in state.solids if one.name == state.held for shape in shapes_of(one)]
    return Held(
        thing=state.held,
        X_GO=RigidTransform(),
        shapes=tuple(moved(shape, X_GW) for shape in pieces),
        points={part: X_GW @ p_W for (thing, part), p_W in state.places.items() if thing == state.held},
        width=width,
    )
