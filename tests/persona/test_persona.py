"""A persona is its content: frozen, validated, and known by the hash of what it says."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from personae.persona.formats import dumps, loads
from personae.persona.persona import Persona


def test_a_persona_read_back_is_equal_whatever_file_it_came_from():
    ana = Persona(name="Ana", statements=[{"id": "s1", "text": "I mend nets."}])
    from_yaml = loads(dumps(ana, "yaml"))
    from_card = loads(dumps(ana, "card_v3"))
    assert from_yaml == ana == from_card
    assert {from_yaml, ana, from_card} == {ana}
    assert from_yaml.original != from_card.original


def test_another_word_is_another_persona():
    ana = Persona(name="Ana", statements=[{"id": "s1", "text": "I mend nets."}])
    other = ana.edited(statements=[{"id": "s1", "text": "I mend sails."}])
    assert other != ana
    assert other.content_hash != ana.content_hash


def test_an_edit_is_validated_and_leaves_the_first_one_alone():
    ana = Persona(name="Ana")
    with pytest.raises(ValidationError):
        ana.edited(name="")
    with pytest.raises(ValidationError):
        ana.name = "Rui"
    assert ana.name == "Ana"


def test_two_statements_with_one_id_are_refused():
    twice = [{"id": "s1", "text": "I mend nets."}, {"id": "s1", "text": "I mend sails."}]
    with pytest.raises(ValidationError, match="used twice"):
        Persona(name="Ana", statements=twice)


def test_an_unknown_field_is_an_error_and_extensions_are_free():
    with pytest.raises(ValidationError):
        Persona(name="Ana", hobbies=["nets"])
    assert Persona(name="Ana", extensions={"mine": {"hobbies": ["nets"]}}).extensions["mine"]["hobbies"] == ["nets"]
