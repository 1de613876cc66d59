"""The task runs in Inspect with a scripted persona, and with the embedded model."""

from __future__ import annotations

import itertools

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.tasks.self_check import self_check


def metrics_of(task, says, folder):
    (log,) = inspect_eval(task, model=mock(says), log_dir=str(folder), display="none")  # mockllm/model
    assert log.status == "success"
    return log, log.results.scores[0].metrics


def test_a_persona_that_repeats_itself_scores_lower_than_one_that_invents(tmp_path):
    _, same = metrics_of(self_check(n=3, samples=2), lambda: "I live on the rock.", tmp_path)
    count = itertools.count()
    log, invented = metrics_of(self_check(n=3, samples=2), lambda: f"I live in town{next(count)}.", tmp_path)
    assert same["self_check"].value < invented["self_check"].value
    assert "I live in town" in log.samples[0].scores["observed"].explanation


def test_empty_replies_are_unscored(tmp_path):
    log, metrics = metrics_of(self_check(n=2, samples=2), lambda: "", tmp_path)
    assert log.results.scores[0].unscored_samples == 2
    assert "self_check" not in metrics


def test_a_prompting_scorer_needs_a_model_to_ask():
    with pytest.raises(UsageError, match="'prompt' asks a model"):
        self_check(scorer="prompt")


@pytest.mark.slow
def test_twenty_questions_with_the_embedded_model(tmp_path):
    questions = tmp_path / "questions.yaml"
    questions.write_text("".join(f"- {{id: q{n}, text: 'What is {n}?'}}\n" for n in range(20)), encoding="utf-8")
    ana = tmp_path / "ana.yaml"
    ana.write_text("personae: 1\nname: Ana\nsummary: Mends nets.\n", encoding="utf-8")
    task = self_check(persona=str(ana), questions=str(questions), samples=2, max_tokens=3)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    assert log.results.scores[0].unscored_samples > 0  # three tokens cut most replies off, and such are not checked
