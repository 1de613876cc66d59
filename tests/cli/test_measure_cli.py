"""`personae measure` on bad input: one line that says what to do, no traceback, and no folder left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from personae.cli.main import main

pytest.importorskip("inspect_ai")

ONE_CALL = ("--with", "cost", "--model", "http/x")


class Handler(BaseHTTPRequestHandler):
    """Refuses every key, or says "Good evening." to whoever asks."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        choice = {"message": {"role": "assistant", "content": "Good evening."}, "finish_reason": "stop", "index": 0}
        usage = {"prompt_tokens": 50, "completion_tokens": 3}
        refusing = self.path.startswith("/closed")
        body = {"error": {"message": "bad key"}} if refusing else {"choices": [choice], "usage": usage}
        data = json.dumps(body).encode()
        self.send_response(401 if refusing else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def complaint(capfd, tmp_path, monkeypatch):
    """Run `personae measure` with arguments that fail; the one line it says."""
    monkeypatch.chdir(tmp_path)
    for name in ("PERSONAE_BASE_URL", "PERSONAE_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    def complain(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["measure", *arguments])
        told = capfd.readouterr()
        assert ended.value.code == 1
        assert told.out == ""
        assert told.err.count("\n") == 1, told.err
        assert told.err.startswith("personae: ")
        return told.err

    return complain


def test_an_unknown_persona_gets_the_closest_names(complaint):
    assert "did you mean 'lighthouse-keeper'" in complaint("lighthouse-kepper")


def test_an_unknown_measure_gets_the_list(complaint):
    assert "no measure is called 'self_knowlege'; there are self_knowledge, grounding" in complaint(
        "lighthouse-keeper", "--with", "self_knowlege"
    )


@pytest.mark.parametrize("model", ["embeded", "nobody/nothing", "openai/gpt-4o"])
def test_a_model_that_cannot_be_opened_leaves_no_folder(complaint, tmp_path, model):
    assert f"cannot open the model {model!r}" in complaint("lighthouse-keeper", "--model", model, "--out", "run")
    assert not (tmp_path / "run").exists()


def test_an_argument_the_model_does_not_know_is_named(complaint):
    assert "'nonsense'" in complaint(
        "lighthouse-keeper", *ONE_CALL, "--base-url", "http://127.0.0.1:9", "-M", "nonsense=1"
    )


def test_a_model_argument_needs_a_value(complaint):
    assert "-M 'foo' is not KEY=VALUE" in complaint("lighthouse-keeper", "-M", "foo")


def test_resume_needs_a_folder(complaint):
    assert "--resume needs --out" in complaint("lighthouse-keeper", "--resume")


def test_a_run_to_compare_with_must_be_there_before_anything_is_measured(complaint, tmp_path):
    assert "no measurements.json in 'nothing'" in complaint("lighthouse-keeper", "--compare", "nothing", "--out", "run")
    assert not (tmp_path / "run").exists()


def test_an_address_is_asked_for_where_a_model_needs_one(complaint, tmp_path):
    assert "needs an address" in complaint("lighthouse-keeper", *ONE_CALL, "--out", "run")
    assert not (tmp_path / "run").exists()


def test_an_endpoint_that_cannot_be_reached_is_named_and_the_run_can_go_on(complaint):
    line = complaint("lighthouse-keeper", *ONE_CALL, "--base-url", "http://127.0.0.1:9", "-M", "patience_s=0")
    assert "http://127.0.0.1:9/chat/completions cannot be reached" in line
    assert "--resume" in line


def test_a_refused_key_says_where_the_key_comes_from(complaint, endpoint):
    line = complaint("lighthouse-keeper", *ONE_CALL, "--base-url", f"{endpoint}/closed")
    assert "answered 401 'bad key'" in line
    assert "set PERSONAE_API_KEY in the environment" in line


def test_with_json_stdout_is_data_and_nothing_else(endpoint, tmp_path):
    command = [sys.executable, "-m", "personae.cli.main", "measure", "lighthouse-keeper", *ONE_CALL]
    options = ["--base-url", f"{endpoint}/v1", "--out", str(tmp_path / "run"), "--json"]
    environment = os.environ | {"NO_COLOR": "1"}
    done = subprocess.run(command + options, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    tokens = next(m for m in data["measurements"] if m["name"] == "cost.tokens")
    assert (tokens["value"], tokens["n"]) == (53.0, 6)
    assert "Traceback" not in done.stderr
    assert "report.html" in done.stderr
    assert "53" in (tmp_path / "run" / "report.html").read_text("utf-8")
