"""A run that is killed in the middle loses at most the episode in flight, and goes on from there."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SUITE = """
import time
from pathlib import Path

class Slow:
    name, purpose, mind = "slow", "sleeps", "rules"
    kinds = ("one", "other")

    def run(self, conditions, number, folder):
        with (Path(__file__).parent / "began.txt").open("a") as stream:
            stream.write(f"{number}\\n")
        time.sleep(0.4)
        return {"episode": number, "seed": 10 * conditions.seed + number, "kind": self.kinds[number % 2],
                "success": number != 3, "cause": "" if number != 3 else "it slept"}

    def sum_up(self, records):
        from handsel.sim.suite import total
        return total(records, self.kinds) | {"metrics": {}}

SUITE = Slow()
"""
TRIALS = 8


def begin(root: Path, *arguments: str) -> subprocess.Popen[str]:
    """Begin ``handsel eval`` with a third party's suite in its path."""
    path = os.pathsep.join((str(root), os.environ.get("PYTHONPATH", "")))
    return subprocess.Popen(
        [sys.executable, "-m", "handsel", "eval", *arguments],
        env=os.environ | {"PYTHONPATH": path, "HANDSEL_PLUGINS": "slow-suite"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_kill_9_in_the_middle(tmp_path: Path) -> None:
    (tmp_path / "slow_suite.py").write_text(SUITE)
    info = tmp_path / "slow_suite-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-suite\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[handsel.suites]\nslow = slow_suite:SUITE\n")
    folder, file = tmp_path / "run", tmp_path / "run" / "episodes.jsonl"

    child = begin(tmp_path, "slow", "--trials", str(TRIALS), "--seed", "2", "--out", str(folder))
    latest = time.monotonic() + 240.0
    while not file.exists() or file.read_text().count("\n") < 3:
        assert child.poll() is None, child.communicate()[1]
        assert time.monotonic() < latest, "no episode has ended"
        time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    before = file.read_text().splitlines()
    assert 3 <= len(before) < TRIALS and not (folder / "summary.json").exists()
    assert [json.loads(line)["episode"] for line in before] == list(range(len(before)))

    child = begin(tmp_path, "--resume", str(folder))
    out, err = child.communicate(timeout=240.0)
    assert child.returncode == 0, err
    assert "87.5% of 8" in out and "episode 3: it slept" in err
    assert file.read_text().splitlines()[: len(before)] == before, "what was there is not run again"
    began = (tmp_path / "began.txt").read_text().split()
    assert sorted(set(map(int, began))) == list(range(TRIALS))
    assert len(began) <= TRIALS + 1, "only the episode in flight was begun twice"
    summary = json.loads((folder / "summary.json").read_text())
    assert [one["seed"] for one in summary["episodes"]] == [20 + number for number in range(TRIALS)]
    assert summary["command"].startswith("handsel eval slow --trials 8 --seed 2")
    assert "it slept" in (folder / "report.html").read_text()
