"""What ``handsel mcp`` does once its imports are paid for."""

import hmac
import secrets
import sys
from typing import TYPE_CHECKING

from ..core.errors import MissingDependency
from .desk.opening import opened
from .mcp import Mcp

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


def serve_tools(command: Mcp) -> int:
    """Serve the tools until the client goes, or until Ctrl-C.

    Args:
        command: The arguments.

    Returns:
        0.

    Raises:
        HandselError: If it cannot begin.
    """
    try:
        from .tools import make_server
    except ModuleNotFoundError as error:
        raise MissingDependency(f"the server needs {error.name}", "pip install 'handsel[mcp]'") from error
    import anyio

    with opened(command, view=False, replays=False) as at:
        for note in at.notes:
            print(note, file=sys.stderr)
        server = make_server(at.desk)
        if not command.http:
            # The SDK turns whatever else is printed to the error stream while it serves.
            anyio.run(server.run_stdio_async)
            return 0
        from .web_session import listening, run

        with listening(command.port) as listener:
            port, token = listener.getsockname()[1], secrets.token_urlsafe(24)
            print(f"serving at http://127.0.0.1:{port}/mcp; send the header", flush=True)
            print(f"Authorization: Bearer {token}", flush=True)
            app = server.streamable_http_app(host="127.0.0.1")
            run(Bearer(app, token), listener, at.desk, lifespan=True)
    return 0


class Bearer:
    """Lets requests through that carry the token; the SDK itself checks host and origin."""

    def __init__(self, app: "ASGIApp", token: str):
        """Guard an application.

        Args:
            app: What is guarded.
            token: What the header ``Authorization`` has to carry.
        """
        self._app, self._right = app, f"Bearer {token}".encode()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._right):
                from starlette.responses import PlainTextResponse

                refusal = PlainTextResponse(
                    "the header 'Authorization: Bearer ...' with the printed token is missing", 401
                )
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)
