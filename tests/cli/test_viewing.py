"""``--view [PORT]`` and ``--rerun FILE``: what is asked for, and what is refused."""

import io
from pathlib import Path

import pytest
import tyro
from handsel.cli.main import PLAIN
from handsel.cli.run import Run
from handsel.cli.viewing import View, view_port, viewing
from handsel.core.errors import InputError
from rich.console import Console


@pytest.mark.parametrize(
    ("said", "view", "port"), [((), None, None), (("--view",), (), None), (("--view", "7431"), (7431,), 7431)]
)
def test_a_port_may_be_named(said: tuple[str, ...], view: View, port: int | None) -> None:
    command = tyro.cli(Run, args=["pick it up", *said, "--seed", "2"], config=PLAIN)
    assert command.view == view and view_port(command.view) == port and command.text == "pick it up"


@pytest.mark.parametrize("view", [(80,), (70000,), (7000, 7001)])
def test_what_is_no_port_is_refused(view: View) -> None:
    with pytest.raises(InputError, match="expected one port"):
        view_port(view)


def test_the_address_is_told_and_nobody_watches_unasked() -> None:
    said = io.StringIO()
    console = Console(file=said)
    with viewing(None, None, console) as watchers:
        assert watchers == () and said.getvalue() == ""
    with viewing((), None, console) as watchers:
        assert len(watchers) == 1 and "watch at http://127.0.0.1:" in said.getvalue()


def test_a_log_is_written(tmp_path: Path) -> None:
    pytest.importorskip("rerun")
    path = tmp_path / "run.rrd"
    with viewing(None, path, Console(file=io.StringIO())) as watchers:
        assert len(watchers) == 1
    assert path.read_bytes()[:3] == b"RRF"
