"""The scorecard on the page and as JSON."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from personae.cli.report import report
from personae.errors import FormatError
from personae.report import write_report
from personae.report.scorecard import read_bands
from personae.types import Measurement

BANDS = "self_knowledge: {better: higher, low: 0.5}\ndrift.repetition: {better: lower, high: 0.1}\n"


def numbers(known: float, repeats: float | None) -> list[Measurement]:
    repetition = Measurement("drift.repetition", repeats, None if repeats is not None else "not run", unit="share")
    return [Measurement("self_knowledge", known, unit="share"), repetition]


@pytest.fixture
def runs(make_run, ana):
    return [make_run(ana, numbers(0.6, 0.05), "old"), make_run(ana, numbers(0.9, 0.3), "new")]


@pytest.fixture
def bands(tmp_path):
    file = tmp_path / "bands.yaml"
    file.write_text(BANDS)
    return file


def test_two_runs_stand_side_by_side_with_what_was_traded(runs, bands):
    page = write_report(runs, bands=read_bands(bands)).read_text()
    assert "What pulls apart" in page
    assert "contradict each other over 2 runs" in page
    assert "Knows itself gained and Repeats itself left its band" in page
    assert page.count("on the front</span>") == 2


def test_one_run_without_bands_has_no_scorecard(make_run, ana):
    assert "What pulls apart" not in write_report([make_run(ana, numbers(0.6, 0.05))]).read_text()


def test_the_lines_of_the_page_are_the_bands_unless_others_are_given(runs):
    page = write_report(runs).read_text()
    assert "higher is better, band ≥ 0.8" in page


def test_a_run_that_lacks_a_value_is_shown_and_not_in_the_front(make_run, ana, bands):
    made = [make_run(ana, numbers(0.6, None), "a"), make_run(ana, numbers(0.5, 0.05), "b")]
    page = write_report(made, bands=read_bands(bands)).read_text()
    assert "not in the front: a value is missing" in page
    assert "fewer than two rows have both" in page


def test_json_is_the_whole_card(runs, bands):
    got = CliRunner().invoke(report, [*map(str, runs), "--bands", str(bands), "--json"])
    told = json.loads(got.stdout)
    assert told["tensions"][0]["contradictory"]
    assert len(told["front"]) == 2
    assert told["descriptive"]
    assert [place["drift.repetition"] for place in told["places"].values()] == ["inside", "outside"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "no metric"),
        ("a: 3\n", "'better' is None"),
        ("a: {better: higher, lowest: 2}\n", "lowest"),
        ("a: {better: higher, low: much}\n", "no number"),
        ("a: {better: higher, low: 2, high: 1}\n", "empty"),
    ],
)
def test_bands_of_another_shape_are_told(tmp_path, text, said):
    file = tmp_path / "bands.yaml"
    file.write_text(text)
    with pytest.raises(FormatError, match=said):
        read_bands(file)
