"""A stage that grasps: the candidate is chosen together with the stages that follow, up to the release."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import Float64
from ..perception.scene import Thing
from ..robots.kinematics import Kinematics
from ..robots.shapes import distance
from . import subgoal
from .fingers import openings
from .following import Following, follow, has_to_turn
from .grasping.columns import with_columns
from .grasping.hand import closed
from .grasps import GraspCandidate, Grasps, bears, content_of, dips, grasps_of, stands
from .legs import Ends
from .problem import UP, Problem, build
from .program import Grasp, Program, Stage
from .reach import reach
from .settings import Settings
from .situation import Held, Situation, places
from .solution import Infeasible, PathSolution, Solution
from .stage_plan import Clock, StagePlan, refuse
from .way import find_way

TRAVEL, STRAINED, STRAIN_FROM = 0.12, 3.0, 0.15
SQUEEZE = 0.012
"""How much narrower than the thing the fingers are told to close, [m]."""
ON_PIECE = 0.012
"""How far from a piece of furniture a part may lie and still belong to it, [m]."""
WELL, SLIPPING = 2.0, 0.5
"""A grasp that bears this many times the expected load is as good as any; what each time less costs."""
FIRM = WELL
"""What has to be turned is held by a grasp that bears so many times the load in every pose, where there is
one: handles pinched with less let the mug turn between the pads in four of ten pours."""
TILTED = 0.94
"""Cosine of the tilt beyond which a pose's load is another than the grasp's."""


BESIDE = 3.0
"""What a millimetre that the pads lack over a round thing's axis is worth in millimetres of lever, where it
is turned: a thing that lies well between them keeps to the hand with a longer lever, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reached:
    """A grasp candidate with the arm at it."""

    candidate: GraspCandidate
    solution: Solution
    cost: float


def grasp_stage(
    program: Program,
    index: int,
    grasp: Grasp,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
    clock: Clock,
    unwanted: tuple[GraspCandidate, ...] = (),
) -> StagePlan:
    """Choose a grasp that is reachable, free, and good for what follows; plan the way to it."""
    stage = program.stages[index]
    if situation.held is not None:
        raise refuse(stage, f"grasp({grasp.thing})", f"the hand already holds {situation.held.thing}")
    gripper = kinematics.model.gripper
    if gripper is None:
        raise refuse(stage, f"grasp({grasp.thing})", f"{situation.hand} has no gripper")
    situation = replace(situation, scene=with_columns(situation.scene, grasp.thing))
    thing = situation.scene.thing(grasp.thing)
    with clock.part("candidates"):
        grasps = grasps_of(thing, grasp, situation.scene, gripper, settings)
    if not grasps.free:
        raise refuse(stage, f"grasp({grasp.thing})", _blocked(grasp, grasps, gripper.max_width))
    groups = ((grasps.free, settings.least_margin),)
    if thing.cavity_radius is not None and has_to_turn(program, index, situation, grasp.thing):
        # What is turned may run out: it is held firmly, and fingers stay out of it where they can.
        free = sorted(grasps.free, key=lambda one: _lever(one, thing) + BESIDE * one.beside)
        inside = [dips(one, thing, gripper) for one in free]
        outside = tuple(one for one, dip in zip(free, inside, strict=True) if not dip)
        dipped = tuple(one for one, dip in zip(free, inside, strict=True) if dip)
        groups = (
            (outside, FIRM),
            (dipped, FIRM),
            (outside, settings.least_margin),
            (dipped, settings.least_margin),
        )
    choice = _Choice(program, index, situation, kinematics, rng, settings, clock, thing)
    choice.leave_out(one for one in unwanted if one.thing == grasp.thing)
    for group, least in groups:
        choice.begin(least)
        found = _first(stage, group, choice, settings)
        if found is not None:
            return _grasped(stage, *found, situation, settings, clock)
    raise choice.refusal(grasp)


def _lever(one: GraspCandidate, thing: Thing) -> float:
    """Give how far from a thing's middle the line goes about which it may turn between the pads, [m]."""
    R_WG, p_WG = one.X_WG.rotation().matrix(), one.X_WG.translation()
    return float(np.linalg.norm(np.cross(thing.center - p_WG, R_WG[:, 1])))


def _first(
    stage: Stage,
    candidates: tuple[GraspCandidate, ...],
    choice: "_Choice",
    settings: Settings,
) -> tuple[_Reached, PathSolution] | None:
    """Find the first grasp that does for all that follows, and the way to it."""
    for batch in _batches(candidates, settings.grasps_solved, choice.passes_over):
        with choice.clock.part("subgoal"):
            reached, failure = choice.reach(stage, batch)
        choice.unreached = choice.unreached or failure
        for begin in range(0, len(reached), settings.grasps_weighed):
            for one in choice.weighed(reached[begin : begin + settings.grasps_weighed]):
                way = choice.way(one) if choice.serves(one) else None
                if way is not None:
                    return one, way
    return None


class _Choice:
    """Which of the grasps that the arm reaches will do, and why the others will not."""

    def __init__(
        self,
        program: Program,
        index: int,
        situation: Situation,
        kinematics: Kinematics,
        rng: np.random.Generator,
        settings: Settings,
        clock: Clock,
        thing: Thing,
    ):
        """Begin with none tried."""
        self._program, self._index, self._situation = program, index, situation
        self._kinematics, self._rng, self._settings, self.clock = kinematics, rng, settings, clock
        self._tried, self._least = 0, settings.least_margin
        self._content = content_of(thing, situation.scene)
        # By identity of the candidate: a group that asks for less tries some of them again.
        self._reached: dict[int, _Reached | str] = {}
        self._after: dict[int, Following] = {}
        self._useless: list[GraspCandidate] = []
        self._stuck: Problem | None = None
        self._most = 0.0
        self._slipping = ""
        self._no_way = self.unreached = ""

    def leave_out(self, useless: Iterable[GraspCandidate]) -> None:
        """Pass grasps over, and all that are like them."""
        self._useless.extend(useless)

    def begin(self, least: float) -> None:
        """Begin with another group of grasps, each with as many tries, that bear so many times the load."""
        self._tried, self._least = 0, least

    def reach(self, stage: Stage, candidates: tuple[GraspCandidate, ...]) -> tuple[list[_Reached], str]:
        """Bring the arm to candidates; best first, and why the others failed."""
        arm = (self._situation, self._kinematics, self._settings)
        for one in candidates:
            if id(one) not in self._reached:
                self._reached[id(one)] = _reach(stage, one, *arm)
        results = [self._reached[id(one)] for one in candidates]
        found = sorted((one for one in results if isinstance(one, _Reached)), key=lambda one: one.cost)
        if found:
            return found, ""
        near = next((one for one in results if isinstance(one, str) and one), "")
        if near:
            return [], f"no collision-free grasp on {candidates[0].thing}: {near} would meet"
        if self.unreached:
            return [], ""
        problem = build(stage, arm[0], *arm[1:], grasp=candidates[0])
        refusal = subgoal.explain(problem, [arm[0].q, self._kinematics.model.q_home])
        return [], f"{candidates[0].thing} is out of reach: {refusal.report.text}"

    def weighed(self, reached: list[_Reached]) -> list[_Reached]:
        """Leave out grasps that would slip, count against others what they lack; best first."""
        kept = []
        with self.clock.part("load"):
            for one in reached:
                times = self._bears(one, UP)
                if times < self._least:
                    self._note_slip(one, times)
                    continue
                cost = one.cost + SLIPPING * max(WELL - times, 0.0)
                kept.append(replace(one, candidate=replace(one.candidate, margin=times), cost=cost))
        return sorted(kept, key=lambda one: one.cost)

    def serves(self, one: _Reached) -> bool:
        """Tell whether the stages up to the release can be done with a grasp, and it holds in them."""
        if self._tried >= self._settings.grasps_tried:
            return False
        if self.passes_over(one.candidate):
            return False
        self._tried += 1
        with self.clock.part("next stage"):
            after = self._following(one)
        if after.stuck is not None:
            self._useless.append(one.candidate)
            self._stuck = self._stuck or after.stuck
            return False
        up = after.most_tilted(one.candidate.X_WG.rotation().matrix())
        if up[2] > TILTED:
            return True
        with self.clock.part("load"):
            times = self._bears(one, up)
        if times < self._least:
            self._note_slip(one, times)
            return False
        return True

    def _following(self, one: _Reached) -> Following:
        """Try the stages after a grasp, once."""
        known = self._after.get(id(one.candidate))
        if known is None:
            begin = _grasped_situation(one, self._situation, self._kinematics)
            known = follow(self._program, self._index, begin, self._kinematics, self._rng, self._settings)
            self._after[id(one.candidate)] = known
        return known

    def passes_over(self, candidate: GraspCandidate) -> bool:
        """Tell whether a grasp need not be tried, since one like it was of no use."""
        return any(_alike(candidate, other) for other in self._useless)

    def way(self, one: _Reached) -> PathSolution | None:
        """Find the way to a grasp."""
        with self.clock.part("path"):
            way = find_way(one.solution.problem, one.solution.q, _grasp_ends(one), self._rng, led=True)
        if isinstance(way, str):
            self._no_way = f"no free way to a grasp on {one.candidate.thing}: {way}"
            return None
        return way

    def refusal(self, grasp: Grasp) -> Infeasible:
        """Say why no grasp will do."""
        stage = self._program.stages[self._index]
        reason = self._no_way or self._slipping or self.unreached
        if self._stuck is not None:
            starts = [self._stuck.situation.q, self._kinematics.model.q_home]
            after = subgoal.explain(self._stuck, starts)
            reason = f"{grasp.thing} can be grasped, but then {after.report.text}"
        return refuse(stage, f"grasp({grasp.thing})", reason or f"no collision-free grasp on {grasp.thing}")

    def _bears(self, one: _Reached, up: Float64) -> float:
        gripper = self._kinematics.model.gripper
        assert gripper is not None, "only a gripper grasps"
        thing = self._situation.scene.thing(one.candidate.thing)
        return bears(one.candidate, thing, gripper, self._settings, up, self._content)

    def _note_slip(self, one: _Reached, times: float) -> None:
        self._most = max(self._most, times)
        self._slipping = (
            f"{one.candidate.thing} would slip: the best grasp bears {self._most:.1f} times its expected load"
        )


def _alike(one: GraspCandidate, other: GraspCandidate) -> bool:
    """Tell whether two grasps are so near each other that what one cannot do the other cannot either."""
    turn = one.X_WG.rotation().matrix().T @ other.X_WG.rotation().matrix()
    near = float(np.linalg.norm(one.X_WG.translation() - other.X_WG.translation()))
    return turn[2, 2] > 0.93 and abs(turn[1, 1]) > 0.8 and near < 0.03


def _blocked(grasp: Grasp, grasps: Grasps, widest: float) -> str:
    if not grasps.blocked:
        part = f".{grasp.part}" if grasp.part else ""
        return f"{grasp.thing}{part} offers nothing to close on: the fingers open {widest * 100:.0f} cm"
    near = min(grasps.blocked, key=lambda one: -one.clearance)
    return f"no collision-free grasp on {grasp.thing}: blocked by {near.nearest}"


def _batches(
    free: tuple[GraspCandidate, ...], size: int, passes_over: Callable[[GraspCandidate], bool]
) -> Iterator[tuple[GraspCandidate, ...]]:
    """Give the best candidates, then an even spread of the others that are still worth it."""
    if free:
        yield free[:size]
    rest = [one for one in free[size:] if not passes_over(one)]
    stride = max(1, len(rest) // (3 * size))
    spread = tuple(rest[::stride])
    for begin in range(0, min(len(spread), 3 * size), size):
        batch = tuple(one for one in spread[begin : begin + size] if not passes_over(one))
        if batch:
            yield batch


def _reach(
    stage: Stage,
    candidate: GraspCandidate,
    situation: Situation,
    kinematics: Kinematics,
    settings: Settings,
) -> _Reached | str:
    """Bring the arm to a candidate, or say what it meets there; nothing where it is out of reach."""
    problem = build(stage, replace(situation, width=candidate.opening), kinematics, settings, grasp=candidate)
    met = ""
    for begin in (situation.q, kinematics.model.q_home):
        q = reach(kinematics, candidate.X_WG, begin, problem.lower, problem.upper)
        if q is None:
            return met
        solution = subgoal.improve(problem, subgoal.measure(problem, q))
        if solution.proves():
            moved = float(np.linalg.norm(solution.q - situation.q))
            strain = max(STRAIN_FROM - solution.limit_margin, 0.0)
            cost = candidate.cost + TRAVEL * moved + STRAINED * strain
            return _Reached(candidate=candidate, solution=solution, cost=cost)
        met = met or solution.between
    return met


def _held(one: _Reached, situation: Situation) -> Held:
    thing = situation.scene.thing(one.candidate.thing)
    gripper = one.solution.problem.kinematics.model.gripper
    assert gripper is not None, "only a gripper holds"
    X_WG = closed(gripper, one.candidate.X_WG)
    if stands(thing):
        # Of furniture, what the hand closes on comes along: that piece and the parts on it.
        at = X_WG.translation()
        piece = min(thing.shapes, key=lambda shape: abs(float(distance(shape, at))))
        parts = {name: p_W for name, p_W in thing.parts.items() if abs(distance(piece, p_W)) < ON_PIECE}
        if thing.articulation is not None and thing.articulation.kind == "prismatic":
            # A drawer's front is one piece with its handle, however far that stands out.
            parts |= {name: p_W for name, p_W in thing.parts.items() if name == "front"}
        basic = {name: thing.parts[name] for name in ("top", "bottom", "center")}
        held = Held.at(replace(thing, shapes=(piece,), parts=basic | parts), X_WG, one.candidate.width)
        return replace(held, points={name: held.points[name] for name in parts})
    return Held.at(thing, X_WG, one.candidate.width)


def _grasped_situation(one: _Reached, situation: Situation, kinematics: Kinematics) -> Situation:
    """Give the situation after a grasp."""
    held = _held(one, situation)
    X_WG = kinematics.tool_pose(one.solution.q)
    return Situation(
        scene=situation.scene,
        q=one.solution.q,
        hand=situation.hand,
        width=held.width,
        held=held,
        start=places(situation.scene, situation.hand, X_WG, held),
        origin=situation.origin,
    )


def _grasp_ends(one: _Reached) -> Ends:
    problem = one.solution.problem
    q = problem.situation.q
    near_start = float(problem.room.solid_clearance(q[None])[0]) < problem.settings.clearance
    return Ends(
        out_W=(-problem.kinematics.tool_pose(q).rotation().matrix()[:, 2],) if near_start else (),
        into_W=(-one.candidate.approach,),
        leaving=frozenset(),
        entering=problem.touching,
    )


def _grasped(
    stage: Stage, one: _Reached, way: PathSolution, situation: Situation, settings: Settings, clock: Clock
) -> StagePlan:
    closed = max(one.candidate.width - SQUEEZE, 0.0)
    own = one.candidate.opening
    fingers = openings(one.solution.problem, way.trajectory, own, way.enters, most=own)
    return StagePlan(
        stage=stage.name,
        prepare=(fingers[0][1] if fingers else own, settings.grip_force),
        motion=way.trajectory,
        grip=(closed, settings.grip_force),
        retreat=None,
        held_after=_held(one, situation),
        subgoal=one.solution,
        path=way,
        grasp=one.candidate,
        cpu=clock.spent,
        openings=fingers[1:],
    )
