"""A stage of several arms as a problem over all their joints; it measures any joint positions."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...robots.arm_group import ArmGroup
from ...robots.shapes import distance
from ..lift import points_in
from ..problem import ALREADY_AT, UP
from ..program import Stage
from ..settings import Settings
from .room import ArmsRoom, Touching, room_around
from .rules import ArmRules, Closure, bind_arms
from .situation import ArmsSituation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmsProblem:
    """Find joint positions of all arms at which a stage's goals hold.

    Attributes:
        stage: What is asked.
        situation: Where it begins.
        group: The arms.
        room: Free space around them.
        goals: Relations at the end.
        along: Relations throughout.
        closures: Hands that one thing joins: they stay so throughout.
        X_WG: Wanted tool poses of grasps, by hand.
        upright_G: By hand that holds: the direction in G that is wanted vertical, shape (3,); a wish.
        touching: What may touch at the end.
        lower: Least joint positions, shape (n,), [rad]; equal to ``upper`` where an arm stands still.
        upper: Largest joint positions, shape (n,), [rad].
        settings: The planner's numbers.
    """

    stage: Stage
    situation: ArmsSituation
    group: ArmGroup
    room: ArmsRoom
    goals: ArmRules
    along: ArmRules
    closures: tuple[Closure, ...]
    X_WG: Mapping[str, RigidTransform]
    upright_G: Mapping[str, Float64]
    touching: Touching
    lower: Float64
    upper: Float64
    settings: Settings

    @property
    def q(self) -> Float64:
        """Joint positions of all arms where the stage begins, shape (n,), [rad]."""
        return self.situation.q(self.group)

    @property
    def kept(self) -> float:
        """Distance from everything that is kept at the end: less where contact is meant there, [m]."""
        return self.settings.contact_clearance if self.touching else self.settings.least_clearance

    @property
    def rules(self) -> tuple[ArmRules, ...]:
        """The relations that hold at the end, where there are any."""
        return tuple(rules for rules in (self.goals, self.along) if rules.relations)

    @property
    def constrained(self) -> bool:
        """Whether something has to hold on the way that a step in joint space leaves."""
        return bool(self.along.relations or self.closures)

    def broken_along(self, Q: Float64) -> Float64:
        """Give by how much what has to hold on the way is broken at worst, (N, n) to (N,)."""
        R, p = self.group.tool_poses(Q)
        worst = np.zeros(len(Q))
        if self.along.relations:
            worst = np.maximum(worst, self.along.violation(R, p).max(axis=1))
        for closure in self.closures:
            worst = np.maximum(worst, closure.violation(R, p).max(axis=1))
        return worst

    def distance_to(self, thing: str, R_WG: Float64, p_WG: Float64) -> Float64:
        """Give the distance of tools and held things' points from a thing, (N, A, ...) to (N, A), [m]."""
        found = np.zeros(p_WG.shape[:2])
        for number, name in enumerate(self.group.names):
            held = self.situation.hands[name].held
            if held is not None and held.thing == thing:
                continue
            p_GQ = np.array([np.zeros(3), *(held.points.values() if held is not None else ())])
            p_WQ = np.einsum("nij,pj->npi", R_WG[:, number], p_GQ) + p_WG[:, number, None]
            shapes = self.situation.thing_now(thing, self.group).shapes
            found[:, number] = np.min([distance(shape, p_WQ).min(axis=1) for shape in shapes], axis=0)
        return found


def build_arms(
    stage: Stage,
    situation: ArmsSituation,
    group: ArmGroup,
    settings: Settings,
    *,
    X_WG: Mapping[str, RigidTransform] | None = None,
    moving: frozenset[str] | None = None,
) -> ArmsProblem:
    """Pose a stage's sub-goal.

    Args:
        stage: What is asked.
        situation: Where it begins.
        group: The arms.
        settings: The planner's numbers.
        X_WG: The tool poses of the stage's grasps, by hand.
        moving: Arms that may move; all where None.

    Raises:
        UnknownName: If the stage speaks of what the scene does not have.
    """
    wanted = X_WG or {}
    q = situation.q(group)
    # An arm that stands nearer to a limit than the margin may stay as near as it is.
    lower = np.minimum(group.lower + settings.limit_margin, np.maximum(q, group.lower))
    upper = np.maximum(group.upper - settings.limit_margin, np.minimum(q, group.upper))
    for name, columns in group.joints.items():
        if moving is not None and name not in moving:
            lower[columns] = upper[columns] = q[columns]
    numbers = {name: number for number, name in enumerate(group.names)}
    upright = {
        name: situation.tool_pose(name, group).rotation().matrix().T @ UP for name in situation.carried
    }
    return ArmsProblem(
        stage=stage,
        situation=situation,
        group=group,
        room=room_around(
            situation,
            group,
            widths={name: hand.width for name, hand in situation.hands.items()},
            keep={one.thing: one.distance for one in stage.avoid},
        ),
        goals=bind_arms(stage.goals, situation, group),
        along=bind_arms(stage.along, situation, group),
        closures=tuple(
            Closure(first=numbers[one.first], second=numbers[one.second], X_GH=one.X_GH)
            for one in situation.joined
        ),
        X_WG=wanted,
        upright_G=upright,
        touching=touched(stage, situation, group),
        lower=lower,
        upper=upper,
        settings=settings,
    )


def concerned(stage: Stage, situation: ArmsSituation, group: ArmGroup) -> frozenset[str]:
    """Say which arms a stage speaks of: those that have to move for it, or may not move freely in it.

    Args:
        stage: What is asked.
        situation: Where it begins.
        group: The arms.
    """
    named = {act.hand for act in stage.grasps}
    for ref in points_in((*stage.goals, *stage.along)):
        if ref.when == "now":
            named |= {ref.part} if ref.thing is None else set(situation.holders(ref.thing))
    for pair in situation.joined:
        if named & {pair.first, pair.second}:
            named |= {pair.first, pair.second}
    return frozenset(named & set(group.names))


def touched(stage: Stage, situation: ArmsSituation, group: ArmGroup) -> Touching:
    """Say what may touch at a stage's end: what is grasped, and what a held thing is brought to.

    Args:
        stage: What is asked.
        situation: Where it begins.
        group: The arms.
    """
    pairs: set[tuple[str, str]] = set()
    for grasp in stage.grasps:
        holders = situation.holders(grasp.thing)
        pairs.add((f"{grasp.hand}/hand", f"{holders[0]}/held" if holders else grasp.thing))
    named = {ref.thing for ref in points_in(stage.goals) if ref.thing is not None}
    released = {one.thing for one in stage.releases}
    for hand, held in situation.carried.items():
        lets_go = held.thing in released and len(situation.holders(held.thing)) <= sum(
            one.thing == held.thing for one in stage.releases
        )
        if held.thing not in named and not lets_go:
            continue
        others = named - {held.thing}
        if lets_go:
            p_WQ = np.array([situation.tool_pose(hand, group) @ p_G for p_G in held.points.values()])
            others |= {
                thing.name
                for thing in situation.scene.things
                if not situation.holders(thing.name)
                and min(distance(shape, p_WQ).min() for shape in thing.shapes) < ALREADY_AT
            }
        for other in others:
            holders = situation.holders(other)
            pairs.add((f"{hand}/held", f"{holders[0]}/held" if holders else other))
        if others or lets_go:
            pairs.add((f"{hand}/held", "table"))
    return frozenset(pairs)
