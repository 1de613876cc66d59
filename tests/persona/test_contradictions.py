"""Statements against each other: what clashes, what says the same, and what is not compared and why."""

from __future__ import annotations

import json

import pytest

from personae.models import ScriptedPairs, open_pair_scorer
from personae.models.embedder import supported
from personae.persona.contradictions import MOST_PAIRS, NEIGHBOURS, compare, contradictions
from personae.persona.find import find
from personae.persona.formats import loads
from personae.persona.parts import STATEMENT_KINDS
from personae.persona.persona import Persona

NO_PETS, DOG, HOUND = "I have no pets.", "My dog is called Rex.", "I own a dog named Rex."
AGAINST, SAME = (0.93, 0.07, 0.0), (0.0, 0.05, 0.95)


def both(one: str, other: str, row=AGAINST) -> dict:
    """The same row in both directions."""
    return {(one, other): row, (other, one): row}


def persona(*texts: str, **more) -> Persona:
    return Persona(name="Ana", statements=[{"id": f"s{i}", "text": t} for i, t in enumerate(texts)], **more)


async def test_two_statements_that_contradict_each_other_are_a_warning_with_both_texts():
    scorer = ScriptedPairs(both(DOG, NO_PETS))
    (found,) = await contradictions(persona(NO_PETS, "I sail.", DOG), scorer)
    assert (found.severity, found.rule, found.path) == ("warning", "contradiction", "statements.s2")
    for part in (NO_PETS, DOG, "'s0'", "0.93"):
        assert part in found.message


async def test_both_directions_have_to_clash_and_the_second_is_asked_only_if_the_first_does():
    one_way, two_ways = ScriptedPairs({(NO_PETS, DOG): AGAINST}), ScriptedPairs(both(NO_PETS, DOG))
    assert (await compare(persona(NO_PETS, DOG, "I sail."), one_way)).clashes == ()
    found = await compare(persona(NO_PETS, DOG, "I sail."), two_ways)
    assert [clash.kind for clash in found.clashes] == ["contradiction"]
    assert len(two_ways.history) == 4
    assert (found.pairs, found.possible) == (3, 3)


async def test_the_less_sure_direction_counts():
    scorer = ScriptedPairs({(NO_PETS, DOG): AGAINST, (DOG, NO_PETS): (0.75, 0.25, 0.0)})
    (clash,) = (await compare(persona(NO_PETS, DOG), scorer)).clashes
    assert round(clash.probability, 2) == 0.75


async def test_statements_of_kinds_with_nothing_in_common_have_to_clash_for_sure_and_are_a_hint():
    def facts(kind: str) -> Persona:
        return Persona(name="Ana", statements=[
            {"id": "a", "text": NO_PETS, "kind": "name"}, {"id": "b", "text": DOG, "kind": kind}])  # fmt: skip

    unsure, sure = (
        ScriptedPairs(both(NO_PETS, DOG, (0.8, 0.2, 0.0))),
        ScriptedPairs(both(NO_PETS, DOG, (0.97, 0.03, 0.0))),
    )
    assert await contradictions(facts("food"), unsure) == ()
    assert [each.severity for each in await contradictions(facts("food"), sure)] == ["info"]
    assert [each.severity for each in await contradictions(facts("other"), unsure)] == ["warning"]
    assert [each.severity for each in await contradictions(facts("name"), unsure)] == ["warning"]


def test_every_neighbour_is_a_kind_of_statement():
    assert {kind for group in NEIGHBOURS for kind in group} <= set(STATEMENT_KINDS)


async def test_saying_the_same_takes_both_directions_and_is_a_hint():
    one_way = await contradictions(persona(DOG, HOUND), ScriptedPairs({(DOG, HOUND): SAME}))
    assert one_way == ()
    (found,) = await contradictions(persona(DOG, HOUND), ScriptedPairs({(DOG, HOUND): SAME, (HOUND, DOG): SAME}))
    assert (found.severity, found.rule) == ("info", "redundant")
    assert "'s0'" in found.message


async def test_the_surest_contradiction_stands_first_and_redundancies_last():
    scorer = ScriptedPairs(
        {
            (DOG, HOUND): SAME,
            (HOUND, DOG): SAME,
            **both(NO_PETS, HOUND, (0.99, 0.01, 0.0)),
            **both(NO_PETS, DOG, (0.8, 0.2, 0.0)),
        }
    )
    found = await compare(persona(DOG, NO_PETS, HOUND), scorer)
    assert [(c.kind, round(c.probability, 2)) for c in found.clashes] == [
        ("contradiction", 0.99),
        ("contradiction", 0.8),
        ("redundant", 0.95),
    ]
    assert found.to_dict()["clashes"][0]["first"] == {"id": "s1", "text": NO_PETS}


async def test_what_was_true_at_different_times_does_not_clash():
    scorer = ScriptedPairs({}, otherwise=AGAINST)
    facts = [
        {"id": "then", "text": "I am a student.", "valid_to": "2014"},
        {"id": "now", "text": "I am a teacher.", "valid_from": "2015-09-01"},
        {"id": "late", "text": "I am retired.", "valid_from": "2014-06"},
    ]
    found = await compare(Persona(name="Ana", statements=facts), scorer)
    assert {(c.first.id, c.second.id) for c in found.clashes} == {("then", "late"), ("now", "late")}


async def test_the_third_person_is_put_into_the_first_before_it_is_compared():
    scorer = ScriptedPairs(both("I have no pets.", "I own a dog."))
    facts = [
        {"id": "a", "text": "Ana has no pets.", "person": "third"},
        {"id": "b", "text": "I own a dog."},
    ]
    found = await compare(Persona(name="Ana", identity={"pronouns": "she/her"}, statements=facts), scorer)
    assert len(found.clashes) == 1
    assert found.clashes[0].first.text == "Ana has no pets."


async def test_of_a_card_that_names_no_pronouns_they_are_those_it_uses():
    scorer = ScriptedPairs(both("I love the sea.", "I hate my uncle's sea."))
    facts = [
        {"id": "a", "text": "Mara loves the sea.", "person": "third"},
        {"id": "b", "text": "She hates her uncle's sea.", "person": "third"},
    ]
    assert len((await compare(Persona(name="Mara Vos", statements=facts), scorer)).clashes) == 1


async def test_facts_about_others_and_texts_nobody_can_read_are_counted_not_compared():
    facts = [
        {"id": "a", "text": "I sail."},
        {"id": "b", "text": "They like tea.", "speaker": "user"},
        {"id": "c", "text": "你好。"},
        {"id": "d", "text": "You are tired.", "person": "second"},
    ]
    scorer = ScriptedPairs({}, otherwise=AGAINST)
    found = await compare(
        Persona(name="Ana", statements=facts), scorer, readable=lambda text: None if text.isascii() else "not Latin"
    )
    assert scorer.history == []
    assert found.unread == {"about somebody else": 1, "not Latin": 1, "in the second person": 1}
    assert [f.severity for f in found.findings()] == ["info"] * 3


async def test_a_language_the_scorer_does_not_read_is_a_reason_and_asks_nothing():
    scorer = ScriptedPairs({}, otherwise=AGAINST)
    german = persona("Ich mag Tee.", "Ich hasse Tee.", language="de")
    (found,) = await contradictions(german, scorer)
    assert (found.severity, scorer.history) == ("info", [])
    assert "'de'" in found.message
    assert len((await compare(german, scorer, languages=None)).clashes) == 1


async def test_of_too_many_pairs_those_of_related_kinds_come_first_and_the_rest_is_said():
    facts = [
        {"id": "a", "kind": "pet", "text": NO_PETS},
        {"id": "b", "kind": "name", "text": "I sail."},
        {"id": "c", "kind": "pet", "text": DOG},
    ]
    scorer = ScriptedPairs(both(NO_PETS, DOG))
    found = await compare(Persona(name="Ana", statements=facts), scorer, most_pairs=1)
    assert [clash.kind for clash in found.clashes] == ["contradiction"]
    assert "1 of 3 pairs were compared" in found.findings()[-1].message
    assert MOST_PAIRS == 100 * 99 / 2


async def test_equal_texts_are_left_to_the_check_for_duplicates():
    scorer = ScriptedPairs({}, otherwise=SAME)
    found = await compare(persona("I sail.", "I  sail."), scorer)
    assert (found.clashes, scorer.history) == ((), [])


async def test_a_scorer_below_its_gate_says_so_beside_what_it_found():
    class Weak(ScriptedPairs):
        @property
        def provenance(self):
            return {"checkpoint": "weak", "data": "none", "validity": "below_gate"}

    found = await contradictions(persona(NO_PETS, DOG), Weak(both(DOG, NO_PETS)))
    assert [f.severity for f in found] == ["warning", "info"]
    assert "hints" in found[1].message


async def test_a_persona_with_one_statement_or_none_has_nothing_to_compare():
    for who in (persona(), persona("I sail.")):
        found = await compare(who, ScriptedPairs())
        assert (found.pairs, found.findings()) == (0, ())


async def test_progress_reaches_the_number_of_pairs():
    heard = []
    many = persona(*(f"I know fact {i}." for i in range(20)))
    await compare(many, ScriptedPairs(), on_pairs=lambda *step: heard.append(step))
    assert heard[-1] == (190, 190)
    assert [done for done, _ in heard] == [0, 64, 128, 190]


@pytest.mark.slow
async def test_our_scorer_finds_what_contradicts_itself_in_a_card_it_never_saw():
    card = {
        "spec": "chara_card_v2",
        "spec_version": "2.0",
        "data": {
            "name": "Mara",
            "first_mes": "Hello.",
            "description": "Mara is thirty years old. She lives in Ghent. Mara loves the sea. She works as a baker. "
            "She hates the sea. She has never owned a car. Every morning she feeds her two parrots.",
        },
    }
    mara = loads(json.dumps(card).encode())
    found = await compare(mara, open_pair_scorer("embedded"), readable=supported)
    texts = [(clash.first.text, clash.second.text) for clash in found.clashes if clash.kind == "contradiction"]
    assert texts[0] == ("Mara loves the sea.", "She hates the sea.")
    assert len(texts) <= 2
    assert found.clashes[0].probability > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("starter", ["lighthouse-keeper", "detective"])
async def test_our_scorer_raises_few_false_alarms_on_a_starter(starter):
    found = await contradictions(find(starter), open_pair_scorer("embedded"), readable=supported)
    assert sum(each.severity == "warning" for each in found) <= 2
    assert len(found) <= 3
