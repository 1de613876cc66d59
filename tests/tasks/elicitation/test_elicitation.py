"""The task runs in Inspect: turns out of form are unscored, a policy asks in the model's place, judges are named."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.measure.elicitation import own_needs
from personae.tasks.elicitation import elicitation


def metrics(log) -> dict[str, float]:
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


def test_an_assistant_that_answers_at_once_gains_nothing(tmp_path):
    model = mock(lambda: "###ACTION###\nfinal_answer\nIt scatters.")  # mockllm/model
    (log,) = inspect_eval(elicitation(), model=model, log_dir=str(tmp_path), display="none", limit=4)
    assert log.status == "success"
    found = metrics(log)
    assert 1 <= found["elicitation"] <= 5
    assert found["elicitation.questions"] == 0
    assert "infer_persona:" in log.samples[0].scores["observed"].explanation


def test_turns_out_of_form_are_unscored_not_low(tmp_path):
    model = mock(lambda: "How long would you like it?")  # mockllm/model
    (log,) = inspect_eval(
        elicitation(modes="infer_persona"), model=model, log_dir=str(tmp_path), display="none", limit=3
    )
    assert log.results.scores[0].unscored_samples == 3
    assert "elicitation" not in metrics(log)


def test_a_policy_asks_and_the_judge_is_named(tmp_path):
    task = elicitation(asks="gain", judge="mockllm/model", modes="infer_persona")
    assert task.metadata["rater"].startswith("judge/")
    task = elicitation(asks="gain", modes="infer_persona")
    (log,) = inspect_eval(task, model=mock(lambda: "Blue."), log_dir=str(tmp_path), display="none", limit=3)
    assert metrics(log)["elicitation.weight_found"] == 1.0
    assert 1 <= metrics(log)["elicitation.questions"] <= 5


def test_samples_have_stable_ids():
    assert [sample.id for sample in elicitation().dataset] == [need.id for need in own_needs().needs]


def test_wrong_arguments_are_refused_before_any_call():
    for wrong in ({"modes": "guess"}, {"asks": "cat"}, {"manner": "chatty"}, {"budget": 0}):
        with pytest.raises(UsageError):
            elicitation(**wrong)


@pytest.mark.slow
def test_the_embedded_model_answers_twenty_needs_after_a_policy_has_asked(tmp_path):
    task = elicitation(asks="gain", modes="infer_persona", answer_tokens=2)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    seen = [sample.scores["observed"].metadata["observation"] for sample in log.samples]
    assert all(each["data"]["modes"]["infer_persona"]["stated"] for each in seen)
    assert {each["outcome"] for each in seen} <= {"answered", "truncated", "empty"}
