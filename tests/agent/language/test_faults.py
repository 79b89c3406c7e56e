"""Faults end in errors of their own kind, within the budget, whatever the server does."""

import time
from pathlib import Path

import pytest
from handsel.agent.language import budget as budgets
from handsel.agent.language.answers import language_of, looping
from handsel.agent.language.budget import Budget, Budgeted, Prices
from handsel.agent.language.errors import (
    CutOff,
    EmptyAnswer,
    LanguageModelError,
    Looping,
    NotAllowed,
    NotOffered,
    OverBudget,
    Refused,
    ServerDown,
    TimedOut,
    TooBusy,
    WrongForm,
    WrongLanguage,
)
from handsel.agent.language.forms import strict_schema
from handsel.agent.language.model import Capabilities, Message
from handsel.agent.language.openai_chat import OpenAIChat
from handsel.agent.language.scripted import ScriptedModel
from handsel.core.errors import InputError
from pydantic import BaseModel

from .servers import Server

ASK = (Message(role="system", text="Be brief."), Message(role="user", text="What is on the table?"))
KEY = "sk-very-secret-0123456789"


class Said(BaseModel):
    text: str
    options: list[str] = []


def chat(server: Server, **others: object) -> OpenAIChat:
    return OpenAIChat(server.url, "m", "HANDSEL_TEST_KEY", **({"retries": 0, "timeout": 5.0} | others))  # type: ignore[arg-type]


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits between repetitions, which pass at once."""
    taken: list[float] = []
    monkeypatch.setattr(budgets, "sleep", taken.append)
    return taken


@pytest.mark.parametrize(
    ("name", "value", "wait"), [("Retry-After", "7", 7.0), ("retry-after-ms", "250", 0.25), ("x", "y", 0.5)]
)
def test_a_busy_server_says_how_long(
    server: Server, naps: list[float], name: str, value: str, wait: float
) -> None:
    server.fails(429, "slow down", **{name: value})
    server.says("at last")
    model = chat(server, retries=2)
    assert model.complete(ASK) == "at last" and naps == [wait]
    assert model.usage.calls == 2 and model.usage.seconds >= wait


def test_a_date_to_wait_for(server: Server, naps: list[float]) -> None:
    from email.utils import formatdate

    server.fails(503, "back soon", **{"Retry-After": formatdate(time.time() + 20, usegmt=True)})
    server.says("back")
    assert chat(server, retries=1).complete(ASK) == "back" and naps[0] == pytest.approx(20, abs=3)


def test_repetitions_are_bounded_and_slow_down(server: Server, naps: list[float]) -> None:
    for _ in range(9):
        server.fails(500, "kaputt")
    with pytest.raises(ServerDown, match="status 500: kaputt"):
        chat(server, retries=3).complete(ASK)
    assert len(server.requests) == 4 and naps == [0.5, 1.0, 2.0]


def test_too_long_a_wait_is_not_waited_for(server: Server, naps: list[float]) -> None:
    server.fails(429, "slow down", **{"Retry-After": "3600"})
    with pytest.raises(TooBusy, match="try again in 3600 s"):
        chat(server, retries=3).complete(ASK)
    assert naps == [] and len(server.requests) == 1


def test_a_wait_beyond_the_budget_is_not_waited_for(server: Server, naps: list[float]) -> None:
    server.fails(429, "slow down", **{"Retry-After": "20"})
    with pytest.raises(TooBusy):
        Budgeted(chat(server, retries=3), Budget(seconds=10.0)).complete(ASK)
    assert naps == []


@pytest.mark.parametrize(
    ("status", "kind"), [(401, NotAllowed), (400, LanguageModelError), (404, LanguageModelError)]
)
def test_what_will_not_pass_is_not_repeated(
    server: Server, naps: list[float], status: int, kind: type[LanguageModelError]
) -> None:
    server.fails(status, "no")
    with pytest.raises(kind):
        chat(server, retries=5).complete(ASK)
    assert naps == [] and len(server.requests) == 1


def test_an_empty_account_is_no_busy_server(server: Server, naps: list[float]) -> None:
    server.fails(429, "You exceeded your current quota, please check your plan and billing details")
    with pytest.raises(NotAllowed, match="nothing left"):
        chat(server, retries=5).complete(ASK)
    assert naps == []


def test_a_key_is_never_told(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HANDSEL_TEST_KEY", KEY)
    caplog.set_level("DEBUG")
    server.fails(400, f"Incorrect key {KEY} for m")
    model = chat(server)
    with pytest.raises(LanguageModelError) as caught:
        model.complete(ASK)
    assert KEY not in str(caught.value) and "[key]" in str(caught.value)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("handsel")]
    assert KEY not in repr(vars(model)) and not any(KEY in line for line in ours)
    with pytest.raises(InputError, match="environment variable"):
        OpenAIChat("https://user:secret@example.org/v1", "m")


def test_a_dropped_connection(server: Server) -> None:
    from handsel.agent.language.errors import Unreachable

    server.replies.append((-1, {}, ""))
    with pytest.raises(Unreachable):
        chat(server).complete(ASK)


def test_broken_json_is_repaired_once_then_refused(server: Server) -> None:
    server.says('{"text": "a red bl')
    server.says('{"text": "a red block"}')
    assert chat(server).complete_as(ASK, Said).text == "a red block"
    server.says('{"text": ')
    server.says('{"text": ')
    with pytest.raises(WrongForm, match="twice"):
        chat(server).complete_as(ASK, Said)


def test_a_loop_is_told_from_an_end(server: Server) -> None:
    server.says("I see a red block. " * 40, end="length")
    with pytest.raises(Looping, match="again and again"):
        chat(server).complete(ASK)
    server.says("one two three", end="length")
    with pytest.raises(CutOff):
        chat(server).complete(ASK)


def test_thoughts_are_no_answer(server: Server) -> None:
    server.says("<think>It is round. So a ball.</think>\n\na ball")
    assert chat(server).complete(ASK) == "a ball"
    server.says("<think>hm</think>")
    with pytest.raises(EmptyAnswer):
        chat(server).complete(ASK)


def test_a_content_filter_is_a_refusal(server: Server) -> None:
    server.says("", end="content_filter")
    with pytest.raises(Refused, match="content filter"):
        chat(server).complete(ASK)


def test_no_pictures_for_a_server_without_eyes(server: Server) -> None:
    server.fails(500, "image input is not supported - hint: provide the mmproj")
    with pytest.raises(NotOffered, match="--text-only"):
        chat(server, retries=2).complete((Message(role="user", text="x", pictures=(b"\x89PNG",)),))
    assert len(server.requests) == 1


def test_a_server_without_schemas_is_told_in_words_and_remembered(server: Server) -> None:
    server.fails(400, "response_format json_schema is not supported")
    server.says('{"text": "x"}')
    server.says('{"text": "y"}')
    model = chat(server)
    assert model.complete_as(ASK, Said).text == "x" and not model.capabilities.schema
    assert model.complete_as(ASK, Said).text == "y" and len(server.requests) == 3
    assert "fits this schema" in server.requests[2]["messages"][-1]["content"]
    assert [one["role"] for one in server.requests[2]["messages"]] == ["system", "user"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Auf dem Tisch ist ein roter Block und die Schale ist nicht leer", "German"),
        ("Il y a un bloc rouge sur la table et le bol est vide", "French"),
        ("El bloque rojo está en la mesa y el cuenco es azul", "Spanish"),
        ("Il blocco rosso è sul tavolo e la ciotola è vuota", "Italian"),
        ("O bloco vermelho está sobre a mesa e a tigela não tem nada", "Portuguese"),
        ("Het rode blok ligt op de tafel en de kom is niet leeg", "Dutch"),
        ("a red, a green and a blue block, as big as no other; do not pour", "English"),
        ("桌子上有一个红色的方块和一个蓝色的碗", "Chinese or Japanese"),
        ("На столе красный кубик", "Cyrillic"),
        ("There is a red block on the table and the bowl is empty", "English"),
        ("red_block blue_bowl", ""),
        ("def stage_1():\n    grasp(red_block)\n    goal(height(a.bottom) >= cm(2))", ""),
        ("", ""),
        ("12.5 + 3", ""),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert language_of(text) == language


def test_no_page_of_ours_is_foreign(root: Path) -> None:
    pages = [*(root / "docs").glob("*.md"), *(root / "prompts").glob("**/*.md"), root / "README.md"]
    pages += (root / "examples").glob("**/*.txt")
    found = {
        (page.name, part[:60]): language_of(part)
        for page in pages
        for text in [page.read_text()]
        for part in (text, *text.split("\n\n"), *text.splitlines())
    }
    assert {key: told for key, told in found.items() if told not in ("", "English")} == {}


def test_an_answer_in_a_language_that_nobody_spoke(server: Server) -> None:
    server.says("桌子上有一个红色的方块")
    with pytest.raises(WrongLanguage, match="answers in Chinese"):
        chat(server).complete(ASK)
    german = Message(role="user", text="Be brief.\nWas ist auf dem Tisch und was ist in der Schale?")
    server.says("Auf dem Tisch ist ein roter Block und die Schale ist leer")
    assert chat(server).complete((german,)).startswith("Auf dem")


def test_a_form_in_another_language_is_repaired(server: Server) -> None:
    server.says('{"text": "Der rote Block ist nicht auf dem Tisch und die Schale ist leer"}')
    server.says('{"text": "The red block is not on the table"}')
    assert chat(server).complete_as(ASK, Said).text.startswith("The red")
    assert "answers in German" in server.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"    goal(norm(xy(block_{i}.center - bowl.center)) <= cm({i}))" for i in range(40)),
        "-" * 400,
        "No. No. No.",
        "stack " * 3,
    ],
)
def test_what_is_no_loop(text: str) -> None:
    assert looping(text) == ""


def test_loops_have_their_least_unit() -> None:
    assert looping("Well. " + "and then it moves " * 30).strip() in "and then it moves and then it moves"
    assert len(looping("ab" * 200)) == 2


def streaming(server: Server, **others: object) -> OpenAIChat:
    return chat(server, capabilities=Capabilities(streaming=True), **others)


def test_a_stream_is_put_together_and_counted(server: Server) -> None:
    server.streams("a red ", "block")
    model = streaming(server)
    assert model.complete(ASK) == "a red block"
    assert (model.usage.prompt_tokens, model.usage.completion_tokens) == (7, 2)
    assert server.requests[0]["stream_options"] == {"include_usage": True}
    server.streams("a red", end="length")
    with pytest.raises(CutOff):
        model.complete(ASK)


def test_a_loop_in_a_stream_is_cut_short(server: Server) -> None:
    server.streams(*["over and over "] * 2000, pause=0.001)
    began = time.monotonic()
    with pytest.raises(Looping, match="does not come to an end"):
        streaming(server).complete(ASK)
    assert time.monotonic() - began < 3.0


def test_a_stream_that_trickles_times_out(server: Server) -> None:
    server.streams(*[f"{i} " for i in range(2000)], pause=0.01)
    with pytest.raises(TimedOut, match="did not end"):
        streaming(server, timeout=0.3).complete(ASK)


def test_calls_are_budgeted_with_their_repairs(server: Server) -> None:
    for _ in range(9):
        server.says("no")
    model = Budgeted(chat(server), Budget(calls=1))
    with pytest.raises(OverBudget, match="1 answers"):
        model.complete_as(ASK, Said)
    assert len(server.requests) == 1
    model.begin()
    assert model.complete(ASK) == "no"


def test_tokens_money_and_seconds_are_budgeted(server: Server) -> None:
    for _ in range(3):
        server.says("hi")
    tokens = Budgeted(chat(server), Budget(tokens=10))
    tokens.complete(ASK)
    with pytest.raises(OverBudget, match="10 tokens"):
        tokens.complete(ASK)
    prices = Prices(prompt=1e6, completion=2e6)
    dear = Budgeted(chat(server), Budget(money=13.0, prices=prices))
    dear.complete(ASK)
    with pytest.raises(OverBudget, match="13 was spent"):
        dear.complete(ASK)
    slow = Budgeted(chat(server), Budget(seconds=1e-6))
    slow.complete(ASK)
    with pytest.raises(OverBudget, match="waiting"):
        slow.score(ASK, ["a", "b"])
    assert len(server.requests) == 3


def test_a_request_gets_no_more_time_than_is_left(server: Server) -> None:
    server.delay = 3.0
    server.says("late")
    began = time.monotonic()
    with pytest.raises(TimedOut):
        Budgeted(chat(server, timeout=60.0), Budget(seconds=0.3)).complete(ASK)
    assert time.monotonic() - began < 2.5


def test_a_purse_is_closed_outside_its_model() -> None:
    inner = ScriptedModel(["a", "b", "c"])
    outer = Budgeted(inner, Budget(calls=1))
    outer.complete(ASK)
    inner.complete(ASK)
    assert outer.purse.spent.calls == 1 and inner.usage.calls == 2


def test_strict_schemas_ask_for_everything() -> None:
    class Inner(BaseModel):
        title: str = "x"

    class Outer(BaseModel):
        default: int = 3
        inner: list[Inner] = []

    schema = strict_schema(Outer)
    assert schema["required"] == ["default", "inner"] and schema["additionalProperties"] is False
    inner = schema["$defs"]["Inner"]
    assert inner["required"] == ["title"] and inner["additionalProperties"] is False
    assert "default" not in schema["properties"]["default"]
