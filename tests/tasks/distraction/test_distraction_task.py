"""The task runs in Inspect, with a mock."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.tasks.distraction import distraction


@pytest.fixture
def ana(tmp_path) -> str:
    persona = tmp_path / "ana.yaml"
    persona.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n")
    return str(persona)


def numbers(log):
    assert log.status == "success", log.error
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


def test_a_model_that_always_spins_the_wheel_is_distracted_once_and_else_invalid(tmp_path, ana):
    task = distraction(ana)
    model = mock(lambda: "Spin the wheel")  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    found = numbers(log)
    assert len(log.samples) == 12 * 4
    assert found["distraction"] == pytest.approx(3 / 36)
    assert found["distraction.invalid"] == pytest.approx(33 / 36)


def test_what_cannot_be_used_is_said_before_anything_runs(ana):
    with pytest.raises(UsageError, match="shouting"):
        distraction(ana, mode="shouting")
    with pytest.raises(UsageError, match="loud"):
        distraction(ana, strengths="loud")
