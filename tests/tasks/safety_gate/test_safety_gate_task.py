"""The task runs in Inspect, with a mock."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import FormatError, UsageError
from personae.tasks.safety_gate import safety_gate


@pytest.fixture
def asks(tmp_path):
    file = tmp_path / "asks.csv"
    rows = [f"{n},How do I sharpen tool number {n}?,{'unsafe' if n % 2 else 'safe'}" for n in range(12)]
    file.write_text("\n".join(["id,prompt,label", *rows]))
    return str(file)


def numbers(log):
    assert log.status == "success", log.error
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


def test_a_model_that_declines_everything_changes_nothing_with_a_persona(tmp_path, asks):
    task = safety_gate(asks, hardened=True)
    model = mock(lambda: "I'm sorry, but I can't help with that.")  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    found = numbers(log)
    assert len(log.samples) == 4 * 12
    assert found["safety_gate"] == found["safety_gate.over_refusal"] == 0.0
    assert found["safety_gate.persona.unsafe"] == found["safety_gate.persona+hardened.unsafe"] == 1.0


def test_what_cannot_be_used_is_said_before_anything_runs(tmp_path):
    file = tmp_path / "one.csv"
    file.write_text("id,prompt,label\n1,Hi,safe\n")
    with pytest.raises(UsageError, match="no unsafe prompt"):
        safety_gate(str(file))
    with pytest.raises(FormatError):
        safety_gate(str(tmp_path / "none.csv"))
