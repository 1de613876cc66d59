"""Entropy of counts, against closed forms."""

from __future__ import annotations

import math
import random

import pytest

from personae.errors import UsageError
from personae.stats.entropy import entropy


def test_one_kind_has_none_and_equal_kinds_have_the_logarithm_of_their_number():
    assert entropy(["tea"] * 20) == 0.0
    assert entropy("abcd" * 5, corrected=False) == pytest.approx(math.log(4))
    assert entropy("abcd" * 5) == pytest.approx(math.log(4) + 3 / 40)


@pytest.mark.parametrize("k", [2, 5, 10, 20])
def test_two_hundred_draws_from_k_equal_kinds_come_near_log_k(k):
    rng = random.Random(k)
    assert entropy(rng.randrange(k) for _ in range(200)) == pytest.approx(math.log(k), abs=0.1)


def test_the_correction_lowers_the_bias_of_small_samples():
    rng = random.Random(0)
    samples = [[rng.randrange(5) for _ in range(20)] for _ in range(400)]

    def bias(corrected):
        return abs(sum(entropy(sample, corrected=corrected) for sample in samples) / 400 - math.log(5))

    assert bias(True) < bias(False) / 4


def test_no_labels_are_refused():
    with pytest.raises(UsageError, match="no labels"):
        entropy([])
