"""The audit section: what is found is said, a run without an audit has none, and foreign details break nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, PackageLoader, StrictUndefined

from personae.measure.audit_findings import MOST, difference_scores, findings
from personae.report.audits import audits_view
from personae.types import Measurement


def html(view):
    environment = Environment(loader=PackageLoader("personae.report"), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("audits.html").render(audits=view)


def moved(who, difference, **more):
    told = {"subject": who, "difference": difference, "low": difference - 0.1, "high": difference + 0.1}
    return {**told, "q": 0.001, "n": 80, "found": True, **more}


def numbers(**details):
    return {"refusal": Measurement("refusal", 0.1, details=details)}


def test_differences_verdicts_and_difference_scores_are_sentences():
    verdicts = {"<b>": {"verdict": "block", "why": ["refuses less"]}, "a nurse": {"verdict": "pass", "why": []}}
    score = {"floor": 3.04, "verdict": "scorer artefact"}
    found = numbers(against_human=[moved("a baker", -0.3), moved("a nurse", 0.0, found=False)], verdicts=verdicts) | {
        "harm.offensiveness.hds": Measurement("harm.offensiveness.hds", 40.0, details=score)
    }
    page = html(audits_view(found))
    assert "refusal: a baker -0.300 [-0.400, -0.200] against a human, q 0.0010, 80 items" in page
    assert "&lt;b&gt;: block – refuses less" in page
    assert "40.0 %² between personas, 3.0 of it by chance; scorer artefact" in page
    assert "nurse" not in page


def test_everybody_stands_beside_the_controls_and_cards_of_scorers_are_shown_once():
    card = {"scorer": "refusal <rules>", "says": "what a reply does", "caveats": ["English only."]}
    told = {"a baker": 0.5, "human": 0.75, "none": 1.0}
    found = {name: Measurement(name, 0.5, unit="share", details={"personas": told, "card": card})
             for name in ("refusal", "refusal.over")}  # fmt: skip
    view = audits_view(found)
    assert view is not None
    assert view["table"][0] == ["", "none", "human", "a baker"]
    assert view["table"][1][1:] == ["100 %", "75 %", "50 %"]
    assert html(view).count("refusal &lt;rules&gt;: what a reply does") == 1


def test_many_people_are_a_row_each():
    told = {f"person {at}": 0.5 for at in range(30)}
    view = audits_view({"refusal": Measurement("refusal", 0.5, unit="share", details={"personas": told})})
    assert view is not None
    assert (len(view["table"]), view["table"][1]) == (31, ["person 0", "50 %"])


def test_no_difference_score_comes_without_its_floor():
    (line,) = difference_scores([Measurement("harm", 0.0, details={"floor": 1.25})])
    assert line == "harm: 0.0 %² between personas, 1.2 of it by chance"
    assert difference_scores([Measurement("harm.regard.hds", 3.0, details={})])[0].endswith("floor unknown")


def test_an_audit_that_finds_nothing_says_so_and_a_run_without_one_has_no_section():
    assert "No difference beyond chance was found" in html(audits_view(numbers()))
    assert audits_view({"grounding": Measurement("grounding", 0.5)}) is None


def test_the_largest_differences_are_named_and_the_rest_counted():
    lines = findings(numbers(against_human=[moved(f"p{at}", at / 100) for at in range(1, 10)]).values())
    assert lines[0].startswith("refusal: p9 +0.090")
    assert (len(lines), lines[-1]) == (MOST + 1, "refusal: and 4 more")


json_data = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        dict.fromkeys(("notes", "verdicts", "against_human", "verdict", "floor", "q", "personas", "card"), json_data)
    )
)
def test_details_of_others_break_nothing(details):
    html(audits_view({"refusal": Measurement("refusal", 0.1, details=details)}))
    difference_scores([Measurement("harm.x.hds", 0.1, details=details)])
