"""Who gets in: tokens, cookies, hosts, origins, sizes."""

import stat
from pathlib import Path

import pytest
from handsel.cli.page.doors import LONGEST_BODY, Keys, kept_key
from handsel.cli.page.doors import Doors as Guarded
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from .asking import ask

KEYS = Keys(port=8421, key=b"k" * 32, token="right-token")
COOKIE = {"cookie": f"other=1; {KEYS.name}={KEYS.cookie}"}
OWN = {"origin": "http://127.0.0.1:8421"}


async def inside(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"in {len(await request.body())}")


APP = Guarded(Starlette(routes=[Route("/", inside, methods=["GET", "POST"]), Route("/x", inside)]), KEYS)


def test_the_token_becomes_a_cookie_that_scripts_cannot_read() -> None:
    status, headers, _ = ask(APP, "GET", "/?token=right-token")
    assert status == 303 and headers["location"] == "/"
    cookie = headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and KEYS.token not in cookie
    assert ask(APP, "GET", "/", {"cookie": headers["set-cookie"].split(";")[0]})[0] == 200


@pytest.mark.parametrize(
    ("method", "target", "headers", "status"),
    [
        ("GET", "/", {}, 403),
        ("GET", "/x?token=right-token", {}, 403),
        ("GET", "/?token=wrong", {}, 403),
        ("GET", "/?token=wrong", COOKIE, 403),
        ("GET", "/", {"cookie": f"{KEYS.name}=wrong"}, 403),
        ("GET", "/", {"cookie": f"{KEYS.name}=\xe9"}, 403),
        ("GET", "/", {"cookie": f"handsel_1={KEYS.cookie}"}, 403),
        ("GET", "/", COOKIE | {"host": "evil.example:8421"}, 421),
        ("GET", "/", COOKIE | {"host": "127.0.0.1:80"}, 421),
        ("GET", "/", COOKIE | {"origin": "http://evil.example"}, 403),
        ("GET", "/", COOKIE | {"origin": "null"}, 403),
        ("POST", "/", COOKIE, 403),
        ("POST", "/", COOKIE | {"origin": "http://127.0.0.1:9999"}, 403),
        ("POST", "/", COOKIE | OWN | {"content-length": str(LONGEST_BODY + 1)}, 413),
        ("POST", "/", COOKIE | OWN | {"content-length": "-1"}, 413),
        ("GET", "/", COOKIE, 200),
        ("GET", "/", COOKIE | {"host": "localhost:8421"}, 200),
        ("POST", "/", COOKIE | OWN, 200),
    ],
)
def test_only_our_own_page_with_the_secret_gets_in(
    method: str, target: str, headers: dict[str, str], status: int
) -> None:
    assert ask(APP, method, target, headers)[0] == status


def test_a_body_longer_than_it_said_does_not_get_through() -> None:
    body = b"x" * (LONGEST_BODY + 1)
    told = ask(APP, "POST", "/", COOKIE | OWN | {"content-length": "5"}, body)
    assert told[0] != 200


def test_every_answer_forbids_guessing_and_keeping() -> None:
    for headers in ({}, COOKIE):
        told = ask(APP, "GET", "/", headers)[1]
        assert told["x-content-type-options"] == "nosniff" and told["referrer-policy"] == "no-referrer"
    assert ask(APP, "GET", "/", COOKIE)[1]["cache-control"] == "no-store"


def test_the_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    key = kept_key(tmp_path)
    assert len(key) == 32 and kept_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "web.key").stat().st_mode) == 0o600
    (tmp_path / "web.key").chmod(0o644)
    assert kept_key(tmp_path) != key
