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

from ..perception.scene import Scene
from ..perception.tracking import Tracked
from ..planners.moving import drawing_back
from ..planners.program import Program
from ..planners.settings import Settings
from ..planners.situation import Held
from ..planners.solution import Infeasible
from ..robots.robot import Observation
from .joining import joined
from .looking import kept_until_rest
from .noticing import begins, displaced, ends_here, in_words, lost, spoken_of
from .obstruction import SOMETHING, Ahead, end_taken, scene_now, situation_now
from .pace import paced
from .planning import Planning, Prepared
from .pushing import Pushing
from .skill import Action, Cause, Context, Done, Failed, Wait
from .stage_ends import EndMet
from .stage_record import StageRecord
from .steps import GRACE, Back, Steps, Stop
from .validity import check_there, void

REPLAN_CHARGE = 0.3
"""How far ahead a stage that is planned anew is joined onto the running motion, [s]."""
PATIENCE = 12.0
"""How long an arm stands aside for what reaches in, [s]."""
AGAIN = 8
"""Ticks of the loop between tries to go on while something reaches in."""


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
        self._record = StageRecord(self._do)
        self._planning = Planning(context, self._do, paced(settings or Settings(), context.pace))
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

    @property
    def ends(self) -> Mapping[int, tuple[EndMet, ...]]:
        """What stages said of their ends, measured then, by the stage's number."""
        return self._record.ends

    def notice(self, tracked: Tracked | None, trouble: Failed | None) -> bool:
        """Take note of where everything is; a stage deals with what moves, is lost or falls."""
        self._do.tracked = tracked
        if trouble is None or trouble.cause in (Cause.THING_MOVED, Cause.THING_LOST):
            return True
        if trouble.cause != Cause.DROPPED or self._do.held is None or self._program is None:
            return False
        self._do.dropped, self._do.held = trouble.reason, None
        return True

    def step(self, observation: Observation, scene: Scene | None) -> Action:
        """Say what to do next; only planning takes time."""
        self._do.observation = observation
        self._record.sense(observation)
        self._do.fresh = scene or self._do.fresh
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
        prepared = yield from self._planning.prepare()
        self._program = prepared.program
        self._do.keeping = kept_until_rest(prepared.program)
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
                if backs > self._context.backs:
                    reason = f"{trouble}; it was gone back {backs - 1} times already"
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
        try:
            yield from self._run(prepared, index)
        except (Back, Stop):
            self._record.end(index, stage)
            raise
        self._record.end(index, stage)

    def _run(self, prepared: Prepared, index: int) -> Iterator[Action]:
        """Move, close or open, and draw back; what is said of speed and of the end is measured."""
        stage, do, record = prepared.program.stages[index], self._do, self._record
        record.begin(prepared.plans[index].subgoal.problem)
        yield from self._follow(prepared, index)
        self._attends = ()
        plan = prepared.plans[index]
        now = situation_now(prepared.situations[index], do, do.state.q)
        record.arrived(index, stage, now, plan.motion.q[-1])
        expected = plan.held_after if do.held is None else None
        if plan.grip is not None:
            yield from do.grip(*plan.grip)
            if expected is not None:
                do.take(expected, plan.grip[0])
            elif do.held is not None and plan.held_after is None:
                do.tell("released", thing=do.held.thing)
                do.held = None
        record.acted(index, stage, situation_now(now, do, do.state.q))
        if plan.retreat is not None:
            held = prepared.situations[index].held
            record.begin(plan.subgoal.problem if held is None else drawing_back(plan.subgoal.problem, held))
            yield from do.move(plan.retreat)

    def _ready(self, prepared: Prepared, index: int) -> Iterator[Action]:
        """Have a plan for the stage that begins where the arm and the things are now."""
        cause, reason = void(prepared, index, self._do)
        if cause:
            yield from self._plan_at_rest(prepared, index, cause, reason)

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
            check_there(do, names)
            away = displaced(prepared.situations[index].scene, do.tracked, do.holding)
            moved = in_words({name: by for name, by in away.items() if name in names})
            if not do.moving and not moved:
                return
            if not do.moving and self._ends_here(prepared, index):
                return
            if moved and (not do.moving or do.observation.time >= do.began):
                replans += 1
                if replans > self._context.replans:
                    raise Back(
                        Cause.THING_MOVED, f"{moved}, again and again: {replans - 1} new plans were made"
                    )
                if do.moving:
                    yield from self._plan_moving(prepared, index, moved)
                else:
                    yield from self._plan_at_rest(prepared, index, Cause.THING_MOVED, moved)
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
        if replans > self._context.replans:
            raise Back(Cause.IN_THE_WAY, f"{reason}, again and again: {replans - 1} new plans were made")
        try:
            self._check_end(prepared, index)
            yield from self._plan_moving(prepared, index, reason, Cause.IN_THE_WAY)
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
                yield from self._plan_at_rest(prepared, index, Cause.IN_THE_WAY, reason)
            except Back as refusal:
                refused = str(refusal)
                for _ in range(AGAIN):
                    yield Wait()
                continue
            yield from do.submit(prepared.plans[index].motion)
            return
        raise Back(Cause.IN_THE_WAY, f"{reason} and stays there: {refused}")

    def _check_end(self, prepared: Prepared, index: int) -> None:
        """Raise where what reaches in is where the stage ends: that need not be planned to be known."""
        q_end = prepared.plans[index].motion.q[-1]
        if end_taken(self._do, prepared.situations[index], q_end):
            raise Back(Cause.IN_THE_WAY, f"{SOMETHING} is where the stage ends")

    def _ends_here(self, prepared: Prepared, index: int) -> bool:
        """Say whether what has moved leaves the stage's end as it should be."""
        situation = situation_now(prepared.situations[index], self._do, self._do.state.q)
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
            raise Back(
                Cause.THING_LOST, f"{' and '.join(missing)} is no longer where it was, nor seen elsewhere"
            )

    def _plan_moving(
        self, prepared: Prepared, index: int, reason: str, cause: Cause = Cause.THING_MOVED
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
        situation = situation_now(prepared.situations[index], do, brake.q[-1])
        try:
            plan = self._planning.stage_now(prepared.program, index, situation)
        except Infeasible as refusal:
            raise Back(cause, f"{reason}, and {refusal}") from refusal
        motion = joined(brake, plan.motion, plan.subgoal.problem)
        if motion is None:
            raise Back(cause, f"{reason}, and now stands in the way of the arm")
        prepared.put(index, plan, situation)
        self._record.begin(plan.subgoal.problem)
        self._planning.tell_again(prepared, index, cause, reason, at)
        yield from do.replace(motion, at)
        if plan.prepare is not None and not do.opened(plan.prepare[0]):
            yield from do.grip(*plan.prepare, wait=False)

    def _plan_at_rest(self, prepared: Prepared, index: int, cause: str, reason: str) -> Iterator[Action]:
        """Plan a stage anew from where the arm stands.

        Raises:
            Back: If there is no such plan.
        """
        situation = situation_now(prepared.before(index, self._do), self._do, self._do.state.q)
        try:
            plan = yield from self._planning.stage(prepared.program, index, situation)
        except Infeasible as refusal:
            raise Back(Cause.NO_PLAN, f"{reason}: {refusal}") from refusal
        prepared.put(index, plan, situation)
        self._record.begin(plan.subgoal.problem)
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
        scene = yield from do.look(scene_now(begun[-1].scene, do), self._context.rng)
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
            self._planning.tell_again(prepared, earlier, trouble.cause, str(trouble), None, "go back")
            return earlier
        reason = f"{trouble}; no stage can begin from here: {'; '.join(reasons)}"
        raise Stop(Failed(cause=trouble.cause, reason=reason)) from trouble
