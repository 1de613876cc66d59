"""`personae judge contrast`: a judge that reads, and the similarity it has to beat."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from personae.cli._contrast import contrast
from personae.models import Scripted


@pytest.fixture
def items(tmp_path):
    rows = [
        {
            "query": f"about {a}",
            "query_response_k": f"{a} it is",
            "retrieval": f"on {b}",
            "retrieval_response_k": f"{b}!",
        }
        for a, b in (("cats", "dogs"), ("red", "blue"), ("", "x"))
    ]
    rows[2]["query_response_k"] = ""
    file = tmp_path / "items.json"
    file.write_text(json.dumps(rows))
    return str(file)


def test_a_judge_that_reads_passes_and_what_lacks_a_reply_is_counted(items, monkeypatch):
    def says(messages) -> str:
        shown = messages[-1].content
        word = shown.split("<question>\n")[1].split("\n")[0].split()[-1]
        return "[[A]]" if shown.split('side="A">\n')[1].startswith(word) else "[[B]]"

    monkeypatch.setattr("personae.models.registry.open_model", lambda *_, **__: Scripted(says))
    got = CliRunner().invoke(contrast, ["--data", items, "--model", "any", "--json"])
    (response,) = json.loads(got.stdout)
    assert (response["value"], response["n"], response["missing"]) == (1.0, 4, {"without a text": 1})


def test_without_a_model_the_similarity_is_tested(items):
    got = CliRunner().invoke(contrast, ["--data", items])
    assert got.exit_code == 0
    assert [line.split()[0] for line in got.stdout.splitlines()] == ["response", "instruction", "all_four"]
    assert "chance 0.5" in got.stdout


def test_an_address_without_a_judge_is_a_mistake(items):
    got = CliRunner().invoke(contrast, ["--data", items, "--base-url", "http://x"])
    assert "--model" in str(got.exception)
