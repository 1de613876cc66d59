"""One server and one browser for each file of tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stubs.skip import absent

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
IMAGES = Path(__file__).parents[3] / "docs" / "images"
Window = Callable[..., Any]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser."""
    if CHROMIUM is None:
        absent("no chromium on the path")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


def serving(*keys: str) -> Iterator[tuple[str, Path]]:
    """The address of a server of its own process, and its folder."""
    command = [sys.executable, str(Path(__file__).parent / "served.py"), *keys]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address, folder = process.stdout.readline().split()
        yield address, Path(folder)
        process.kill()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Path]]:
    """A server that asks for no keys."""
    yield from serving()


@pytest.fixture(scope="module")
def cached(chromium: Any) -> Iterator[Any]:
    """A context whose cache lives as long as the browser: what does not change is fetched once."""
    context = chromium.new_context()
    yield context
    context.close()


@pytest.fixture
def window(chromium: Any, cached: Any, server: tuple[str, Path]) -> Iterator[Window]:
    """A window of a new visitor: `window("Ines", width=390, height=844)`. Whatever it asked for was of this server."""
    contexts, asked, complaints = [], list[str](), list[str]()
    cached.clear_cookies()

    def complain(message: Any) -> None:
        if message.type == "error" and "/page/report" not in message.location.get("url", ""):
            complaints.append(message.text)

    def opened(
        name: str = "", path: str = "/page/", width: int = 1280, height: int = 860, scheme: str = "light"
    ) -> Any:
        contexts.append(chromium.new_context() if contexts else cached)
        page = contexts[-1].new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.set_default_timeout(8000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: request.failure == "csp" and asked.remove(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url.replace("ws://", "http://")))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", complain)
        page.goto(server[0] + path)
        if name:
            come_in(page, name)
        return page

    yield opened
    for context in contexts:
        assert all(page.evaluate("window.hurt") is None for page in context.pages)
        for page in context.pages:
            page.close()
        if context is not cached:
            context.close()
    assert [url for url in asked if not url.startswith((server[0], "data:"))] == []
    assert complaints == []


def come_in(page: Any, name: str, key: str = "") -> None:
    """Say who one is."""
    if key:
        page.get_by_label("Key").fill(key)
    page.get_by_label("What should they call you?").fill(name)
    page.get_by_role("button", name="Come in").click()
    page.locator("header.top").wait_for()


def say(page: Any, text: str) -> str:
    """Say a line and wait for the whole reply."""
    before = page.locator(".line.theirs .cost").count()
    box = page.locator(".composer textarea")
    box.fill(text)
    box.press("Enter")
    page.locator(".line.theirs .cost").nth(before).wait_for()
    return str(page.locator(".line.theirs .text").last.inner_text())


def new_talk(page: Any) -> None:
    """Begin another one."""
    page.get_by_label("New talk").click()
    page.locator(".line.mine").first.wait_for(state="detached")


def picture(page: Any, name: str) -> None:
    """The page as it stands, for the manual, where the pictures are asked for (PERSONAE_PICTURES=1)."""
    if os.environ.get("PERSONAE_PICTURES") == "1":
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(300)
        page.screenshot(path=IMAGES / f"page-{name}.png", animations="disabled")
