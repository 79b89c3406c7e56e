"""A writer that is killed at any moment: trace and memory stay readable and lose nothing that it told of."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from handsel.agent.memory.memory import Memory
from handsel.agent.trace import TraceWriter, read_trace

KILLS = 50
NURSERY = """
import os, sys
from pathlib import Path
from handsel.agent.events import Stream
from handsel.agent.memory.keeper import Keeper
from handsel.agent.memory.memory import Memory
from handsel.agent.trace import TraceWriter

THING = {"name": "red_block", "kind": "block", "color": "red", "size": [0.04] * 3, "on": "table",
         "inside": None, "X_WO": {"p": [0.5, 0.0, 0.02], "wxyz": [1.0, 0.0, 0.0, 0.0]}}
FAR = {**THING, "X_WO": {"p": [0.3, 0.2, 0.02], "wxyz": [1.0, 0.0, 0.0, 0.0]}}
ROW = {"skill": "place", "arguments": {"thing": "red_block", "relation": "on", "reference": "table"}}

def write(folder):
    # Every event is told of when the writers have it; what is being written when the end comes may be lost.
    memory, episode = Memory(folder / "memory.sqlite"), 0
    while True:
        episode += 1
        trace = TraceWriter(folder / f"trace-{episode}.jsonl")
        stream, told = Stream([trace, Keeper(memory)], clock=lambda: 0.0), 0
        def record(kind, **data):
            nonlocal told
            stream.record(kind, **data)
            told += 1
            os.write(1, b"%d %d %s\\n" % (episode, told, kind.encode()))
        record("begin", instruction=f"say {episode}", robot={"name": "r"}, mind="m", perceiver="p", seed=1)
        record("scene", why="to begin", things=[THING])
        record("subtasks", texts=["one"])
        record("choice", subtask="one", attempt=0, rows=[ROW])
        record("program", text="def stage_1():\\n    pass", number=1)
        for _ in range(5):
            record("joints", q=[0.1] * 7)
        record("scene", why="to judge", things=[FAR])
        record("verdict", subtask="one", success=True, reason="so")
        record("end", outcome="done", reason="so")
        stream.close()

# One process pays for the imports and forks a writer for every line.
for line in sys.stdin:
    child = os.fork()
    if not child:
        write(Path(line.strip()))
    os.write(2, b"%d\\n" % child)
    os.waitpid(child, 0)
    os.write(1, b"over\\n")
"""


@pytest.fixture(scope="module")
def nursery() -> Iterator["subprocess.Popen[str]"]:
    child = subprocess.Popen(
        [sys.executable, "-c", NURSERY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield child
    child.communicate(timeout=60)


def kill_one(nursery: "subprocess.Popen[str]", folder: Path, delay: float) -> list[list[str]]:
    """Start a writer, kill it after a while, and give what it told of: episode, count of events, kind."""
    assert nursery.stdin and nursery.stdout and nursery.stderr
    nursery.stdin.write(f"{folder}\n")
    nursery.stdin.flush()
    pid = int(nursery.stderr.readline())
    told = [nursery.stdout.readline().split()]
    time.sleep(delay)
    os.kill(pid, signal.SIGKILL)
    while told[-1] != ["over"]:
        told.append(nursery.stdout.readline().split())
    return told[:-1]


def test_nothing_beyond_the_last_event_is_lost(nursery: "subprocess.Popen[str]", tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    lengths = set()
    for number, delay in enumerate(rng.uniform(0.0, 0.03, KILLS)):
        folder = tmp_path / str(number)
        folder.mkdir()
        told = kill_one(nursery, folder, float(delay))
        lengths.add(len(told))
        episode, count = int(told[-1][0]), int(told[-1][1])
        for one in range(1, episode + 1):
            events = read_trace(folder / f"trace-{one}.jsonl")
            assert [event["n"] for event in events] == list(range(len(events)))
            assert len(events) >= (count if one == episode else 13)
        check_memory(folder, episode, [line[2] for line in told if int(line[0]) == episode])
        a_new_run_starts(folder, episode)
    assert len(lengths) > 10, "the kills came all at the same moment"


def check_memory(folder: Path, episode: int, kinds: list[str]) -> None:
    with Memory(folder / "memory.sqlite", write=False) as memory:
        past = {one.number: one for one in memory.episodes(10_000)}
        acts = {act.episode for act in memory.moved(limit=10_000)}
    whole = range(1, episode)
    assert all(past[one].outcome == "done" and past[one].subtasks == ("one",) for one in whole)
    assert set(whole) <= acts
    assert past[episode].instruction == f"say {episode}"
    if "subtasks" in kinds:
        assert past[episode].subtasks == ("one",)
    if "verdict" in kinds:
        assert episode in acts
    if "end" in kinds:
        assert past[episode].outcome == "done"
    elif episode + 1 not in past and past[episode].outcome != "done":
        assert past[episode].outcome == "broken off"


def a_new_run_starts(folder: Path, episode: int) -> None:
    with Memory(folder / "memory.sqlite") as memory:
        assert memory.begin("again") > episode
    with TraceWriter(folder / "trace-new.jsonl") as trace:
        assert trace.path.exists()
