"""Goals are read from words: by verbs and by what things are called, none that are not there."""

import json

import pytest
from handsel.agent.language.budget import Budgeted
from handsel.agent.language.scripted import ScriptedModel
from handsel.core.errors import InputError
from handsel.sim.virtualhome import package
from handsel.sim.virtualhome.goal_answers import read_goals, write_goals
from handsel.sim.virtualhome.interpreting import interpret, lines_of
from handsel.sim.virtualhome.minds import by_model, goals_by_rules
from handsel.sim.virtualhome.package import Judged
from handsel.sim.virtualhome.verdicts import read_goal_verdicts
from handsel.sim.virtualhome.wishes import read_wish

HOME = """character, initial states: [], possible states: ['LYING', 'SITTING']
garage, initial states: ['CLEAN'], possible states: ['CLEAN']
desk_lamp, initial states: ['OFF', 'PLUGGED_OUT'], possible states: ['ON', 'OFF', 'PLUGGED_IN', 'PLUGGED_OUT']
cassette_player, initial states: ['OFF', 'OPEN'], possible states: ['ON', 'OFF', 'OPEN', 'CLOSED']
magazine, initial states: [], possible states: []
dog, initial states: [], possible states: []
armchair, initial states: [], possible states: ['CLEAN']
tea-cup, initial states: [], possible states: []
"""


def wish(name, text="", home=HOME):
    """Write a prompt of the package's form, with a home and a wish of one's own."""
    return (
        f"Understand.\n\nRelevant objects in the scene are:\n{home}\n\nAll possible relationships are: none\n"
        "Here is a dictionary where values are its possible set of 'to_name' objects:\n"
        "{'ON': {'armchair', 'bed'}, 'HOLDS_RH': {'magazine'}, 'CLOSE': {'dog'}, 'FACING': set()}\n\n"
        f"Action goals is a list.\n\nGoal name: {name}\n\nGoal description: {text}\n\n\n\nNow output it.\n"
    )


def wanted(name, text=""):
    return set(lines_of(interpret(read_wish(wish(name, text)))))


def test_what_is_to_run_is_on_plugged_in_and_closed_where_it_can_be():
    assert wanted("Switch on lamp") == {"desk_lamp is ON", "desk_lamp is PLUGGED_IN"}
    assert wanted("Listen to jazz") == {"cassette_player is ON", "cassette_player is CLOSED"}


def test_all_that_a_machine_is_for_goes_into_it_said_or_not():
    home = HOME + "".join(
        f"{name}, initial states: ['OFF'], possible states: ['ON', 'OFF']\n"
        for name in ("dishwasher", "tin_plate", "fork", "dish_soap")
    )
    text = wish("Wash up", "Put the fork into the machine.", home).replace("'bed'}", "'dishwasher'}")
    assert {f"{name} is ON to dishwasher" for name in ("tin_plate", "fork", "dish_soap")} <= set(
        lines_of(interpret(read_wish(text)))
    )


def test_who_reads_holds_something_to_read_and_reads():
    assert wanted("Read") == {"character is HOLDS_RH to magazine", "READ"}


def test_how_one_rests_the_description_says():
    assert wanted("Relax") == {"character is SITTING", "character is ON to armchair"}
    assert wanted("Relax", "I lie down.") == {"character is LYING", "character is ON to armchair"}


def test_the_description_is_asked_where_the_name_says_nothing():
    assert wanted("A good deed", "I pet my dog.") == {"character is CLOSE to dog", "TOUCH"}
    assert wanted("Ponder", "Quietly.") == set()


def test_what_is_not_there_is_not_wanted():
    assert wanted("Drink") == {"DRINK"}, "no hand may hold the tea-cup there"
    assert wanted("Watch TV") == {"WATCH"}


def test_a_wish_without_a_known_verb_says_so():
    assert goals_by_rules(wish("Ponder")).why == "no verb is known"
    assert "has to have" in goals_by_rules("Ponder.").why


@pytest.mark.parametrize(
    ("old", "new"),
    [("Goal name:", "Name:"), ("magazine, initial", "magazine; initial"), ("Now output", "Then")],
)
def test_a_prompt_of_another_form_is_refused(old, new):
    with pytest.raises(InputError):
        read_wish(wish("Read").replace(old, new))


def test_goals_go_there_and_back():
    goals = interpret(read_wish(wish("Read")))
    assert read_goals(write_goals(goals)) == goals
    assert read_goals("```json\n" + write_goals(goals).replace('"', "'") + "\n```") == goals


@pytest.mark.parametrize(
    "text", ["Sure!", "[]", '{"node goals": [{"name": 3}]}', '{"edge goals": "all"}', "x" * 30_000]
)
def test_an_answer_of_another_form_is_refused(text):
    with pytest.raises(InputError):
        read_goals(text)


def test_a_model_answers_with_goals():
    model = ScriptedModel(['{"node goals": [{"name": "dog", "state": "CLEAN"}], "note": "x"}', "No."])
    planner = by_model(Budgeted(model), "goals")
    assert json.loads(planner(wish("Read")).text)["node goals"] == [{"name": "dog", "state": "CLEAN"}]
    assert planner(wish("Read")).why


def test_a_description_is_told_without_the_name(tmp_path):
    file = tmp_path / package.prompts_at("descriptions")
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps([{"identifier": "1_a", "llm_prompt": wish("Read", "I pet the dog.")}]))
    (tmp_path / "done.json").write_text('{"package": "p", "version": "1"}')
    [[named], _], [[unnamed], _] = (package.read_prompts(tmp_path, one) for one in ("goals", "descriptions"))
    assert set(lines_of(interpret(read_wish(named.llm_prompt)))) == wanted("Read")
    assert "TOUCH" in lines_of(interpret(read_wish(unnamed.llm_prompt)))


def judged(precision):
    head = "2030 - judge - "
    lines = ["Task is Read, file_id is 1_a"]
    lines += [f"TP_{kind}_goals: 1, FP_{kind}_goals: 0, FN_{kind}_goals: 0" for kind in ("node", "edge")]
    lines += ["Task is Rest, file_id is 2_b", "TP_node_goals: 1, FP_node_goals: 1, FN_node_goals: 2"]
    lines += ["Task is Nap, file_id is 3_c", "file 3_c has format wrong output"]
    log = "".join(f"{head}{line}\n" for line in lines)
    return Judged(summary={"all_precision": precision}, errors={}, log=log)


def test_goals_are_counted_as_the_judge_counts_them():
    found = read_goal_verdicts(judged(75.0), ["1_a", "2_b", "3_c"])
    assert found["1_a"].success and found["1_a"].right == 2
    assert found["2_b"].cause == "node: 1 too many, 2 lacking"
    assert not found["3_c"].success and "could not read" in found["3_c"].cause
    with pytest.raises(InputError, match="3 of 4 goals right"):
        read_goal_verdicts(judged(74.0), ["1_a", "2_b", "3_c"])
    with pytest.raises(InputError, match="tells of 3 answers"):
        read_goal_verdicts(judged(75.0), ["1_a"])
