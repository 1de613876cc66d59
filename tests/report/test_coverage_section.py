"""The report says what a run did not test."""

from __future__ import annotations

from personae.persona.persona import Persona
from personae.report.coverage import coverage_view
from personae.types import Measurement

ANA = Persona(name="Ana", greetings=["Good evening."])


def view(measures, *numbers):
    return coverage_view(ANA, measures, {number.name: number for number in numbers})


def test_a_run_of_personagym_says_that_nothing_is_known_of_bias_and_privacy():
    found = view(["personagym"], Measurement("personagym", 3.4))
    assert found["risks"] == ("bias", "privacy")
    assert any(line.startswith("Personalization") for line in found["lines"])
    assert found["tested"][0] == {"dimension": "conversation", "by": ("personagym",)}
    assert found["kinds"] == ("character",)


def test_a_measure_without_a_number_has_tested_nothing():
    found = view(
        ["drift", "style"], Measurement("drift", reason="nothing to measure"), Measurement("style.distance", 1.0)
    )
    assert found["without"] == ["drift"]
    assert found["tested"] == [
        {"dimension": "conversation", "by": ("style",)},
        {"dimension": "consistency", "by": ("style",)},
    ]


def test_the_name_of_one_measure_is_not_the_beginning_of_another():
    found = view(["style", "style_adaptation"], Measurement("style_adaptation.static.flips", 0.0))
    assert found["without"] == ["style"]


def test_a_run_without_numbers_has_tested_nothing():
    assert view(["drift"])["tested"] == []


def test_a_number_of_a_judge_nobody_qualified_has_tested_nothing():
    judge = {"name": "m", "standing": "unqualified", "card": None}
    found = view(["personagym"], Measurement("personagym", 3.4, details={"judge": judge}))
    assert found["without"] == ["personagym"]
    assert found["tested"] == []
