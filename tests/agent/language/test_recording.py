"""Conversations as files: what is kept, what never is, and where a replay says that the talk differs."""

import json
from pathlib import Path

import pytest
from handsel.agent.language.errors import TooBusy, Unrecorded, WrongForm
from handsel.agent.language.model import Message, Scores
from handsel.agent.language.recording import RecordingModel, read_conversation
from handsel.agent.language.replay import Likeness, ReplayedModel
from handsel.agent.language.scripted import ScriptedModel
from handsel.core.errors import InputError
from pydantic import BaseModel

KEY = "sk-very-secret-0123456789"


class Said(BaseModel):
    text: str


def asked(text: str, picture: bytes = b"\x89PNG one") -> tuple[Message, ...]:
    return (Message(role="system", text="Be brief."), Message(role="user", text=text, pictures=(picture,)))


FIRST = "red_block at (0.500, -0.300)\nput it in the bowl"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Four turns: a text, a form, an error, scores."""
    path = tmp_path / "talk.json"
    model = RecordingModel(
        ScriptedModel(['hello "you" – ä', '{"text": "x"}', TooBusy("not now"), (3.0, 1.0)]), path
    )
    model.complete(asked(FIRST))
    model.complete_as(asked("second"), Said)
    with pytest.raises(TooBusy):
        model.complete(asked("third"))
    model.score(asked("fourth"), ["a", "b"])
    assert model.usage.calls == 4
    return path


def test_what_was_said_is_said_again(recording: Path) -> None:
    model = ReplayedModel(recording)
    assert (model.name, model.capabilities.schema, model.left) == ("scripted", False, 4)
    assert model.complete(asked(FIRST)) == 'hello "you" – ä'
    assert model.complete_as(asked("second"), Said) == Said(text="x")
    with pytest.raises(TooBusy, match="not now"):
        model.complete(asked("third"))
    # Options may come in another order.
    want = Scores(options=("b", "a"), probabilities=(0.25, 0.75), method="scripted")
    assert model.score(asked("fourth"), ["b", "a"]) == want
    with pytest.raises(Unrecorded, match="at its end"):
        model.complete(asked("fifth"))
    assert model.usage.calls == 5 and model.left == 0


def test_pictures_lie_beside_it(recording: Path) -> None:
    turn = read_conversation(recording).turns[0]
    assert (recording.parent / f"{turn.messages[1].pictures[0]}.png").read_bytes() == b"\x89PNG one"
    assert not list(recording.parent.glob("*.part"))


@pytest.mark.parametrize(
    ("messages", "says"),
    [
        (
            asked("red_block at (0.500, -0.300)\nput it on the plate"),
            r"line 2 was 'put it in the bowl', is 'put",
        ),
        (asked(FIRST + "\nplease"), "it had 2 lines, has 3"),
        (asked(FIRST, b"\x89PNG two"), "showed pictures"),
        (asked(FIRST)[1:], r"message 1 \(user\) was the system's"),
        ((*asked(FIRST), Message(role="assistant", text="x")), "had 2 messages, has 3"),
    ],
)
def test_a_difference_is_told_with_its_place(
    recording: Path, messages: tuple[Message, ...], says: str
) -> None:
    model = ReplayedModel(recording)
    with pytest.raises(Unrecorded, match=rf"talk\.json, turn 1: .*{says}"):
        model.complete(messages)
    assert model.left == 4


def test_other_questions_differ(recording: Path) -> None:
    with pytest.raises(Unrecorded, match="recorded was a question for text, asked is one for scores"):
        ReplayedModel(recording).score(asked(FIRST), ["a"])
    model = ReplayedModel(recording)
    model.complete(asked(FIRST))
    with pytest.raises(Unrecorded, match="recorded answer, a Said, is no Other"):
        model.complete_as(asked("second"), type("Other", (BaseModel,), {"__annotations__": {"n": int}}))


@pytest.mark.parametrize(
    ("likeness", "text", "picture", "fits"),
    [
        ("exact", FIRST, b"\x89PNG two", False),
        ("words", FIRST, b"\x89PNG two", True),
        ("words", FIRST.replace("0.500", "0.512"), b"\x89PNG one", False),
        ("sense", FIRST.replace("0.500", "-1.2"), b"\x89PNG two", True),
        ("sense", FIRST.replace("bowl", "cup"), b"\x89PNG one", False),
    ],
)
def test_likeness(recording: Path, likeness: Likeness, text: str, picture: bytes, fits: bool) -> None:
    model = ReplayedModel(recording, likeness=likeness)
    if fits:
        assert model.complete(asked(text, picture)).startswith("hello")
    else:
        with pytest.raises(Unrecorded):
            model.complete(asked(text, picture))


def test_a_folder_answers_in_any_order(recording: Path) -> None:
    model = ReplayedModel(recording.parent)
    assert model.complete_as(asked("second"), Said).text == "x"
    assert model.complete(asked(FIRST)).startswith("hello") and model.left == 2
    with pytest.raises(Unrecorded, match=r"talk\.json, turn 3"):
        model.complete(asked(FIRST))


def test_keys_are_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", KEY)
    path = tmp_path / "talk.json"
    RecordingModel(ScriptedModel([f"my key is {KEY}"]), path).complete(asked(f"use {KEY}"))
    text = path.read_text()
    assert KEY not in text and text.count("[key]") == 2


def test_a_recording_breaks_off_whole(tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    model = RecordingModel(ScriptedModel(["a"]), path)
    model.complete(asked("x"))
    with pytest.raises(WrongForm):
        model.complete(asked("y"))
    assert [turn.error for turn in read_conversation(path).turns] == ["", "WrongForm"]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": "other/1"}', "\xff"])
def test_what_is_no_recording(tmp_path: Path, text: str) -> None:
    path = tmp_path / "talk.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match="is no recording"):
        ReplayedModel(path)


def test_recordings_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no recording"):
        ReplayedModel(tmp_path / "none.json")
    with pytest.raises(InputError, match="no recordings"):
        ReplayedModel(tmp_path)
    for path in (tmp_path / "none" / "x.json", tmp_path / "x.txt"):
        with pytest.raises(InputError, match="existing folder"):
            RecordingModel(ScriptedModel([]), path)


def test_an_error_of_a_name_that_is_none(recording: Path) -> None:
    told = json.loads(recording.read_text())
    told["turns"] = [told["turns"][2] | {"error": "AnswerT"}]
    recording.write_text(json.dumps(told))
    from handsel.agent.language.errors import LanguageModelError

    with pytest.raises(LanguageModelError, match="not now"):
        ReplayedModel(recording).complete(asked("third"))
