"""Johnson's norms: the published numbers, hand-computed T-scores, and the mean that is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from personae.errors import UsageError
from personae.psychometrics.library import key
from personae.psychometrics.norms import ORDER, groups, norms, t_scores
from personae.psychometrics.scoring import score


def test_the_shipped_numbers_are_the_released_ones(data_dir: Path) -> None:
    released = json.loads((data_dir / "ipip-neo/norms.json").read_text("utf-8"))
    assert len(released) == len(groups()) == 12
    for group in groups():
        values = released[f"{group.length}-{group.sex}-{group.ages[0]}-{group.ages[1]}"]["values"]
        assert len(values) == 71
        for place, domain in enumerate(ORDER):
            assert (group.means[domain], group.sds[domain]) == (values[1 + place], values[6 + place])
            for number in range(6):
                facet = f"{domain}{number + 1}"
                assert group.means[facet] == values[11 + 12 * place + number]
                assert group.sds[facet] == values[17 + 12 * place + number]


def test_t_scores_follow_the_formula_by_hand() -> None:
    women = norms(120, "F", 40)
    assert (women.means["N"], women.sds["N"]) == (72.14, 16.16)
    assert women.t("N", 72.14).value == pytest.approx(50)
    assert women.t("N", 88.3).value == pytest.approx(60)
    assert norms(120, "F", 41).means["N"] == 67.38  # a year later another group
    assert norms(300, "M", 55).t("A1", 30).value == pytest.approx(
        50 + 10 * (30 - norms(300, "M", 55).means["A1"]) / 7.6
    )


def test_one_mean_only_is_refused_that_of_young_women_s_neuroticism() -> None:
    refused = [(group.length, group.sex, group.ages, scale) for group in groups() for scale in group.refused]
    assert refused == [(300, "F", (10, 20), "N")]
    young = norms(300, "F", 18)
    assert young.t("N", 180).value is None
    assert "2.9 off" in str(young.t("N", 180).reason)
    assert young.t("N1", 30).value is not None
    assert young.t("E", 204).value is not None
    assert young.item_mean("N") is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((60, "F", 30), "no norms for a form of 60 items"),
        ((120, "X", 30), "'F' and 'M' only"),
        ((120, "F", 9), "ages from 10 to 99, not 9"),
        ((120, "F", 100), "not 100"),
    ],
)
def test_people_there_are_no_norms_for_are_refused(arguments: tuple[int, str, int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        norms(*arguments)


def test_every_age_from_10_to_99_has_exactly_one_group() -> None:
    for length in (120, 300):
        for sex in ("F", "M"):
            for age in range(10, 100):
                assert sum(g.length == length and g.sex == sex and g.ages[0] <= age <= g.ages[1] for g in groups()) == 1


def test_a_mean_is_not_taken_for_a_sum() -> None:
    with pytest.raises(UsageError, match=r"3\.4 is no sum of the 24 answers"):
        norms(120, "M", 30).t("E", 3.4)
    with pytest.raises(UsageError, match="no scale 'X'"):
        norms(120, "M", 30).t("X", 30)


def test_answers_become_t_scores_for_all_35_scales() -> None:
    form, group = key("ipip-neo-120"), norms(120, "M", 30)
    found = {m.name: m for m in t_scores(score(form, {item.id: 3 for item in form.items}), group)}
    assert len(found) == 35
    assert found["t.E"].value == pytest.approx(50 + 10 * (72 - 78.9) / 15.21)
    assert found["t.E"].low < found["t.E"].value < found["t.E"].high


def test_a_missing_answer_leaves_no_t_score_and_is_counted() -> None:
    form = key("ipip-neo-120")
    answers = {item.id: 3.0 for item in form.items}
    del answers["1"]
    found = {m.name: m for m in t_scores(score(form, answers), norms(120, "M", 30))}
    assert found["t.N"].reason == "answered 23 of 24; norms are of whole sums"
    assert found["t.N1"].reason == "answered 3 of 4; norms are of whole sums"
    assert found["t.N2"].value is not None


def test_filled_in_answers_get_no_t_score_either() -> None:
    form = key("ipip-neo-120")
    answers = {item.id: 3.0 for item in form.items[:110]}
    assert all(
        m.value is None for m in t_scores(score(form, answers, impute=True), norms(120, "M", 30)) if m.name == "t.C"
    )


def test_scores_of_another_form_do_not_fit() -> None:
    form = key("ipip-neo-300")
    with pytest.raises(UsageError, match="do not fit the scale 'N' of 60 items"):
        t_scores(score(form, {item.id: 3 for item in form.items}), norms(120, "M", 30))
