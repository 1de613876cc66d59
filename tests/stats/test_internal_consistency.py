"""Alpha, lambda 6, omega and split-half against R's psych on published data, hand arithmetic and their own algebra."""

from __future__ import annotations

import csv
import math
import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from personae.errors import UsageError
from personae.stats.covariances import Table, moments
from personae.stats.internal_consistency import (
    complete,
    cronbach_alpha,
    guttman_lambda6,
    internal_consistency,
    item_rest,
    item_split_half,
    omega_total,
)
from personae.stats.one_factor import MOST_SHARED, minres

TURNED = {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}
PUBLISHED = {  # 2,800 people, five items per scale: alpha, lambda 6, omega with one factor
    "A": (0.703, 0.682, 0.723),
    "C": (0.727, 0.694, 0.731),
    "E": (0.762, 0.726, 0.764),
    "N": (0.814, 0.799, 0.819),
    "O": (0.600, 0.569, 0.617),
}


@pytest.fixture
def bfi(data_dir):
    """Keyed answers of 2,800 people by scale, NaN where one is missing."""
    with (data_dir / "psychtools" / "bfi.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def answer(row, id):
        return math.nan if row[id] in ("", "NA") else 7 - float(row[id]) if id in TURNED else float(row[id])

    return {
        scale: np.array([[answer(row, f"{scale}{item}") for item in range(1, 6)] for row in rows]) for scale in "ACENO"
    }


def scores(seed=0, people=300, items=6, noise=1.0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(people, 1)) + noise * rng.normal(size=(people, items))


@pytest.mark.parametrize("scale", PUBLISHED)
def test_the_coefficients_of_2800_people_are_those_of_r(bfi, scale):
    alpha, lambda6, omega = PUBLISHED[scale]
    assert cronbach_alpha(bfi[scale]).value == pytest.approx(alpha, abs=0.001)
    assert guttman_lambda6(bfi[scale]).value == pytest.approx(lambda6, abs=0.001)
    assert omega_total(bfi[scale]).value == pytest.approx(omega, abs=0.002)


def test_an_item_that_is_not_turned_falls_against_the_others(bfi):
    raw = bfi["A"].copy()
    raw[:, 0] = 7 - raw[:, 0]
    assert item_rest(raw)[0] < -0.2
    assert all(r > 0.2 for r in item_rest(bfi["A"]))
    assert cronbach_alpha(raw).value < cronbach_alpha(bfi["A"]).value - 0.2


def test_alpha_of_a_small_table_is_what_hand_arithmetic_gives():
    # variances 2, 2 and covariance 1: 2/1 · (1 − 4/6)
    table = [[0, 0], [2, 2], [0, 2], [2, 0], [3, 3], [-1, -1]]
    covariance = np.cov(np.array(table, dtype=float).T)
    expected = 2 * (1 - np.trace(covariance) / covariance.sum())
    assert cronbach_alpha(table).value == pytest.approx(expected)


def test_alpha_is_the_mean_over_all_even_splits_of_the_share_that_halves_have_in_common():
    table = scores(items=6)  # Cronbach 1951: the mean over splits of 4·cov(A, B) / var(A + B)
    total = table.sum(axis=1).var(ddof=1)
    found = []
    for half in combinations(range(6), 3):
        first = table[:, list(half)].sum(axis=1)
        second = table.sum(axis=1) - first
        found.append(4 * np.cov(first, second)[0, 1] / total)
    assert cronbach_alpha(table).value == pytest.approx(np.mean(found))


def test_split_half_is_the_mean_over_all_splits_stepped_up():
    table = scores(items=4)
    rs = [
        np.corrcoef(table[:, list(half)].sum(axis=1), np.delete(table, half, axis=1).sum(axis=1))[0, 1]
        for half in combinations(range(4), 2)
    ]
    mean = np.mean(rs)
    assert item_split_half(table).value == pytest.approx(2 * mean / (1 + mean))


def test_split_half_of_many_items_takes_seeded_splits_near_alpha():
    table = scores(items=40)
    once, again = item_split_half(table, seed=3), item_split_half(table, seed=3)
    assert once == again
    assert once.value == pytest.approx(cronbach_alpha(table).value, abs=0.01)


def test_lambda6_agrees_with_regressing_each_item_on_the_others():
    table = scores()
    z = (table - table.mean(axis=0)) / table.std(axis=0)
    unexplained = []
    for item in range(6):
        others = np.delete(z, item, axis=1)
        rest = z[:, item] - others @ np.linalg.lstsq(others, z[:, item], rcond=None)[0]
        unexplained.append((rest**2).mean())
    expected = 1 - sum(unexplained) / np.corrcoef(table.T).sum()
    assert guttman_lambda6(table).value == pytest.approx(expected)


def test_loadings_of_an_exact_factor_are_found_again():
    true = np.array([0.9, 0.5, -0.6, 0.3, 0.8])
    assert minres(np.outer(true, true)) == pytest.approx(true, abs=1e-6)


def test_no_loading_explains_a_whole_item():
    r = np.array([[1, 0.9, 0.9], [0.9, 1, 0.5], [0.9, 0.5, 1]])  # λ₁² would be .9·.9/.5
    assert minres(r).max() == pytest.approx(math.sqrt(MOST_SHARED))


def test_the_residuals_of_minres_are_least():
    r = np.corrcoef(scores(seed=4, items=5).T)
    loadings, off = minres(r), ~np.eye(5, dtype=bool)
    best = ((r - np.outer(loadings, loadings))[off] ** 2).sum()
    rng = np.random.default_rng(0)
    for _ in range(200):
        other = loadings + 0.01 * rng.normal(size=5)
        assert ((r - np.outer(other, other))[off] ** 2).sum() >= best


def test_omega_of_a_known_factor_is_the_reliability_of_the_sum():
    table = scores(people=20_000, items=8)
    assert omega_total(table).value == pytest.approx(64 / (64 + 8), abs=0.005)


def test_gaps_are_never_filled_but_counted_pair_by_pair():
    table = scores(people=500, items=4)
    rng = np.random.default_rng(1)
    table[rng.random(table.shape) < 0.2] = np.nan
    covariance = np.empty((4, 4))
    for a in range(4):
        for b in range(4):
            both = ~np.isnan(table[:, a]) & ~np.isnan(table[:, b])
            covariance[a, b] = np.cov(table[both, a], table[both, b])[0, 1] if a != b else table[both, a].var(ddof=1)
    found = cronbach_alpha(table)
    assert found.value == pytest.approx(4 / 3 * (1 - np.trace(covariance) / covariance.sum()))
    assert found.n == (~np.isnan(table)).any(axis=1).sum()


def test_a_constant_item_is_dropped_and_named():
    table = np.column_stack([scores(items=3), np.full(300, 0.1)])
    found = internal_consistency(table, n_resamples=50)
    assert found.alpha.dropped == (3,)
    assert found.alpha.value == pytest.approx(cronbach_alpha(table[:, :3]).value)
    assert found.item_rest[3] is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (np.ones((20, 5)), "0 items, after 5 without any variation; 2 are needed"),
        (np.random.default_rng(0).normal(size=(20, 1)), "1 item; 2 are needed"),
        (np.empty((0, 4)), "0 items, after 4 without"),
        (np.full((9, 3), np.nan), "0 items, after 3 without"),
        ([[1, np.nan], [2, np.nan], [np.nan, 3], [np.nan, 5]], "by no two of the same people"),
        ([[1, 2], [2, 1], [3, 0]], "cancel each other"),
    ],
)
def test_what_cannot_be_had_is_a_reason(table, said):
    found = cronbach_alpha(table)
    assert found.value is None
    assert said in found.reason


def test_an_item_that_repeats_another_makes_lambda6_and_omega_a_reason():
    table = scores(items=4)
    table[:, 3] = table[:, 2]
    assert "singular" in guttman_lambda6(table).reason
    assert "singular" in omega_total(table).reason
    assert cronbach_alpha(table).value is not None


def test_fewer_people_than_items_make_lambda6_a_reason():
    assert "singular" in guttman_lambda6(scores(people=10, items=12)).reason


def test_a_positional_responder_among_keyed_items_has_no_reliability():
    answers = np.tile([5.0, 1.0], (50, 3))  # "always the first option", half of the items turned
    assert internal_consistency(answers).alpha.value is None


def test_infinity_and_other_shapes_are_refused():
    for bad in ([[1.0, math.inf]], [1.0, 2.0], np.zeros((2, 2, 2))):
        with pytest.raises(UsageError):
            cronbach_alpha(bad)


def test_intervals_cover_the_true_reliability_as_often_as_they_say():
    rng = np.random.default_rng(0)
    true, hits = 6 / 7, 0  # six items with as much noise as signal
    for seed in range(120):
        table = rng.normal(size=(150, 1)) + rng.normal(size=(150, 6))
        alpha = internal_consistency(table, seed=seed, n_resamples=200).alpha
        hits += alpha.low <= true <= alpha.high
    assert hits >= 0.88 * 120


def test_blocks_of_many_people_give_the_interval_of_single_people():
    table = scores(people=3000, items=5)
    blocks = internal_consistency(table, n_resamples=600).alpha
    rng = np.random.default_rng(0)
    single = [cronbach_alpha(table[rng.integers(0, 3000, 3000)]).value for _ in range(600)]
    low, high = np.quantile(single, [0.025, 0.975])
    assert (blocks.low, blocks.high) == pytest.approx((low, high), abs=0.15 * (high - low))


def test_units_are_drawn_whole_and_widen_the_interval():
    rng = np.random.default_rng(0)
    models = np.repeat(np.arange(12), 25)
    table = rng.normal(size=(12, 5))[models] + 0.3 * rng.normal(size=(300, 5))
    rows = internal_consistency(table, n_resamples=300).alpha
    whole = internal_consistency(table, n_resamples=300, units=models.tolist()).alpha
    assert whole.value == rows.value
    assert whole.high - whole.low > 2 * (rows.high - rows.low)


def test_one_unit_alone_gives_no_interval():
    found = internal_consistency(scores(), n_resamples=100, units=["one"] * 300)
    assert (found.alpha.low, found.alpha.high) == (None, None)


def test_labels_that_do_not_fit_the_people_are_refused():
    with pytest.raises(UsageError, match="one label per row"):
        internal_consistency(scores(), units=["a"])


def test_lambda6_gets_no_interval_where_drawing_again_changes_what_it_measures():
    found = internal_consistency(scores(people=100, items=60), n_resamples=100)
    assert found.lambda6.value is not None
    assert found.lambda6.low is None


def test_a_hundred_thousand_people_take_seconds():
    table = np.round(scores(people=100_000, items=60))
    began = time.process_time()
    found = internal_consistency(table, n_resamples=50)
    assert time.process_time() - began < 10
    assert found.alpha.value == pytest.approx(60 / 61, abs=0.002)
    assert found.alpha.high - found.alpha.low < 0.001


def test_complete_cases_are_those_without_a_gap():
    assert complete([[1, 2], [np.nan, 3], [4, 5]]).tolist() == [[1, 2], [4, 5]]


TABLES = arrays(np.float64, st.tuples(st.integers(3, 30), st.integers(2, 6)), elements=st.integers(1, 5).map(float))


@given(TABLES, st.floats(-100, 100), st.floats(0.01, 100))
def test_alpha_does_not_change_when_all_items_are_shifted_and_scaled(table, shift, scale):
    before, after = cronbach_alpha(table), cronbach_alpha(table * scale + shift)
    if before.value is not None and after.value is not None:
        assert after.value == pytest.approx(before.value, rel=1e-6, abs=1e-6)


@given(TABLES)
def test_every_coefficient_is_a_value_in_its_range_or_a_reason(table):
    found = internal_consistency(table, n_resamples=0)
    for each in (found.alpha, found.lambda6, found.omega, found.split_half):
        assert (each.value is None) != (each.reason is None)
    assert found.alpha.value is None or found.alpha.value <= 1 + 1e-9
    assert found.omega.value is None or 0 <= found.omega.value <= 1
    assert all(r is None or -1 <= r <= 1 for r in found.item_rest)


@given(TABLES, st.randoms())
def test_the_order_of_people_and_items_does_not_matter(table, random):
    rows, columns = list(range(len(table))), list(range(table.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    before, after = cronbach_alpha(table), cronbach_alpha(table[rows][:, columns])
    assert (before.value is None) == (after.value is None)
    if before.value is not None:
        assert after.value == pytest.approx(before.value, rel=1e-6, abs=1e-6)


@given(TABLES)
def test_pairwise_correlations_are_those_of_numpy_where_nothing_is_missing(table):
    kept = Table.of(table)
    if len(kept.kept) > 1:
        expected = np.corrcoef(table[:, list(kept.kept)].T)
        assert moments(kept).correlations == pytest.approx(expected, abs=1e-9)
