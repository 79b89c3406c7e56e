"""Records say what the events said, and sums say what the records say."""

from typing import Any

from handsel.agent.events import Event
from handsel.agent.idle_mind import IdleMind
from handsel.agent.language.model import Usage
from handsel.robots.fake import FakeRobot
from handsel.sim.records import MOST_MOMENTS, Account, circumstances, way_and_cost
from handsel.sim.suite import Conditions

from .runs import record

RELATION = {"text": "a <= b", "residual": 0.002, "tolerance": 0.004, "met": True}


def told(*events: tuple[str, Any]) -> Account:
    account = Account()
    for number, (kind, data) in enumerate(events):
        account.on_event(Event(number=number, time=0.5 * number, wall=0.0, kind=kind, data=data))
    return account


PLAN = {"index": 0, "act": "grasp mug", "cpu": {"path": 0.2}, "duration": 2.0, "clearance": 0.03}
STAGE = {"index": 0, "name": "stage_1", "purpose": "take it"}


def test_an_episode_is_accounted_for() -> None:
    ends = [RELATION, RELATION | {"residual": 0.008, "met": False}]
    record = told(
        ("subtasks", {"texts": ["take the mug", "put it down"]}),
        ("choice", {}),
        ("refusal", {"by": "reading", "reason": "line 1"}),
        ("plan", PLAN | {"relations": [RELATION, RELATION | {"tolerance": 0.0}]}),
        ("stage", STAGE),
        ("recover", {"rung": "re-solve", "reason": "it moved"}),
        ("recover", {"rung": "go back", "reason": "it fell"}),
        ("recover", {"rung": "give up", "reason": "it fell"}),
        ("ended", {"ends": ends}),
        ("ask", {"question": "What shall I do?"}),
        ("end", {"outcome": "question", "reason": "What shall I do?"}),
    ).record()
    (stage,) = record["stages"]
    assert (stage["at"], stage["act"], stage["duration"], stage["clearance"]) == (2.0, "grasp mug", 2.0, 0.03)
    assert stage["residuals"] == [0.5, None] and stage["ends"] == [0.5, 2.0]
    counted = ("resolved", "gone_back", "redecomposed", "refusals", "ends_missed")
    assert [record[name] for name in counted] == [1, 1, 0, 1, 1]
    assert record["questions"] == ["What shall I do?"]
    assert [2.5, "re-solve", "it moved"] in record["moments"]
    assert record["moments"][0] == [0.0, "subtasks", "take the mug; put it down"]


def test_a_plan_of_an_earlier_choice_is_not_a_later_stages() -> None:
    record = told(("plan", PLAN | {"relations": []}), ("choice", {}), ("stage", STAGE)).record()
    assert record["stages"][0]["act"] == "" and record["stages"][0]["clearance"] is None


def test_a_record_stays_short() -> None:
    record = told(*([("waiting", {"reason": "x" * 1000})] * 500)).record()
    assert len(record["moments"]) == MOST_MOMENTS and len(record["moments"][0][2]) == 160


class Thinker(IdleMind):
    """Has thought."""

    usage = Usage(calls=4, prompt_tokens=900, completion_tokens=80, seconds=1.5)
    spent = (4, 0.75)


def test_who_saw_what_and_what_thinking_took() -> None:
    conditions = Conditions(suite="basics", memory="episode", noise=False, ablate=("maps",))
    info = FakeRobot().info
    found = circumstances(conditions, info, Thinker(), "oracle")
    assert found["model"]["calls"] == 4 and found["model"]["cost"] == 0.75
    assert (found["mind"], found["perceiver"], found["memory"]) == ("nothing", "oracle", "episode")
    assert found["sees"]["true_poses"] is True and found["sees"]["cameras"] == list(info.cameras)
    assert found["sees"]["depth_noise"] is False and found["ablate"] == ["maps"]
    plain = circumstances(conditions, info, IdleMind(), "geometric")
    assert plain["sees"]["true_poses"] is False and plain["model"]["calls"] == 0


def test_sums_tell_nothing_of_what_no_record_says() -> None:
    assert way_and_cost([{"episode": 0, "success": True}]) == {}
    summed = way_and_cost([record(0), record(1), {"episode": 2, "success": True}])
    assert (summed["resolved"], summed["refusals"], summed["questions"]) == (2, 4, 2)
    assert summed["robot_time_median"] == 10.5 and summed["wall_total"] == 10.0
    assert summed["model"]["calls"] == 6 and summed["model"]["cost"] == 0.5
