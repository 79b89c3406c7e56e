"""What a run asks of its world."""

from pathlib import Path
from typing import Any

import pytest
from handsel.cli import session
from handsel.cli.main import main
from handsel.core.errors import InputError


@pytest.mark.parametrize(("option", "noise"), [((), True), (("--no-noise",), False)])
def test_a_runs_depth_is_noisy_unless_it_is_switched_off(
    option: tuple[str, ...], noise: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {}

    def start_world(scene: Any, **said: Any) -> tuple[Any, None]:
        asked.update(said)
        raise InputError("no world today")

    monkeypatch.setattr(session, "start_world", start_world)
    assert main(["run", "pick up the red block", "--out", str(tmp_path / "run"), *option]) == 2
    assert asked["noise"] is noise
