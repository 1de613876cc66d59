"""Clients as people use them, on a server of its own process: openai's, curl, the examples."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from .child import Served, served

EXAMPLES = Path(__file__).parents[2] / "examples" / "clients"
KEY = "a-key-for-the-tests-1"
TEXT = "Third shelf, on the left."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    arguments = ("lighthouse-keeper", "dragon-librarian", "--model", f"scripted/{TEXT}", "--memory", folder / "m.db")
    with served(*arguments, "--log", log=folder / "log", env={"PERSONAE_SERVE_KEY": KEY}) as running:
        yield running
        assert running.stop() in (0, -15)
        assert KEY not in running.told()
        assert "Traceback" not in running.told()


@pytest.fixture
def client(server: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=0) as opened:
        yield opened


def asked(text: str = "Where are the maps?") -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def test_openais_client_lists_the_personas(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert len(names) == 2
    assert client.models.retrieve(names[0]).owned_by == "personae"


def test_openais_client_reads_a_whole_reply_and_its_cost(client: openai.OpenAI) -> None:
    name = client.models.list().data[0].id
    done = client.chat.completions.create(model=name, messages=asked(), user="Ines", max_tokens=20, stop=["\n"])
    assert done.choices[0].message.content == TEXT
    assert done.choices[0].finish_reason == "stop"
    assert done.usage is not None
    assert done.usage.completion_tokens == 5
    assert done.usage.total_tokens == done.usage.prompt_tokens + 5


def test_openais_client_reads_a_stream_piece_by_piece_and_its_cost(client: openai.OpenAI) -> None:
    name = client.models.list().data[0].id
    chunks = list(
        client.chat.completions.create(
            model=name, messages=asked(), user="Ines", stream=True, stream_options={"include_usage": True}
        )
    )
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(pieces) == TEXT
    assert len([piece for piece in pieces if piece]) == 5
    assert chunks[-1].usage is not None
    with client.chat.completions.stream(model=name, messages=asked()) as stream:
        assert stream.get_final_completion().choices[0].message.content == TEXT


def test_errors_are_the_exceptions_that_openais_client_has_for_them(client: openai.OpenAI) -> None:
    name = client.models.list().data[0].id
    with pytest.raises(openai.NotFoundError, match="there is no model 'rui'"):
        client.chat.completions.create(model="rui", messages=asked())
    with pytest.raises(openai.BadRequestError, match="temperature") as bad:
        client.chat.completions.create(model=name, messages=asked(), temperature=9)
    assert bad.value.param == "temperature"
    with pytest.raises(openai.BadRequestError, match="n is not supported"):
        client.chat.completions.create(model=name, messages=asked(), n=2)
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="another-key-than-ours").models.list()
    with pytest.raises(openai.APIStatusError) as large:
        client.chat.completions.create(model=name, messages=asked("x" * 5_000_000))
    assert large.value.status_code == 413


def test_a_retry_of_openais_client_waits_as_long_as_it_is_told(tmp_path: Path) -> None:
    arguments = ("lighthouse-keeper", "--model", f"scripted/{TEXT}", "--rate", 30)
    with served(*arguments, log=tmp_path / "log") as running:
        client = openai.OpenAI(base_url=f"{running.url}/v1", api_key="none", max_retries=0)
        name = client.models.list().data[0].id
        for _ in range(30):
            client.chat.completions.create(model=name, messages=asked())
        with pytest.raises(openai.RateLimitError) as limited:
            client.chat.completions.create(model=name, messages=asked())
        assert limited.value.response.headers["retry-after"] in ("1", "2")
        patient = client.with_options(max_retries=2)
        assert patient.chat.completions.create(model=name, messages=asked()).choices[0].message.content == TEXT
        assert running.metric(f'personae_requests_total{{model="{name}",status="429"}}') in (2, 3)


def test_curl_as_the_docs_show_it(server: Served) -> None:
    name = json.loads(_curl(f"{server.url}/v1/models"))["data"][0]["id"]
    body = json.dumps({"model": name, "messages": asked(), "stream": True})
    said = _curl("-N", server.chat, "-H", "content-type: application/json", "-d", body)
    assert said.endswith("data: [DONE]\n\n")
    said = _curl(server.chat, "-H", "content-type: application/json", "-d", body.replace("true", "false"))
    assert json.loads(said)["choices"][0]["message"]["content"] == TEXT


def test_the_example_of_openais_client_runs(server: Served) -> None:
    done = _example([sys.executable, str(EXAMPLES / "openai_client.py")], server)
    assert done.count(TEXT) == 2


def test_the_example_for_node_runs(server: Served) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; the client for Node is not tried")
    assert _example([node, str(EXAMPLES / "node_client.mjs")], server) == TEXT + "\n"
    with pytest.raises(subprocess.CalledProcessError) as failed:
        _example([node, str(EXAMPLES / "node_client.mjs")], server, key="another-key-than-ours")
    assert "the API key is missing or wrong" in failed.value.stderr


def _curl(*arguments: str) -> str:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    command = [curl, "-sS", "--max-time", "20", "-H", f"Authorization: Bearer {KEY}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _example(command: list[str], server: Served, key: str = KEY) -> str:
    env = os.environ | {"PERSONAE_URL": f"{server.url}/v1", "PERSONAE_SERVE_KEY": key}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=env, timeout=60).stdout
