"""Simulated users: the passive one never names what was not asked, whoever words its replies."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import BadResponse, UsageError
from personae.measure.elicitation import Need, SimulatedUser, Want, own_needs
from personae.measure.elicitation.actions import STOP
from personae.models import Scripted
from personae.types import Completion

NEED = Need(
    "n",
    "Why does dough rise?",
    (
        Want("length", "Thirty words.", 0.5, ("long", "short")),
        Want("warmth", "Be kind.", 0.3, ("friendly",)),
        Want("shape", "One line a point.", 0.2, ("list",)),
    ),
)


def said(question, stated=frozenset(), *, need=NEED, **options):
    return asyncio.run(SimulatedUser(need, **options).reply(question, frozenset(stated)))


def test_a_preference_is_stated_when_it_is_asked_for():
    turn = said("How long shall it be?")
    assert (turn.text, turn.stated, turn.stop) == ("Thirty words.", ("length",), False)


def test_a_question_about_nothing_they_want_gets_nothing():
    assert said("Which colour?").stated == ()
    assert said("What do you want?").stated == ()


def test_a_collaborative_user_adds_the_weightiest_want_still_unstated():
    assert said("A list?", manner="collaborative").stated == ("shape", "length")
    assert said("Anything else?", {"length"}, manner="collaborative").stated == ("warmth",)


def test_whoever_has_nothing_left_to_wish_for_stops():
    turn = said("Friendly, or a list?", {"length"})
    assert turn.stop
    assert turn.text.endswith(STOP)
    assert not said("A list?").stop


@given(st.text(max_size=200))
def test_the_passive_user_never_names_an_unasked_attribute(question):
    turn = said(question)
    for want in NEED.wants:
        if not want.named_in(question):
            assert want.attribute not in turn.stated
            assert not want.named_in(turn.text)


def test_the_passive_user_never_names_an_unasked_attribute_of_our_own_needs():
    needs = own_needs()
    for need, asked in itertools.product(needs.needs, needs.questions.values()):
        turn = said(asked, need=need)
        for want in need.wants:
            if want.attribute not in turn.stated:
                assert not want.named_in(turn.text)
                assert want.says not in turn.text


def test_each_of_our_own_questions_asks_for_its_own_attribute_alone():
    needs = own_needs()
    wants = {want.attribute: want for need in needs.needs for want in need.wants}
    for attribute, asked in needs.questions.items():
        assert [name for name, want in wants.items() if want.named_in(asked)] == [attribute]


def test_a_model_that_words_replies_sees_only_what_was_asked():
    model = Scripted(["Oh, thirty words, if you can."])
    turn = said("How long?", model=model)
    assert turn.text == "Oh, thirty words, if you can."
    prompt = model.history[0].messages[0].content
    assert "Be kind." not in prompt
    assert "One line a point." not in prompt
    assert model.history[0].settings.temperature == 0.4


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ("Thirty words, and be friendly!", "leaked"),
        (Completion("Thirty", stop="length"), "truncated"),
        (Completion("", stop="refusal"), "refused"),
        ("", "empty"),
        (STOP, "empty"),
        (BadResponse("broken"), "failed"),
    ],
)
def test_a_wording_that_leaks_or_fails_is_not_taken_and_noted(answer, note):
    turn = said("How long?", model=Scripted([answer]))
    assert (turn.text, turn.note) == ("Thirty words.", note)


def test_wants_that_name_each_other_are_refused():
    with pytest.raises(UsageError, match="names 'length'"):
        Need("n", "Why?", (Want("length", "Short.", 0.5), Want("shape", "A list, whatever its length.", 0.5)))
    with pytest.raises(UsageError, match="sum to 1"):
        Need("n", "Why?", (Want("length", "Short.", 0.5),))
    with pytest.raises(UsageError, match="manner"):
        SimulatedUser(NEED, "chatty")
