"""Whatever a model's server does, the episode ends with its reason, within its budget, and nothing moved."""

import json

import pytest
from handsel.agent.agent import Agent
from handsel.agent.language import budget as budgets
from handsel.agent.language.budget import Budget, Budgeted
from handsel.agent.language.model import Capabilities
from handsel.agent.language.openai_chat import OpenAIChat
from handsel.agent.minds import make_mind
from handsel.agent.model.mind import ModelMind
from handsel.robots.fake import FakeRobot

from ..players import ScriptedPerceiver, q_look
from ..scenes import make_scene, make_thing
from .servers import Server

CALLS = 12
SCENE = make_scene(make_thing("red_block", 0.50, -0.15), make_thing("blue_bowl", 0.50, 0.15))
LOOP = "I will pick the red block up. " * 60


def unauthorized(server: Server) -> None:
    server.fails(401, "no")


def busy(server: Server) -> None:
    server.fails(429, "slow down", **{"Retry-After": "1"})


def down(server: Server) -> None:
    server.fails(500, "kaputt")


def silent(server: Server) -> None:
    server.delay = 0.6
    server.says("late")


def cut_off(server: Server) -> None:
    server.says('{"kind": "steps", "steps": [{"te', end="length")


def refusing(server: Server) -> None:
    server.says(None, refusal="I must not")


def foreign(server: Server) -> None:
    answer = {"kind": "question", "steps": [], "options": []}
    server.says(
        json.dumps(answer | {"message": "Welchen der beiden roten Blöcke soll ich auf den Tisch stellen?"})
    )


FAULTS = {
    "401": (unauthorized, "refuses the key"),
    "429": (busy, "refuses more requests"),
    "500": (down, "failed with status 500"),
    "time-out": (silent, "no answer within"),
    "no server": (lambda server: server.replies.append((-1, {}, "")), "no server answers"),
    "broken JSON": (lambda server: server.says('{"kind": "steps", "ste'), "form"),
    "no JSON": (lambda server: server.replies.append((200, {}, "<html>")), "does not answer as"),
    "truncated": (cut_off, "did not come to an end"),
    "refusal": (refusing, "refuses to answer"),
    "empty": (lambda server: server.says(""), "empty answer"),
    "other language": (foreign, ""),
    "loop": (lambda server: server.says(LOOP, end="length"), "again and again"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_ends_in_a_reason_and_nothing_moves(
    server: Server, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "sleep", lambda seconds: None)
    happens, says = FAULTS[fault]
    for _ in range(3 * CALLS):
        happens(server)
    chat = OpenAIChat(
        server.url, "m", capabilities=Capabilities(pictures=False, logprobs=0), retries=2, timeout=0.3
    )
    if fault != "time-out":
        chat = OpenAIChat(server.url, "m", capabilities=Capabilities(pictures=False, logprobs=0), retries=2)
    model = Budgeted(chat, Budget(calls=CALLS, seconds=20.0))
    robot = FakeRobot(q_start=q_look())
    episode = Agent(robot, ModelMind(model), ScriptedPerceiver(SCENE)).run("put the red block in the bowl")
    assert not episode.moved and tuple(robot.observe().arms["arm"].q) == q_look()
    assert episode.outcome in ("failed", "refused", "question") and says in episode.reason
    assert 1 <= model.purse.spent.calls <= CALLS and len(server.requests) <= CALLS


def test_a_mind_by_name(server: Server) -> None:
    server.fails(401, "no")
    mind = make_mind(f"model:m@{server.url}")
    episode = Agent(FakeRobot(q_start=q_look()), mind, ScriptedPerceiver(SCENE)).run("tidy up")
    assert (episode.outcome, episode.exit_code, episode.mind) == ("failed", 1, "model:m")
