"""Having a program written, read and planned; and planning its stages anew, each told of."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Literal

from ..core.causes import Cause
from ..core.errors import Retryable
from ..planners.field_data import written
from ..planners.field_samples import samples_of
from ..planners.grasps import GraspCandidate
from ..planners.leaving_out import leaving_out
from ..planners.plan import StagePlan, plan_stage
from ..planners.program import Program
from ..planners.read import Vocabulary, read
from ..planners.settings import Settings
from ..planners.situation import Situation, places
from ..planners.solution import Infeasible
from .foresight import after_stage, begin
from .pushing import Pushing, only_pushes
from .resuming import after_grasp, made_ready
from .skill import Action, Context, Failed, Wait
from .steps import Steps, Stop

PLAN_CHARGE = 0.1
"""Thinking time that a lock-step clock is told of for each stage that is planned, [s]."""

REDRAWN = 4
"""How often stages are drawn anew, each time from one farther back, before a program counts as infeasible."""


@dataclass(slots=True, kw_only=True)
class Prepared:
    """A program with its plans.

    Attributes:
        program: The program.
        plans: A plan for each stage, or for the first ones, where a new plan voids those after it.
        situations: Where each of these plans begins.
    """

    program: Program
    plans: list[StagePlan]
    situations: list[Situation]

    def put(self, index: int, plan: StagePlan, situation: Situation) -> None:
        """Take a new plan over; what was planned after it began from elsewhere."""
        self.plans[index:] = [plan]
        self.situations[index:] = [situation]

    def before(self, index: int, steps: Steps) -> Situation:
        """Give where a stage begins as foreseen; at most the first one without a plan."""
        if index < len(self.situations):
            return self.situations[index]
        return after_stage(self.situations[index - 1], self.plans[index - 1], steps.kinematics)


class Planning:
    """Makes the plans of one activity."""

    def __init__(self, context: Context, steps: Steps, settings: Settings):
        """Plan for an arm.

        Args:
            context: What to work with.
            steps: The arm.
            settings: The planner's numbers.
        """
        self._context, self._do, self.settings = context, steps, settings

    def prepare(self) -> Generator[Action, None, Prepared]:
        """Have a program written, read and planned as a whole.

        Raises:
            Stop: If no text could be read, or none could be planned.
        """
        feedback: tuple[str, ...] = ()
        infeasible = last = ""
        writes = self._context.writes
        for number in range(1, writes + 1):
            try:
                text = self._context.program_source.write(
                    self._context.subtask, self._context.scene, feedback
                )
                self._do.tell("program", text=text, number=number)
                program = leaving_out(self._read(text), self._context.left_out)
            except Retryable as refusal:
                self._do.tell("refusal", by="reading", reason=str(refusal))
                last = str(refusal)
                feedback = (*feedback, last)
                continue
            try:
                return (yield from self._all(program))
            except Infeasible as refusal:
                self._do.tell("refusal", by="planning", reason=str(refusal))
                feedback = (*feedback, str(refusal))
                # What stood in the way of the first program says most; later ones only vary it.
                infeasible = infeasible or str(refusal)
        if infeasible:
            raise Stop(Failed(cause=Cause.NO_PLAN, reason=infeasible))
        raise Stop(Failed(cause=Cause.REFUSED, reason=f"no usable program in {writes} tries: {last}"))

    def _read(self, text: str) -> Program:
        """Read a program; one that begins by grasping what is held goes on after that.

        Raises:
            Retryable: If it cannot be read.
        """
        scene, hands = self._context.scene, (self._do.arm.name,)
        held = {} if self._do.held is None else {self._do.arm.name: self._do.held.thing}
        try:
            return read(text, Vocabulary.of(scene, hands, held, maps=True))
        except Retryable:
            whole = read(text, Vocabulary.of(scene, hands, {}, maps=True)) if held else None
            rest = None if whole is None else after_grasp(whole, held)
            if rest is None:
                raise
        self._do.tell("resume", stage=rest.stages[0].name, held=self._do.holding)
        return rest

    def _all(self, program: Program) -> Generator[Action, None, Prepared]:
        """Plan every stage from where the one before it leaves things; pushes are planned as they go."""
        if self._do.held is None and only_pushes(program):
            Pushing(self._context, self._do, self.settings).check(program)
            return Prepared(program=program, plans=[], situations=[])
        width = self._do.state.width
        situation = begin(
            self._context.scene,
            self._do.arm.name,
            self._do.state.q,
            width or 0.0,
            self._do.held,
            self._do.kinematics,
        )
        if self._do.held is not None:
            program = made_ready(program, situation, self._do.kinematics)
            begun = self._context.begun
            if begun is not None:
                # The program began when the step did: then what is held stood somewhere.
                origin = places(begun, self._do.arm.name, self._do.kinematics.tool_pose(situation.q))
                situation = replace(situation, origin=origin)
        return (yield from self._stages(program, situation))

    def _stages(self, program: Program, situation: Situation) -> Generator[Action, None, Prepared]:
        """Plan every stage; where one leaves no way on, it is drawn anew, then it and the one before it, ...

        Raises:
            Infeasible: If a stage cannot be planned, however those before it were drawn: the first reason.
        """
        prepared = Prepared(program=program, plans=[], situations=[])
        first: Infeasible | None = None
        unwanted: tuple[GraspCandidate, ...] = ()
        again = 0
        while len(prepared.plans) < len(program.stages):
            index = len(prepared.plans)
            begun = prepared.before(index, self._do) if index else situation
            try:
                plan = yield from self.stage(program, index, begun, unwanted)
            except Infeasible as refusal:
                first = first or refusal
                again += 1
                if again > REDRAWN or not index:
                    raise first from None
                grasps = (plan.grasp for plan in prepared.plans[-again:])
                unwanted = (*unwanted, *(one for one in grasps if one is not None))
                del prepared.plans[-again:], prepared.situations[-again:]
                self._do.tell("redrawn", index=index, begin=len(prepared.plans), reason=str(refusal))
            else:
                prepared.put(index, plan, begun)
        return prepared

    def stage(
        self,
        program: Program,
        index: int,
        situation: Situation,
        unwanted: tuple[GraspCandidate, ...] = (),
    ) -> Generator[Action, None, StagePlan]:
        """Plan one stage, without grasps that are known to be of no use, tell of it, and let its charge pass.

        Raises:
            Infeasible: If there is no plan.
        """
        plan = self.stage_now(program, index, situation, unwanted)
        samples = samples_of(program.stages[index], plan.subgoal.problem)
        if samples is not None:
            fields = {name: written(values) for name, values in samples.fields.items()}
            self._do.tell("fields", index=index, lower=samples.lower, step=samples.step, fields=fields)
        yield Wait(charge=PLAN_CHARGE)
        return plan

    def stage_now(
        self,
        program: Program,
        index: int,
        situation: Situation,
        unwanted: tuple[GraspCandidate, ...] = (),
    ) -> StagePlan:
        """Plan one stage and tell of it; what time that takes is for the caller to charge.

        Raises:
            Infeasible: If there is no plan.
        """
        arm = (self._do.kinematics, self._context.rng, self.settings)
        plan = plan_stage(program, index, situation, *arm, unwanted)
        self._tell(program, index, plan)
        return plan

    def tell_again(
        self,
        prepared: Prepared,
        index: int,
        cause: str,
        reason: str,
        at: float | None,
        rung: Literal["re-solve", "go back"] = "re-solve",
    ) -> None:
        """Tell that a stage was planned anew, why, and at which robot time it was joined in, [s].

        Args:
            prepared: The program with its plans.
            index: The stage that has a new plan.
            cause: A word of ``Cause``, or of what voids a plan without anything having gone wrong.
            reason: Why, in words.
            at: When it was joined in; None where the arm stood.
            rung: The rung of recovery that this was.
        """
        plan = prepared.plans[index]
        cpu = sum(plan.cpu.values())
        self._do.tell("replan", index=index, stage=plan.stage, cause=cause, reason=reason, at=at, cpu=cpu)
        if cause in set(Cause):
            self._do.tell("recover", rung=rung, cause=cause, reason=reason, stage=plan.stage)

    def _tell(self, program: Program, index: int, plan: StagePlan) -> None:
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
            motion={self._do.arm.name: plan.motion},
            p_WG={self._do.arm.name: self._do.kinematics.tool_poses(plan.motion.q)[1]},
            retreat={} if plan.retreat is None else {self._do.arm.name: plan.retreat},
        )
