"""Cards as sentences and sentences as cards: the pairs by hand, and that reading undoes writing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.persona.facts import attributes, card_of, fact_in, facts_in, normalised, read, statements_for
from personae.persona.lint import lint
from personae.persona.parts import STATEMENT_KINDS
from personae.persona.persona import Persona

CARD = {
    "gender": "female",
    "age": "34",
    "location": "Porto",
    "occupation": "archivist",
    "interests": ["chess", "old maps"],
    "shoe size": "41",
}
SENTENCES = [
    "I am a woman.",
    "I am 34 years old.",
    "I live in Porto.",
    "I work as an archivist.",
    "I am interested in chess.",
    "I am interested in old maps.",
    "My shoe size is 41.",
]


def test_a_card_becomes_one_sentence_a_value():
    statements = statements_for(CARD)
    assert [statement.text for statement in statements] == SENTENCES
    assert [statement.slot for statement in statements][:4] == ["gender", "age", "location", "occupation"]
    assert [statement.kind for statement in statements][1:5] == ["age", "residence", "work", "hobby"]


def test_the_sentences_become_the_card_again():
    reading = read(SENTENCES)
    assert reading.card == normalised(CARD)
    assert (reading.conflicts, reading.unread) == ((), ())


def test_in_the_third_person_both_ways_hold_as_well():
    about = [statement.text for statement in statements_for(CARD, name="Ana")]
    assert about[:3] == ["Ana is a woman.", "Ana is 34 years old.", "Ana lives in Porto."]
    assert about[-1] == "Ana's shoe size is 41."
    assert read(about, name="Ana").card == normalised(CARD)


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        ("I'm a girl.", ("gender", "female")),
        ("I am a young man.", ("gender", "male")),
        ("My gender is fluid.", ("gender", "fluid")),
        ("I just turned forty-two!", ("age", "42")),
        ("I’m 9 years old", ("age", "9")),
        ("I was born in Braga.", ("origin", "Braga")),
        ("I'm a nurse.", ("occupation", "nurse")),
        ("I earn my living as a baker.", ("occupation", "baker")),
        ("I am divorced.", ("marital status", "divorced")),
        ("I can't stand rain.", ("dislikes", "rain")),
        ("My favourite colour is green.", ("favourite colour", "green")),
        ("I am happy now.", None),
        ("I'm a little tired.", None),
        ("Good evening.", None),
        ("", None),
    ],
)
def test_people_say_the_same_in_other_words(sentence, fact):
    assert fact_in(sentence) == fact


def test_a_reply_is_searched_for_what_it_says():
    reply = "Oh, I am 34 years old, and I work as a nurse because I like people. Do you live in Rome?"
    assert facts_in(reply) == (("age", "34"), ("occupation", "nurse"), ("likes", "people"))


def test_a_second_value_of_a_key_that_takes_one_is_a_conflict():
    reading = read(["I live in Porto.", "I live in Rome.", "I like tea.", "I like rain.", "Hm."])
    assert reading.card == {"location": "Porto", "likes": ("tea", "rain")}
    assert (reading.conflicts, reading.unread) == ((("location", "Rome"),), ("Hm.",))


def test_the_keys_of_other_projects_mean_the_same():
    assert normalised({"Sex": "Man", "Interest Tags": "sports；music", "Region": " Beijing ", "Job": "a cook."}) == {
        "gender": "male",
        "interests": ("sports", "music"),
        "location": "Beijing",
        "occupation": "cook",
    }


@pytest.mark.parametrize("key", ["", "41", "what is it", "a:b", "x" * 60])
def test_a_key_that_cannot_stand_in_a_sentence_is_refused(key):
    with pytest.raises(UsageError, match="cannot stand in a sentence"):
        statements_for({key: "x"})


def test_the_card_of_a_persona_comes_from_its_identity_first():
    ana = Persona(
        name="Ana",
        identity={"age": "34", "gender": "Female"},
        statements=[
            {"id": "a", "text": "I am 35 years old."},
            {"id": "b", "text": "Ana works as a clerk.", "person": "third"},
            {"id": "c", "text": "I live in Rome.", "speaker": "user"},
            {"id": "d", "text": "My cat is called Rex."},
        ],
    )
    assert card_of(ana) == {"gender": "female", "age": "34", "occupation": "clerk"}


def test_every_attribute_has_a_known_kind_and_its_sentences_pass_lint():
    assert {attribute.kind for attribute in attributes().values()} <= set(STATEMENT_KINDS)
    card = dict.fromkeys(attributes(), "married") | {"gender": "female", "age": "34"}
    persona = Persona(name="Ana", statements=statements_for(card))
    assert [f for f in lint(persona) if f.rule in ("too-long", "two-clauses", "pronoun", "duplicate")] == []


_VALUES = st.text(st.characters(exclude_categories=("Cs",)), max_size=30) | st.text("aeinr ,.'’-A34", max_size=20)
_KEYS = st.sampled_from([*attributes(), "Shoe size", "favourite_colour", "motto", "Job", "pets' names", "glass"])


@given(st.dictionaries(_KEYS, _VALUES | st.lists(_VALUES, max_size=3), max_size=6))
def test_reading_undoes_writing(card):
    wanted = normalised(card)
    assert normalised(wanted) == wanted
    assert read(statement.text for statement in statements_for(card)).card == wanted


@given(st.dictionaries(_KEYS, st.text("abcin RO34", max_size=12), max_size=5))
def test_reading_undoes_writing_about_somebody(card):
    about = [statement.text for statement in statements_for(card, name="Mei Lin", pronouns="she")]
    assert read(about, name="Mei Lin").card == normalised(card)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text):
    facts_in(text)
    fact_in(text)
    fact_in(text, name="Ana")
