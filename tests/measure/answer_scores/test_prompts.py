"""What a model reads when it is asked about a long history."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.measure.answer_scores import Session, qa_messages

MAY = Session(("Ines: I sold the boat.", "Rui: At last!"), "1:56 pm on 8 May, 2023")


def test_the_full_mode_names_who_talks_and_puts_each_session_under_its_date():
    text = qa_messages("What did Ines sell?", mode="full", sessions=[MAY], speakers=["Ines", "Rui"])[-1].content
    assert text.startswith("Ines and Rui have met")
    assert "DATE: 1:56 pm on 8 May, 2023\nCONVERSATION:\nInes: I sold the boat.\nRui: At last!" in text
    assert "write an answer in the form of a short phrase" in text
    assert text.index("Rui: At last!") < text.index("Question: What did Ines sell?")


def test_braces_in_turns_and_questions_stay_as_they_are():
    text = qa_messages("Why {question}?", mode="retrieved", sessions=[Session(("A: {names}",))])[-1].content
    assert "A: {names}" in text
    assert "Question: Why {question}?" in text


def test_without_history_nothing_but_the_question_is_shown():
    asked = qa_messages("What did Ines sell?", mode="none", sessions=[MAY], text="a note")
    assert "boat" not in asked[-1].content
    assert "a note" not in asked[-1].content


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"mode": "all"}, "no mode is called 'all'"),
        ({"mode": "full"}, "there are none"),
        ({"mode": "note", "text": " "}, "it is empty"),
    ],
)
def test_a_mode_without_what_it_shows_is_an_error(options, match):
    with pytest.raises(UsageError, match=match):
        qa_messages("What?", **options)
