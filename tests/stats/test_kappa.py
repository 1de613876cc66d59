"""Cohen's kappa against released annotations, textbook tables and its weighted forms."""

from __future__ import annotations

import csv
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.stats.kappa import cohen_kappa


def table(counts, labels):
    cells = ((a, b, n) for a, row in zip(labels, counts, strict=True) for b, n in zip(labels, row, strict=True))
    pairs = [(a, b) for a, b, n in cells for _ in range(n)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def test_two_annotators_of_a_hundred_open_answers(data_dir):
    path = data_dir / "llm-values-pct" / "annotations" / "agreement_classification_240124.csv"
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["model"] == "gpt-3.5-turbo-1106"]
    found = cohen_kappa([row["annot1_label"] for row in rows], [row["annot2_label"] for row in rows])
    assert found.n == 100
    assert found.agreement == pytest.approx(0.950, abs=0.0005)
    assert found.value == pytest.approx(0.905, abs=0.002)


def test_a_textbook_table():
    # agreement .75, by chance .6·.65 + .4·.35 = .53: (.75 − .53) / .47
    found = cohen_kappa(*table([[50, 10], [15, 25]], "yn"))
    assert (found.agreement, found.expected) == pytest.approx((0.75, 0.53))
    assert found.value == pytest.approx(0.22 / 0.47)


def test_the_standard_error_is_that_of_the_simulation():
    rng = random.Random(0)
    pairs = list(zip(*table([[50, 10], [15, 25]], "yn"), strict=True))
    drawn = []
    for _ in range(2000):
        sample = [rng.choice(pairs) for _ in pairs]
        drawn.append(cohen_kappa([a for a, _ in sample], [b for _, b in sample]).value)
    found = cohen_kappa([a for a, _ in pairs], [b for _, b in pairs])
    mean = sum(drawn) / len(drawn)
    spread = (sum((each - mean) ** 2 for each in drawn) / len(drawn)) ** 0.5
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(spread, rel=0.05)


def test_quadratic_weights_forgive_near_misses():
    first, second = [1, 2, 3, 4, 5] * 4, [2, 3, 4, 5, 5] * 4
    plain = cohen_kappa(first, second).value
    assert plain < cohen_kappa(first, second, weights="linear").value
    assert cohen_kappa(first, second, weights="linear").value < cohen_kappa(first, second, weights="quadratic").value


def test_quadratic_kappa_is_the_icc_of_two_columns_up_to_one_part_in_n():
    # Fleiss & Cohen 1973: 1 − Σd²/n / (var₁ + var₂ + (m₁ − m₂)²), with variances over n
    first, second = [1, 2, 3, 4, 5, 3, 2, 2], [2, 2, 3, 5, 5, 2, 1, 2]
    n, m1, m2 = 8, sum(first) / 8, sum(second) / 8
    v1, v2 = sum((x - m1) ** 2 for x in first) / n, sum((x - m2) ** 2 for x in second) / n
    apart = sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) / n
    assert cohen_kappa(first, second, weights="quadratic").value == pytest.approx(
        1 - apart / (v1 + v2 + (m1 - m2) ** 2)
    )


def test_pairs_with_a_gap_are_left_out():
    assert cohen_kappa(["a", None, "b"], ["a", "b", None]).n == 1


def test_what_cannot_be_had_is_a_reason():
    assert cohen_kappa([], []).reason == "nothing was labelled by both"
    assert cohen_kappa(["a"] * 5, ["a"] * 5).reason == "both gave everything the same label"


def test_bad_input_is_refused():
    with pytest.raises(UsageError, match="no pairs"):
        cohen_kappa(["a"], [])
    with pytest.raises(UsageError, match="none of"):
        cohen_kappa(["a"], ["c"], labels=["a", "b"])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=30))
def test_kappa_is_symmetric_and_in_range(pairs):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    one, other = cohen_kappa(first, second), cohen_kappa(second, first)
    assert one.value == pytest.approx(other.value) if one.value is not None else other.value is None
    assert one.value is None or -1 - 1e-9 <= one.value <= 1 + 1e-9
