"""Numbers about labels, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from personae.metrics.classification import accuracy, calibration_error, macro_f1


def test_macro_f1_is_the_plain_mean_of_the_classes() -> None:
    # class 0: 2·1/(2+1) = 2/3, class 1: 2·1/(1+2) = 2/3, class 2: 2·1/(1+1) = 1
    assert macro_f1([0, 1, 1, 2], [0, 0, 1, 2]) == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_a_class_that_is_never_told_counts_nothing() -> None:
    assert macro_f1([0, 1, 2], [0, 0, 0]) == pytest.approx(0.5 / 3)


def test_calibration_error_is_the_gap_between_sure_and_right() -> None:
    sure = np.array([[0.95, 0.05]] * 10)
    assert calibration_error(sure, [0] * 10) == pytest.approx(0.05)
    assert calibration_error(sure, [1] * 10) == pytest.approx(0.95)


def test_a_certain_row_falls_into_the_last_bin() -> None:
    assert calibration_error([[1.0, 0.0]], [0]) == 0


def test_lists_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 and 1"):
        accuracy([0, 1], [0])
