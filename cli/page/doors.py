"""Who may come in: this machine's browser with the secret, on our own page, and nobody else.

The token that the address carries becomes a cookie. The host's name is checked
against names that lead elsewhere (DNS rebinding), the origin against other
pages in the same browser. A cookie knows no ports, so its name holds ours.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...core.errors import InputError

LONGEST_BODY = 16_384
"""Most bytes of a request's body."""
YEAR = 365 * 24 * 3600
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
STRANGER = (
    "This page is only for who has its address.\n\n"
    "Open the whole address that 'handsel web' printed, with the part after '?token='."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The secrets of one server.

    Attributes:
        port: Where it listens.
        token: What the address carries.
        key: What the cookie is made with; kept from start to start, so that an open page goes on.
    """

    port: int
    key: bytes
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def name(self) -> str:
        """Name of the cookie."""
        return f"handsel_{self.port}"

    @property
    def cookie(self) -> str:
        """What the cookie holds."""
        return hmac.new(self.key, f"handsel web {self.port}".encode(), hashlib.sha256).hexdigest()

    @property
    def hosts(self) -> tuple[str, ...]:
        """Names under which we are called."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    @property
    def address(self) -> str:
        """What a person opens."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"


def kept_key(folder: Path) -> bytes:
    """Read the key of the cookies, or make one that only its owner can read.

    Args:
        folder: Where what is made once per user lies.

    Raises:
        InputError: If it can be neither read nor made.
    """
    path = folder / "web.key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_bytes()
            if len(key) >= 32 and not path.stat().st_mode & 0o077:
                return key
            path.unlink()
            return kept_key(folder)
        with os.fdopen(handle, "wb") as stream:
            key = secrets.token_bytes(32)
            stream.write(key)
        return key
    except OSError as error:
        raise InputError(f"the key of the page cannot be kept at {str(path)!r}: {error.strerror}") from error


class Doors:
    """Stands before an application and lets nobody in who has no business there."""

    def __init__(self, app: ASGIApp, keys: Keys):
        """Guard an application.

        Args:
            app: What is guarded.
            keys: The secrets.
        """
        self._app, self._keys = app, keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send, ALWAYS))
            return
        await self._app(scope, _bounded(receive), _with_headers(send, ALWAYS))

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | RedirectResponse | None:
        if headers.get("host", "") not in self._keys.hosts:
            return PlainTextResponse("this server is called by another name", 421)
        origin = headers.get("origin")
        own = {f"http://{host}" for host in self._keys.hosts}
        changes = scope["method"] not in ("GET", "HEAD")
        if (origin is not None and origin not in own) or (changes and origin is None):
            return PlainTextResponse("this may only be asked from the page itself", 403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            return PlainTextResponse(f"a request has at most {LONGEST_BODY} bytes", 413)
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if token and scope["path"] == "/":
            if not _same(token, self._keys.token):
                return PlainTextResponse(STRANGER, 403)
            come_in = RedirectResponse("/", 303)
            come_in.set_cookie(
                self._keys.name, self._keys.cookie, max_age=YEAR, httponly=True, samesite="strict", path="/"
            )
            return come_in
        if not _same(_cookies(headers).get(self._keys.name, ""), self._keys.cookie):
            return PlainTextResponse(STRANGER, 403)
        return None


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _cookies(headers: Headers) -> Mapping[str, str]:
    parts = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
    return {name: value for name, _, value in parts}


def _bounded(receive: Receive) -> Receive:
    """Let no more of a body through than is allowed, whatever its length was said to be."""
    size = 0

    async def bounded() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        return {"type": "http.disconnect"} if size > LONGEST_BODY else message

    return bounded


def _with_headers(send: Send, headers: Mapping[str, str]) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            told = MutableHeaders(scope=message)
            for name, value in headers.items():
                told[name] = value
            told.setdefault("Cache-Control", "no-store")
        await send(message)

    return with_headers
