"""The agent's twin for programs with an event loop of their own: the same loop, on a thread of its own."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from .agent import Agent
from .episode import Episode
from .events import Event


class _Queued:
    """Hands events from the agent's thread to an event loop; a ``Subscriber``."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.queue: asyncio.Queue[Event | None] = asyncio.Queue()

    def on_event(self, event: Event) -> None:
        self._loop.call_soon_threadsafe(self.queue.put_nowait, event)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self.queue.put_nowait, None)


class AsyncAgent:
    """Awaits what an ``Agent`` does; nothing of it blocks the event loop, and a seed gives one episode.

    It is used in an ``async with`` block, or closed with ``close``. The robot stays the caller's.
    """

    def __init__(self, agent: Agent):
        """Take an agent.

        Args:
            agent: Who does it; from now on it is only asked through here.
        """
        self.agent = agent
        # One thread for all of it: what a mind or a perceiver has made on a thread stays with it.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="agent")

    async def run(self, instruction: str) -> Episode:
        """Do what a sentence says; see ``Agent.run``. Cancelling it brings the arm to rest first.

        Raises:
            RobotError: If the robot fails.
        """
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._thread, self.agent.run, instruction)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await self.interrupt()
            await asyncio.wait([running])
            raise

    async def events(self, instruction: str) -> AsyncIterator[Event]:
        """Do what a sentence says, and give every event as it happens; the last one is ``end``.

        Raises:
            RobotError: If the robot fails; the event ``end`` comes first.
        """
        told, before = _Queued(), self.agent.subscribers
        self.agent.subscribers = (*before, told)
        running = asyncio.ensure_future(self.run(instruction))
        try:
            while (event := await told.queue.get()) is not None:
                yield event
            await running
        finally:
            if not running.done():
                running.cancel()
                await asyncio.wait([running])
            self.agent.subscribers = before

    async def start(self, instruction: str) -> None:
        """Begin an episode that ``step`` carries on; see ``Agent.start``."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self.agent.start, instruction)

    async def step(self) -> Episode | None:
        """Go on by one tick; gives the episode where that was the last one.

        Raises:
            RobotError: If the robot fails.
        """
        await asyncio.get_running_loop().run_in_executor(self._thread, self.agent.step)
        return self.agent.episode

    async def say(self, text: str) -> bool:
        """Say something meanwhile; see ``Agent.say``.

        Raises:
            InputError: If the text cannot be heard.
        """
        return await asyncio.to_thread(self.agent.say, text)

    async def interrupt(self) -> None:
        """Bring the arm to rest; see ``Agent.interrupt``."""
        await asyncio.to_thread(self.agent.interrupt)

    def close(self) -> None:
        """Let go of the thread, once what runs on it has ended."""
        self._thread.shutdown()

    async def __aenter__(self) -> Self:
        """Use it in an ``async with`` block."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the thread."""
        await asyncio.to_thread(self.close)
