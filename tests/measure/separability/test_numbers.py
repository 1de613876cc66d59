"""Effects, the regression and the features, against hand arithmetic and against another way to the same optimum."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.measure.separability import effect
from personae.measure.separability.effects import mann_whitney_p
from personae.measure.separability.linear import Vectors, fit, folds_by, out_of_fold
from personae.measure.separability.ngrams import NGrams, grams
from personae.stats import logistic

HALVES = [False] * 4 + [True] * 4


def test_d_and_g_are_those_of_hand_arithmetic() -> None:
    # low 1 2 3 4, high 3 4 5 6: difference 2; variance 1.25 over n, 5/3 over n − 1
    found = effect([1, 2, 3, 4, 3, 4, 5, 6], HALVES)
    assert found.difference == 2.0
    assert found.d == pytest.approx(2 / math.sqrt(1.25))
    assert found.g == pytest.approx((1 - 3 / 23) * 2 / math.sqrt(5 / 3))
    assert found.auc == pytest.approx(14 / 16)
    assert found.u == 14.0


def test_the_exact_test_counts_every_way_to_draw_the_ranks() -> None:
    # 3 of 6 ranks sum to 15 in one way of 20; twice the tail is 0.1
    assert mann_whitney_p(np.array([4.0, 5.0, 6.0]), np.array([1.0, 2.0, 3.0])) == pytest.approx(0.1)
    assert mann_whitney_p(np.array([1.0, 1.0]), np.array([1.0, 1.0])) == 1.0


def test_above_thirty_values_p_is_that_of_the_normal_curve_with_both_corrections() -> None:
    # 20 against 20 without ties, U = 264: z = (|264 − 200| − .5) / √(20·20·41/12) = 1.7177
    high, low = np.arange(20) + 10.5, np.concatenate([np.arange(10), np.arange(20, 30)]).astype(float)
    u = sum((a > b) + (a == b) / 2 for a in high for b in low)
    z = (abs(u - 200) - 0.5) / math.sqrt(20 * 20 * 41 / 12)
    assert mann_whitney_p(high, low) == pytest.approx(math.erfc(z / math.sqrt(2)), abs=1e-9)


def test_repeats_of_one_prompt_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(0)
    units = [number // 10 for number in range(160)]
    high = [unit % 2 == 1 for unit in units]
    scores = [rng.normal() * 0.1 + (unit % 3) + side for unit, side in zip(units, high, strict=True)]
    alone, together = effect(scores, high), effect(scores, high, units=units)
    assert together.units == 16
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_an_effect_without_spread_or_with_one_on_a_side_has_a_reason() -> None:
    assert effect([1, 1, 2, 2], [False, False, True, True]).reason == "nothing varies within the groups"
    assert effect([1, 1, 2], [False, False, True]).reason == "1 high and 2 low; an effect needs two of each"
    assert effect([1, 1, 1, 1], [False, False, True, True]).d is None
    with pytest.raises(UsageError, match="give one pole"):
        effect([1.0], [True, False])
    with pytest.raises(UsageError):
        effect([1.0, math.nan], [True, False])


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=4, max_size=40))
def test_swapping_the_poles_turns_every_sign(rows: list[tuple[int, bool]]) -> None:
    scores, high = [float(score) for score, _ in rows], [side for _, side in rows]
    one, other = effect(scores, high, resamples=20), effect(scores, [not side for side in high], resamples=20)
    if one.d is not None and other.d is not None:
        assert one.d == pytest.approx(-other.d)
        assert one.auc == pytest.approx(1 - (other.auc or 0))
        assert one.p == pytest.approx(other.p)


def test_the_regression_finds_the_optimum_of_the_one_over_features() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 12))
    high = (x[:, 0] + rng.normal(size=60)) > 0
    a, b = fit(x @ x.T, high, c=10.0)
    over_features = logistic.fit(x, high.astype(int).tolist(), C=10.0)
    assert x.T @ a == pytest.approx(over_features.weights, abs=1e-6)
    assert b == pytest.approx(over_features.intercept, abs=1e-6)


def test_a_separable_set_ends_and_is_told_right() -> None:
    x = np.array([[-5.0], [-4.0], [4.0], [5.0]])
    told = out_of_fold(Vectors(x), [[False, False, True, True]], [0, 1, 0, 1])
    assert (told[0] > 0.5).tolist() == [False, False, True, True]


def test_a_text_is_never_told_by_a_model_that_has_seen_it() -> None:
    rng = np.random.default_rng(2)
    rows, labels = rng.normal(size=(200, 50)), rng.random(200) > 0.5
    told = out_of_fold(Vectors(rows), [labels.tolist()], folds_by(list(range(200))))
    assert abs(((told[0] > 0.5) == labels).mean() - 0.5) < 0.12


def test_one_fold_and_unequal_lists_are_errors() -> None:
    x = np.eye(4)
    with pytest.raises(UsageError, match="one fold only"):
        out_of_fold(Vectors(x), [[True, False, True, False]], [0, 0, 0, 0])
    with pytest.raises(UsageError, match="give one per text"):
        out_of_fold(Vectors(x), [[True, False]], [0, 1])
    with pytest.raises(UsageError, match="both kinds"):
        fit(x, np.array([True] * 4))


def test_weights_follow_the_formula_and_words_of_the_held_out_text_count_nothing() -> None:
    texts = NGrams.of(["aa bb aa", "aa cc", "aa bb zz"], min_df=1)
    train = np.array([True, True, False])
    # train: aa in 2 texts, bb in 1, cc in 1, "aa bb" 1, "bb aa" 1, "aa cc" 1; idf = ln(3/(1+df)) + 1
    once, twice = math.log(3 / 2) + 1, 1.0
    first = np.array([(1 + math.log(2)) * twice, once, 0, once, once, 0])
    second = np.array([1.0, 0, once, 0, 0, once])
    third = np.array([1.0, once, 0, once, 0, 0])
    unit = [v / np.linalg.norm(v) for v in (first, second, third)]
    wanted = [[float(row @ column) for column in unit[:2]] for row in unit]
    assert texts.products(train).tolist() == [pytest.approx(row) for row in wanted]


def test_texts_without_a_known_word_have_no_product() -> None:
    texts = NGrams.of(["aa bb", "aa bb", ""], min_df=2)
    assert texts.products(np.array([True, True, False]))[2].tolist() == [0.0, 0.0]
    assert NGrams.of(["", ""], min_df=1).products(np.array([True, False])).tolist() == [[0.0], [0.0]]


@given(st.text())
def test_any_text_has_grams(text: str) -> None:
    words = [gram for gram in grams(text) if " " not in gram]
    assert len(grams(text)) == max(0, 2 * len(words) - 1)
