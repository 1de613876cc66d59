"""`personae score style` prints the frontier under two scales, the caveats, JSON and a drawing."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from personae.cli._style import style
from personae.errors import UsageError


@pytest.fixture
def log(tmp_path):
    turns = [
        ("Hello there, how are you?", "Good evening. I am well, thank you."),
        ("I love maps!!", "They are on the third shelf, on the left."),
        ("You're so kind!", "One does what one can, and gladly."),
        ("ok bye", "Goodbye."),
    ]
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(json.dumps({"talk": "t", "user": user, "bot": bot}) for user, bot in turns))
    return str(path)


def run(*arguments):
    return CliRunner().invoke(style, arguments, catch_exceptions=False)


def test_the_table_has_two_scales_and_the_caveats(log):
    said = run(log).output
    assert said.count("scale “") >= 2
    assert said.count("hybrid_radius") == 2
    assert "no talk marked static" in said


def test_json_and_drawing(log, tmp_path):
    plot = tmp_path / "out.svg"
    found = json.loads(run(log, "--policies", "cap,hybrid", "--json", "--plot", str(plot)).output)
    assert (found["talks"], found["turns"]) == (1, 4)
    assert [row["name"] for row in found["scales"][0]["rows"]] == ["cap", "hybrid", "recorded"]
    assert found["caveats"]
    assert plot.read_text(encoding="utf-8").startswith("<svg")


def test_what_is_wrong_is_said(log, tmp_path):
    with pytest.raises(UsageError, match="no style policy is called 'none'"):
        run(log, "--policies", "none")
    with pytest.raises(UsageError, match=r"does not end in \.svg"):
        run(log, "--plot", str(tmp_path / "out.png"))
