"""The benchmark of boxes, started as real ones are."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from handsel.sim.public.remote import RemoteBench, worker_variables

HERE = Path(__file__).parent
SAID = {"press_it": "Press a button", "go_there": "Reach a goal position"}


def start_boxes(said: dict[str, str] = SAID) -> RemoteBench:
    command = [sys.executable, str(HERE / "fake_bench.py")]
    return RemoteBench("fake", command, said, worker_variables({}))


@pytest.fixture(scope="session")
def start() -> Callable[..., RemoteBench]:
    return start_boxes


@pytest.fixture(scope="module")
def boxes() -> Iterator[RemoteBench]:
    with start_boxes() as env:
        yield env
