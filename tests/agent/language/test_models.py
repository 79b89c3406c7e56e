"""Models by name and by file."""

from pathlib import Path

import pytest
from handsel.agent.language.budget import Budget, Prices
from handsel.agent.language.model import Message
from handsel.agent.language.models import described, make_model, model_file_text, read_model_file
from handsel.agent.language.openai_chat import OpenAIChat
from handsel.agent.language.recording import RecordingModel
from handsel.agent.language.replay import ReplayedModel
from handsel.agent.language.scripted import ScriptedModel
from handsel.agent.minds import make_mind, named_mind
from handsel.core.errors import InputError, UnknownName

URL = "http://localhost:8000/v1"


def test_a_server_s_model() -> None:
    model = make_model("llama3:8b", base_url=URL, pictures=False)
    assert isinstance(model.model, OpenAIChat) and model.name == "llama3:8b"
    assert not model.capabilities.pictures and model.budget == Budget()
    assert described("llama3:8b@" + URL) == described("llama3:8b", URL)


def test_the_address_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", URL)
    assert described("m").base_url == URL
    assert named_mind("model", "m", None) == f"model:m@{URL}"


def test_names_that_mean_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    for name, url in (("m", None), ("", URL)):
        with pytest.raises(InputError, match="--model NAME --base-url URL"):
            described(name, url)
    with pytest.raises(InputError, match="leave --base-url out"):
        described("transformers:folder", URL)
    with pytest.raises(InputError, match="leave --base-url out"):
        described("x.toml", URL)
    with pytest.raises(InputError, match="no likeness"):
        make_model(f"replay:{tmp_path}#nearly")
    with pytest.raises(InputError, match="no model that transformers can open"):
        make_model(f"transformers:{tmp_path}")


def test_a_model_file_says_it_all(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        f'model = "m"\nbase_url = "{URL}"\ntimeout = 5\n[capabilities]\nlogprobs = 5\nschema = false\n'
        "[prices]\nprompt = 0.25\n[budget]\ncalls = 3\nmoney = 0.5\n"
    )
    model = make_model(str(path))
    assert model.budget == Budget(calls=3, money=0.5, prices=Prices(prompt=0.25))
    assert (model.capabilities.logprobs, model.capabilities.schema) == (5, False)
    again = tmp_path / "again.toml"
    again.write_text(model_file_text(read_model_file(path)))
    assert read_model_file(again) == read_model_file(path)


def test_the_model_file_of_the_documents(root: Path, tmp_path: Path) -> None:
    page = (root / "docs" / "language_models.md").read_text()
    path = tmp_path / "m.toml"
    path.write_text(page.split("```toml\n")[1].split("```")[0])
    model = make_model(str(path))
    assert model.budget.money == 0.05 and model.budget.prices.completion == 0.6


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("model = ", "is no TOML"),
        ("", "model: Field required"),
        ('model = "m"\napi_key = "sk"', "api_key: Extra inputs"),
        ('model = "m"\n[budget]\ncalls = 0', r"budget\.calls"),
    ],
)
def test_what_is_no_model_file(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=says):
        make_model(str(path))


def test_an_unknown_kind_is_told_with_those_that_exist(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('model = "m"\nkind = "opnai"')
    with pytest.raises(UnknownName, match="did you mean 'openai'"):
        make_model(str(path))
    with pytest.raises(InputError, match="there is no model file"):
        make_model(str(tmp_path / "none.toml"))


def test_replays_and_recordings(tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    RecordingModel(ScriptedModel(["hi"]), path).complete((Message(role="user", text="at 0.5"),))
    model = make_model(f"replay:{path}#sense", record=tmp_path / "again.json")
    assert isinstance(model.model, RecordingModel) and isinstance(model.model.model, ReplayedModel)
    assert model.complete((Message(role="user", text="at 0.7"),)) == "hi"
    assert (tmp_path / "again.json").exists()


def test_minds_by_one_name(tmp_path: Path) -> None:
    assert named_mind("rules", None, None) == "rules"
    assert named_mind("model", "m", URL) == f"model:m@{URL}"
    assert named_mind("model", "replay:talk.json", None) == "model:replay:talk.json"
    assert make_mind(f"model:m@{URL}").name == "model:m"
    with pytest.raises(InputError, match="belong to --mind model"):
        named_mind("rules", "m", None)
