"""Free text → facts: where sentences end, what nothing may lose, which ids stay."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.persona.convert import SENTENCES, key_value_for, plain, sentence_for
from personae.persona.kinds import LABELS, TABLE, kind_of
from personae.persona.parts import STATEMENT_KINDS
from personae.persona.statements import person_of, pieces, split, statement_id


def said(text: str) -> list[str]:
    return [statement.text for statement in split(text)]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("", []),
        (" \n\t ", []),
        ("Ana reads. She sings!", ["Ana reads.", "She sings!"]),
        ("i like tea. i have two dogs.", ["i like tea.", "i have two dogs."]),
        ("She knows Dr. Reis, Mr. Lima etc. well.", ["She knows Dr. Reis, Mr. Lima etc. well."]),
        ("It weighs 3.5 kg. Heavy.", ["It weighs 3.5 kg.", "Heavy."]),
        ("Well... she waits. Long.", ["Well... she waits.", "Long."]),
        ('"Stop! Go," she said. He left.', ['"Stop! Go," she said.', "He left."]),
        ("*She smiles. Waves.* Then she leaves.", ["*She smiles. Waves.*", "Then she leaves."]),
        ("- likes tea\n- hates rain", ["likes tea", "hates rain"]),
        ("1. Kind.\n2) Shy.", ["Kind.", "Shy."]),
        ("我叫李梅。我住在上海！", ["我叫李梅。", "我住在上海！"]),
        ("¿Quién soy? Soy Ana.", ["¿Quién soy?", "Soy Ana."]),
        ("Age: 34\nLikes: tea, old maps", ["My age is 34.", "I like tea.", "I like old maps."]),
        ('[Personality: "kind", "shy"]', ["I am kind.", "I am shy."]),
        ('[character("Ana") { Species("elf") Mind("kind" + "brave") }]',
         ["My name is Ana.", "I am an elf.", "I am kind.", "I am brave."]),
        ("I have a dog and I like tea.", ["I have a dog", "I like tea."]),
        ("She knows that I lie and I know it.", ["She knows that I lie and I know it."]),
        ("If it rains I stay in and I read.", ["If it rains I stay in and I read."]),
        ("She was born in the U.S. Her cat is old.", ["She was born in the U.S.", "Her cat is old."]),
        ("{{char}} is an archivist in Lisbon. <USER> is a visitor.",
         ["{{char}} is an archivist in Lisbon.", "<USER> is a visitor."]),
    ],
)  # fmt: skip
def test_text_becomes_atomic_facts(text, facts):
    assert said(text) == facts


def test_a_hard_wrapped_sentence_is_one_fact():
    text = "She mends the nets that her grandfather left behind in the boathouse\nby the harbour. She sings."
    assert len(said(text)) == 2


def test_a_fact_knows_where_it_was_read():
    text = "  Ana reads.  She sings. "
    assert [text[s.source.start : s.source.end] for s in split(text)] == ["Ana reads.", "She sings."]


def test_reading_again_gives_the_same_ids_and_an_edit_changes_only_its_own():
    before = {s.text: s.id for s in split("Ana reads. She sings. She sews.")}
    after = {s.text: s.id for s in split("Ana reads. She swims. She sews.")}
    assert before["Ana reads."] == after["Ana reads."]
    assert before["She sews."] == after["She sews."]
    assert after["She swims."] not in before.values()


def test_equal_facts_get_ids_of_their_own():
    ids = [s.id for s in split("I read.\n\nI read.", taken=frozenset([statement_id("I read.")]))]
    assert ids == [f"{statement_id('I read.')}-2", f"{statement_id('I read.')}-3"]


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "Ana",
            " reads",
            ".",
            " ",
            "\n",
            "- ",
            '"',
            "*",
            "(",
            ")",
            "[",
            "]",
            "Age: ",
            "and I go",
            "…",
            "。",
            ",",
            "é",
            "{",
            "}",
            "+",
            "1. ",
        ]
    ),
    max_size=25,
).map("".join)


@given(st.text(max_size=120) | FRAGMENTS)
def test_spans_are_disjoint_ordered_and_cover_every_word(text):
    end = 0
    outside = []
    for start, stop, _ in pieces(text):
        assert end <= start <= stop <= len(text)
        outside.append(text[end:start])
        end = stop
    outside.append(text[end:])
    for gap in outside:
        words = re.findall(r"\w+", gap)
        labels = re.search(r"[:：(]", gap)
        assert labels or all(
            word.isdigit() or word.casefold() in ("and", "but", "yet", "so", "however")
            for word in words
            if word.strip("_")
        ), gap


@given(st.text(max_size=200) | FRAGMENTS)
def test_ids_are_unique_and_spans_lie_in_the_text(text):
    found = split(text)
    assert len({s.id for s in found}) == len(found)
    for statement in found:
        assert 0 <= statement.source.start < statement.source.end <= len(text)


@pytest.mark.parametrize("piece", ['"', "*", "(", "[a: ", 'A("', "a. ", "and i x ", "\n- ", "a" * 50 + "\n"])
def test_hostile_repetition_takes_no_time(piece):
    text = piece * (60_000 // len(piece))
    start = time.process_time()
    split(text)
    assert time.process_time() - start < 5


def test_every_kind_of_the_tables_exists():
    assert {kind for kind, _ in TABLE} | set(LABELS.values()) <= set(STATEMENT_KINDS)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("My name is Ana.", "name"),
        ("I am 34 years old.", "age"),
        ("I was born in Lisbon.", "origin"),
        ("She lives in Porto.", "residence"),
        ("I work as a nurse.", "work"),
        ("I am a nurse.", "work"),
        ("He studies law at the university.", "education"),
        ("My mother is a nurse.", "family"),
        ("I have two dogs named Rex and Bo.", "pet"),
        ("I drive a red pickup truck.", "possession"),
        ("She has green eyes.", "appearance"),
        ("I am allergic to nuts.", "health"),
        ("I love old maps.", "like"),
        ("I can't stand loud music.", "dislike"),
        ("I only eat kosher.", "food"),
        ("My hobby is chess.", "hobby"),
        ("I wake up at five every morning.", "habit"),
        ("I am good at juggling.", "skill"),
        ("I believe in ghosts.", "belief"),
        ("I am quiet and dry.", "personality"),
        ("She speaks with a soft accent.", "speech"),
        ("I am afraid of deep water.", "fear"),
        ("I want to open a bakery.", "goal"),
        ("I broke my arm when I was nine.", "event"),
        ("I secretly write poems.", "secret"),
        ("I know nothing of the moon landing.", "limit"),
        ("Olá.", "other"),
    ],
)
def test_the_kind_of_a_plain_fact_is_recognised(text, kind):
    assert kind_of(text) == kind


@pytest.mark.parametrize("label", SENTENCES)
def test_a_labelled_value_and_its_sentence_say_the_same(label):
    sentence = sentence_for(label, "maker")
    key, value = key_value_for(sentence)
    assert (sentence_for(key, value), value) == (sentence, "maker")


def test_an_unknown_label_still_makes_a_sentence():
    assert key_value_for(sentence_for("Shoe size", "41")) == ("shoe size", "41")


def test_personachat_spelling_becomes_plain_english():
    assert plain("i 've two dogs , do n't i ?") == "I've two dogs, do n't I?"


def test_the_person_of_a_fact_is_told_by_its_pronouns():
    assert [person_of(text) for text in ("I'm old.", "Your cat.", "Ana reads.")] == ["first", "second", "third"]
