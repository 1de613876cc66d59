"""`personae administer` as a user meets it: scores with their reasons, resumption, one Inspect log, clear errors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from personae.cli.administer import administer
from personae.errors import BadResponse, PersonaeError
from personae.models import registry
from personae.models.scripted import Scripted
from personae.psychometrics.rows import read_rows
from personae.types import OptionScores

SHORT = """
id: short
licence: {name: MIT, may_ship: true}
coding: raw
names: {E: extraversion}
response: {labels: [no, rather no, unsure, rather yes, "yes"]}
items:
  - {id: e1, domain: E, key: 1, text: I like parties.}
  - {id: e2, domain: E, key: -1, text: I keep quiet.}
"""


class Speaks(Scripted):
    """Has no log-probabilities."""

    async def logprobs(self, messages, options):
        return OptionScores((0.0,) * len(options), (1,) * len(options), "parsed")


@pytest.fixture
def short(tmp_path):
    path = tmp_path / "short.yaml"
    path.write_text(SHORT, encoding="utf-8")
    return str(path)


@pytest.fixture
def model(monkeypatch) -> Speaks:
    """Whatever model is named, this one answers; `says` may be changed."""
    speaks = Speaks(lambda messages: "rather yes", name="stub")
    monkeypatch.setattr(registry, "open_model", lambda spec, **options: speaks)
    return speaks


def call(*arguments: object):
    return CliRunner().invoke(administer, [str(each) for each in arguments])


def test_two_personas_meet_every_item_under_every_condition(model, short, tmp_path):
    out = tmp_path / "run"
    people = ("--persona", "lighthouse-keeper", "--persona", "tavern-keeper")
    result = call(short, *people, "--orders", 4, "--templates", 3, "--out", out, "--json", "--no-log")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["calls"] == {"planned": 48, "asked": 48, "kept": 0}
    assert data["outcomes"] == {"answered": 48}
    assert data["design"]["orders"] == ["forward", "reverse", "square-2", "square-2-reverse"]
    assert data["design"]["route"] == "parsed"
    assert len(data["respondents"]) == 2
    assert len({row.cell for row in read_rows(out / "rows.jsonl")}) == 48
    assert "2 respondents × 2 items × 3 templates × 4 orders: 48 calls by parsed" in result.stderr
    assert "48 calls," in result.stderr


def test_who_agrees_with_everything_is_shown_as_answered_and_not_as_a_score(model, tmp_path):
    model._always = lambda messages: "mostly true of me"
    result = call("big-five-60", "--out", tmp_path / "run", "--no-log")
    lines = [line for line in result.stdout.splitlines() if "12 of 12" in line]
    assert len(lines) == 5
    assert all("3.00" in line and "not reportable" in line for line in lines)
    assert "acquiescent" in result.stdout


def test_a_refusing_model_has_counts_and_no_numbers(model, short, tmp_path):
    model._always = lambda messages: "As an AI, I have no parties."
    result = call(short, "--out", tmp_path / "run", "--no-log")
    assert result.exit_code == 0
    assert "12 answers: 12 refused" in result.stdout


def test_a_run_is_not_overwritten_and_goes_on_when_told_to(model, short, tmp_path):
    out = tmp_path / "run"
    call(short, "--templates", 1, "--out", out, "--no-log")
    again = call(short, "--templates", 1, "--out", out, "--no-log")
    assert isinstance(again.exception, PersonaeError)
    assert "--resume" in str(again.exception)
    more = call(short, "--templates", 2, "--out", out, "--resume", "--price", 1_000_000, 0, "--json", "--no-log")
    assert json.loads(more.stdout)["calls"] == {"planned": 8, "asked": 4, "kept": 4}
    usage = json.loads(more.stdout)["usage"]
    assert f"cost {usage['prompt_tokens']:.4f}" in more.stderr
    assert "4 were there already" in more.stderr


def test_what_failed_is_asked_again_on_request(model, short, tmp_path):
    def fail(messages):
        raise BadResponse("an HTML page")

    model._always = fail
    out = tmp_path / "run"
    assert "4 answers: 4 failed" in call(short, "--templates", 1, "--out", out, "--no-log").stdout
    model._always = lambda messages: "yes"
    assert "4 failed" in call(short, "--templates", 1, "--out", out, "--resume", "--no-log").stdout
    again = call(short, "--templates", 1, "--out", out, "--resume", "--retry-failed", "--no-log")
    assert "4 answers: 4 answered" in again.stdout


def test_biographies_answer_as_simulated_people_and_are_shown_as_a_crowd(model, short, tmp_path):
    lives = tmp_path / "lives.txt"
    lives.write_text("I keep bees.\n\nI sail.\n", encoding="utf-8")
    result = call(short, "--biographies", lives, "--orders", 1, "--out", tmp_path / "run", "--no-log")
    assert result.exit_code == 0, result.output
    assert "50 respondents × 2 items × own wordings: 100 calls" in result.stderr
    assert "over all 50 respondents" in result.stdout


def test_a_batch_puts_all_items_into_one_prompt(model, short, tmp_path):
    model._always = lambda messages: "(a) yes\n(b) no"
    out = tmp_path / "run"
    result = call(short, "--templates", 1, "--batch", 10, "--out", out, "--json", "--no-log")
    data = json.loads(result.stdout)
    assert (data["calls"]["asked"], data["outcomes"]) == (2, {"answered": 4})
    assert {row.mode for row in read_rows(out / "rows.jsonl")} == {"batch"}


def test_the_run_ends_with_one_inspect_log(model, short, tmp_path):
    from inspect_ai.log import read_eval_log

    out = tmp_path / "run"
    call(short, "--persona", "lighthouse-keeper", "--out", out)
    (path,) = (out / "logs").iterdir()
    log = read_eval_log(str(path))
    assert (log.status, len(log.samples), log.eval.task) == ("success", 12, "personae/short")
    assert log.samples[0].scores["answer"].value == 4
    assert "Ilse Marten" in log.eval.metadata["measurements"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("big-fife-60",), "big-five-60"),
        (("big-five-60", "--orders", 11), "1 to 10 orders"),
        (("big-five-60", "--templates", 9), "1 to 5 templates"),
        (("big-five-60", "--persona", "no-such"), "no-such"),
        (("big-five-60", "--resume"), "--out"),
        (("big-five-60", "--route", "logprobs"), "'constrained' or 'parsed'"),
        (("ipip-neo-120",), "--data"),
        (("big-five-60", "--batch", 9, "--route", "logprobs"), "one item at a time"),
        (("big-five-60", "--persona", "lighthouse-keeper", "--persona", "lighthouse-keeper"), "two respondents"),
    ],
)
def test_what_cannot_be_asked_is_one_line_that_says_what_to_do(model, monkeypatch, tmp_path, arguments, named):
    monkeypatch.delenv("PERSONAE_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert isinstance(result.exception, PersonaeError)
    assert named in str(result.exception)
    assert "\n" not in str(result.exception)


PROCESS = """
import asyncio, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # heard as in a terminal
from personae.cli.main import COMMANDS, main
from personae.models import registry
from personae.models.scripted import Scripted

class Slow(Scripted):
    async def generate(self, messages, settings):
        await asyncio.sleep(0.02)
        return await super().generate(messages, settings)

registry.open_model = lambda spec, **options: Slow(lambda messages: "mostly true of me", name="slow")
COMMANDS["administer"] = ("personae.cli.administer:administer", "")
main(["administer", "big-five-60", "--route", "parsed", "--templates", "1", "--no-log", *sys.argv[1:]])
"""


def test_an_interrupted_run_says_how_to_go_on_and_asks_nothing_twice(tmp_path):
    out = tmp_path / "run"
    command = [sys.executable, "-c", PROCESS, "--connections", "4", "--out", str(out)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        rows = out / "rows.jsonl"
        end = time.monotonic() + 60
        while time.monotonic() < end and not (rows.exists() and rows.read_bytes().count(b"\n") >= 50):
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "--resume" in said
    assert "Traceback" not in said
    there = len(list(read_rows(rows)))
    done = subprocess.run([*command, "--resume", "--json"], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["calls"] == {"planned": 120, "asked": 120 - there, "kept": there}
    cells = [row.cell for row in read_rows(rows)]
    assert len(cells) == len(set(cells)) == 120


def test_the_command_is_light_to_load():
    heavy = "('numpy', 'pydantic', 'inspect_ai')"
    code = f"import sys, personae.cli.administer; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
