"""The agent's asynchronous twin: the same episodes, and an event loop that is never held up."""

import asyncio

import pytest
from handsel.agent.agent import Agent
from handsel.agent.aio import AsyncAgent
from handsel.core.errors import RobotError
from handsel.robots.fake import FakeRobot, Faults
from handsel.robots.robot import MotionState
from handsel.skills.skill import Submit

from .players import Notes, ScriptedMind, ScriptedPerceiver, ScriptedSkill, q_look, stroke
from .scenes import kitchen


def make_agent(robot: FakeRobot | None = None) -> Agent:
    skill = ScriptedSkill("wave", actions=lambda: [Submit(trajectory=stroke(duration=2.0))])
    robot = robot or FakeRobot(q_start=q_look())
    return Agent(
        robot, ScriptedMind("wave"), ScriptedPerceiver(kitchen()), skills=[skill], subscribers=[Notes()]
    )


def plain(kinds: list[str]) -> list[str]:
    return [kind for kind in kinds if kind != "joints"]


def test_it_gives_the_same_episode_and_the_same_events() -> None:
    sync = make_agent()
    expected = sync.run("wave")

    async def main() -> None:
        async with AsyncAgent(make_agent()) as agent:
            events = [event.kind async for event in agent.events("wave")]
            assert agent.agent.episode is not None
            assert agent.agent.episode.verdicts == expected.verdicts
            assert agent.agent.episode.timings["robot"] == expected.timings["robot"]
            notes = sync.subscribers[0]
            assert isinstance(notes, Notes)
            assert events == notes.kinds() and events[-1] == "end"

    asyncio.run(main())


def test_step_by_step() -> None:
    async def main() -> int:
        async with AsyncAgent(make_agent()) as agent:
            await agent.start("wave")
            count = 1
            while await agent.step() is None:
                count += 1
            assert agent.agent.episode is not None and agent.agent.episode.success
            return count

    assert asyncio.run(main()) > 20


def test_what_is_said_meanwhile_is_heard() -> None:
    async def main() -> None:
        async with AsyncAgent(make_agent()) as agent:
            heard: list[bool] = []
            async for event in agent.events("wave"):
                if event.kind == "choice" and not heard:
                    heard.append(await agent.say("slower"))
            assert heard[0] and agent.agent.dialogue.standing.pace == 0.5

    asyncio.run(main())


def test_cancelling_brings_the_arm_to_rest() -> None:
    agent = make_agent()

    async def main() -> None:
        async with AsyncAgent(agent) as twin:
            task = asyncio.ensure_future(twin.run("wave"))
            notes = agent.subscribers[0]
            assert isinstance(notes, Notes)
            while len(notes.events) < 12:
                await asyncio.sleep(0.001)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())
    assert MotionState.RUNNING not in agent.robot.observe().motions.values()


def test_a_fault_of_the_robot_comes_after_the_end() -> None:
    async def main() -> list[str]:
        kinds: list[str] = []
        async with AsyncAgent(
            make_agent(FakeRobot(q_start=q_look(), faults=Faults(disconnected=0.4)))
        ) as agent:
            with pytest.raises(RobotError):
                async for event in agent.events("wave"):
                    kinds.append(event.kind)
        return kinds

    assert asyncio.run(main())[-1] == "end"
