"""The say–do table: what is shown for each verdict, and that foreign details break nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, PackageLoader, StrictUndefined

from personae.measure.say_do.links import Link, row
from personae.report.say_do import VERDICTS, say_do_view
from personae.types import Measurement


def changed(low, high, unit):
    """A number of 2 alone that moves by the middle of an interval."""
    middle = (low + high) / 2
    return {
        "without": Measurement("x.without", 2.0, n=6, unit=unit),
        "with": Measurement("x", 2.0 + middle, n=6, unit=unit),
        "change": Measurement("x.change", middle, low=low, high=high, n=6, missing={"refused": 2}, unit=unit),
    }


def measured(*table, value=0.5, n=2, **more):
    reason = None if value is not None else "nothing to follow"
    first = Measurement("say_do", value, reason, n=n, unit="share", details={"table": list(table)})
    return {"say_do": first, **more}


LINE = row(Link("cards", "cards", 1), "taking risks", changed(0.5, 1.5, "points"), changed(-1.0, 2.0, "cards"))


def html(view):
    loader = PackageLoader("personae.report")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("say_do.html").render(say_do=view)


def test_a_line_shows_both_changes_with_intervals_and_what_is_missing():
    view = say_do_view(measured(LINE, value=0.0, n=1))
    (line,) = view["rows"]
    assert (line["says"], line["word"], line["light"]) == ("taking risks", "only said", "open")
    assert line["report"] == {
        "without": "2.00", "with": "3.00", "change": "+1.00", "interval": "+0.50 … +1.50", "reason": "",
        "missing": "2 missing",
    }  # fmt: skip
    assert line["done"]["interval"] == "−1.00 … +2.00"
    page = html(view)
    assert "Of one thing it says of itself differently as the persona, what it does follows 0." in page
    assert "cards turned above the best number" in page


def test_without_a_share_the_reason_stands_in_its_place():
    page = html(say_do_view(measured(LINE, value=None)))
    assert "No share can be given: nothing to follow." in page


def test_numbers_beside_the_table_say_why_they_are_none():
    ece = Measurement("say_do.honesty.ece", 0.25, low=0.1, high=0.4, n=20, unit="share")
    drift = Measurement("say_do.honesty.drift", reason="no observations")
    view = say_do_view(measured(LINE, **{m.name: m for m in (ece, drift)}))
    assert [(b["value"], b["interval"]) for b in view["beside"]] == [("25 %", "10 % … 40 %"), ("no observations", "")]


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_its_words(verdict):
    page = html(say_do_view(measured({**LINE, "verdict": verdict})))
    assert VERDICTS[verdict][2] in page


def test_a_run_without_the_measure_has_no_section():
    assert say_do_view({}) is None
    assert say_do_view({"say_do": Measurement("say_do", reason="x")}) is None
    assert say_do_view(measured()) is None


def test_foreign_text_is_escaped():
    assert "<script>" not in html(say_do_view(measured({**LINE, "says": "<script>alert(1)</script>"})))


ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*LINE, "with", "without", "change", "value", "low", "high", "missing"]), inner
        )
    ),
    max_leaves=20,
)


@given(st.lists(ANY, max_size=4))
def test_whatever_the_details_hold_the_page_is_written(table):
    view = say_do_view(measured(*table, LINE))
    assert html(view)
