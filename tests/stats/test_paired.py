"""Paired comparisons, held to counts that can be made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.stats.paired import cohen_dz, compare, mcnemar, mean_ranks, sign_flip, wilcoxon


def test_mcnemar_is_the_binomial_of_the_discordant_pairs():
    assert mcnemar(1, 9) == pytest.approx(2 * (1 + 10) / 1024)
    assert mcnemar(5, 5) == pytest.approx(1.0)
    assert mcnemar(0, 0) == 1.0
    with pytest.raises(UsageError):
        mcnemar(-1, 2)


def test_wilcoxon_has_its_counted_values_on_small_samples():
    assert wilcoxon([1, 2, 3, 4, 5, 6]) == pytest.approx(2 / 64)
    assert wilcoxon([-1, 2, 3, 4, 5, 6]) == pytest.approx(2 * 2 / 64)  # rank sums 0 and 1
    assert wilcoxon([1, -1]) == 1.0
    assert wilcoxon([0, 0]) == 1.0


def test_wilcoxon_drops_zeros():
    assert wilcoxon([0, 1, 2, 3, 4, 5]) == wilcoxon([1, 2, 3, 4, 5])


def test_wilcoxons_approximation_meets_the_exact_count():
    rng = np.random.default_rng(1)
    differences = list(rng.normal(0.25, 1, size=50))
    exact = wilcoxon(differences)
    approximate = wilcoxon([*differences, 1e-9])  # one more, hardly any weight: 51 take the normal way
    assert exact == pytest.approx(approximate, abs=0.01)


def test_equal_values_share_their_mean_rank():
    assert list(mean_ranks([3.0, 1.0, 3.0, 3.0])) == [3.0, 1.0, 3.0, 3.0]


def test_sign_flips_are_counted_out_for_few_pairs():
    assert sign_flip([1.0] * 6) == pytest.approx(2 / 64)
    assert sign_flip([1.0, -1.0]) == 1.0


def test_drawn_sign_flips_agree_with_the_counted_ones():
    differences = list(np.random.default_rng(2).normal(0.5, 1, size=14))
    exact = sign_flip(differences)
    drawn = sign_flip([*differences, 0.0], n_flips=40_000)  # a zero changes nothing but the way
    assert drawn == pytest.approx(exact, abs=0.01)


def test_a_comparison_counts_what_only_one_side_has():
    result = compare({"a": 1.0, "b": 2.0, "x": 9.0}, {"a": 0.0, "b": 0.0, "y": 1.0})
    assert (result.difference, result.n, result.unpaired) == (1.5, 2, 2)
    assert result.d == pytest.approx(1.5 / np.std([1, 2], ddof=1))


def test_a_comparison_without_shared_items_is_a_reason():
    result = compare({"a": 1.0}, {"b": 1.0})
    assert (result.difference, result.p, result.n, result.unpaired) == (None, None, 0, 2)
    assert "both" in result.reason


def test_a_constant_difference_has_no_effect_size():
    result = compare({"a": 1.1, "b": 2.1, "c": 0.4}, {"a": 1.0, "b": 2.0, "c": 0.3})
    assert result.d is None
    assert result.difference == pytest.approx(0.1)
    assert cohen_dz([0.5]) is None


def test_swapping_the_sides_swaps_the_sign_and_keeps_p():
    rng = np.random.default_rng(5)
    a = {str(i): float(v) for i, v in enumerate(rng.normal(0.4, 1, 12))}
    b = {str(i): float(v) for i, v in enumerate(rng.normal(0.0, 1, 12))}
    there, back = compare(a, b), compare(b, a)
    assert there.difference == pytest.approx(-back.difference)
    assert there.d == pytest.approx(-back.d)
    assert there.p == pytest.approx(back.p)


def test_about_one_in_twenty_null_comparisons_is_significant():
    rng = np.random.default_rng(7)
    hits = sum(sign_flip(rng.normal(size=10)) <= 0.05 for _ in range(400))
    assert 0.02 <= hits / 400 <= 0.085
