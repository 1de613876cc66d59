"""`personae persona lint` compares statements with a pair scorer, or says why it does not."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import personae.cli.persona as module
import personae.models
from personae.errors import UsageError
from personae.models import ScriptedPairs

NO_PETS, DOG = "I have no pets.", "My dog is called Rex."


@pytest.fixture
def opened(monkeypatch):
    """The names of the scorers that were opened; each of them knows one contradiction."""
    names = []

    def open_scripted(name):
        names.append(name)
        return ScriptedPairs(dict.fromkeys([(NO_PETS, DOG), (DOG, NO_PETS)], (0.93, 0.07, 0.0)))

    monkeypatch.setattr(personae.models, "open_pair_scorer", open_scripted, raising=False)
    return names


@pytest.fixture
def card(tmp_path):
    def write(language="en"):
        path = tmp_path / "ana.yaml"
        facts = f"- {{id: s1, text: {NO_PETS}}}\n- {{id: s2, text: {DOG}}}\n"
        path.write_text(f"personae: 1\nname: Ana [bold]\nlanguage: {language}\nstatements:\n{facts}")
        return path

    return write


def run(*arguments):
    return CliRunner().invoke(module.persona, ["lint", *map(str, arguments)])


def test_a_contradiction_is_shown_with_both_texts_and_leaves_the_exit_code_alone(card, opened):
    result = run(card())
    assert result.exit_code == 0, result.output
    assert "contradiction" in result.stdout
    assert "statements.s2" in result.stdout
    assert NO_PETS in " ".join(result.stdout.split())
    assert opened == ["embedded"]


def test_json_keeps_its_keys_and_adds_the_pairs(card, opened):
    (report,) = json.loads(run(card(), "--json", "--scorer", "judge/some-model").stdout)
    assert {"persona", "findings", "tokens", "pairs"} == set(report)
    assert report["pairs"]["clashes"][0]["probability"] == 0.93
    assert report["pairs"]["clashes"][0]["second"] == {"id": "s2", "text": DOG}
    assert (report["pairs"]["pairs"], report["pairs"]["scorer"]["name"]) == (1, "scripted")
    assert report["findings"][0]["rule"] == "contradiction"
    assert opened == ["judge/some-model"]


def test_no_pairs_opens_no_scorer(card, opened):
    (report,) = json.loads(run(card(), "--json", "--no-pairs").stdout)
    assert report["pairs"] is None
    assert opened == []


def test_without_the_extra_lint_works_and_says_once_what_it_did_not_look_for(card, opened, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda package: None)
    result = run(card(), card())
    assert result.exit_code == 0
    assert "contradiction" not in result.stdout
    assert result.stderr.count("contradictions not looked for") == 1
    assert "personae[embedded]" in result.stderr
    assert opened == []


def test_our_scorer_reads_english_and_others_decide_themselves(card, opened):
    german = run(card("de"))
    assert "the persona speaks 'de'" in " ".join(german.stdout.split())
    (report,) = json.loads(run(card("de"), "--json", "--scorer", "hf/multilingual").stdout)
    assert len(report["pairs"]["clashes"]) == 1


def test_an_unknown_scorer_is_one_clear_error(card):
    result = run(card(), "--scorer", "nonsense")
    assert isinstance(result.exception, UsageError)
    assert "unknown pair scorer 'nonsense'" in str(result.exception)
