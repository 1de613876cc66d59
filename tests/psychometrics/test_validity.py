"""Validity: published relations have the signs expected; simulated traits are told apart, one general factor is not."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from personae.errors import UsageError
from personae.psychometrics.validity import validity


def heard(true, noise, seed):
    rng = np.random.default_rng(seed)
    return {trait: values + noise * rng.normal(size=len(values)) for trait, values in true.items()}


@pytest.fixture
def true():
    rng = np.random.default_rng(0)
    return {trait: rng.normal(size=300) for trait in "EACNO"}


def test_traits_that_two_methods_hear_are_separable(true):
    found = validity(heard(true, 0.4, 1), heard(true, 0.4, 2), n_resamples=100)
    assert found.traits == tuple("EACNO")
    assert found.separable
    assert all(each.value > 0.8 and each.low < each.value < each.high for each in found.matrix.by_trait)


def test_a_respondent_who_shows_one_general_goodness_is_not_separable(true):
    general = dict.fromkeys("EACNO", true["E"])
    found = validity(heard(general, 0.4, 1), heard(general, 0.4, 2), n_resamples=100)
    assert found.matrix.convergent.value > 0.8
    assert found.separable is False


def test_criteria_are_shown_contradicted_or_open(true):
    outside = {
        "positive_affect": true["E"] + true["O"],
        "negative_affect": true["N"] + 3 * true["A"],
        "aggression": true["A"],
        "achievement": np.random.default_rng(9).normal(size=300),
    }
    found = validity(true, heard(true, 0.4, 1), outside, n_resamples=200)
    said = {(each.trait, each.outside): each.shown for each in found.criteria}
    assert said["E", "positive_affect"] is True
    assert said["A", "aggression"] is False
    assert said["N", "negative_affect"] is True
    assert said["C", "achievement"] in (None, False)
    assert ("O", "creativity") not in said


def test_many_respondents_of_few_models_show_less(true):
    models = [i // 60 for i in range(300)]
    level = np.random.default_rng(4).normal(size=5)[np.array(models)]
    own = {"E": level + 0.1 * true["E"], "N": true["N"]}
    outside = {"positive_affect": level + 0.1 * true["O"]}
    rows, whole = (validity(own, own, outside, units=units, n_resamples=200).criteria[0].r for units in (None, models))
    assert whole.value == rows.value
    assert whole.low is None or whole.high - whole.low > rows.high - rows.low


def test_columns_that_do_not_fit_are_refused(true):
    with pytest.raises(UsageError, match="share 1"):
        validity({"E": [1.0], "N": [1.0]}, {"E": [1.0]})
    with pytest.raises(UsageError, match="differ in length"):
        validity({"E": [1.0, 2.0], "N": [1.0, 2.0]}, {"E": [1.0], "N": [1.0]})


SIGNS = {  # file of the trait → criterion as the file calls it → expected sign
    "EXT": {"PA": 1, "NA": -1},
    "AGR": {"PHYS": -1, "VRBL": -1},
    "CON": {"ACHV": 1},
    "NEU": {"NA": 1},
}


@pytest.mark.parametrize("model", ["flan_palm_540b_q", "gpt-4o"])
def test_large_models_have_the_published_signs(data_dir, model):
    for trait, expected in SIGNS.items():
        with (data_dir / "google-personality" / f"external_validity_{trait}.csv").open(encoding="utf-8") as file:
            rows = {row["Scale"]: row for row in csv.DictReader(file)}
        for criterion, sign in expected.items():
            assert float(rows[criterion][model]) * sign > 0.3
