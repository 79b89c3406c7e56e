"""Understanding is compared exactly: each kind of judgement, and the figures on the data."""

from pathlib import Path

import pytest
from handsel.core.errors import InputError
from handsel.sim.instructions.compare import judge
from handsel.sim.instructions.run import read_cases, run_cases, sum_up

DATA = Path(__file__).parents[1] / "data" / "instructions"
PUT = {"do": "put", "what": "cup", "relation": "on", "to": "plate"}
PICK = {"do": "pick", "what": "cup"}


@pytest.mark.parametrize(
    ("expected", "got", "judgement"),
    [
        ({"steps": [PUT]}, {"steps": [PUT]}, "right"),
        ({"steps": [PUT]}, {"steps": [PUT | {"to": "tray"}]}, "wrong action"),
        ({"steps": [PUT]}, {"steps": [PUT | {"how": {"slow": True}}]}, "wrong action"),
        ({"steps": [PUT], "how": {"slow": True}}, {"steps": [PUT | {"how": {"slow": True}}]}, "right"),
        ({"steps": [PUT, PICK], "order": "given"}, {"steps": [PICK, PUT]}, "wrong action"),
        ({"steps": [PUT, PICK], "order": "any"}, {"steps": [PICK, PUT]}, "right"),
        (
            {"steps": [{"do": "stack", "what": ["plate", "cup"], "order_matters": True}]},
            {"steps": [PUT]},
            "right",
        ),
        (
            {"steps": [{"do": "stack", "what": ["plate", "cup"], "order_matters": False}]},
            {"steps": [PUT]},
            "wrong action",
        ),
        ({"ask": {"about": ["a", "b"]}}, {"ask": {"about": ["b", "a"]}}, "right"),
        ({"ask": {"about": ["a", "b"]}}, {"ask": {"about": ["a"]}}, "wrong"),
        ({"ask": {"about": ["a", "b"]}}, {"steps": [PUT]}, "wrong action"),
        ({"steps": [PUT]}, {"ask": {"about": ["cup"]}}, "asked"),
        ({"steps": [PUT]}, {"not_understood": ["cup"]}, "refused"),
        ({"answer": ["a", "b"]}, {"answer": ["b", "a"]}, "right"),
        ({"answer": 2}, {"answer": 3}, "wrong"),
        ({"answer": False}, {"steps": [PUT]}, "wrong action"),
        ({"nothing": "no"}, {"nothing": "it is not so"}, "right"),
        ({"not_understood": ["Paint"]}, {"not_understood": ["paint", "pink"]}, "right"),
        ({"not_understood": ["paint"]}, {"not_understood": ["pink"]}, "wrong"),
        ({"not_understood": ["paint"]}, {"not_understood": []}, "wrong"),
    ],
)
def test_judgement(expected: dict, got: dict, judgement: str) -> None:
    assert judge(expected, got) == judgement


def test_figures_hold() -> None:
    summary = sum_up(list(run_cases(read_cases(DATA), "rules")))
    assert summary["instructions"] == 310 and summary["unknown"] == 100
    assert summary["right"] >= 0.97 * 310, summary["judgements"]
    assert summary["wrong_actions"] <= 1 and summary["wrong_instead_of_asking"] <= 1
    assert summary["unknown_acted_on"] == 0 and summary["unknown_named"] >= 97
    assert summary["cpu_median"] < 0.02


def test_missing_data_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="scenes"):
        read_cases(tmp_path)
    (tmp_path / "scenes.json").write_text("{}")
    (tmp_path / "instructions.jsonl").write_text('{"id": "x1"}\n')
    with pytest.raises(InputError, match="line 1"):
        read_cases(tmp_path)
