"""A server on loopback that answers as it is told, faults included."""

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Server:
    """Answers each request with the next reply: (status, headers, body)."""

    def __init__(self) -> None:
        self.replies: list[tuple[int, dict[str, str], str]] = []
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.delay = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                outer.requests.append(json.loads(self.rfile.read(length)))
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                time.sleep(outer.delay)
                status, headers, body = outer.replies.pop(0) if outer.replies else (500, {}, "{}")
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(BrokenPipeError):
                    self.wfile.write(body.encode())

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def says(self, text: str | None, *, end: str = "stop", refusal: str | None = None) -> None:
        message = {"role": "assistant", "content": text, "refusal": refusal}
        body = {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": end}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
        }
        self.replies.append((200, {}, json.dumps(body)))

    def fails(self, status: int, message: str, **headers: str) -> None:
        self.replies.append((status, headers, json.dumps({"error": {"message": message}})))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
