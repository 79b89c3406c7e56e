"""One push: where the closed hand touches a thing, which way it goes and how far, and the motions for it.

A flat face is pushed straight on, with the flat side of the fingers, through
the middle, because so it goes straight and does not turn (K. M. Lynch and M. T.
Mason, "Stable pushing", 1996); a way that is oblique to all faces is gone in two
pushes. What is round is pushed the way that it has to go. The fingers touch low:
what is pushed above its radius over the friction coefficient tips over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene, Thing
from ..planners import subgoal
from ..planners.checking import dense
from ..planners.curve import smooth
from ..planners.grasps import GraspCandidate
from ..planners.legs import Ends
from ..planners.pace import timed
from ..planners.problem import UP, Problem, build
from ..planners.program import Slow, Stage
from ..planners.reach import straight
from ..planners.settings import Settings
from ..planners.situation import Situation
from ..planners.way import find_way
from ..robots.kinematics import Kinematics
from ..robots.shapes import distance
from .measure import ROUND_KINDS, bottom_of, standing, top_of
from .push_goals import back_of

LONGEST = 0.12
"""Longest single push, [m]; after each the cameras look again."""
SHORTEST = 0.004
"""Shifts smaller than this are not pushed by themselves, [m]."""
BEFORE = 0.022
"""Room between the fingers and the thing before a push, [m]."""
OBLIQUE = float(np.radians(20.0))
"""Up to this angle from a face's normal it is pushed on obliquely: well within what friction holds,
arctan 0.5 being 27 degrees, [rad]."""
OVER_TABLE = 0.007
"""Room between the fingertips and what the thing stands on, [m]."""
PALM = 0.075
"""What is higher than this over the fingertips meets the palm of an upright hand, [m]: fingers are 10 cm
long from the palm, less what is left for safety."""
LEAN = 0.5
"""How far the hand leans back then, [rad]."""
SPEED = 0.08
"""Of the tool while it pushes, [m/s]: what is pushed stops with the fingers."""
ROOM = 0.008
"""Distance that a pushed thing keeps from others, [m]."""
BACK, RISE = 0.03, 0.10
"""Ways of the hand after a push: off the thing, then up, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One push.

    Attributes:
        thing: What is pushed.
        touch_W: Where the fingers touch it, shape (3,), [m].
        face_W: Unit direction that the fingers face, level, shape (3,).
        way_W: Unit direction in which they go, shape (3,).
        length: How far the thing is to go, [m].
    """

    thing: str
    touch_W: Float64
    face_W: Float64
    way_W: Float64
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PushPlan:
    """A push with its motions.

    Attributes:
        push: The push.
        approach: From where the arm stands to before the thing.
        forward: Against it and on.
        back: Off it, and up.
    """

    push: Push
    approach: JointTrajectory
    forward: JointTrajectory
    back: JointTrajectory


def options(thing: Thing, shift_W: Float64) -> Iterator[Push]:
    """Offer pushes that bring a thing nearer to where it is to go, the best first.

    Args:
        thing: What is to be pushed.
        shift_W: How far it is to go, shape (3,), [m].
    """
    far = float(np.linalg.norm(shift_W))
    if far < SHORTEST:
        return
    way = shift_W / far
    if thing.articulation is not None or (thing.kind in ROUND_KINDS and standing(thing)):
        yield _push(thing, way, way, far)
        return
    faces = _faces(thing)
    shares = faces @ way
    best = int(np.argmax(shares))
    if shares[best] >= np.cos(OBLIQUE):
        yield _push(thing, faces[best], way, far)
    for number in np.argsort(-shares):
        if far * shares[number] > SHORTEST:
            yield _push(thing, faces[number], faces[number], far * float(shares[number]))


def _faces(thing: Thing) -> Float64:
    """Give the level normals of a thing's upright faces, shape (4, 3)."""
    axes = thing.X_WO.rotation().matrix().T
    level = axes[np.argsort(np.abs(axes[:, 2]))[:2]] * [1.0, 1.0, 0.0]
    level = level / np.linalg.norm(level, axis=1, keepdims=True)
    return np.concatenate([level, -level])


def _push(thing: Thing, face_W: Float64, way_W: Float64, length: float) -> Push:
    return Push(
        thing=thing.name,
        touch_W=back_of(thing, face_W),
        face_W=face_W,
        way_W=way_W,
        length=min(length, LONGEST),
    )


def blocked(push: Push, scene: Scene, fellows: frozenset[str] = frozenset()) -> str:
    """Name what a thing would be pushed into, or nothing.

    Args:
        push: The push; furniture that slides is not checked, its own rails guide it.
        scene: What is there.
        fellows: What it may be pushed into.
    """
    thing = scene.thing(push.thing)
    if thing.articulation is not None:
        return ""
    points = thing.cloud[:: max(len(thing.cloud) // 200, 1)]
    steps = np.linspace(0.0, push.length, max(2, int(push.length / 0.01)))
    swept = (points[None] + steps[:, None, None] * push.way_W).reshape(-1, 3)
    for other in scene.things:
        if (
            other.name in (thing.name, thing.on, *fellows)
            or other.inside == thing.name
            or other.on == thing.name
        ):
            continue
        before = min(float(distance(shape, points).min()) for shape in other.shapes)
        after = min(float(distance(shape, swept).min()) for shape in other.shapes)
        if after < min(ROOM, before - 0.001):
            return other.name
    return ""


def plan_push(
    push: Push, situation: Situation, kinematics: Kinematics, rng: np.random.Generator, settings: Settings
) -> PushPlan | str:
    """Plan the motions of a push, with the fingers closed.

    Args:
        push: The push.
        situation: Where the arm and all things are.
        kinematics: The arm.
        rng: The only source of chance.
        settings: The planner's numbers.

    Returns:
        The motions, or a sentence that says what is in the way.
    """
    reason = f"no arm pose reaches the side of {push.thing} that is to be pushed"
    for X_WG in _poses(push, situation.scene, kinematics):
        found = _through(push, X_WG, situation, kinematics, rng, settings)
        if isinstance(found, PushPlan):
            return found
        reason = found or reason
    return reason


def _poses(push: Push, scene: Scene, kinematics: Kinematics) -> Iterator[RigidTransform]:
    """Offer tool poses before the thing: the fingers' flat side first, then their narrow one."""
    thing = scene.thing(push.thing)
    gripper = kinematics.model.gripper
    assert gripper is not None, "a hand pushes"
    floor = bottom_of(thing) + OVER_TABLE
    if thing.articulation is not None and "handle" in thing.parts:
        floor = max(floor, float(thing.parts["handle"][2]) - 0.5 * float(gripper.finger_reach) - 0.01)
    leans = (0.0, LEAN) if top_of(thing) - floor < PALM else (LEAN,)
    half_x, thick = gripper.finger
    for lean in leans:
        z = np.sin(lean) * push.face_W - np.cos(lean) * UP
        across = np.cross(UP, push.face_W)
        for y, reach in ((across, half_x), (-across, half_x), (np.cross(z, across), thick)):
            x = np.cross(y, z)
            R = RotationMatrix.ProjectToRotationMatrix(np.stack([x, y, z], axis=1))
            front = reach * np.cos(lean) + gripper.finger_reach * np.sin(lean)
            low = gripper.finger_reach * np.cos(lean) + reach * np.sin(lean)
            p = push.touch_W * [1.0, 1.0, 0.0] - (front + BEFORE) * push.face_W
            yield RigidTransform(R, p + (floor + low) * UP)


def _through(
    push: Push,
    X_WG: RigidTransform,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
) -> PushPlan | str:
    """Plan the way before the thing, along the push, and back, for one pose of the hand."""
    candidate = GraspCandidate(
        thing=push.thing,
        X_WG=X_WG,
        width=0.0,
        opening=0.0,
        cost=0.0,
        clearance=0.0,
        nearest="",
    )
    stage = Stage(
        name="push",
        purpose=f"push {push.thing}",
        slow=(Slow(thing=push.thing, distance=BEFORE + 0.005, speed=SPEED),),
    )
    problem = build(stage, situation, kinematics, settings, grasp=candidate)
    before = next(
        (one for one in subgoal.attempts(problem, rng, 2, quick=True) if one.proves()),
        None,
    )
    if before is None:
        return ""
    lines = _lines(push, before.q, problem)
    if isinstance(lines, str):
        return lines
    forward, back = lines
    entering = frozenset({push.thing, "table"})
    way = find_way(problem, before.q, Ends(out_W=(), into_W=(UP,), entering=entering), rng)
    if isinstance(way, str):
        return way
    return PushPlan(push=push, approach=way.trajectory, forward=forward, back=back)


def _lines(push: Push, q: Float64, problem: Problem) -> tuple[JointTrajectory, JointTrajectory] | str:
    """Give the push itself and the way back, each checked against everything but what is pushed."""
    kinematics, situation = problem.kinematics, problem.situation
    ahead = straight(kinematics, q, (BEFORE + push.length) * push.way_W, problem.lower, problem.upper)
    if ahead is None:
        return f"the arm cannot push {push.thing} that far in a straight line"
    off = straight(kinematics, ahead[-1], -BACK * push.way_W, problem.lower, problem.upper)
    up = None if off is None else straight(kinematics, off[-1], RISE * UP, problem.lower, problem.upper)
    if off is None or up is None:
        return f"the arm cannot draw back after pushing {push.thing}"
    free = _without(problem, push.thing)
    motions = []
    for line, slow in ((ahead, True), (np.concatenate([off, up[1:]]), False)):
        posed = problem if slow else replace(problem, stage=replace(problem.stage, slow=()))
        if slow:
            everywhere = replace(problem.stage.slow[0], distance=1.0)
            posed = replace(problem, stage=replace(problem.stage, slow=(everywhere,)))
        motion = timed(smooth(line[:1], line, line[-1:], 0.05), posed)[0]
        Q = dense(motion, kinematics, problem.settings)[1]
        room = free.room.clearance(Q)
        if (room < min(problem.settings.contact_clearance, float(room[0]) - 0.001)).any():
            near = free.room.nearest(Q[int(np.argmin(room))])[1]
            return f"{near} would meet while {push.thing} is pushed"
        motions.append(motion)
    assert situation.held is None, "a closed hand pushes"
    return motions[0], motions[1]


def _without(problem: Problem, name: str) -> Problem:
    """Leave out what is pushed; of furniture that slides only what moves."""
    scene = problem.situation.scene
    thing = scene.thing(name)
    kept = () if thing.articulation is None else (replace(thing, shapes=thing.shapes[:1]),)
    things = (*(one for one in scene.things if one.name != name), *kept)
    situation = replace(problem.situation, scene=replace(scene, things=things))
    stage = replace(problem.stage, slow=())
    return build(stage, situation, problem.kinematics, problem.settings)
