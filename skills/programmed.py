"""The activity behind every programmed skill: ask for a program, plan all of it, then carry it out.

All stages are planned before the first one moves, so that what cannot be done
is refused with the arm at rest. A refused text or an infeasible stage goes back
to the writer with its reason, a bounded number of times.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..core.errors import Retryable
from ..perception.scene import Scene
from ..planners.plan import StagePlan, plan_stage
from ..planners.program import Program
from ..planners.read import Vocabulary, read
from ..planners.settings import Settings
from ..planners.situation import Held, Situation
from ..planners.solution import Infeasible
from ..robots.robot import ArmState, MotionState, Observation
from .arm import kinematics_of
from .foresight import after_stage, begin
from .skill import Action, Context, Done, Failed, Grip, Submit, Wait

WRITES = 3
"""How often a program is written for one step."""
PLAN_CHARGE = 0.1
"""Thinking time that a lock-step clock is told of for each stage that is planned, [s]."""
OFF_START = 0.015
"""How far the arm may stand from where a plan begins; beyond, it is planned anew, [rad]."""
GRACE = 3.0
"""How much longer than planned a motion may take, [s]."""
LEAST_WIDTH = 0.0015
"""What is held keeps the fingers this much wider than they were told to close, [m]."""
MOST_OVER = 0.02
"""How much wider than expected what is grasped may be, [m]."""


def holds(width: float | None, closed: float) -> bool:
    """Whether something keeps the fingers from where they were told to close.

    Args:
        width: Opening between the fingertips, [m]; None where it is not measured.
        closed: Opening that they were told to close to, [m].
    """
    return width is None or width >= closed + LEAST_WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    program: Program
    plans: tuple[StagePlan, ...]
    situations: tuple[Situation, ...]


class _Stop(Exception):
    """Ends the activity as failed."""

    def __init__(self, failed: Failed):
        super().__init__(failed.reason)
        self.failed = failed


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
        self._arm = context.robot.arms[0]
        self._kinematics = kinematics_of(self._arm)
        self._observation = observation
        self._held = context.held
        self._attends: tuple[str, ...] = ()
        self._program: Program | None = None
        self._script = self._carry_out()

    @property
    def held(self) -> Held | None:
        """What the hand holds now."""
        return self._held

    @property
    def attends(self) -> tuple[str, ...]:
        """The thing that the hand is on its way to."""
        return self._attends

    @property
    def program(self) -> Program | None:
        """The program that is carried out."""
        return self._program

    def step(self, observation: Observation, scene: Scene | None) -> Action:
        """Say what to do next; only planning takes time."""
        self._observation = observation
        try:
            return next(self._script)
        except StopIteration:
            return Done()
        except _Stop as stop:
            return stop.failed
        except Infeasible as refusal:
            return Failed(cause="no_plan", reason=str(refusal))

    @property
    def _state(self) -> ArmState:
        return self._observation.arms[self._arm.name]

    def _carry_out(self) -> Iterator[Action]:
        prepared = yield from self._prepare()
        self._program = prepared.program
        for index, (plan, situation) in enumerate(zip(prepared.plans, prepared.situations, strict=True)):
            off = float(np.abs(plan.motion.q[0] - self._state.q).max())
            if off > OFF_START:
                situation = replace(situation, q=self._state.q, held=self._held)
                plan = yield from self._plan(prepared.program, index, situation)
            self._tell("stage", index=index, name=plan.stage, purpose=prepared.program.stages[index].purpose)
            yield from self._stage(plan)

    def _stage(self, plan: StagePlan) -> Iterator[Action]:
        """Prepare, move, close or open, and draw back."""
        expected = plan.held_after if self._held is None else None
        if plan.prepare is not None:
            yield from self._grip(*plan.prepare)
        self._attends = (expected.thing,) if expected is not None else ()
        yield Submit(trajectory=plan.motion)
        yield from self._wait(plan.motion.duration)
        self._attends = ()
        if plan.grip is not None:
            yield from self._grip(*plan.grip)
            if expected is not None:
                self._take(expected, plan.grip[0])
            elif self._held is not None and plan.held_after is None:
                self._tell("released", thing=self._held.thing)
                self._held = None
        if plan.retreat is not None:
            yield Submit(trajectory=plan.retreat)
            yield from self._wait(plan.retreat.duration)

    def _take(self, expected: Held, closed: float) -> None:
        """Check what is between the fingers after they were told to close to an opening, [m].

        Raises:
            _Stop: If nothing is, or something else.
        """
        width = self._state.width
        stopped, wanted = 1000 * (width or 0.0), 1000 * expected.width
        words = f"the fingers stopped at {stopped:.1f} mm, {wanted:.1f} mm were expected"
        if not holds(width, closed):
            raise _Stop(Failed(cause="not_grasped", reason=f"{expected.thing} is not in the hand: {words}"))
        if width is not None and width > expected.width + MOST_OVER:
            raise _Stop(Failed(cause="not_grasped", reason=f"something else is in the hand: {words}"))
        self._held = expected
        self._tell("grasped", thing=expected.thing, width=width, expected=expected.width, X_GO=expected.X_GO)

    def _grip(self, width: float, force: float) -> Iterator[Action]:
        self._tell("grip", width=width, force=force)
        yield Grip(arm=self._arm.name, width=width, force=force)
        yield from self._wait(1.0)

    def _wait(self, duration: float) -> Iterator[Action]:
        """Wait until nothing moves.

        Raises:
            _Stop: If the motion was stopped, failed, or takes too long.
        """
        latest = self._observation.time + duration + GRACE
        while MotionState.RUNNING in self._observation.motions.values():
            if self._observation.time > latest:
                reason = f"a motion of {duration:.1f} s still runs {GRACE:.0f} s after its time"
                raise _Stop(Failed(cause="late", reason=reason))
            yield Wait()
        ends = set(self._observation.motions.values())
        if MotionState.FAILED in ends:
            raise _Stop(Failed(cause="blocked", reason="the robot gave a motion up: something is in its way"))
        if MotionState.STOPPED in ends:
            raise _Stop(Failed(cause="off_track", reason="a motion was stopped before its end"))

    def _prepare(self) -> Generator[Action, None, _Prepared]:
        """Have a program written, read and planned as a whole.

        Raises:
            _Stop: If no text could be read, or none could be planned.
        """
        feedback: tuple[str, ...] = ()
        infeasible = last = ""
        for number in range(1, WRITES + 1):
            try:
                text = self._context.program_source.write(
                    self._context.subtask, self._context.scene, feedback
                )
                self._tell("program", text=text, number=number)
                program = read(text, self._vocabulary())
            except Retryable as refusal:
                self._tell("refusal", by="reading", reason=str(refusal))
                last = str(refusal)
                feedback = (*feedback, last)
                continue
            try:
                return (yield from self._plan_all(program))
            except Infeasible as refusal:
                self._tell("refusal", by="planning", reason=str(refusal))
                feedback = (*feedback, str(refusal))
                # What stood in the way of the first program says most; later ones only vary it.
                infeasible = infeasible or str(refusal)
        if infeasible:
            raise _Stop(Failed(cause="no_plan", reason=infeasible))
        raise _Stop(Failed(cause="refused", reason=f"no usable program in {WRITES} tries: {last}"))

    def _vocabulary(self) -> Vocabulary:
        held = {} if self._held is None else {self._arm.name: self._held.thing}
        return Vocabulary.of(self._context.scene, (self._arm.name,), held)

    def _plan_all(self, program: Program) -> Generator[Action, None, _Prepared]:
        """Plan every stage from where the one before it leaves things."""
        width = self._state.width
        situation = begin(
            self._context.scene, self._arm.name, self._state.q, width or 0.0, self._held, self._kinematics
        )
        plans: list[StagePlan] = []
        situations: list[Situation] = []
        for index in range(len(program.stages)):
            situations.append(situation)
            plans.append((yield from self._plan(program, index, situation)))
            situation = after_stage(situation, plans[-1], self._kinematics)
        return _Prepared(program=program, plans=tuple(plans), situations=tuple(situations))

    def _plan(self, program: Program, index: int, situation: Situation) -> Generator[Action, None, StagePlan]:
        """Plan one stage, tell of it, and let its charge pass.

        Raises:
            Infeasible: If there is no plan.
        """
        plan = plan_stage(program, index, situation, self._kinematics, self._context.rng, self._settings)
        self._tell_plan(program, index, plan)
        yield Wait(charge=PLAN_CHARGE)
        return plan

    def _tell(self, kind: str, **data: object) -> None:
        self._context.recorder.record(kind, **data)

    def _tell_plan(self, program: Program, index: int, plan: StagePlan) -> None:
        stage = program.stages[index]
        seen = plan.motion.sampled(max(plan.motion.duration / 40.0, 1e-3))[1]
        acts = [f"grasp {act.thing}" for act in stage.grasps] + [
            f"release {act.thing}" for act in stage.releases
        ]
        self._tell(
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
            p_WG=self._kinematics.tool_poses(plan.motion.q)[1],
            retreat=plan.retreat,
        )
