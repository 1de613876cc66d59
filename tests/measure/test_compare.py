"""Two runs are compared item by item."""

from __future__ import annotations

import pytest

from personae.measure.compare import compare_runs
from personae.types import Measurement


def run(**values: float) -> list[Measurement]:
    return [Measurement("m", 0.5, n=len(values), unit="share", details={"values": values})]


def test_the_difference_is_paired_by_item():
    (difference,) = compare_runs(run(a=1.0, b=1.0, c=0.5), run(a=0.0, b=0.5, c=0.5, d=0.0))
    assert difference.value == pytest.approx(0.5)
    assert difference.n == 3
    assert difference.details["unpaired"] == 1
    assert difference.details["d"] == pytest.approx(1.0)


def test_a_number_only_one_run_has_becomes_a_reason():
    (difference,) = compare_runs(run(a=1.0), [])
    assert difference.value is None
    assert difference.reason == "the other run did not measure it"
    (nothing,) = compare_runs(run(a=1.0), run(b=1.0))
    assert nothing.value is None
