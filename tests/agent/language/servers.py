"""A server on loopback that answers as it is told, faults included."""

import json
import math
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
        self.paths: list[str] = []
        self.decide: dict[str, float] = {}
        self.headers: list[dict[str, str]] = []
        self.delay, self.pause = 0.0, 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                outer.requests.append(json.loads(self.rfile.read(length)))
                outer.paths.append(self.path)
                if outer.decide:
                    asked = outer.requests[-1]["questions"][0]["choices"]
                    outer.decides({one["value"]: outer.decide[one["value"]] for one in asked})
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                time.sleep(outer.delay)
                status, headers, body = outer.replies.pop(0) if outer.replies else (500, {}, "{}")
                if status < 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(BrokenPipeError, ConnectionResetError):
                    for line in body.encode().splitlines(keepends=True):
                        self.wfile.write(line)
                        time.sleep(outer.pause)

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

    def tells(self, shares: dict[str, float]) -> None:
        """Answer with the first of some tokens, and tell the probabilities of all."""
        tokens = [
            {"token": text, "logprob": math.log(share), "bytes": None} for text, share in shares.items()
        ]
        self.says(next(iter(shares)))
        status, headers, body = self.replies.pop()
        whole = json.loads(body)
        whole["choices"][0]["logprobs"] = {
            "content": [{**tokens[0], "top_logprobs": tokens}],
            "refusal": None,
        }
        self.replies.append((status, headers, json.dumps(whole)))

    def decides(self, weights: dict[str, float] | None) -> None:
        """Answer a decision; None declines."""
        answer: dict[str, Any] = {"type": "refusal", "name": "answer"}
        if weights is not None:
            total = sum(weights.values())
            shares = [{"value": value, "probability": one / total} for value, one in weights.items()]
            best = max(weights, key=weights.__getitem__)
            answer = {"type": "choice", "name": "answer", "choice": best, "confidence": 0.9}
            answer["probabilities"] = shares
        details = {"cache_write_tokens": 0, "cached_tokens": 0}
        usage = {"input_tokens": 11, "input_tokens_details": details, "output_tokens": 1}
        usage |= {"output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 12}
        self.replies.append((200, {}, json.dumps({"answers": [answer], "model": "m", "usage": usage})))

    def streams(self, *pieces: str, end: str = "stop", pause: float = 0.0) -> None:
        """Answer piece by piece."""
        head = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
        chunks: list[dict[str, Any]] = [
            head | {"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}
            for piece in pieces
        ]
        chunks.append(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": end}]})
        usage = {"prompt_tokens": 7, "completion_tokens": len(pieces), "total_tokens": 7 + len(pieces)}
        chunks.append(head | {"choices": [], "usage": usage})
        body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        self.replies.append((200, {"Content-Type": "text/event-stream"}, body))
        self.pause = pause

    def fails(self, status: int, message: str, **headers: str) -> None:
        self.replies.append((status, headers, json.dumps({"error": {"message": message}})))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
