"""The page in a real browser, as a person uses it, over the real simulated world."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytestmark = pytest.mark.slow
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
PATIENCE = 240_000.0
"""How long a person waits on a busy machine, [ms]."""
SENTENCE = "put the red block in the bowl"


class Server:
    """``handsel web`` as a process of its own."""

    def __init__(self, folder: Path, port: int):
        self.folder, self.port = folder, port
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "handsel", "web", "--port", str(self.port), "--runs", "runs"]
        self.child = subprocess.Popen(
            command,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            text=True,
            stderr=subprocess.DEVNULL,
        )
        assert self.child.stdout is not None
        found = re.fullmatch(r"open (http://127\.0\.0\.1:\d+/\?token=\S+)\n", self.child.stdout.readline())
        assert found is not None, "the server did not come up"
        self.address = found[1]

    def end(self, how: signal.Signals) -> int:
        self.child.send_signal(how)
        code = self.child.wait(60)
        assert self.child.stdout is not None
        self.child.stdout.close()
        return code


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Server(tmp_path_factory.mktemp("web"), port)
    yield made
    if made.child.poll() is None:
        assert made.end(signal.SIGINT) == 0


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with playwright.sync_playwright() as runner:
        own = Path(runner.chromium.executable_path)
        system = next((path for name in BROWSERS if (path := shutil.which(name))), None)
        path = str(own) if own.exists() else system
        if path is None:
            pytest.skip("no Chromium is here; 'playwright install chromium' brings one")
        launched = runner.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--use-gl=swiftshader", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


class Visit:
    """One person with one browser; what the page complains of is kept."""

    def __init__(self, browser: "Browser", server: Server, size: str = "desktop"):
        width, height = SIZES[size]
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if size == "phone" else "light"
        )
        self.context.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.server = server

    def page(self) -> "Page":
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heed)
        page.on("request", self._note)
        page.goto(self.server.address)
        page.wait_for_selector("#camera:not([hidden])")
        return page

    def _heed(self, told: "ConsoleMessage") -> None:
        if "Content Security" in told.text:
            self.complaints.append(told.text)

    def _note(self, request: "Request") -> None:
        local = request.url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:"))
        if not local:
            self.elsewhere.append(request.url)

    def __enter__(self) -> "Visit":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert self.complaints == [] and self.elsewhere == []


def say(page: "Page", text: str) -> None:
    page.wait_for_selector("#text:not([disabled])")
    page.fill("#text", text)
    page.press("#text", "Enter")


def at_rest(page: "Page") -> None:
    page.wait_for_selector('#state[data-phase="idle"]')


@pytest.mark.parametrize("size", list(SIZES))
def test_nothing_hangs_over_the_edge_and_stop_is_in_reach(
    browser: "Browser", server: Server, size: str
) -> None:
    with Visit(browser, server, size) as visit:
        page = visit.page()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        box = page.locator("#stop").bounding_box()
        assert box is not None and box["height"] >= 48 and box["y"] + box["height"] <= SIZES[size][1] + 1
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(20, 23, 26)" if size == "phone" else "rgb(247, 246, 242)"
        )


@pytest.mark.parametrize("size", list(SIZES))
def test_a_task_is_typed_stopped_typed_again_watched_and_replayed(
    browser: "Browser", server: Server, size: str
) -> None:
    with Visit(browser, server, size) as visit:
        page = visit.page()
        before = page.locator(".end").count()
        page.check("#ask")
        say(page, "pick up the yellow block" if size == "desktop" else "pick up the green mug")
        page.wait_for_selector("#approval")
        # A reload while it waits shows the same again.
        page.reload()
        page.wait_for_selector("#approval")
        assert page.locator(".said").last.inner_text().startswith("pick up")
        page.click("#go")
        page.wait_for_selector('#state[data-phase="working"]')
        page.wait_for_selector("#now-go:not(:empty)")
        began = time.monotonic()
        page.click("#stop")
        at_rest(page)
        assert time.monotonic() - began < 20.0
        assert page.locator(".end.stopped").count() >= 1
        page.uncheck("#ask")
        say(page, SENTENCE if size == "desktop" else "put the red block on the plate")
        page.wait_for_selector("#plot-go path", state="attached")
        page.locator(".end").nth(before + 1).wait_for()
        at_rest(page)
        assert page.locator(".end").last.get_attribute("class") == "end done", page.locator(
            ".end"
        ).last.inner_text()
        page.click('[data-pane="choice"]')
        assert page.locator("#pane tr.best").count() == 1
        page.click('[data-pane="program"]')
        assert "def stage_1" in page.locator("#pane pre").inner_text()
        page.locator('.end .pill:has-text("Why?")').click()
        page.wait_for_selector(".answer")
        assert "judged by" in page.locator(".answer").last.inner_text()
        page.locator('.end .pill:has-text("Replay")').last.click()
        page.wait_for_selector("#stage iframe")
        frame = page.frame_locator("#stage iframe")
        frame.locator("canvas").first.wait_for()
        assert page.locator("#stage iframe").get_attribute("sandbox") == "allow-scripts"
        page.click('[data-pane="runs"]')
        page.wait_for_selector(".run")
        page.click('[data-view="space"]')
        page.frame_locator("#stage iframe").locator("canvas").first.wait_for()


def test_a_second_page_looks_and_stops_and_takes_over(browser: "Browser", server: Server) -> None:
    with Visit(browser, server) as visit:
        first = visit.page()
        first.wait_for_selector("#text:not([disabled])")
        second = visit.page()
        second.wait_for_selector("#seat:not([hidden])")
        assert second.locator("#text").is_disabled()
        say(first, "pick up the yellow block")
        second.wait_for_selector('#state[data-phase="working"]')
        second.click("#stop")
        at_rest(first)
        second.click("#take")
        second.wait_for_selector("#text:not([disabled])")
        first.wait_for_selector("#seat:not([hidden])")


@pytest.mark.parametrize("ending", ["", "?token=", "?token=wrong"])
def test_a_stranger_is_told_so_and_sees_nothing(browser: "Browser", server: Server, ending: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(f"http://127.0.0.1:{server.port}/{ending}")
    assert answer is not None and answer.status == 403
    assert "whole address" in page.inner_text("body") and page.locator("#stop").count() == 0
    context.close()


def test_a_killed_server_is_noticed_and_found_again(browser: "Browser", server: Server) -> None:
    with Visit(browser, server) as visit:
        page = visit.page()
        page.wait_for_selector("#text:not([disabled])")
        server.end(signal.SIGKILL)
        page.wait_for_selector("#lost:not([hidden])")
        assert page.locator("#state").inner_text() == "not connected" and page.locator("#text").is_disabled()
        server.start()
        page.wait_for_selector("#lost[hidden]", state="attached")
        page.wait_for_selector("#text:not([disabled])")
        say(page, "pick up the yellow block")
        page.wait_for_selector('#state[data-phase="working"]')
        page.click("#stop")
        at_rest(page)
