"""How a stage's motion leaves contact at its start and enters it at its end: along which straight ways."""

from dataclasses import replace

from ...core.arrays import Float64
from ..problem import UP
from .grasping import GraspChoice
from .problem import ArmsProblem
from .room import NOTHING
from .subgoal import ArmsSolution
from .way import ArmsEnds, Line


def ends_of(problem: ArmsProblem, solution: ArmsSolution) -> ArmsEnds:
    """Say how a move without a grasp leaves its start and enters its end."""
    situation = problem.situation
    leaving: set[tuple[str, str]] = set()
    for hand, held in situation.carried.items():
        thing = situation.scene.thing(held.thing)
        leaving |= {(f"{hand}/held", other) for other in (thing.on, thing.inside or "table", "table")}
    out: tuple[Line, ...] = ()
    near = _near(problem, problem.q)
    if near:
        out = _directions(problem, problem.q, near)
    into: tuple[Line, ...] = ()
    if problem.touching:
        near = _near(problem, solution.q) & {body.partition("/")[0] for body, _ in problem.touching}
        if near:
            into = _directions(problem, solution.q, _with_joined(problem, near))
    return ArmsEnds(out=out, into=into, leaving=frozenset(leaving), entering=problem.touching)


def _near(problem: ArmsProblem, q: Float64) -> frozenset[str]:
    """Name the arms that may move and whose hand, or what it holds, is near something that stands."""
    d, _ = problem.room.rows(q, NOTHING)
    arms: set[str] = set()
    for pair, distance in zip(problem.room.world.rows(problem.room.gripped), d, strict=True):
        if distance < problem.settings.clearance and "/" not in pair.other:
            arms.add(pair.body.partition("/")[0])
    return _with_joined(problem, frozenset(arms)) & set(_free(problem))


def _with_joined(problem: ArmsProblem, arms: frozenset[str]) -> frozenset[str]:
    """Add to arms those that one thing joins to them: they go the same straight way."""
    names = problem.group.names
    for one in problem.closures:
        both = frozenset({names[one.first], names[one.second]})
        arms |= both if arms & both else frozenset()
    return arms


def _free(problem: ArmsProblem) -> list[str]:
    joints = problem.group.joints
    return [name for name, some in joints.items() if (problem.upper[some] > problem.lower[some]).any()]


def _directions(problem: ArmsProblem, q: Float64, hands: frozenset[str]) -> tuple[Line, ...]:
    """Offer ways out of contact: up with what is held, back with what is empty; then all of them up."""
    back: dict[str, Float64] = {}
    for hand in hands:
        X_WG = problem.group.arms[hand].tool_pose(q[problem.group.joints[hand]])
        holds = problem.situation.hands[hand].held is not None
        back[hand] = UP if holds else -X_WG.rotation().matrix()[:, 2]
    return (back, dict.fromkeys(hands, UP))


def leaving_ends(problem: ArmsProblem) -> ArmsEnds:
    """Say how a move that only leaves begins: out of whatever the hands are near."""
    near = _near(problem, problem.q)
    return ArmsEnds(out=_directions(problem, problem.q, near) if near else ())


def grasp_ends(problem: ArmsProblem, choice: GraspChoice) -> ArmsEnds:
    """Say how a move to grasps leaves its start and enters its end: along the approaches."""
    return replace(
        leaving_ends(problem),
        into=({hand: -one.candidate.approach for hand, one in choice.grasps.items()},),
        entering=problem.touching,
    )
