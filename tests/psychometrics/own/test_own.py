"""Our instruments are what they say: balanced, complete, in two wordings, and plain."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from personae.errors import UsageError
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.own import own_instrument, own_interview, own_names, own_opinions

SCORED = ("big-five-60", "honesty-24", "value-survey", "impression")


def texts(name: str) -> list[str]:
    return [text for item in own_instrument(name).items for text in (item.text, *item.also)]


def sizes(instrument: Instrument) -> dict[str, int]:
    return {scale.name: len(scale.keys) for scale in instrument.scales if scale.level == "domain"}


@pytest.mark.parametrize("name", SCORED)
def test_every_scale_has_as_many_sentences_for_it_as_against_it(name):
    for scale in own_instrument(name).scales:
        assert sum(scale.keys.values()) == 0, scale.name


@pytest.mark.parametrize("name", SCORED)
def test_somebody_who_agrees_with_everything_stands_in_the_middle_of_every_scale(name):
    instrument = own_instrument(name)
    for scale in instrument.scales:
        points = [instrument.keyed(id, instrument.response.high) for id in scale.keys]
        assert sum(points) / len(points) == instrument.response.middle


@pytest.mark.parametrize("name", SCORED)
def test_every_scored_sentence_has_a_second_wording(name):
    assert all(len(item.also) == 1 and item.domain and item.key for item in own_instrument(name).items)


@pytest.mark.parametrize("name", SCORED)
def test_no_sentence_asks_for_a_double_negation_or_two_answers(name):
    """ "Not" turned round by "not at all true" is where people and models go astray."""
    assert [text for text in texts(name) if re.search(r"\bnot\b|n't\b|\bcannot\b|\band/or\b", text)] == []
    assert all(text.endswith(".") and text[0].isupper() and len(text.split()) <= 19 for text in texts(name))


def test_the_pools_have_the_sizes_they_are_called_by():
    five = own_instrument("big-five-60")
    assert {scale.name: len(scale.keys) for scale in five.scales if scale.level == "domain"} == dict.fromkeys(
        "EACNO", 12
    )
    assert {len(scale.keys) for scale in five.scales if scale.level == "facet"} == {2}
    honesty = own_instrument("honesty-24")
    assert {scale.name: len(scale.keys) for scale in honesty.scales if scale.level == "domain"} == dict.fromkeys(
        "HMGP", 6
    )
    values = own_instrument("value-survey")
    assert {len(scale.keys) for scale in values.scales if scale.level == "facet"} == {4}
    assert sum(scale.level == "facet" for scale in values.scales) == 10
    assert len(own_instrument("impression").items) == 10


@pytest.mark.parametrize("name", own_names())
def test_our_instruments_may_ship_and_no_sentence_stands_in_them_twice(name):
    instrument = own_instrument(name)
    assert instrument.licence.may_ship
    assert instrument.coding == "raw"
    assert instrument.id == name
    assert max(Counter(text.casefold() for text in texts(name)).values()) == 1


def test_labels_begin_with_different_words_so_that_one_token_tells_them_apart():
    for name in SCORED:
        firsts = [label.split()[0] for label in own_instrument(name).response.labels]
        assert len(set(firsts)) == 5


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'big-five-60'"):
        own_instrument("big-five-6")
    with pytest.raises(UsageError):
        own_instrument("../own/interview")


def test_twenty_opinions_each_have_a_denial_that_adds_a_not_and_little_else():
    pairs = own_opinions()
    assert len(pairs) == 20
    for statement, denial in pairs:
        assert denial.id == f"{statement.id}-not"
        assert statement.key == denial.key == 0
        assert "not" in denial.text.split()
        assert "not" not in statement.text.split()
        said, denied = set(statement.text.lower().split()), set(denial.text.lower().split())
        assert len(said ^ denied) <= 7


def test_twelve_questions_have_six_forms_that_name_no_trait():
    questions = own_interview()
    assert len({question.id for question in questions}) == 12
    forms = [form for question in questions for form in (question.neutral, *question.activating.values())]
    assert len(forms) == len(set(forms)) == 72
    assert {tuple(sorted(question.activating)) for question in questions} == {("A", "C", "E", "N", "O")}
    assert all(form.endswith(("?", ".")) and len(form.split()) <= 25 for form in forms)
    named = r"extra?v|introv|agreeab|conscien|neuro|open-?mind|openness|sociab|anxi|worr|organi[sz]|creativ|curio"
    assert [form for form in forms if re.search(named, form, re.IGNORECASE)] == []
