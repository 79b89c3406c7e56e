"""What a run asks of its world."""

from pathlib import Path
from typing import Any

import pytest
from handsel.cli import session
from handsel.cli.main import main


class Asked(Exception):
    """Ends a run as soon as its world is asked for."""


@pytest.mark.parametrize(("option", "noise"), [((), True), (("--no-noise",), False)])
def test_a_runs_depth_is_noisy_unless_it_is_switched_off(
    option: tuple[str, ...], noise: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {}

    def start_world(scene: Any, **said: Any) -> tuple[Any, None]:
        asked.update(said)
        raise Asked

    monkeypatch.setattr(session, "start_world", start_world)
    with pytest.raises(Asked):
        main(["run", "pick up the red block", "--out", str(tmp_path / "run"), *option])
    assert asked["noise"] is noise
