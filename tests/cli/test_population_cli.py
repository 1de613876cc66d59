"""`personae population` from margins to people."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from personae.cli.population import population
from personae.errors import PersonaeError
from personae.simulate.population import read_people, row_of


def call(*arguments):
    return CliRunner().invoke(population, arguments)


def test_people_are_written_a_persona_a_line(tmp_path):
    out = tmp_path / "people.jsonl"
    result = call("sample", "example", "--n", "50", "--out", str(out))
    assert result.exit_code == 0
    assert "50 people from" in result.stdout
    assert "beyond 3 sigma" in result.stdout
    people = read_people(out)
    assert len(people) == 50
    assert len(row_of(people[0])) == 33


def test_the_account_as_json(tmp_path):
    margins = tmp_path / "m.yaml"
    margins.write_text("margins: {sex: {female: 1, male: 1}}\n", encoding="utf-8")
    tree = json.loads(call("sample", str(margins), "--n", "10", "--json").stdout)
    assert (tree["n"], tree["drawn"], tree["loss"]["sex"]) == (10, 10, 0.0)
    assert len(tree["absent"]) == 32
    assert tree["margins"]["sex"]["female"] == {"wanted": 0.5, "kept": 0.5, "z": 0.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("margins: {sex: {female: 0}}", "no share above 0"),
        ("margins: {sx: {a: 1}}", "did you mean 'sex'"),
        ("[", "YAML"),
    ],
)
def test_what_cannot_be_is_one_line(tmp_path, text, said):
    margins = tmp_path / "m.yaml"
    margins.write_text(text, encoding="utf-8")
    result = call("sample", str(margins), "--json")
    assert isinstance(result.exception, PersonaeError)
    assert said in str(result.exception)
    assert "\n" not in str(result.exception)


def test_nowhere_to_write_is_said():
    assert "--out people.jsonl" in str(call("sample", "example").exception)


def test_33_attributes_are_listed():
    assert len(call("attributes").stdout.splitlines()) == 33


def test_both_figures_of_an_alpha_are_printed():
    tree = json.loads(call("users", "--alpha", "0.01", "--n", "5000", "--json").stdout)
    (row,) = tree["rows"]
    assert row["max_weight"] == pytest.approx(0.945, abs=0.01)
    assert row["effective"] == pytest.approx(1.18, abs=0.03)
    assert row["disagree"] == pytest.approx(0.45, abs=0.03)
