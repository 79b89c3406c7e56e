"""llama.cpp's own server with random weights: forms, probabilities, streams, keys, overflow, the doctor."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import pytest
from handsel.agent.language.errors import BadAnswer, NotAllowed, NotOffered, TooLong
from handsel.agent.language.model import Capabilities, Message
from handsel.agent.language.models import make_model
from handsel.agent.language.openai_chat import OpenAIChat
from handsel.agent.language.probe import probe
from handsel.cli.main import main
from pydantic import BaseModel

from ..test_real_servers import KEY, Llama

ASK = (Message(role="user", text="What next?"),)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llama]:
    pytest.importorskip("xllamacpp")
    pytest.importorskip("gguf")
    from ..random_models import write_llama

    server = Llama(write_llama(tmp_path_factory.mktemp("llama") / "tiny.gguf"))
    yield server
    del server._server


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSEL_TEST_KEY", KEY)


def chat(server: Llama, **able: object) -> OpenAIChat:
    capabilities = Capabilities(**({"pictures": False} | able))  # type: ignore[arg-type]
    return OpenAIChat(
        server.url, "tiny", "HANDSEL_TEST_KEY", capabilities=capabilities, max_tokens=60, retries=0
    )


class Choice(BaseModel):
    color: Literal["red", "green"]
    sure: bool


class Unbounded(BaseModel):
    text: str


def test_probabilities_of_letters_are_told_and_repeat(llama: Llama) -> None:
    options = [f"pick up thing {i}" for i in range(40)]
    model = chat(llama, logprobs=200)
    scores = model.score(ASK, options)
    assert scores.method == "letters' probabilities, two orders"
    # Three groups and their final, each in two orders.
    assert model.usage.calls == 8 and scores.mass is not None and 0.0 < scores.mass < 1.0
    again = chat(llama, logprobs=200).score(ASK, options)
    assert again.probabilities == pytest.approx(scores.probabilities, abs=1e-3)


def test_a_ranking_keeps_to_the_options(llama: Llama) -> None:
    scores = chat(llama, logprobs=0).score(ASK, ["pick a", "pick b", "pick c"])
    assert scores.method == "ranked choice, two orders" and sum(scores.probabilities) == pytest.approx(1.0)


def test_strings_without_bounds_are_cut_off(llama: Llama) -> None:
    with pytest.raises(BadAnswer):
        chat(llama).complete_as(ASK, Unbounded)


def test_streams(llama: Llama) -> None:
    model = chat(llama, streaming=True)
    with suppress(BadAnswer):  # Nonsense may have no end.
        model.complete(ASK)
    assert model.usage.completion_tokens > 0


def test_a_key_that_is_wrong(llama: Llama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSEL_TEST_KEY", "quite-a-wrong-key")
    for ask in (lambda: chat(llama).complete(ASK), lambda: chat(llama).score(ASK, ["a", "b"])):
        with pytest.raises(NotAllowed, match="HANDSEL_TEST_KEY") as caught:
            ask()
        assert "quite-a-wrong-key" not in str(caught.value)


def test_overflow(llama: Llama) -> None:
    long = (Message(role="user", text="word " * 4000),)
    for ask in (lambda: chat(llama).complete(long), lambda: chat(llama).score(long, ["a", "b"])):
        with pytest.raises(TooLong):
            ask()


def test_pictures_are_refused_with_the_remedy(llama: Llama) -> None:
    with pytest.raises(NotOffered, match="--text-only"):
        chat(llama, pictures=True).complete((Message(role="user", text="x", pictures=(b"\x89PNG",)),))


def test_the_probe_finds_what_it_can_do(llama: Llama) -> None:
    report = probe(chat(llama))
    found = {one.name: one for one in report.abilities}
    assert (report.capabilities.schema, report.capabilities.logprobs) == (True, 20)
    assert report.capabilities.streaming and not report.capabilities.pictures
    assert not report.capabilities.decisions and found["context"].found.endswith("tokens")
    assert all(one.without for one in report.abilities if one.name != "text")


def test_the_doctor_prints_the_table_and_writes_a_model_file(
    llama: Llama, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tiny.toml"
    options = ["--base-url", llama.url, "--api-key-env", "HANDSEL_TEST_KEY"]
    assert main(["models", "doctor", *options, "--out", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "json schema" in printed and "kept to it" in printed and KEY not in printed + path.read_text()
    model = make_model(str(path))
    assert model.capabilities.schema and not model.capabilities.pictures
    assert model.complete_as(ASK, Choice).color in ("red", "green")
    assert main(["models", "list", *options]) == 0
    name = capsys.readouterr().out.strip()
    assert main(["models", "doctor", *options, "--model", name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["capabilities"]["logprobs"] == 20


def test_the_doctor_says_what_is_wrong(
    llama: Llama, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "doctor", "--base-url", "http://127.0.0.1:9/v1", "--model", "m"]) == 1
    assert "no server answers" in capsys.readouterr().err
    assert main(["models", "doctor", "--base-url", llama.url, "--out", str(tmp_path / "x.json")]) == 2
    assert main(["models", "doctor", "--base-url", llama.url, "--model", "m", "--api-key-env", "NONE"]) == 1
    assert "NONE" in capsys.readouterr().err
