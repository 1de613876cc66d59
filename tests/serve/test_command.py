"""`personae serve` before it serves: what it refuses, and what it says."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import httpx
import pytest

from personae.cli.main import main
from personae.serve.api import AT_ONCE, REPLY_S
from personae.serve.guards import BODY_S, MAX_BODY
from personae.serve.keys import SHORTEST
from personae.serve.protocol import HEAD_S, MAX_HEAD, READ_S
from personae.serve.requests import MAX_CHARACTERS, MAX_MESSAGES, MAX_TOKENS
from personae.serve.running import FAREWELL_S
from personae.serve.threads import MOST

from .child import served

DOCS = Path(__file__).parents[2] / "docs" / "how-to"
KEY = "a-key-for-the-tests-1"


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line that a call ends with."""
    with pytest.raises(SystemExit) as end:
        main(["serve", "lighthouse-keeper", "--model", "scripted/Hm.", "--port", "0", *map(str, arguments)])
    assert end.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "persona.example.org", ""])
def test_an_address_that_others_reach_needs_a_key(capsys: pytest.CaptureFixture[str], host: str) -> None:
    assert "give --keys FILE, or a key in PERSONAE_SERVE_KEY" in refused(capsys, "--host", host)


def test_a_port_that_is_taken_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = refused(capsys, "--port", taken.getsockname()[1])
    assert "Address already in use; give another --host or --port" in line


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "holds no key"), ("shop short", "no key"), ("shop", "line 1"), ("a/b 0123456789abcdef", "without '/'"),
     ("a 0123456789abcdef\na fedcba9876543210", "line 2"), ("a 0123456789abcdef\nb 0123456789abcdef", "two names")],
)  # fmt: skip
def test_a_file_of_keys_is_read_strictly_and_its_keys_are_not_shown(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "keys").write_text(text, "utf-8")
    line = refused(capsys, "--keys", tmp_path / "keys")
    assert told in line
    assert "0123456789abcdef" not in line


def test_two_personas_of_one_name_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "two personas would be served as 'ilse-marten'" in refused(capsys, "lighthouse-keeper")


def test_a_line_for_each_request_is_told_only_if_asked_for(tmp_path: Path) -> None:
    logs = []
    for asked in ((), ("--log",)):
        log = tmp_path / f"log{len(asked)}"
        arguments = ("lighthouse-keeper", "--model", "scripted/Hm.", "--host", "localhost", *asked)
        with served(*arguments, log=log, env={"PERSONAE_SERVE_KEY": KEY}) as running:
            for key in (KEY, KEY + "x"):
                asking = {"authorization": f"Bearer {key}"}
                httpx.get(f"{running.url}/v1/models?key={KEY}", headers=asking)
            assert running.stop() in (0, -15)
        logs.append(log.read_text("utf-8"))
        assert KEY not in logs[-1]
    assert logs[0].splitlines() == [line for line in logs[0].splitlines() if line.startswith("model 'ilse-marten' at ")]
    assert [line.partition(' - "')[2] for line in logs[1].splitlines()[1:]] == [
        'GET /v1/models HTTP/1.1" 200',
        'GET /v1/models HTTP/1.1" 401',
    ]


def test_the_page_of_the_docs_tells_the_limits_as_they_are() -> None:
    page = " ".join((DOCS / "serve-a-persona.md").read_text("utf-8").split())
    for told in (
        f"{MAX_BODY // 2**20} MiB, {MAX_MESSAGES:,} messages, {MAX_CHARACTERS:,} characters in one",
        f"{BODY_S:g} s",
        f"{MAX_HEAD // 1024} KiB, {HEAD_S:g} s",
        f"`--at-once`, {AT_ONCE}",
        f"{MAX_TOKENS:,}",
        f"dropped after {READ_S:g} s",
        f"given up after {REPLY_S:g} s",
        f"up to {FAREWELL_S} s",
        f"{SHORTEST} characters or more",
        f"last {MOST} answers",
    ):
        assert told in page, told


def test_a_proxy_waits_longer_than_a_reply_may_take_and_takes_no_larger_body() -> None:
    page = (DOCS / "put-it-behind-a-proxy.md").read_text("utf-8")
    (patience,) = re.findall(r"proxy_read_timeout (\d+)s;", page)
    assert int(patience) > REPLY_S
    assert f"client_max_body_size {MAX_BODY // 2**20}m;" in page


def test_the_page_is_there_unless_it_is_not_wanted(tmp_path: Path) -> None:
    with served("lighthouse-keeper", "--model", "scripted/Hm.", log=tmp_path / "with.log", page=True) as server:
        shown = httpx.get(f"{server.url}/", follow_redirects=True, timeout=60)
        assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "Personae" in shown.text
        assert f"page at {server.url}/" in (tmp_path / "with.log").read_text("utf-8")
    with served("lighthouse-keeper", "--model", "scripted/Hm.", log=tmp_path / "without.log") as server:
        assert httpx.get(f"{server.url}/", timeout=60).status_code == 404
