"""The two commands as somebody at a terminal sees them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from personae.cli._group import group
from personae.cli._trait_talks import trait_talks
from personae.models import Scripted


@pytest.fixture
def agreeing(monkeypatch):
    """Any model's name opens one that takes the first option and says so."""

    def answer(messages):
        last = messages[-1].content
        if '"opinion"' in last:
            return '{"opinion": "A", "message": "The first, I think."}'
        return '{"answer": "A"}' if '{"answer"' in last else "Good evening to you."

    model = Scripted(answer)
    monkeypatch.setattr("personae.models.registry.open_model", lambda *_, **__: model)
    return model


PEOPLE = ["lighthouse-keeper", "teenager", "detective"]


def test_groups_talk_and_the_numbers_are_printed(agreeing, tmp_path):
    out = tmp_path / "talks.json"
    args = [*PEOPLE, "--out", str(out), "--size", "3", "--n", "2", "--rounds", "3"]
    result = CliRunner().invoke(group, args)
    assert result.exit_code == 0, result.output
    assert "2 groups talked, 6 messages" in result.output
    assert "group.conformity: 0.00" in result.output
    assert "group.conformity.minority: – (nothing to measure)" in result.output
    assert json.loads(out.read_text())["personae_groups"] == 1
    again = CliRunner().invoke(group, args)
    assert "--resume" in str(again.exception)
    resumed = CliRunner().invoke(group, [*args, "--resume", "--json"])
    assert json.loads(resumed.stdout)[0]["name"] == "group.conformity"


def test_talks_are_counted_as_kept_and_written_line_by_line(agreeing, tmp_path):
    out = tmp_path / "talks.jsonl"
    args = ["--out", str(out), "--n", "4", "--turns", "2", "--trait", "openness"]
    result = CliRunner().invoke(trait_talks, args)
    assert result.exit_code == 0, result.output
    assert "of 4 talks kept" in result.output
    assert "trait_recovery.control" in result.output
    assert len(out.read_text().splitlines()) == 4
    assert "--resume" in str(CliRunner().invoke(trait_talks, args).exception)
    assert CliRunner().invoke(trait_talks, [*args, "--resume"]).exit_code == 0


def test_what_cannot_be_done_is_one_line(agreeing, tmp_path):
    few = CliRunner().invoke(group, ["teenager", "--out", str(tmp_path / "x.json")])
    assert "no group of 5" in str(few.exception)
    odd = CliRunner().invoke(trait_talks, ["--trait", "charm", "--out", str(tmp_path / "x.jsonl")])
    assert odd.exit_code == 2
