"""The example package does what it says: a sentence that it brings is understood, done and judged."""

from pathlib import Path

import pytest
from handsel.sim.episodes import TaskSuite
from handsel.sim.suite import SUITES, Conditions

from tests.plugin import install


def test_its_tasks_are_drawn_from_the_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch)
    suite = SUITES.load("aside")
    assert isinstance(suite, TaskSuite)
    assert suite.task(1, 2) == suite.task(1, 2) != suite.task(1, 3)


@pytest.mark.slow
def test_its_skill_is_done_on_its_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = tmp_path / "plugin"
    plugin.mkdir()
    install(plugin, monkeypatch)
    conditions = Conditions(suite="aside", seed=0, mind="aside", perceiver="sure")
    record = SUITES.load("aside").run(conditions, 0, tmp_path)
    assert record["success"] and record["believed"], record
