"""Carrying out a program with several arms: all stages are planned before the first one moves.

Like ``programmed`` for one arm, with two differences: an answer to a tick is all
that begins in it, so that arms that move together start together; and each hand
has its own hold, which its fingers have to confirm.
"""

from collections.abc import Generator, Iterator, Mapping

import numpy as np

from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene
from ..planners.joint_arms.plan import ArmsPlan, plan_arms_stage
from ..planners.joint_arms.situation import HandState, begin_arms
from ..planners.program import Program
from ..planners.read import Vocabulary, read
from ..planners.settings import Settings
from ..planners.situation import Held
from ..planners.solution import Infeasible
from ..robots.arm_group import ArmGroup
from ..robots.robot import MotionState, Observation, RobotInfo
from .arm import kinematics_of
from .programmed import MOST_OVER, OFF_START
from .skill import Done, Failed, Grip, Recorder, Submit, Wait
from .steps import GRACE, holds

PLAN_CHARGE = 0.1
"""Thinking time that a lock-step clock is told of for each stage that is planned, [s]."""
REDRAWN = 4
"""How often stages that leave no way on are drawn anew."""
Begins = tuple[Submit | Grip | Wait, ...]
"""All that begins in one tick."""


class _Stop(Exception):
    """Ends the activity as failed."""

    def __init__(self, failed: Failed):
        super().__init__(failed.reason)
        self.failed = failed


class TwoHands:
    """One run of a program for several arms."""

    def __init__(
        self,
        text: str,
        scene: Scene,
        robot: RobotInfo,
        recorder: Recorder,
        rng: np.random.Generator,
        observation: Observation,
        settings: Settings | None = None,
    ):
        """Read the program; nothing is planned or moved yet.

        Args:
            text: The program.
            scene: What is there; the hands are empty.
            robot: What the robot is made of.
            recorder: Takes note of decisions.
            rng: The only source of chance.
            observation: What the robot senses now.
            settings: The planner's numbers.

        Raises:
            Refusal: If the text cannot be read.
        """
        self.group = ArmGroup({arm.name: kinematics_of(arm) for arm in robot.arms})
        self.program: Program = read(text, Vocabulary.of(scene, self.group.names, {}))
        self._scene, self._recorder, self._rng = scene, recorder, rng
        self._settings = settings or Settings()
        self._observation = observation
        self._held: dict[str, Held] = {}
        self._script = self._carry_out()

    @property
    def held(self) -> Mapping[str, Held]:
        """What each hand holds now, by arm; empty hands are left out."""
        return dict(self._held)

    def step(self, observation: Observation) -> Begins | Done | Failed:
        """Say what begins now; only planning takes time."""
        self._observation = observation
        try:
            return next(self._script)
        except StopIteration:
            return Done()
        except _Stop as stop:
            return stop.failed
        except Infeasible as refusal:
            return Failed(cause="no_plan", reason=str(refusal))

    def _carry_out(self) -> Iterator[Begins]:
        plans = yield from self._plan_all()
        for index, plan in enumerate(plans):
            stage = self.program.stages[index]
            self._recorder.record("stage", index=index, name=plan.stage, purpose=stage.purpose)
            yield from self._grips(plan.prepare)
            yield from self._move(plan.motions)
            yield from self._grips(plan.grips)
            self._account(plan)
            yield from self._move(plan.retreats)

    def _plan_all(self) -> Generator[Begins, None, list[ArmsPlan]]:
        """Plan every stage from where the one before it leaves things.

        A stage looks ahead at the ends of those after it, not at the ways to them. Where one of them cannot
        be planned, those before it are drawn anew: one at first, then one more each time.

        Raises:
            Infeasible: If one of them cannot be planned; as it was said first.
        """
        arms = self._observation.arms
        hands = {name: HandState(q=arms[name].q, width=arms[name].width or 0.0) for name in self.group.names}
        situation = begin_arms(self._scene, hands, self.group)
        plans: list[ArmsPlan] = []
        first: Infeasible | None = None
        again = 0
        while len(plans) < len(self.program.stages):
            index = len(plans)
            begin = plans[-1].after if plans else situation
            try:
                plan = plan_arms_stage(self.program, index, begin, self.group, self._rng, self._settings)
            except Infeasible as refusal:
                first = first or refusal
                again += 1
                if again > REDRAWN or not plans:
                    raise first from None
                del plans[-again:]
                self._recorder.record("redrawn", index=index, begin=len(plans), reason=str(refusal))
                yield (Wait(charge=PLAN_CHARGE),)
                continue
            plans.append(plan)
            self._recorder.record("plan", index=index, stage=plan.stage, cpu=plan.cpu)
            yield (Wait(charge=PLAN_CHARGE),)
        return plans

    def _move(self, motions: Mapping[str, JointTrajectory]) -> Iterator[Begins]:
        """Let arms move together, and wait until they stand.

        Raises:
            _Stop: If an arm is not where its motion begins, or a motion does not end as planned.
        """
        if not motions:
            return
        for name, motion in motions.items():
            off = float(np.abs(motion.q[0] - self._observation.arms[name].q).max())
            if off > OFF_START:
                reason = f"the {name} arm stands {off:.3f} rad from where its motion begins"
                raise _Stop(Failed(cause="off_track", reason=reason))
        yield tuple(Submit(trajectory=motion) for motion in motions.values())
        yield from self._wait(max(motion.duration for motion in motions.values()))

    def _grips(self, grips: Mapping[str, tuple[float, float]]) -> Iterator[Begins]:
        if grips:
            yield tuple(Grip(arm=arm, width=width, force=force) for arm, (width, force) in grips.items())
            yield from self._wait(1.0)

    def _account(self, plan: ArmsPlan) -> None:
        """Take note of what each hand holds; fingers that closed on nothing end the run.

        Raises:
            _Stop: If something is not between the fingers that closed on it.
        """
        for name, (closed, _) in plan.grips.items():
            expected = plan.after.hands[name].held
            if expected is None:
                self._held.pop(name, None)
                continue
            width = self._observation.arms[name].width
            if not holds(width, closed) or (width is not None and width > expected.width + MOST_OVER):
                words = f"the {name} fingers stopped at {1000 * (width or 0.0):.1f} mm"
                raise _Stop(
                    Failed(cause="not_grasped", reason=f"{expected.thing} is not in the {name} hand: {words}")
                )
            self._held[name] = expected
            self._recorder.record("grasped", thing=expected.thing, hand=name, width=width)

    def _wait(self, duration: float) -> Iterator[Begins]:
        """Wait until nothing moves.

        Raises:
            _Stop: If a motion was stopped, failed, or takes too long.
        """
        latest = self._observation.time + duration + GRACE
        while MotionState.RUNNING in self._observation.motions.values():
            if self._observation.time > latest:
                reason = f"a motion of {duration:.1f} s still runs {GRACE:.0f} s after its time"
                raise _Stop(Failed(cause="late", reason=reason))
            yield (Wait(),)
        ends = set(self._observation.motions.values())
        if MotionState.FAILED in ends:
            raise _Stop(Failed(cause="blocked", reason="the robot gave a motion up: something is in its way"))
        if MotionState.STOPPED in ends:
            raise _Stop(Failed(cause="off_track", reason="a motion was stopped before its end"))
