"""Pairs from dialogues: what the patterns read, what they shut out, and that nothing is labelled by anybody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from personae.train.pair_scorer.dialogue_pairs import DialogueMaker, Turn, negated, relation_of, tidy
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL


def bag(texts: Sequence[str]) -> Any:
    """Unit vectors of words: texts that share words are near."""
    vectors = np.zeros((len(texts), 512), dtype=np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().replace(".", "").replace("?", "").split():
            vectors[row, sum(map(ord, word)) * 31 % 512] += 1
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


TURNS = [
    Turn("hi there", "i have two dogs at home.", ("i have two dogs at home", "my favorite color is red")),
    Turn("and you?", "my favorite color is green.", ("my favorite color is green", "i work as a nurse")),
    Turn("what do you do?", "do you work as a nurse?", ("i work as a nurse", "i love to ski")),
]


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("i m a cook , you know ?", "i am a cook, you know?"),
        ("i don t like it .", "i don't like it."),
        ("my dog s name is rex", "my dog's name is rex"),
        ("i ve two cats", "i've two cats"),
    ],
)
def test_tokenised_text_becomes_written_text(written: str, tidied: str) -> None:
    assert tidy(written) == tidied


@pytest.mark.parametrize(
    ("statement", "contrary"),
    [
        ("i love to ski.", "i hate to ski."),
        ("i do not eat meat.", "i eat meat."),
        ("i am a nurse.", "i am not a nurse."),
        ("i have been to rome.", "i have never been to rome."),
        ("i have 4 cats", "i do not have any cats"),
        ("my mother is tall", "my mother is not tall"),
        ("i work in a bank", "i do not work in a bank"),
    ],
)
def test_a_statement_has_its_contrary(statement: str, contrary: str) -> None:
    assert negated(statement) == contrary


def test_what_no_rule_reads_has_no_contrary() -> None:
    assert negated("green is the grass") is None


@pytest.mark.parametrize(
    ("statement", "relation"),
    [
        ("my favourite food is soup", ("favorite food", "soup")),
        ("i work at a school", ("job", "school")),
        ("i am a truck driver", ("job", "truck driver")),
        ("i am a mother", None),
        ("i am 35 years old", ("age", "35")),
        ("i have three sons", ("have sons", "three")),
        ("grass is green", None),
    ],
)
def test_relations_are_read(statement: str, relation: tuple[str, str] | None) -> None:
    assert relation_of(statement) == relation


def test_lines_entail_what_they_repeat_and_contradict_what_that_shuts_out() -> None:
    maker = DialogueMaker(TURNS, ["my favorite color is blue"], bag, seed=0)
    labels = {(pair.premise, pair.hypothesis): pair.label for pair in maker.pairs()}
    assert labels["i have two dogs at home.", "i have two dogs at home"] == ENTAILMENT
    colours = [label for (said, own), label in labels.items() if "green" in said and "color is blue" in own]
    assert colours
    assert set(colours) == {CONTRADICTION}


def test_a_question_repeats_nothing() -> None:
    pairs = DialogueMaker(TURNS, [], bag, seed=0).pairs()
    assert not [pair for pair in pairs if pair.premise.endswith("?") and pair.label != NEUTRAL]


def test_what_is_only_asked_says_nothing_of_the_speaker() -> None:
    pairs = {
        (pair.premise, pair.hypothesis, pair.label)
        for seed in range(9)
        for pair in DialogueMaker(TURNS, [], bag, seed).pairs()
    }
    assert ("do you work as a nurse?", "i work as a nurse", NEUTRAL) in pairs
    assert ("do you work as a nurse?", "i do not work as a nurse", NEUTRAL) in pairs


def test_the_reply_that_came_close_makes_the_query_bear_on_the_statement() -> None:
    bearings = {(b.statement, b.text, b.side): b.target for b in DialogueMaker(TURNS, [], bag, seed=0).bearings()}
    assert bearings["i have two dogs at home", "hi there", "query"] > 0.9
    assert bearings["my favorite color is red", "hi there", "query"] < 0.1
