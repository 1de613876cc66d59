"""Clients that are slow, gone, or never were clients, on a server of its own process."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from personae.memory.store import open_store

from .child import Served, served, until
from .raw import connected, everything, exchange, head, post, status

CLOSE = "connection: close"
DROPPED = 'personae_dropped_total{model="ilse-marten"}'
BUSY = "personae_requests_in_progress"


def body(text: str = "Maps?", **more: object) -> dict[str, object]:
    return {"model": "ilse-marten", "messages": [{"role": "user", "content": text}], **more}


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("memory") / "m.db"


@pytest.fixture(scope="module")
def server(memory: Path) -> Iterator[Served]:
    arguments = ("lighthouse-keeper", "--model", "slow/20x50", "--memory", memory)
    with served(*arguments, log=memory.parent / "log", env={"PATIENCE_S": "1.5"}) as running:
        yield running
        assert "Traceback" not in running.told()


def test_a_client_that_vanishes_in_a_stream_stops_the_model_and_nothing_is_kept(server: Served, memory: Path) -> None:
    before, stopped = server.metric(DROPPED), server.told().count("stopped after")
    with connected(server.port) as client:
        client.sendall(post(body("I love tea.", stream=True, user="Gone")))
        said = b""
        while b"data: " not in said:
            said += client.recv(4096)
    assert until(lambda: server.told().count("stopped after") == stopped + 1)
    assert until(lambda: server.metric(DROPPED) == before + 1)
    assert server.metric(BUSY) == 0
    store = open_store(memory)
    assert store.scopes(user="Gone") == []
    store.close()


def test_a_client_that_does_not_wait_for_a_whole_reply_stops_the_model_too(server: Served, memory: Path) -> None:
    before, stopped = server.metric(DROPPED), server.told().count("stopped after")
    with connected(server.port) as client:
        client.sendall(post(body(user="Hasty")))
        time.sleep(0.1)
    assert until(lambda: server.told().count("stopped after") == stopped + 1)
    assert until(lambda: server.metric(DROPPED) == before + 1)
    store = open_store(memory)
    assert store.scopes(user="Hasty") == []
    store.close()


def test_a_head_that_never_comes_or_trickles_is_given_up(server: Served) -> None:
    with connected(server.port) as silent, connected(server.port) as slow:
        slow.sendall(b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ")
        sent_s = time.monotonic()
        while time.monotonic() < sent_s + 10:
            try:
                slow.sendall(b"a")
            except OSError:
                break
            time.sleep(0.1)
        else:
            pytest.fail("it may go on for ever")
        assert everything(silent) == b""


def test_a_second_head_on_one_connection_is_waited_for_no_longer(server: Served) -> None:
    with connected(server.port) as client:
        client.sendall(head("GET", "/health") + b"GET /health HTTP/1.1\r\n")
        assert everything(client).count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize("line", [b"x: " + b"a" * 70_000, b"x: y\r\n" * 20_000], ids=["one line", "many lines"])
def test_a_head_that_swells_is_refused(server: Served, line: bytes) -> None:
    with connected(server.port) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n" + line)
        assert status(everything(client)) in (0, 400)  # 0: closed while we still sent
    assert httpx.get(f"{server.url}/health").status_code == 200


def test_a_chunked_body_that_grows_over_the_limit_is_refused(server: Served) -> None:
    chunk = b"40000\r\n" + b"x" * 0x40000 + b"\r\n"
    with connected(server.port) as client:
        client.sendall(
            head("POST", "/v1/chat/completions", "content-type: application/json", "transfer-encoding: chunked")
        )
        try:
            for _ in range(20):
                client.sendall(chunk)
        except OSError:
            pass  # the server has closed by then
        said = everything(client)
    assert status(said) in (0, 413)
    assert httpx.get(f"{server.url}/health").status_code == 200


def test_a_client_of_http_1_0_reads_a_reply_and_a_stream(server: Served) -> None:
    content = json.dumps(body(user="Old")).encode()
    lines = ("content-type: application/json", f"content-length: {len(content)}")
    said = exchange(server.port, head("POST", "/v1/chat/completions", *lines, version="1.0") + content)
    assert status(said) == 200
    assert json.loads(said.partition(b"\r\n\r\n")[2])["choices"][0]["message"]["content"].endswith("<Maps?>")


def test_requests_in_a_row_on_one_connection_are_answered_in_their_order(server: Served) -> None:
    said = exchange(
        server.port,
        post(body("first", user="A")) + post(body("second", user="B")) + head("GET", "/health", CLOSE),
    )
    assert [said.find(word) > 0 for word in (b"<first>", b"<second>", b'"ok"')] == [True] * 3
    assert said.find(b"<first>") < said.find(b"<second>") < said.find(b'"ok"')


@pytest.mark.parametrize(
    "path",
    ["//v1/models", "/v1/../v1/models", "/v1/models/", "/v1/models/..%2f..%2fetc%2fpasswd", "/%2e%2e/metrics",
     "/V1/models", "/v1/models/%00", "/v1/models/%ff", "/v1/chat/completions/../../metrics", "/metrics/",
     "http://evil.example/v1/x"],
)  # fmt: skip
def test_a_path_is_what_it_says_or_not_served(server: Served, path: str) -> None:
    said = exchange(server.port, head("GET", path, CLOSE))
    assert status(said) == 404
    assert b"location:" not in said.lower()


@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\n\r\nnonsense\r\n\r\n",
     head("GET", "/health", "content-length: -1"),
     head("POST", "/x", "content-length: 1", "transfer-encoding: chunked"), head("GET", "/health", "x y: z")],
    ids=["TLS", "version", "nonsense", "negative length", "two lengths", "a space in a name"],
)  # fmt: skip
def test_what_is_no_request_is_refused_and_the_next_one_served(server: Served, sent: bytes) -> None:
    assert status(exchange(server.port, sent)) == 400
    assert httpx.get(f"{server.url}/health").status_code == 200


def test_a_client_that_never_reads_is_dropped_and_others_are_not_kept_waiting(tmp_path: Path) -> None:
    arguments = ("lighthouse-keeper", "--model", "slow/40000x0", "--max-tokens", 8192)
    with served(*arguments, log=tmp_path / "log", env={"PATIENCE_S": "1.0"}) as running:
        with connected(running.port, buffer=4096) as deaf, ThreadPoolExecutor() as pool:
            deaf.sendall(post(body(stream=True)))
            others = [pool.submit(httpx.post, running.chat, json=body(f"other {n}"), timeout=60) for n in range(4)]
            assert [other.result().status_code for other in others] == [200] * 4
            assert until(lambda: running.metric(DROPPED) == 1)
            assert until(lambda: running.metric(BUSY) == 0)
        assert running.stop(within_s=20) in (0, -15)
        assert "Traceback" not in running.told()
