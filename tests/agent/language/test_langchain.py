"""LangChain's chat models as ours, and our skills as its tools."""

import json
from typing import Any

import pytest
from handsel.agent.agent import Agent
from handsel.agent.language.budget import Budget, Budgeted
from handsel.agent.language.errors import (
    BadAnswer,
    LanguageModelError,
    NotAllowed,
    OverBudget,
    ServerDown,
    TooBusy,
    TooLong,
    Unreachable,
)
from handsel.agent.language.langchain_chat import LangChainChat
from handsel.agent.language.langchain_tools import skill_tools
from handsel.agent.language.model import Capabilities, Message
from handsel.core.errors import InputError, MissingDependency
from handsel.robots.fake import FakeRobot
from handsel.skills.skill import Feasibility
from pydantic import BaseModel

from ..players import ScriptedMind, ScriptedPerceiver, ScriptedSkill, no, q_look
from ..scenes import make_scene, make_thing
from .servers import Server

pytest.importorskip("langchain")
pytest.importorskip("langchain_openai")

ASK = (Message(role="system", text="Be brief."), Message(role="user", text="What next?"))
KEY = "sk-very-secret-0123456789"


class Said(BaseModel):
    text: str


def fake(*lines: str) -> LangChainChat:
    from langchain_core.language_models import GenericFakeChatModel

    return LangChainChat(GenericFakeChatModel(messages=iter(lines)), retries=0)


def chat(server: Server, monkeypatch: pytest.MonkeyPatch, **others: Any) -> LangChainChat:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    return LangChainChat.from_name("openai:m", **({"retries": 0, "timeout": 5.0} | others))


def test_text_and_a_form_in_words() -> None:
    model = fake("hello", "Sure! {'text': 1}", '{"text": "x"}')
    assert model.complete(ASK) == "hello"
    assert model.complete_as(ASK, Said) == Said(text="x")
    assert model.usage.calls == 3 and not model.capabilities.schema
    with pytest.raises(BadAnswer):
        fake(" ").complete(ASK)


def test_options_are_ranked() -> None:
    scores = fake('{"best": ["down"]}', '{"best": ["down", "up"]}').score(ASK, ["up", "down"])
    assert scores.best == "down" and scores.method == "ranked choice, two orders"
    assert fake().score(ASK, ["up"]).probabilities == (1.0,)


def test_a_provider_s_model(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    model = chat(server, monkeypatch)
    server.says("hi")
    shown = (Message(role="user", text="What is it?", pictures=(b"\x89PNG",)),)
    assert model.complete(shown) == "hi" and model.name == "openai:m"
    content = server.requests[0]["messages"][0]["content"]
    assert content[1]["image_url"]["url"].startswith("data:image/png;base64,")
    assert (model.usage.prompt_tokens, model.usage.completion_tokens) == (7, 3)
    server.says('{"text": "x"}')
    assert model.complete_as(ASK, Said).text == "x"
    assert server.requests[1]["response_format"]["json_schema"]["schema"]["additionalProperties"] is False
    assert not chat(server, monkeypatch, capabilities=Capabilities(pictures=False)).capabilities.pictures


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (401, f"Incorrect key {KEY}", NotAllowed),
        (429, "slow down", TooBusy),
        (500, "kaputt", ServerDown),
        (400, "maximum context length is 8192", TooLong),
        (400, f"bad field {KEY}", LanguageModelError),
    ],
)
def test_faults_are_typed(
    server: Server, monkeypatch: pytest.MonkeyPatch, status: int, message: str, kind: type[LanguageModelError]
) -> None:
    server.fails(status, message)
    with pytest.raises(kind) as caught:
        chat(server, monkeypatch).complete(ASK)
    assert KEY not in str(caught.value)


def test_a_lost_provider(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    model = chat(server, monkeypatch)
    server.replies.append((-1, {}, ""))
    with pytest.raises(Unreachable):
        model.complete(ASK)


def test_a_budget_holds(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from handsel.agent.language import budget as budgets

    monkeypatch.setattr(budgets, "sleep", lambda seconds: None)
    for _ in range(5):
        server.fails(500, "kaputt")
    with pytest.raises(OverBudget):
        Budgeted(chat(server, monkeypatch, retries=9), Budget(calls=3)).complete(ASK)
    assert len(server.requests) == 3


def test_a_mistake_in_a_program_is_no_provider_s_fault() -> None:
    class Broken:
        def invoke(self, messages: object) -> object:
            raise TypeError("ours")

    with pytest.raises(TypeError, match="ours"):
        LangChainChat(Broken(), name="broken").complete(ASK)  # type: ignore[arg-type]


def test_names_that_mean_nothing() -> None:
    with pytest.raises(InputError, match="PROVIDER:MODEL"):
        LangChainChat.from_name("no-such-model")
    with pytest.raises(MissingDependency, match="langchain-mistralai"):
        LangChainChat.from_name("mistralai:m")


SCENE = make_scene(make_thing("red_block", 0.50, -0.15), make_thing("blue_bowl", 0.50, 0.15))


def tools_of(*skills: ScriptedSkill) -> tuple[dict[str, Any], Agent]:
    robot = FakeRobot(q_start=q_look())
    agent = Agent(robot, ScriptedMind(), ScriptedPerceiver(SCENE), skills=skills)
    return {tool.name: tool for tool in skill_tools(agent)}, agent


def test_a_tool_looks() -> None:
    tools, agent = tools_of(ScriptedSkill("wave"))
    assert set(tools) == {"look", "wave"}
    assert "red_block: red block" in tools["look"].invoke({})
    assert agent.mind.name == "scripted" and agent.episode is not None and not agent.episode.moved


def test_a_tool_does_what_its_skill_does() -> None:
    wave = ScriptedSkill("wave")
    tools, agent = tools_of(wave)
    assert tools["wave"].invoke({"what": "wave at the red_block"}) == "done: it happened"
    assert wave.starts == 1 and agent.episode is not None
    assert agent.episode.subtasks == ("wave at the red_block",) and agent.episode.mind == "tool+scripted"


def test_a_tool_says_why_not() -> None:
    tools, _ = tools_of(
        ScriptedSkill("wave", feasible=Feasibility(probability=0.0, reason="the arm is too short"))
    )
    assert "too short" in tools["wave"].invoke({"what": "wave"})
    tools, _ = tools_of(ScriptedSkill("wave", verdicts=[no("nothing waved")] * 3))
    assert tools["wave"].invoke({"what": "wave"}) == "failed: could not wave: nothing waved"


def test_the_real_skills_as_tools() -> None:
    agent = Agent(FakeRobot(q_start=q_look()), ScriptedMind(), ScriptedPerceiver(SCENE))
    tools = {tool.name: tool for tool in skill_tools(agent)}
    schema = json.dumps(tools["place"].args_schema.model_json_schema())  # type: ignore[union-attr]
    assert "left of" in schema and set(tools) == {"look", *(skill.spec.name for skill in agent.skills)}
    told = tools["place"].invoke({"thing": "red_cow", "relation": "in", "reference": "blue_bowl"})
    assert told.startswith("refused: there is no 'red_cow'; there are blue_bowl, red_block")
