"""The task runs in Inspect with a scripted writer, and with the embedded model."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.tasks.interaction import interaction

FIVE = json.dumps({str(number): 3 for number in range(1, 6)})


def test_people_who_answer_the_same_do_not_drift(tmp_path):
    task = interaction(n=2, words=10, per_trait=1)
    model = mock(lambda: FIVE)  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    metrics = log.results.scores[0].metrics
    assert metrics["interaction"].value == 0.0
    assert "interaction.recoverability.solo" not in metrics  # two people are too few
    assert len(log.samples) == 8
    last = next(sample for sample in log.samples if sample.id == "pair-partner-001")
    assert last.scores["observed"].metadata["observation"]["data"]["heard"] == FIVE


def test_an_unanswered_questionnaire_is_unscored_not_zero(tmp_path):
    task = interaction(n=1, words=10, per_trait=1)
    (log,) = inspect_eval(task, model=mock(lambda: "Rather not."), log_dir=str(tmp_path), display="none")
    assert log.results.scores[0].unscored_samples == 4
    assert "interaction" not in log.results.scores[0].metrics


@pytest.mark.slow
def test_twenty_people_with_the_embedded_model(tmp_path):
    ana = tmp_path / "ana.yaml"
    ana.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n", encoding="utf-8")
    rui = tmp_path / "rui.yaml"
    rui.write_text("personae: 1\nname: Rui\nsummary: A pilot.\n", encoding="utf-8")
    task = interaction(persona=str(ana), partner=str(rui), n=5, words=4, per_trait=1, cache=str(tmp_path / "calls.db"))
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    outcomes = [sample.scores["observed"].metadata["observation"]["outcome"] for sample in log.samples]
    assert outcomes.count("answered") >= 15
