"""Which days a phrase means, by the calendar, and how two phrases lie to each other."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.measure.answer_scores import compare_dates, days_in


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("7 May 2023", (2023, 5, 7), (2023, 5, 7)),
        ("on May 7th, 2023.", (2023, 5, 7), (2023, 5, 7)),
        ("2023-05-07", (2023, 5, 7), (2023, 5, 7)),
        ("9October, 2022", (2022, 10, 9), (2022, 10, 9)),
        ("February, 2024", (2024, 2, 1), (2024, 2, 29)),
        ("April.2023", (2023, 4, 1), (2023, 4, 30)),
        ("in 2019", (2019, 1, 1), (2019, 12, 31)),
        ("summer 2023", (2023, 6, 1), (2023, 8, 31)),
        ("The sunday before 25 May 2023", (2023, 5, 21), (2023, 5, 21)),
        ("The week before 9 June 2023", (2023, 6, 2), (2023, 6, 8)),
        ("The week of 23 August 2023", (2023, 8, 21), (2023, 8, 27)),
        ("two weekends before 17 July 2023", (2023, 7, 8), (2023, 7, 9)),
        ("2 weeks before 9 June 2023", (2023, 5, 26), (2023, 6, 1)),
        ("about five days before 7 May 2023", (2023, 5, 2), (2023, 5, 2)),
        ("10 days after 25 May 2023", (2023, 6, 4), (2023, 6, 4)),
        ("The weekend after 3June, 2022.", (2022, 6, 4), (2022, 6, 5)),
        ("first weekend of August 2023", (2023, 8, 5), (2023, 8, 6)),
        ("last week of September 2023", (2023, 9, 24), (2023, 9, 30)),
    ],
)
def test_a_phrase_means_the_days_of_the_calendar(text, first, last):
    found = days_in(text)
    assert (found.first, found.last) == (date(*first), date(*last))


@pytest.mark.parametrize(
    "text",
    [
        "four months",
        "last May",
        "5/7/2023x",
        "31 February 2023",
        "",
        "14:00 on a Friday",
        "a few days before 7 May 2023",
    ],
)
def test_what_names_no_year_or_no_day_of_the_calendar_is_no_date(text):
    assert days_in(text) is None


@pytest.mark.parametrize(
    ("said", "gold", "verdict"),
    [
        ("May 7, 2023", "7 May 2023", "same"),
        ("8 May 2023", "7 May 2023", "different"),
        ("May 2023", "7 May 2023", "coarser"),
        ("5 June 2023", "the week before 9 June 2023", "finer"),
        ("the week of 9 June 2023", "the week before 9 June 2023", "overlapping"),
        ("a while ago", "7 May 2023", "no date in the answer"),
        ("7 May 2023", "Seattle", "no date in the gold"),
    ],
)
def test_two_phrases_lie_to_each_other_as_their_days_do(said, gold, verdict):
    assert compare_dates(said, gold) == verdict


@given(st.text(alphabet=st.sampled_from("0123456789 May,.-weekbfordays2023theof"), max_size=200))
def test_any_text_is_read_or_refused_and_agrees_with_itself(text):
    found = days_in(text)
    assert found is None or (found.first <= found.last and compare_dates(text, text) == "same")


def test_long_texts_take_no_time():
    start = time.process_time()
    days_in("the first week of " * 100_000 + "1 May 2023")
    days_in("1" * 1_000_000)
    assert time.process_time() - start < 5
