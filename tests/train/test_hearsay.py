"""What is told of somebody else: never the speaker, always a sentence."""

from __future__ import annotations

import random
import re

import pytest

from personae.train.pair_scorer.hearsay import told_of_another

STATEMENTS = [
    "i keep two goats.", "my favorite color is red.", "i am a nurse.", "i was born in ohio.", "i don't like my job.",
    "i have never been to rome.", "i taught myself to sew.",
]  # fmt: skip


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_speaker_is_no_longer_the_subject(statement: str) -> None:
    tellings = {told_of_another(statement, random.Random(seed)) for seed in range(60)}
    assert len(tellings) > 20
    for told in tellings:
        assert told is not None
        assert not re.search(r"^i\b|\bthat i\b|\b(?:my|i am|i was|i keep) (?:favorite|job|goats)", told)
        assert not re.search(r"\b(?:she|he)'s favorite|\bthey is\b", told)


def test_several_people_take_the_plural() -> None:
    tellings = {told_of_another("i am proud of my garden.", random.Random(seed)) or "" for seed in range(300)}
    assert any(told.endswith(" are proud of their garden.") for told in tellings)


def test_what_does_not_speak_of_the_speaker_is_left_alone() -> None:
    assert told_of_another("cats are better than dogs.", random.Random(0)) is None
