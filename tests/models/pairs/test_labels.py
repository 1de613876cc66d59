"""In which order a classifier keeps its classes is asked, not believed."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.models.pairs.labels import PROBES, check_classes, probed_order, stated_order
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL

UNNAMED = ["LABEL_0", "LABEL_1", "LABEL_2"]


def answers(order: tuple[int, int, int], sure: float = 0.8) -> np.ndarray:
    """What a model with this order says to the probes."""
    rows = np.full((6, 3), (1 - sure) / 2)
    for row, (_, _, relation) in zip(rows, PROBES, strict=True):
        row[order[relation]] = sure
    return rows


def test_two_plain_pairs_stand_for_each_relation():
    assert sorted(relation for _, _, relation in PROBES) == [0, 0, 1, 1, 2, 2]
    assert {CONTRADICTION, NEUTRAL, ENTAILMENT} == {0, 1, 2}


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_every_order_is_found_out(order):
    assert probed_order("m", UNNAMED, answers(order)) == order


def test_names_that_say_the_same_are_fine():
    assert probed_order("m", ["ENTAILMENT", "neutral", "Contradiction"], answers((2, 1, 0))) == (2, 1, 0)


def test_names_that_say_something_else_are_an_error_with_both():
    with pytest.raises(
        UsageError,
        match=r"'contradiction', 'neutral', 'entailment'.*say that they are \[entailment, neutral, contradiction\]",
    ):
        probed_order("m", ["contradiction", "neutral", "entailment"], answers((2, 1, 0)))


@pytest.mark.parametrize("probed", [np.full((6, 3), 1 / 3), np.tile([0.8, 0.1, 0.1], (6, 1))])
def test_a_model_that_tells_nothing_apart_is_an_error_with_both(probed):
    with pytest.raises(UsageError, match=r"stay unclear: it calls them \['LABEL_0'.*fit best as \["):
        probed_order("m", UNNAMED, probed)


def test_a_weak_model_may_miss_one_probe_and_not_two():
    probed = answers((2, 1, 0))
    probed[3] = probed[3][::-1]
    assert probed_order("m", UNNAMED, probed) == (2, 1, 0)
    probed[0] = probed[0][::-1]
    with pytest.raises(UsageError, match="but 2 of them disagree"):
        probed_order("m", UNNAMED, probed)


def test_two_classes_and_four_are_refused_with_the_reason():
    with pytest.raises(UsageError, match="merely not said"):
        check_classes("m", ["entailment", "not_entailment"])
    with pytest.raises(UsageError, match="4 classes"):
        check_classes("m", ["a", "b", "c", "d"])
    check_classes("m", UNNAMED)


def test_a_stated_order_names_all_three():
    assert stated_order(["neutral", "contradiction", "entailment"]) == (1, 0, 2)
    with pytest.raises(UsageError, match="once each"):
        stated_order(["neutral", "neutral", "entailment"])
