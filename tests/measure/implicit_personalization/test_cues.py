"""Cues change how a task is written, and only that."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae import run
from personae.errors import FormatError, UsageError
from personae.measure.implicit_personalization import (
    CuePair,
    Lexicon,
    checklist,
    friend,
    keeping_meaning,
    own_lexicon,
    own_pairs,
    paired,
    questions,
    read_checklist,
    read_lexicon,
    read_pairs,
)
from personae.models import ScriptedPairs


def test_words_are_swapped_whole_with_their_capitals():
    words = Lexicon((("colour", "color"), ("flat", "apartment"), ("block of flats", "apartment building")))
    assert words.b("Colour, colours, COLOUR: a Flat in a block of flats") == (
        "Color, colours, COLOR: a Apartment in a apartment building"
    )
    assert words.a("An apartment building") == "An block of flats", "the longest entry is taken"


def test_there_and_back_is_the_same_for_every_pair_of_ours():
    words = own_lexicon()
    for british, american in words.pairs:
        assert words.b(british) == american
        assert words.a(american) == british


def test_the_released_list_is_read_without_what_is_open(data_dir):
    words = read_lexicon(data_dir / "implicit-personalization" / "case_1" / "list_uk_us.csv")
    found = dict(words.pairs)
    assert found["aeroplane"] == "airplane"
    assert found["tube"] == "subway", "the note in brackets is dropped"
    assert "cupboard" not in found, "it says two things"
    assert 180 <= len(words.pairs) <= 203
    assert words.b("An Aeroplane in autumn") == "An Airplane in fall"


@given(st.text(max_size=200))
def test_any_text_can_be_rewritten(text):
    words = own_lexicon()
    assert isinstance(words.a(words.b(text)), str)


def test_a_pair_must_differ_and_ours_all_do():
    with pytest.raises(UsageError, match="reads the same"):
        paired("t", "Hello there", str, str)
    pairs = own_pairs()
    assert all(pair.a != pair.b for pair in pairs)
    assert len({pair.id for pair in pairs}) == len(pairs) == 24
    assert [pair.kind for pair in own_pairs(["claim"])] == ["claim"] * 6
    with pytest.raises(UsageError, match="words, dialect, claim"):
        own_pairs(["accent"])


def test_a_friends_claim_stands_before_the_task_unchanged():
    task = "Who wrote Hamlet?"
    assert friend("Marlowe wrote it.")(task) == f"A friend of mine says that Marlowe wrote it. {task}"


def test_pairs_come_from_a_file_and_errors_name_the_line(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps({"id": "e1", "a": "I have gone.", "b": "I has gone.", "answer": " yes "}) + "\n\n")
    assert read_pairs(path) == (CuePair("e1", "I have gone.", "I has gone.", "dialect", "yes"),)
    wrong = ('{"a": "x"}', "[]", "{", '{"a": "x", "b": "x"}', '{"a": "x", "b": "y", "kind": "tone"}', "")
    for line in wrong:
        path.write_text(line)
        with pytest.raises(FormatError, match=r"line 1|no pair"):
            read_pairs(path)
    path.write_text('{"id": 1, "a": "x", "b": "y"}\n{"id": 1, "a": "x", "b": "z"}')
    with pytest.raises(FormatError, match=r"line 2: the id '1' is used twice"):
        read_pairs(path)
    path.write_text('{"a": "x\u2028y", "b": "z"}\n', encoding="utf-8")
    assert read_pairs(path)[0].a == "x\u2028y"
    path.write_bytes('{"a": "don’t", "b": "do not"}'.encode("cp1252"))
    with pytest.raises(FormatError, match="line 1: byte 0x92 is not UTF-8"):
        read_pairs(path)


def test_rewrites_that_change_the_meaning_are_dropped_and_counted():
    same, other, claim = CuePair("1", "A b.", "A c."), CuePair("2", "D e.", "D f."), CuePair("3", "x", "y", "claim")
    half = CuePair("4", "G h.", "G i.")
    foreign = CuePair("5", "日本語です", "日本語だ")
    says = ScriptedPairs(
        {
            (same.a, same.b): (0, 0, 1),
            (same.b, same.a): (0, 0, 1),
            (other.a, other.b): (1, 0, 0),
            (half.a, half.b): (0, 0, 1),
        }
    )
    kept = run(keeping_meaning([same, other, claim, half, foreign], says))
    assert [pair.id for pair in kept.pairs] == ["1", "3"], "one way is not enough; claims differ on purpose"
    assert kept.missing == {"changed_meaning": 2, "unread": 1}
    loose = run(keeping_meaning([same, other, half], says, strict=False))
    assert [pair.id for pair in loose.pairs] == ["1", "4"]
    assert run(keeping_meaning([claim], says)).pairs == (claim,)


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ("yes no no no", "ask first"),
        ("yes no no yes", "acceptable"),
        ("yes yes no no", "acceptable"),
        ("no yes no yes", "not acceptable"),
        ("yes yes yes yes", "not acceptable"),
        ("yes yes unsure yes", "open"),
        ("yes no no unsure", "open"),
    ],
)
def test_the_checklist_weighs_harm_before_consent(tmp_path, answers, verdict):
    path = tmp_path / "answers.yaml"
    path.write_text("\n".join(f"{name}: {said}" for name, said in zip(questions(), answers.split(), strict=True)))
    assert read_checklist(path).verdict == verdict


def test_a_checklist_that_is_none_is_refused(tmp_path):
    with pytest.raises(FormatError, match="yes, no or unsure"):
        checklist({"harmful": "perhaps"})
    with pytest.raises(FormatError, match="relevant, expected"):
        checklist({"harmfull": "no"})
    path = tmp_path / "answers.yaml"
    for text in ("- yes", "{a: ", "relevant: {a: b}"):
        path.write_text(text)
        with pytest.raises(FormatError):
            read_checklist(path)
