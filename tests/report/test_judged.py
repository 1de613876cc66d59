"""Verdicts of a judge stand with its card; those of a judge that is not qualified stand apart."""

from __future__ import annotations

import pytest

from personae.report import write_report
from personae.report.judged import judge_of, judges_view, stands_apart
from personae.types import Measurement

CARD = {
    "model": "m", "date": "2026-11-21", "way": "shares", "n": 97, "top_1": 0.61, "low": 0.512, "high": 0.704,
    "baseline": 0.245, "brier": 0.12, "uniform_brier": 0.185, "place_p": 0.4, "probes": {"order_swap": 0.95},
    "standing": "qualified", "reasons": [],
}  # fmt: skip
POOR = CARD | {"top_1": 0.25, "low": 0.24, "high": 0.26, "place_p": 6e-61, "standing": "unqualified",
               "reasons": ["order_swap: 0.000 is not at least 0.8"]}  # fmt: skip


def judged(name="self_knowledge", standing="qualified", card=CARD, judge="openai/big"):
    details = {"judge": {"name": judge, "standing": standing, "card": card}}
    return Measurement(name, 0.9, None, 0.85, 0.95, 40, unit="share", details=details)


def page(folder):
    return write_report([folder]).read_text("utf-8")


def part(text, start, end):
    return text[text.index(start) : text.index(end, text.index(start))]


def test_a_qualified_judge_shows_its_card_line_and_its_numbers_count(ana, make_run):
    text = page(make_run(ana, [judged()]))
    section = part(text, 'id="judges"', "</section>")
    assert "openai/big: qualified" in section
    assert "speaks in 61.0 % of 97 items (95 % interval 51.2 to 70.4 %; shared words or guessing 24.5 %" in section
    assert "Knows itself" in part(text, 'class="tiles"', "</section>")
    assert "judge openai/big: qualified" in part(text, "<h2>All numbers</h2>", "</section>")


@pytest.mark.parametrize(("standing", "word"), [("unqualified", "not qualified"), ("untested", "untested")])
def test_numbers_of_a_judge_that_is_not_qualified_stand_apart_with_its_figures(ana, make_run, standing, word):
    text = page(make_run(ana, [judged(standing=standing, card=POOR), judged("grounding")]))
    section = part(text, 'id="judges"', "</section>")
    assert f"openai/big: {word}" in section
    assert "tells who speaks in 25.0 % of 97 items" in section
    assert "follows the place of an option, p &lt; .001" in section
    assert "order_swap: 0.000 is not at least 0.8" in section
    assert "Knows itself" in section
    assert "Knows itself" not in part(text, 'class="tiles"', "</section>")
    table = part(text, "<h2>All numbers</h2>", "</section>")
    assert "Knows itself" not in part(table, "<tbody>", "</tbody>")
    assert "Open answers" in part(table, "<tbody>", "</tbody>")


def test_a_judge_without_a_card_is_untested_whatever_it_is_called(ana, make_run):
    measurement = judged(card=None)
    assert judge_of(measurement).standing == "untested"
    assert stands_apart(measurement)
    assert "personae judge qualify --model openai/big" in page(make_run(ana, [measurement]))


def test_a_number_without_a_judge_is_as_it_was(ana, make_run):
    text = page(make_run(ana, [Measurement("self_knowledge", 0.9, low=0.85, high=0.95, n=40, unit="share")]))
    assert 'id="judges"' not in text
    assert "judge" not in part(text, "<h2>All numbers</h2>", "</section>")


def test_in_a_comparison_the_standing_is_beside_every_verdict(ana, make_run):
    one, other = make_run(ana, [judged()]), make_run(ana, [judged(standing="untested", card=None)], "other")
    text = write_report([one, other]).read_text("utf-8")
    row = part(text, "<h2>Side by side</h2>", "</section>")
    assert "judge openai/big: qualified" in row
    assert "judge openai/big: untested" in row


@pytest.mark.parametrize(
    "note",
    ["x", {}, {"name": "<script>alert(1)</script>", "standing": "qualified", "card": []},
     {"name": None, "standing": ["qualified"], "card": {"top_1": "high", "probes": 3, "reasons": "none", "n": None}},
     {"name": "m", "standing": "unqualified", "card": {"top_1": True, "brier": "x", "place_p": "0"}}],
)  # fmt: skip
def test_whatever_stands_in_the_details_the_page_is_written(ana, make_run, note):
    text = page(make_run(ana, [Measurement("grounding", 0.5, n=3, unit="share", details={"judge": note})]))
    assert "<script>" not in text
    assert "Open answers" in text


def test_each_judge_is_listed_once_the_qualified_first():
    rows = judges_view([judged("a", "untested", None, "x"), judged("b"), judged("c"), Measurement("d", 1.0)])
    assert [(row["judge"].name, row["numbers"]) for row in rows] == [("openai/big", ["b", "c"]), ("x", ["a"])]
