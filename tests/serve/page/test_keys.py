"""Who may see the page: keys, other sites, and other names of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from .conftest import Window, come_in, say, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOP, GAME = "shop-key-0123456789", "game-key-0123456789"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Path]]:
    """A server that asks for one of two keys."""
    yield from serving(SHOP, GAME)


def test_the_page_asks_for_a_key_and_users_of_one_key_see_nothing_of_another(window: Window) -> None:
    stranger = window()
    stranger.get_by_label("Key").fill("nonsense-0123456789")
    stranger.get_by_label("What should they call you?").fill("Ines")
    stranger.keyboard.press("Enter")
    stranger.get_by_text("That key is not known here").wait_for()
    for path in ("memory", "results"):
        stranger.goto(stranger.url.split("/page")[0] + f"/page/{path}")
        assert stranger.get_by_label("Key").is_visible()
        assert stranger.locator("header.top").count() == 0
    shop, game = stranger, window()
    shop.goto(game.url)
    come_in(shop, "Ines", SHOP)
    come_in(game, "Ines", GAME)
    say(shop, "The red boat went to Marta.")
    assert say(game, "Who has the boat?") == "I know of no boat."
    game.goto(game.url + "memory")
    assert "Marta" not in game.locator("#content").inner_text()
    shop.get_by_label("Leave").click()
    shop.get_by_label("Key").wait_for()
    assert "Marta" not in shop.locator("body").inner_text()


def test_no_other_site_opens_the_socket_or_sends_anything(server: tuple[str, Path]) -> None:
    address = server[0]
    socket = f"{address}/page/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    with httpx.Client() as client:
        assert client.get(socket, headers={"origin": "http://evil.example"}).status_code == 403
        assert client.get(socket, headers={"origin": "null"}).status_code == 403
        assert client.post(f"{address}/page/", headers={"origin": "http://evil.example"}).status_code == 403
        assert client.get(socket, headers={"origin": address}).status_code == 200
        assert client.get(f"{address}/page/", headers={"host": "evil.example"}).status_code == 421
    with httpx.Client() as client:
        page = client.get(f"{address}/", follow_redirects=True)
        assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
        assert "samesite=lax" in page.headers["set-cookie"].lower()
        assert "httponly" in page.headers["set-cookie"].lower()


def test_a_page_of_another_site_cannot_open_the_socket_in_a_browser(chromium, server: tuple[str, Path]) -> None:  # type: ignore[no-untyped-def]
    port = server[0].rpartition(":")[2]
    page = chromium.new_page()
    page.goto("data:text/html,<h1>elsewhere</h1>")
    opened = page.evaluate(
        """port => new Promise(done => {
          const socket = new WebSocket(`ws://127.0.0.1:${port}/page/_nicegui_ws/socket.io/?EIO=4&transport=websocket`);
          socket.onopen = () => done("open");
          socket.onerror = () => done("refused");
        })""",
        port,
    )
    assert opened == "refused"
    page.close()
