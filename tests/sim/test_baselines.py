"""The rows beside a run: who acts in them, on which seeds, and that they lie apart."""

from pathlib import Path

import pytest
from handsel.core.errors import InputError
from handsel.sim import sharing
from handsel.sim.baselines import SEEDS, count, plans, run_baselines
from handsel.sim.evaluate import Evaluation
from handsel.sim.suite import Conditions, Record

from .runs import record

RUN = Evaluation(
    conditions=Conditions(suite="stay_away", seed=7, memory="some.file", ablate=("maps",)), trials=50, first=9
)


def test_each_row_has_five_seeds_and_every_kind_of_each() -> None:
    found = list(plans(RUN))
    assert [one.name for one, _ in found[::SEEDS]] == ["oracle", "random", "nothing"]
    assert [plan.conditions.seed for _, plan in found[:SEEDS]] == [7, 8, 9, 10, 11]
    assert {(plan.trials, plan.first) for _, plan in found} == {(2, 0)} and count(RUN) == 30
    oracle, drawn = found[0][1].conditions, found[SEEDS][1].conditions
    assert (oracle.perceiver, oracle.mind, oracle.ablate) == ("oracle", "rules", ("maps",))
    assert (drawn.perceiver, drawn.mind, drawn.ablate) == ("geometric", "random", ())
    assert oracle.memory == drawn.memory == "none", "the run's own memory is not written to"


def test_rows_are_summed_up_and_go_on_where_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def run(conditions: Conditions, number: int, folder: Path) -> Record:
        ran.append(conditions.mind)
        more = {"kind": "put_on", "collisions": 1, "wrong_touched": 0, "violations": 0, "over_charge": 0}
        return record(number, conditions.perceiver == "oracle", **more)

    monkeypatch.setattr(sharing, "run_episode", run)
    rows = run_baselines(RUN, tmp_path, lambda _: None)
    assert [rows[name]["success_rate"] for name in ("oracle", "random", "nothing")] == [1.0, 0.0, 0.0]
    assert rows["random"]["trials"] == 10 and rows["random"]["seeds"] == [7, 8, 9, 10, 11]
    assert rows["nothing"]["interval"][1] < 0.3 and rows["nothing"]["collisions"] == 10
    assert (tmp_path / "baselines" / "random" / "seed-9" / "episodes.jsonl").is_file()
    assert ran.count("random") == ran.count("nothing") == 10
    ran.clear()
    assert run_baselines(RUN, tmp_path, lambda _: None) == rows and ran == []


def test_where_no_agent_acts_there_are_no_rows() -> None:
    with pytest.raises(InputError, match="no agent acts in the suite 'perception'"):
        count(Evaluation(conditions=Conditions(suite="perception")))
