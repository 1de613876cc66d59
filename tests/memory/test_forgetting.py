"""The forgetting curve: strong memories fade more slowly."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.memory.forgetting import Trace, retention


def test_two_days_later_the_curve_gives_the_published_numbers() -> None:
    assert retention(2, 1) == pytest.approx(0.1353, abs=5e-5)  # e^-2
    assert retention(2, 2) == pytest.approx(0.3679, abs=5e-5)  # e^-1


def test_a_stronger_memory_never_fades_faster() -> None:
    kept = [retention(5, strength) for strength in (1, 2, 4, 8)]
    assert kept == sorted(kept)
    assert retention(0) == 1.0


def test_recalling_strengthens_and_starts_time_again() -> None:
    trace = Trace(0.0).recall(3.0)
    assert (trace.strength, trace.recalled_at) == (2.0, 3.0)
    assert trace.retention(3.0) == 1.0
    assert trace.retention(5.0) == pytest.approx(0.3679, abs=5e-5)


@pytest.mark.parametrize(("days", "strength"), [(-1.0, 1.0), (1.0, 0.0), (float("nan"), 1.0)])
def test_a_time_before_or_no_strength_is_an_error(days: float, strength: float) -> None:
    with pytest.raises(UsageError, match="give a time"):
        retention(days, strength)
