"""What a persona says of itself, as a pair scorer reads it."""

from __future__ import annotations

from personae.persona.own import own_statements
from personae.persona.persona import Persona


def test_facts_about_others_blank_ones_and_commands_are_left_out_and_ids_stay():
    eve = Persona.model_validate(
        {
            "name": "Eve",
            "identity": {"pronouns": "she/her"},
            "statements": [
                {"id": "a", "text": "Eve loves her garden.", "person": "third"},
                {"id": "b", "text": "I sing."},
                {"id": "c", "text": "You are shy.", "person": "second"},
                {"id": "d", "text": " "},
                {"id": "e", "text": "My brother sings.", "speaker": "other"},
            ],
        }
    )
    assert [(s.id, s.text, s.person) for s in own_statements(eve)] == [
        ("a", "I love my garden.", "first"),
        ("b", "I sing.", "first"),
    ]
