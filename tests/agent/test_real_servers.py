"""Real OpenAI-compatible servers with random weights: nonsense is refused with its reason, at rest."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from handsel.agent.agent import Agent
from handsel.agent.episode import Episode
from handsel.agent.language.errors import NotAllowed, TooLong
from handsel.agent.language.model import Capabilities, Message
from handsel.agent.language.openai_chat import OpenAIChat
from handsel.agent.model.mind import ModelMind
from handsel.robots.fake import FakeRobot
from pydantic import BaseModel, ConfigDict

from .players import Notes, ScriptedPerceiver, q_look
from .scenes import make_scene, make_thing

KEY = "a-key-for-one-test"
SCENE = make_scene(make_thing("red_block", 0.50, -0.15), make_thing("blue_bowl", 0.50, 0.15))


def attempt(model: OpenAIChat) -> Episode:
    """Run one instruction through a model and check that the arm rested whatever was said."""
    robot, notes = FakeRobot(q_start=q_look()), Notes()
    agent = Agent(robot, ModelMind(model), ScriptedPerceiver(SCENE), subscribers=(notes,))
    episode = agent.run("put the red block in the bowl")
    state = robot.observe().arms["arm"]
    assert not episode.moved and tuple(state.q) == q_look() and state.width == 0.08
    assert episode.outcome in ("refused", "question", "failed") and episode.exit_code in (1, 3, 4)
    assert len(episode.reason) > 10 and notes.kinds()[-1] == "end"
    return episode


class Llama:
    """llama.cpp's server in this process."""

    def __init__(self, path: Path):
        import xllamacpp

        params = xllamacpp.CommonParams()  # type: ignore[attr-defined]
        params.model.path = str(path)
        params.port, params.hostnames, params.api_keys = 0, ["127.0.0.1"], [KEY]
        params.n_ctx, params.n_parallel, params.warmup, params.verbosity = 8192, 1, False, -1
        params.cpuparams.n_threads = 1
        self._server = xllamacpp.Server(params)  # type: ignore[attr-defined]
        self.url = f"{self._server.listening_address}/v1"


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llama]:
    pytest.importorskip("xllamacpp")
    pytest.importorskip("gguf")
    from .random_models import write_llama

    server = Llama(write_llama(tmp_path_factory.mktemp("llama") / "tiny.gguf"))
    yield server
    del server._server


def llama_chat(server: Llama, **others: object) -> OpenAIChat:
    settings: dict[str, object] = {
        "capabilities": Capabilities(pictures=False),
        "max_tokens": 200,
        "retries": 0,
        "timeout": 60.0,
    }
    return OpenAIChat(server.url, "tiny", "HANDSEL_TEST_KEY", **(settings | others))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSEL_TEST_KEY", KEY)


class Choice(BaseModel):
    model_config = ConfigDict(extra="forbid")

    color: Literal["red", "green", "blue"]
    sure: bool


def test_llama_keeps_to_a_form(llama: Llama) -> None:
    model = llama_chat(llama)
    answer = model.complete_as((Message(role="user", text="choose"),), Choice)
    assert answer.color in ("red", "green", "blue") and model.usage.prompt_tokens > 0


def test_llama_s_nonsense_is_refused(llama: Llama) -> None:
    attempt(llama_chat(llama))


def test_llama_s_nonsense_is_no_program(llama: Llama) -> None:
    """A plan that holds, and programs that do not: the mind's second half."""

    class HalfSane(ModelMind):
        def decompose(self, instruction, scene, skills):  # type: ignore[no-untyped-def]
            from handsel.agent.mind import Subtask

            return (Subtask(text="lift it", skill="manipulate"),)

    robot = FakeRobot(q_start=q_look())
    agent = Agent(robot, HalfSane(llama_chat(llama)), ScriptedPerceiver(SCENE))
    episode = agent.run("lift it")
    assert (episode.outcome, episode.exit_code, episode.moved) == ("refused", 3, False)
    assert "no usable program in 3 tries" in episode.reason


def test_llama_refuses_a_wrong_key(llama: Llama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSEL_TEST_KEY", "wrong")
    with pytest.raises(NotAllowed, match="HANDSEL_TEST_KEY") as caught:
        llama_chat(llama).complete((Message(role="user", text="hello"),))
    assert "wrong" not in str(caught.value)


def test_llama_refuses_what_is_too_long(llama: Llama) -> None:
    with pytest.raises(TooLong, match="does not fit"):
        llama_chat(llama).complete((Message(role="user", text="word " * 4000),))


@pytest.fixture(scope="module")
def idefics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """``transformers serve`` in a process of its own, with a model that sees."""
    pytest.importorskip("transformers")
    pytest.importorskip("fastapi")
    folder = tmp_path_factory.mktemp("idefics")
    made = "import sys; from pathlib import Path; from tests.agent.random_models import write_idefics\n"
    made += "write_idefics(Path(sys.argv[1]))\n"
    root = Path(__file__).parents[2]
    quiet = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", made, folder], check=True, cwd=root, env=quiet, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["serve", str(folder), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    command = [sys.executable, "-c", "from transformers.cli.transformers import main; main()", *arguments]
    log = (folder / "log.txt").open("w")
    process = subprocess.Popen(command, env=quiet, stdout=log, stderr=log, cwd=folder)
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, folder / "log.txt")
        yield f"http://127.0.0.1:{port}/v1", str(folder)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            pytest.fail(f"the server did not start: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(url, timeout=1.0):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the server did not answer within two minutes: {log.read_text()[-2000:]}")


@pytest.mark.slow
def test_a_model_that_sees_nonsense_is_refused(idefics: tuple[str, str]) -> None:
    url, name = idefics
    model = OpenAIChat(url, name, max_tokens=60, retries=0, timeout=120.0)
    episode = attempt(model)
    assert model.usage.calls >= 1 and not re.search(r"Traceback", episode.reason)
