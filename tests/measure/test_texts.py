"""What measures say is complete in every language."""

from __future__ import annotations

from collections import defaultdict
from importlib.resources import files

import pytest

from personae.measure.texts import texts
from personae.persona.parts import STATEMENT_KINDS

LANGUAGES: dict[str, set[str]] = defaultdict(set)
for _file in files("personae.measure.texts").iterdir():
    if _file.name.endswith(".yaml"):
        _use, _language, _ = _file.name.split(".")
        LANGUAGES[_use].add(_language)


def _each(use: str) -> list[str]:
    return sorted(LANGUAGES[use])


def test_every_use_speaks_the_same_languages():
    uses = ("drift", "open", "probes")
    assert [LANGUAGES[use] for use in uses] == [{"de", "en", "es"}] * len(uses)


@pytest.mark.parametrize("language", _each("drift"))
def test_the_same_seven_talks_have_sixteen_lines_each(language):
    talks = texts("drift", language)
    assert list(talks) == list(texts("drift", "en"))
    assert {talk: len(lines) for talk, lines in talks.items()} == dict.fromkeys(talks, 16)
    assert len(talks) == 7


@pytest.mark.parametrize("language", _each("drift"))
def test_no_line_is_said_twice(language):
    lines = [line for talk in texts("drift", language).values() for line in talk]
    assert all(isinstance(line, str) and line.strip() for line in lines)
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("language", _each("open"))
def test_there_are_twelve_open_lines(language):
    lines = texts("open", language)
    assert len(lines) == len(set(lines)) == 12


@pytest.mark.parametrize("language", _each("probes"))
def test_every_kind_of_statement_has_a_question(language):
    questions = texts("probes", language)["questions"]
    assert set(questions) == set(STATEMENT_KINDS)
    assert len(set(questions.values())) == len(questions)


@pytest.mark.parametrize("language", _each("probes"))
def test_the_reminder_takes_a_statement_and_a_question(language):
    reminder = texts("probes", language)["reminder"]
    assert reminder.format(statement="S.", question="Q?").endswith("S. Q?")


@pytest.mark.parametrize("language", sorted(LANGUAGES["probes"] - {"en"}))
def test_other_languages_bring_enough_distractors_of_each_kind(language):
    distractors = texts("probes", language)["distractors"]
    assert set(distractors) == set(STATEMENT_KINDS) - {"other"}
    assert all(len(set(answers)) >= 3 for answers in distractors.values())


def test_an_unknown_language_is_spoken_to_in_english():
    assert texts("open", "fi") == texts("open", "en")
