"""A stage's sub-goal as a problem: what moves, what stands still, what has to hold.

``build`` makes it, ``subgoal.solve`` solves it. A problem measures any joint
positions, so that a solution can prove itself with it.
"""

from dataclasses import dataclass, replace

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..robots.kinematics import Kinematics
from ..robots.shapes import distance
from .approaching import place_in_hand
from .bends import bends
from .grasps import GraspCandidate
from .lift import Residuals, lift, points_in
from .program import PointRef, Relation, Stage
from .room import Room
from .settings import Settings
from .situation import Situation
from .stage_maps import kept_out, maps_of, widest
from .tape import Tape
from .value_maps.statements import Statements

UP = np.array([0.0, 0.0, 1.0])
ALREADY_AT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """Positions of the points that relations speak of, as functions of the tool's pose.

    Attributes:
        refs: The points, in order.
        moving: Which of them move with the hand, shape (P,).
        place: p_W of those that stand still, p_G of those that move, shape (P, 3), [m].
    """

    refs: tuple[PointRef, ...]
    moving: np.ndarray
    place: Float64

    def at(self, R_WG: Float64, p_WG: Float64) -> Float64:
        """Give the positions at a tool pose, (P, 3), or at many, (N, P, 3), [m]."""
        carried = np.einsum("...ij,pj->...pi", R_WG, self.place) + p_WG[..., None, :]
        return np.where(self.moving[:, None], carried, self.place)

    def slopes(self, R_WG: Float64, J: Float64) -> Float64:
        """Give the derivative of the positions by the joints.

        Args:
            R_WG: Rotation of the tool, shape (3, 3).
            J: Its spatial Jacobian in the world, angular rows first, shape (6, n).

        Returns:
            Shape (P, 3, n), [m/rad].
        """
        x, y, z = (column[:, None] for column in (self.place @ R_WG.T).T)
        moved = np.empty((len(self.place), 3, J.shape[1]))
        moved[:, 0] = J[3] + J[1] * z - J[2] * y
        moved[:, 1] = J[4] + J[2] * x - J[0] * z
        moved[:, 2] = J[5] + J[0] * y - J[1] * x
        return moved * self.moving[:, None, None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rules:
    """Relations over bound points: residuals of joint positions.

    Attributes:
        relations: What has to hold.
        residuals: The same as rows.
        points: The points they speak of.
        equal: Which rows have to be 0, shape (m,); the others at most 0.
        angular: Which rows are angles, shape (m,).
        bends: The vectors whose lengths rows bound.
        bent: The row of each of their components, shape (b,).
    """

    relations: tuple[Relation, ...]
    residuals: Residuals
    points: Points
    equal: np.ndarray
    angular: np.ndarray
    bends: Tape
    bent: np.ndarray

    def violation(self, R_WG: Float64, p_WG: Float64) -> Float64:
        """Give by how much each row is broken at tool poses (N, 3, 3), (N, 3): (N, m), 0 where it holds."""
        r = self.residuals.evaluate_batch(self.points.at(R_WG, p_WG))
        return np.where(self.equal, np.abs(r), np.maximum(r, 0.0))

    def differentiate(self, R_WG: Float64, p_WG: Float64, J: Float64) -> tuple[Float64, Float64]:
        """Give the rows (m,) and their Jacobian (m, n) at a tool pose."""
        return self.residuals.differentiate(self.points.at(R_WG, p_WG), self.points.slopes(R_WG, J))


def bind(relations: tuple[Relation, ...], situation: Situation) -> Rules:
    """Tie relations to what is held and what stands still.

    Raises:
        UnknownName: If a relation speaks of what the scene does not have.
    """
    refs = points_in(relations)
    held = situation.held
    moving, place = [], []
    for ref in refs:
        if ref.thing is None and ref.when == "now":
            moving.append(True)
            place.append(place_in_hand(ref))
        elif held is not None and ref.thing == held.thing and ref.when == "now" and ref.part in held.points:
            moving.append(True)
            place.append(held.points[ref.part])
        else:
            moving.append(False)
            place.append(situation.point(ref))
    points = Points(refs=refs, moving=np.array(moving, dtype=bool), place=np.array(place).reshape(-1, 3))
    residuals = lift(relations, refs)
    rows = residuals.rows
    vectors, bent = bends(relations, refs)
    return Rules(
        relations=relations,
        residuals=residuals,
        points=points,
        equal=np.array([row.kind == "eq" for row in rows], dtype=bool),
        angular=np.array([relations[row.relation].left.unit == "rad" for row in rows], dtype=bool),
        bends=vectors,
        bent=bent,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Find joint positions at which a stage's goals hold.

    Attributes:
        stage: What is asked.
        situation: Where it begins.
        kinematics: The arm.
        room: Free space around the arm.
        goals: Relations at the end.
        along: Relations throughout.
        X_WG: Wanted tool pose of a grasp, or None where the relations alone decide.
        upright_G: Direction in G that is wanted vertical at the end, shape (3,); a wish, not a rule.
        touching: What the hand or the held thing may touch at the end.
        lower: Least joint positions, margin included, shape (n,), [rad].
        upper: Largest joint positions, margin included, shape (n,), [rad].
        settings: The planner's numbers.
        maps: What the stage says of places, where it says any.
        notes: What of it is not kept from the start, one sentence each.
    """

    stage: Stage
    situation: Situation
    kinematics: Kinematics
    room: Room
    goals: Rules
    along: Rules
    X_WG: RigidTransform | None
    upright_G: Float64
    touching: frozenset[str]
    lower: Float64
    upper: Float64
    settings: Settings
    maps: Statements | None = None
    notes: tuple[str, ...] = ()

    @property
    def kept(self) -> float:
        """Distance from everything that is kept at the end: less where contact is meant there, [m]."""
        return self.settings.contact_clearance if self.touching else self.settings.least_clearance

    @property
    def rules(self) -> tuple[Rules, Rules]:
        """Everything that has to hold at the end."""
        return self.goals, self.along

    def distance_to(self, thing: str, R_WG: Float64, p_WG: Float64) -> Float64:
        """Give the distance of the tool point, or of the held thing's points, from a thing.

        Args:
            thing: Identifier of the thing; the held thing itself is always at distance 0.
            R_WG: Tool rotations, shape (N, 3, 3).
            p_WG: Tool positions, shape (N, 3), [m].

        Returns:
            Shape (N,), [m].
        """
        held = self.situation.held
        if held is not None and held.thing == thing:
            return np.zeros(len(p_WG))
        p_GQ = np.array([np.zeros(3), *(held.points.values() if held is not None else ())])
        p_WQ = np.einsum("nij,pj->npi", R_WG, p_GQ) + p_WG[:, None]
        return np.min(
            [distance(shape, p_WQ).min(axis=1) for shape in self.situation.scene.thing(thing).shapes], axis=0
        )


def build(
    stage: Stage,
    situation: Situation,
    kinematics: Kinematics,
    settings: Settings,
    *,
    grasp: GraspCandidate | None = None,
) -> Problem:
    """Pose a stage's sub-goal.

    Args:
        stage: What is asked.
        situation: Where it begins.
        kinematics: The arm.
        settings: The planner's numbers.
        grasp: The grasp to bring the hand to, or None.

    Raises:
        UnknownName: If the stage speaks of what the scene does not have.
    """
    X_WG = kinematics.tool_pose(situation.q)
    touching = frozenset({grasp.thing}) if grasp is not None else touched_at_end(stage, situation, X_WG)
    level_G = X_WG.rotation().matrix().T @ UP
    if grasp is not None:
        level_G = grasp.X_WG.rotation().matrix().T @ UP
    model = kinematics.model
    # An arm that stands nearer to a limit than the margin may stay as near as it is.
    lower = np.minimum(model.lower + settings.limit_margin, np.maximum(situation.q, model.lower))
    upper = np.maximum(model.upper - settings.limit_margin, np.minimum(situation.q, model.upper))
    maps = maps_of(stage, situation, kinematics)
    regions, notes = kept_out(maps, situation, kinematics)
    return Problem(
        stage=stage,
        situation=situation,
        kinematics=kinematics,
        room=Room.around(
            situation,
            kinematics,
            width=situation.width if grasp is not None else widest(stage, situation, kinematics),
            keep={one.thing: one.distance for one in stage.avoid},
            regions=regions,
        ),
        goals=bind(stage.goals, situation),
        along=bind(stage.along, situation),
        X_WG=None if grasp is None else grasp.X_WG,
        upright_G=level_G,
        touching=touching,
        lower=lower,
        upper=upper,
        settings=settings,
        maps=maps,
        notes=notes,
    )


def without(problem: Problem, number: int) -> Problem:
    """Leave one relation out, counted over goals, then those that hold throughout.

    Args:
        problem: The stage's problem.
        number: Which relation.
    """
    goals, along = problem.stage.goals, problem.stage.along
    if number < len(goals):
        goals = goals[:number] + goals[number + 1 :]
    else:
        number -= len(goals)
        along = along[:number] + along[number + 1 :]
    return replace(
        problem,
        stage=replace(problem.stage, goals=goals, along=along),
        goals=bind(goals, problem.situation),
        along=bind(along, problem.situation),
    )


def touched_at_end(stage: Stage, situation: Situation, X_WG: RigidTransform) -> frozenset[str]:
    """Say what a held thing may touch at a stage's end.

    That is what the goals bring it to, and the table with it; where it is only
    let go, what it is at already.

    Args:
        stage: What is asked.
        situation: Where it begins.
        X_WG: Pose of the tool there.
    """
    held = situation.held
    if held is None:
        return frozenset()
    named = {ref.thing for ref in points_in(stage.goals) if ref.thing is not None and ref.thing != held.thing}
    released = any(one.thing == held.thing for one in stage.releases)
    if released:
        p_WQ = np.array([X_WG @ p_G for p_G in held.points.values()])
        others = (thing for thing in situation.scene.things if thing.name != held.thing)
        named |= {
            thing.name
            for thing in others
            if min(distance(shape, p_WQ).min() for shape in thing.shapes) < ALREADY_AT
        }
    return frozenset({*named, "table"}) if named or released else frozenset()
