"""`personae clone evaluate`: a table without a model, clones with one, one clear line for what is wrong."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from personae.cli.clone import clone
from personae.errors import FormatError, UsageError
from personae.measure.cloning import made_up_people
from personae.persona.formats import load as load_persona
from personae.psychometrics.library import load


@pytest.fixture
def table(tmp_path):
    people = made_up_people(30, load("big-five-60"), seed=2)
    ids = [item.id for item in people.instrument.items]
    rows = [dict(zip(ids, map(int, np.nan_to_num(row)), strict=True)) for row in people.answers_PI]
    path = tmp_path / "people.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def called(*arguments, command="evaluate"):
    return CliRunner().invoke(clone, [command, *arguments], catch_exceptions=False)


def test_the_baselines_need_no_model(table):
    result = called(table, "--instrument", "big-five-60", "--coding", "raw", "--json")
    found = json.loads(result.stdout)
    assert (found["people"], found["profile_items"] + found["test_items"]) == (30, 60)
    rows = {row["name"]: row for row in found["predictors"]}
    assert rows["ridge"]["error"]["low"] < rows["ridge"]["error"]["value"] < rows["ridge"]["error"]["high"]
    assert rows["ridge"]["error"]["n"] == 30
    assert "clone" not in rows


def test_a_clone_stands_below_the_baselines_with_its_verdict(table, tmp_path):
    shared = (table, "--instrument", "big-five-60", "--coding", "raw", "--model", "scripted/A", "--people", "2")
    result = called(*shared, "--answers", str(tmp_path / "answers.db"), "--json")
    found = json.loads(result.stdout)
    row = next(row for row in found["predictors"] if row["name"] == "clone")
    assert row["error"]["n"] == 2
    assert row["verdict"]
    again = called(*shared, "--answers", str(tmp_path / "answers.db"), "--json")
    assert json.loads(again.stdout) == found


def test_the_table_says_how_many_people_and_what_is_missing(table):
    result = called(table, "--instrument", "big-five-60", "--coding", "raw")
    assert "30 people" in result.output
    assert "adds nothing over averaging" in result.output


def test_one_person_becomes_a_persona_file(table, tmp_path):
    shared = (table, "--instrument", "big-five-60", "--coding", "raw")
    out = tmp_path / "clone.yaml"
    result = called(*shared, "--person", "3", "--out", str(out), "--name", "Kim", command="persona")
    assert result.stdout == f"{out}\n"
    who = load_persona(out)
    assert (who.name, len(who.statements)) == ("Kim", 30)
    with pytest.raises(UsageError, match="no person '31'; give an id such as '1', or 1 to 30"):
        called(*shared, "--person", "31", "--out", str(out), command="persona")
    with pytest.raises(UsageError, match=r"end the name in \.yaml"):
        called(*shared, "--person", "3", "--out", str(tmp_path / "x.txt"), command="persona")


def test_what_is_wrong_is_said_in_one_line(table, tmp_path):
    with pytest.raises(UsageError, match="big-five-60"):
        called(table, "--instrument", "big-five-6")
    with pytest.raises(FormatError, match="cannot read"):
        called(str(tmp_path / "none.json"), "--instrument", "big-five-60")
