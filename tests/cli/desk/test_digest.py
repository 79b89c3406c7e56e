"""What a page is shown of an episode."""

import json

import numpy as np
import pytest
from handsel.agent.events import Event
from handsel.agent.plain import plain, scene_json
from handsel.cli.desk.board import Board
from handsel.cli.desk.digest import Digest, off_way, scene_message, way_of
from pydrake.math import RigidTransform

from ...agent.scenes import kitchen


def event(kind: str, time: float = 0.0, **data: object) -> Event:
    return Event(number=0, time=time, wall=0.0, kind=kind, data={k: plain(v) for k, v in data.items()})


def joints(time: float, p: list[float]) -> Event:
    return event("joints", time, arm="arm", X_WG=RigidTransform(np.array(p)), width=0.04, held=None)


@pytest.mark.parametrize(
    ("p", "distance"), [([0.5, 0.1, 0.0], 0.1), ([1.2, 0.0, 0.0], 0.2), ([1.0, 1.0, 0.3], 0.3)]
)
def test_the_distance_from_a_way(p: list[float], distance: float) -> None:
    way = np.array([[0.0, 0, 0], [1.0, 0, 0], [1.0, 0, 0], [1.0, 1.0, 0]])
    if distance == 0.2:
        way = way[:2]
    assert off_way(np.array(p), way) == pytest.approx(distance)


def test_motion_is_thinned_and_measured_against_its_plan() -> None:
    board = Board()
    digest = Digest(board, run=3)
    way = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    digest.on_event(
        event("plan", index=0, stage="s", p_WG=way, clearances=[0.1], relations=[], motion=[9] * 99)
    )
    digest.on_event(event("stage", 1.0, index=0, name="s", purpose="go"))
    for k in range(21):
        digest.on_event(joints(1.0 + 0.05 * k, [0.05 * k, 0.002, 0.0]))
    plan, _, *live = board.after(0)
    assert "motion" not in plan.data and plan.data["run"] == 3
    assert 10 <= len(live) <= 11
    assert live[-1].data["off"] == pytest.approx(0.002) and live[-1].data["to_go"] < live[0].data["to_go"]
    json.dumps([one.data for one in board.after(0)], allow_nan=False)


@pytest.mark.parametrize("kind", ["released", "move", "choice"])
def test_what_follows_a_stage_is_not_measured_against_it(kind: str) -> None:
    board = Board()
    digest = Digest(board, run=1)
    digest.on_event(event("plan", index=0, p_WG=[[0, 0, 0], [1, 0, 0]]))
    digest.on_event(event("stage", 0.0, index=0))
    digest.on_event(event(kind, 1.0, thing="red_block"))
    digest.on_event(joints(2.0, [0.0, 0.0, 0.5]))
    assert board.after(0)[-1].kind == "live" and "off" not in board.after(0)[-1].data


def test_each_arm_has_its_own_way() -> None:
    plan = {"p_WG": {"left": [[0, 0, 0], [1, 0, 0]]}}
    way = way_of(plan, "left")
    assert way is not None and way.shape == (2, 3)
    assert (
        way_of(plan, "right") is None
        and way_of(None, "left") is None
        and way_of({"p_WG": []}, "left") is None
    )


def test_a_scene_is_told_without_clouds() -> None:
    told = scene_message(scene_json(kitchen()))
    assert [one["name"] for one in told["things"]] == [thing.name for thing in kitchen().things]
    assert "cloud" not in json.dumps(told)


def test_what_only_machines_read_is_left_out() -> None:
    board = Board()
    for kind in ("fields", "move", "over", "begin", "end", "followed"):
        Digest(board, 1).on_event(event(kind))
    assert board.after(0) == ()
