"""Every prompt file: strict slots, small enough, static part first, and examples that are programs."""

import json
import re

import pytest
from handsel.agent.model.examples import all_examples, examples_for
from handsel.agent.model.forms import LookAnswer, PlanAnswer
from handsel.planners.read import Vocabulary, read
from handsel.prompts import NAMES, render, slots_of

PARTS = ("bottom", "center", "top")
MORE = {"mug": ("handle", "opening", "rim"), "bowl": ("opening", "rim"), "drawer": ("front", "handle")}
LONGEST = 6000
"""Most tokens of a prompt; a token of English or code has some four letters, and three are counted here."""


def things(text: str) -> dict[str, tuple[str, ...]]:
    """Give every thing that a text names by an identifier, with the parts of its kind."""
    names = re.findall(
        r"\b(?:red|green|blue|white|yellow|orange|gray|purple|cyan|pink|brown|black)_[a-z]+\b", text
    )
    return {name: (*PARTS, *MORE.get(name.split("_")[1], ())) for name in names}


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_is_rendered_with_its_slots_and_no_others(name: str) -> None:
    filled = {slot: f"<{slot}>" for slot in slots_of(name)}
    prompt = render(name, **filled)
    assert "{{" not in prompt.system + prompt.user
    assert all(value in prompt.system + prompt.user for value in filled.values())
    assert prompt.user.startswith("# "), "a prompt's first line says what is asked"
    for slot in filled:
        with pytest.raises(KeyError, match=rf"slots without a value: \['{slot}'\]"):
            render(name, **{key: value for key, value in filled.items() if key != slot})
    with pytest.raises(KeyError, match=r"values without a slot: \['extra'\]"):
        render(name, extra="", **filled)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_static_stands_first(name: str) -> None:
    system = render(name, **dict.fromkeys(slots_of(name), "")).system
    changing = {"things", "history", "subtask", "feedback", "instruction", "before", "after", "held"}
    first = render(name, **{slot: f"<{slot}>" for slot in slots_of(name)}).system
    assert not any(f"<{slot}>" in first for slot in changing), "a cache keeps what comes before the scene"
    assert len(system) > 500


def test_values_are_never_searched_for_slots() -> None:
    filled = dict.fromkeys(slots_of("decompose"), "") | {"instruction": "{{ things }}"}
    assert "{{ things }}" in render("decompose", **filled).user


def test_there_is_a_test_for_every_file() -> None:
    assert set(NAMES) == {"look", "decompose", "choose", "write", "judge", "explain", "correct"}


def test_examples_of_answers_fit_their_forms() -> None:
    for name, form, count in (("look", LookAnswer, 1), ("decompose", PlanAnswer, 4)):
        system = render(name, **dict.fromkeys(slots_of(name), "")).system
        found = []
        decoder = json.JSONDecoder()
        for begin in (match.start() for match in re.finditer(r"^\{", system, re.M)):
            found.append(form.model_validate(decoder.raw_decode(system[begin:])[0]))
        assert len(found) == count


def test_the_examples_in_the_writing_prompt_are_programs() -> None:
    system = render("write", **dict.fromkeys(slots_of("write"), "")).system
    examples = [block.split("```")[0] for block in system.split("```python\n")[1:]]
    assert len(examples) == 3
    for example in examples:
        assert read(example, Vocabulary(things=things(example), maps=True)).stages


@pytest.mark.parametrize("example", all_examples(), ids=lambda one: one.name)
def test_worked_examples_are_programs_for_their_step(example) -> None:  # type: ignore[no-untyped-def]
    known = things(example.step + example.program)
    assert read(example.program, Vocabulary(things=known, maps=True)).stages
    assert set(things(example.program)) <= set(things(example.step)), "the step names all its things"
    assert examples_for(example.step)[0].name == example.name or example.name in {
        one.name for one in examples_for(example.step)
    }
    assert len(example.text) / 3.0 < 900


@pytest.mark.parametrize(
    ("step", "first"),
    [
        ("pour what is in green_mug into blue_bowl", "pour"),
        ("open gray_drawer", "open_drawer"),
        ("line up red_block, green_block and blue_block in a row from left to right", "row"),
        ("swap red_can and blue_can", "exchange"),
        ("move yellow_can 10 cm to the right", "shift"),
        ("carry green_bottle upright to white_plate, staying 15 cm away from red_mug", "carry_upright"),
        ("push red_block to white_tray", "push"),
        ("lift yellow_ball and hold it up", "hold_up"),
        ("build a tower: green_block on red_block, blue_block on top of green_block", "tower"),
    ],
)
def test_the_example_that_is_most_alike_comes_first(step: str, first: str) -> None:
    assert examples_for(step)[0].name == first


def test_words_inside_identifiers_do_not_count() -> None:
    assert examples_for("touch open_tower_2") == ()


def test_prompts_with_a_crowded_scene_are_small_enough() -> None:
    line = (
        "- yellow_bottle: yellow bottle, by the picture: washing-up liquid, at (0.500, -0.300, 0.020), "
        "size 0.060 x 0.060 x 0.180, on table; parts: bottom center lid neck spout top\n"
    )
    crowd = 12 * line
    heavy = {
        "things": crowd,
        "before": crowd,
        "after": crowd,
        "keypoints": 40 * "12 = yellow_bottle.center, ",
    }
    heavy |= {"examples": "\n".join(sorted((one.text for one in all_examples()), key=len)[-2:])}
    heavy |= {"feedback": 3 * (300 * "x"), "history": 12 * (120 * "x"), "skills": 1800 * "x"}
    for name in NAMES:
        filled = {slot: heavy.get(slot, 200 * "x") for slot in slots_of(name)}
        prompt = render(name, **filled)
        assert len(prompt.system + prompt.user) / 3.0 < LONGEST, name
