"""Recorded readings: what is refused, what is written down, and what it means in a scene."""

import json

import numpy as np
import pytest
from handsel.core.errors import CannotDo, InputError
from handsel.sim.public.agents import agent_for
from handsel.sim.public.named.grounding import ground
from handsel.sim.public.recorded.asking import prompt_for, prompt_hash
from handsel.sim.public.recorded.player import Player, play
from handsel.sim.public.recorded.recordings import read_recordings, record
from handsel.sim.public.recorded.schema import read_answer
from handsel.sim.public.recorded.session import read_key, take_answers

from .test_unnamed import HAND, SCENE

ANSWER = {
    "things": [
        {"name": "button", "role": "thing", "sort": "part", "colors": ["red"], "size": "small",
         "relations": [{"how": "part_of", "of": "housing"}]},
        {"name": "housing", "role": "mount", "sort": "fixed", "colors": ["orange"], "shape": "box"},
    ],
    "steps": [{"verb": "press", "thing": "button"}],
}  # fmt: skip


def changed(**more):
    return json.dumps({**ANSWER, **more})


def test_an_answer_is_read_with_and_without_a_fence():
    assert read_answer(json.dumps(ANSWER)) == read_answer(f"```json\n{json.dumps(ANSWER)}\n```")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "refused"),
        ("[" * 5000, "refused"),
        (" " * 70000, "characters"),
        (changed(note="it is at 0.3"), "quantity"),
        (changed(note="about ten cm away"), "quantity"),
        (changed(note="x" * 300), "note"),
        (changed(place=[0.1, 0.7]), "place"),
        (changed(steps=[{"verb": "throw", "thing": "button"}]), "verb"),
        (changed(steps=[{"verb": "press", "thing": "lamp"}]), "not among"),
        (changed(steps=[{"verb": "press", "thing": "button", "manners": ["north"]}]), "manners"),
        (changed(steps=[]), "steps"),
        (changed(things=ANSWER["things"] * 2), "one name"),
        (changed(things=[{**ANSWER["things"][1], "name": "box 3"}]), "name"),
        (changed(things=[{**ANSWER["things"][1], "colors": ["red"] * 4}]), "colors"),
        (changed(things=[{**ANSWER["things"][1], "p": [1, 2]}]), "p"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_reason(text, why):
    with pytest.raises(InputError, match=why):
        read_answer(text)


def test_a_reading_finds_the_button(tmp_path):
    record(json.dumps(ANSWER), "Press it", "somebody", tmp_path / "1.json", prompt=prompt_hash())
    (step,) = Player(tmp_path)("Press it")
    deed, scene = step(SCENE)
    meant = ground(deed, scene, HAND)
    assert deed.kind == "press" and abs(meant.box.center[1] - 0.78) < 0.01
    with pytest.raises(CannotDo, match="no recording"):
        Player(tmp_path)("Open it")


def test_a_way_without_a_place_makes_one():
    things = [{"name": "puck", "role": "thing", "sort": "free", "colors": ["blue"], "size": "small"}]
    answer = read_answer(
        json.dumps({"things": things, "steps": [{"verb": "push", "thing": "puck", "manners": ["left"]}]})
    )
    deed, scene = play(answer, 0, SCENE)
    meant = ground(deed, scene, HAND)
    assert meant.place is not None and meant.place[0] < meant.box.center[0] - 0.2


def test_of_two_readings_the_one_that_fits_is_played(tmp_path):
    other = {**ANSWER, "things": [{**ANSWER["things"][0], "colors": ["green"]}, ANSWER["things"][1]]}
    for number, answer in enumerate((other, ANSWER)):
        record(json.dumps(answer), "Press it", "somebody", tmp_path / f"{number}.json", prompt=prompt_hash())
    deed, scene = Player(tmp_path)("Press it")[0](SCENE)
    assert np.abs(ground(deed, scene, HAND).box.center - [-0.1, 0.78, 0.1]).max() < 0.01


def test_a_file_that_is_no_recording_is_refused(tmp_path):
    with pytest.raises(InputError, match="recordings"):
        read_recordings(tmp_path)
    (tmp_path / "a.json").write_text('{"format": "another", "answer": {}}')
    with pytest.raises(InputError, match="no recording"):
        agent_for(f"read:{tmp_path}", "recorded")


def test_answers_are_taken_and_refused_one_by_one(tmp_path):
    asked = {"task": "t", "instruction": "Press it", "seed": 1000, "prompt": prompt_hash()}
    (tmp_path / "key.json").write_text(json.dumps({"001": asked, "002": asked, "003": asked}))
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "001.json").write_text(json.dumps(ANSWER))
    (tmp_path / "answers" / "002.json").write_text("no")
    accepted, refused = take_answers(tmp_path, "somebody")
    assert accepted == 1 and list(refused) == ["002"] and len(read_key(tmp_path)) == 3
    (one,) = read_recordings(tmp_path / "recordings")["Press it"]
    assert (one.kind, one.reader, one.prompt) == ("recording", "somebody", prompt_hash())


def test_the_prompt_says_the_instruction_and_no_task():
    assert '"Press it"' in prompt_for("Press it") and "{{" not in prompt_for("Press it")
