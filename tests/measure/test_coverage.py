"""Every measure has a place, and what a run did not test is named."""

from __future__ import annotations

from pathlib import Path

import personae.tasks
from personae.measure.coverage import DIMENSIONS, KINDS, LINES, TAGS, coverage, persona_kinds
from personae.measure.texts import texts
from personae.persona.persona import Persona
from personae.tasks.run import MEASURES


def task_folders():
    folder = Path(personae.tasks.__file__).parent
    return {path.parent.name for path in folder.glob("*/eval.yaml")}


def test_every_measure_and_every_task_has_a_tag():
    untagged = ({*MEASURES} | task_folders()) - TAGS.keys()
    assert untagged == set(), f"give {sorted(untagged)} a line in personae.measure.coverage.TAGS"
    assert all(tags.kinds for tags in TAGS.values())


def test_every_tag_is_one_of_its_axis_and_what_tests_nothing_has_no_line():
    for name, tags in TAGS.items():
        assert set(tags.kinds) <= set(KINDS), name
        assert set(tags.dimensions) <= set(DIMENSIONS), name
        assert set(tags.lines) <= set(LINES), name
        assert bool(tags.dimensions) == bool(tags.lines), name


def test_a_run_of_personagym_alone_leaves_personalization_and_privacy_untested():
    found = coverage(["personagym"])
    assert found.untested["lines"] == ("personalization",)
    assert found.untested["dimensions"] == ("attractiveness", "personality", "bias", "privacy")
    assert found.untested["personas"] == ("individualized",)
    assert found.risks == ("bias", "privacy")
    assert found.dimensions["safety"] == ("personagym",)


def test_measures_without_a_judge_leave_all_three_risks_untested():
    assert coverage(["self_knowledge", "consistency", "drift", "style"]).risks == ("safety", "bias", "privacy")


def test_nothing_and_the_unknown_cover_nothing():
    found = coverage(["cost", "my_own", "my_own"])
    assert found.untagged == ("my_own",)
    assert found.untested["dimensions"] == DIMENSIONS
    assert found.untested["lines"] == LINES
    assert found.untested["personas"] == KINDS


def test_everything_that_can_be_missing_has_words():
    words = texts("coverage", "en")
    assert tuple(words["dimensions"]) == DIMENSIONS
    assert tuple(words["lines"]) == LINES
    assert set(words["personas"]) == set(KINDS)
    assert coverage([]).in_words("lines")[1].startswith("Personalization")


def test_the_type_of_a_persona_is_its_tag_or_read_from_what_it_holds():
    assert persona_kinds(Persona(name="A", tags=["Individualized", "old"])) == ("individualized",)
    assert persona_kinds(Persona(name="A", identity={"age": "34"})) == ("demographic",)
    assert persona_kinds(Persona(name="A", scenario="A quay at night.")) == ("character",)
    said = {"id": "s", "text": "I drive a bus.", "origin": "extracted", "speaker": "user"}
    assert persona_kinds(Persona(name="A", statements=[said])) == ("individualized",)
