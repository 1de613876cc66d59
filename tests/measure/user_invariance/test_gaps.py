"""Gaps between two users, by hand."""

from __future__ import annotations

import time

import pytest

from personae.measure.user_invariance import gaps
from personae.measure.user_invariance.gaps import paired_shares


def test_only_questions_decided_differently_count():
    one = {"a": True, "b": True, "c": True, "d": False, "e": False, "only here": True}
    other = {"a": True, "b": False, "c": False, "d": True, "e": False}
    (gap,) = gaps({"x": (one, other)})
    assert (gap.more, gap.less, gap.discordant, gap.unpaired) == (2, 1, 3, 1)
    assert (gap.refused.value, gap.compared.value, gap.difference.value) == (0.6, 0.4, pytest.approx(0.2))
    assert gap.p == 1.0  # two-sided exact binomial of 2 in 3 is 1


def test_holm_runs_over_all_comparisons():
    no, yes = dict.fromkeys("abcdef", False), dict.fromkeys("abcdef", True)
    first, second = gaps({"moved": (no, yes), "still": (yes, yes)})
    assert (first.p, first.p_holm, second.p_holm) == (2 / 64, 4 / 64, 1.0)
    assert (second.discordant, second.difference.value) == (0, 0.0)
    assert second.difference.low < 0 < second.difference.high, "six questions do not show that nothing changed"
    assert second.detectable == 1.0


def test_without_a_common_question_there_is_no_value():
    (gap,) = gaps({"x": ({"a": True}, {"b": True})})
    assert (gap.difference.value, gap.detectable, gap.p, gap.unpaired) == (None, None, 1.0, 2)
    assert gaps({}) == ()


def test_the_interval_is_that_of_bonett_and_price():
    # by hand: n 100, more 12, less 4: (13 - 5)/102 ± 1.95996 √((18/102 − (8/102)²)/102)
    found = paired_shares(100, 12, 4)
    assert found.value == 0.08
    assert (found.low, found.high) == (pytest.approx(-0.00166, abs=2e-5), pytest.approx(0.15852, abs=2e-5))


def test_a_hundred_thousand_questions_take_seconds():
    one = {str(at): at % 3 == 0 for at in range(100_000)}
    other = {str(at): at % 5 == 0 for at in range(100_000)}
    start = time.process_time()
    (gap,) = gaps({"x": (one, other)})
    assert time.process_time() - start < 5
    assert gap.discordant == gap.more + gap.less == 33334 + 20000 - 2 * 6667
