"""The page's routes: look, listen, tell, approve, stop, and replay."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ...agent.episode import LONGEST_INSTRUCTION
from ...core.errors import HandselError, NeedsAnswer
from ..desk.desk import Desk
from .doors import Doors, Keys
from .past import file_of, past_runs
from .seat import Seat

SCRIPTS = ("page.js", "fold.js", "panes.js", "plots.js")
KINDS = {"page.css": "text/css"} | dict.fromkeys(SCRIPTS, "text/javascript")
BEAT = 3.0
"""Longest silence of the stream, [s]."""
MOST_STREAMS = 16
REPLAY_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob: data:; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src data: blob:; "
    "worker-src blob: data:; frame-ancestors 'self'"
)
"""An animation is a page of its own with a script in it; it gets no origin, no cookie and no network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a page says of where it is.

    Attributes:
        robot: Name of the robot, or of its arms' models.
        scene: Name of the scene.
        mind: Who understands.
        view_url: Where a 3-D view is served on this machine, or None.
    """

    robot: str
    scene: str
    mind: str
    view_url: str | None


class Line(BaseModel):
    """What a page tells."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: str = Field(max_length=4 * LONGEST_INSTRUCTION)
    ask: bool = False


class Page:
    """The routes over one desk."""

    def __init__(self, desk: Desk, setting: Setting):
        """Serve a desk.

        Args:
            desk: What is commanded.
            setting: What the page says of where it is.
        """
        self._desk, self._setting = desk, setting
        self._seat = Seat()
        self._streams = 0

    def app(self, keys: Keys) -> Doors:
        """Give the guarded application.

        Args:
            keys: The secrets.
        """
        routes = [
            Route("/", self._page),
            Route("/static/{name}", self._static),
            Route("/events", self._events),
            Route("/camera.jpg", self._camera),
            Route("/runs", self._runs),
            Route("/runs/{run}/{name}", self._file),
            Route("/tell", self._tell, methods=["POST"]),
            Route("/approve", self._approve, methods=["POST"]),
            Route("/seat", self._take, methods=["POST"]),
            Route("/stop", self._stop, methods=["POST"]),
        ]
        return Doors(Starlette(routes=routes), keys)

    @property
    def policy(self) -> str:
        """What the page may load: its own files, and the 3-D view in a frame."""
        view = urlsplit(self._setting.view_url or "")
        frame = f" {view.scheme}://{view.netloc}" if view.netloc else ""
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            f"connect-src 'self'; frame-src 'self'{frame}; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )

    async def _page(self, request: Request) -> Response:
        return _own("index.html", "text/html", {"Content-Security-Policy": self.policy})

    async def _static(self, request: Request) -> Response:
        name = request.path_params["name"]
        return _own(name, KINDS[name]) if name in KINDS else _missing()

    async def _camera(self, request: Request) -> Response:
        picture = await run_in_threadpool(self._desk.pictures.jpeg)
        return _missing() if picture is None else Response(picture, media_type="image/jpeg")

    async def _runs(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(past_runs, self._desk.runs))

    async def _file(self, request: Request) -> Response:
        path = file_of(self._desk.runs, request.path_params["run"], request.path_params["name"])
        if path is None:
            return _missing()
        policy = REPLAY_POLICY if path.suffix == ".html" else "default-src 'none'; sandbox"
        kind = "text/plain; charset=utf-8" if path.suffix in (".txt", ".jsonl") else None
        return FileResponse(path, media_type=kind, headers={"Content-Security-Policy": policy})

    async def _tell(self, request: Request) -> Response:
        try:
            line = Line.model_validate_json(await request.body())
        except ValidationError as error:
            return _refused(error.errors()[0]["msg"])
        if not self._commands(request):
            return _refused("another page commands; press 'Take over' to command from here", 409)
        if line.text.lstrip().startswith("/"):
            return await self._do(lambda: self._desk.verbs.take(line.text))
        return await self._do(lambda: self._desk.tell(line.text, ask=line.ask))

    async def _approve(self, request: Request) -> Response:
        if not self._commands(request):
            return _refused("another page commands; press 'Take over' to say yes from here", 409)
        return await self._do(self._desk.approve)

    async def _take(self, request: Request) -> Response:
        tab = _tab(request)
        if not tab:
            return _refused("which page? it has to tell its name")
        self._seat.take(tab)
        self._desk.board.post("seat")
        return JSONResponse({})

    async def _stop(self, request: Request) -> Response:
        # Every page may stop, and no line of waiting requests stands before it.
        return await self._do(self._desk.stop)

    async def _do(self, command: Any) -> Response:
        """Do what is asked, away from the loop that serves others."""
        try:
            await asyncio.to_thread(command)
        except NeedsAnswer:
            return JSONResponse({})
        except HandselError as error:
            return _refused(str(error))
        return JSONResponse({})

    def _commands(self, request: Request) -> bool:
        before = self._seat.mine(_tab(request))
        may = self._seat.has(_tab(request))
        if may and not before:
            self._desk.board.post("seat")
        return may

    async def _events(self, request: Request) -> Response:
        tab = _tab(request)
        if not tab:
            return _refused("which page? it has to tell its name")
        if self._streams >= MOST_STREAMS:
            return _refused(f"{MOST_STREAMS} pages look already; close some", 503)
        epoch, _, number = request.headers.get("last-event-id", "").partition("-")
        known = epoch == self._desk.board.epoch and number.isdecimal() and len(number) < 12
        stream = self._stream(tab, int(number) if known else 0)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    async def _stream(self, tab: str, last: int) -> AsyncIterator[str]:
        """Tell everything after a message, then whatever comes."""
        board, loop, more = self._desk.board, asyncio.get_running_loop(), asyncio.Event()
        end = board.listen(lambda: loop.call_soon_threadsafe(more.set))
        self._seat.come(tab)
        self._streams += 1
        try:
            yield _event("hello", self._hello(tab, fresh=last == 0))
            while True:
                more.clear()
                for message in board.after(last):
                    last = message.number
                    data = {"yours": self._seat.mine(tab)} if message.kind == "seat" else message.data
                    yield _event(message.kind, data, f"{board.epoch}-{last}")
                try:
                    await asyncio.wait_for(more.wait(), BEAT)
                except TimeoutError:
                    # Where the page that commanded is gone for good, one that looks takes its seat.
                    yield _event("seat", {"yours": self._seat.has(tab)})
        finally:
            self._streams -= 1
            self._seat.leave(tab)
            end()

    def _hello(self, tab: str, *, fresh: bool) -> dict[str, Any]:
        told = self._setting
        return {
            "fresh": fresh,
            "yours": self._seat.mine(tab),
            "robot": told.robot,
            "scene": told.scene,
            "mind": told.mind,
            "view": told.view_url,
            "picture": self._desk.pictures.version,
        } | {"status": self._desk.status()}


def _event(kind: str, data: Any, number: str | None = None) -> str:
    """Write one event; JSON has no line breaks, so it is one line of data."""
    head = "" if number is None else f"id: {number}\n"
    return f"{head}event: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


def _tab(request: Request) -> str:
    """Give the name that a page has for itself, nothing where it is none."""
    name = request.headers.get("x-handsel-tab") or request.query_params.get("tab", "")
    return name if name.isalnum() and name.isascii() and 8 <= len(name) <= 64 else ""


def _own(name: str, kind: str, headers: dict[str, str] | None = None) -> Response:
    text = (files(__name__.rpartition(".")[0]) / "static" / name).read_text(encoding="utf-8")
    return Response(text, media_type=kind, headers=headers)


def _refused(reason: str, status: int = 400) -> Response:
    return JSONResponse({"reason": reason}, status)


def _missing() -> Response:
    return JSONResponse({"reason": "there is no such thing here"}, 404)
