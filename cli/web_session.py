"""What ``handsel web`` does once its imports are paid for."""

import socket
import sys
import threading
from contextlib import suppress
from types import FrameType

from ..core.errors import InputError, MissingDependency
from ..robots.convert import cache_root
from .desk.desk import Desk
from .desk.opening import opened
from .web import Web

MOST_CONNECTIONS = 64


def serve_page(command: Web) -> int:
    """Serve the page until Ctrl-C.

    Args:
        command: The arguments.

    Returns:
        0.

    Raises:
        HandselError: If it cannot begin.
    """
    try:
        from .page.app import Page, Setting
        from .page.doors import Keys, kept_key
    except ModuleNotFoundError as error:
        raise MissingDependency(f"the page needs {error.name}", "pip install 'handsel[web]'") from error
    with listening(command.port) as listener, opened(command, view=command.view) as at:
        keys = Keys(port=listener.getsockname()[1], key=kept_key(cache_root()))
        arms = ", ".join(dict.fromkeys(arm.model for arm in at.desk.robot.info.arms))
        setting = Setting(
            robot=arms,
            scene=command.scene,
            mind=at.desk.mind.name,
            view_url=at.view_url,
        )
        for note in at.notes:
            print(note, file=sys.stderr)
        print(f"open {keys.address}", flush=True)
        run(Page(at.desk, setting).app(keys), listener, at.desk)
    return 0


def listening(port: int) -> socket.socket:
    """Listen on this machine alone.

    Args:
        port: Where; 0 for any free port.

    Raises:
        InputError: If nothing can listen there.
    """
    if not 0 <= port < 65536:
        raise InputError(f"--port {port!r}: expected a number from 0, for any free port, to 65535")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        # Whoever opens the address as soon as it is printed waits, and is not turned away.
        listener.listen()
    except OSError as error:
        listener.close()
        raise InputError(f"port {port} cannot be had: {error.strerror}; --port 0 takes a free one") from error
    return listener


def run(app: object, listener: socket.socket, desk: Desk, *, lifespan: bool = False) -> None:
    """Serve an application until Ctrl-C or SIGTERM, which stop the arm before anything else.

    Args:
        app: What answers.
        listener: Where it is asked.
        desk: Whose arm is stopped in the end.
        lifespan: Whether the application wants to be told of the start and the end.
    """
    import uvicorn

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # Not in the signal's handler itself: it may have broken in where a lock is held.
            threading.Thread(target=desk.stop, daemon=True).start()
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        lifespan="on" if lifespan else "off",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=1,
    )
    # It is how a person ends it.
    with suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listener])
