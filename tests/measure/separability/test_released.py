"""The report on the released GPT-3.5 people of PersonaLLM."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from personae.measure.separability import Person, Separability, leaks_of, poles, read_scores, read_texts, separability
from personae.psychometrics.administration import Options
from personae.psychometrics.administration.batch import read_batch
from personae.psychometrics.administration.prompt import tags

TRAITS = ("extraversion", "agreeableness", "conscientiousness", "neuroticism", "openness")
D = dict(zip(TRAITS, (7.81, 5.93, 1.56, 1.83, 2.90), strict=True))
PLAIN = dict(zip(TRAITS, (0.997, 0.944, 0.700, 0.706, 0.719), strict=True))
MASKED = dict(zip(TRAITS, (0.991, 0.925, 0.609, 0.588, 0.678), strict=True))

#: A label as these replies have them: "(a)" … "(z)", "(aa)" … "(ar)", each followed by a number.
_ANSWER = re.compile(r"^\s*\(([a-z]{1,2})\)[ \t]*([1-5])\b", re.MULTILINE)


@pytest.fixture(scope="module")
def folder() -> Path:
    from conftest import reference_data

    return reference_data("personallm")


@pytest.fixture(scope="module")
def report(folder: Path) -> Separability:
    stories = read_texts(folder / "stories_gpt-3.5-turbo-0613.jsonl")
    return separability(read_scores(folder / "scores_gpt3.5_turbo_0613.csv"), stories)


def test_effects_are_the_published_ones(report: Separability) -> None:
    assert {trait: found.d for trait, found in report.own.items()} == pytest.approx(D, abs=0.01)
    assert all(found.units == 32 and found.n_high == found.n_low == 160 for found in report.own.values())
    assert all(found.low < found.d < found.high for found in report.own.values())


def test_assigned_agreeableness_moves_two_other_scores(report: Separability) -> None:
    row = report.matrix["agreeableness"]
    assert row["conscientiousness"].difference == pytest.approx(0.69, abs=0.01)
    assert row["openness"].difference == pytest.approx(0.64, abs=0.01)
    assert [cell[:2] for cell in report.spill[:2]] == [
        ("agreeableness", "conscientiousness"),
        ("agreeableness", "openness"),
    ]


def test_every_story_names_a_trait_and_the_numbers_say_so(report: Separability) -> None:
    assert report.recovery is not None
    assert (report.recovery.leaks.leaking, report.recovery.leaks.n) == (320, 320)
    plain = [one for one in report.measurements if one.name.startswith("separability.recovery.")]
    assert len(plain) == 5
    assert all("320 of 320 texts name a trait outright" in one.details["warning"] for one in plain)


def test_poles_are_recovered_as_often_as_published_before_and_after_masking(report: Separability) -> None:
    assert report.recovery is not None
    assert {trait: found.value for trait, found in report.recovery.plain.items()} == pytest.approx(PLAIN, abs=0.03)
    assert {trait: found.value for trait, found in report.recovery.masked.items()} == pytest.approx(MASKED, abs=0.03)
    assert set(report.recovery.chance.values()) == {0.5}


def test_the_report_is_plain_json(report: Separability) -> None:
    assert json.loads(json.dumps(report.to_dict(), allow_nan=False))["people"] == 320


def test_masked_stories_name_nothing_any_more(folder: Path) -> None:
    from personae.measure.separability import Stems

    stems = Stems.of_big_five()
    stories = read_texts(folder / "stories_gpt-3.5-turbo-0613.jsonl")
    masked = [Person(one.group, one.repeat, one.assigned, text=stems.masked(one.text)) for one in stories]
    assert leaks_of(masked).leaking == 0


LIKERT = Options(
    ("disagree strongly", "disagree a little", "neither agree nor disagree", "agree a little", "agree strongly"),
    ("1", "2", "3", "4", "5"),
)


def _by_label(text: str) -> list[int]:
    answers = read_batch(text, tags(44), LIKERT)
    assert all(isinstance(answer, int) for answer in answers)
    return [int(answer) + 1 for answer in answers]


def _by_place(text: str) -> list[int]:
    """The mistake: the first 44 answers, whatever their labels."""
    return [int(answer) for _, answer in _ANSWER.findall(text)[:44]]


def _scored(folder: Path, read) -> list[Person]:
    key = list(csv.DictReader((folder / "bfi44_key.tsv").open(encoding="utf-8"), delimiter="\t"))
    people = []
    for line in (folder / "bfi_gpt-3.5-turbo-0613.jsonl").read_text("utf-8").splitlines():
        reply = json.loads(line)
        answers = read(reply["annotation"])
        by_trait: dict[str, list[int]] = {}
        for item, answer in zip(key, answers, strict=True):
            keyed = 6 - answer if item["reverse"] == "R" else answer
            by_trait.setdefault(item["trait"].lower(), []).append(keyed)
        code = reply["persona_encoding"]
        scores = {trait: sum(kept) / len(kept) for trait, kept in by_trait.items()}
        people.append(Person(code, str(reply["iteration"]), poles(code), scores))
    return people


def test_replies_read_by_label_give_the_released_scores(folder: Path) -> None:
    released = {(one.group, one.repeat): one.scores for one in read_scores(folder / "scores_gpt3.5_turbo_0613.csv")}
    ours = {(one.group, one.repeat): one.scores for one in _scored(folder, _by_label)}
    assert len(ours) == 320
    assert all(ours[who] == pytest.approx(scores) for who, scores in released.items())


def test_a_stray_answer_before_the_first_label_spoils_the_effect_if_read_by_place(folder: Path) -> None:
    replies = [json.loads(x) for x in (folder / "bfi_gpt-3.5-turbo-0613.jsonl").read_text("utf-8").splitlines()]
    assert sum(reply["annotation"].startswith("(u)") for reply in replies) == 5
    assert separability(_scored(folder, _by_label)).own["extraversion"].d == pytest.approx(7.81, abs=0.01)
    assert separability(_scored(folder, _by_place)).own["extraversion"].d == pytest.approx(6.98, abs=0.01)
