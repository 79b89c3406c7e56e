"""The harness: records as they come, runs that go on, folders that are not mixed."""

import json
from pathlib import Path

import pytest
from handsel.core.errors import InputError, UnknownName
from handsel.sim import sharing
from handsel.sim.episodes import TaskSuite
from handsel.sim.evaluate import Evaluation, evaluate
from handsel.sim.suite import SUITES, Conditions
from handsel.sim.suites.basics import SUITE


def record(number: int) -> dict:
    return {
        "episode": number,
        "seed": number,
        "kind": SUITE.kinds[number % 5],
        "success": number % 4 != 0,
        "believed": True,
        "cause": "" if number % 4 else "believed done",
        "collisions": 0,
        "wrong_touched": 0,
        "violations": 0,
        "over_charge": number == 2,
        "plan_cpu": [0.1 * number],
    }


@pytest.fixture
def ran(monkeypatch) -> list[int]:
    numbers: list[int] = []

    def run(conditions: Conditions, number: int, folder: Path) -> dict:
        numbers.append(number)
        return record(number)

    monkeypatch.setattr(sharing, "run_episode", run)
    return numbers


def test_a_summary_has_the_rate_its_interval_and_every_episode(tmp_path, ran):
    summary = evaluate(Evaluation(conditions=Conditions(suite="basics"), trials=8), tmp_path, lambda _: None)
    assert summary["success_rate"] == 0.75
    assert summary["interval"][0] < 0.75 < summary["interval"][1]
    assert [one["episode"] for one in summary["episodes"]] == list(range(8))
    assert summary["metrics"]["over_charge"] == 1
    assert summary["metrics"]["failures"] == {"believed done": 2}
    assert (summary["suite"], summary["seed"], summary["trials"]) == ("basics", 0, 8)
    assert (summary["metrics"]["perceiver"], summary["metrics"]["mind"]) == ("geometric", "rules")
    assert json.loads((tmp_path / "summary.json").read_text())["success_rate"] == 0.75


def test_a_run_that_was_broken_off_goes_on_and_repeats_only_the_cut_episode(tmp_path, ran):
    evaluation = Evaluation(conditions=Conditions(suite="basics"), trials=5)
    evaluate(evaluation, tmp_path, lambda _: None)
    lines = (tmp_path / "episodes.jsonl").read_text().splitlines()
    (tmp_path / "episodes.jsonl").write_text("\n".join(lines[:3]) + "\n" + lines[3][:20])
    ran.clear()
    seen: list[int] = []
    evaluate(evaluation, tmp_path, lambda one: seen.append(one["episode"]))
    assert ran == [3, 4]
    assert seen == [0, 1, 2, 3, 4]


def test_a_folder_of_another_run_is_refused(tmp_path, ran):
    evaluate(Evaluation(conditions=Conditions(suite="basics", seed=1), trials=1), tmp_path, lambda _: None)
    with pytest.raises(InputError, match="another run"):
        evaluate(
            Evaluation(conditions=Conditions(suite="basics", seed=2), trials=1), tmp_path, lambda _: None
        )


@pytest.mark.parametrize("wrong", [{"suite": "basic"}, {"mind": "rule"}, {"perceiver": "geometry"}])
def test_unknown_names_are_refused_before_anything_runs(wrong):
    with pytest.raises(UnknownName):
        Evaluation(conditions=Conditions(**({"suite": "basics"} | wrong)))


def test_no_trials_are_refused():
    with pytest.raises(InputError, match="at least one trial"):
        Evaluation(conditions=Conditions(suite="basics"), trials=0)


def test_the_tasks_of_a_seed_are_the_same_and_unambiguous():
    for number in range(10):
        task, again = SUITE.task(3, number), SUITE.task(3, number)
        assert task == again and task.kind == SUITE.kinds[number % 5]
        names = [(thing.kind, thing.color) for thing in task.scene.things]
        assert len(set(names)) == len(names) and 4 <= len(names) <= 8
    assert SUITE.task(3, 0) != SUITE.task(4, 0)


def test_every_suite_that_is_named_can_be_loaded():
    for name in SUITES.names():
        assert SUITES.load(name).name == name


def test_one_kind_of_task_can_be_asked_for() -> None:
    suite = SUITES.load("relations")
    assert isinstance(suite, TaskSuite)
    assert [suite.task(3, number, "stack_three").kind for number in range(3)] == ["stack_three"] * 3
    assert suite.task(3, 0).kind == suite.kinds[0]
    with pytest.raises(InputError, match=r"no kind 'juggle'; its kinds: .*pour"):
        suite.task(3, 0, "juggle")
    with pytest.raises(InputError, match="leave --kind out"):
        SUITES.load("perception").run(Conditions(suite="perception", kind="pour"), 0, Path())
