"""The chat client against a server on loopback that answers as told, faults included."""

import json
import socket
from typing import Any

import pytest
from handsel.agent.language.errors import (
    BadAnswer,
    LanguageModelError,
    NotAllowed,
    ServerFault,
    TimedOut,
    TooBusy,
    TooLong,
    Unreachable,
)
from handsel.agent.language.forms import unfenced
from handsel.agent.language.model import Capabilities, Message
from handsel.agent.language.openai_chat import OpenAIChat
from handsel.agent.language.scripted import ScriptedModel
from handsel.core.errors import InputError
from pydantic import BaseModel, ConfigDict

from .servers import Server

KEY = "sk-very-secret"
ASK = (Message(role="system", text="Be brief."), Message(role="user", text="hello"))


class Pair(BaseModel):
    model_config = ConfigDict(extra="forbid")

    left: int
    right: int


def chat(server: Server, **others: Any) -> OpenAIChat:
    return OpenAIChat(server.url, "m", "HANDSEL_TEST_KEY", **{"retries": 0, "timeout": 5.0, **others})


def test_text_comes_back_and_is_counted(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSEL_TEST_KEY", KEY)
    server.says("hi")
    model = chat(server)
    assert model.complete(ASK) == "hi"
    assert (model.usage.calls, model.usage.prompt_tokens, model.usage.completion_tokens) == (1, 7, 3)
    sent = server.requests[0]
    assert [one["role"] for one in sent["messages"]] == ["system", "user"] and sent["seed"] == 0
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in repr(model) and KEY not in model.name and KEY not in json.dumps(sent)


def test_pictures_travel_as_data_uris(server: Server) -> None:
    server.says("a bowl")
    chat(server).complete((Message(role="user", text="what is it?", pictures=(b"\x89PNG",)),))
    text, picture = server.requests[0]["messages"][0]["content"]
    assert text["text"] == "what is it?" and picture["image_url"]["url"] == "data:image/png;base64,iVBORw=="


def test_no_picture_goes_to_a_model_that_sees_none(server: Server) -> None:
    server.says("no")
    blind = chat(server, capabilities=Capabilities(pictures=False))
    blind.complete((Message(role="user", text="x", pictures=(b"\x89PNG",)),))
    assert server.requests[0]["messages"][0]["content"] == "x"


def test_a_form_is_asked_for_and_checked(server: Server) -> None:
    server.says('```json\n{"left": 1, "right": 2}\n```')
    assert chat(server).complete_as(ASK, Pair) == Pair(left=1, right=2)
    asked = server.requests[0]["response_format"]["json_schema"]
    assert asked["name"] == "Pair" and asked["schema"]["additionalProperties"] is False


def test_a_form_is_asked_for_in_words_where_the_server_knows_no_schema(server: Server) -> None:
    server.says('{"left": 1, "right": 2}')
    chat(server, capabilities=Capabilities(schema=False)).complete_as(ASK, Pair)
    assert "response_format" not in server.requests[0]
    assert '"left"' in server.requests[0]["messages"][-1]["content"]


def test_one_repair_is_granted(server: Server) -> None:
    server.says('{"left": "one"}')
    server.says('{"left": 1, "right": 2}')
    model = chat(server)
    assert model.complete_as(ASK, Pair).right == 2 and model.usage.calls == 2
    told = server.requests[1]["messages"][-1]["content"]
    assert "left: Input should be a valid integer" in told and "right: Field required" in told


def test_a_second_repair_is_not(server: Server) -> None:
    for _ in range(3):
        server.says("I would rather talk about the weather")
    with pytest.raises(BadAnswer, match="twice"):
        chat(server).complete_as(ASK, Pair)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("status", "message", "kind", "says"),
    [
        (401, "bad key", NotAllowed, "HANDSEL_TEST_KEY"),
        (403, "no", NotAllowed, "HANDSEL_TEST_KEY"),
        (404, "no model", ServerFault, "has no model 'm'"),
        (429, "slow down", TooBusy, "try again later"),
        (400, "exceeds the available context size", TooLong, "does not fit"),
        (400, "bad field", ServerFault, "bad field"),
        (500, "kaputt", ServerFault, "kaputt"),
        (500, "The model produced output that does not match", BadAnswer, "broke the form"),
    ],
)
def test_faults_are_typed(
    server: Server, status: int, message: str, kind: type[LanguageModelError], says: str
) -> None:
    server.fails(status, message)
    with pytest.raises(kind, match=says):
        chat(server).complete(ASK)


def test_a_busy_server_is_asked_again(server: Server) -> None:
    server.fails(429, "slow down", **{"retry-after-ms": "10"})
    server.says("at last")
    assert chat(server, retries=1).complete(ASK) == "at last" and len(server.requests) == 2


@pytest.mark.parametrize(
    ("text", "end", "refusal", "says"),
    [
        ("", "stop", None, "empty answer"),
        (None, "stop", None, "empty answer"),
        ("abc", "length", None, "did not come to an end"),
        (None, "stop", "I must not", "refuses to answer"),
    ],
)
def test_useless_answers(server: Server, text: str | None, end: str, refusal: str | None, says: str) -> None:
    server.says(text, end=end, refusal=refusal)
    with pytest.raises(BadAnswer, match=says):
        chat(server).complete(ASK)


@pytest.mark.parametrize("body", ["<html>hello</html>", "{}", '{"choices": []}', "[1]"])
def test_something_that_is_no_chat_server(server: Server, body: str) -> None:
    server.replies.append((200, {}, body))
    with pytest.raises(ServerFault):
        chat(server).complete(ASK)


def test_silence_times_out(server: Server) -> None:
    server.delay = 1.0
    server.says("late")
    with pytest.raises(TimedOut, match="within 0 s"):
        chat(server, timeout=0.3).complete(ASK)


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = OpenAIChat(f"http://127.0.0.1:{port}/v1", "m", retries=0)
    with pytest.raises(Unreachable, match=r"no server answers at http://127\.0\.0\.1.*is it running"):
        model.complete(ASK)


@pytest.mark.parametrize(("url", "model"), [("localhost:80", "m"), ("", "m"), ("http://x", "")])
def test_what_is_no_server_is_refused_at_once(url: str, model: str) -> None:
    with pytest.raises(InputError):
        OpenAIChat(url, model)


def test_unfenced() -> None:
    assert unfenced('Sure! {"a": {"b": 1}} done') == '{"a": {"b": 1}}' and unfenced("none") == "none"


def test_the_scripted_model() -> None:
    model = ScriptedModel(
        ['{"left": 1, "right": 2}', TooBusy("no"), lambda heard: heard[-1].text.upper(), "x"]
    )
    assert model.complete_as(ASK, Pair).left == 1
    with pytest.raises(TooBusy):
        model.complete(ASK)
    assert model.complete(ASK) == "HELLO" and len(model.heard) == 3
    with pytest.raises(BadAnswer, match="does not fit Pair"):
        model.complete_as(ASK, Pair)
    with pytest.raises(BadAnswer, match="at its end after 4 answers"):
        model.complete(ASK)
