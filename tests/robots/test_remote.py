"""The client and the host of the protocol, with a fake robot behind it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from handsel.core.errors import InputError, RobotError
from handsel.robots.fake import FakeRobot
from handsel.robots.host import RobotHost
from handsel.robots.remote import RemoteRobot, Requests
from handsel.robots.wire import Channel


class Scripted:
    """The other end of a channel, which answers what it is told to."""

    def __init__(self, replies: list[dict]):
        mine, theirs = socket.socketpair()
        self.requests = Requests(Channel(mine), lambda: "out of memory\n")
        self._theirs = Channel(theirs)
        for reply in replies:
            self._theirs.send(reply)

    def hang_up(self) -> None:
        self._theirs.close()

    def close(self) -> None:
        self.requests.close()
        self._theirs.close()


Maker = Callable[[list[dict]], Scripted]


@pytest.fixture
def scripted() -> Iterator[Maker]:
    with ExitStack() as stack:
        yield lambda replies: stack.enter_context(closing(Scripted(replies)))


def test_no_operation_tells_more_than_a_robot_senses() -> None:
    host = RobotHost(FakeRobot())
    assert set(host.operations) == {
        "info", "observe", "execute", "replace", "grip", "advance", "stop", "close",
    }  # fmt: skip
    for op in ("truth", "contacts", "verdict", "video", "labels", "__class__", ""):
        reply = host.answer({"id": 1, "op": op})
        assert "result" not in reply and "no operation" in reply["error"]
    observation = host.answer({"id": 2, "op": "observe", "cameras": ["front"]})["result"]
    assert set(observation) == {"time", "arms", "frames", "motions", "trails"}
    assert set(observation["frames"][0]) == {"camera", "time", "rgb", "depth", "size", "lens", "X_WC"}


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"op": 3},
        {"op": "advance"},
        {"op": "advance", "duration": "long"},
        {"op": "execute", "trajectory": {}},
        {"op": "execute", "trajectory": {"arm": "arm", "joint_names": [1]}},
        {"op": "replace", "number": 99, "trajectory": {}, "at": 1.0},
        {"op": "observe", "cameras": "front"},
    ],
)
def test_a_bad_request_gets_words_not_a_crash(request_: dict) -> None:
    reply = RobotHost(FakeRobot()).answer({"id": 7, **request_})
    assert reply["id"] == 7 and reply["kind"] == "RobotError" and reply["error"]


def test_errors_come_back_as_what_they_were(scripted: Maker) -> None:
    other = scripted(
        [
            {"id": 1, "error": "too far", "kind": "RobotError"},
            {"id": 2, "error": "no such scene", "kind": "UnknownName"},
            {"id": 3, "error": "odd", "kind": "SomethingElse"},
        ]
    )
    for kind, words in ((RobotError, "too far"), (InputError, "no such scene"), (RobotError, "odd")):
        with pytest.raises(kind, match=words):
            other.requests.ask("advance", duration=0.1)


def test_an_answer_that_an_interrupt_left_behind_is_passed_over(scripted: Maker) -> None:
    other = scripted([{"id": 1, "result": {"n": 1}}, {"id": 2, "result": {"n": 2}}])
    other.requests._count = 1
    assert other.requests.ask("info") == {"n": 2}


def test_a_lost_process_is_told_with_its_last_words(scripted: Maker) -> None:
    other = scripted([])
    other.hang_up()
    with pytest.raises(RobotError, match=r"ended.*out of memory"):
        other.requests.ask("info")


def test_close_works_when_the_robot_is_gone_and_tells_once(scripted: Maker) -> None:
    info = RobotHost(FakeRobot()).answer({"id": 1, "op": "info"})
    other = scripted([info])
    told: list[int] = []
    robot = RemoteRobot(other.requests, on_close=lambda: told.append(1))
    other.hang_up()
    robot.close()
    robot.close()
    assert told == [1]
