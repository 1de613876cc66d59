"""The figures of the released data: drift per group and trait, groups before writing, recoverability of writers."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from personae.measure.interaction import Person, apart, claims, drift, recoverability

TRAITS = ("Extraversion", "Agreeableness", "Conscientiousness", "Neuroticism", "Openness")
ALONE = {
    "Extraversion": (1.180, 45.3),
    "Agreeableness": (2.607, 220.9),
    "Conscientiousness": (2.713, 239.2),
    "Neuroticism": (0.389, 4.9),
    "Openness": (2.577, 215.8),
}
IN_COMPANY = dict(zip(TRAITS, (1.037, 1.351, 1.396, 0.641, 1.153), strict=True))


def _rows(data_dir: Path, name: str, what: str) -> list[dict[str, str]]:
    with (data_dir / "interaction_llms" / f"{name}__{what}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _people(data_dir: Path, name: str) -> list[Person]:
    return [
        Person(
            row["Subject_ID"],
            row["Group"],
            "solo" if row["Experimental_condition"] == "0" else "pair",
            {trait: float(row[trait]) for trait in TRAITS},
            {trait: float(row[f"Writing_{trait}"]) for trait in TRAITS},
        )
        for row in _rows(data_dir, name, "BFI_Story_data")
    ]


def test_the_solo_group_drifts_as_published(data_dir):
    table = drift(_people(data_dir, "0_CONTROL"))
    analytic = {row.trait: (row.effect.d, row.anova.F) for row in table if row.group == "Analytic"}
    for trait, (d, F) in ALONE.items():
        assert analytic[trait][0] == pytest.approx(d, abs=0.002)
        assert analytic[trait][1] == pytest.approx(F, abs=0.1)
    assert all(abs(row.effect.d) <= 0.15 for row in table if row.group == "Creative")


def test_the_analytic_group_drifts_less_in_company(data_dir):
    table = drift(_people(data_dir, "2_CREAANA"))
    found = {row.trait: row.effect.d for row in table if row.group == "Analytic"}
    assert found == pytest.approx(IN_COMPANY, abs=0.002)


def test_two_creative_groups_stay_where_they_are(data_dir):
    assert all(abs(row.effect.d) <= 0.15 for row in drift(_people(data_dir, "3_CREACREA")))


def test_the_profiles_are_apart_before_anybody_writes(data_dir):
    people = _people(data_dir, "0_CONTROL")
    assert pytest.approx(8644.8, abs=0.1) == apart(people, "Extraversion", "solo").F
    means = {row.group: row.before for row in drift(people) if row.trait == "Extraversion"}
    assert means == pytest.approx({"Creative": 35.12, "Analytic": 14.83}, abs=0.005)


def test_beside_its_control_company_moves_the_analytic_group_less_not_more(data_dir):
    met = _people(data_dir, "2_CREAANA")
    assert {claim.verdict.partition(":")[0] for claim in claims(met)} == {"refused"}
    verdicts = {c.trait: c.verdict for c in claims([*_people(data_dir, "0_CONTROL"), *met]) if c.group == "Analytic"}
    assert verdicts["Agreeableness"] == verdicts["Conscientiousness"] == verdicts["Openness"] == "less than alone"
    assert "more than alone" not in (verdicts["Extraversion"], verdicts["Agreeableness"])


@pytest.mark.parametrize(("name", "accuracy", "train"), [("0_CONTROL", 0.9846, 1.0), ("2_CREAANA", 0.6615, 0.8538)])
def test_writers_are_told_from_63_counts_as_published(data_dir, name, accuracy, train):
    rows = _rows(data_dir, name, "LIWC_results")
    columns = [column for column in rows[0] if column not in ("Subject_ID", "Group", "Experimental_condition")]
    assert len(columns) == 63
    features = np.array([[float(row[column]) for column in columns] for row in rows])
    found = recoverability(features, [row["Group"] for row in rows])
    assert found.value == pytest.approx(accuracy, abs=0.0005)
    assert found.details["train"] == pytest.approx(train, abs=0.0005)
    assert found.low < found.value < found.high
    assert found.details["chance"] == 0.5


def test_our_own_function_words_show_the_same_fall(data_dir):
    from personae.measure.interaction import function_word_counts

    shares = []
    for name in ("0_CONTROL", "2_CREAANA"):
        rows = _rows(data_dir, name, "BFI_Story_data")
        features = np.array([function_word_counts(row["Story"]) for row in rows])
        shares.append(recoverability(features, [row["Group"] for row in rows]).value)
    assert shares[0] > 0.9
    assert shares[0] - shares[1] > 0.15
