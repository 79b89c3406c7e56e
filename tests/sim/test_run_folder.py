"""A run's folder says which run it is, whole at every moment, and refuses what is none."""

import json
from pathlib import Path

import pytest
from handsel.core.errors import InputError
from handsel.sim.run_folder import CONFIG, EPISODES, Config, claim, read_config, read_records
from handsel.sim.suite import Conditions

CONDITIONS = Conditions(suite="basics", seed=3, camera_error=(0.005, 0.01), ablate=("repair", "can"))


def test_what_is_claimed_is_read_back(tmp_path: Path) -> None:
    config = Config(conditions=CONDITIONS, trials=7, first=2)
    claim(tmp_path, config)
    assert read_config(tmp_path) == config
    assert [path.name for path in tmp_path.iterdir()] == [CONFIG], "nothing half-written is left"
    claim(tmp_path, Config(conditions=CONDITIONS, trials=9, first=2))
    assert read_config(tmp_path).trials == 9, "a run may get more episodes"


def test_another_run_is_refused_with_what_differs(tmp_path: Path) -> None:
    claim(tmp_path, Config(conditions=CONDITIONS, trials=7, first=2))
    other = Conditions(suite="basics", seed=4, camera_error=(0.005, 0.01), ablate=("can", "repair"))
    with pytest.raises(InputError, match=r"another run \(seed: 3 there, 4 here\)"):
        claim(tmp_path, Config(conditions=other, trials=7, first=2))


def test_a_folder_of_an_earlier_version_is_gone_on_with(tmp_path: Path) -> None:
    told = {"suite": "disturbed", "seed": 1, "mind": "rules", "noise": True, "camera_error": [0.0, 0.0]}
    (tmp_path / CONFIG).write_text(json.dumps(told))
    assert read_config(tmp_path) == Config(
        conditions=Conditions(suite="disturbed", seed=1), trials=20, first=0
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read"),
        ("[]", "names no suite"),
        ('{"suite": "basics", "seed": "many"}', "seed: Input should be a valid integer"),
        ('{"suite": "basics", "ablate": ["brain"]}', "ablate.0: Input should be 'can'"),
        ('{"suite": "basics", "trials": -3}', "greater than or equal to 0"),
        ('{"suite": "basics", "camera_error": [1]}', "camera_error"),
    ],
)
def test_a_broken_configuration_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / CONFIG).write_text(text)
    with pytest.raises(InputError, match=words):
        read_config(tmp_path)


def test_no_run_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no run"):
        read_config(tmp_path)
    assert read_records(tmp_path) == []


def test_a_line_that_was_cut_off_counts_as_not_written(tmp_path: Path) -> None:
    file = tmp_path / EPISODES
    file.write_text('{"episode": 0, "success": true}\n{"episode": 1, "succ')
    assert [one["episode"] for one in read_records(tmp_path)] == [0]
    assert file.read_text().endswith("}\n"), "what follows begins on a line of its own"
    file.write_text('{"episode": 0}\n')
    with pytest.raises(InputError, match=r"line 1 of .* is no episode"):
        read_records(tmp_path)
