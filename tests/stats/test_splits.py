"""Splits that keep apart what belongs together, and the leak checker on planted leaks."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.stats.splits import SHARES, by_dialogue, by_persona, clean, leaks, normalised, shared


def parts_of(split, labels):
    return {name: {labels[i] for i in rows} for name, rows in zip(("train", "valid", "test"), split, strict=True)}


def cast(n, seed=1):
    """Dialogues of two, six turns each: each character talks to the next few of their own film."""
    rng = random.Random(seed)
    pairs = [(f"c{film}.{a}", f"c{film}.{b}") for film in range(40) for a, b in ((0, 1), (1, 2), (0, 2), (2, 1))]
    chosen = [rng.choice(pairs) for _ in range(n)]
    return [pair for pair in chosen for _ in range(6)], [number for number in range(n) for _ in range(6)]


def test_a_dialogue_is_never_cut():
    labels = [f"d{row // 7}" for row in range(700)]
    split = by_dialogue(labels, seed=3)
    assert shared(parts_of(split, labels)) == {}
    assert sorted(row for part in split for row in part) == list(range(700))


def test_the_shares_are_met():
    split = by_dialogue([row // 4 for row in range(4000)], seed=0)
    assert [len(part) for part in split] == [3200, 400, 400]


def test_the_same_seed_splits_the_same_and_another_does_not():
    labels = list(range(500))
    assert by_dialogue(labels, seed=1) == by_dialogue(labels, seed=1) != by_dialogue(labels, seed=2)


def test_between_characters_no_character_is_in_two_sets():
    characters, dialogues = cast(600)
    split = by_persona(characters, dialogues, kind="inter", seed=5)
    assert (
        shared({name: {who for row in rows for who in row} for name, rows in parts_of(split, characters).items()}) == {}
    )
    assert shared(parts_of(split, dialogues)) == {}
    assert all(len(part) == pytest.approx(share * 3600, rel=0.35) for part, share in zip(split, SHARES, strict=True))


def test_within_characters_everybody_tested_was_trained_on_in_other_dialogues():
    characters, dialogues = cast(600)
    split = by_persona(characters, dialogues, kind="intra", seed=5)
    people = {name: {who for row in rows for who in row} for name, rows in parts_of(split, characters).items()}
    assert people["valid"] | people["test"] <= people["train"]
    assert shared(parts_of(split, dialogues)) == {}
    assert [len(part) for part in split] == [2880, 360, 360]


def test_a_cast_in_which_everybody_meets_everybody_cannot_be_split():
    with pytest.raises(UsageError, match="1 groups of characters who never meet cannot be put into 3 sets"):
        by_persona([("a", "b"), ("b", "c"), ("c", "a")], [1, 2, 3], kind="inter", seed=0)


def test_characters_with_one_dialogue_stay_in_training():
    with pytest.raises(UsageError, match="no character has enough dialogues"):
        by_persona([("a",), ("b",), ("c",)], [1, 2, 3], kind="intra", seed=0)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.2, 0.1), (1.2, -0.1, -0.1)])
def test_shares_are_three_and_sum_to_one(shares):
    with pytest.raises(UsageError, match="sum to 1"):
        by_dialogue(range(10), seed=0, shares=shares)


def test_a_set_may_be_left_out():
    split = by_dialogue(range(10), seed=0, shares=(0.7, 0.0, 0.3))
    assert [len(part) for part in split] == [7, 0, 3]


TRAIN = [
    ("Where do you live?", "I live by the sea, in Porto."),
    ("What do you do?", "I 'm a nurse at the city hospital ."),
    ("Hi!", "Hello."),
    ("Do you have any pets at home?", "Two cats and a very old parrot."),
]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("Where do you live?", "I live by the sea, in Porto."), ("pair", "exact", 0)),
        (("where do you LIVE?", "i live by the sea, in porto."), ("pair", "case", 0)),
        (("What do you do ?", "I'm a nurse at the city hospital."), ("pair", "spacing", 1)),
        (("Hi", "hello!"), ("pair", "punctuation", 2)),
        (("I live by the sea, in Porto.", "Where do you live?"), ("pair", "exact", 0)),
        (("And your animals?", "Two cats and a very old parrot."), ("utterance", "exact", 3)),
        (("Do you have any pets at home?", "None at all, I am allergic."), ("utterance", "exact", 3)),
        (("So?", "two cats, and a very old parrot"), ("utterance", "punctuation", 3)),
        (("Hi!", "Good evening to you."), None),
        (("Where do you work?", "I live by a lake."), None),
    ],
)
def test_every_planted_leak_is_found_and_nothing_else(row, found):
    assert [(leak.what, leak.how, leak.left) for leak in leaks(TRAIN, [row])] == ([found] if found else [])


def test_a_leaking_training_row_is_left_out():
    test = [("What do you do ?", "I'm a nurse at the city hospital."), ("?", "Two cats and a very old parrot!")]
    assert clean(TRAIN, test) == (0, 2)
    kept = [TRAIN[row] for row in clean(TRAIN, test)]
    assert leaks(kept, test) == ()


def test_a_short_utterance_leaks_where_it_is_asked_for():
    assert leaks(TRAIN, [("Oh?", "Hello.")], min_words=1)[0].what == "utterance"


@given(
    st.text(max_size=30), st.sampled_from([str.upper, str.lower, lambda t: t.replace(" ", "  "), lambda t: f" {t} "])
)
def test_case_and_spacing_do_not_count(text, change):
    if normalised(text.upper()) == normalised(text.lower()):
        assert normalised(change(text)) == normalised(text)


@given(st.lists(st.tuples(st.text("ab c", max_size=9), st.text("ab c", max_size=9)), max_size=12), st.integers(0, 4))
def test_what_is_clean_does_not_leak(rows, cut):
    left, right = rows[cut:], rows[:cut]
    kept = [left[row] for row in clean(left, right, min_words=1)]
    assert leaks(kept, right, min_words=1) == ()


def test_a_hundred_thousand_rows_take_seconds():
    rng = random.Random(0)
    vocabulary = [f"word{number}" for number in range(3000)]

    def sentence():
        return " ".join(rng.choices(vocabulary, k=12))

    rows = [(sentence(), sentence()) for _ in range(100_000)]
    started = time.process_time()
    split = by_dialogue([row // 10 for row in range(len(rows))], seed=1)
    train, _, test = split.take(rows)
    planted = [(train[0][0].upper(), test[0][1]), (test[1][0], train[1][1].replace(" ", "  "))]
    found = leaks(train, test[2:] + planted)
    assert [leak.left for leak in found] == [0, 1]
    assert time.process_time() - started < 15


def test_the_released_split_of_prodigy_is_disjoint(data_dir):
    from personae.persona.formats.prodigy import partitions

    parts = partitions((data_dir / "prodigy" / "inter_character_partitions.json").read_bytes())
    assert {name: len(set(ids)) for name, ids in parts.items()} == {"train": 16_744, "valid": 2_053, "test": 2_053}
    assert shared(parts) == {}
