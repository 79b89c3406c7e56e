"""Asking back: the right option is among those that remain as often as was asked for, and no oftener."""

import json
from pathlib import Path

import numpy as np
import pytest
from handsel.agent.asking import (
    Asking,
    Bound,
    Line,
    calibrated,
    read_asking,
    read_lines,
    remaining,
    threshold,
)
from handsel.core.errors import InputError

METHOD = "letters' probabilities, two orders"


def belief_in_the_right_one(
    rng: np.random.Generator, shape: tuple[int, ...], options: int, sharpness: float, honest: bool
) -> np.ndarray:
    """Draw decisions, and give what the right option got; a model that is not honest exaggerates."""
    truth = rng.dirichlet(np.full(options, sharpness), size=shape)
    right = (rng.random((*shape, 1)) > truth.cumsum(axis=-1)).sum(axis=-1).clip(0, options - 1)
    told = truth if honest else truth**3 / (truth**3).sum(axis=-1, keepdims=True)
    return np.take_along_axis(told, right[..., None], axis=-1)[..., 0]


@pytest.mark.parametrize("target", [0.7, 0.85, 0.95])
@pytest.mark.parametrize(
    ("options", "sharpness", "honest"), [(4, 0.3, True), (15, 0.2, True), (6, 0.3, False)]
)
def test_coverage_is_within_two_points_of_its_target(
    target: float, options: int, sharpness: float, honest: bool
) -> None:
    rng = np.random.default_rng(7)
    # A thousand draws of calibration data, each tried on a hundred new decisions: the promise is about
    # both together, and a single decision each would leave 1.5 points to chance.
    got = belief_in_the_right_one(rng, (1000, 199), options, sharpness, honest)
    covered = [np.mean(one[99:] >= threshold(list(1.0 - one[:99]), target)) for one in got]
    # The bound alone, without the likeliest that always remains: what the theorem speaks of.
    assert abs(np.mean(covered) - target) <= 0.02, np.mean(covered)
    assert target - 0.003 <= np.mean(covered) <= target + 1.0 / 100.0 + 0.003


def test_one_calibration_covers_what_comes_after_it() -> None:
    rng = np.random.default_rng(3)
    got = belief_in_the_right_one(rng, (24000,), 5, 0.3, False)
    lines = [Line(method=METHOD, probabilities=(p, 1.0 - p), right=0) for p in got[:4000].tolist()]
    covered = np.mean(got[4000:] >= calibrated(lines, 0.85).least(METHOD))
    assert abs(covered - 0.85) <= 0.02, covered


def test_the_threshold_is_the_order_statistic() -> None:
    scores = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert threshold(scores, 0.9) == pytest.approx(0.1)
    assert threshold(scores, 0.5) == pytest.approx(0.5)
    assert threshold(scores, 0.95) == 0.0, "nine lines cannot promise 95 %: everything remains"


def test_a_sure_model_is_seldom_asked_about() -> None:
    sure = [Line(method=METHOD, probabilities=(0.97, 0.02, 0.01), right=0)] * 40
    asking = calibrated(sure, 0.9)
    assert asking.bounds[METHOD].asked == 0.0
    assert remaining((0.97, 0.02, 0.01), asking.least(METHOD)) == (0,)
    assert remaining((0.4, 0.35, 0.25), asking.least(METHOD)) == (0,), "the likeliest always remains"
    doubtful = calibrated([*sure, *[Line(method=METHOD, probabilities=(0.5, 0.3, 0.2), right=1)] * 10], 0.9)
    assert remaining((0.5, 0.35, 0.15), doubtful.least(METHOD)) == (0, 1)


def test_each_way_of_weighing_has_its_own_bound(tmp_path: Path) -> None:
    lines = [Line(method=f"way {i % 2}", probabilities=(0.8, 0.2), right=i % 2) for i in range(40)]
    asking = calibrated(lines, 0.8)
    assert asking.least("way 0") == pytest.approx(0.8) and asking.least("way 1") == pytest.approx(0.2)
    with pytest.raises(InputError, match="not calibrated for options weighed by 'guessing'"):
        asking.least("guessing")
    asking.write(tmp_path / "asking.json")
    assert read_asking(tmp_path / "asking.json") == asking


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"method": "x", "probabilities": [0.5, 0.5]}, "right"),
        ({"method": "x", "probabilities": [0.5, 0.5], "right": 2}, "the index of one of 2 options"),
        ({"method": "x", "probabilities": [0.9, 0.5], "right": 0}, "add up to 1"),
        ("nothing", "cannot be used"),
    ],
)
def test_broken_data_is_refused_with_its_line(tmp_path: Path, line: object, says: str) -> None:
    good = {"method": "x", "probabilities": [0.5, 0.5], "right": 1}
    path = tmp_path / "data.jsonl"
    path.write_text(f"{json.dumps(good)}\n{json.dumps(line)}\n")
    with pytest.raises(InputError, match=says) as refusal:
        read_lines(path)
    assert "line 2" in str(refusal.value)


def test_targets_and_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        calibrated([Line(method="x", probabilities=(1.0,), right=0)], 1.0)
    with pytest.raises(InputError, match="nothing to calibrate with"):
        calibrated([], 0.9)
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(InputError, match="no calibration"):
        read_asking(tmp_path / "x.json")
    assert Asking(target=0.9, bounds={"a": Bound(least=0.1, lines=1, asked=0.0)}).least("a") == 0.1
