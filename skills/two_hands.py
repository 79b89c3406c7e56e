"""The activity of a robot with several arms: a program for all of its hands, planned as a whole, carried out.

Like ``programmed`` for one arm, with two differences: arms that move together
begin in one tick, and each hand has its own hold, which its fingers have to
confirm. Where a thing has moved or an arm stands elsewhere when a stage is about
to begin, that stage and those after it are planned anew from there.
"""

from collections.abc import Generator, Iterator, Mapping

import numpy as np

from ..core.causes import Cause
from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene
from ..perception.tracking import Tracked
from ..planners.joint_arms.plan import ArmsPlan
from ..planners.joint_arms.situation import ArmsSituation, HandState, arm_places
from ..planners.program import Program
from ..planners.settings import Settings
from ..planners.situation import Held
from ..planners.solution import Infeasible
from ..robots.arm_group import ArmGroup
from ..robots.robot import MotionState, Observation
from .arm import kinematics_of
from .foresight import moved_thing, with_thing
from .hands_planning import HandsPlanning
from .noticing import displaced, lost, spoken_of
from .pace import paced
from .skill import Action, Context, Done, Failed, Grip, Submit, Together, Wait
from .steps import GRACE, MOST_OVER, Stop, holds
from .validity import OFF_START

REPLANS = 3
"""How often stages are planned anew at rest before the activity gives up."""


class TwoHands:
    """One run of a program for several arms, from its writing to its last stage."""

    def __init__(self, context: Context, observation: Observation, settings: Settings | None = None):
        """Prepare; nothing is written, planned or moved yet.

        Args:
            context: What to work with.
            observation: What the robot senses now.
            settings: The planner's numbers.
        """
        self._recorder, self._observation = context.recorder, observation
        self.group = ArmGroup({arm.name: kinematics_of(arm) for arm in context.robot.arms})
        self._planning = HandsPlanning(context, self.group, paced(settings or Settings(), context.pace))
        self._held: dict[str, Held] = dict(context.held)
        self._tracked: Tracked | None = None
        self._attends: tuple[str, ...] = ()
        self._program: Program | None = None
        self._replans = 0
        self._script = self._carry_out()

    @property
    def held(self) -> Mapping[str, Held]:
        """What each hand holds now, by hand."""
        return dict(self._held)

    @property
    def attends(self) -> tuple[str, ...]:
        """The things that the stage which runs speaks of, but for what hands hold."""
        return self._attends

    @property
    def program(self) -> Program | None:
        """The program that is carried out."""
        return self._program

    def notice(self, tracked: Tracked | None, trouble: Failed | None) -> bool:
        """Take note of where everything is; trouble while arms move ends the activity."""
        self._tracked = tracked
        return trouble is None

    def step(self, observation: Observation, scene: Scene | None) -> Action:
        """Say what to do next; only planning takes time."""
        self._observation = observation
        try:
            return next(self._script)
        except StopIteration:
            return Done()
        except Stop as stop:
            return stop.failed
        except Infeasible as refusal:
            return Failed(cause=Cause.NO_PLAN, reason=str(refusal))

    # ---- carrying out ----------------------------------------------------------

    def _carry_out(self) -> Iterator[Action]:
        reading, begin, plans = yield from self._planning.prepare(self._hands())
        self._program = reading.program
        for index in range(reading.first, len(reading.program.stages)):
            number = index - reading.first
            planned = plans[number - 1].after if number else begin
            why = self._void(reading.program, index, planned)
            if why is not None:
                plans[number:] = yield from self._plan_again(reading.program, index, planned, why)
            yield from self._stage(reading.program, index, plans[number])

    def _stage(self, program: Program, index: int, plan: ArmsPlan) -> Iterator[Action]:
        """Prepare, move, close or open, and draw back."""
        stage = program.stages[index]
        self._recorder.record("stage", index=index, name=plan.stage, purpose=stage.purpose)
        yield from self._grips(plan.prepare)
        holding = {one.thing for one in self._held.values()}
        self._attends = tuple(name for name in spoken_of(stage) if name not in holding)
        yield from self._move(plan.motions)
        self._attends = ()
        yield from self._grips(plan.grips)
        self._account(plan)
        yield from self._move(plan.retreats)

    def _void(self, program: Program, index: int, planned: ArmsSituation) -> tuple[str, str] | None:
        """Say why a stage's plan does not hold from here, cause and reason; None where it does.

        Raises:
            Stop: If something that the stage speaks of is lost.
        """
        holding = {one.thing for one in self._held.values()}
        names = [name for name in spoken_of(program.stages[index]) if name not in holding]
        gone = lost(self._tracked, tuple(names), None)
        if gone:
            reason = f"{' and '.join(gone)} is no longer where it was seen"
            raise Stop(Failed(cause=Cause.THING_LOST, reason=reason))
        away = displaced(planned.scene, self._tracked, None)
        moved = [f"{name} was moved by {100 * away[name]:.0f} cm" for name in names if name in away]
        if moved:
            return Cause.THING_MOVED, " and ".join(moved)
        off = {
            name: float(np.abs(hand.q - self._observation.arms[name].q).max())
            for name, hand in planned.hands.items()
        }
        worst = max(off, key=off.__getitem__)
        if off[worst] > OFF_START:
            return "off_start", f"the {worst} arm stands {off[worst]:.3f} rad from its start"
        return None

    def _plan_again(
        self, program: Program, index: int, planned: ArmsSituation, why: tuple[str, str]
    ) -> Generator[Action, None, list[ArmsPlan]]:
        """Plan a stage and all after it anew from where everything is now.

        Raises:
            Infeasible: If one of them cannot be planned.
            Stop: If that was done too often.
        """
        cause, reason = why
        self._replans += 1
        if self._replans > REPLANS:
            reason = f"{reason}, again and again: {REPLANS} new plans were made"
            raise Stop(Failed(cause=Cause.THING_MOVED, reason=reason))
        scene, hands = self._scene_now(planned.scene), self._hands()
        start = arm_places(scene, hands, self.group)
        now = ArmsSituation(scene=scene, hands=hands, start=start, origin=planned.origin)
        plans = yield from self._planning.stages(program, index, now)
        told = {"index": index, "stage": plans[0].stage, "cause": cause, "reason": reason, "at": None}
        self._recorder.record("replan", **told, cpu=sum(plans[0].cpu.values()))
        return plans

    def _scene_now(self, scene: Scene) -> Scene:
        """Give a scene with everything that lies elsewhere, as is seen, where it is now."""
        holding = {one.thing for one in self._held.values()}
        for name in displaced(scene, self._tracked, None):
            if name not in holding:
                assert self._tracked is not None, "what is displaced is tracked"
                thing = scene.thing(name)
                scene = with_thing(scene, moved_thing(thing, self._tracked.things[name].X_WO, thing.on))
        return scene

    def _hands(self) -> dict[str, HandState]:
        """Give each arm and hand as it is now."""
        return {
            name: HandState(q=state.q, width=state.width or 0.0, held=self._held.get(name))
            for name, state in ((name, self._observation.arms[name]) for name in self.group.names)
        }

    # ---- acts --------------------------------------------------------------------

    def _move(self, motions: Mapping[str, JointTrajectory]) -> Iterator[Action]:
        """Let arms move together, and wait until they stand.

        Raises:
            Stop: If an arm is not where its motion begins, or a motion does not end as planned.
        """
        if not motions:
            return
        for name, motion in motions.items():
            off = float(np.abs(motion.q[0] - self._observation.arms[name].q).max())
            if off > OFF_START:
                reason = f"the {name} arm stands {off:.3f} rad from where its motion begins"
                raise Stop(Failed(cause=Cause.OFF_TRACK, reason=reason))
        yield Together(actions=tuple(Submit(trajectory=motion) for motion in motions.values()))
        yield from self._wait(max(motion.duration for motion in motions.values()))

    def _grips(self, grips: Mapping[str, tuple[float, float]]) -> Iterator[Action]:
        if not grips:
            return
        for hand, (width, force) in grips.items():
            self._recorder.record("grip", hand=hand, width=width, force=force)
        yield Together(
            actions=tuple(Grip(arm=arm, width=width, force=force) for arm, (width, force) in grips.items())
        )
        yield from self._wait(1.0)

    def _account(self, plan: ArmsPlan) -> None:
        """Take note of what each hand holds; fingers that closed on nothing end the run.

        Raises:
            Stop: If something is not between the fingers that closed on it.
        """
        for name, (closed, _) in plan.grips.items():
            expected = plan.after.hands[name].held
            if expected is None:
                gone = self._held.pop(name, None)
                if gone is not None:
                    self._recorder.record("released", thing=gone.thing, hand=name)
                continue
            width = self._observation.arms[name].width
            if not holds(width, closed) or (width is not None and width > expected.width + MOST_OVER):
                words = f"the {name} fingers stopped at {1000 * (width or 0.0):.1f} mm"
                reason = f"{expected.thing} is not in the {name} hand: {words}"
                raise Stop(Failed(cause=Cause.NOT_GRASPED, reason=reason))
            self._held[name] = expected
            told = {"thing": expected.thing, "width": width, "expected": expected.width}
            self._recorder.record("grasped", **told, hand=name, X_GO=expected.X_GO)

    def _wait(self, duration: float) -> Iterator[Action]:
        """Wait until nothing moves.

        Raises:
            Stop: If a motion was stopped, failed, or takes too long.
        """
        latest = self._observation.time + duration + GRACE
        while True:
            states = set(self._observation.motions.values())
            # An end is told of once, so that of one arm may be told while another still moves.
            if MotionState.FAILED in states:
                reason = "the robot gave a motion up: something is in its way"
                raise Stop(Failed(cause=Cause.BLOCKED, reason=reason))
            if MotionState.STOPPED in states:
                raise Stop(Failed(cause=Cause.OFF_TRACK, reason="a motion was stopped before its end"))
            if MotionState.RUNNING not in states:
                return
            if self._observation.time > latest:
                reason = f"a motion of {duration:.1f} s still runs {GRACE:.0f} s after its time"
                raise Stop(Failed(cause=Cause.LATE, reason=reason))
            yield Wait()
