"""A passage becomes statements that can be read alone: by rules, by hand-made cases, and with a scripted model."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import ModelUnreachable, UsageError
from personae.measure.probes import starter_personas
from personae.models.scripted import Scripted
from personae.persona.cast import cast_for
from personae.persona.extract import CHUNK, extract, extract_with, ground
from personae.persona.naming import dangling
from personae.persona.perspective import PRONOUNS, to_third_person
from personae.persona.predicates import predicates
from personae.persona.statements import statement_id
from personae.types import Completion

PASSAGE = """Ana Reis is an archivist in Porto. She lives with her sister Marta, and likes fado.
Her brother Rui is a sailor. He hates fish. She owns an old boat. It is red.
Her parents run a farm. They are strict. "I never lie," she says.
"""


def texts(passage, name="Ana Reis", **more):
    return [statement.text for statement in extract(passage, name, **more).statements]


def test_every_statement_of_a_passage_names_its_character():
    assert texts(PASSAGE) == [
        "Ana Reis is an archivist in Porto.",
        "Ana Reis lives with her sister Marta.",
        "Ana Reis likes fado.",
        "Ana Reis's brother Rui is a sailor.",
        "Ana Reis's brother Rui hates fish.",
        "Ana Reis owns an old boat.",
        "Ana Reis's old boat is red.",
        "Ana Reis's parents run a farm.",
        "Ana Reis's parents are strict.",
        '"I never lie," Ana Reis says.',
    ]


def test_every_statement_knows_the_words_it_was_read_from():
    for statement in extract(PASSAGE, "Ana Reis").statements:
        words = PASSAGE[statement.source.start : statement.source.end]
        assert words.split()[-1].strip(".") == statement.text.split()[-1].strip(".")
        assert statement.origin == "given"


@pytest.mark.parametrize(
    ("passage", "found"),
    [
        ("I live in Rome. My cat is old.", ["Kim lives in Rome.", "Kim's cat is old."]),
        ("You are a knight and you fear nobody.", ["Kim is a knight.", "Kim fears nobody."]),
        ("Loves tea. Tall, with red hair. Green eyes.", None),
        ("Kim is a nurse. They love their work.", ["Kim is a nurse.", "Kim loves their work."]),
        ("[Personality: kind, shy]", ["Kim is kind.", "Kim is shy."]),
        ("Kim sings. Whenever it rains, Kim smiles.", ["Kim sings.", "Whenever it rains, Kim smiles."]),
        ("Kim sews\nand hates the rain.", ["Kim sews.", "Kim hates the rain."]),
        ("The tower stands by a lake. It is old.", ["The tower stands by a lake.", "The tower is old."]),
        (
            "Kim wrote a novel about war. It was banned.",
            ["Kim wrote a novel about war.", "Kim's novel about war was banned."],
        ),
    ],
)
def test_pronouns_and_notes_are_put_into_words(passage, found):
    expected = found or ["Kim loves tea.", "Kim is tall, with red hair.", "Kim has green eyes."]
    assert texts(passage, "Kim") == expected


def test_a_further_clause_goes_on_about_its_own_subject_and_a_new_sentence_about_the_character():
    found = extract("Ana sings. Her sister is a nurse, and she works nights. She likes tea.", "Ana").statements
    assert [(s.text, s.confidence) for s in found] == [
        ("Ana sings.", 1.0),
        ("Ana's sister is a nurse.", 1.0),
        ("Ana's sister works nights.", 0.5),
        ("Ana likes tea.", 0.5),
    ]


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("She mends nets at dawn and hates the rain.", ["She mends nets at dawn", "hates the rain."]),
        ("Ana is shy, but speaks with everybody.", ["Ana is shy", "speaks with everybody."]),
        ("I live in Rome and work as a cook.", ["I live in Rome", "work as a cook."]),
        ("She lost her job and moved to Faro.", ["She lost her job", "moved to Faro."]),
        ("She has a son who sings and dances well.", None),
        ("She wants to open a shop and hire her son.", None),
        ("She was born and raised in Porto.", None),
        ("She cooks, cleans and sings at the same time.", None),
        ("She likes long walks and plays about war.", None),
        ("She likes tea and cake.", None),
        ("Her cat sleeps all day and hunts all night.", None),
        ("She says that rain is near and goes home.", None),
    ],
)
def test_two_things_said_of_one_subject_are_two_facts(sentence, facts):
    parts = predicates(sentence, ["Ana", "she", "I"])
    assert [sentence[start:end] for start, end in parts] == (facts or [sentence])


def test_each_of_two_facts_points_at_its_own_words():
    passage = "Ana sews. She  mends nets at dawn, and hates the rain."
    second, third = extract(passage, "Ana").statements[1:]
    assert (second.text, third.text) == ("Ana mends nets at dawn.", "Ana hates the rain.")
    assert passage[third.source.start : third.source.end] == "hates the rain."


def test_a_fact_said_by_first_name_and_by_full_name_is_one_fact():
    assert texts("Ana Reis sews. Ana sews. She sews.") == ["Ana Reis sews."]


def test_what_points_outside_of_itself_is_left_out_and_told():
    found = extract("Ana sings. That made her famous. It rained. I met her in May.", "Ana")
    assert [s.text for s in found.statements] == ["Ana sings."]
    assert [(piece.reason, piece.text) for piece in found.left_out] == [
        ("dangling", "That made her famous."),
        ("dangling", "It rained."),
        ("dangling", "I met her in May."),
    ]


def test_the_same_fact_is_taken_once():
    found = extract("Ana sings. She sings! Ana  SINGS.", "Ana")
    assert len(found.statements) == 1
    assert [piece.reason for piece in found.left_out] == ["duplicate", "duplicate"]


def test_a_fact_about_somebody_else_is_kept_as_such():
    found = extract("Ana lives in Porto. The city lies on a river.", "Ana").statements
    assert [statement.speaker for statement in found] == ["self", "other"]


@pytest.mark.parametrize(
    ("passage", "reason"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("… 12 – !", "no words"),
        ("It rained.", "nothing"),
        ("Ana wohnt in Porto und mag den Regen nicht.", "English"),
        ("她住在波尔图。", "Latin script"),
    ],
)
def test_a_passage_without_statements_has_a_reason(passage, reason):
    found = extract(passage, "Ana")
    assert found.statements == ()
    assert reason in found.reason


def test_a_nameless_character_and_a_huge_passage_are_refused():
    with pytest.raises(UsageError, match="name"):
        extract("She sings.", " ")
    with pytest.raises(UsageError, match="200,000"):
        extract("a" * 200_001, "Ana")


@given(
    st.text(max_size=300) | st.text("AnaIsheherit. ,\"'", max_size=300), st.sampled_from(["Ana", "Mei Lin", "x", "+"])
)
def test_whatever_is_read_points_into_the_passage_and_dangles_nowhere(passage, name):
    found = extract(passage, name)
    assert bool(found.statements) == (found.reason is None)
    cast = cast_for(passage, name)
    for statement in found.statements:
        assert 0 <= statement.source.start < statement.source.end <= len(passage)
        assert not dangling(statement.text, cast)
    assert len({statement.id for statement in found.statements}) == len(found.statements)


def answer(*items, **more):
    return json.dumps({"statements": [dict(zip(("text", "quote"), item, strict=True)) for item in items], **more})


async def test_a_models_statements_are_grounded_in_the_passage():
    model = Scripted(
        [answer(("Ana Reis lives with Marta.", "lives  with HER sister"), ("Ana Reis sings.", "She sings."))]
    )
    found = await extract_with(model, PASSAGE, "Ana Reis")
    first, second = found.statements
    assert PASSAGE[first.source.start : first.source.end] == "lives with her sister"
    assert (first.origin, first.confidence) == ("given", 1.0)
    assert (second.source, second.origin, second.confidence) == (None, "extracted", 0.5)
    assert found.outcomes == {"answered": 1}
    assert PASSAGE.strip() in model.history[0].messages[1].content


async def test_a_statement_without_a_quote_finds_the_sentence_that_says_it():
    found = await extract_with(Scripted([answer(("Ana Reis owns a boat that is old.", ""))]), PASSAGE, "Ana Reis")
    source = found.statements[0].source
    assert PASSAGE[source.start : source.end] == "She owns an old boat."


async def test_a_models_statements_are_checked_one_by_one():
    items = [
        ("She sings.", ""),
        ("It rained.", ""),
        ("Water is wet.", ""),
        ("Ana Reis " + "sings and " * 40 + "sings.", ""),
        ("Ana Reis is an archivist.", "is an archivist"),
        ("Ana Reis is an  archivist!", ""),
    ]
    found = await extract_with(Scripted([answer(*items)]), PASSAGE, "Ana Reis")
    assert [statement.text for statement in found.statements] == ["Ana Reis sings.", "Ana Reis is an archivist."]
    assert [piece.reason for piece in found.left_out] == ["dangling", "nameless", "too_long", "duplicate"]


@pytest.mark.parametrize(
    ("completion", "outcome"),
    [
        ("Sure! " + answer(), "unparsed"),
        ('{"statements": {}}', "unparsed"),
        (answer(note=1), "unparsed"),
        ("", "empty"),
        (Completion("I cannot.", stop="refusal"), "refused"),
        (Completion('{"statements": [', stop="length"), "truncated"),
    ],
)
async def test_an_unusable_answer_is_counted_and_carries_nothing(completion, outcome):
    found = await extract_with(Scripted([completion]), PASSAGE, "Ana Reis")
    assert (found.statements, found.outcomes) == ((), {outcome: 1})
    assert f"1 {outcome}" in found.reason


async def test_a_malformed_item_does_not_spoil_the_others():
    text = json.dumps({"statements": [1, {"text": 2}, {"text": "Ana sings.", "quote": None}, {"text": "…"}]})
    found = await extract_with(Scripted([f"```json\n{text}\n```"]), "She sings.", "Ana", pronouns="she")
    assert [statement.text for statement in found.statements] == ["Ana sings."]
    assert [piece.reason for piece in found.left_out] == ["malformed"] * 3


async def test_a_long_passage_is_read_in_parts_and_spans_count_from_its_start():
    passage = "Ana sings. " * (CHUNK // 8) + "Ana sews."
    model = Scripted(lambda messages: answer(("Ana sews.", "Ana sews.")) if "sews" in messages[1].content else answer())
    found = await extract_with(model, passage, "Ana")
    assert found.outcomes == {"answered": 2}
    assert found.statements[0].source.end == len(passage)


async def test_a_model_may_read_what_the_rules_cannot():
    found = await extract_with(Scripted([answer(("Ana lives in Porto.", "住在波尔图"))]), "安娜住在波尔图。", "Ana")
    assert (found.statements[0].source.start, found.statements[0].source.end) == (2, 7)


async def test_no_model_is_asked_about_nothing_and_its_errors_come_through():
    assert (await extract_with(Scripted(), " ", "Ana")).reason == "the passage is empty"
    with pytest.raises(ModelUnreachable):
        await extract_with(Scripted([ModelUnreachable("gone")]), "She sings.", "Ana")


@given(st.text(max_size=40), st.text(max_size=40))
def test_grounding_stays_within_the_passage(quote, passage):
    span = ground(quote, quote, passage)
    assert span is None or 0 <= span[0] < span[1] <= len(passage)


def test_the_facts_of_the_starters_told_as_prose_are_found_again():
    told, found = 0, 0
    for persona in starter_personas():
        key = (persona.identity.pronouns or "").partition("/")[0]
        if persona.language != "en" or key not in ("she", "he"):
            continue
        facts = [to_third_person(statement.text, persona.name, key) for statement in persona.statements]
        facts = [fact for fact in facts if fact.startswith(persona.name)]
        own = re.compile(rf"^{re.escape(persona.name)}(?P<own>'s)?")
        subject, possessive = PRONOUNS[key][0].capitalize(), PRONOUNS[key][2].capitalize()
        prose = [own.sub(possessive if own.match(fact)["own"] else subject, fact) for fact in facts]
        again = {statement.id for statement in extract(" ".join([facts[0], *prose[1:]]), persona.name).statements}
        told += len(facts)
        found += len(again & {statement_id(fact) for fact in facts})
    assert told > 350
    assert found / told >= 0.95
