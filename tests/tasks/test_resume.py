"""A run that is killed goes on where it was, and pays for nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

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


@pytest.fixture
def endpoint():
    server = Endpoint()
    yield server
    server.shutdown()
    server.server_close()


def command(out: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-m", "personae.cli.main", "measure", "lighthouse-keeper", "--model", "personae/http/stub"),
        *("--with", "self_knowledge,drift", "--n", "6", "--out", str(out), "--json", *more),
    ]


def values(out: Path) -> dict[str, object]:
    found = json.loads((out / "measurements.json").read_text("utf-8"))["measurements"]
    return {m["name"]: (m["value"], m["low"], m["n"], m["missing"], m["reason"]) for m in found}


@pytest.fixture
def environment(endpoint):
    return os.environ | {"PERSONAE_BASE_URL": endpoint.url}


def test_killed_at_three_points_it_ends_as_if_nothing_had_happened(endpoint, environment, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    subprocess.run(command(whole), check=True, env=environment, capture_output=True, timeout=300)
    calls = endpoint.total
    assert max(endpoint.asked.values()) == 1, "even an undisturbed run asks nothing twice"
    endpoint.asked.clear()
    for share in (0.02, 0.4, 0.8):
        _run_and_kill(command(broken, "--resume"), environment, endpoint, at=int(share * calls))
    result = subprocess.run(command(broken, "--resume"), check=True, env=environment, capture_output=True, timeout=300)
    assert values(broken) == values(whole)
    assert json.loads(result.stdout)["measurements"]
    assert endpoint.total - calls <= 3 * IN_FLIGHT
    assert len(endpoint.asked) == calls


def test_a_finished_run_is_not_run_again(endpoint, environment, tmp_path):
    subprocess.run(command(tmp_path / "run"), check=True, env=environment, capture_output=True, timeout=300)
    before = endpoint.total
    again = subprocess.run(command(tmp_path / "run"), env=environment, capture_output=True, text=True, timeout=300)
    assert again.returncode == 1
    assert "already holds a run" in again.stderr
    assert "Traceback" not in again.stderr
    subprocess.run(command(tmp_path / "run", "--resume"), check=True, env=environment, capture_output=True, timeout=300)
    assert endpoint.total == before


def test_another_seed_is_another_run(endpoint, environment, tmp_path):
    subprocess.run(command(tmp_path / "run"), check=True, env=environment, capture_output=True, timeout=300)
    other = subprocess.run(
        command(tmp_path / "run", "--resume", "--seed", "9"),
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert other.returncode == 1
    assert "seed was 0 and is now 9" in other.stderr


def test_an_interrupted_run_says_how_to_go_on_and_is_not_called_finished(endpoint, environment, tmp_path):
    out = tmp_path / "run"
    process = subprocess.Popen(
        command(out), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=_listen
    )
    _wait_for(endpoint, process, at=40)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert said.strip().endswith("--resume")
    assert "Traceback" not in said
    assert not (out / "measurements.json").exists()
    subprocess.run(command(out, "--resume"), check=True, env=environment, capture_output=True, timeout=300)
    assert values(out)["self_knowledge"]


def _listen() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _wait_for(endpoint: Endpoint, process: subprocess.Popen, *, at: int) -> None:
    deadline = time.monotonic() + 200
    while endpoint.total < at and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    assert process.poll() is None, "the run ended before it could be stopped"


def _run_and_kill(arguments: list[str], environment: dict[str, str], endpoint: Endpoint, *, at: int) -> None:
    """Start the run and kill −9 it as soon as the endpoint has been asked `at` questions in all."""
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _wait_for(endpoint, process, at=at)
    process.send_signal(signal.SIGKILL)
    process.wait()
