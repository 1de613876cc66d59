"""The three commands as somebody at a terminal sees them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from personae.cli.traits import traits
from personae.errors import PersonaeError
from personae.models import Scripted
from personae.psychometrics.trait_prompts import trait_prompt

FILLER = "It was a day like many others and I would not have remembered it without the notes I took that night. " * 3


def ran(*args, **options):
    return CliRunner().invoke(traits, list(map(str, args)), **options)


def test_a_prompt_is_printed_and_nothing_else():
    assert ran("prompt", "extraversion", "--level", 7).stdout == trait_prompt("E", 7) + "\n"
    assert ran("prompt", "E", "--level", 7, "--biography", "I sail.").stdout.endswith("joyful. I sail.\n")
    assert len(ran("prompt", "openness", "--level", 1, "--lines").stdout.splitlines()) == 12


def test_a_level_or_trait_outside_of_the_list_is_told_the_list():
    assert "1, 2, 3, 4, 5, 6, 7, 8, 9" in str(ran("prompt", "E", "--level", 10).exception)
    assert "the traits are extraversion" in str(ran("prompt", "charm", "--level", 1).exception)


@pytest.fixture
def first_option(monkeypatch):
    model = Scripted(option_scores=lambda messages, options: [0.0] + [-20.0] * (len(options) - 1))
    monkeypatch.setattr("personae.models.registry.open_model", lambda *_, **__: model)
    return model


def test_a_text_is_read_and_doubts_are_told(first_option, tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text(FILLER, "utf-8")
    found = ran("text", file, "--model", "any")
    assert found.exit_code == 0, found.output
    assert "low confidence: the choice changes with the order of the poles" in found.stdout
    assert "not tested" in found.stderr
    data = json.loads(ran("text", file, "--model", "any", "--json").stdout)
    assert data["texts"][0]["traits"]["E"]["value"] == pytest.approx(3.0)
    assert json.loads(ran("text", "-", "--model", "any", "--json", input=FILLER).stdout) == data


def test_bytes_that_are_no_text_are_one_line(first_option, tmp_path):
    file = tmp_path / "picture.txt"
    file.write_bytes(b"\xff\xd8\xff")
    assert "not UTF-8 text (byte 0)" in str(ran("text", file, "--model", "any").exception)
    assert "not UTF-8 text" in str(ran("text", "-", "--model", "any", input=b"\xff").exception)


def test_a_short_text_has_its_reason(first_option, tmp_path):
    file = tmp_path / "note.txt"
    file.write_text("Back soon.", "utf-8")
    assert "2 words; 50 are needed" in ran("text", file, "--model", "any").stdout


def labelled(path, n=40):
    rows = [
        {
            "text": f"{FILLER} {'A party, such a party' if number % 2 else 'A quiet book'} on day {number}.",
            "labels": {"E": "high" if number % 2 else "low"},
        }
        for number in range(n)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def test_lines_with_labels_are_compared_with_the_majority(first_option, tmp_path):
    found = ran("text", labelled(tmp_path / "some.jsonl", 4), "--model", "any", "--per-trait", 2)
    assert "high_first, E: right 0.50" in found.stdout
    assert "always the commoner 0.50" in found.stdout


def test_a_probe_reads_by_the_users_labels(tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text(FILLER + "What a party.", "utf-8")
    found = ran("text", file, "--labelled", labelled(tmp_path / "some.jsonl"))
    assert found.exit_code == 0, found.output
    assert found.stdout.startswith("extraversion")
    assert "unseen authors, extraversion: right 1.00" in found.stdout


def test_no_reader_or_two_is_an_error(tmp_path):
    file = labelled(tmp_path / "some.jsonl")
    for args in ((), ("--model", "any", "--labelled", file)):
        assert "either --model MODEL or --labelled FILE" in str(ran("text", file, *args).exception)


def test_scores_and_texts_are_told_apart(tmp_path):
    scores, texts = tmp_path / "scores.csv", tmp_path / "texts.jsonl"
    rows = [(run, high) for run in range(5) for high in (True, False)]
    scores.write_text("poles,run,E\n" + "".join(f"E{'+-'[not h]},{r},{3 + h + r / 10}\n" for r, h in rows), "utf-8")
    said = [
        {"poles": f"E{'+-'[not h]}", "repeat": r, "text": f"An {'extro' if h else 'intro'}vert on day {r}."}
        for r, h in rows
    ]
    texts.write_text("\n".join(map(json.dumps, said)), "utf-8")
    found = ran("separability", scores, "--texts", texts)
    assert found.exit_code == 0, found.output
    assert "extraversion        d  7.07" in found.stdout
    assert "texts: 10 of 10 name a trait" in found.stdout
    assert "told 1.000, masked" in found.stdout
    assert "trust the masked figure only" in found.stderr
    data = json.loads(ran("separability", scores, "--texts", texts, "--json").stdout)
    assert data["measurements"][0]["name"] == "separability.extraversion"
    markers = tmp_path / "markers.yaml"
    markers.write_text("weekdays: [day]\n", "utf-8")
    assert "'day'" in ran("separability", "--texts", texts, "--markers", markers).stderr


def test_nothing_to_separate_and_broken_markers_are_told(tmp_path):
    assert "nothing to separate" in str(ran("separability").exception)
    file = tmp_path / "markers.yaml"
    texts = labelled(tmp_path / "some.jsonl")
    for wrong in ("- a\n", "a: b\n", "a: [\n", "{}"):
        file.write_text(wrong, "utf-8")
        assert isinstance(ran("separability", "--texts", texts, "--markers", file).exception, PersonaeError)


def test_a_study_tells_rho_or_why_there_is_none_and_goes_on_where_it_was(monkeypatch, tmp_path):
    def scores(messages, options):
        loud = "extremely extraverted" in " ".join(message.content for message in messages)
        return [0.0 if option == ("fully true of me" if loud else "partly true of me") else -30.0 for option in options]

    model = Scripted(option_scores=scores)
    monkeypatch.setattr("personae.models.registry.open_model", lambda *_, **__: model)
    file = tmp_path / "people.txt"
    file.write_text("I sail.\n\nI keep bees.\n", "utf-8")
    args = ("study", file, "--model", "any", "--trait", "E", "--orders", 1, "--out", tmp_path / "run")
    found = ran(*args)
    assert found.exit_code == 0, found.output
    assert "the score of extraversion is the same in every row" in found.stdout
    asked = len(model.history)
    assert 2 * 9 * 60 < asked < 2 * 9 * 60 + 3  # and what the model can do
    data = json.loads(ran(*args, "--json").stdout)
    assert len(model.history) < asked + 3
    assert data[0]["name"] == "trait_study.big-five-60.extraversion"
    assert "same in every row" in data[0]["reason"]  # keys are balanced: agreeing with everything moves nothing
    file.write_text("", "utf-8")
    assert "needs biographies" in str(ran(*args).exception)


def test_the_help_needs_no_heavy_package():
    code = "import sys, personae.cli.traits; print(sorted({'numpy', 'pydantic', 'ruamel'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
