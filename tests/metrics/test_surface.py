"""BLEU and ROUGE-L against arithmetic by hand and the examples of their papers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.metrics.surface import bleu, longest_common_subsequence, rouge_l

WORDS = st.lists(st.sampled_from("abcd"), max_size=14)


def test_counts_are_clipped_as_in_the_paper():
    """Papineni et al. 2002, example 2: seven times "the" has a modified unigram precision of 2/7."""
    references = ["The cat is on the mat.", "There is a cat on the mat."]
    assert bleu("the the the the the the the", references, longest=1) == pytest.approx(2 / 7)


def test_the_first_candidate_of_the_paper():
    """Example 1: candidate 1 has 17 of 18 unigrams and 10 of 17 bigrams; the nearest reference has 18 words."""
    candidate = "It is a guide to action which ensures that the military always obeys the commands of the party"
    references = [
        "It is a guide to action that ensures that the military will forever heed Party commands",
        "It is the guiding principle which guarantees the military forces always being under the command of the Party",
        "It is the practical guide for the army always to heed the directions of the party",
    ]
    assert bleu(candidate, references, longest=1) == pytest.approx(17 / 18)
    assert bleu(candidate, references, longest=2) == pytest.approx(math.sqrt(17 / 18 * 10 / 17))


def test_four_lengths_by_hand():
    """c = 6, r = 6; 5/6, 3/5, 2/4, 1/3 → (5/6 · 3/5 · 2/4 · 1/3)^(1/4) = (1/12)^(1/4)."""
    assert bleu("the cat sat on a mat", ["the cat sat on the mat"]) == pytest.approx((1 / 12) ** 0.25)


def test_a_short_candidate_pays_for_its_length():
    """c = 3, r = 6: exp(1 − 6/3) = 1/e, all precisions 1."""
    assert bleu("the cat sat", ["the cat sat on the mat"], longest=3) == pytest.approx(math.exp(-1))


def test_of_equally_near_references_the_shorter_counts():
    assert bleu("a b c d", ["a b c", "a b c d e"], longest=1) == pytest.approx(1.0)


def test_add_one_smooths_all_but_the_unigrams():
    """ "a b" against "a c": 1/2, (0 + 1)/(1 + 1), (0 + 1)/(0 + 1), 1 → (1/4)^(1/4)."""
    assert bleu("a b", ["a c"], smoothing="add one") == pytest.approx(0.25**0.25)
    assert bleu("a b", ["a c"]) == 0.0
    assert bleu("a", ["b"], smoothing="add one") == 0.0


def test_rouge_l_by_the_example_of_its_paper():
    """Lin 2004: S2 shares "police the gunman", S3 only "the gunman"; recalls 3/4 and 2/4."""
    assert rouge_l("police kill the gunman", "police killed the gunman") == 0.75
    assert rouge_l("the gunman kill police", "police killed the gunman") == 0.5


def test_nothing_to_compare_is_an_error_and_nothing_shared_is_zero():
    for pair in (("", ["a"]), ("!", ["a"]), ("a", [])):
        with pytest.raises(UsageError):
            bleu(*pair)
    with pytest.raises(UsageError):
        bleu("a", ["a"], longest=0)
    with pytest.raises(UsageError):
        rouge_l("", "")
    assert rouge_l("a", "") == rouge_l("", "a") == rouge_l("a", "b") == 0.0


@settings(deadline=None)
@given(WORDS, WORDS)
def test_the_longest_common_subsequence_is_that_of_the_textbook(left, right):
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    assert longest_common_subsequence(left, right) == table[-1][-1]


@settings(deadline=None)
@given(WORDS.filter(bool), WORDS.filter(bool))
def test_both_figures_stay_between_nothing_and_one_and_a_text_equals_itself(left, right):
    ours, theirs = " ".join(left), " ".join(right)
    assert 0 <= bleu(ours, [theirs], smoothing="add one") <= 1 + 1e-12
    assert 0 <= rouge_l(ours, theirs) == rouge_l(theirs, ours) <= 1
    assert bleu(ours, [ours], smoothing="add one") == pytest.approx(1)
    assert rouge_l(ours, ours) == 1
