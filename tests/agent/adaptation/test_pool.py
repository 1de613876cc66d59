"""The pool: what may be in it, and what it offers to a question."""

from __future__ import annotations

import json

import pytest
from stubs.bag import BagOfWords

from personae.agent.adaptation.pool import Pool, covering
from personae.errors import FormatError, UnsafeFile, UsageError
from personae.metrics.text import words
from personae.persona.kinds import kind_of


def test_ours_has_more_than_three_hundred_different_facts_across_life():
    facts = Pool.ours().facts
    assert len(facts) >= 300
    assert len({" ".join(words(fact)) for fact in facts}) == len(facts)
    assert len({kind_of(fact) for fact in facts}) >= 18
    assert all(3 <= len(fact.split()) <= 12 for fact in facts)


def test_bm25_is_what_hand_arithmetic_gives():
    # "dog" stands in 1 of 2 facts: idf = ln(1 + 1.5/1.5) = .6931; both facts have 4 words, so the norm is k1 = 1.2
    scores = Pool(("I have a dog.", "I have a cat.")).bm25("dog?")
    assert scores == pytest.approx([0.6931 * 2.2 / 2.2, 0.0], abs=1e-4)


def test_without_an_embedder_facts_without_a_common_word_are_left_out():
    pool = Pool(("I have a dog.", "I grow roses.", "My dog is old."))
    assert [pool.facts[index] for index, _ in pool.nearest("dog", 5)] == ["I have a dog.", "My dog is old."]
    assert pool.nearest("dog", 5)[0][1] == 1.0
    assert pool.nearest("???", 5) == []


def test_with_an_embedder_the_similarity_is_the_cosine():
    (first, *_) = Pool(("I have a dog.", "I grow roses.")).nearest("I have a dog", 2, BagOfWords())
    assert first == (0, pytest.approx(1.0))


def test_the_first_fact_is_the_one_nearest_to_all_that_may_be_the_answer():
    facts = ["I have a dog.", "I have a big dog.", "I have two big dogs.", "We sail."]
    assert covering(facts, [0.5, 0.5, 0.5, 0.5], 1) == [1]
    assert covering(facts, [0.1, 0.1, 0.1, 0.9], 1) == [3]


def test_further_facts_add_what_the_first_lacks():
    facts = ["I have a dog.", "I have a big dog.", "We sail."]
    assert covering(facts, [0.5, 0.5, 0.45], 2) == [0, 2]
    assert sorted(covering(facts, [0.5, 0.5, 0.45], 9)) == [0, 1, 2]
    assert covering([], [], 3) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pool.txt", "I have a dog.\ni have a DOG\n\nShe sings.\nI grow roses.\nhm\n"),
        ("pool.json", json.dumps({"1": [["I have a dog.", "I have a dog."], ["I grow roses."]], "n": 3})),
        ("pool.yaml", "pets: [I have a dog.]\ngarden:\n  deep: [I grow roses.]\n"),
        ("convai.txt", "1 your persona: I have a dog.\n2 partner's persona: I grow roses.\n3 hi there .\thello !\n"),
        ("joined.txt", "I have a dog.</s>I grow roses.\n"),
    ],
)
def test_a_users_pool_is_read_in_every_shape(tmp_path, name, text):
    (tmp_path / name).write_text(text, "utf-8")
    assert {" ".join(words(fact)) for fact in Pool.read(tmp_path / name).facts} == {"i have a dog", "i grow roses"}


@pytest.mark.parametrize("name", ["pool.txt", "pool.yaml"])
def test_a_file_without_facts_is_an_error(tmp_path, name):
    (tmp_path / name).write_text("She sings.\n")
    with pytest.raises(FormatError, match="no short fact"):
        Pool.read(tmp_path / name)


@pytest.mark.parametrize("text", ["a: [b\nc: }", "a: &a [I am here]\nb: [*a, *a]\n", "a: !!python/object:os.system x"])
def test_yaml_that_is_broken_or_a_trap_is_refused(tmp_path, text):
    (tmp_path / "pool.yaml").write_text(text)
    with pytest.raises(FormatError, match=r"pool\.yaml"):
        Pool.read(tmp_path / "pool.yaml")


def test_a_huge_file_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("personae.agent.adaptation.pool.MAX_BYTES", 10)
    (tmp_path / "pool.txt").write_text("I have a dog.")
    with pytest.raises(UnsafeFile, match="larger"):
        Pool.read(tmp_path / "pool.txt")


def test_an_empty_pool_is_an_error():
    with pytest.raises(UsageError, match="pool is empty"):
        Pool(())


def test_the_pool_of_a_profile_collection_is_large(data_dir):
    assert len(Pool.read(data_dir / "personachat" / "valid_personas.json").facts) > 400
