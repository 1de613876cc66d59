"""The task runs in Inspect: places are found out, nothing is paid twice, and the log says what came to mind."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.measure.decisions import own_decisions
from personae.tasks.lifechoice import lifechoice
from personae.tasks.lifechoice.lifechoice import record_to_sample

#: Twenty decisions of few words, so that a model scores them quickly.
PEOPLE = (("Ana", "is bold"), ("Rui", "is shy"), ("Eva", "sings"), ("Leo", "cooks"), ("Ida", "sails"))
TIES = (("boats", "Marta", "Yes."), ("books", "Ivo", "No."), ("letters", "Jara", "Later."), ("bells", "Gil", "Never."))
SHORT = [
    {
        "id": f"{name}-{thing}",
        "character_name": name,
        "description": f"{name} {trait}. About {thing}, {name} listens to {friend}.",
        "input_text": f"{friend} always said {choice.lower()} to such things.\n\nThe {thing} were old.\n\nIt snowed.",
        "Scenario": f"Somebody brings {thing}.",
        "Question": f"What does {name} say?",
        "Options": ["Yes.", "No.", "Later.", "Never."],
        "Correct Answer": choice,
    }
    for name, trait in PEOPLE
    for thing, friend, choice in TIES
]


def metrics(log) -> dict[str, float]:
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


@pytest.fixture
def short(tmp_path):
    file = tmp_path / "short.json"
    file.write_text(json.dumps(SHORT), "utf-8")
    return str(file)


def test_a_positional_responder_is_right_in_one_rotation_of_four(tmp_path):
    model = mock(lambda: "A")  # mockllm/model
    (log,) = inspect_eval(lifechoice(), model=model, log_dir=str(tmp_path), display="none", limit=5)
    assert log.status == "success"
    assert metrics(log)["lifechoice"] == metrics(log)["lifechoice.floor"] == 0.25
    assert metrics(log)["lifechoice.gain"] == 0
    score = log.samples[0].scores["observed"]
    assert "chose:" in score.explanation
    assert "came to mind:" in score.explanation


def test_a_model_that_cannot_choose_is_unscored_not_zero(tmp_path, short):
    model = mock(lambda: "I'm sorry, but I can't say.")
    (log,) = inspect_eval(lifechoice(short), model=model, log_dir=str(tmp_path), display="none", limit=3)
    assert log.results.scores[0].unscored_samples == 3
    assert "lifechoice" not in metrics(log)
    assert {sample.scores["observed"].metadata["observation"]["outcome"] for sample in log.samples} == {"refused"}


def test_calls_are_counted_and_nothing_is_paid_twice(tmp_path, short):
    asked = []

    def says() -> str:
        asked.append(1)
        return "B"

    for _ in range(2):
        task = lifechoice(short, conditions="mapped", cache=str(tmp_path / "calls.sqlite"))
        inspect_eval(task, model=mock(says), log_dir=str(tmp_path), display="none", limit=3, max_samples=1)
    assert len(asked) == 3 * 4


def test_samples_have_stable_ids_options_and_targets():
    task = lifechoice()
    own = {decision.id: decision for decision in own_decisions()}
    assert [sample.id for sample in task.dataset] == list(own)
    for sample in task.dataset:
        assert sample.choices["ABCD".index(sample.target)] == own[sample.id].options[own[sample.id].gold]
    first = record_to_sample(own["nadia-fair"])
    assert (first.id, first.target, first.metadata) == ("nadia-fair", "A", {"character": "Nadia Ferreira"})
    assert first.input.endswith("What does Nadia do about the bridge?")


def test_a_persona_decides_in_place_of_the_characters(short):
    task = lifechoice(short, persona="lighthouse-keeper")
    assert {decision.character for decision in task.measure.decisions} == {task.measure.decisions[0].character}
    assert task.measure.decisions[0].character != "Ana"


def test_wrong_arguments_are_refused_before_any_call(short):
    for wrong in ({"conditions": "guess"}, {"nearness": "smell"}):
        with pytest.raises(UsageError):
            lifechoice(short, **wrong)


@pytest.mark.slow
def test_the_embedded_model_runs_twenty_decisions_with_its_floor(tmp_path, short):
    task = lifechoice(short, conditions="mapped,floor")
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    found = metrics(log)
    assert 0 <= found["lifechoice"] <= 1
    assert found["lifechoice.gain"] == pytest.approx(found["lifechoice"] - found["lifechoice.floor"])
