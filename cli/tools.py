"""The tools that an MCP client gets: look, list the skills, run, ask how it goes, stop."""

import asyncio
import json
from importlib.metadata import version
from typing import Annotated, Any

import anyio
from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from pydantic import Field

from ..agent.episode import LONGEST_INSTRUCTION
from ..agent.plain import scene_json
from ..core.errors import HandselError
from ..perception.scene import Scene
from .desk.desk import Desk, Job

INSTRUCTIONS = (
    "A robot arm at a table. Call look first: it gives the things by name. Then call run with one plain "
    "English instruction, such as 'put the red block in the bowl'; it returns when that is done and "
    "verified, or fails with the reason. stop brings the arm to rest at any moment, also while run has not "
    "returned."
)
EVERY = 1.0
"""How often progress is told of while something is done, [s]."""
Instruction = Annotated[
    str, Field(description="What to do, in plain English.", min_length=1, max_length=LONGEST_INSTRUCTION)
]


def make_server(desk: Desk) -> MCPServer[Any]:
    """Give a server over a desk.

    Args:
        desk: What is commanded.
    """
    server: MCPServer[Any] = MCPServer(
        "handsel", version=version("handsel"), instructions=INSTRUCTIONS, log_level="WARNING"
    )

    @server.tool(structured_output=False)
    async def look() -> list[Any]:
        """Look at the table: every thing by name with its place, and the camera's picture with the names."""
        scene = await _tried(desk.look)
        picture = await asyncio.to_thread(desk.pictures.jpeg)
        return [scene_text(scene), *([] if picture is None else [Image(data=picture, format="jpeg")])]

    @server.tool(structured_output=False)
    async def list_skills() -> str:
        """List what the arm can do, with the arguments that each skill takes."""
        return skills_text(desk)

    @server.tool(structured_output=False)
    async def run(instruction: Instruction, context: Context[Any, Any]) -> str:
        """Do what one plain English sentence says; returns when it is done and verified, maybe in minutes."""
        job: Job | None = await _tried(lambda: desk.tell(instruction))
        if job is None:
            return "taken in while the arm moves; status says how it goes"
        return await _finished(desk, job, context)

    @server.tool(structured_output=False)
    async def status() -> str:
        """Say what the arm does now and how the last instruction ended, as JSON."""
        return json.dumps(desk.status())

    @server.tool(structured_output=False)
    async def stop() -> str:
        """Bring the arm to rest now, whatever goes on; always allowed."""
        await _tried(desk.stop)
        return "the arm comes to rest; what was being done ends as stopped"

    @server.resource("handsel://scene", mime_type="application/json")
    async def scene() -> str:
        """What is believed to be on the table: things, keypoints, table, directions."""
        try:
            return json.dumps(scene_json(await asyncio.to_thread(desk.look)))
        except HandselError as error:
            raise ResourceError(str(error)) from error

    return server


def scene_text(scene: Scene) -> str:
    """Tell a scene in lines, left to right as the person sees it."""
    lines = [
        "Things, left to right as seen from the front. x points away from the robot, "
        "y to the viewer's right, z up; centimetres."
    ]
    for thing in scene.things:
        x, y, z = (f"{100 * number:.1f}" for number in thing.center)
        size = " x ".join(f"{100 * side:.1f}" for side in thing.size)
        where = f"in {thing.inside}" if thing.inside else f"on {thing.on}"
        doubts = f"; doubtful: {', '.join(thing.doubts)}" if thing.doubts else ""
        lines.append(f"- {thing.name}: {thing.kind}, at ({x}, {y}, {z}), {size}, {where}{doubts}")
    if not scene.things:
        lines.append("Nothing is seen on the table.")
    return "\n".join([*lines, *(f"Warning: {warning}" for warning in scene.warnings)])


def skills_text(desk: Desk) -> str:
    """Tell the skills in lines."""
    lines = []
    for spec in desk.skills:
        arguments = ", ".join(one.name for one in spec.parameters)
        lines.append(f"- {spec.name}({arguments}): {spec.purpose}")
    return "\n".join(lines)


async def _finished(desk: Desk, job: Job, context: Context[Any, Any]) -> str:
    """Wait for an instruction's end, telling of progress; who goes away stops the arm.

    Raises:
        ToolError: If it was not done; the text is the reason.
    """
    waited = 0.0
    try:
        while not job.result.done():
            await anyio.sleep(0.05)
            waited += 0.05
            if waited % EVERY < 0.05:
                await context.report_progress(waited, message=str(desk.status()["phase"]))
    except anyio.get_cancelled_exc_class():
        with anyio.CancelScope(shield=True):
            await asyncio.to_thread(desk.stop)
        raise
    episode = await _tried(job.result.result)
    if episode is None:
        raise ToolError("stopped before it began")
    if episode.outcome in ("done", "answered"):
        return f"{episode.outcome}: {episode.reason}"
    options = f" Options: {', '.join(episode.options)}." if episode.options else ""
    raise ToolError(f"{episode.outcome}: {episode.reason}{options}")


async def _tried(what: Any) -> Any:
    """Do something in a thread of its own.

    Raises:
        ToolError: If it was refused; the text is the reason.
    """
    try:
        return await asyncio.to_thread(what)
    except HandselError as error:
        raise ToolError(str(error)) from error
