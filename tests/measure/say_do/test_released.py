"""The released rows of The Personality Illusion give the published statistics; more rows and models are taken too."""

from __future__ import annotations

import contextlib
import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError
from personae.measure.say_do.illusion import illusion, links, r2
from personae.measure.say_do.released import Cell, joined, means, read_cells, read_released


@pytest.fixture
def released(data_dir):
    return read_released(data_dir / "personality-illusion")


@pytest.fixture
def found(released):
    return illusion(released)


def test_the_released_statistics_are_reproduced(released, found):
    """12/12 six times, p .0005; behaviour 5/7/6 and 7/9/7; SDs, R², 20/11/0 of 30, ICC(1), model means of cards."""
    deltas, ups, behaviour_ps = [], [], []
    for key in sorted(found.injections):
        (one,) = found.injections[key]
        assert one.report.n == one.behaviour.n == 12
        assert one.report.up == one.report.as_expected == 12
        assert one.report.p == pytest.approx(0.0005, abs=5e-5)
        assert one.verdict == "says and does not"
        deltas.append(one.report.mean)
        ups.append(one.behaviour.up)
        behaviour_ps.append(one.behaviour.p)
    assert deltas == pytest.approx([0.91, 0.95, 0.91, 37.8, 40.3, 40.8], abs=0.06)
    assert ups == [5, 7, 6, 7, 9, 7]
    assert behaviour_ps == pytest.approx([0.677, 0.151, 0.519, 0.677, 0.677, 0.622], abs=1e-3)

    sd = {trait: (found.sd["base"][trait], found.sd["tuned"][trait]) for trait in found.sd["base"]}
    published = {
        "openness": (0.407, 0.166),
        "conscientiousness": (0.385, 0.165),
        "extraversion": (0.396, 0.143),
        "agreeableness": (0.399, 0.229),
        "neuroticism": (0.418, 0.189),
    }
    for trait, values in published.items():
        assert sd[trait] == pytest.approx(values, abs=5e-4)
    assert found.r2["base"] == pytest.approx(0.195, abs=5e-4)
    assert found.r2["tuned"] == pytest.approx(0.670, abs=5e-4)

    assert found.links.significant == {"pooled": 20, "within": 11, "between": 0}
    assert len(found.links.pairs) == 30
    assert {(pair.pooled.n, pair.between.n) for pair in found.links.pairs.values()} == {(324, 12)}
    order = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
    assert [found.dependence[trait].icc.value for trait in order] == pytest.approx(
        [0.889, 0.873, 0.648, 0.757, 0.583], abs=5e-4
    )
    assert "324 rows come from 12 models" in found.dependence["openness"].warning("model")
    cards = means(released.tasks, "cards")
    assert (round(min(cards.values()), 1), round(max(cards.values()), 1)) == (14.8, 28.8)
    assert found.empty == {}


def _write(path, head, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([head, *rows])


HEAD = ["Model", "type", "Persona", "persona_index", "Persona_Content", "temp", "run"]


def _folder(root, models=7, runs=4):
    def rows(*values):
        return [
            [f"m{model}", "instruct", "x", 1, "", 0.3, run, *(value(model, run) for value in values)]
            for model in range(models)
            for run in range(runs)
        ]

    base = root / "data" / "baseline_responses"
    _write(base / "more_selfreport.csv", [*HEAD, "agreeableness"], rows(lambda m, r: m + r / 10))
    _write(base / "more_behavioral.csv", [*HEAD, "sycophancy_rate"], rows(lambda m, r: 10 * m + r))
    injected = root / "data" / "persona_injection" / "agreeableness" / "mine.csv"
    after = rows(lambda m, r: m + 1 + r / 10, lambda m, r: 10 * m + 5 + r if r else "")
    _write(injected, [*HEAD, "agreeableness", "sycophancy_rate"], after)
    return root


def test_another_folder_with_other_models_and_runs_is_taken_as_it_is(tmp_path):
    found = illusion(read_released(_folder(tmp_path)))
    (one,) = found.injections["agreeableness", "mine"]
    assert (one.report.n, one.report.up, one.behaviour.up) == (7, 7, 7)
    assert one.verdict == "follows"
    assert found.empty == {"sycophancy": 7}
    assert found.sd["base"]["openness"] is None


def test_a_folder_without_results_says_what_is_wanted(tmp_path):
    with pytest.raises(FormatError, match="baseline_responses"):
        read_released(tmp_path)


def test_a_word_in_the_place_of_a_number_is_named_with_its_line(tmp_path):
    _write(tmp_path / "x.csv", [*HEAD, "openeness"], [["m", "", "", 1, "", 1, 1, "high"]])
    with pytest.raises(FormatError, match="line 2: 'openeness' is 'high'"):
        read_cells(tmp_path / "x.csv")


def test_the_same_model_and_setting_twice_is_refused(tmp_path):
    row = ["m", "", "", 1, "", 1, 1, 3.0]
    _write(tmp_path / "x.csv", [*HEAD, "openeness"], [row, row])
    with pytest.raises(FormatError, match="line 3 repeats"):
        read_cells(tmp_path / "x.csv")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_format_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "x.csv"
    path.write_bytes(data)
    with contextlib.suppress(FormatError):
        assert isinstance(read_cells(path), tuple)


def test_rows_that_only_one_side_has_do_not_join():
    left = [Cell("a", ("1",), {"openness": 1.0}), Cell("b", ("1",), {"openness": 2.0})]
    right = [Cell("a", ("1",), {"cards": 3.0}), Cell("a", ("2",), {"cards": 4.0})]
    assert [cell.numbers for cell in joined(left, right)] == [{"openness": 1.0, "cards": 3.0}]


def test_a_correlation_between_models_does_not_show_within_them():
    rng = np.random.default_rng(0)
    cells = [
        Cell(f"m{model}", (str(run),), {"openness": model + rng.normal() / 100, "cards": model + rng.normal() / 100})
        for model in range(8)
        for run in range(20)
    ]
    pair = links(cells, ["openness"], ["cards", "sycophancy"]).pairs["openness", "cards"]
    assert pair.between.r == 1.0
    assert abs(pair.within.r) < 0.2


def test_what_no_row_has_is_left_out_and_no_zero():
    assert links([Cell("a", (), {"openness": 1.0})]).pairs == {}
    assert r2([], "self_regulation", ["openness"]) is None
    assert r2([Cell("a", (), {"openness": 1.0})], "self_regulation", ["openness"]) is None
