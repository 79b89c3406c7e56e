"""Whoever runs the episodes, the same seed gives the same ones."""

import os
import signal
import subprocess
import threading
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from handsel.core.errors import InputError
from handsel.sim import ray_sharing
from handsel.sim.ray_sharing import run_apart, write_files
from handsel.sim.sharing import Workers, read_workers, run_shared
from handsel.sim.suite import Conditions

TIMES = ("wall", "cpu", "overhead_ms", "timings", "over_charge")
"""What depends on the machine and its load."""


@pytest.mark.parametrize(
    ("text", "workers"),
    [
        ("1", Workers()),
        ("12", Workers(count=12)),
        ("ray", Workers(cluster="")),
        ("ray:10.0.0.1:6379", Workers(cluster="10.0.0.1:6379")),
    ],
)
def test_who_shares_is_read(text: str, workers: Workers) -> None:
    assert read_workers(text) == workers


@pytest.mark.parametrize("text", ["", "0", "-2", "two", "ray2", "1e3", "99999", "²"])
def test_what_is_nobody_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="expected a number of processes"):
        read_workers(text)


def test_what_an_episode_writes_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def episode(conditions: Conditions, number: int, folder: Path) -> dict[str, Any]:
        (folder / f"episode-{number:04d}").mkdir()
        (folder / f"episode-{number:04d}" / "trace.jsonl").write_text("{}\n")
        return {"episode": number, "seed": conditions.seed}

    monkeypatch.setattr(ray_sharing, "run_episode", episode)
    record, files = run_apart(asdict(Conditions(suite="basics", seed=4)), 7, version("handsel"))
    assert record == {"episode": 7, "seed": 4} and files == {"episode-0007/trace.jsonl": b"{}\n"}
    write_files(tmp_path, files)
    assert (tmp_path / "episode-0007" / "trace.jsonl").read_text() == "{}\n"
    monkeypatch.setattr(ray_sharing, "MOST_BYTES", 2)
    with pytest.raises(InputError, match="at most 2"):
        run_apart(asdict(Conditions(suite="basics", seed=4)), 7, version("handsel"))


def test_another_version_is_refused() -> None:
    with pytest.raises(InputError, match="install one version"):
        run_apart(asdict(Conditions(suite="basics")), 0, "0.0.0")


@pytest.mark.parametrize("name", ["../out", "/etc/out", "a/../../out", ""])
def test_nothing_is_written_outside(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="outside"):
        write_files(tmp_path / "in", {name: b"x"})
    assert not list(tmp_path.rglob("out"))


def lasting(value: Any) -> Any:
    """What of a record does not depend on the machine."""
    if isinstance(value, dict):
        return {name: lasting(one) for name, one in value.items() if not any(part in name for part in TIMES)}
    return [lasting(one) for one in value] if isinstance(value, list | tuple) else value


def outcomes(folder: Path, workers: str) -> list[dict[str, Any]]:
    records = run_shared(Conditions(suite="basics", seed=31), range(3), folder, read_workers(workers))
    return sorted((lasting(record) for record in records), key=lambda record: record["episode"])


@pytest.mark.slow
def test_one_process_two_and_ray_give_the_same_also_where_a_worker_is_killed(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not installed")
    one = outcomes(tmp_path / "one", "1")
    assert [record["episode"] for record in one] == [0, 1, 2]
    assert outcomes(tmp_path / "two", "2") == one
    killed: list[int] = []

    def kill() -> None:
        latest = time.monotonic() + 120.0
        while not killed and time.monotonic() < latest:
            found = subprocess.run(["pgrep", "-f", "^ray::run_apart"], capture_output=True, text=True)
            for pid in found.stdout.split()[:1]:
                time.sleep(2.0)
                os.kill(int(pid), signal.SIGKILL)
                killed.append(int(pid))
            time.sleep(0.2)

    killer = threading.Thread(target=kill)
    killer.start()
    by_ray = outcomes(tmp_path / "ray", "ray")
    killer.join()
    assert killed and by_ray == one
    traces = [path.relative_to(tmp_path / "ray") for path in sorted((tmp_path / "ray").rglob("trace.jsonl"))]
    assert [path.parent.name for path in traces] == ["episode-0000", "episode-0001", "episode-0002"]
