"""The activity behind every programmed skill: ask for a program, plan all of it, then carry it out.

All stages are planned before the first one moves, so that what cannot be done
is refused with the arm at rest. A refused text or an infeasible stage goes back
to the writer with its reason, a bounded number of times. While a stage runs,
what it speaks of is followed: a thing that moves makes the stage be planned
anew, joined onto the running motion; what falls or gets lost sends the activity
back to the latest stage that can begin from there.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import Float64
from ..core.errors import Retryable
from ..perception.scene import Scene
from ..perception.tracking import Tracked
from ..planners.plan import StagePlan, plan_stage
from ..planners.program import Program
from ..planners.read import Vocabulary, read
from ..planners.settings import Settings
from ..planners.situation import Held, Situation
from ..planners.solution import Infeasible
from ..robots.robot import Observation
from .foresight import after_stage, begin
from .joining import joined
from .noticing import as_tracked, begins, displaced, lost, spoken_of
from .skill import Action, Cause, Context, Done, Failed, Wait
from .steps import GRACE, Steps, Stop, holds

WRITES = 3
"""How often a program is written for one step."""
PLAN_CHARGE = 0.1
"""Thinking time that a lock-step clock is told of for each stage that is planned, [s]."""
REPLAN_CHARGE = 0.3
"""How far ahead a stage that is planned anew is joined onto the running motion, [s]."""
OFF_START = 0.015
"""How far the arm may stand from where a plan begins; beyond, it is planned anew, [rad]."""
MOST_OVER = 0.02
"""How much wider than expected what is grasped may be, [m]."""
REPLANS = 6
"""How often one stage is planned anew before the activity gives up on it."""
BACKS = 2
"""How often one run of a program goes back to a stage."""


@dataclass(slots=True, kw_only=True)
class _Course:
    """A program with its plans; where something changes, the plans from there on are made anew."""

    program: Program
    plans: list[StagePlan]
    situations: list[Situation]


class _Back(Exception):
    """Breaks a stage off; the activity looks for a stage to go on from."""

    def __init__(self, cause: Cause, reason: str):
        super().__init__(reason)
        self.cause: Cause = cause


class ProgramActivity:
    """One run of a program, from its writing to its last stage."""

    def __init__(self, context: Context, observation: Observation, settings: Settings | None = None):
        """Prepare; nothing is written, planned or moved yet.

        Args:
            context: What to work with.
            observation: What the robot senses now.
            settings: The planner's numbers.
        """
        self._context = context
        self._settings = settings or Settings()
        self._do = Steps(context.robot.arms[0], context.recorder, observation, context.held)
        self._attends: tuple[str, ...] = ()
        self._program: Program | None = None
        self._script = self._carry_out()

    @property
    def held(self) -> Held | None:
        """What the hand holds now."""
        return self._do.held

    @property
    def attends(self) -> tuple[str, ...]:
        """The things that the stage which runs speaks of, but for what the hand holds."""
        return self._attends

    @property
    def program(self) -> Program | None:
        """The program that is carried out."""
        return self._program

    def notice(self, tracked: Tracked | None, trouble: Failed | None) -> bool:
        """Take note of where everything is; a stage deals with what moves, is lost or falls."""
        self._do.tracked = tracked
        if trouble is None or trouble.cause in ("thing_moved", "thing_lost"):
            return True
        if trouble.cause != "dropped" or self._do.held is None or self._program is None:
            return False
        self._do.dropped, self._do.held = trouble.reason, None
        return True

    def step(self, observation: Observation, scene: Scene | None) -> Action:
        """Say what to do next; only planning takes time."""
        self._do.observation = observation
        self._do.fresh = scene or self._do.fresh
        try:
            return next(self._script)
        except StopIteration:
            return Done()
        except Stop as stop:
            return stop.failed
        except Infeasible as refusal:
            return Failed(cause="no_plan", reason=str(refusal))

    # ---- carrying out ----------------------------------------------------------

    def _carry_out(self) -> Iterator[Action]:
        course = yield from self._prepare()
        self._program = course.program
        index = backs = 0
        while index < len(course.program.stages):
            try:
                yield from self._stage(course, index)
                index += 1
            except _Back as trouble:
                backs += 1
                if backs > BACKS:
                    reason = f"{trouble}; it was gone back {BACKS} times already"
                    raise Stop(Failed(cause=trouble.cause, reason=reason)) from trouble
                index = yield from self._go_back(course, index, trouble)

    def _stage(self, course: _Course, index: int) -> Iterator[Action]:
        """Prepare, move, close or open, and draw back.

        Raises:
            _Back: If it cannot go on from where things are now.
        """
        yield from self._ready(course, index)
        stage, plan, do = course.program.stages[index], course.plans[index], self._do
        do.tell("stage", index=index, name=plan.stage, purpose=stage.purpose)
        if plan.prepare is not None:
            yield from do.grip(*plan.prepare)
        self._attends = tuple(name for name in spoken_of(stage) if name != do.holding)
        yield from self._follow(course, index)
        self._attends = ()
        plan = course.plans[index]
        expected = plan.held_after if do.held is None else None
        if plan.grip is not None:
            yield from do.grip(*plan.grip)
            if expected is not None:
                self._take(expected, plan.grip[0])
            elif do.held is not None and plan.held_after is None:
                do.tell("released", thing=do.held.thing)
                do.held = None
        if plan.retreat is not None:
            yield from do.move(plan.retreat)

    def _ready(self, course: _Course, index: int) -> Iterator[Action]:
        """Have a plan for the stage that begins where the arm and the things are now."""
        cause, reason = self._void(course, index)
        if cause:
            yield from self._plan_at_rest(course, index, cause, reason)

    def _void(self, course: _Course, index: int) -> tuple[str, str]:
        """Say why there is no plan of a stage that holds from here: cause and reason, empty where it does.

        Raises:
            _Back: If what the stage needs has been lost or dropped.
        """
        do, stage = self._do, course.program.stages[index]
        self._check(spoken_of(stage))
        if index >= len(course.plans):
            return "replanned", "the stage before it was planned anew"
        away = displaced(course.situations[index].scene, do.tracked, do.holding)
        moved = _words({name: by for name, by in away.items() if name in spoken_of(stage)})
        if moved:
            return "thing_moved", moved
        off = float(np.abs(course.plans[index].motion.q[0] - do.state.q).max())
        return ("off_start", f"the arm stands {off:.3f} rad from its start") if off > OFF_START else ("", "")

    def _check(self, names: tuple[str, ...]) -> None:
        """Look for what no new plan makes good.

        Raises:
            _Back: If something was dropped, or a thing that is spoken of is lost.
        """
        do = self._do
        if do.dropped:
            reason, do.dropped = do.dropped, ""
            raise _Back("dropped", reason)
        gone = lost(do.tracked, names, do.holding)
        if gone:
            raise _Back("thing_lost", f"{' and '.join(gone)} is no longer where it was seen")

    def _follow(self, course: _Course, index: int) -> Iterator[Action]:
        """Carry out a stage's motion, and plan it anew whenever what it speaks of has moved.

        Raises:
            _Back: If what it speaks of is lost, moves too often, or cannot be reached where it is.
        """
        do, names = self._do, spoken_of(course.program.stages[index])
        replans = 0
        yield from do.submit(course.plans[index].motion)
        while True:
            if not do.moving:
                do.check_end()
            self._check(names)
            away = displaced(course.situations[index].scene, do.tracked, do.holding)
            moved = _words({name: by for name, by in away.items() if name in names})
            if not do.moving and not moved:
                return
            if moved and (not do.moving or do.observation.time >= do.began):
                replans += 1
                if replans > REPLANS:
                    raise _Back("thing_moved", f"{moved}, again and again: {REPLANS} new plans were made")
                if do.moving:
                    yield from self._plan_moving(course, index, moved)
                else:
                    yield from self._plan_at_rest(course, index, "thing_moved", moved)
                    prepare = course.plans[index].prepare
                    if prepare is not None and not do.opened(prepare[0]):
                        yield from do.grip(*prepare)
                    yield from do.submit(course.plans[index].motion)
                continue
            do.check_late(do.ends + GRACE)
            yield Wait()

    def _plan_moving(self, course: _Course, index: int, reason: str) -> Iterator[Action]:
        """Plan a stage anew from where the arm can stop, and join it onto the running motion.

        Raises:
            _Back: If there is no such plan, or none that can be joined.
        """
        do = self._do
        at = do.observation.time + REPLAN_CHARGE
        brake = do.braking(at)
        if brake is None:
            # It is all but over: what is left is planned from where it ends.
            yield from do.wait(REPLAN_CHARGE)
            return
        situation = self._situation(course.situations[index], brake.q[-1])
        try:
            plan = self._plan_once(course.program, index, situation)
        except Infeasible as refusal:
            raise _Back("thing_moved", f"{reason}, and {refusal}") from refusal
        motion = joined(brake, plan.motion, plan.subgoal.problem)
        if motion is None:
            raise _Back("thing_moved", f"{reason}, and now stands in the way of the arm")
        self._put(course, index, plan, situation)
        self._tell_replan(course, index, "thing_moved", reason, at)
        yield from do.replace(motion, at)
        if plan.prepare is not None and not do.opened(plan.prepare[0]):
            yield from do.grip(*plan.prepare, wait=False)

    def _plan_at_rest(self, course: _Course, index: int, cause: str, reason: str) -> Iterator[Action]:
        """Plan a stage anew from where the arm stands.

        Raises:
            _Back: If there is no such plan.
        """
        before = course.situations[index] if index < len(course.situations) else None
        if before is None:
            before = after_stage(course.situations[index - 1], course.plans[index - 1], self._do.kinematics)
        situation = self._situation(before, self._do.state.q)
        try:
            plan = yield from self._plan(course.program, index, situation)
        except Infeasible as refusal:
            raise _Back("no_plan", f"{reason}: {refusal}") from refusal
        self._put(course, index, plan, situation)
        self._tell_replan(course, index, cause, reason, None)

    def _go_back(self, course: _Course, index: int, trouble: _Back) -> Generator[Action, None, int]:
        """Come to rest, look, and find the latest stage that can begin from here; it gets its plan.

        A stage can begin where the hand holds what it begins with and its path constraints hold.

        Raises:
            Stop: If there is none.
        """
        do = self._do
        self._attends = ()
        yield from do.halt()
        do.dropped = ""
        scene = yield from do.look(
            self._scene_now(course.situations[min(index, len(course.situations) - 1)].scene),
            self._context.rng,
        )
        reasons: list[str] = []
        for earlier in range(min(index, len(course.situations) - 1), -1, -1):
            was = course.situations[earlier]
            stage = course.program.stages[earlier]
            missing = {one.name for one in was.scene.things} & set(spoken_of(stage)) - {
                one.name for one in scene.things
            }
            situation = replace(was, scene=scene, q=do.state.q, width=do.state.width or 0.0, held=do.held)
            why = (
                f"{' and '.join(sorted(missing))} is not seen"
                if missing
                else begins(stage, was, situation, do.kinematics)
            )
            if why:
                reasons.append(f"{stage.name}: {why}")
                continue
            try:
                plan = yield from self._plan(course.program, earlier, situation)
            except Infeasible as refusal:
                reasons.append(str(refusal))
                continue
            self._put(course, earlier, plan, situation)
            self._tell_replan(course, earlier, trouble.cause, str(trouble), None)
            return earlier
        reason = f"{trouble}; no stage can begin from here: {'; '.join(reasons)}"
        raise Stop(Failed(cause=trouble.cause, reason=reason)) from trouble

    def _put(self, course: _Course, index: int, plan: StagePlan, situation: Situation) -> None:
        """Take a new plan over; what was planned after it began from elsewhere."""
        course.plans[index:] = [plan]
        course.situations[index:] = [situation]

    def _situation(self, before: Situation, q: Float64) -> Situation:
        """Give a stage's situation with the arm and the things where they are now."""
        do = self._do
        scene = self._scene_now(before.scene)
        return replace(before, scene=scene, q=q, width=do.state.width or 0.0, held=do.held)

    def _scene_now(self, scene: Scene) -> Scene:
        return as_tracked(scene, self._do.tracked, self._do.holding)

    def _take(self, expected: Held, closed: float) -> None:
        """Check what is between the fingers after they were told to close to an opening, [m].

        Raises:
            Stop: If nothing is, or something else.
        """
        width = self._do.state.width
        stopped, wanted = 1000 * (width or 0.0), 1000 * expected.width
        words = f"the fingers stopped at {stopped:.1f} mm, {wanted:.1f} mm were expected"
        if not holds(width, closed):
            raise Stop(Failed(cause="not_grasped", reason=f"{expected.thing} is not in the hand: {words}"))
        if width is not None and width > expected.width + MOST_OVER:
            raise Stop(Failed(cause="not_grasped", reason=f"something else is in the hand: {words}"))
        self._do.held = expected
        self._do.tell(
            "grasped", thing=expected.thing, width=width, expected=expected.width, X_GO=expected.X_GO
        )

    # ---- planning --------------------------------------------------------------

    def _prepare(self) -> Generator[Action, None, _Course]:
        """Have a program written, read and planned as a whole.

        Raises:
            Stop: If no text could be read, or none could be planned.
        """
        feedback: tuple[str, ...] = ()
        infeasible = last = ""
        for number in range(1, WRITES + 1):
            try:
                text = self._context.program_source.write(
                    self._context.subtask, self._context.scene, feedback
                )
                self._do.tell("program", text=text, number=number)
                program = read(text, self._vocabulary())
            except Retryable as refusal:
                self._do.tell("refusal", by="reading", reason=str(refusal))
                last = str(refusal)
                feedback = (*feedback, last)
                continue
            try:
                return (yield from self._plan_all(program))
            except Infeasible as refusal:
                self._do.tell("refusal", by="planning", reason=str(refusal))
                feedback = (*feedback, str(refusal))
                # What stood in the way of the first program says most; later ones only vary it.
                infeasible = infeasible or str(refusal)
        if infeasible:
            raise Stop(Failed(cause="no_plan", reason=infeasible))
        raise Stop(Failed(cause="refused", reason=f"no usable program in {WRITES} tries: {last}"))

    def _vocabulary(self) -> Vocabulary:
        held = {} if self._do.held is None else {self._do.arm.name: self._do.held.thing}
        return Vocabulary.of(self._context.scene, (self._do.arm.name,), held)

    def _plan_all(self, program: Program) -> Generator[Action, None, _Course]:
        """Plan every stage from where the one before it leaves things."""
        width = self._do.state.width
        situation = begin(
            self._context.scene,
            self._do.arm.name,
            self._do.state.q,
            width or 0.0,
            self._do.held,
            self._do.kinematics,
        )
        plans: list[StagePlan] = []
        situations: list[Situation] = []
        for index in range(len(program.stages)):
            situations.append(situation)
            plans.append((yield from self._plan(program, index, situation)))
            situation = after_stage(situation, plans[-1], self._do.kinematics)
        return _Course(program=program, plans=plans, situations=situations)

    def _plan(self, program: Program, index: int, situation: Situation) -> Generator[Action, None, StagePlan]:
        """Plan one stage, tell of it, and let its charge pass.

        Raises:
            Infeasible: If there is no plan.
        """
        plan = self._plan_once(program, index, situation)
        yield Wait(charge=PLAN_CHARGE)
        return plan

    def _plan_once(self, program: Program, index: int, situation: Situation) -> StagePlan:
        plan = plan_stage(program, index, situation, self._do.kinematics, self._context.rng, self._settings)
        self._tell_plan(program, index, plan)
        return plan

    # ---- telling ---------------------------------------------------------------

    def _tell_replan(self, course: _Course, index: int, cause: str, reason: str, at: float | None) -> None:
        plan = course.plans[index]
        cpu = sum(plan.cpu.values())
        self._do.tell("replan", index=index, stage=plan.stage, cause=cause, reason=reason, at=at, cpu=cpu)

    def _tell_plan(self, program: Program, index: int, plan: StagePlan) -> None:
        stage = program.stages[index]
        seen = plan.motion.sampled(max(plan.motion.duration / 40.0, 1e-3))[1]
        acts = [f"grasp {act.thing}" for act in stage.grasps] + [
            f"release {act.thing}" for act in stage.releases
        ]
        self._do.tell(
            "plan",
            index=index,
            stage=plan.stage,
            purpose=stage.purpose,
            act=" and ".join(acts),
            relations=[
                {
                    "text": met.relation.text,
                    "residual": met.residual,
                    "tolerance": met.relation.tolerance,
                    "met": met.met,
                }
                for met in plan.subgoal.met
            ],
            clearance=plan.path.clearance,
            clearances=plan.subgoal.problem.room.clearance(seen),
            between=plan.subgoal.between,
            limit_margin=min(plan.path.limit_margin, plan.subgoal.limit_margin),
            violation=plan.path.violation,
            method=plan.path.method,
            speed_share=plan.path.speed_share,
            notes=plan.path.notes,
            prepare=plan.prepare,
            grip=plan.grip,
            held_after=None if plan.held_after is None else plan.held_after.thing,
            duration=plan.motion.duration,
            cpu=plan.cpu,
            motion=plan.motion,
            p_WG=self._do.kinematics.tool_poses(plan.motion.q)[1],
            retreat=plan.retreat,
        )


def _words(away: dict[str, float]) -> str:
    """Say what has moved and by how much; nothing where nothing has."""
    return " and ".join(f"{name} was moved by {100 * by:.0f} cm" for name, by in away.items())
