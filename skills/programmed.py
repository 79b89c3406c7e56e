"""The activity behind every programmed skill: ask for a program, plan all of it, then carry it out.

All stages are planned before the first one moves, so that what cannot be done
is refused with the arm at rest. A refused text or an infeasible stage goes back
to the writer with its reason, a bounded number of times. While a stage runs,
what it speaks of is followed: a thing that moves makes the stage be planned
anew, joined onto the running motion; what falls or gets lost sends the activity
back to the latest stage that can begin from there.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace

import numpy as np

from ..core.arrays import Float64
from ..perception.scene import Scene
from ..perception.tracking import Tracked
from ..planners.program import Program
from ..planners.settings import Settings
from ..planners.situation import Held, Situation
from ..planners.solution import Infeasible
from ..robots.robot import Observation
from .joining import joined
from .noticing import as_tracked, begins, displaced, ends_here, in_words, lost, spoken_of
from .obstruction import SOMETHING, Ahead, end_taken, with_stranger
from .planning import Planning, Prepared
from .pushing import Pushing
from .skill import Action, Cause, Context, Done, Failed, Wait
from .steps import GRACE, Back, Steps, Stop

REPLAN_CHARGE = 0.3
"""How far ahead a stage that is planned anew is joined onto the running motion, [s]."""
OFF_START = 0.015
"""How far the arm may stand from where a plan begins; beyond, it is planned anew, [rad]."""
REPLANS = 6
"""How often one stage is planned anew before the activity gives up on it."""
PATIENCE = 12.0
"""How long an arm stands aside for what reaches in, [s]."""
AGAIN = 8
"""Ticks of the loop between tries to go on while something reaches in."""
BACKS = 2
"""How often one run of a program goes back to a stage."""


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
        arm = context.robot.arms[0]
        self._do = Steps(arm, context.recorder, observation, context.held.get(arm.name))
        self._planning = Planning(context, self._do, settings or Settings())
        self._attends: tuple[str, ...] = ()
        self._program: Program | None = None
        self._script = self._carry_out()

    @property
    def held(self) -> Mapping[str, Held]:
        """What the hand holds now, by its name; nothing where it is empty."""
        return {} if self._do.held is None else {self._do.arm.name: self._do.held}

    @property
    def attends(self) -> tuple[str, ...]:
        """The things that the stage which runs counts on, but for what the hand holds."""
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
        prepared = yield from self._planning.prepare()
        self._program = prepared.program
        if not prepared.plans:
            yield from Pushing(self._context, self._do, self._planning.settings).carry_out(prepared.program)
            return
        index = backs = 0
        while index < len(prepared.program.stages):
            try:
                yield from self._stage(prepared, index)
                index += 1
            except Back as trouble:
                backs += 1
                if backs > BACKS:
                    reason = f"{trouble}; it was gone back {BACKS} times already"
                    raise Stop(Failed(cause=trouble.cause, reason=reason)) from trouble
                index = yield from self._go_back(prepared, index, trouble)

    def _stage(self, prepared: Prepared, index: int) -> Iterator[Action]:
        """Prepare, move, close or open, and draw back.

        Raises:
            Back: If it cannot go on from where things are now.
        """
        yield from self._ready(prepared, index)
        stage, plan, do = prepared.program.stages[index], prepared.plans[index], self._do
        do.tell("stage", index=index, name=plan.stage, purpose=stage.purpose)
        if plan.prepare is not None:
            yield from do.grip(*plan.prepare)
        # Also what the stage does not speak of may be moved into its way, and somebody may reach in.
        followed = (*spoken_of(stage), *(thing.name for thing in self._context.scene.things))
        self._attends = tuple(name for name in dict.fromkeys(followed) if name != do.holding)
        yield from self._follow(prepared, index)
        self._attends = ()
        plan = prepared.plans[index]
        expected = plan.held_after if do.held is None else None
        if plan.grip is not None:
            yield from do.grip(*plan.grip)
            if expected is not None:
                do.take(expected, plan.grip[0])
            elif do.held is not None and plan.held_after is None:
                do.tell("released", thing=do.held.thing)
                do.held = None
        if plan.retreat is not None:
            yield from do.move(plan.retreat)

    def _ready(self, prepared: Prepared, index: int) -> Iterator[Action]:
        """Have a plan for the stage that begins where the arm and the things are now."""
        cause, reason = self._void(prepared, index)
        if cause:
            yield from self._plan_at_rest(prepared, index, cause, reason)

    def _void(self, prepared: Prepared, index: int) -> tuple[str, str]:
        """Say why there is no plan of a stage that holds from here: cause and reason, empty where it does.

        Raises:
            Back: If what the stage needs has been lost or dropped.
        """
        do, stage = self._do, prepared.program.stages[index]
        self._check(spoken_of(stage))
        if index >= len(prepared.plans):
            return "replanned", "the stage before it was planned anew"
        away = displaced(prepared.situations[index].scene, do.tracked, do.holding)
        moved = in_words({name: by for name, by in away.items() if name in spoken_of(stage)})
        if moved:
            return "thing_moved", moved
        off = float(np.abs(prepared.plans[index].motion.q[0] - do.state.q).max())
        return ("off_start", f"the arm stands {off:.3f} rad from its start") if off > OFF_START else ("", "")

    def _check(self, names: tuple[str, ...]) -> None:
        """Look for what no new plan makes good.

        Raises:
            Back: If something was dropped, or a thing that is spoken of is lost.
        """
        do = self._do
        if do.dropped:
            reason, do.dropped = do.dropped, ""
            raise Back("dropped", reason)
        gone = lost(do.tracked, names, do.holding)
        if gone:
            raise Back("thing_lost", f"{' and '.join(gone)} is no longer where it was seen")

    def _follow(self, prepared: Prepared, index: int) -> Iterator[Action]:
        """Carry out a stage's motion; plan anew where what it speaks of moves or something is in the way.

        Raises:
            Back: If what it speaks of is lost, moves too often, or cannot be reached where it is.
        """
        do, names = self._do, spoken_of(prepared.program.stages[index])
        replans, sought = 0, False
        ahead = Ahead()
        yield from do.submit(prepared.plans[index].motion)
        while True:
            yield from self._fingers(prepared, index)
            if not do.moving:
                do.check_end()
            gone = lost(do.tracked, names, do.holding)
            if gone and do.moving and not sought:
                sought = True
                yield from self._seek(gone)
                continue
            self._check(names)
            away = displaced(prepared.situations[index].scene, do.tracked, do.holding)
            moved = in_words({name: by for name, by in away.items() if name in names})
            if not do.moving and not moved:
                return
            if not do.moving and self._ends_here(prepared, index):
                return
            if moved and (not do.moving or do.observation.time >= do.began):
                replans += 1
                if replans > REPLANS:
                    raise Back("thing_moved", f"{moved}, again and again: {REPLANS} new plans were made")
                if do.moving:
                    yield from self._plan_moving(prepared, index, moved)
                else:
                    yield from self._plan_at_rest(prepared, index, "thing_moved", moved)
                    prepare = prepared.plans[index].prepare
                    if prepare is not None and not do.opened(prepare[0]):
                        yield from do.grip(*prepare)
                    yield from do.submit(prepared.plans[index].motion)
                continue
            blocked = ahead.blocked(
                do, prepared.situations[index], tuple(name for name in away if name not in names)
            )
            if blocked:
                replans += 0 if SOMETHING in blocked else 1
                yield from self._turn_off(prepared, index, blocked, replans)
                continue
            do.check_late(do.ends + GRACE)
            yield Wait()

    def _fingers(self, prepared: Prepared, index: int) -> Iterator[Action]:
        """Move the fingers when it is time, where the stage says how far they are open on the way."""
        do = self._do
        since, openings = do.observation.time - do.began, prepared.plans[index].openings
        due = [width for time, width in openings if time <= since]
        if do.moving and due and not do.opened(due[-1]):
            yield from do.grip(due[-1], self._planning.settings.grip_force, wait=False)

    def _turn_off(
        self, prepared: Prepared, index: int, blocked: tuple[str, ...], replans: int
    ) -> Iterator[Action]:
        """Plan a stage anew since something has come into its way; stand aside from what reaches in.

        Raises:
            Back: If there is no way round a thing, or what reaches in does not go away.
        """
        reason = f"{' and '.join(blocked)} came into the way"
        if replans > REPLANS:
            raise Back("in_the_way", f"{reason}, again and again: {REPLANS} new plans were made")
        try:
            self._check_end(prepared, index)
            yield from self._plan_moving(prepared, index, reason, "in_the_way")
        except Back:
            if SOMETHING not in blocked:
                raise
            yield from self._stand_aside(prepared, index, reason)

    def _stand_aside(self, prepared: Prepared, index: int, reason: str) -> Iterator[Action]:
        """Come to rest, wait until there is a way, and take it.

        Raises:
            Back: If there is none for ``PATIENCE``.
        """
        do = self._do
        do.tell("waiting", index=index, reason=reason)
        yield from do.halt()
        latest, refused = do.observation.time + PATIENCE, ""
        while do.observation.time < latest:
            try:
                self._check_end(prepared, index)
                yield from self._plan_at_rest(prepared, index, "in_the_way", reason)
            except Back as refusal:
                refused = str(refusal)
                for _ in range(AGAIN):
                    yield Wait()
                continue
            yield from do.submit(prepared.plans[index].motion)
            return
        raise Back("in_the_way", f"{reason} and stays there: {refused}")

    def _check_end(self, prepared: Prepared, index: int) -> None:
        """Raise where what reaches in is where the stage ends: that need not be planned to be known."""
        q_end = prepared.plans[index].motion.q[-1]
        if end_taken(self._do, prepared.situations[index], q_end):
            raise Back("in_the_way", f"{SOMETHING} is where the stage ends")

    def _ends_here(self, prepared: Prepared, index: int) -> bool:
        """Say whether what has moved leaves the stage's end as it should be."""
        situation = self._situation(prepared.situations[index], self._do.state.q)
        stage = prepared.program.stages[index]
        return ends_here(stage, situation, self._do.kinematics, self._planning.settings)

    def _seek(self, gone: tuple[str, ...]) -> Iterator[Action]:
        """Look for things while the arm moves: what is found is tracked again, from where it is now.

        Raises:
            Back: If one is not seen.
        """
        scene = yield from self._do.look_from_here()
        missing = [name for name in gone if all(one.name != name for one in scene.things)]
        if missing:
            raise Back("thing_lost", f"{' and '.join(missing)} is no longer where it was, nor seen elsewhere")

    def _plan_moving(
        self, prepared: Prepared, index: int, reason: str, cause: Cause = "thing_moved"
    ) -> Iterator[Action]:
        """Plan a stage anew from where the arm can stop, and join it onto the running motion.

        Raises:
            Back: If there is no such plan, or none that can be joined.
        """
        do = self._do
        at = do.observation.time + REPLAN_CHARGE
        brake = do.braking(at)
        if brake is None:
            # It is all but over: what is left is planned from where it ends.
            yield from do.wait(REPLAN_CHARGE)
            return
        situation = self._situation(prepared.situations[index], brake.q[-1])
        try:
            plan = self._planning.stage_now(prepared.program, index, situation)
        except Infeasible as refusal:
            raise Back(cause, f"{reason}, and {refusal}") from refusal
        motion = joined(brake, plan.motion, plan.subgoal.problem)
        if motion is None:
            raise Back(cause, f"{reason}, and now stands in the way of the arm")
        prepared.put(index, plan, situation)
        self._planning.tell_again(prepared, index, cause, reason, at)
        yield from do.replace(motion, at)
        if plan.prepare is not None and not do.opened(plan.prepare[0]):
            yield from do.grip(*plan.prepare, wait=False)

    def _plan_at_rest(self, prepared: Prepared, index: int, cause: str, reason: str) -> Iterator[Action]:
        """Plan a stage anew from where the arm stands.

        Raises:
            Back: If there is no such plan.
        """
        situation = self._situation(prepared.before(index, self._do), self._do.state.q)
        try:
            plan = yield from self._planning.stage(prepared.program, index, situation)
        except Infeasible as refusal:
            raise Back("no_plan", f"{reason}: {refusal}") from refusal
        prepared.put(index, plan, situation)
        self._planning.tell_again(prepared, index, cause, reason, None)

    def _go_back(self, prepared: Prepared, index: int, trouble: Back) -> Generator[Action, None, int]:
        """Come to rest, look, and find the latest stage that can begin from here; it gets its plan.

        A stage can begin where the hand holds what it begins with and its path constraints hold.

        Raises:
            Stop: If there is none.
        """
        do = self._do
        self._attends = ()
        yield from do.halt()
        do.dropped = ""
        begun = [*prepared.situations[:index], prepared.before(index, do)]
        scene = yield from do.look(self._scene_now(begun[-1].scene), self._context.rng)
        seen = {thing.name for thing in scene.things}
        reasons: list[str] = []
        for earlier in range(index, -1, -1):
            was, stage = begun[earlier], prepared.program.stages[earlier]
            situation = replace(was, scene=scene, q=do.state.q, width=do.state.width or 0.0, held=do.held)
            missing = {thing.name for thing in was.scene.things} & set(spoken_of(stage)) - seen
            if missing:
                reasons.append(f"{stage.name}: {' and '.join(sorted(missing))} is not seen")
                continue
            why = begins(stage, was, situation, do.kinematics)
            if why:
                reasons.append(f"{stage.name}: {why}")
                continue
            try:
                plan = yield from self._planning.stage(prepared.program, earlier, situation)
            except Infeasible as refusal:
                reasons.append(str(refusal))
                continue
            prepared.put(earlier, plan, situation)
            self._planning.tell_again(prepared, earlier, trouble.cause, str(trouble), None)
            return earlier
        reason = f"{trouble}; no stage can begin from here: {'; '.join(reasons)}"
        raise Stop(Failed(cause=trouble.cause, reason=reason)) from trouble

    def _situation(self, before: Situation, q: Float64) -> Situation:
        """Give a stage's situation with the arm and the things where they are now."""
        do = self._do
        scene = self._scene_now(before.scene)
        return replace(before, scene=scene, q=q, width=do.state.width or 0.0, held=do.held)

    def _scene_now(self, scene: Scene) -> Scene:
        return with_stranger(as_tracked(scene, self._do.tracked, self._do.holding), self._do.tracked)
