"""Scores that count kinds, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.measure.consistency.family import (
    at_1,
    c_score,
    coh_con,
    entailed_share,
    kinds_of,
    p_score,
    rcdg_reward,
    uncontradicted_share,
)

C, N, E = 0, 1, 2


def test_the_likeliest_class_is_the_kind():
    assert kinds_of([[[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]]).tolist() == [[E, C]]
    assert kinds_of([[1 / 3, 1 / 3, 1 / 3], [0.5, 0.0, 0.5]]).tolist() == [N, N]
    with pytest.raises(UsageError):
        kinds_of([[np.nan, 0.5, 0.5]])


def test_the_c_score_is_a_mean_over_replies_and_the_p_score_one_over_pairs():
    kinds = [[E, E, N], [C, N, N], [N, N, N]]
    assert c_score(kinds) == pytest.approx((2 - 1 + 0) / 3)
    assert p_score(kinds) == pytest.approx(100 * (0.5 * 2 - 0.5) / 9)
    assert entailed_share(kinds) == pytest.approx(1 / 3)
    assert uncontradicted_share(kinds) == pytest.approx(2 / 3)
    assert p_score([[E]]) == 50.0
    assert p_score([[C]]) == -50.0


def test_a_third_person_statement_is_neutral_and_changes_no_score():
    """ "She lives in Seattle" says nothing about where the speaker lives."""
    assert c_score([[N]]) == p_score([[N]]) == 0.0


def test_coherent_and_consistent_needs_both():
    found = coh_con([[E, N], [E, N], [E, C], [N, N], [E, N]], [0.5, 0.49, 0.9, 0.9, np.nan])
    assert found.marks == (2, 1, 0, 0, 1)
    assert (found.consistency, found.coh_con) == (0.6, 0.2)


def test_the_reward_weighs_naturalness_against_the_balance_of_statements():
    reward = rcdg_reward([[E, E, N, C]], [0.8], weight=0.25, baseline=0.1)
    assert reward == pytest.approx([0.25 * 0.8 + 0.75 * 0.25 - 0.1])
    released = 0.8 + 0.25 - 0.8
    assert 2 * rcdg_reward([[E, E, N, C]], [0.8], weight=0.5, baseline=0.4) == pytest.approx([released])


def test_the_kind_at_rank_one_has_its_chance_level():
    kinds = ["gold"] + ["entail"] * 10 + ["neutral"] * 10 + ["contradict"] * 10
    turns = [[float(column == top) for column in range(31)] for top in range(31)]
    shares = at_1(turns, [kinds] * 31)
    assert shares["gold"] == pytest.approx(0.032, abs=5e-4)
    assert [shares[kind] for kind in ("entail", "neutral", "contradict")] == pytest.approx([0.323] * 3, abs=5e-4)
    assert at_1([[1.0, 1.0]], [["contradict", "gold"]])["contradict"] == 1.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: c_score([]),
        lambda: c_score([[3]]),
        lambda: coh_con([[E]], [0.1, 0.2]),
        lambda: rcdg_reward([[E]], [0.5], weight=2),
        lambda: rcdg_reward([[E]], [0.5, 0.5]),
        lambda: at_1([], []),
        lambda: at_1([[1.0]], [["gold", "gold"]]),
        lambda: at_1([[1.0]], [["silver"]]),
        lambda: at_1([[float("nan")]], [["gold"]]),
    ],
)
def test_what_cannot_be_counted_is_an_error(call):
    with pytest.raises(UsageError):
        call()
