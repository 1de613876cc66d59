"""The task in Inspect: a mock model, PersonaBench's folder, and the embedded model."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.measure.as_inspect import observations_in
from personae.tasks.private_documents import private_documents


def run(task, model, tmp_path):  # model is mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    return log, {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


def test_a_model_that_says_one_thing_is_right_once(tmp_path):
    task = private_documents(shown="none", noise=0.0, n=20)
    log, metrics = run(task, mock(lambda: "A one-eyed goat called Admiral."), tmp_path)
    assert len(log.samples) == 20
    rights = [observation.case_id for observation in observations_in(log) if observation.value == 1.0]
    assert rights == ["Ilse Marten/statement/pet"]
    assert 0.05 <= metrics["private_documents"] < 0.3
    assert 0 < metrics["private_documents.retrieval.overall.recall"] <= 1
    assert {name for name in metrics if "stale" in name} == set()


def test_a_model_that_refuses_is_unscored(tmp_path):
    log, metrics = run(
        private_documents(noise=0.0, n=2), mock(lambda: "I'm sorry, but I can't help with that."), tmp_path
    )
    assert log.results.scores[0].unscored_samples == 2
    assert not any(name == "private_documents" for name in metrics)


def test_what_cannot_be_used_is_said_before_anything_runs(tmp_path):
    with pytest.raises(UsageError, match="shown is 'all'"):
        private_documents(shown="all")
    with pytest.raises(UsageError, match="holds no folder 'community_0'"):
        private_documents(folder=str(tmp_path))
    with pytest.raises(UsageError, match="noise is 2"):
        private_documents(noise=2)


@pytest.mark.slow
def test_the_embedded_model_answers_twenty_questions(tmp_path):
    task = private_documents(shown="none", noise=0.0, n=20, tokens=8, cache=str(tmp_path / "calls"))
    log, _ = run(task, "personae/embedded", tmp_path)
    assert len(log.samples) == 20
    told, *_ = task.measure.summarise(task.plan, observations_in(log))
    lost = {reason: count for reason, count in told.missing.items() if not reason.startswith("statement")}
    assert set(lost) <= {"truncated", "refused", "empty"}
    assert told.n + sum(lost.values()) == 20
