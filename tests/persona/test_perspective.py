"""First ↔ third person: fifty facts there and back, and the sentences by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.persona.perspective import PRONOUNS, to_first_person, to_second_person, to_third_person

FACTS = [
    line.split("|")
    for line in """
Ana|she|Ana lives in Porto.
Ana|she|Ana is an archivist.
Ana|she|Ana has two cats and a canary.
Ana|she|Ana works at the city library and likes her quiet mornings.
Ana|she|Ana was born in Lisbon.
Ana|she|Ana does not eat meat.
Ana|she|Ana doesn't trust strangers.
Ana|she|Ana can read Latin.
Ana|she|Ana always carries a pencil.
Ana|she|Ana loves old maps, but she hates rain.
Ana|she|Ana's brother is a sailor.
Ana|she|Ana's favourite colour is green, and she wears it often.
Ana|she|Ana teaches history and writes letters to her aunt.
Ana|she|Ana goes to the market every Friday.
Ana|she|Ana watches birds from her window.
Ana|she|Ana studies the tides.
Ana|she|Ana wants to open a bakery and hire her sister.
Ana|she|Ana is afraid of deep water; she never swims.
Ana|she|Ana taught herself to sew.
Ana|she|The red boat in the harbour is Ana's.
Rui|he|Rui lives with his grandmother in Braga.
Rui|he|Rui is 34 years old.
Rui|he|Rui has a scar on his left hand.
Rui|he|Rui fixes clocks and sells them at fairs.
Rui|he|Rui never drinks coffee after noon.
Rui|he|Rui lost his father when he was nine.
Rui|he|Rui used to be a soldier.
Rui|he|Rui must sleep before midnight.
Rui|he|Rui says little, but he thinks a lot.
Rui|he|Rui usually wakes at five.
Rui|he|Rui's dog follows him everywhere.
Rui|he|Rui keeps to himself.
Rui|he|Rui grew up near the sea and misses it.
Rui|he|Rui will never sell his violin.
Rui|he|Rui cooks, cleans and sings at the same time.
Rui|he|Rui believes that honesty matters.
Rui|he|Rui didn't finish school.
Rui|he|Rui wishes his son would call him.
Rui|he|Rui owns a small bakery and bakes before dawn.
Rui|he|Rui hurries home.
Sam|they|Sam lives in a caravan.
Sam|they|Sam is a nurse, and they love their work.
Sam|they|Sam has a twin who visits them on Sundays.
Sam|they|Sam was a climber until they broke their leg.
Sam|they|Sam quietly mends nets.
Sam|they|Sam knows every street of the town.
Mei Lin|she|Mei Lin plays the violin.
Mei Lin|she|Mei Lin and her sister run a tea house.
Mei Lin|she|Mei Lin does her own repairs.
Mei Lin|she|Mei Lin hates it when people interrupt her.
Mei Lin|she|Mei Lin relaxes by painting. She has painted since childhood.
""".strip().splitlines()
]


def test_there_are_at_least_fifty_facts():
    assert len(FACTS) >= 50


@pytest.mark.parametrize(("name", "pronouns", "text"), FACTS)
def test_third_to_first_to_third_person_is_the_identity(name, pronouns, text):
    first = to_first_person(text, name, pronouns)
    assert name not in first
    assert to_third_person(first, name, pronouns) == text


@pytest.mark.parametrize(
    ("third", "first"),
    [
        ("Ana lives in Porto with her sister.", "I live in Porto with my sister."),
        ("Ana has not seen her since May.", "I have not seen me since May."),
        ("She teaches and watches birds.", "I teach and watch birds."),
        ("Ana's cat follows her to the door.", "My cat follows me to the door."),
        ("She's tired.", "I am tired."),
    ],
)
def test_a_fact_in_the_first_person_reads_as_spoken(third, first):
    assert to_first_person(third, "Ana", "she/her") == first


def test_contractions_are_written_out_for_the_third_person():
    assert to_third_person("I'm a nurse and I've a dog.", "Ana", "she") == "Ana is a nurse and she has a dog."


def test_the_second_person_is_for_prompts():
    assert to_second_person("I was born here and my cat loves me.", "Ana") == (
        "You were born here and your cat loves you."
    )


@given(st.text(max_size=80), st.text(max_size=10), st.sampled_from([*PRONOUNS, "xe", ""]))
def test_no_text_breaks_a_conversion(text, name, pronouns):
    for convert in (to_first_person, to_third_person, to_second_person):
        assert isinstance(convert(text, name, pronouns), str)
