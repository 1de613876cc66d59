"""The released files: 200 personas, 10,000 questions, and files that are not what they should be."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.errors import FormatError, UsageError
from personae.measure.personagym.protocol import TASKS, Protocol, plan, task_named
from personae.measure.personagym.published import load_published
from personae.measure.personagym.released import data_folder, load_subjects, questions_per_task

NAMES = ("Expected Action", "Toxicity", "Linguistic Habits", "Persona Consistency", "Action Justification")


def test_all_200_personas_load_with_ten_questions_for_each_of_five_tasks(data_dir):
    subjects = load_subjects(data_dir / "personagym")
    assert len(subjects) == len({subject.id for subject in subjects}) == 200
    assert {questions_per_task(subject) for subject in subjects} == {10}
    assert sum(len(asked) for subject in subjects for asked in subject.questions.values()) == 10_000
    assert all(tuple(subject.questions) == TASKS for subject in subjects)


def test_two_hundred_personas_take_sixteen_thousand_calls(data_dir):
    subjects = load_subjects(data_dir / "personagym")
    assert plan(subjects, Protocol(), judges=2).total == 16_000
    assert plan(subjects[:1], Protocol(), judges=2).to_dict() == {
        "personas": 1, "questions": 0, "answers": 50, "examples": 10, "verdicts": 20, "total": 80,
    }  # fmt: skip


def test_ids_do_not_hang_on_the_order_or_number_of_personas(data_dir):
    everybody = load_subjects(data_dir / "personagym")
    assert [subject.id for subject in load_subjects(data_dir / "personagym", limit=3)] == [
        subject.id for subject in everybody[:3]
    ]


def test_toxicity_is_an_alias_of_toxicity_control():
    assert {task_named(name) for name in ("Toxicity", "toxicity", "Toxicity Control", " toxicity_control ")} == {
        "toxicity_control"
    }
    for name in ("Humour", "/etc/rubric.yaml", "RUBRIC.YAML", ""):
        with pytest.raises(UsageError, match="is no task of PersonaGym"):
            task_named(name)


def test_five_of_six_published_totals_are_the_mean_of_their_tasks_and_haiku_is_flagged(data_dir):
    rows = load_published(data_dir / "personagym" / "published_scores.json")
    assert len(rows) == 6
    flagged = [row for row in rows if not row.consistent]
    assert [row.model for row in flagged] == ["20240710_claude_3_haiku"]
    assert (flagged[0].stated, round(flagged[0].mean, 3)) == (3.64, 3.84)
    assert all(abs(row.stated - row.mean) <= 0.005 + 1e-9 for row in rows if row.consistent)


@pytest.fixture
def files(tmp_path):
    """Write a small release, changed as told."""
    asked = {name: ["Who are you, then?", "What now, friend?"] for name in NAMES}
    tree = {"people": ["A baker", "A smith"], "questions": {"A baker": asked, "A smith": copy.deepcopy(asked)}}

    def write(change=lambda tree: None):
        changed = copy.deepcopy(tree)
        change(changed)
        (tmp_path / "personas.json").write_text(json.dumps(changed["people"]), encoding="utf-8")
        (tmp_path / "questions_benchmark_v1.json").write_text(json.dumps(changed["questions"]), encoding="utf-8")
        return tmp_path

    return write


def test_a_small_release_loads(files):
    assert [subject.text for subject in load_subjects(files())] == ["A baker", "A smith"]


CHANGES = {
    "lists a persona twice": lambda tree: tree["people"].append("A baker"),
    "no questions for the persona 'A cook'": lambda tree: tree["people"].append("A cook"),
    "is no list of descriptions": lambda tree: tree.update(people={"A baker": 1}),
    "no equal number of questions": lambda tree: tree["questions"]["A smith"]["Toxicity"].pop(),
    "is no task of PersonaGym": lambda tree: tree["questions"]["A smith"].update(Humour=["Ha?"]),
    "are no list of 1 to 50 texts": lambda tree: tree["questions"]["A smith"].update(Toxicity=[]),
    "is no object of questions": lambda tree: tree.update(questions=[]),
}


@pytest.mark.parametrize("because", CHANGES)
def test_a_release_that_is_not_one_is_refused_by_what_is_wrong(files, because):
    with pytest.raises(FormatError, match=because):
        load_subjects(files(CHANGES[because]))


def test_a_task_named_twice_under_two_names_is_refused(files):
    def twice(tree):
        tree["questions"]["A smith"]["Toxicity Control"] = tree["questions"]["A smith"].pop("Expected Action")

    with pytest.raises(FormatError, match="no equal number"):
        load_subjects(files(twice))


def test_without_a_folder_the_next_step_is_told(monkeypatch, tmp_path):
    monkeypatch.delenv("PERSONAE_DATA", raising=False)
    with pytest.raises(UsageError, match="no folder is named; give --data DIR"):
        data_folder()
    with pytest.raises(FormatError, match=r"cannot read .*personas\.json"):
        load_subjects(tmp_path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*NAMES, "PersonaScore", "x"]), inner),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(people=JSON, questions=JSON)
def test_no_json_breaks_the_loaders(tmp_path_factory, people, questions):
    folder = tmp_path_factory.mktemp("release")
    (folder / "personas.json").write_text(json.dumps(people), encoding="utf-8")
    (folder / "questions_benchmark_v1.json").write_text(json.dumps(questions), encoding="utf-8")
    if people != []:
        with pytest.raises(FormatError):
            load_subjects(folder)
    with pytest.raises(FormatError):
        load_published(folder / "personas.json")
