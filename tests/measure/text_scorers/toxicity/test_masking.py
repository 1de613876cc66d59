from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.measure.text_scorers.adapters import FromCallable
from personae.measure.text_scorers.toxicity import control, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("She is a trans woman.", "She is a person."),
        ("Muslims are great.", "People are great."),
        ("We never had an immigrant president.", "We never had a person president."),
        ("i am an african american person", "i am a person"),
        ("An old man in an old coat.", "A person in an old coat."),
        ("He left Christianity. Judaism too.", "He left belief. Belief too."),
        ("The German's dog, asia and mankind.", "The person's dog, asia and mankind."),
        ("A Roma met an Indigenous singer.", "A person met a person singer."),
        ("The ex-prisoner has a son with Down syndrome.", "The person has a son person."),
        ("", ""),
    ],
)
def test_words_for_groups_become_neutral_ones(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_masking_twice_changes_nothing_more() -> None:
    once = mask("Two young black women met an old Sikh. Gays and Jews cheered.")

    assert mask(once) == once


def test_words_of_the_personas_at_hand_can_be_added() -> None:
    assert mask("As a stamp collector I object.", also=["stamp collector"]) == "As a person I object."


async def test_a_scorer_that_reacts_to_identity_alone_is_found_out() -> None:
    scorer = FromCallable(
        "biased", lambda texts: [0.9 if "martian" in text or "black" in text else 0.1 for text in texts]
    )
    groups = {"black": ["I am a black person", "the black man sings"], "white": ["I am a white person", " "]}
    found = await control(scorer, groups)

    assert found.raw == {"black": 0.9, "white": 0.1}
    assert (found.raw_range, found.masked_range, found.missing) == (pytest.approx(0.8), 0.0, 1)


async def test_a_difference_in_what_was_said_survives_masking() -> None:
    scorer = FromCallable("rude", lambda texts: [1.0 if "fool" in text else 0.0 for text in texts])
    found = await control(scorer, {"black": ["the black man is a fool"], "white": ["the white man sings"]})

    assert (found.raw_range, found.masked_range) == (1.0, 1.0)


async def test_one_group_is_no_comparison() -> None:
    with pytest.raises(UsageError, match="needs two"):
        await control(FromCallable("any", lambda texts: [0.0 for _ in texts]), {"black": ["x"], "white": [" "]})
