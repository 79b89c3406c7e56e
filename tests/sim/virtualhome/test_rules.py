"""Plans from prompts: what is wanted holds in the end, in sight of nothing but the prompt's text."""

import ast
import builtins
import io
import re
from pathlib import Path

import pytest
from handsel.core.errors import InputError
from handsel.sim.virtualhome import rules
from handsel.sim.virtualhome.answers import read_answer, write_answer
from handsel.sim.virtualhome.rules import make_plan
from handsel.sim.virtualhome.situation import LONGEST, read_situation

from .prompts import EDGES, prompt


def said(text):
    """Give the steps in words."""
    situation, plan = make_plan(text)
    return [" ".join([name, *(situation.things[part].name for part in parts)]) for name, parts in plan.steps]


def test_a_prompt_is_read_as_it_is_meant():
    found = read_situation(
        prompt("lamp is ON\nlamp is ON", "pear is ON to shelf", "A:\nWIPE or GRAB\nWIPE|GRAB")
    )
    assert found.me == "7" and found.things["51"].name == "tea-pot"
    assert found.goals == (("ON", "41"), ("ON", "42"), ("ON", "31", "32"))
    assert found.deeds == (frozenset({"WIPE", "GRAB"}),)
    assert {("CLOSED", "20"), ("OFF", "42"), ("INSIDE", "31", "20")} <= found.told
    assert found.actions["POUR"].wants == (frozenset({"POURABLE", "DRINKABLE"}), frozenset({"RECIPIENT"}))
    assert found.actions["STANDUP"].wants == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("pear, id: 31", "pear; rm -rf, id: 31", "form that is not known"),
        ("character, id", "robot, id", "expected one 'character'"),
        ("<pear> (31)", "<pear> (99)", "not both things are listed"),
        ("Node goals are:", "Nothing is:", "has to have a part"),
        ("Node goals are:", "Node goals are:\nunicorn is ON", "'unicorn' is not among the things"),
        ("GRAB: (1,", "GRAB: (2,", "said to take 2 things"),
        ("Output:", "x" * LONGEST, "at most"),
        ("Action goals are:", "Action goals are:" + "\nGRAB" * 61, "at most 60"),
    ],
)
def test_a_prompt_of_another_form_is_refused(old, new, told):
    text = prompt()
    assert old in text
    with pytest.raises(InputError, match=told):
        read_situation(text.replace(old, new))


def test_what_is_shut_in_is_got_out_first_and_a_machine_runs_last():
    steps = said(prompt("crate is CLOSED\ncrate is ON", "pear is ON to shelf"))
    order = [steps.index(step) for step in ("OPEN crate", "GRAB pear", "PUTBACK pear shelf")]
    assert order == sorted(order)
    assert steps.index("PLUGIN crate") < steps.index("SWITCHON crate")
    assert steps.index("OPEN crate") < steps.index("CLOSE crate")
    assert steps[steps.index("GRAB pear") - 1].startswith(("WALK pear", "OPEN crate"))


def test_each_of_several_things_of_a_name_has_its_turn():
    situation, plan = make_plan(prompt("lamp is ON\nlamp is ON"))
    assert sorted(parts for name, parts in plan.steps if name == "SWITCHON") == [("41",), ("42",)]
    assert not plan.given_up and situation.me == "7"


def test_who_sits_gets_up_before_going():
    steps = said(prompt("lamp is ON", states="character, states: ['SITTING'], properties: []\n"))
    assert steps[0] == "STANDUP"
    assert said(prompt("character is SITTING", "character is ON to stool")) == ["WALK stool", "SIT stool"]


def test_the_left_hand_takes_what_is_left():
    steps = said(prompt("", "character is HOLDS_LH to mug\ncharacter is HOLDS_RH to tea-pot"))
    assert steps.index("GRAB tea-pot") < steps.index("GRAB mug")


def test_deeds_are_done_in_their_order():
    steps = said(prompt("", "", "Do:\nGRAB\nGRAB\nWIPE or LOOKAT\nWIPE|LOOKAT"))
    kinds = [step.split()[0] for step in steps]
    assert kinds.index("GRAB") < min(kinds.index(name) for name in ("WIPE", "LOOKAT") if name in kinds)


def test_a_deed_that_is_not_on_the_list_comes_last_and_what_nothing_brings_about_is_told():
    steps = said(prompt("lamp is ON", "", "Do:\nSNORE\nSNORE"))
    assert steps[-1] == "SNORE" and "SWITCHON lamp" in steps
    _, plan = make_plan(prompt("shelf is PURPLE\nlamp is ON"))
    assert plan.given_up == ("shelf PURPLE",) and any(name == "SWITCHON" for name, _ in plan.steps)


def test_one_turns_to_what_one_looks_at():
    steps = said(prompt("lamp is ON", "character is FACING to lamp", "Do:\nLOOKAT\nLOOKAT"))
    assert steps.index("TURNTO lamp") < steps.index("LOOKAT lamp")


def test_what_no_property_allows_is_tried_with_what_there_is():
    assert "SIT shelf" not in said(prompt("lamp is ON"))
    assert said(prompt("", "character is ON to shelf")) == ["WALK shelf", "SIT shelf"]


def test_something_is_done_even_where_all_is_well():
    assert said(prompt("lamp is OFF")) == ["WALK lamp"]


def test_nothing_but_the_prompt_is_looked_at(monkeypatch):
    def closed(*args, **kwargs):
        pytest.fail(f"a file was opened: {args}")

    text = prompt("crate is OPEN", "pear is ON to shelf")
    monkeypatch.setattr(builtins, "open", closed)
    monkeypatch.setattr(io, "open", closed)
    assert make_plan(text)[1].steps


def test_other_numbers_and_other_names_change_nothing_but_themselves():
    text = prompt("crate is CLOSED", "pear is ON to shelf\ncharacter is HOLDS_RH to mug", "Do:\nWIPE\nWIPE")

    def renamed(old):
        old = re.sub(r"\bpear\b", "zither", re.sub(r"\bcrate\b", "aquarium", old))
        return re.sub(r"(id: |\()(\d+)", lambda match: f"{match[1]}{int(match[2]) + 4000}", old)

    head, mark, rest = text.partition("Input:")
    _, plan = make_plan(text)
    _, other = make_plan(head + mark + renamed(rest))
    assert other.steps == tuple(
        (name, tuple(str(int(x) + 4000) for x in parts)) for name, parts in plan.steps
    )


def test_no_part_knows_where_the_package_keeps_its_own_plans():
    kept = ("executable_programs", "init_and_final", "id2task", "task_state", "vh_goal", "gold_", "script_id")
    for file in Path(rules.__file__).parent.glob("*.py"):
        text = file.read_text().replace(r"len\(gold_action_goals\)", "")  # A line of the judge's log.
        assert not [word for word in kept if word in text], file.name


@pytest.mark.parametrize("part", ["rules", "moves", "search", "situation"])
def test_what_plans_can_read_no_file(part):
    tree = ast.parse((Path(rules.__file__).parent / f"{part}.py").read_text())
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    found |= {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    plain = {"re", "heapq", "itertools", "collections", "collections.abc", "dataclasses"}
    assert found <= plain | {"moves", "search", "situation", "core.errors"}


def test_answers_go_there_and_back():
    situation, plan = make_plan(prompt("lamp is ON", "pear is ON to shelf", "Do:\nSTANDUP\nSTANDUP"))
    text = write_answer(situation, plan.steps)
    assert "[ ]" in text  # The package's reader passes over an empty list without a blank.
    assert read_answer(text, situation) == plan.steps
    assert read_answer(f"```json\n{text}\n```", situation) == plan.steps


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I would open it.", "no JSON"),
        ("[]", "no JSON object"),
        ("{}", "no JSON object"),
        ('{"walk": ["lamp", "41"]}', "no action"),
        ('{"WALK": ["lamp"]}', "names and numbers"),
        ('{"WALK": {"lamp": 41}}', "names and numbers"),
        ('{"WALK": ["lamp", "50"]}', "not among the things"),
        ("[" * 5000, "no JSON"),
        ('{"WALK": ["lamp", "41"],' + " " * 30_000, "at most"),
    ],
)
def test_an_answer_of_another_form_is_refused(text, told):
    with pytest.raises(InputError, match=told):
        read_answer(text, read_situation(prompt()))


def test_of_two_steps_of_one_name_both_are_kept():
    situation = read_situation(prompt())
    steps = read_answer('{"WALK": ["lamp", 41], "WALK": ["mug", "50"], "STANDUP": []}', situation)
    assert steps == (("WALK", ("41",)), ("WALK", ("50",)), ("STANDUP", ()))
    assert EDGES in prompt()
