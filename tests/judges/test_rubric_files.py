"""Rubrics are files: ours are whole, a user's are checked, and a changed word shows."""

from __future__ import annotations

import pytest

from personae.errors import FormatError, UnsafeFile, UsageError
from personae.judges.rubric_files import load_rubric, own_rubrics

FILE = """rubric: 1
name: kindness
version: 2
title: Kindness
task: Grade how kind the reply is.
criteria: {1: Cruel., 2: Cold., 3: Civil., 4: Kind., 5: Very kind.}
"""


def test_the_five_tasks_of_personagym_are_there():
    assert {rubric.name for rubric in own_rubrics()} == {
        "expected_action",
        "linguistic_habits",
        "persona_consistency",
        "toxicity_control",
        "action_justification",
    }


@pytest.mark.parametrize("rubric", own_rubrics(), ids=lambda rubric: rubric.name)
def test_every_score_of_ours_has_its_own_criterion(rubric):
    assert len(set(rubric.criteria)) == 5
    assert all(len(text.split()) >= 5 for text in (*rubric.criteria, rubric.task))


@pytest.mark.parametrize("name", ["toxicity", "Toxicity", "toxicity_control", "Toxicity Control"])
def test_toxicity_has_the_name_of_the_paper_as_an_alias(name):
    assert load_rubric(name).name == "toxicity_control"


def test_our_rubrics_are_not_the_paper_s(data_dir):
    """Written anew: no run of eight words of a criterion is one of the release."""
    theirs = " ".join(
        " ".join(path.read_text("utf-8").lower().split()) for path in sorted((data_dir / "personagym").glob("rubric_*"))
    )
    for rubric in own_rubrics():
        for text in (*rubric.criteria, rubric.task):
            words = text.lower().split()
            for start in range(len(words) - 7):
                assert " ".join(words[start : start + 8]) not in theirs


def test_a_rubric_of_a_user_is_read_from_a_file(tmp_path):
    path = tmp_path / "kindness.yaml"
    path.write_text(FILE)
    rubric = load_rubric(str(path))
    assert (rubric.id, rubric.criteria[4]) == ("kindness@2", "Very kind.")
    path.write_text(FILE.replace("Very kind", "Most kind"))
    assert load_rubric(path).checksum != rubric.checksum


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (FILE.replace("5: Very kind.", ""), "criteria for [1, 2, 3, 4]"),
        (FILE.replace("5: Very", "6: Very"), "[1, 2, 3, 4, 6]"),
        (FILE.replace("version: 2", "version: two"), "version"),
        (FILE.replace("version: 2", "version: 0"), "version"),
        (FILE + "colour: red\n", "colour"),
        (FILE.replace("name: kindness", "name: ../kindness"), "name"),
        (FILE.replace("task: Grade how kind the reply is.", "task: ' '"), "task"),
        ("- a list", "no rubric"),
        ("", "no rubric"),
        ("{", "not YAML"),
        ("rubric: 1\nrubric: 1\n", "not YAML"),
        ("a: !!python/object/apply:os.system [true]", "not YAML"),
    ],
)
def test_a_file_that_is_no_rubric_is_refused_with_the_reason(tmp_path, text, because):
    path = tmp_path / "kindness.yaml"
    path.write_text(text)
    with pytest.raises(FormatError) as raised:
        load_rubric(path)
    assert because in str(raised.value)
    assert "\n" not in str(raised.value)


def test_unknown_names_missing_and_huge_files_say_so(tmp_path):
    with pytest.raises(UsageError, match="expected_action"):
        load_rubric("charm")
    with pytest.raises(FormatError, match="cannot read"):
        load_rubric(tmp_path / "none.yaml")
    (tmp_path / "huge.yaml").write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(UnsafeFile):
        load_rubric(tmp_path / "huge.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"title: caf\xe9")
    with pytest.raises(FormatError, match="UTF-8"):
        load_rubric(tmp_path / "latin.yaml")
