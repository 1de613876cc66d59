"""Pairs from invented characters: every file is whole, and every pair has the label its rule promises."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import astuple

from personae.measure.probes import starter_personas
from personae.train.pair_scorer.characters import Character, Line, character_pairs, characters
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL


def line(number: int) -> Line:
    return Line(*(f"{kind} {number}" for kind in ("says", "reworded", "reply", "otherwise", "against", "beside")))


ONE = Character("somebody", tuple(line(number) for number in range(8)), ("talk a", "talk b"))


def test_every_character_has_eight_statements_and_six_replies_about_nothing() -> None:
    assert len(characters()) == 72
    assert {(len(one.statements), len(one.talk)) for one in characters()} == {(8, 6)}


def test_no_character_says_a_sentence_twice() -> None:
    for one in characters():
        texts = Counter(text for line in one.statements for text in astuple(line)) + Counter(one.talk)
        assert [text for text, count in texts.items() if count > 1] == []


def test_no_starter_is_among_the_characters() -> None:
    """The starters are what false alarms are measured on."""
    own = {statement.text for persona in starter_personas() for statement in persona.statements}
    assert not own & {line.says for one in characters() for line in one.statements}


def test_a_reply_entails_its_statement_and_shuts_out_its_contrary() -> None:
    labels = {(p.premise, p.hypothesis): p.label for p in character_pairs(random.Random(0), [ONE])}
    assert labels["says 1", "reworded 1"] == labels["reply 1", "says 1"] == ENTAILMENT
    assert labels["reply 1", "otherwise 1"] == labels["against 1", "says 1"] == CONTRADICTION
    assert labels["beside 1", "says 1"] == labels["beside 1", "otherwise 1"] == NEUTRAL


def test_what_is_said_for_one_statement_leaves_the_others_open() -> None:
    for pair in character_pairs(random.Random(0), [ONE]):
        if set(filter(str.isdigit, pair.premise)).isdisjoint(filter(str.isdigit, pair.hypothesis)):
            assert pair.label == NEUTRAL


def test_equal_generators_give_equal_pairs() -> None:
    assert character_pairs(random.Random(4), [ONE]) == character_pairs(random.Random(4), [ONE])
    assert character_pairs(random.Random(4), [ONE]) != character_pairs(random.Random(5), [ONE])
