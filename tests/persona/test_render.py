"""Persona → text: nothing of who somebody is left out, what moves comes last."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.persona.find import find, starter_paths
from personae.persona.persona import Persona
from personae.persona.render import STYLES, render

LEVEL = st.none() | st.floats(-1, 1)
STATES = st.fixed_dictionaries(
    {"mood": LEVEL, "trust": LEVEL, "facts": st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=2)}
)
ANA = Persona(
    name="Ana",
    statements=[{"id": "a", "text": "I am an archivist."}, {"id": "b", "text": "I was born in Porto."}],
    life={"loves": ["maps", "fog"]},
    relations=[{"name": "Rui", "kind": "brother", "affection": 0.5}],
    goals=["to retire"],
)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_tells_the_facts(style):
    text = render(ANA, style)
    for word in ("Ana", "archivist", "Porto", "maps", "Rui", "to retire"):
        assert word in text


def test_the_second_person_speaks_to_the_persona():
    text = render(ANA, "second_person")
    assert text.startswith("You are Ana.\n\nYou are an archivist. You were born in Porto.")


@given(STATES, STATES, st.sampled_from(["prose", "bullets", "second_person"]))
def test_two_states_share_everything_before_the_state(one, other, style):
    still = render(ANA, style)
    a, b = (render(ANA.edited(state=state), style) for state in (one, other))
    assert a.startswith(still)
    assert b.startswith(still)


@given(STATES, STATES)
def test_json_ends_with_the_state(one, other):
    a, b = (render(ANA.edited(state=state), "json") for state in (one, other))
    still = render(ANA, "json").rstrip("}\n")
    assert a.startswith(still)
    assert b.startswith(still)
    assert json.loads(a)["name"] == "Ana"


def test_a_description_that_facts_were_read_from_is_not_repeated():
    read = Persona(
        name="Ana",
        description="Ana reads.",
        statements=[{"id": "a", "text": "Ana reads.", "source": {"section": "description", "start": 0, "end": 10}}],
    )
    assert render(read, "bullets").count("Ana reads.") == 1


def test_every_starter_renders_in_every_style():
    for name in starter_paths():
        persona = find(name)
        assert all(persona.statements[0].text.split()[-1] in render(persona, style) for style in ("prose", "bullets"))


def test_an_unknown_style_is_named_with_the_known_ones():
    with pytest.raises(UsageError, match=r"'haiku'.*prose"):
        render(ANA, "haiku")
