"""A stage that is planned anew while it runs: what moved, fell or was lost, by what a tracker would say."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from handsel.core.causes import Cause
from handsel.perception.scene import Scene
from handsel.perception.strangers import Stranger
from handsel.perception.tracking import Tracked, TrackedThing
from handsel.robots.fake import FakeRobot
from handsel.robots.robot import Motion, MotionState
from handsel.skills.arm import kinematics_of
from handsel.skills.foresight import moved_thing, with_thing
from handsel.skills.planning import Prepared
from handsel.skills.programmed import REPLAN_CHARGE, ProgramActivity
from handsel.skills.skill import Action, Context, Done, Failed, Grip, Look, Replace, Submit
from pydrake.math import RigidTransform

from ..agent.players import ScriptedMind, q_look
from ..agent.scenes import make_scene, make_thing
from .test_programmed import LIFT, SCENE, Book

PUT = """
def stage_1():
    grasp(red_block)

def stage_2():
    goal(norm(xy(red_block.center - blue_bowl.opening)) <= cm(1))
    goal(height(red_block.bottom) == height(blue_bowl.opening) + cm(1))
    release(red_block)
"""
AWAY = np.array([-0.05, -0.06, 0.0])


def shifted(scene: Scene, name: str, by: np.ndarray) -> Scene:
    thing = scene.thing(name)
    return with_thing(scene, moved_thing(thing, RigidTransform(by) @ thing.X_WO, thing.on))


class Play:
    """Carries a program out on a fake robot; a tracker and a perceiver know where the test puts things."""

    def __init__(self, program: str, scene: Scene = SCENE, holdable: float = 0.04):
        self.robot = FakeRobot(q_start=q_look(), holdable=holdable)
        self.scene, self.book = scene, Book()
        self.lost: set[str] = set()
        self.look: Callable[[], Scene] = lambda: self.scene
        context = Context(
            robot=self.robot.info,
            scene=scene,
            subtask="do it",
            program_source=ScriptedMind("x", programs=[program]),
            recorder=self.book,
            rng=np.random.default_rng(0),
        )
        self.activity = ProgramActivity(context, self.robot.observe())
        self.actions: list[Action] = []
        self.motion: Motion | None = None
        self.fresh: Scene | None = None

    def tracked(self) -> Tracked:
        held = self.activity.held.get("arm")
        things = {}
        for thing in self.scene.things:
            state = "lost" if thing.name in self.lost else "seen"
            if held is not None and held.thing == thing.name:
                state = "held"
            things[thing.name] = TrackedThing(X_WO=thing.X_WO, health=0.9, state=state, shift=0.0)  # type: ignore[arg-type]
        return Tracked(time=self.robot.observe().time, things=things, keypoints={})

    def tick(self, trouble: Failed | None = None) -> Action:
        observation = self.robot.observe()
        went_on = self.activity.notice(self.tracked(), trouble)
        assert trouble is None or went_on
        action = self.activity.step(observation, self.fresh)
        self.fresh = None
        match action:
            case Submit():
                self.motion = self.robot.execute(action.trajectory)
            case Replace():
                assert self.motion is not None
                self.motion = self.motion.replace(action.trajectory, action.at)
            case Grip():
                self.robot.grip(action.arm, action.width, action.force)
            case Look():
                self.fresh = self.look()
        self.actions.append(action)
        self.robot.advance(0.05)
        return action

    def until(self, kind: type, most: int = 600) -> Action:
        for _ in range(most):
            action = self.tick()
            if isinstance(action, kind):
                return action
            assert not isinstance(action, Done | Failed), action
        raise AssertionError(f"no {kind.__name__} came")

    def to_end(self, most: int = 900) -> Action:
        for _ in range(most):
            action = self.tick()
            if isinstance(action, Done | Failed):
                return action
        raise AssertionError("it never ended")

    def told(self, kind: str) -> list[dict[str, object]]:
        return [data for one, data in self.book.lines if one == kind]

    def tool(self) -> np.ndarray:
        kinematics = kinematics_of(self.robot.info.arms[0])
        return kinematics.tool_pose(self.robot.observe().arms["arm"].q).translation()


def moving(play: Play, ticks: int = 8) -> Play:
    play.until(Submit)
    for _ in range(ticks):
        play.tick()
    return play


def test_a_target_that_moves_is_gone_after_without_a_stop() -> None:
    play = moving(Play(LIFT))
    play.scene = shifted(play.scene, "red_block", AWAY)
    now = play.robot.observe().time
    action = play.tick()
    assert isinstance(action, Replace) and action.at == pytest.approx(now + REPLAN_CHARGE)
    (told,) = play.told("replan")
    assert (told["cause"], told["index"], told["at"]) == ("thing_moved", 0, action.at)
    assert "red_block was moved by 8 cm" in str(told["reason"])
    while play.motion is not None and not play.told("grasped"):
        play.tick()
    np.testing.assert_allclose(play.tool()[:2], play.scene.thing("red_block").center[:2], atol=0.015)
    assert isinstance(play.to_end(), Done)
    assert [one["index"] for one in play.told("replan")] == [0, 1], "what came after was planned anew"


def test_a_goal_that_moves_takes_what_is_held_along() -> None:
    play = Play(PUT)
    play.until(Submit)
    moving(play)
    play.scene = shifted(play.scene, "blue_bowl", np.array([0.0, 0.08, 0.0]))
    assert isinstance(play.tick(), Replace)
    while not play.told("released"):
        play.tick()
    np.testing.assert_allclose(play.tool()[:2], play.scene.thing("blue_bowl").center[:2], atol=0.02)
    assert isinstance(play.to_end(), Done)


def test_what_moves_on_is_followed_from_joint_to_joint() -> None:
    play = moving(Play(LIFT), ticks=4)
    for _ in range(2):
        play.scene = shifted(play.scene, "red_block", AWAY / 3.0)
        while not isinstance(play.tick(), Replace):
            pass
    while not play.told("grasped"):
        play.tick()
    np.testing.assert_allclose(play.tool()[:2], play.scene.thing("red_block").center[:2], atol=0.015)


@pytest.mark.parametrize(("name", "by"), [("blue_bowl", 0.08), ("red_block", 0.009)])
def test_what_the_stage_does_not_speak_of_and_what_hardly_moves_changes_nothing(name: str, by: float) -> None:
    play = moving(Play(LIFT))
    play.scene = shifted(play.scene, name, np.array([0.0, by, 0.0]))
    assert isinstance(play.to_end(), Done)
    assert play.told("replan") == [] and not any(isinstance(one, Replace) for one in play.actions)


def test_what_moved_out_of_reach_ends_it_at_rest_with_the_reason() -> None:
    play = moving(Play(LIFT))
    play.scene = shifted(play.scene, "red_block", np.array([0.9, 0.0, 0.0]))
    end = play.to_end()
    assert isinstance(end, Failed) and end.cause == "thing_moved"
    assert "red_block was moved by 90 cm" in end.reason and "no stage can begin from here" in end.reason
    assert MotionState.RUNNING not in play.robot.observe().motions.values()


def test_what_is_dropped_is_picked_up_where_it_fell() -> None:
    play = Play(LIFT)
    play.until(Submit)
    while not play.activity.held:
        play.tick()
    while not isinstance(play.actions[-1], Submit):
        play.tick()
    play.tick()
    play.scene = shifted(play.scene, "red_block", AWAY)
    play.tick(Failed(cause=Cause.DROPPED, reason="red_block fell out of the hand"))
    assert not play.activity.held
    assert isinstance(play.to_end(), Done)
    (back, on) = play.told("replan")
    assert (back["cause"], back["index"], on["index"]) == ("dropped", 0, 1)
    assert len(play.told("grasped")) == 2 and any(isinstance(one, Look) for one in play.actions)
    assert play.activity.held


def test_what_is_lost_is_looked_for_and_found() -> None:
    play = moving(Play(LIFT))
    before, play.lost = play.scene, {"red_block"}

    def look() -> Scene:
        play.lost, play.scene = set(), shifted(before, "red_block", AWAY)
        return play.scene

    play.look = look
    assert isinstance(play.tick(), Look), "while it moves"
    action = play.tick()
    assert isinstance(action, Replace)
    assert isinstance(play.to_end(), Done)
    assert [one["cause"] for one in play.told("replan")] == ["thing_moved", "replanned"]


def test_what_is_found_only_from_where_all_is_seen_is_gone_back_for() -> None:
    play = moving(Play(LIFT))
    before, play.lost = play.scene, {"red_block"}
    looks: list[Scene] = []

    def look() -> Scene:
        looks.append(play.scene)
        if len(looks) == 1:
            return make_scene(make_thing("blue_bowl", 0.50, 0.15))
        play.lost, play.scene = set(), shifted(before, "red_block", AWAY)
        return play.scene

    play.look = look
    assert isinstance(play.to_end(), Done)
    back = play.told("replan")[0]
    assert (back["cause"], back["index"], back["at"]) == ("thing_lost", 0, None)


def test_what_stays_lost_ends_it_with_the_reason() -> None:
    play = moving(Play(LIFT))
    play.lost = {"red_block"}
    play.look = lambda: make_scene(make_thing("blue_bowl", 0.50, 0.15))
    end = play.to_end()
    assert isinstance(end, Failed) and end.cause == "thing_lost" and "red_block is not seen" in end.reason


def test_going_back_has_a_limit() -> None:
    play = moving(Play(LIFT))
    play.lost = {"red_block"}
    end = play.to_end(3000)
    assert isinstance(end, Failed) and end.cause == "thing_lost"
    assert "2 times" in end.reason and len(play.told("replan")) == 2


def test_trouble_that_is_not_its_own_ends_it() -> None:
    play = moving(Play(LIFT))
    assert not play.activity.notice(None, Failed(cause=Cause.OFF_TRACK, reason="a joint is off"))
    assert not play.activity.notice(None, Failed(cause=Cause.DROPPED, reason="nothing was held"))


def test_without_a_tracker_nothing_is_planned_anew() -> None:
    play = moving(Play(LIFT))
    play.tracked = lambda: None  # type: ignore[method-assign,return-value]
    play.scene = shifted(play.scene, "red_block", AWAY)
    assert isinstance(play.to_end(), Done) and play.told("replan") == []


def test_prepared_plans_after_a_new_one_are_void() -> None:
    plans, situations = ["a", "b", "c"], ["x", "y", "z"]
    prepared = Prepared(program=None, plans=list(plans), situations=list(situations))  # type: ignore[arg-type]
    prepared.put(1, "new", "there")  # type: ignore[arg-type]
    assert prepared.plans == ["a", "new"] and prepared.situations == ["x", "there"]
    assert replace(prepared).plans is prepared.plans


def reaching(play: Play, balls: np.ndarray | None) -> Play:
    """Let a camera see balls that are no thing, (K, 4), or see them no more."""
    true = Play.tracked
    stranger = None if balls is None else Stranger(balls_W=balls, v_W=np.zeros(3))
    play.tracked = lambda: replace(true(play), stranger=stranger)  # type: ignore[method-assign]
    return play


def test_what_is_moved_into_the_way_is_gone_round() -> None:
    play = Play(LIFT)
    action = play.until(Submit)
    assert isinstance(action, Submit)
    for _ in range(3):
        play.tick()
    curve = action.trajectory
    q = curve.at(np.array([0.5 * curve.duration]))[0]
    p_WG = kinematics_of(play.robot.info.arms[0]).tool_poses(q)[1][0]
    bowl = play.scene.thing("blue_bowl").center
    play.scene = shifted(play.scene, "blue_bowl", p_WG + np.array([0.0, 0.10, 0.05]) - bowl)
    play.until(Replace, 20)
    (told,) = play.told("replan")
    assert told["cause"] == "in_the_way" and "blue_bowl" in str(told["reason"])


def test_an_arm_stands_aside_for_what_closes_its_way_and_goes_on_afterwards() -> None:
    play = Play(LIFT)
    play.until(Submit)
    for _ in range(4):
        play.tick()
    goal = play.scene.thing("red_block").center
    reaching(play, np.array([[*goal[:2], goal[2] + 0.05, 0.05]]))
    for _ in range(60):
        play.tick()
    assert play.told("waiting") and not play.told("grasped")
    assert np.abs(play.robot.observe().arms["arm"].v).max() < 1e-6, "it stands"
    assert np.linalg.norm(play.tool() - goal) > 0.12
    reaching(play, None)
    assert isinstance(play.to_end(), Done)
    assert play.told("grasped")
