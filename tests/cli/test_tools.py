"""The MCP server, asked by the SDK's own client: over a fake robot, and as it is installed."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from handsel.cli.desk.desk import Desk
from handsel.cli.tools import make_server
from handsel.core.errors import CannotDo, NeedsAnswer
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from ..agent.players import ScriptedMind
from .desk.desks import make_desk

TOOLS = {"look", "list_skills", "run", "status", "stop"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = make_desk(tmp_path)
    yield made
    made.close()


def texts(result: Any) -> str:
    return "\n".join(one.text for one in result.content if one.type == "text")


async def moving(client: Client) -> None:
    """Wait until the arm is at work."""
    while json.loads(texts(await client.call_tool("status", {})))["phase"] != "working":
        await asyncio.sleep(0.05)


def test_it_lists_looks_and_runs(desk: Desk) -> None:
    async def main() -> None:
        async with Client(make_server(desk)) as client:
            assert {one.name for one in (await client.list_tools()).tools} == TOOLS
            seen = await client.call_tool("look", {})
            assert "red_block: block, at (50.0, -30.0," in texts(seen)
            (picture,) = [one for one in seen.content if one.type == "image"]
            assert picture.mime_type == "image/jpeg" and len(picture.data) > 1000
            assert "wave(): Do wave." in texts(await client.call_tool("list_skills", {}))
            (resource,) = (await client.list_resources()).resources
            read = (await client.read_resource(str(resource.uri))).contents[0]
            assert {"red_block", "white_bowl"} <= {one["name"] for one in json.loads(read.text)["things"]}  # type: ignore[union-attr]
            done = await client.call_tool("run", {"instruction": "wave"})
            assert not done.is_error and texts(done) == "done: it happened"
            status = json.loads(texts(await client.call_tool("status", {})))
            assert status["phase"] == "idle" and status["last"]["outcome"] == "done"

    asyncio.run(main())


def test_a_stop_is_taken_during_a_run(desk: Desk) -> None:
    async def main() -> None:
        async with Client(make_server(desk)) as client:
            running = asyncio.create_task(client.call_tool("run", {"instruction": "wave"}))
            await moving(client)
            stopped = await client.call_tool("stop", {})
            assert not stopped.is_error
            ended = await running
            assert ended.is_error and "stopped" in texts(ended)
            assert not (await client.call_tool("stop", {})).is_error

    asyncio.run(main())


def test_who_goes_away_stops_the_arm(desk: Desk) -> None:
    async def main() -> None:
        async with Client(make_server(desk)) as client:
            running = asyncio.create_task(client.call_tool("run", {"instruction": "wave"}))
            await moving(client)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            while desk.status()["phase"] != "idle":
                await asyncio.sleep(0.05)
            assert desk.status()["last"]["outcome"] == "stopped"

    asyncio.run(main())


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (CannotDo("the bowl is full"), "refused: the bowl is full"),
        (NeedsAnswer("which block?", ["red_block", "green_block"]), "Options: red_block, green_block"),
    ],
)
def test_refusals_are_errors_with_the_reason(tmp_path: Path, refusal: Exception, words: str) -> None:
    desk = make_desk(tmp_path, ScriptedMind(refusal))

    async def main() -> None:
        async with Client(make_server(desk)) as client:
            told = await client.call_tool("run", {"instruction": "do it"})
            assert told.is_error and words in texts(told)

    asyncio.run(main())
    desk.close()


@pytest.mark.parametrize(
    "arguments",
    [{}, {"instruction": ""}, {"instruction": "x" * 2001}, {"instruction": "a\x00b"}, {"instruction": 3}],
)
def test_bad_arguments_are_refused(desk: Desk, arguments: dict[str, Any]) -> None:
    async def main() -> None:
        async with Client(make_server(desk)) as client:
            assert (await client.call_tool("run", arguments)).is_error

    asyncio.run(main())
    assert "line" not in [one.kind for one in desk.board.after(0)]


@pytest.mark.slow
def test_as_it_is_installed_over_standard_input_and_output(tmp_path: Path) -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "handsel", "mcp", "--runs", str(tmp_path / "runs")],
        cwd=tmp_path,
        env=dict(os.environ),
    )

    async def main() -> None:
        async with Client(stdio_client(server), read_timeout_seconds=300) as client:
            assert {one.name for one in (await client.list_tools()).tools} == TOOLS
            seen = await client.call_tool("look", {})
            assert "red_block" in texts(seen) and any(one.type == "image" for one in seen.content)
            refused = await client.call_tool("run", {"instruction": "pick up the purple elephant"})
            assert refused.is_error and "elephant" in texts(refused)
            running = asyncio.create_task(client.call_tool("run", {"instruction": "pick up the red block"}))
            await moving(client)
            await asyncio.sleep(1.0)
            assert not (await client.call_tool("stop", {})).is_error
            ended = await running
            assert ended.is_error and "stopped" in texts(ended)
            done = await client.call_tool("run", {"instruction": "put the red block in the bowl"})
            assert not done.is_error and texts(done).startswith("done:"), texts(done)

    asyncio.run(main())


@pytest.mark.slow
def test_over_http_on_this_machine_with_its_token_alone(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "handsel",
        "mcp",
        "--http",
        "--port",
        "0",
        "--runs",
        str(tmp_path / "runs"),
    ]
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=tmp_path
    )
    assert child.stdout is not None
    said = child.stdout.readline() + child.stdout.readline()
    address, token = re.findall(r"(http://127.0.0.1:\d+/mcp);.*\n.*Bearer (\S+)", said)[0]

    async def main() -> None:
        async with httpx2.AsyncClient() as stranger:
            for headers in ({}, {"Authorization": "Bearer wrong"}):
                assert (await stranger.post(address, json={}, headers=headers)).status_code == 401
            other = {"Authorization": f"Bearer {token}", "Host": "evil.example"}
            assert (await stranger.post(address, json={}, headers=other)).status_code in (400, 403, 421)
        right = {"Authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=right, timeout=120.0) as mine,
            Client(streamable_http_client(address, http_client=mine)) as client,
        ):
            assert {one.name for one in (await client.list_tools()).tools} == TOOLS
            assert "red_block" in texts(await client.call_tool("look", {}))
            assert not (await client.call_tool("stop", {})).is_error

    try:
        asyncio.run(main())
    finally:
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == 0
        child.stdout.close()
