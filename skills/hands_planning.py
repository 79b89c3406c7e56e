"""Having a program for several hands written, read and planned as a whole, each told of."""

from collections.abc import Generator, Mapping
from dataclasses import replace

from ..core.causes import Cause
from ..core.errors import Retryable
from ..planners.joint_arms.plan import ArmsPlan
from ..planners.joint_arms.situation import ArmsSituation, HandState, arm_places, begin_arms
from ..planners.joint_arms.whole import Redrawn, plan_program
from ..planners.leaving_out import leaving_out
from ..planners.program import Program
from ..planners.settings import Settings
from ..planners.solution import Infeasible
from ..robots.arm_group import ArmGroup
from .hands_program import Reading, readings
from .planning import PLAN_CHARGE
from .skill import Action, Context, Failed, Wait
from .steps import Stop

SEEN = 40
"""Places of a motion at which its clearance is told."""


class HandsPlanning:
    """Makes the plans of one activity."""

    def __init__(self, context: Context, group: ArmGroup, settings: Settings):
        """Plan for several arms.

        Args:
            context: What to work with.
            group: The arms.
            settings: The planner's numbers.
        """
        self._context, self._group, self._settings = context, group, settings

    def prepare(
        self, hands: Mapping[str, HandState]
    ) -> Generator[Action, None, tuple[Reading, ArmsSituation, list[ArmsPlan]]]:
        """Have a program written, read and planned as a whole.

        Args:
            hands: Each arm and hand as it is now.

        Returns:
            The program, where it begins, and a plan for each stage from its first.

        Raises:
            Stop: If no text could be read, or none could be planned.
        """
        context = self._context
        held = {name: hand.held for name, hand in hands.items() if hand.held is not None}
        situation = begin_arms(context.scene, hands, self._group)
        if held and context.begun is not None:
            # The program began when the step did: then what is held stood somewhere.
            origin = arm_places(context.begun, hands, self._group)
            origin |= {
                (thing.name, part): p_W for thing in context.begun.things for part, p_W in thing.parts.items()
            }
            situation = replace(situation, origin=origin)
        feedback: tuple[str, ...] = ()
        infeasible = last = ""
        writes = context.writes
        for number in range(1, writes + 1):
            try:
                text = context.program_source.write(context.subtask, context.scene, feedback)
                context.recorder.record("program", text=text, number=number)
                found = tuple(
                    replace(one, program=leaving_out(one.program, context.left_out))
                    for one in readings(text, context.scene, self._group, held)
                )
            except Retryable as refusal:
                context.recorder.record("refusal", by="reading", reason=str(refusal))
                last = str(refusal)
                feedback = (*feedback, last)
                continue
            for reading in found:
                try:
                    plans = yield from self.stages(reading.program, reading.first, situation)
                    return reading, situation, plans
                except Infeasible as refusal:
                    context.recorder.record("refusal", by="planning", reason=str(refusal))
                    feedback = (*feedback, str(refusal))
                    # What stood in the way of the first program says most; later ones only vary it.
                    infeasible = infeasible or str(refusal)
        if infeasible:
            raise Stop(Failed(cause=Cause.NO_PLAN, reason=infeasible))
        raise Stop(Failed(cause=Cause.REFUSED, reason=f"no usable program in {writes} tries: {last}"))

    def stages(
        self, program: Program, first: int, situation: ArmsSituation
    ) -> Generator[Action, None, list[ArmsPlan]]:
        """Plan every stage from one on, and tell of it.

        Args:
            program: The program.
            first: The stage to begin with.
            situation: Where that begins.

        Raises:
            Infeasible: If one of them cannot be planned.
        """
        rng, recorder = self._context.rng, self._context.recorder
        planning = plan_program(program, first, situation, self._group, rng, self._settings)
        index = first
        while True:
            try:
                told = next(planning)
            except StopIteration as end:
                return end.value
            if isinstance(told, Redrawn):
                recorder.record("redrawn", index=told.index, begin=told.begin, reason=told.reason)
                index = told.begin
            else:
                self._tell(program, index, told)
                index += 1
            yield Wait(charge=PLAN_CHARGE)

    def _tell(self, program: Program, index: int, plan: ArmsPlan) -> None:
        stage, problem, path = program.stages[index], plan.subgoal.problem, plan.path
        whole = None if path is None else path.whole
        seen = problem.q[None] if whole is None else whole.sampled(max(whole.duration / SEEN, 1e-3))[1]
        acts = [f"grasp {act.thing} with {act.hand}" for act in stage.grasps]
        acts += [f"release {act.thing} from {act.hand}" for act in stage.releases]
        held = {name: hand.held.thing for name, hand in plan.after.hands.items() if hand.held is not None}
        self._context.recorder.record(
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
            clearance=plan.subgoal.clearance if path is None else path.clearance,
            clearances=problem.room.clearance(seen),
            between=plan.subgoal.between,
            limit_margin=plan.subgoal.limit_margin if path is None else path.limit_margin,
            violation=plan.subgoal.violation if path is None else path.violation,
            method="stays" if path is None else path.method,
            speed_share=0.0 if path is None else path.speed_share,
            notes=plan.notes,
            prepare=plan.prepare,
            grip=plan.grips,
            held_after=held,
            duration=0.0 if whole is None else whole.duration,
            cpu=plan.cpu,
            motion=plan.motions,
            p_WG={
                name: self._group.arms[name].tool_poses(motion.q)[1] for name, motion in plan.motions.items()
            },
            retreat=plan.retreats,
        )
