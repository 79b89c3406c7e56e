"""The whole way from prompts to figures, with a package that is made up; what it says is read as hostile."""

import json
from pathlib import Path

import pytest
from handsel.agent.language.budget import Budgeted
from handsel.agent.language.errors import Unreachable
from handsel.agent.language.scripted import ScriptedModel
from handsel.cli.main import main
from handsel.core.errors import InputError, MissingDependency, RobotError
from handsel.sim.public import environments
from handsel.sim.virtualhome import package
from handsel.sim.virtualhome.minds import by_model, make_planner, plan_by_rules
from handsel.sim.virtualhome.package import Judged
from handsel.sim.virtualhome.run import evaluate, spread
from handsel.sim.virtualhome.verdicts import read_verdicts

from .prompts import prompt

WRITES = "2030-01-01 00:00:00 - judge - "
PROMPTS = {
    "1_a": prompt("lamp is ON\nlamp is ON"),
    "2_b": prompt("", "pear is ON to shelf"),
    "3_c": prompt("crate is OPEN"),
    "4_d": prompt("shelf is PURPLE"),
    "5_e": prompt("", "character is HOLDS_RH to mug"),
}
SAID = {
    "1_a": ["EVERYTHING SUCCEED!"],
    "2_b": ["Program 2_b did not pass gold test"],
    "3_c": [],
    "4_d": [
        "GOAL FAIL! Not matched: {'id': 32, 'state': 'PURPLE'}",
        "Predicted: node_match_num=0, edge_match_num=0, action_match_num=1",
        "Gold: len(gold_node_goals)=1, len(gold_edge_goals)=0, len(gold_action_goals)=2",
    ],
    "5_e": [],
}
ERRORS = {
    "1_a": {"executable": True, "error_type": None, "error_action": None},
    "4_d": {"executable": True, "error_type": None, "error_action": None},
    "5_e": {"executable": False, "error_type": "missing_step", "error_action": "[GRAB] <mug> (50)"},
}


class Package:
    """Writes prompts, and results that are made up beforehand."""

    def __init__(self):
        self.calls: list[str] = []
        self.rate = 25.0

    def __call__(self, folder: Path, mode: str, what: str, *more: str) -> None:
        """Do what the package does in its environment."""
        self.calls.append(mode)
        folder.mkdir(parents=True, exist_ok=True)
        if mode == "generate_prompts":
            listed = [{"identifier": key, "llm_prompt": text} for key, text in PROMPTS.items()]
            (folder / package.prompts_at("actions")).parent.mkdir(parents=True)
            (folder / package.prompts_at("actions")).write_text(json.dumps(listed))
            (folder / "done.json").write_text('{"package": "made-up", "version": "0.1"}')
            return
        [file] = (Path(more[0]) / "virtualhome" / "action_sequencing").glob("*_outputs.json")
        given = [one["identifier"] for one in json.loads(file.read_text())]
        (folder / package.DONE).write_text("{}")
        results = folder / package.results_at("actions") / "plans"
        results.mkdir(parents=True, exist_ok=True)
        summary = {"goal_evaluation": {"task_success_rate": self.rate}}
        (results / "summary.json").write_text(json.dumps(summary))
        (results / "error_info.json").write_text(json.dumps({k: v for k, v in ERRORS.items() if k in given}))
        (folder / "logs").mkdir(exist_ok=True)
        (folder / "logs" / "one.log").write_text(log(given))


def log(identifiers):
    """Write what the judge writes down."""
    lines = ["load"]
    for one in identifiers:
        lines += [f"Task is Chore {one[-1]}, file_id is {one}", *SAID[one]]
    return "".join(f"{WRITES}{line}\n" for line in lines)


@pytest.fixture
def made_up(monkeypatch):
    made = Package()
    monkeypatch.setattr(package, "_call", made)
    return made


def judged(**changes):
    told = {
        "summary": {"goal_evaluation": {"task_success_rate": 25.0}},
        "errors": ERRORS,
        "log": log(PROMPTS),
    }
    return Judged(**{**told, **changes})


def test_verdicts_say_what_became_of_each_plan():
    found = read_verdicts(judged(), list(PROMPTS))
    assert found["1_a"].success and not found["1_a"].cause
    assert not found["2_b"].counted
    assert found["3_c"].as_theirs and found["3_c"].executable and not found["3_c"].success
    assert "PURPLE" in found["4_d"].cause and "1 of 2 deeds" in found["4_d"].cause
    assert found["5_e"].cause == "missing_step: [GRAB] <mug> (50)" and not found["5_e"].executable


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"summary": {"goal_evaluation": {"task_success_rate": 50.0}}}, "its summary 50.0"),
        ({"summary": {}}, "no task_success_rate"),
        ({"log": log(list(PROMPTS)[1:])}, "tells of 4 plans"),
        ({"errors": ERRORS | {"1_a": "fine"}}, "no table"),
    ],
)
def test_a_judge_who_contradicts_himself_is_not_believed(changes, told):
    with pytest.raises(InputError, match=told):
        read_verdicts(judged(**changes), list(PROMPTS))


def test_a_run_is_counted_and_gone_on_with(tmp_path, made_up):
    asked: list[str] = []

    def planner(text):
        asked.append(text)
        if len(asked) == 3:
            raise Unreachable("gone")
        return plan_by_rules(text)

    with pytest.raises(Unreachable):
        evaluate("rules", planner, tmp_path)
    with (tmp_path / "plans.jsonl").open("a") as stream:
        stream.write('{"number": 2, "plan": "cut o')
    summary = evaluate("rules", planner, tmp_path)
    assert asked.count(PROMPTS["1_a"]) == 1 and asked.count(PROMPTS["3_c"]) == 2 and len(asked) == 6
    assert made_up.calls == ["generate_prompts", "evaluate_results"]
    assert summary["goals"] == {"right": 1, "of": 4, "interval": pytest.approx([0.0456, 0.6994], abs=1e-4)}
    assert summary["execution"]["right"] == 3 and summary["as_theirs"] == 1 and summary["tasks"] == 5
    assert summary["package"] == "made-up 0.1" and summary["names"]["Chore a"] == {"right": 1, "of": 1}
    halves = [row["of"] for row in summary["halves"].values()]
    assert halves == [3, 1]
    lines = [json.loads(line) for line in (tmp_path / "tasks.jsonl").read_text().splitlines()]
    assert [line["identifier"] for line in lines] == list(PROMPTS) and '"SWITCHON"' in lines[0]["plan"]
    with pytest.raises(InputError, match="another run"):
        evaluate("model:m", planner, tmp_path)
    assert evaluate("rules", planner, tmp_path)["goals"] == summary["goals"] and len(asked) == 6
    assert len(made_up.calls) == 2, "what was judged already is not judged again"


def test_a_model_is_asked_once_and_held_to_the_form():
    model = ScriptedModel(["Sure! {}", '{"WALK": ["mug", "50"], "GRAB": ["mug", "50"]}', Unreachable("gone")])
    planner = by_model(Budgeted(model), "actions")
    assert "no JSON" in planner(PROMPTS["5_e"]).why
    assert planner(PROMPTS["5_e"]).text == '{"WALK": ["mug", "50"], "GRAB": ["mug", "50"]}'
    assert [message.text for message in model.heard[1]] == [PROMPTS["5_e"]]
    with pytest.raises(Unreachable):
        planner(PROMPTS["5_e"])


def test_a_prompt_that_cannot_be_read_has_no_plan():
    answer = plan_by_rules("Take over the world.")
    assert answer.text == "{}" and "has to have a part" in answer.why
    with pytest.raises(InputError, match="not by 'random'"):
        make_planner("random", "actions")
    with pytest.raises(InputError, match="has none"):
        make_planner("rules", "actions", Path("x.json"))


def test_tasks_are_taken_evenly():
    assert spread(10, None) == list(range(10)) and spread(10, 3) == [0, 3, 6] and spread(2, 9) == [0, 1]
    with pytest.raises(InputError):
        spread(10, 0)


def test_the_command_prints_the_figures(tmp_path, made_up, capsys):
    out = tmp_path / "run"
    assert main(["eval", "virtualhome", "--out", str(out), "--json", str(tmp_path / "s.json")]) == 0
    said = capsys.readouterr().out
    assert "goals met              1 of   4  25.0%" in said and "gives no goals: 1" in said
    assert json.loads((tmp_path / "s.json").read_text())["mind"] == "rules"
    assert main(["eval", "virtualhome", "--out", str(out)]) == 2
    assert main(["eval", "virtualhome", "--resume", str(out)]) == 0
    assert main(["eval", "virtualhome", "--resume", str(out), "--trials", "2"]) == 2
    assert main(["eval", "virtualhome", "--resume", str(tmp_path)]) == 2
    assert main(["eval", "virtualhome", "--seed", "3"]) == 2


def test_without_the_environment_the_line_that_makes_it_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(environments.ROOT, str(tmp_path / "none"))
    assert main(["eval", "virtualhome", "--out", str(tmp_path / "run")]) == 2
    assert "handsel bench-env create virtualhome" in capsys.readouterr().err
    with pytest.raises(MissingDependency):
        package.write_prompts(tmp_path / "prompts", "actions")


def test_a_package_that_fails_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "python_of", lambda name: (Path("/bin/sh"), "no.module", {}))
    with pytest.raises(RobotError, match="failed at generate_prompts"):
        package.write_prompts(tmp_path, "actions")


@pytest.mark.parametrize("text", ["[]", "{}", '[{"identifier": "../x", "llm_prompt": "y"}]', "not json"])
def test_prompts_of_another_form_are_refused(tmp_path, text):
    file = tmp_path / package.prompts_at("actions")
    file.parent.mkdir(parents=True)
    file.write_text(text)
    (tmp_path / "done.json").write_text('{"package": "p", "version": "1"}')
    with pytest.raises(InputError):
        package.read_prompts(tmp_path, "actions")
