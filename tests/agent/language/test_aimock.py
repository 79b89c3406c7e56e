"""Faults of a server that nobody here wrote: @copilotkit/aimock, a mock of the large providers.

It needs node, and lies where this puts it:
npm install --prefix .dev --no-save @copilotkit/aimock@1.43.0
"""

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from handsel.agent.language import budget as budgets
from handsel.agent.language.budget import Budget, Budgeted
from handsel.agent.language.errors import (
    CutOff,
    LanguageModelError,
    NotAllowed,
    ServerDown,
    ServerFault,
    TimedOut,
    TooBusy,
    TooLong,
    Unreachable,
    WrongForm,
)
from handsel.agent.language.model import Capabilities, Message
from handsel.agent.language.openai_chat import OpenAIChat
from pydantic import BaseModel

PROGRAM = Path(__file__).parents[3] / ".dev" / "node_modules" / ".bin" / "llmock"
KEY = "a-key-for-one-test"


def fixture(words: str, response: dict[str, object], **others: object) -> dict[str, object]:
    return {"match": {"userMessage": words}, "response": response, **others}


def error(status: int, message: str) -> dict[str, object]:
    return {"error": {"message": message, "type": "test"}, "status": status}


FIXTURES = [
    fixture("greet", {"content": "Hello there."}),
    fixture("fill in", {"content": '{"color": "red", "count": 2}'}),
    fixture("garble", {"content": '{"color": "red", "cou'}),
    fixture("That does not fit", {"content": '{"color": "red", "count": "no'}),
    fixture("long", {"content": "one two three", "finishReason": "length"}),
    fixture("forbidden", error(401, f"Incorrect API key provided: {KEY}")),
    fixture("overflow", error(400, "This model's maximum context length is 8192 tokens")),
    fixture("overloaded", error(503, "The server is overloaded")),
    fixture("malformed", {"content": "x"}, chaos={"malformedRate": 1.0}),
    fixture("disconnect", {"content": "x"}, chaos={"disconnectRate": 1.0}),
    fixture("drop", {"content": "x"}, chaos={"dropRate": 1.0}),
    fixture("slow", {"content": "word " * 400}, latency=40),
]


class Thing(BaseModel):
    color: str
    count: int


class AiMock:
    """The mock in a process of its own."""

    def __init__(self, folder: Path):
        path = folder / "fixtures.json"
        path.write_text(json.dumps({"fixtures": FIXTURES}))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.root = f"http://127.0.0.1:{port}"
        command = [str(PROGRAM), "-p", str(port), "-f", str(path), "--strict", "--log-level", "silent"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail("aimock did not start")

    def chaos(self, **rates: float) -> None:
        self._call("/__aimock/chaos", "POST", json.dumps(rates).encode())

    def calm(self) -> None:
        self._call("/__aimock/chaos", "DELETE")

    def _call(self, path: str, method: str, body: bytes | None = None) -> bytes:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.root + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=5.0) as answer:
            return answer.read()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AiMock]:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if not PROGRAM.exists():
        pytest.skip(f"aimock is not installed: {(__doc__ or '').strip().splitlines()[-1]}")
    mock = AiMock(tmp_path_factory.mktemp("aimock"))
    yield mock
    mock.process.terminate()
    mock.process.wait(10)


@pytest.fixture
def mock(started: AiMock, monkeypatch: pytest.MonkeyPatch) -> AiMock:
    started.calm()
    monkeypatch.setenv("HANDSEL_TEST_KEY", KEY)
    return started


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []
    monkeypatch.setattr(budgets, "sleep", taken.append)
    return taken


def chat(mock: AiMock, **others: object) -> OpenAIChat:
    settings: dict[str, object] = {"retries": 0, "timeout": 5.0}
    return OpenAIChat(f"{mock.root}/v1", "gpt-4o", "HANDSEL_TEST_KEY", **(settings | others))  # type: ignore[arg-type]


def ask(words: str) -> tuple[Message, ...]:
    return (Message(role="user", text=words),)


def test_it_answers(mock: AiMock) -> None:
    assert chat(mock).complete(ask("greet me")) == "Hello there."
    assert chat(mock).complete_as(ask("fill in"), Thing) == Thing(color="red", count=2)
    streamed = chat(mock, capabilities=Capabilities(streaming=True))
    assert streamed.complete(ask("greet me")) == "Hello there."


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("forbidden", NotAllowed),
        ("overflow", TooLong),
        ("overloaded", ServerDown),
        ("drop", ServerDown),
        ("malformed", ServerFault),
        ("disconnect", Unreachable),
        ("long", CutOff),
        ("nothing of that kind", LanguageModelError),
    ],
)
def test_faults_are_typed(mock: AiMock, words: str, kind: type[LanguageModelError]) -> None:
    model = Budgeted(chat(mock), Budget(calls=3))
    with pytest.raises(kind) as caught:
        model.complete(ask(words))
    assert KEY not in str(caught.value) and model.purse.spent.calls == 1


def test_broken_json_is_refused_after_one_repair(mock: AiMock) -> None:
    model = Budgeted(chat(mock), Budget(calls=5))
    with pytest.raises(WrongForm, match="twice"):
        model.complete_as(ask("garble"), Thing)
    assert model.purse.spent.calls == 2


def test_rate_limits_are_waited_for_as_told_and_bounded(mock: AiMock, naps: list[float]) -> None:
    mock.chaos(rateLimitRate=1.0)
    model = Budgeted(chat(mock, retries=2), Budget(calls=10))
    with pytest.raises(TooBusy) as caught:
        model.complete(ask("greet me"))
    assert model.purse.spent.calls == 3 and len(naps) == 2
    assert caught.value.after is not None and naps == [caught.value.after] * 2


def test_it_recovers(mock: AiMock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is lifted while the client waits."""
    mock.chaos(rateLimitRate=1.0)
    monkeypatch.setattr(budgets, "sleep", lambda seconds: mock.calm())
    assert chat(mock, retries=1).complete(ask("greet me")) == "Hello there."


def test_a_budget_ends_repetitions(mock: AiMock, naps: list[float]) -> None:
    from handsel.agent.language.errors import OverBudget

    mock.chaos(dropRate=1.0)
    with pytest.raises(OverBudget, match="2 answers"):
        Budgeted(chat(mock, retries=9), Budget(calls=2)).complete(ask("greet me"))
    assert len(naps) == 2


def test_a_slow_stream_times_out(mock: AiMock) -> None:
    model = chat(mock, capabilities=Capabilities(streaming=True), timeout=0.5)
    with pytest.raises(TimedOut):
        model.complete(ask("slow"))
