"""The loop: its order, when it tries again, when it gives up, and that a refusal moves nothing."""

import json
from pathlib import Path

import numpy as np
import pytest
from handsel.agent.agent import Agent
from handsel.agent.bodies import Bodies
from handsel.agent.body import Body
from handsel.agent.episode import INTERRUPTED, Limits
from handsel.agent.events import Event
from handsel.agent.rules.mind import RulesMind
from handsel.agent.senses import MOST_SAID, Senses
from handsel.agent.trace import TraceWriter, read_trace
from handsel.core.errors import CannotDo, HandselError, InputError, NeedsAnswer, RobotError
from handsel.perception.perceiver import Vocabulary
from handsel.perception.scene import Scene
from handsel.planners.situation import Held
from handsel.robots.fake import FakeRobot, Faults
from handsel.robots.robot import MotionState
from handsel.skills.foresight import moved_thing, with_thing
from handsel.skills.skill import Grip, Submit
from pydrake.math import RigidTransform

from .players import (
    Notes,
    ScriptedMind,
    ScriptedPerceiver,
    ScriptedSkill,
    failing,
    no,
    q_look,
    stroke,
    yes,
)
from .scenes import kitchen, make_scene, make_thing


def make_agent(
    skills: list[ScriptedSkill],
    mind: ScriptedMind | None = None,
    *,
    robot: FakeRobot | None = None,
    scenes: tuple[Scene, ...] = (),
    **others: object,
) -> tuple[Agent, FakeRobot, Notes]:
    robot = robot or FakeRobot(q_start=q_look())
    notes = Notes()
    subscribers = (notes, *others.pop("subscribers", ()))  # type: ignore[misc]
    agent = Agent(
        robot,
        mind or ScriptedMind("wave"),
        ScriptedPerceiver(*(scenes or (kitchen(),))),
        skills=skills,
        subscribers=subscribers,
        **others,  # type: ignore[arg-type]
    )
    return agent, robot, notes


def wave(**others: object) -> ScriptedSkill:
    return ScriptedSkill("wave", actions=lambda: [Submit(trajectory=stroke())], **others)  # type: ignore[arg-type]


def at_rest(robot: FakeRobot) -> bool:
    return MotionState.RUNNING not in robot.observe().motions.values()


def test_one_step_is_looked_at_chosen_done_and_judged() -> None:
    agent, robot, notes = make_agent([wave()])
    episode = agent.run("wave at me")
    assert (episode.outcome, episode.exit_code, episode.reason) == ("done", 0, "it happened")
    kinds = [kind for kind in notes.kinds() if kind != "joints"]
    assert kinds == [
        *("begin", "scene", "subtasks", "choice", "followed"),
        *("move", "followed", "scene", "verdict", "end"),
    ]
    # It went back to where it looks from, since the stroke had left that place.
    assert Body(robot.info).looks(robot.observe().arms["arm"])
    assert notes.closed == 1 and notes.events[-1].data["outcome"] == "done"
    json.dumps(episode.to_json(), allow_nan=False)


def test_joints_are_looked_at_at_twenty_hertz_or_faster() -> None:
    agent, _, notes = make_agent([wave()])
    agent.run("wave")
    times = np.array([event.time for event in notes.of("joints")])
    assert np.diff(times).max() <= 0.05 + 1e-9 and times[-1] > 1.0


def test_what_did_not_happen_is_tried_again() -> None:
    agent, _, _ = make_agent([wave(verdicts=[no("nothing moved"), yes("it moved")])])
    episode = agent.run("wave")
    assert episode.success and [verdict.success for verdict in episode.verdicts] == [False, True]


def test_it_gives_up_with_the_reason() -> None:
    skill = wave(verdicts=[no("nothing moved")])
    agent, robot, _ = make_agent([skill], limits=Limits(retries=1))
    episode = agent.run("wave")
    assert (episode.outcome, episode.exit_code) == ("failed", 1)
    assert episode.reason == "could not wave: nothing moved" and skill.starts == 2
    assert at_rest(robot)


@pytest.mark.parametrize(
    ("refusal", "outcome", "code"),
    [
        (InputError("not understood: 'flarp'"), "refused", 2),
        (CannotDo("the bowl is full"), "refused", 3),
        (NeedsAnswer("which block?", ["red_block", "green_block"]), "question", 4),
        (HandselError("the model is gone"), "failed", 1),
    ],
)
def test_a_refusal_moves_nothing(refusal: HandselError, outcome: str, code: int) -> None:
    agent, robot, notes = make_agent([wave()], ScriptedMind(refusal))
    episode = agent.run("do it")
    assert (episode.outcome, episode.exit_code, episode.moved) == (outcome, code, False)
    assert (robot.observe().arms["arm"].q == q_look()).all() and robot.observe().arms["arm"].width == 0.08
    assert notes.of("end")[0].data["exit_code"] == code
    if isinstance(refusal, NeedsAnswer):
        assert episode.reason == "which block?" and episode.options == ("red_block", "green_block")


@pytest.mark.parametrize("text", ["", "  \n", "a" * 10_000, "put it\x00there", "put\x1b[2J"])
def test_unreadable_instructions_are_refused(text: str) -> None:
    agent, _, notes = make_agent([wave()])
    episode = agent.run(text)
    assert (episode.outcome, episode.exit_code) == ("refused", 2) and "scene" not in notes.kinds()


def test_the_infeasible_is_never_chosen() -> None:
    useful = wave(feasible=no("it may not").__class__(probability=0.0, reason="the arm is too short"))
    agent, _, _ = make_agent([useful])
    episode = agent.run("wave")
    assert (episode.outcome, episode.exit_code, episode.reason) == ("refused", 3, "the arm is too short")
    assert useful.starts == 0


@pytest.mark.parametrize("cause", ["no_plan", "refused"])
def test_no_plan_before_the_first_motion_is_a_refusal(cause: str) -> None:
    skill = ScriptedSkill("wave", actions=lambda: [failing(cause, "the shelf is in the way")])
    episode = make_agent([skill])[0].run("wave")
    assert (episode.outcome, episode.exit_code) == ("refused", 3)
    assert episode.reason == "the shelf is in the way" and skill.starts == 1


def test_no_plan_after_a_motion_is_a_failure() -> None:
    skill = ScriptedSkill(
        "wave",
        actions=lambda: [Submit(trajectory=stroke()), failing("no_plan", "a shelf fell over")],
        verdicts=[no("no")],
    )
    episode = make_agent([skill])[0].run("wave")
    assert (episode.outcome, episode.exit_code) == ("failed", 1) and "a shelf fell over" in episode.reason


def test_an_input_error_after_a_motion_is_no_refusal() -> None:
    class Confused(ScriptedMind):
        def explain(self, subtask: object, failure: str) -> str:
            raise InputError("there is no red_block any more")

    agent, _, _ = make_agent([wave(verdicts=[no("no")])], Confused("wave"))
    episode = agent.run("wave")
    assert (episode.outcome, episode.exit_code) == ("failed", 1)


def test_an_arm_off_its_course_is_stopped() -> None:
    robot = FakeRobot(q_start=q_look(), faults=Faults(frozen_state=0.3))
    skill = ScriptedSkill("wave", actions=lambda: [Submit(trajectory=stroke(by=1.0))], verdicts=[no("no")])
    agent, _, notes = make_agent([skill], robot=robot, limits=Limits(retries=0))
    # Joints that lie about where they are also keep the arm from going back to look.
    with pytest.raises(RobotError, match="away from where"):
        agent.run("wave")
    assert notes.of("trouble")[0].data["cause"] == "off_track"
    assert "off its planned course" in str(notes.of("failure")[0].data["reason"])
    assert notes.of("trouble")[0].time < 0.8


def held_block(scene: Scene) -> Held:
    thing = scene.thing("red_block")
    return Held.at(thing, RigidTransform(thing.center), 0.04)


def test_a_dropped_thing_is_noticed_while_moving() -> None:
    robot = FakeRobot(q_start=q_look(), holdable=0.04, faults=Faults(dropped=1.5))
    robot.grip("arm", 0.02, 30.0)
    robot.advance(1.0)
    skill = ScriptedSkill(
        "wave", actions=lambda: [Submit(trajectory=stroke(duration=2.0))], verdicts=[no("no")]
    )
    skill.held = held_block(kitchen())
    agent, _, notes = make_agent([skill], robot=robot, limits=Limits(retries=0))
    episode = agent.run("wave")
    assert episode.metrics["causes"] == ["dropped"] and "red_block fell out of the hand" in episode.reason
    assert notes.of("joints")[-1].data["held"] is None


def test_the_arm_and_what_it_holds_are_blotted_out() -> None:
    body = Body(FakeRobot(q_start=q_look()).info)
    state = FakeRobot(q_start=q_look()).observe().arms["arm"]
    X_WG = body.tool_pose(state)
    free = body.spheres(state, None)
    thing = moved_thing(kitchen().thing("red_block"), X_WG, "hand")
    full = body.spheres(state, Held.at(thing, X_WG, 0.04))
    assert free.shape[1] == 4 and np.linalg.norm(free[:, :3] - X_WG.translation(), axis=1).min() < 0.06
    corners = thing.X_WO.multiply(np.array(np.meshgrid(*[[-0.02, 0.02]] * 3)).reshape(3, -1))
    gaps = np.linalg.norm(corners.T[:, None] - full[:, :3], axis=2) - full[:, 3]
    assert (gaps.min(axis=1) <= 0.0).all()


class Interrupter:
    """Presses Ctrl-C at a robot time."""

    def __init__(self, time: float):
        self._time = time

    def on_event(self, event: Event) -> None:
        if event.time >= self._time and event.kind == "joints":
            self._time = np.inf
            raise KeyboardInterrupt

    def close(self) -> None:
        """Nothing to close."""


def test_ctrl_c_brings_the_arm_to_rest_and_keeps_the_trace(tmp_path: Path) -> None:
    trace = TraceWriter(tmp_path / "trace.jsonl")
    agent, robot, _ = make_agent([wave()], subscribers=(trace, Interrupter(0.5)))
    episode = agent.run("wave")
    assert (episode.outcome, episode.exit_code) == ("stopped", INTERRUPTED)
    assert at_rest(robot) and np.abs(robot.observe().arms["arm"].v).max() == 0.0
    lines = read_trace(tmp_path / "trace.jsonl")
    assert lines[0]["kind"] == "begin" and lines[-1]["outcome"] == "stopped"


def test_interrupt_between_steps() -> None:
    agent, robot, notes = make_agent([wave()])
    agent.start("wave")
    for _ in range(8):
        agent.step()
    agent.interrupt()
    agent.step()
    assert agent.episode is not None and agent.episode.outcome == "stopped" and notes.closed == 1
    assert at_rest(robot) and np.abs(robot.observe().arms["arm"].v).max() == 0.0


def test_a_lost_robot_ends_the_episode_before_it_is_raised() -> None:
    robot = FakeRobot(q_start=q_look(), faults=Faults(disconnected=0.4))
    agent, _, notes = make_agent([wave()], robot=robot)
    with pytest.raises(RobotError):
        agent.run("wave")
    assert notes.kinds()[-1] == "end" and agent.episode is not None and agent.episode.exit_code == 1


def test_a_fault_of_a_part_ends_the_episode_too() -> None:
    agent, _, notes = make_agent([wave()], ScriptedMind(ZeroDivisionError("a bug")))
    with pytest.raises(ZeroDivisionError):
        agent.run("wave")
    assert notes.kinds()[-1] == "end" and notes.closed == 1


def test_robot_time_is_bounded() -> None:
    skill = ScriptedSkill(
        "wave", actions=lambda: [Submit(trajectory=stroke(duration=5.0))], verdicts=[no("no")]
    )
    agent, _, _ = make_agent([skill], limits=Limits(robot_time=0.5, retries=0))
    episode = agent.run("wave")
    assert episode.metrics["causes"] == ["late"] and episode.timings["robot"] < 2.0


def test_steps_are_bounded() -> None:
    agent, _, _ = make_agent([wave()], ScriptedMind(*["wave"] * 5), limits=Limits(steps=4))
    assert agent.run("wave a lot").exit_code == 3


def test_limits_are_checked() -> None:
    with pytest.raises(InputError, match="expected positive numbers"):
        Limits(tick=0.2)


BOWL_Z = 0.006


def test_the_whole_chain_puts_a_block_into_a_bowl(tmp_path: Path) -> None:
    """Rules write, the planner plans, the fake arm goes where it should, geometry judges."""
    before = make_scene(make_thing("red_block", 0.50, -0.15), make_thing("blue_bowl", 0.50, 0.15))
    block = before.thing("red_block")
    inside = moved_thing(block, RigidTransform([0.5, 0.15, 0.02 + BOWL_Z]), "blue_bowl")
    robot = FakeRobot(q_start=q_look(), holdable=block.size[0])
    trace = TraceWriter(tmp_path / "trace.jsonl")
    agent = Agent(
        robot,
        RulesMind(),
        ScriptedPerceiver(before, with_thing(before, inside)),
        subscribers=(trace,),
    )
    episode = agent.run("put the red block in the bowl")
    assert episode.success, episode.reason
    assert [stage.act for stage in episode.stages] == ["grasp red_block", "release red_block"]
    assert all(relation["met"] for stage in episode.stages for relation in stage.relations)
    assert min(stage.clearance for stage in episode.stages) > 0.0
    lines = read_trace(tmp_path / "trace.jsonl")
    kinds = {line["kind"] for line in lines}
    assert {
        "begin",
        "scene",
        "subtasks",
        "choice",
        "program",
        "plan",
        "stage",
        "joints",
        "verdict",
        "end",
    } <= kinds
    # The trace alone tells where the tool let go: over the bowl, with the block in the hand until then.
    released = next(i for i, line in enumerate(lines) if line["kind"] == "released")
    carried = [line for line in lines[:released] if line["kind"] == "joints"][-1]
    assert carried["held"] == "red_block"
    assert np.linalg.norm(np.array(carried["X_WG"]["p"])[:2] - [0.5, 0.15]) < 0.03


def test_the_same_seed_gives_the_same_trace(tmp_path: Path) -> None:
    def run(path: Path) -> list[dict[str, object]]:
        before = make_scene(make_thing("red_block", 0.50, -0.10), make_thing("blue_block", 0.55, 0.10))
        up = moved_thing(before.thing("red_block"), RigidTransform([0.5, -0.1, 0.15]), "hand")
        robot = FakeRobot(q_start=q_look(), holdable=0.04)
        Agent(
            robot,
            RulesMind(),
            ScriptedPerceiver(before, with_thing(before, up)),
            seed=3,
            subscribers=(TraceWriter(path),),
        ).run("pick up the red block")
        lines = [dict(line) for line in read_trace(path)]
        for line in lines:
            for name in ("wall", "cpu", "timings", "metrics", "stages"):
                line.pop(name, None)
        return lines

    first, second = run(tmp_path / "a.jsonl"), run(tmp_path / "b.jsonl")
    assert first[-1]["success"] is True and first == second


def test_grip_counts_as_a_motion() -> None:
    skill = ScriptedSkill(
        "wave",
        actions=lambda: [Grip(arm="arm", width=0.02, force=20.0), failing("no_plan", "no")],
        verdicts=[no("no")],
    )
    episode = make_agent([skill])[0].run("wave")
    assert episode.moved and episode.exit_code == 1


class WordedPerceiver(ScriptedPerceiver):
    """Finds things by words, and notes which at every look."""

    def __init__(self, *scenes: Scene):
        super().__init__(*scenes)
        self.words: tuple[str, ...] = ("mug",)
        self.asked: list[tuple[str, ...]] = []

    def perceive(self, frames: object, **others: object) -> Scene:  # type: ignore[override]
        self.asked.append(self.words)
        return super().perceive(frames, **others)  # type: ignore[arg-type]


def test_what_a_person_names_is_looked_for_where_things_are_found_by_words() -> None:
    perceiver = WordedPerceiver(kitchen())
    assert isinstance(perceiver, Vocabulary) and not isinstance(ScriptedPerceiver(kitchen()), Vocabulary)
    agent = Agent(FakeRobot(q_start=q_look()), ScriptedMind("wave"), perceiver, skills=[wave()])
    assert agent.run("take the tape measure").exit_code == 0
    assert set(perceiver.asked) == {("mug", "tape measure")}
    agent.run("put it next to the stapler")
    assert perceiver.asked[-1] == ("mug", "stapler", "tape measure")  # What *it* is must still be found.


def test_words_said_long_ago_are_forgotten() -> None:
    perceiver = WordedPerceiver(kitchen())
    robot = FakeRobot(q_start=q_look())
    senses = Senses(robot, perceiver, Bodies(robot.info))
    for number in range(MOST_SAID + 5):
        senses.listen(f"take the gadget{chr(97 + number // 26)}{chr(97 + number % 26)}")
    assert len(perceiver.words) == MOST_SAID + 1 and perceiver.words[0] == "mug"
    assert "gadgetaa" not in perceiver.words
