"""The section on a questionnaire: shown well where nothing may be reported, written whatever the details hold."""

from __future__ import annotations

import re

import numpy as np
import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined

from personae.report.personality import personality_view
from personae.report.ridges import Mark, Ridge, density, ridge_plot
from personae.types import Measurement

CERTIFICATE = {
    "verdict": "unstable", "conditions": [[f"t{t}", "words", o] for t in range(3) for o in ("forward", "reverse")],
    "delta": 0.25, "flips": 1.0, "flipped": [f"e{i}" for i in range(60)], "items": 60, "invalid": 0.0, "missing": {},
    "icc": -0.2, "icc_reason": None, "raw": 4.0, "raw.order": 4.0, "raw.template": 0.0, "keyed": 0.0,
}  # fmt: skip
STUDY = "no validity study of 'tiny' with this questionnaire"


def domain(letter="E", called="extraversion", mean=3.9, value=None, reasons=("positional: it keeps the place", STUDY)):
    answered = {"mean": mean, "low": mean - 0.4, "high": min(5, mean + 0.4), "pomp": 25 * (mean - 1), "items": 12}
    details = {
        "called": called,
        "range": [1, 5],
        "answered": answered,
        "gate": list(reasons),
        "certificate": CERTIFICATE,
    }
    reason = None if value is not None else "not reportable: " + "; ".join(reasons)
    return Measurement(f"personality.{letter}", value, reason, n=12, unit="points", details=details)


def numbers(*domains, **more):
    details = {
        "instrument": {"id": "big-five-60", "title": "Sixty everyday habits", "items": 60, "sha256": "ab"},
        "asked": {"route": "logprobs"}, "certificate": CERTIFICATE, "named": ["positional"], "population": {},
        "order": [d.name.rpartition(".")[2] for d in domains],
    }  # fmt: skip
    first = Measurement("personality", 0.0, n=60, unit="share", details=details | more)
    ways = [Measurement("personality.place", 1.0, n=180, unit="share"),
            Measurement("personality.acquiescence", 0.1, n=5, unit="points")]  # fmt: skip
    return {m.name: m for m in (first, *domains, *ways)}


def html(view):
    loader, strict = PackageLoader("personae.report"), StrictUndefined
    environment = Environment(loader=loader, autoescape=True, undefined=strict, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("personality.html").render(personality=view)


def words(text):
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<svg.*?</svg>", " ", text)).split())


def test_a_positional_responder_is_told_in_words_and_no_trait_is_printed():
    view = personality_view([("Ana", numbers(domain(), domain("A", "agreeableness", 2.1)))])
    said = words(html(view))
    assert "60 sentences, each put in 6 ways: 3 wordings, the options in 2 orders. Taken was the probability" in said
    assert "Unstable. The answers hang on how the sentences are put" in said
    assert "It follows the place of an option, not its words" in said
    assert "Not reportable as a trait. Below is what was answered" in said
    assert "Options turned around the mean answer moves by up to 4.00 points (less than 0.25 would not matter)" in said
    assert "Sentences that change side 60 of 60" in said
    assert "Same place when turned around 100 % of the pairs" in said
    assert said.count(STUDY.replace("'", "&#39;")) == 1  # what all rows share is said once
    assert "may be reported" not in said.partition("Certificate")[0].partition("Grey")[0].replace(
        "A full mark may be reported as a trait", ""
    )


def test_a_score_that_may_be_reported_stands_there_with_its_interval():
    view = personality_view([("Ana", numbers(domain(value=3.9), domain("A", "agreeableness", 2.1)))])
    said = words(html(view))
    assert "1 of 2 scores may be reported" in said
    assert "3.90 3.50 … 4.30" in said
    assert "72 %" in said
    assert [row["reportable"] for row in view["rows"]] == [True, False]


def test_the_crowd_is_a_ridge_and_further_runs_are_marks_of_their_own():
    rng = np.random.default_rng(0)
    crowd = {"people": 40, "scores": {"E": {f"p{i}": float(x) for i, x in enumerate(rng.uniform(1, 5, 40))}},
             "alpha": {"E": 0.81}}  # fmt: skip
    first = numbers(domain(), population=crowd)
    view = personality_view([("Ana", first), ("Rui", numbers(domain(mean=2.0)))])
    assert [line["label"] for line in view["legend"]] == ["Ana", "Rui"]
    said = words(html(view))
    assert (
        "40 random people, played by the same model; how well their items go together (alpha): extraversion 0.81"
        in said
    )
    alone = personality_view([("Ana", numbers(domain()))])
    assert view["svg"].count("<path") > alone["svg"].count("<path")


def test_a_run_with_other_items_is_not_drawn_beside():
    other = numbers(domain(), instrument={"id": "x", "sha256": "cd"})
    assert personality_view([("Ana", numbers(domain())), ("Rui", other)])["legend"] == []


def test_without_a_questionnaire_there_is_no_section():
    assert personality_view([("Ana", {})]) is None
    nothing = {"personality": Measurement("personality", reason="no item was answered")}
    assert personality_view([("Ana", nothing)]) is None


@pytest.mark.parametrize("odd", [
    {"certificate": "x"}, {"certificate": {"conditions": [3, None, ["a"]], "delta": "x", "flips": True, "missing": []}},
    {"named": 5}, {"named": ["<script>"]}, {"population": {"people": "many", "scores": {"E": [1, 2]}, "alpha": 3}},
    {"order": None}, {"order": ["E", "nobody", "E" * 5000]}, {"instrument": {"title": "<script>alert(1)</script>"}},
])  # fmt: skip
def test_whatever_stands_in_the_details_the_section_is_written(odd):
    view = personality_view([("Ana", numbers(domain(), **odd))])
    if view is not None:
        assert "<script>" not in html(view)


@pytest.mark.parametrize("odd", [
    {"range": [5, 1]}, {"range": ["a", "b"]}, {"range": None}, {"answered": []}, {"answered": {"mean": float("inf")}},
    {"called": "$\\frac{<b>&$\x00" * 9}, {"gate": "no"}, {"certificate": None},
])  # fmt: skip
def test_odd_domains_are_left_out_or_drawn_as_they_are(odd):
    row = domain()
    changed = Measurement(row.name, reason="not reportable: x", n=12, details={**row.details, **odd})
    view = personality_view([("Ana", numbers(changed))])
    if view is not None:
        assert "<b>&$" not in html(view)


def test_a_density_is_highest_where_most_people_are():
    at = np.linspace(1, 5, 81)
    heights = density([2.0] * 30 + [4.0] * 10, at)
    assert at[int(np.argmax(heights))] == pytest.approx(2.0, abs=0.1)
    assert max(heights) == 1.0
    assert density([3.0] * 9, at)[40] == 1.0  # nobody differs: one narrow peak, and no division by zero


def test_the_drawing_has_no_script_and_no_outside_reference():
    svg = ridge_plot([Ridge("calm", tuple(np.linspace(1, 5, 30)), (Mark(3.0, 2.5, 3.5, True), None))], (1, 5))
    assert svg.startswith("<svg")
    assert "<script" not in svg
    assert "currentColor" in svg
    assert not re.findall(r'href="(?!#)', svg)
