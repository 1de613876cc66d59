"""Expanding a persona: what is built on, what comes out, and how it does on real profiles."""

from __future__ import annotations

import json

import pytest

from personae.errors import UsageError
from personae.models import Scripted, ScriptedPairs
from personae.persona.expansion import SLOTS, AskedFacts, GrammarFacts, expand
from personae.persona.kinds import kind_of
from personae.persona.parts import Statement
from personae.persona.persona import Persona

ANA = Persona(
    name="Ana",
    statements=(
        Statement(id="bees", text="I keep bees.", kind="hobby"),
        Statement(id="calm", text="I am calm.", kind="personality", origin="expanded", slot="characteristic"),
        Statement(id="van", text="I drive a van.", origin="invented"),
        Statement(id="rui", text="My brother sings.", speaker="other"),
    ),
)


async def test_only_what_was_given_is_built_on():
    model = Scripted(lambda messages: "- I like it.")
    await expand(ANA, AskedFacts(model), ScriptedPairs())
    assert {call.messages[-1].content for call in model.history} == {"I keep bees."}


@pytest.mark.parametrize("id", ["calm", "van"])
async def test_building_on_an_expansion_is_refused(id):
    with pytest.raises(UsageError, match="only given and extracted"):
        await expand(ANA, GrammarFacts(), ScriptedPairs(), only=[id])


async def test_an_unknown_id_is_named_with_the_known_ones():
    with pytest.raises(UsageError, match=r"no statement 'wasps' about itself; the ids are bees, calm"):
        await expand(ANA, GrammarFacts(), ScriptedPairs(), only=["wasps"])


async def test_a_persona_without_statements_has_nothing_to_build_on():
    with pytest.raises(UsageError, match="'Rui' has no given statement"):
        await expand(Persona(name="Rui"), GrammarFacts(), ScriptedPairs())


async def test_a_statement_in_the_third_person_is_read_in_the_first_and_its_span_is_the_authors():
    eve = Persona(name="Eve", statements=(Statement(id="sea", text="Eve loves the sea.", person="third"),))
    scorer = ScriptedPairs()
    found = await expand(eve, GrammarFacts(), scorer, per_slot=1)
    assert "I love the sea." in {text for pair in scorer.history for text in pair}
    assert all(s.source and s.source.end == len("Eve loves the sea.") for s in found.kept)
    assert any("the sea" in s.text for s in found.kept)


async def test_facts_in_another_language_are_refused():
    ines = Persona(name="Inês", language="pt-BR", statements=(Statement(id="mar", text="Eu adoro o mar."),))
    with pytest.raises(UsageError, match="'Inês' speaks 'pt-BR', but GrammarFacts writes 'en'"):
        await expand(ines, GrammarFacts(), ScriptedPairs())


async def test_new_statements_are_marked_sourced_and_counted_against_the_slots():
    found = await expand(ANA, GrammarFacts(), ScriptedPairs(), per_slot=2)
    assert found.filled == {"characteristic": 1, "routine": 2, "goal": 2, "experience": 2, "relationship": 2}
    assert {s.origin for s in found.kept} == {"expanded"}
    assert {s.source.section for s in found.kept if s.source} == {"statements.bees"}
    grown = found.added_to(ANA)
    assert len(grown.statements) == 4 + 9
    again = await expand(grown, GrammarFacts(), ScriptedPairs(), per_slot=2)
    assert again.kept == ()


async def test_calls_that_gave_nothing_are_counted():
    found = await expand(ANA, AskedFacts(Scripted([""] * 4 + ["- I am calm."])), ScriptedPairs())
    assert found.kept == ()
    assert [(d.reason, d.against) for d in found.dropped] == [("repeats", "I am calm.")]
    assert found.missing == {"empty": 4}


def profiles(data_dir) -> list[Persona]:
    tree = json.loads((data_dir / "personachat" / "valid_personas.json").read_text("utf-8"))
    return [
        Persona(
            name=f"Persona {key}",
            statements=tuple(Statement(id=f"s{n}", text=line, kind=kind_of(line)) for n, line in enumerate(lines[0])),
        )
        for key, lines in tree.items()
    ]


async def test_templates_fill_all_slots_of_a_hundred_profiles(data_dir):
    people = profiles(data_dir)
    assert len(people) == 100
    for person in people:
        found = await expand(person, GrammarFacts(), ScriptedPairs())
        assert min(found.filled.values()) == 5
        assert {s.slot for s in found.kept} == set(SLOTS)
