"""Carrying out a program that pushes: look, push a little, look again, until its goals hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import Float64
from ..core.causes import Cause
from ..core.errors import UnknownName
from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene
from ..planners.program import Program, Stage
from ..planners.settings import Settings
from ..planners.situation import Situation, places
from ..planners.solution import Infeasible, Report
from .foresight import begin
from .noticing import displaced
from .push_goals import only_pushes as only_pushes
from .push_goals import pushed, reached, wanted
from .push_plan import LONGEST, PushPlan, blocked, options, plan_push
from .skill import Action, Context, Failed, Wait
from .steps import Steps, Stop

PUSHES = 12
"""How often one thing is pushed before it is given up."""
STUCK = 3
"""After so many pushes in a row that did not bring a thing nearer it is given up."""
NEARER = 0.003
"""What counts as nearer, [m]."""
ASIDE = (0.0, 0.7, -0.7, 1.2, -1.2)
"""Turns of the way that a thing is pushed where the straight one is blocked, [rad]."""
DETOUR = 0.07
"""How far it is pushed aside at once, [m]."""
SAME = LONGEST + 0.05
"""What is seen farther from where a thing was is another one, [m]."""
CHARGE = 0.15
"""Thinking time that a lock-step clock is told of for each push, [s]."""
FORCE = 40.0
"""Force with which the fingers are closed, [N]."""


class Pushing:
    """One run of a program whose stages all push."""

    def __init__(self, context: Context, steps: Steps, settings: Settings):
        """Prepare; nothing moves.

        Args:
            context: What to work with.
            steps: The arm, which holds nothing.
            settings: The planner's numbers.
        """
        self._context, self._do, self._settings = context, steps, settings
        self._scene = context.scene
        self._begun = self._situation(context.scene)
        self._count = 0

    def check(self, program: Program) -> None:
        """Refuse, before anything moves, what cannot be pushed from where it is.

        Raises:
            Infeasible: With what is in the way.
            UnknownName: If the program speaks of what is not there.
        """
        for stage in program.stages:
            for name in pushed(stage):
                if reached(stage, name, self._begun):
                    continue
                trouble = self._trouble(name)
                if trouble:
                    raise _refused(stage, trouble)

    def carry_out(self, program: Program) -> Iterator[Action]:
        """Push what the stages want pushed, one stage after the other.

        Raises:
            Stop: If something cannot be brought where it should be.
        """
        yield from self._do.grip(0.0, FORCE)
        for stage in program.stages:
            yield from self._bring(stage)

    def _bring(self, stage: Stage) -> Iterator[Action]:
        """Push a stage's things until its goals about them hold, always what has the least way to go.

        Raises:
            Stop: If nothing that is left can be pushed, or one does not come nearer.
        """
        progress = {name: _Progress() for name in pushed(stage)}
        while True:
            situation = self._situation(self._scene)
            left = self._left(stage, situation)
            if not left:
                return
            plan = self._next(stage, left, situation, progress)
            progress[plan.push.thing].note(left[plan.push.thing], plan.push.thing)
            yield Wait(charge=CHARGE)
            yield from self._push(plan)
            seen = yield from self._do.look(self._scene, self._context.rng)
            self._scene = with_names(seen, self._scene)

    def _left(self, stage: Stage, situation: Situation) -> dict[str, float]:
        """Give how far each thing still has to go, [m], those that have arrived left out.

        Raises:
            Stop: If one cannot be seen.
        """
        try:
            return {
                name: float(np.linalg.norm(wanted(stage, self._scene.thing(name), situation)))
                for name in pushed(stage)
                if not reached(stage, name, situation)
            }
        except UnknownName as error:
            raise Stop(Failed(cause=Cause.THING_LOST, reason=f"it cannot be seen: {error}")) from error

    def _next(
        self,
        stage: Stage,
        left: Mapping[str, float],
        situation: Situation,
        progress: "Mapping[str, _Progress]",
    ) -> PushPlan:
        """Plan the next push, of whatever can be pushed.

        Raises:
            Stop: If nothing can be.
        """
        reasons = []
        for name in sorted(left, key=lambda one: (progress[one].idle, left[one])):
            plan = self._plan(stage, name, situation)
            if isinstance(plan, PushPlan):
                return plan
            reasons.append(plan)
        raise Stop(Failed(cause=Cause.NO_PLAN, reason="; ".join(reasons)))

    def _push(self, plan: PushPlan) -> Iterator[Action]:
        """Carry out one push; where the thing is moved by somebody before it is touched, leave it at that."""
        do, name = self._do, plan.push.thing
        do.tell(
            "push",
            number=self._count,
            thing=name,
            touch=plan.push.touch_W,
            way=plan.push.way_W,
            length=plan.push.length,
            duration=plan.approach.duration,
        )
        self._count += 1
        yield from self._approach(plan.approach, name)
        if displaced(self._scene, do.tracked, None).get(name) is not None:
            do.tell("replan", cause=Cause.THING_MOVED, reason=f"{name} was moved before it was touched")
            return
        for motion in (plan.forward, plan.back):
            do.tell("move", motion=motion)
            yield from do.move(motion)

    def _approach(self, motion: JointTrajectory, name: str) -> Iterator[Action]:
        """Go before the thing, and stop on the way where it is seen to move."""
        do = self._do
        do.tell("move", motion=motion)
        yield from do.submit(motion)
        while do.moving:
            if displaced(self._scene, do.tracked, None).get(name) is not None:
                yield from do.halt()
                return
            do.check_late(do.ends + 3.0)
            yield Wait()
        do.check_end()

    def _plan(self, stage: Stage, name: str, situation: Situation) -> PushPlan | str:
        """Plan the next push of a thing, round what is in its way, or say why there is none."""
        thing = situation.scene.thing(name)
        shift = wanted(stage, thing, situation)
        reason = f"{name} cannot be moved by a push to where it should be"
        # Things that are swept together may touch.
        fellows = frozenset(pushed(stage))
        for aside in ASIDE:
            for push in options(thing, turned(shift, aside)):
                obstacle = blocked(push, situation.scene, fellows)
                if obstacle:
                    reason = f"{name} would be pushed into {obstacle}"
                    continue
                found = plan_push(push, situation, self._do.kinematics, self._context.rng, self._settings)
                if isinstance(found, PushPlan):
                    return found
                reason = found
            if thing.articulation is not None:
                break
        return reason

    def _situation(self, scene: Scene) -> Situation:
        do = self._do
        now = begin(scene, do.arm.name, do.state.q, 0.0, None, do.kinematics)
        # A program that pushes began with the scene that it was given, however often was looked since.
        first = places(self._context.scene, do.arm.name, do.kinematics.tool_pose(do.state.q))
        return replace(now, origin=first)

    def _trouble(self, name: str) -> str:
        """Say why a thing cannot be pushed at all; nothing where it can."""
        thing = self._scene.thing(name)
        if thing.kind == "table":
            return f"{name} is a table: it stays where it is"
        if thing.on == "hand":
            return f"{name} is in the hand"
        return ""


@dataclass(slots=True)
class _Progress:
    """How one thing fares."""

    count: int = 0
    idle: int = 0
    best: float = np.inf

    def note(self, left: float, name: str) -> None:
        """Take note of how far it has to go before its next push, [m].

        Raises:
            Stop: If it was pushed too often, or in vain.
        """
        self.count += 1
        self.idle = self.idle + 1 if left > self.best - NEARER else 0
        self.best = min(self.best, left)
        if self.idle >= STUCK or self.count > PUSHES:
            words = f"{name} is {100 * left:.1f} cm from where it should be after {self.count - 1} pushes"
            raise Stop(Failed(cause=Cause.BLOCKED, reason=words))


def turned(shift_W: Float64, angle: float) -> Float64:
    """Turn a level shift aside, and shorten it to what is pushed at once; one that is not turned is kept.

    Args:
        shift_W: The shift, shape (3,), [m].
        angle: How far aside, [rad].
    """
    if not angle:
        return shift_W
    c, s = np.cos(angle), np.sin(angle)
    x, y, z = shift_W
    length = max(float(np.linalg.norm(shift_W)), 1e-9)
    return np.array([c * x - s * y, s * x + c * y, z]) * min(1.0, DETOUR / length)


def with_names(seen: Scene, before: Scene) -> Scene:
    """Give things that were taken for another kind this time the names that they had.

    Args:
        seen: A fresh scene.
        before: The one before it.

    Returns:
        The scene in which each name that is missing is given to the nearest new thing of the colour.
    """
    old, new = ({thing.name for thing in one.things} for one in (before, seen))
    things = list(seen.things)
    for missing in (thing for thing in before.things if thing.name not in new):
        alike = [
            index
            for index, thing in enumerate(things)
            if thing.name not in old and thing.color == missing.color
        ]
        near = min(
            alike, key=lambda index: np.linalg.norm(things[index].center - missing.center), default=None
        )
        if near is not None and np.linalg.norm(things[near].center - missing.center) < SAME:
            things[near] = replace(things[near], name=missing.name)
    return replace(seen, things=tuple(things))


def _refused(stage: Stage, text: str) -> Infeasible:
    return Infeasible(stage.name, Report(constraint="push", by=0.0, unit="", text=text))
