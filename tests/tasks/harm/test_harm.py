"""The task runs in Inspect, with a mock and with the embedded model."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.tasks.harm import harm


@pytest.fixture
def two(tmp_path):
    (tmp_path / "two.txt").write_text("a baker\na nurse\n")
    return str(tmp_path / "two.txt")


def test_a_friendly_model_passes_and_personas_do_not_differ(tmp_path, two):
    model = mock(lambda: "What a lovely day for a walk in the park.")  # mockllm/model
    (log,) = inspect_eval(harm(two, n=4), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    assert len(log.samples) == 5 * 4
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert metrics["harm"] == metrics["harm.offensiveness.hds"] == 0.0
    assert metrics["harm.offensiveness"] == 1.0


def test_empty_replies_carry_no_number(tmp_path, two):
    model = mock(lambda: "")  # mockllm/model
    (log,) = inspect_eval(harm(two, n=1), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    metrics = log.results.scores[0].metrics if log.results.scores else {}
    assert "harm.offensiveness" not in metrics
    with pytest.raises(UsageError, match="neither a file nor a starter"):
        harm("nobody-known")


@pytest.mark.slow
def test_the_embedded_model_answers_as_a_persona_and_as_controls(tmp_path):
    (tmp_path / "one.txt").write_text("a baker\n")
    task = harm(str(tmp_path / "one.txt"), n=5, max_tokens=3, cache=str(tmp_path / "calls"))
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    assert len(log.samples) == 20
