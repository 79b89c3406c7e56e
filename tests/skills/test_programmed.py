"""The programmed activity: plans everything first, repairs a bounded number of times, checks its grasp."""

import numpy as np
import pytest
from handsel.core.errors import Retryable
from handsel.robots.fake import FakeRobot
from handsel.skills.planning import PLAN_CHARGE
from handsel.skills.programmed import ProgramActivity
from handsel.skills.skill import WRITES, Action, Context, Done, Failed, Grip, Submit, Wait
from handsel.skills.steps import holds

from ..agent.players import ScriptedMind, q_look
from ..agent.scenes import make_scene, make_thing

SCENE = make_scene(make_thing("red_block", 0.50, -0.10), make_thing("blue_bowl", 0.50, 0.15))
LIFT = """
def stage_1():
    grasp(red_block)

def stage_2():
    goal(height(red_block.bottom) >= height(origin(red_block.bottom)) + cm(10))
    hold(red_block)
"""
IMPOSSIBLE = LIFT.replace("+ cm(10)", "+ 3")


class Book:
    """Keeps what is recorded."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, object]]] = []

    def record(self, kind: str, **data: object) -> None:
        self.lines.append((kind, data))

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.lines]


def run(
    robot: FakeRobot, *programs: str | Exception, most: int = 400
) -> tuple[list[Action], ProgramActivity, Book, ScriptedMind]:
    """Carry a program out on a robot, tick by tick."""
    mind, book = ScriptedMind("x", programs=programs), Book()
    context = Context(
        robot=robot.info,
        scene=SCENE,
        subtask="lift it",
        program_source=mind,
        recorder=book,
        rng=np.random.default_rng(0),
    )
    activity = ProgramActivity(context, robot.observe())
    actions: list[Action] = []
    for _ in range(most):
        action = activity.step(robot.observe(), None)
        actions.append(action)
        match action:
            case Submit():
                robot.execute(action.trajectory)
            case Grip():
                robot.grip(action.arm, action.width, action.force)
            case Done() | Failed():
                break
        robot.advance(0.05)
    return actions, activity, book, mind


def robot(holdable: float = 0.04) -> FakeRobot:
    return FakeRobot(q_start=q_look(), holdable=holdable)


def test_everything_is_planned_before_anything_moves() -> None:
    actions, activity, book, _ = run(robot(), LIFT)
    assert isinstance(actions[-1], Done) and activity.held["arm"].thing == "red_block"
    first = next(i for i, action in enumerate(actions) if isinstance(action, Submit | Grip))
    charges = [action.charge for action in actions[:first] if isinstance(action, Wait)]
    assert charges == [PLAN_CHARGE, PLAN_CHARGE]
    kinds = book.kinds()
    assert kinds.index("stage") > max(i for i, kind in enumerate(kinds) if kind == "plan")
    plan = next(data for kind, data in book.lines if kind == "plan")
    assert plan["act"] == "grasp red_block" and np.min(plan["clearance"]) > 0.0  # type: ignore[call-overload]


def test_an_empty_hand_is_noticed() -> None:
    actions, activity, _, _ = run(robot(holdable=0.0), LIFT)
    end = actions[-1]
    assert isinstance(end, Failed) and end.cause == "not_grasped" and not activity.held
    assert "stopped at" in end.reason and "were expected" in end.reason


def test_something_too_wide_is_something_else() -> None:
    end = run(robot(holdable=0.07), LIFT)[0][-1]
    assert isinstance(end, Failed) and end.cause == "not_grasped" and "something else" in end.reason


def test_a_refused_text_goes_back_with_its_reason() -> None:
    actions, _, book, mind = run(robot(), LIFT.replace("red_block", "red_blok"), LIFT)
    assert isinstance(actions[-1], Done)
    assert mind.feedback[0] == () and "red_block" in mind.feedback[1][0]
    assert [data["by"] for kind, data in book.lines if kind == "refusal"] == ["reading"]


def test_an_infeasible_program_goes_back_with_its_report() -> None:
    actions, _, book, mind = run(robot(), IMPOSSIBLE, LIFT)
    assert isinstance(actions[-1], Done)
    assert [data["by"] for kind, data in book.lines if kind == "refusal"] == ["planning"]
    assert len(mind.feedback[1]) == 1


def test_repairs_are_bounded_and_nothing_moves() -> None:
    arm = robot()
    actions, _, _, mind = run(arm, *["nonsense("] * (WRITES + 2))
    end = actions[-1]
    assert isinstance(end, Failed) and end.cause == "refused" and len(mind.feedback) == WRITES
    assert not any(isinstance(action, Submit | Grip) for action in actions)
    assert tuple(arm.observe().arms["arm"].q) == q_look()


def test_the_first_infeasibility_is_the_reason() -> None:
    end = run(robot(), IMPOSSIBLE, Retryable("no other program"), Retryable("none"))[0][-1]
    assert isinstance(end, Failed) and end.cause == "no_plan" and "stage_" in end.reason


def test_a_motion_that_is_stopped_from_outside_ends_it() -> None:
    arm = robot()
    original = arm.execute

    def stopped(trajectory):  # type: ignore[no-untyped-def]
        motion = original(trajectory)
        arm.stop()
        return motion

    arm.execute = stopped  # type: ignore[method-assign]
    end = run(arm, LIFT)[0][-1]
    assert isinstance(end, Failed) and end.cause == "off_track"


@pytest.mark.parametrize(
    ("width", "closed", "held"),
    [
        (0.040, 0.028, True),
        (0.0285, 0.028, False),
        (0.028, 0.028, False),
        (0.0, 0.0, False),
        (0.002, 0.0, True),
        (None, 0.0, True),
    ],
)
def test_what_counts_as_held(width: float | None, closed: float, held: bool) -> None:
    assert holds(width, closed) is held
