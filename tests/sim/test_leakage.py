"""An agent that tries to cheat gets nothing: no truth, no criteria, no labels, no other episode's memory.

What is meant is an agent that uses whatever its parts refer to, private or not, speaks the robot's protocol
as it likes, and reads what lies about; not one that searches the memory of the process that judges it.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handsel.agent.agent import Agent
from handsel.agent.memory.keeper import Keeper
from handsel.agent.memory.memory import EPISODE
from handsel.agent.minds import make_mind
from handsel.core.camera import CameraFrame
from handsel.core.errors import HandselError
from handsel.perception.perceiver import PERCEIVERS
from handsel.robots.remote import RemoteRobot
from handsel.sim.episodes import kept
from handsel.sim.generator import Wanted, random_scene
from handsel.sim.scenes import SceneSpec, ThingSpec
from handsel.sim.serve import JudgeHost
from handsel.sim.start import JudgeChannel, Truth, WorldProcess, start_world
from handsel.sim.suites import basics
from handsel.sim.tasks import Task

SECRETS = (JudgeChannel, Truth, SceneSpec, ThingSpec, Task)
LARGEST = 200_000
"""So many objects are looked at; an agent has some ten thousand."""


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[RemoteRobot, JudgeChannel]]:
    scene = random_scene(
        np.random.default_rng(3), 3, required=[Wanted("block", "red")], name="told-to-nobody", seed=3
    )
    robot, judge = start_world(scene, seed=3, judge=True, noise=True)
    assert judge is not None
    with robot, judge:
        yield robot, judge


def reachable(start: object) -> Iterator[object]:
    """Give all that an object refers to by its attributes and contents, and so on."""
    waiting, known = [start], {id(start)}
    kept_alive = []
    while waiting:
        one = waiting.pop()
        kept_alive.append(one)
        yield one
        assert len(known) < LARGEST, "the walk has left the agent"
        found: list[Any] = []
        if isinstance(one, dict):
            found = [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            found = list(one)
        elif type(one).__module__.startswith("handsel") and not isinstance(one, type):
            found = list(getattr(one, "__dict__", {}).values())
            found += [getattr(one, slot, None) for slot in getattr(type(one), "__slots__", ())]
        elif callable(one) and hasattr(one, "__closure__"):
            found = [cell.cell_contents for cell in one.__closure__ or () if cell != type(cell)()]
            found += [getattr(one, "__self__", None)]
        elif hasattr(one, "__self__"):
            found = [getattr(one, "__self__", None)]
        for value in found:
            if id(value) not in known:
                known.add(id(value))
                waiting.append(value)


def test_nothing_that_the_agent_refers_to_leads_to_the_truth(
    world: tuple[RemoteRobot, JudgeChannel],
) -> None:
    robot, judge = world
    agent = Agent(robot, make_mind("rules"), PERCEIVERS.load("geometric")())
    agent.look()
    found = list(reachable(agent))
    assert any(one is robot for one in found), "the walk does not even find the robot"
    assert any(isinstance(one, WorldProcess) for one in found), "nor what the robot refers to"
    assert not [one for one in found if isinstance(one, SECRETS)]
    # The same walk does find them where they are.
    assert any(isinstance(one, JudgeChannel) for one in reachable([agent, judge]))


def test_what_only_a_judge_may_ask_is_refused_to_the_robot(
    world: tuple[RemoteRobot, JudgeChannel],
) -> None:
    robot, judge = world
    before = judge.truth()
    asked = tuple(JudgeHost(None)._operations)  # type: ignore[arg-type]
    assert {"truth", "verdict", "inject"} <= set(asked)
    for op in (*asked, "start", "scene", "__class__", "world"):
        with pytest.raises(HandselError, match=r"unknown|no operation|expected|not"):
            robot._requests.ask(
                op,
                task={"judge": "handsel.sim.dialogue_judge:judge"},
                thing="red_block",
                by=np.ones(3),
                path="/tmp/no.mp4",
                fault="moved",
                seconds=1.0,
            )
    after = judge.truth()
    assert all(before.poses[name].IsNearlyEqualTo(after.poses[name], 1e-6) for name in before.poses)


def test_pictures_carry_colour_and_depth_and_nothing_that_labels(
    world: tuple[RemoteRobot, JudgeChannel],
) -> None:
    robot, _ = world
    observation = robot.observe(robot.info.cameras)
    assert {one.name for one in fields(CameraFrame)} == {"camera", "time", "rgb", "depth", "model", "X_WC"}
    for frame in observation.frames:
        assert frame.rgb.dtype == np.uint8 and frame.depth.dtype == np.float32
        # A picture of labels has no more values than there are things, and its edges are the things' own.
        assert len(np.unique(frame.depth[np.isfinite(frame.depth)])) > 50
    for name in ("label", "segmentation", "front_label", "depth"):
        with pytest.raises(HandselError):
            robot.observe((name,))
    told = json.dumps([str(plain(robot.info)), str(sorted(robot.info.cameras))])
    assert "told-to-nobody" not in told and "red_block" not in told


def plain(value: object) -> object:
    return (
        {one.name: plain(getattr(value, one.name)) for one in fields(value)} if is_dataclass(value) else value
    )


def test_the_worlds_process_shows_nothing_of_its_scene(world: tuple[RemoteRobot, JudgeChannel]) -> None:
    robot, _ = world
    (process,) = [one.process for one in reachable(robot) if isinstance(one, WorldProcess)]
    for file in ("cmdline", "environ"):
        said = Path(f"/proc/{process.pid}/{file}").read_bytes()
        assert b"red_block" not in said and b"told-to-nobody" not in said


def test_the_instruction_says_nothing_of_how_it_is_judged() -> None:
    task = basics.SUITE.task(5, 0)
    assert task.judge not in task.instruction and task.target not in task.instruction


def test_another_episodes_memory_is_not_there(tmp_path: Path) -> None:
    for number in range(2):
        place = tmp_path / f"episode-{number:04d}"
        place.mkdir()
        with kept(EPISODE, place) as memory:
            assert memory is not None and memory.episodes(100) == ()
            keeper = Keeper(memory)
            assert keeper is not None
            memory.begin("the red block belongs in the bowl")
    with kept(EPISODE, tmp_path / "episode-0000") as memory:
        # Not even the same one's, when it runs again.
        assert memory is not None and memory.episodes(100) == ()
