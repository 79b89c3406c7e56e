"""The same seed gives the same episode: what was decided, and every number that moved the arm."""

import json
from typing import Any

import pytest
from handsel.sim.suite import Conditions, run_episode

TIMING = {"wall", "cpu", "plan_cpu", "perceive_cpu", "timings"}


def stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: stripped(inner) for key, inner in value.items() if key not in TIMING}
    return [stripped(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 4])
def test_the_same_seed_gives_the_same_trace(tmp_path, number):
    conditions = Conditions(suite="basics", seed=5)
    traces = []
    for name in ("first", "second"):
        record = run_episode(conditions, number, tmp_path / name)
        lines = (tmp_path / name / f"episode-{number:04d}" / "trace.jsonl").read_text().splitlines()
        events = [stripped(json.loads(line)) for line in lines]
        traces.append((stripped(record), [event for event in events if event["kind"] != "over"]))
    assert traces[0] == traces[1]
