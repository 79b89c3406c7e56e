"""One stage of several arms in, one certified motion of all of them out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...core.trajectory import JointTrajectory
from ...robots.arm_group import ArmGroup
from ..picking import SQUEEZE
from ..program import Avoid, Program, Stage
from ..room import nearest_to
from ..settings import Settings
from ..situation import Held
from ..solution import Infeasible
from ..stage_plan import Clock, refuse
from ..yielding import Avoidance, asking_no_more, most_asked, notes_of, yielding
from .contacts import ends_of, grasp_ends
from .grasping import GraspChoice, GraspRefusal, choices
from .problem import ArmsProblem, build_arms, concerned
from .room import Touching, room_around
from .sequence import advanced
from .situation import ArmsSituation
from .subgoal import ArmsSolution, attempts_arms, explain_arms, measure_arms
from .way import ArmsPath, Line, dealt, dense_arms, find_arms_way, way_back

T = TypeVar("T")
Grip = tuple[float, float]
"""Opening, [m], and force, [N]."""
LOOKS = 24
"""Sub-goals and grasps of later stages that are looked at for one choice."""
BRANCHES = 2
"""Grasps, or sub-goals, of one later stage that are gone on from."""
AHEAD_STARTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsPlan:
    """What is to be done for one stage, in this order: prepare, motions, grips, retreats.

    Motions of several arms have the same knots: they start and stop together.

    Attributes:
        stage: The stage's name.
        prepare: Opening and force to take before the motions, by hand.
        motions: The whole moves to the stage's end, by arm; arms that stay are left out.
        grips: Opening and force to take at its end, by hand.
        retreats: The ways back after letting go, by arm.
        after: Where the next stage begins.
        subgoal: The stage's end, measured.
        path: The motions, measured; None where no arm moves.
        cpu: Processor time by part, [s].
        notes: What is not as it was asked for, one sentence each.
    """

    stage: str
    prepare: Mapping[str, Grip]
    motions: Mapping[str, JointTrajectory]
    grips: Mapping[str, Grip]
    retreats: Mapping[str, JointTrajectory]
    after: ArmsSituation
    subgoal: ArmsSolution
    path: ArmsPath | None
    cpu: dict[str, float]
    notes: tuple[str, ...] = ()


def plan_arms_stage(
    program: Program,
    index: int,
    situation: ArmsSituation,
    group: ArmGroup,
    rng: np.random.Generator,
    settings: Settings,
) -> ArmsPlan:
    """Plan one stage of several arms; of what it is to keep away from, as much is kept as can be.

    Args:
        program: The whole program; the stages that follow bear on the choice of grasps and places.
        index: Which stage, from 0.
        situation: Where it begins.
        group: The arms.
        rng: The only source of chance.
        settings: The planner's numbers.

    Returns:
        A plan whose parts prove themselves.

    Raises:
        Infeasible: If there is no such plan, or none was found; its report says what cannot hold.
        UnknownName: If the stage speaks of what the scene does not have.
    """
    stage = program.stages[index]
    # What is taken or held has to serve the stages that follow, so what they keep away from binds it, too.
    ahead = bool(stage.grasps or situation.carried)
    things, _ = most_asked(program.stages[index:] if ahead else (stage,))

    def attempt(limited: Stage, _probing: bool) -> ArmsPlan:
        return _Stage(asking_no_more(program, limited), index, situation, group, rng, settings).plan()

    def kept(plan: ArmsPlan, act: Avoidance) -> float:
        assert isinstance(act, Avoid), "several arms keep out of no regions"
        problem = plan.subgoal.problem
        margin = next((one.distance for one in problem.stage.avoid if one.thing == act.thing), 0.0)
        Q = problem.q[None] if plan.path is None else dense_arms(plan.path.whole, problem)[1]
        return nearest_to(problem.room.world, Q, act.thing, margin)

    plan, yielded = yielding(replace(stage, avoid=things), attempt, kept)
    return replace(plan, notes=notes_of(yielded, stage))


class _Stage:
    """One stage while it is planned."""

    def __init__(
        self,
        program: Program,
        index: int,
        situation: ArmsSituation,
        group: ArmGroup,
        rng: np.random.Generator,
        settings: Settings,
    ):
        """Begin with nothing tried."""
        self.program, self.index, self.situation, self.group = program, index, situation, group
        self.rng, self.settings, self.clock = rng, settings, Clock()
        self.stage = program.stages[index]
        self.looks = 0
        self._check()

    def _check(self) -> None:
        for grasp in self.stage.grasps:
            held = self.situation.hands[grasp.hand].held
            if held is not None:
                text = f"{grasp.hand} already holds {held.thing}"
                raise refuse(self.stage, f"grasp({grasp.thing})", text)
        for release in self.stage.releases:
            held = self.situation.hands[release.hand].held
            if held is None or held.thing != release.thing:
                text = f"{release.hand} does not hold {release.thing}"
                raise refuse(self.stage, f"release({release.thing})", text)

    def plan(self) -> ArmsPlan:
        """Plan it, first choice first."""
        refusal: Infeasible | None = None
        tried = 0
        for solution, choice in self._ends():
            if tried >= self.settings.goals_tried + (self.settings.grasps_tried if choice else 0):
                break
            tried += 1
            self.looks = LOOKS
            with self.clock.part("next stages"):
                begin = self._after(solution, choice)
                serves = self._serves(self.index + 1, begin)
            if not serves:
                refusal = refusal or refuse(
                    self.stage,
                    "next stages",
                    "it can be done, but then no way on was found to the stages after",
                )
                continue
            try:
                return self._done(solution, choice)
            except Infeasible as reason:
                refusal = reason
        raise refusal or refuse(self.stage, "grasp", "no grasp was found that all hands reach at once")

    def _ends(self) -> Iterator[tuple[ArmsSolution, GraspChoice | None]]:
        """Offer proven ends of the stage.

        Raises:
            Infeasible: If there is none.
        """
        if self.stage.grasps:
            try:
                for choice in _timed(
                    self.clock, "subgoal", choices(self.stage, self.situation, self.group, self.settings)
                ):
                    yield choice.solution, choice
            except GraspRefusal as refusal:
                names = ", ".join(grasp.thing for grasp in self.stage.grasps)
                raise refuse(self.stage, f"grasp({names})", str(refusal)) from None
            return
        failed: list[Float64] = []
        found = False
        problem = None
        for moving in self._moving():
            problem = self._problem(self.stage, self.situation, moving)
            if not moving:
                yield measure_arms(problem, problem.q), None
                return
            for solution in _timed(
                self.clock, "subgoal", attempts_arms(problem, self.rng, self.settings.starts)
            ):
                if solution.proves():
                    found = True
                    yield solution, None
                else:
                    failed.append(solution.q)
        if not found:
            assert problem is not None, "there is always somebody to move"
            with self.clock.part("explain"):
                raise explain_arms(problem, failed)

    def _moving(self) -> Iterator[frozenset[str]]:
        """Offer which arms may move: those that the stage speaks of, then all of them."""
        meant = concerned(self.stage, self.situation, self.group)
        yield meant
        if meant and meant != frozenset(self.group.names):
            yield frozenset(self.group.names)

    def _problem(self, stage: Stage, situation: ArmsSituation, moving: frozenset[str]) -> ArmsProblem:
        return build_arms(stage, situation, self.group, self.settings, moving=moving)

    def _after(self, solution: ArmsSolution, choice: GraspChoice | None) -> ArmsSituation:
        taken = None if choice is None else choice.held
        return advanced(self.situation, self.stage, solution.q, self.group, taken=taken)

    # ---- looking ahead ---------------------------------------------------------

    def _serves(self, index: int, situation: ArmsSituation) -> bool:
        """Tell whether the stages from one on can be done, until nothing is held any more."""
        if index >= len(self.program.stages) or not situation.carried:
            return True
        stage = self.program.stages[index]
        for after in self._onward(stage, situation):
            if self._serves(index + 1, after):
                return True
            if self.looks <= 0:
                return False
        return False

    def _onward(self, stage: Stage, situation: ArmsSituation) -> Iterator[ArmsSituation]:
        """Offer where a later stage may leave things."""
        if stage.grasps:
            try:
                for number, choice in enumerate(choices(stage, situation, self.group, self.settings)):
                    self.looks -= 1
                    yield advanced(situation, stage, choice.solution.q, self.group, taken=choice.held)
                    if number + 1 >= BRANCHES or self.looks <= 0:
                        return
            except GraspRefusal:
                pass
            return
        moving = concerned(stage, situation, self.group)
        problem = self._problem(stage, situation, moving)
        found = (
            attempts_arms(problem, self.rng, AHEAD_STARTS) if moving else [measure_arms(problem, problem.q)]
        )
        for solution in found:
            self.looks -= 1
            if not moving or solution.proves():
                after = self._released(stage, situation, solution.q)
                if after is not None:
                    yield after
            if self.looks <= 0:
                return

    def _released(self, stage: Stage, situation: ArmsSituation, q: Float64) -> ArmsSituation | None:
        """Give where a later stage leaves things when its hands have let go, or None where they cannot."""
        if not stage.releases:
            return advanced(situation, stage, q, self.group)
        try:
            opened, back = self._let_go(stage, situation, q)
        except Infeasible:
            return None
        return advanced(situation, stage, q, self.group, opened=opened, q_after=back.q[-1])

    # ---- the motion ------------------------------------------------------------

    def _done(self, solution: ArmsSolution, choice: GraspChoice | None) -> ArmsPlan:
        """Plan the way to the end, and back from what is let go there.

        Raises:
            Infeasible: If there is no way to it or none back.
        """
        problem, settings = solution.problem, self.settings
        path: ArmsPath | None = None
        motions: dict[str, JointTrajectory] = {}
        if np.abs(solution.q - problem.q).max() > 1e-6:
            with self.clock.part("path"):
                ends = grasp_ends(problem, choice) if choice else ends_of(problem, solution)
                way = find_arms_way(problem, solution.q, ends, self.rng)
            if isinstance(way, str):
                raise refuse(self.stage, "path", f"no free way to the goal: {way}")
            path, motions = way, dealt(way.whole, problem)
        grips: dict[str, Grip] = {}
        prepare: dict[str, Grip] = {}
        if choice is not None:
            for hand, one in choice.grasps.items():
                prepare[hand] = (one.candidate.opening, settings.grip_force)
                grips[hand] = (max(one.candidate.width - SQUEEZE, 0.0), settings.grip_force)
        back: JointTrajectory | None = None
        opened: dict[str, float] = {}
        if self.stage.releases:
            with self.clock.part("retreat"):
                opened, back = self._let_go(self.stage, self.situation, solution.q)
            grips |= {hand: (width, settings.grip_force) for hand, width in opened.items()}
        return ArmsPlan(
            stage=self.stage.name,
            prepare=prepare,
            motions=motions,
            grips=grips,
            retreats={} if back is None else dealt(back, problem),
            after=advanced(
                self.situation, self.stage, solution.q, self.group,
                taken=None if choice is None else choice.held,
                opened=opened,
                q_after=None if back is None else back.q[-1],
            ),
            subgoal=solution,
            path=path,
            cpu=self.clock.spent,
        )  # fmt: skip

    def _let_go(
        self, stage: Stage, situation: ArmsSituation, q: Float64
    ) -> tuple[dict[str, float], JointTrajectory]:
        """Open just enough, then draw every hand that lets go straight back.

        Args:
            stage: The stage that lets go.
            situation: Where it begins.
            q: Joint positions of all arms there, shape (n,), [rad].

        Raises:
            Infeasible: If a hand would take something along.
        """
        settings, group = self.settings, self.group
        letting = frozenset(one.hand for one in stage.releases)
        tools = {hand: group.arms[hand].tool_pose(q[group.joints[hand]]) for hand in letting}
        way: Line = {hand: -X_WG.rotation().matrix()[:, 2] for hand, X_WG in tools.items()}
        # Relations end with the stage's acts; what held two hands together is let go.
        problem = replace(
            build_arms(Stage(name=stage.name, purpose=""), situation, group, settings, moving=letting),
            closures=(),
        )
        released = {one.thing for one in stage.releases}
        blocked = ""
        for room in (settings.release_room, 0.6 * settings.release_room, 0.4 * settings.release_room):
            widths = {name: hand.width for name, hand in situation.hands.items()}
            gone: dict[str, tuple[Held, RigidTransform]] = {}
            for hand in letting:
                gripper, held = group.arms[hand].model.gripper, situation.hands[hand].held
                assert gripper is not None and held is not None, "only a gripper holds"
                widths[hand] = min(held.width + room, gripper.max_width)
                gone[hand] = (held, tools[hand])
            # What is let go is no more kept away from than the hand has to be that opens around it.
            keep = {one.thing: one.distance for one in stage.avoid if one.thing not in released}
            free = room_around(situation, group, widths=widths, keep=keep, let_go=gone)
            touching: Touching = frozenset(
                (f"{one.hand}/hand", _keeper(one.thing, letting, situation)) for one in stage.releases
            )
            for length in (settings.retreat, 0.6 * settings.retreat):
                motion = way_back(problem, q, free, way, length, touching)
                if not isinstance(motion, str):
                    return {hand: widths[hand] for hand in letting}, motion
                blocked = motion
        names = ", ".join(sorted({one.thing for one in stage.releases}))
        raise refuse(stage, f"release({names})", f"{names} cannot be let go: {blocked}")


def _keeper(thing: str, letting: frozenset[str], situation: ArmsSituation) -> str:
    """Name what a hand that lets a thing go was at: the thing, or another hand that keeps it."""
    kept = [hand for hand in situation.holders(thing) if hand not in letting]
    return f"{kept[0]}/held" if kept else thing


def _timed(clock: Clock, part: str, items: Iterator[T]) -> Iterator[T]:
    """Count the making of items as a part."""
    while True:
        with clock.part(part):
            item = next(items, None)
        if item is None:
            return
        yield item
