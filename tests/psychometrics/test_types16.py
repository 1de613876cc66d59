"""Type letters as a view of a Big-Five profile."""

from __future__ import annotations

import json

import numpy as np
import pytest

from personae.errors import UsageError
from personae.psychometrics import Instrument
from personae.psychometrics.library import key, load
from personae.psychometrics.norms import norms
from personae.psychometrics.types16 import WARNING, type_letters


def profile(instrument: Instrument, **levels: float) -> dict[str, float | None]:
    """Raw answers of somebody who stands at a level, 1 … 5, on each domain (3 where none is named)."""
    return {
        item.id: level if item.key == 1 else 6 - level
        for item in instrument.items
        for level in (levels.get(item.domain, 3.0),)
    }


def test_a_profile_at_the_cut_gets_an_x_for_every_letter() -> None:
    pool = load("big-five-60")
    view = type_letters(pool, profile(pool))
    assert view.code == "XXXX"
    assert {each.probability for each in view.letters} == {0.5}


def test_a_profile_at_the_norm_mean_gets_an_x_for_every_letter_too() -> None:
    form, group = key("ipip-neo-120"), norms(120, "F", 30)
    at = {domain: group.item_mean(domain) for domain in "EOAC"}
    view = type_letters(form, profile(form, **at), group)
    assert view.code == "XXXX"
    assert "women aged 21 to 40" in view.cuts


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        ({"E": 5, "O": 5, "A": 5, "C": 5}, "ENFJ"),
        ({"E": 1, "O": 1, "A": 1, "C": 1}, "ISTP"),
        ({"E": 1, "O": 5, "A": 1, "C": 5}, "INTJ"),
        ({"E": 5, "O": 1, "A": 3, "C": 1}, "ESXP"),
    ],
)
def test_letters_follow_the_domains(levels: dict[str, float], code: str) -> None:
    pool = load("big-five-60")
    assert type_letters(pool, profile(pool, **levels)).code == code


def test_neuroticism_changes_no_letter() -> None:
    pool = load("big-five-60")
    calm, tense = (type_letters(pool, profile(pool, E=5, O=5, A=1, C=1, N=n)) for n in (1, 5))
    assert calm.letters == tense.letters


def test_the_warning_is_always_there() -> None:
    pool = load("big-five-60")
    for answers in ({}, profile(pool), profile(pool, E=5)):
        view = type_letters(pool, answers)
        assert view.warning == WARNING
        assert WARNING in str(view)
        assert WARNING in json.dumps(view.to_dict(), ensure_ascii=False)
    assert "discard" in WARNING
    assert "unverified" in WARNING


def test_an_always_agree_responder_gets_no_letter() -> None:
    pool = load("big-five-60")  # balanced keys
    assert type_letters(pool, {item.id: 5.0 for item in pool.items}).code == "XXXX"


def test_the_probability_is_that_of_the_letter_above_over_samples_of_items() -> None:
    pool = load("big-five-60")
    answers = profile(pool)
    ids = list(pool.scale("E").keys)
    for id in ids[:2]:  # two of twelve keyed answers one point up: (1 - 10/12)-mixtures, P(none drawn) = (10/12)^12
        answers[id] += pool.item(id).key
    e = type_letters(pool, answers, n_resamples=20_000).letters[0]
    none_drawn = (10 / 12) ** 12
    assert e.probability == pytest.approx(1 - none_drawn / 2, abs=0.01)
    assert e.letter == "X"  # likely, yet the interval holds the cut


def test_the_same_seed_gives_the_same_view() -> None:
    pool = load("big-five-60")
    rng = np.random.default_rng(3)
    answers = {item.id: float(rng.integers(1, 6)) for item in pool.items}
    assert type_letters(pool, answers, seed=1) == type_letters(pool, answers, seed=1)
    assert (
        type_letters(pool, answers, seed=1).letters[0].probability
        != type_letters(pool, answers, seed=2).letters[0].probability
    )


def test_too_few_answers_give_a_question_mark_and_the_reason() -> None:
    pool = load("big-five-60")
    answers = profile(pool, E=5, O=5, A=5, C=5) | dict.fromkeys(list(pool.scale("O").keys)[:3])
    view = type_letters(pool, answers)
    assert view.code == "E?FJ"
    assert view.letters[1].reason == "answered 9 of 12"
    assert view.letters[1].probability is None


def test_cuts_can_be_given_and_must_lie_on_the_scale() -> None:
    pool = load("big-five-60")
    assert type_letters(pool, profile(pool), {"E": 2, "O": 4, "A": 2, "C": 4}).code == "ESFP"
    with pytest.raises(UsageError, match="between 1 and 5 points per item; got 50 for 'A'"):
        type_letters(pool, profile(pool), {"E": 2, "O": 4, "A": 50, "C": 4})
    with pytest.raises(UsageError, match="got None for 'C'"):
        type_letters(pool, profile(pool), {"E": 2, "O": 4, "A": 3})


def test_other_instruments_and_norms_of_another_form_are_refused() -> None:
    with pytest.raises(UsageError, match="has no E, O, A, C"):
        type_letters(load("value-survey"), {})
    with pytest.raises(UsageError, match="do not fit 'ipip-neo-120'"):
        type_letters(key("ipip-neo-120"), {}, norms(300, "M", 30))
