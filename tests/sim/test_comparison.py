"""Paired runs: the tests against worked examples, the pairing against runs that do not pair."""

import json
from pathlib import Path

import numpy as np
import pytest
from handsel.core.errors import InputError
from handsel.sim.comparison import compare, load_run
from handsel.sim.run_folder import EPISODES, Config, claim
from handsel.sim.statistics import holm, mcnemar_exact, median_interval, paired_interval
from handsel.sim.suite import Conditions

from .runs import record


def test_mcnemar_is_the_binomial_of_the_pairs_that_differ() -> None:
    assert mcnemar_exact(1, 8) == pytest.approx(2 * (1 + 9) / 2**9)
    assert mcnemar_exact(8, 1) == mcnemar_exact(1, 8)
    assert mcnemar_exact(0, 0) == 1.0 and mcnemar_exact(3, 3) == 1.0


def test_newcombe_s_own_example() -> None:
    low, high = paired_interval(36, 12, 2, 0)
    assert (-high, -low) == pytest.approx((0.0569, 0.3404), abs=1e-4)
    assert paired_interval(0, 0, 0, 0) == (-1.0, 1.0)
    low, high = paired_interval(20, 0, 0, 0)
    assert low < 0.0 < high and low == pytest.approx(-high)


def test_the_median_s_interval_holds_the_median_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        low, high = median_interval(rng.normal(1.0, 1.0, 25).tolist(), rng, 300) or (0.0, 0.0)
        held += low <= 1.0 <= high
    assert 0.88 <= held / 200 <= 0.99
    assert median_interval([1.0], rng) is None


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == [] and holm([0.9, 0.8]) == [1.0, 1.0]


def write(folder: Path, done: str, seed: int = 5, suite: str = "relations", **others: object) -> Path:
    """Write a run with an episode for each letter: ``x`` was done."""
    folder.mkdir()
    claim(folder, Config(conditions=Conditions(suite=suite, seed=seed), trials=len(done), first=0))
    first = int(str(others.pop("first", 0)))
    lines = [record(first + i, letter == "x", **others) for i, letter in enumerate(done)]
    (folder / EPISODES).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_two_runs_are_paired_and_tested(tmp_path: Path) -> None:
    a = write(tmp_path / "a", "xxxx......")
    b = write(tmp_path / "b", "xxx.xxxxxx", robot_time=9.0)
    found = compare(load_run(a), load_run(b))
    whole = found["success"]
    assert [whole[name] for name in ("both", "only_a", "only_b", "neither")] == [3, 1, 6, 0]
    assert whole["p"] == mcnemar_exact(1, 6) and whole["difference"] == pytest.approx(0.5)
    assert whole["interval"][0] < 0.5 < whole["interval"][1]
    assert sum(cell["pairs"] for cell in found["by_kind"].values()) == 10
    assert all(cell["p_holm"] >= cell["p"] for cell in found["by_kind"].values())
    assert found["times"]["robot_time"]["pairs"] == 3, "only what both did"
    assert found["times"]["robot_time"]["median_difference"] == pytest.approx(-2.0)
    assert found["times"]["plan_cpu"]["interval"] == [0.0, 0.0]
    assert [one["episode"] for one in found["changed"]] == [3, 4, 5, 6, 7, 8, 9]
    assert found["changed"][0] == {"episode": 3, "kind": "hang", "done_in": "a", "cause": "it fell"}
    json.dumps(found, allow_nan=False)


def test_what_is_in_one_of_them_alone_is_left_out_and_said(tmp_path: Path) -> None:
    a, b = write(tmp_path / "a", "xxxx"), write(tmp_path / "b", "xxxx", first=2)
    found = compare(load_run(a), load_run(b))
    assert (found["only_in_a"], found["only_in_b"], found["success"]["pairs"]) == ([0, 1], [4, 5], 2)


def test_a_summary_s_file_is_a_run_too(tmp_path: Path) -> None:
    a = write(tmp_path / "a", "xx")
    told = {"suite": "relations", "seed": 5, "mind": "random", "success_rate": 0.5}
    file = tmp_path / "b.json"
    file.write_text(json.dumps(told | {"episodes": [record(0), record(1, False)]}))
    found = compare(load_run(a), load_run(file))
    assert found["conditions_differ"] == {"mind": ["rules", "random"]}


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"seed": 6}, "seed 5 and .* seed 6, so their scenes differ"),
        ({"suite": "household"}, "a run of 'relations' and .* of 'household'"),
        ({"first": 40}, "episodes 0 to 2 and .* has 40 to 42: none is in both"),
        ({"kind": "stack"}, "episode 0 is not the same task in both: kind 'pour' .* 'stack'"),
    ],
)
def test_runs_that_do_not_pair_are_refused(tmp_path: Path, other: dict, words: str) -> None:
    a, b = write(tmp_path / "a", "xxx"), write(tmp_path / "b", "xxx", **other)
    with pytest.raises(InputError, match=words):
        compare(load_run(a), load_run(b))
    with pytest.raises(InputError, match="named twice"):
        compare(load_run(a), load_run(a))


@pytest.mark.parametrize("text", ["{", "{}", '{"suite": "basics"}', '{"suite": "basics", "episodes": [1]}'])
def test_what_is_no_summary_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(InputError, match=r"x\.json"):
        load_run(file)
    with pytest.raises(InputError, match="neither"):
        load_run(tmp_path / "nothing")
