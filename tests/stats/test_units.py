"""Pooled, between and within units: the released answers of twelve models, and simulations that hide one in another."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from personae.errors import UsageError
from personae.stats.intraclass import icc_1
from personae.stats.units import by_level, by_unit, dependence, explained, p_of_r, within_sd

TRAITS = ("openeness", "consciencienes", "extraversion", "agreeableness", "neuroticism")  # as the files spell them
TASKS = ("CCT_cold_avg", "IAT_Overall", "sycophancy_rate", "Calibaration", "Consistency")


@pytest.fixture
def illusion(data_dir):
    """Columns of the released baseline answers: instruct models (report and tasks, row by row) and base models."""
    folder = data_dir / "personality-illusion" / "data" / "baseline_responses"

    def columns(name):
        with (folder / name).open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        numbers = [key for key in rows[0] if key in (*TRAITS, *TASKS, "self_regulation")]
        return {
            key: [float(row[key]) if key in numbers else row[key] for row in rows]
            for key in ("Model", "temp", "run", *numbers)
        }

    names = ("instruct_models_selfreport", "instruct_models_behavioral_tasks", "base_models_selfreport")
    report, tasks, base = (columns(f"{name}.csv") for name in names)
    for key in ("Model", "temp", "run"):
        assert report[key] == tasks[key]
    return report, tasks, base


def test_of_thirty_associations_of_report_and_task_none_holds_between_models(illusion):
    report, tasks, _ = illusion
    found = [
        by_level(report[trait], tasks[task], report["Model"])
        for trait in (*TRAITS, "self_regulation")
        for task in TASKS
    ]
    significant = [sum(getattr(each, level).p < 0.05 for each in found) for level in ("pooled", "within", "between")]
    assert significant == [20, 11, 0]
    assert {each.units for each in found} == {12}


def test_most_of_the_variance_of_reports_lies_between_models(illusion):
    report, _, _ = illusion
    found = [icc_1(by_unit(report[trait], report["Model"])).value for trait in TRAITS]
    assert found == pytest.approx([0.889, 0.873, 0.648, 0.757, 0.583], abs=0.001)
    assert "324 rows come from 12 models" in dependence(report["openeness"], report["Model"]).warning("model")


def test_instruct_models_report_themselves_more_evenly_than_base_models(illusion):
    report, _, base = illusion
    before = [within_sd(base[trait], base["Model"]) for trait in TRAITS]
    after = [within_sd(report[trait], report["Model"]) for trait in TRAITS]
    assert before == pytest.approx([0.407, 0.385, 0.396, 0.399, 0.418], abs=0.001)
    assert after == pytest.approx([0.166, 0.165, 0.143, 0.229, 0.189], abs=0.001)


def test_self_regulation_follows_the_traits_of_instruct_models_only(illusion):
    report, _, base = illusion
    found = [
        explained(np.column_stack([columns[trait] for trait in TRAITS]), columns["self_regulation"])
        for columns in (base, report)
    ]
    assert found == pytest.approx([0.195, 0.670], abs=0.001)


def test_what_lies_between_units_only_is_not_found_within():
    rng = np.random.default_rng(0)
    models = np.repeat(np.arange(20), 30)
    level = rng.normal(size=20)[models]
    found = by_level(level + 0.3 * rng.normal(size=600), level + 0.3 * rng.normal(size=600), models.tolist())
    assert found.pooled.p < 1e-6
    assert found.between.p < 1e-6
    assert abs(found.within.r) < 0.1
    assert (found.pooled.df, found.between.df, found.within.df) == (598, 18, 579)


def test_what_lies_within_units_only_is_not_found_between():
    rng = np.random.default_rng(0)
    models = np.repeat(np.arange(8), 50)
    own = rng.normal(size=400)
    own -= by_unit(own, models.tolist()).mean(axis=1)[models]
    found = by_level(own, own + 0.5 * rng.normal(size=400), models.tolist(), how="pearson")
    assert found.within.r > 0.8
    assert not found.between.p or found.between.p > 0.01 or found.between.reason


def test_p_values_are_uniform_where_nothing_is_associated():
    rng = np.random.default_rng(0)
    models = np.repeat(np.arange(10), 10).tolist()
    found = [by_level(rng.normal(size=100), rng.normal(size=100), models) for _ in range(400)]
    for level in ("pooled", "between", "within"):
        assert 0.02 <= np.mean([getattr(each, level).p < 0.05 for each in found]) <= 0.09


def test_critical_values_are_those_of_the_table():
    assert p_of_r(0.632, 8) == pytest.approx(0.05, abs=0.001)
    assert p_of_r(-0.361, 28) == pytest.approx(0.05, abs=0.001)
    assert p_of_r(1.0, 5) == 0.0


def test_rows_of_one_unit_each_are_independent():
    found = dependence([1.0, 2.0, 3.0, 4.0], list("abcd"))
    assert (found.effect, found.effective, found.warning()) == (1.0, 4.0, None)


def test_rows_of_one_unit_alone_count_like_one():
    found = dependence([1.0, 2.0, 3.0, 4.0], list("aaaa"))
    assert found.effective == 1.0
    assert "4 rows come from 1 model and count like 1" in found.warning("model")


def test_rows_of_units_that_do_not_differ_count_fully():
    rng = np.random.default_rng(3)
    found = dependence(rng.normal(size=500).tolist(), [i % 5 for i in range(500)])
    assert found.effective > 400
    assert found.warning() is None


def test_what_cannot_be_had_is_a_reason():
    found = by_level([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0], list("aabb"))
    assert found.pooled.reason == "one of the two does not vary"
    assert "degrees of freedom" in found.between.reason
    assert within_sd([1.0, 2.0], ["a", "b"]) is None
    assert explained([[1.0], [2.0]], [1.0, 2.0]) is None
    assert explained([[1.0], [2.0], [4.0]], [5.0, 5.0, 5.0]) is None


def test_explained_variance_of_one_column_is_its_squared_correlation():
    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    y = x + rng.normal(size=200)
    assert explained(x[:, None] * 1e6 + 5, y.tolist()) == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)
    assert explained(np.column_stack([x, x]), y.tolist()) == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)


def test_bad_input_is_refused():
    with pytest.raises(UsageError, match="no correlation is called"):
        by_level([1.0, 2.0], [1.0, 2.0], ["a", "b"], how="tau")
    with pytest.raises(UsageError, match="one label per row"):
        by_level([1.0, 2.0], [1.0, 2.0], ["a"])
    with pytest.raises(UsageError, match="two numbers per row"):
        by_level([1.0, 2.0], [1.0], ["a", "b"])
