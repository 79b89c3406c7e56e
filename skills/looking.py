"""The way to where the cameras see the table; what a program keeps away from holds on it, too."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene
from ..planners.checking import dense
from ..planners.joint_arms.contacts import leaving_ends
from ..planners.joint_arms.problem import build_arms
from ..planners.joint_arms.situation import HandState, begin_arms
from ..planners.joint_arms.way import ArmsPath, dealt, dense_arms, find_arms_way
from ..planners.legs import Ends
from ..planners.problem import UP, Problem, build
from ..planners.program import Avoid, AvoidRegion, Program, Stage
from ..planners.room import nearest_to
from ..planners.settings import Settings
from ..planners.situation import Held
from ..planners.solution import Infeasible, PathSolution
from ..planners.stage_maps import region_kept
from ..planners.stage_plan import refuse
from ..planners.way import find_way
from ..planners.yielding import Avoidance, most_asked, yielding
from ..robots.arm_group import ArmGroup
from ..robots.kinematics import Kinematics
from ..robots.robot import ArmState
from .foresight import begin
from .noticing import spoken_of

HOME = Stage(name="look", purpose="go where the cameras see the table")
"""What a way to look is where no program asked for anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookWays:
    """The way of one arm or of several to where the cameras see the table.

    Attributes:
        motions: A motion of each arm that moves; they begin together.
        notes: What of it is not as it was asked for, one sentence each.
    """

    motions: tuple[JointTrajectory, ...]
    notes: tuple[str, ...] = ()


def kept_until_rest(program: Program | None) -> Stage:
    """Say what holds on the way that an arm goes by itself after a program, until it is at rest.

    That is what any stage keeps away from and is slow near: whoever asked for it did not mean it to end
    with the last act.

    Args:
        program: What was carried out, or None.
    """
    stages = () if program is None else program.stages
    things, regions = most_asked(stages)
    return Stage(
        name=HOME.name,
        purpose=HOME.purpose,
        avoid=things,
        avoid_regions=regions,
        slow=tuple(dict.fromkeys(one for stage in stages for one in stage.slow)),
        slow_regions=tuple(dict.fromkeys(one for stage in stages for one in stage.slow_regions)),
    )


def _of_scene(stage: Stage, scene: Scene, held: frozenset[str]) -> Stage:
    """Leave out what speaks of things that are not there, or are in a hand."""
    there = {thing.name for thing in scene.things} - held

    def known(**part: object) -> bool:
        return set(spoken_of(Stage(name="part", purpose="", **part))) <= there  # type: ignore[arg-type]

    return Stage(
        name=stage.name,
        purpose=stage.purpose,
        avoid=tuple(one for one in stage.avoid if known(avoid=(one,))),
        avoid_regions=tuple(one for one in stage.avoid_regions if known(avoid_regions=(one,))),
        slow=tuple(one for one in stage.slow if known(slow=(one,))),
        slow_regions=tuple(one for one in stage.slow_regions if known(slow_regions=(one,))),
    )


def way_to_look(
    scene: Scene,
    arm: str,
    state: ArmState,
    held: Held | None,
    kinematics: Kinematics,
    rng: np.random.Generator,
    keeping: Stage = HOME,
) -> LookWays | str:
    """Plan the way back to where an arm looks from.

    Args:
        scene: What is there.
        arm: The arm's name.
        state: Where it stands.
        held: What it holds.
        kinematics: The arm.
        rng: The only source of chance.
        keeping: What it keeps away from and is slow near on its way, as much of it as can be.

    Returns:
        The motion, or what is in its way.
    """
    settings = Settings()
    situation = begin(scene, arm, state.q, state.width or 0.0, held, kinematics)
    wanted = _of_scene(keeping, scene, frozenset() if held is None else frozenset({held.thing}))

    def attempt(stage: Stage, _probing: bool) -> tuple[Problem, PathSolution]:
        problem = build(stage, situation, kinematics, settings)
        near = float(problem.room.solid_clearance(state.q[None])[0]) < settings.clearance
        back_W = -kinematics.tool_pose(state.q).rotation().matrix()[:, 2]
        ends = Ends(out_W=(back_W, UP) if near else (), into_W=())
        way = find_way(problem, kinematics.model.q_look, ends, rng)
        if isinstance(way, str):
            raise refuse(stage, "path", way)
        return problem, way

    def kept(found: tuple[Problem, PathSolution], act: Avoidance) -> float:
        Q = dense(found[1].trajectory, kinematics, settings)[1]
        if isinstance(act, AvoidRegion):
            return region_kept(act, situation, kinematics, Q)
        return nearest_to(build(HOME, situation, kinematics, settings).room.world, Q, act.thing, 0.0)

    try:
        (problem, way), yielded = yielding(wanted, attempt, kept)
    except Infeasible as refusal:
        return refusal.report.text
    return LookWays(motions=(way.trajectory,), notes=(*problem.notes, *(one.text for one in yielded)))


def ways_to_look(
    scene: Scene,
    group: ArmGroup,
    states: Mapping[str, ArmState],
    held: Mapping[str, Held],
    rng: np.random.Generator,
    keeping: Stage = HOME,
) -> LookWays | str:
    """Plan the way of several arms, together, back to where they look from; one that holds something stays.

    Args:
        scene: What is there.
        group: The arms.
        states: Where they stand.
        held: What they hold, by hand.
        rng: The only source of chance.
        keeping: What they keep away from and are slow near on their way, as much of it as can be.

    Returns:
        The motions of the arms that move, or what is in the way.
    """
    settings = Settings()
    hands = {
        name: HandState(q=states[name].q, width=states[name].width or 0.0, held=held.get(name))
        for name in group.names
    }
    situation = begin_arms(scene, hands, group)
    wanted = _of_scene(keeping, scene, frozenset(one.thing for one in held.values()))
    q_look = {name: states[name].q if name in held else arm.model.q_look for name, arm in group.arms.items()}
    moving = frozenset(group.names) - set(held)

    def attempt(stage: Stage, _probing: bool) -> ArmsPath:
        problem = build_arms(stage, situation, group, settings, moving=moving)
        way = find_arms_way(problem, group.join(q_look), leaving_ends(problem), rng)
        if isinstance(way, str):
            raise refuse(stage, "path", way)
        return way

    free = build_arms(HOME, situation, group, settings, moving=moving)

    def kept(way: ArmsPath, act: Avoidance) -> float:
        assert isinstance(act, Avoid), "several arms keep out of no regions"
        return nearest_to(free.room.world, dense_arms(way.whole, free)[1], act.thing, 0.0)

    try:
        way, yielded = yielding(wanted, attempt, kept)
    except Infeasible as refusal:
        return refusal.report.text
    motions = tuple(dealt(way.whole, free).values())
    return LookWays(motions=motions, notes=tuple(one.text for one in yielded))
