"""The page's routes over a desk with a fake robot."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from handsel.cli.desk.desk import Desk
from handsel.cli.page.app import Page, Setting
from handsel.cli.page.doors import LONGEST_BODY, Keys

from ..desk.desks import make_desk, until
from .asking import ask

KEYS = Keys(port=8421, key=b"k" * 32)
FIRST, SECOND = "a" * 24, "b" * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    desk: Desk
    page: Page

    def ask(self, method: str, target: str, body: object = None, tab: str = FIRST) -> tuple[int, Any]:
        headers = {
            "cookie": f"{KEYS.name}={KEYS.cookie}",
            "origin": "http://127.0.0.1:8421",
            "x-handsel-tab": tab,
        }
        raw = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        status, told, content = ask(self.page.app(KEYS), method, target, headers, raw)
        return status, (told, content)

    def reason(self, *arguments: Any, **others: Any) -> tuple[int, str]:
        status, (_, content) = self.ask(*arguments, **others)
        return status, json.loads(content).get("reason", "")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    desk = make_desk(tmp_path_factory.mktemp("runs"))
    setting = Setting(robot="panda", scene="kitchen", mind="rules", view_url="http://localhost:7000/x?y")
    yield Served(desk=desk, page=Page(desk, setting))
    desk.close()


def test_a_page_loads_nothing_from_elsewhere(served: Served) -> None:
    status, (headers, content) = served.ask("GET", "/")
    policy = headers["content-security-policy"]
    assert (
        status == 200
        and "default-src 'none'" in policy
        and "frame-src 'self' http://localhost:7000;" in policy
    )
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    text = content.decode()
    for name in ("page.css", "page.js", "fold.js", "panes.js", "plots.js"):
        status, (headers, content) = served.ask("GET", f"/static/{name}")
        assert status == 200 and "charset=utf-8" in headers["content-type"]
        text += content.decode()
    links = text.replace("http://www.w3.org/2000/svg", "")
    assert "http:" not in links and "https:" not in links and "@import" not in links
    assert "innerHTML" not in text and "eval(" not in text and " style=" not in text


@pytest.mark.parametrize(
    "target", ["/static/app.py", "/static/..%2fapp.py", "/runs/../trace.jsonl", "/nothing"]
)
def test_nothing_else_is_there(served: Served, target: str) -> None:
    assert served.ask("GET", target)[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        {"text": 3},
        {"text": "wave", "ask": "yes"},
        {"text": "wave", "more": 1},
        {"text": "x" * (LONGEST_BODY - 100)},
        {"text": ""},
        {"text": "put\x00it"},
        {"text": "wave " * 500},
    ],
)
def test_odd_requests_are_refused_with_a_reason(served: Served, body: object) -> None:
    status, reason = served.reason("POST", "/tell", body)
    assert status == 400 and reason


def test_one_page_commands_and_every_page_stops(served: Served, tmp_path: Path) -> None:
    assert served.ask("POST", "/tell", {"text": "wave"})[0] == 200
    status, reason = served.reason("POST", "/tell", {"text": "wave"}, tab=SECOND)
    # The first one has told something, but nobody holds a stream open: its seat is free after a while only.
    assert status in (200, 409)
    served.page._seat.come(FIRST)
    served.page._seat.take(FIRST)
    status, reason = served.reason("POST", "/tell", {"text": "wave"}, tab=SECOND)
    assert status == 409 and "Take over" in reason
    assert served.reason("POST", "/approve", tab=SECOND)[0] == 409
    assert served.ask("POST", "/stop", tab=SECOND)[0] == 200
    until(lambda: served.desk.status()["phase"] == "idle")
    assert served.ask("POST", "/seat", tab=SECOND)[0] == 200
    assert served.reason("POST", "/approve", tab=SECOND) == (400, "nothing waits for a yes")
    served.page._seat.take(FIRST)


@pytest.mark.parametrize("tab", ["", "short", "x" * 65, "<script>alert</script>"])
def test_a_page_without_a_proper_name_commands_nothing(served: Served, tab: str) -> None:
    assert served.ask("POST", "/seat", tab=tab)[0] == 400
    assert served.ask("POST", "/tell", {"text": "wave"}, tab=tab)[0] == 409
    assert served.ask("GET", "/events", tab=tab)[0] == 400


def test_the_picture_is_one(served: Served) -> None:
    until(lambda: served.desk.pictures.version)
    status, (headers, content) = served.ask("GET", "/camera.jpg?v=1")
    assert status == 200 and headers["content-type"] == "image/jpeg" and content[:2] == b"\xff\xd8"


def test_an_animation_is_shown_without_an_origin(served: Served) -> None:
    folder = served.desk.runs / "there"
    folder.mkdir()
    (folder / "replay.html").write_text("<script>1</script>")
    (folder / "trace.jsonl").write_text('{"kind": "begin", "instruction": "lift"}\n')
    status, (headers, _) = served.ask("GET", "/runs/there/replay.html")
    policy = headers["content-security-policy"]
    assert status == 200 and policy.startswith("sandbox allow-scripts;") and "same-origin" not in policy
    assert "frame-ancestors 'self'" in policy
    _, (_, content) = served.ask("GET", "/runs")
    assert "there" in {one["name"] for one in json.loads(content)}
    headers = served.ask("GET", "/runs/there/trace.jsonl")[1][0]
    assert (
        headers["content-type"].startswith("text/plain") and "sandbox" in headers["content-security-policy"]
    )
