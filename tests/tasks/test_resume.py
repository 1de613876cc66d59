"""A run that is killed goes on where it was, and pays for nothing twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from personae.cli.main import main

#: Calls under way when the process dies may be made again: never more than the connection limit.
IN_FLIGHT = 20


class Endpoint(ThreadingHTTPServer):
    """Answers every chat at once with a text that depends on the question, and counts what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter[str] = Counter()
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def total(self) -> int:
        return self.asked.total()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        server: Endpoint = self.server  # type: ignore[assignment]
        with server.lock:
            server.asked[body] += 1
        time.sleep(0.01)
        question = json.loads(body)["messages"][-1]["content"]
        letter = "ABCD"[len(question) % 4]
        answer = {"message": {"role": "assistant", "content": letter}, "finish_reason": "stop", "index": 0}
        usage = {"prompt_tokens": 50, "completion_tokens": 1}
        data = json.dumps({"choices": [answer], "usage": usage}).encode()
        self.send_response(200 if self.path.endswith("/chat/completions") else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


ANA = str(Path(__file__).with_name("ana.yaml"))
RUN = (ANA, "--model", "personae/http/stub", "--with", "self_knowledge,drift", "--n", "6", "--json")


def measure(out: Path, *more: str) -> object:
    """The run in this process, with its exit code: only what is killed needs one of its own."""
    try:
        main(["measure", *RUN, "--out", str(out), *more])
    except SystemExit as stop:
        return stop.code
    return 0


def started(out: Path, *more: str, **how: object) -> subprocess.Popen:
    arguments = [sys.executable, "-m", "personae.cli.main", "measure", *RUN, "--out", str(out), *more]
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, **how)


def values(out: Path) -> dict[str, object]:
    found = json.loads((out / "measurements.json").read_text("utf-8"))["measurements"]
    return {m["name"]: (m["value"], m["low"], m["n"], m["missing"], m["reason"]) for m in found}


@pytest.fixture(scope="module")
def endpoint():
    server = Endpoint()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERSONAE_BASE_URL", server.url)
        yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def whole(endpoint, tmp_path_factory):
    """A run that nothing disturbed, and how many questions it took."""
    endpoint.asked.clear()
    out = tmp_path_factory.mktemp("resume") / "whole"
    assert measure(out) == 0
    assert max(endpoint.asked.values()) == 1, "even an undisturbed run asks nothing twice"
    return out, endpoint.total


def test_killed_at_three_points_it_ends_as_if_nothing_had_happened(endpoint, whole, tmp_path, capsys):
    undisturbed, calls = whole
    broken = tmp_path / "broken"
    endpoint.asked.clear()
    for share in (0.02, 0.4, 0.8):
        _run_and_kill(broken, endpoint, at=int(share * calls))
    assert measure(broken, "--resume") == 0
    assert json.loads(capsys.readouterr().out)["measurements"]
    assert values(broken) == values(undisturbed)
    assert endpoint.total - calls <= 3 * IN_FLIGHT
    assert len(endpoint.asked) == calls


def test_a_finished_run_is_not_run_again(endpoint, whole, capsys):
    out, _ = whole
    before = endpoint.total
    assert measure(out) == 1
    assert "already holds a run" in capsys.readouterr().err
    assert measure(out, "--resume") == 0
    assert endpoint.total == before


def test_another_seed_is_another_run(whole, capsys):
    out, _ = whole
    assert measure(out, "--resume", "--seed", "9") == 1
    assert "seed was 0 and is now 9" in capsys.readouterr().err


def test_an_interrupted_run_says_how_to_go_on_and_is_not_called_finished(endpoint, tmp_path):
    out = tmp_path / "run"
    endpoint.asked.clear()
    process = started(out, stderr=subprocess.PIPE, text=True, preexec_fn=_listen)
    _wait_for(endpoint, process, at=40)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert said.strip().endswith("--resume")
    assert "Traceback" not in said
    assert not (out / "measurements.json").exists()
    assert measure(out, "--resume") == 0
    assert values(out)["self_knowledge"]


def _listen() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _wait_for(endpoint: Endpoint, process: subprocess.Popen, *, at: int) -> None:
    deadline = time.monotonic() + 200
    while endpoint.total < at and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    assert process.poll() is None, "the run ended before it could be stopped"


def _run_and_kill(out: Path, endpoint: Endpoint, *, at: int) -> None:
    """Start the run and kill −9 it as soon as the endpoint has been asked `at` questions in all."""
    process = started(out, "--resume", stderr=subprocess.DEVNULL)
    _wait_for(endpoint, process, at=at)
    process.send_signal(signal.SIGKILL)
    process.wait()
