"""What a soft prompt is tuned on: the persona's own words, talk that shows none, and pairs that follow."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from personae.errors import FormatError, UsageError
from personae.persona.persona import Persona
from personae.train.pair_scorer.dialogue_pairs import Turn
from personae.train.soft_prompt.rows import (
    asked_rows,
    dialogues,
    entailment_rows,
    example_rows,
    free_rows,
    own_pairs,
    read_rows,
    texts,
)

MARA = Persona(
    name="Mara",
    statements=[
        {"id": "home", "text": "i live on a boat", "kind": "residence"},
        {"id": "pet", "text": "i have a dog named Rex", "kind": "pet"},
    ],
    examples=[
        {
            "turns": [
                {"speaker": "char", "text": "Ahoy."},
                {"speaker": "user", "text": "Cold tonight, {{char}}?"},
                {"speaker": "char", "text": "Not below deck."},
            ]
        }
    ],
)
OWN = ("i have a dog named rex.", "i live on a boat.")
TURNS = [
    Turn("hi, where are you?", "on my boat!", OWN),
    Turn("nice day", "it is, is it not?", OWN),
    Turn("hello", "i am painting my car.", ("i own a red car.",)),
    Turn("how are you?", "fine, and you?", ("i own a red car.",)),
]

OTHERS = [Turn("and your pet?", "rex, my dog.", OWN), Turn("bye", "see you!", OWN)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "personachat"
    folder.mkdir()
    for split, turns in (("train", TURNS), ("val", OTHERS)):
        for name, column in (
            ("src", [turn.query for turn in turns]),
            ("tgt", [turn.reply for turn in turns]),
            ("per", ["</s>".join(turn.persona) for turn in turns]),
        ):
            (folder / f"{name}-{split}.txt").write_text("\n".join(column) + "\n", encoding="utf-8")
    return tmp_path


def vectors(many) -> np.ndarray:
    """A text's words as a unit vector."""
    places = {word: at for at, word in enumerate(sorted({word for text in many for word in text.split()}))}
    found = np.zeros((len(many), 64), np.float32)
    for row, text in zip(found, many, strict=True):
        for word in text.split():
            row[places[word] % 64] += 1
    return found / np.maximum(1e-6, np.linalg.norm(found, axis=1, keepdims=True))


def test_statements_answer_their_questions_and_one_wording_is_held_out():
    train, held_out = asked_rows(MARA)
    assert {row.answer for row in train} == {"i live on a boat", "i have a dog named Rex"}
    assert {row.answer for row in held_out} <= {row.answer for row in train}
    assert not {row.messages for row in held_out} & {row.messages for row in train}


def test_an_example_gives_the_turns_that_answer_somebody():
    (row,) = example_rows(MARA)
    assert ([message.content for message in row.messages], row.answer) == (["Cold tonight, Mara?"], "Not below deck.")


def test_dialogues_are_those_of_a_speaker_with_the_same_statements_in_any_order():
    (one,) = dialogues(MARA, TURNS)
    assert [row.answer for row in one] == ["on my boat!", "it is, is it not?"]
    assert dialogues(MARA.edited(statements=MARA.statements[:1]), TURNS) == []
    assert dialogues(Persona(name="Nobody"), TURNS) == []


def test_free_talk_shares_no_content_word_with_who_speaks():
    answers = {row.answer for row in free_rows(TURNS, random.Random(0))}
    assert answers == {"it is, is it not?", "fine, and you?"}


def test_what_follows_is_the_statement_itself():
    pairs = list(own_pairs(MARA, random.Random(0)))
    assert {pair.hypothesis for pair in pairs} == {"i live on a boat", "i have a dog named Rex"}
    assert all(pair.premise != pair.hypothesis for pair in pairs)


def test_half_of_the_entailed_pairs_are_the_personas_own():
    rows = entailment_rows(MARA, TURNS, vectors, random.Random(0))
    own = [row for row in rows if row.source == "own"]
    assert len(own) * 2 == len(rows)
    assert {row.task for row in rows} == {"entailment"}
    start = texts()["entailment"].partition("{premise}")[0]
    assert all(row.messages[0].content.startswith(start) for row in rows)


def test_a_dialogue_is_held_out_whole_and_equal_seeds_give_equal_rows(data: Path):
    rows = read_rows(MARA, data, None, seed=3)
    assert rows == read_rows(MARA, data, None, seed=3)
    assert rows.counts == {
        "persona: dialogue": 2,
        "persona: example": 1,
        "persona: asked": sum(row.source == "asked" for row in rows.train),
        "free: personachat": 2,
    }
    assert sum(row.source == "dialogue" for row in rows.held_out) == 2
    assert rows.of("entailment") == []


def test_without_anything_to_say_there_is_nothing_to_tune_on(data: Path):
    with pytest.raises(UsageError, match="no statement and no example"):
        read_rows(Persona(name="Nobody"), data, None)


def test_without_dialogues_the_folder_is_asked_for(tmp_path: Path):
    with pytest.raises(UsageError, match="personachat"):
        read_rows(MARA, tmp_path, None)


def test_files_that_do_not_go_line_by_line_are_named(data: Path):
    (data / "personachat" / "tgt-train.txt").write_text("one line\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"\[4, 1, 4\]"):
        read_rows(MARA, data, None)
