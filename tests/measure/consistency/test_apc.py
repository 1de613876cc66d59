"""APC and its relatives, held to hand arithmetic and to the published table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.measure.consistency.apc import (
    apc,
    apc_of_asked,
    apc_share,
    apc_terms,
    delta_apc,
    delta_apc_per_asked,
    over_turns,
)

ASKED, ENTAILED, CONTRADICTED = (0.9, 0.2, 0.05), (0.8, 0.1, 0.02), (0.05, 0.6, 0.01)

#: (ΔAPC of the small model, human score) for seven systems, and the number of statements; published.
TABLE = {
    "Alice": (8, (0.7, 2.6, 2.6, 2.8, 2.7, 2.8, 2.9), (1.8, 6.4, 6.8, 6.8, 6.8, 7.6, 7.6)),
    "Bob": (19, (1.1, 3.4, 4.5, 4.0, 3.8, 5.3, 5.2), (1.8, 6.2, 7.2, 6.8, 6.8, 7.8, 8.2)),
    "Eve": (30, (0.7, 3.6, 3.9, 4.8, 3.9, 5.1, 5.8), (2.0, 4.6, 5.0, 5.8, 5.2, 6.6, 7.0)),
}


def test_the_terms_are_those_worked_out_by_hand():
    assert apc_terms(ASKED, ENTAILED, CONTRADICTED) == pytest.approx([0.815, 0.340, 0.9415], abs=1e-6)
    assert float(apc(ASKED, ENTAILED, CONTRADICTED)) == pytest.approx(2.0965, abs=1e-6)
    assert float(delta_apc(ASKED, ENTAILED, CONTRADICTED)) == pytest.approx(0.2465, abs=1e-6)


def test_normalised_forms_divide_by_the_statements_and_by_what_was_asked():
    assert float(apc_share(ASKED, ENTAILED, CONTRADICTED)) == pytest.approx(2.0965 / 3, abs=1e-6)
    assert delta_apc_per_asked(ASKED, ENTAILED, CONTRADICTED) == pytest.approx(0.2465 / 1.15, abs=1e-6)
    assert apc_of_asked(ASKED, ENTAILED, CONTRADICTED) == pytest.approx(0.815, abs=1e-6)


def test_with_certainties_apc_counts_satisfied_statements():
    asked = [1, 1, 0, 0, 0, 1]
    entailed = [1, 0, 0, 1, 0, 0]
    contradicted = [0, 0, 1, 0, 0, 1]
    assert float(apc(asked, entailed, contradicted)) == 3.0  # shown when asked; unasked and uncontradicted twice
    assert float(delta_apc(asked, entailed, contradicted)) == 0.0


cells = st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=1, max_size=8)


@given(cells)
def test_delta_is_apc_less_that_of_a_reply_neutral_to_everything(drawn):
    asked, entailed, contradicted = (np.array(column) for column in zip(*drawn, strict=True))
    neutral = np.zeros(len(drawn))
    gained = apc(asked, entailed, contradicted) - apc(asked, neutral, neutral)
    assert float(delta_apc(asked, entailed, contradicted)) == pytest.approx(float(gained), abs=1e-9)
    assert 0.0 <= float(apc(asked, entailed, contradicted)) <= len(drawn) + 1e-9


@given(cells)
def test_with_certainties_apc_is_a_whole_number(drawn):
    asked, entailed, contradicted = (np.round(column) for column in zip(*drawn, strict=True))
    counted = float(apc(asked, entailed, contradicted))
    assert counted == int(counted)


def test_a_matrix_gives_one_number_per_reply_and_a_reply_to_nothing_gives_none():
    asked = [[1.0, 0.0], [np.nan, np.nan]]
    entailed, contradicted = [[1.0, 0.0], [1.0, 0.0]], [[0.0, 0.5], [0.0, 0.5]]
    values = apc(asked, entailed, contradicted)
    assert values[0] == 1.5
    assert np.isnan(values[1])
    assert over_turns(values).n == 1
    assert delta_apc_per_asked(asked, entailed, contradicted) == pytest.approx(0.5)
    assert over_turns([np.nan]) is None


def test_nothing_asked_has_no_normalised_delta():
    assert delta_apc_per_asked([0.0], [0.0], [0.9]) is None
    assert apc_of_asked([0.4], [0.0], [0.9]) is None


def test_turns_have_a_mean_a_minimum_and_a_slope():
    followed = over_turns([3.0, np.nan, 2.0, 1.0])
    assert (followed.mean, followed.minimum, followed.n) == (2.0, 1.0, 3)
    assert followed.slope == pytest.approx(-9 / 14)  # hand: turns 0, 2, 3 around 5/3
    assert over_turns([1.0]).slope is None


@pytest.mark.parametrize(
    "bad", [([0.1], [0.1, 0.2], [0.1]), ([1.1], [0.1], [0.1]), ([0.1], [np.nan], [0.1]), ([], [], [])]
)
def test_what_is_no_probability_or_has_no_shape_is_an_error(bad):
    with pytest.raises(UsageError):
        apc(*bad)


def test_the_published_table_shows_why_personas_are_normalised_before_they_are_compared():
    def pearson(a, b):
        return float(np.corrcoef(a, b)[0, 1])

    within = [pearson(delta, human) for _, delta, human in TABLE.values()]
    assert within == pytest.approx([0.991, 0.975, 0.994], abs=1e-3)
    human = np.concatenate([row[2] for row in TABLE.values()])
    pooled = np.concatenate([row[1] for row in TABLE.values()])
    shares = np.concatenate([np.array(row[1]) / row[0] for row in TABLE.values()])
    assert pearson(pooled, human) == pytest.approx(0.706, abs=1e-3)
    assert pearson(shares, human) == pytest.approx(0.815, abs=1e-3)
