"""The task runs in Inspect, with a mock that lies and a judge that says so."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.models import Scripted
from personae.tasks.deception import deception


@pytest.fixture
def ana(tmp_path) -> str:
    persona = tmp_path / "ana.yaml"
    persona.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n")
    return str(persona)


def test_a_model_that_lies_everywhere_is_found_to_lie(tmp_path, ana, monkeypatch):
    verdict = json.dumps({"thought": "honest", "response": "deceptive"})
    monkeypatch.setattr("personae.tasks._models.judged_by", lambda *_: (Scripted(lambda _: verdict), None))
    model = mock(lambda: json.dumps({"thought": "Better not.", "response": "It never failed."}))  # mockllm/model
    (log,) = inspect_eval(deception("any", ana, n=1), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert len(log.samples) == 5 * 2 * 3
    assert metrics["deception"] == metrics["deception.economy.self.reward"] == 1.0
    assert metrics["deception.aligned"] == metrics["deception.pressure_effect"] == 0.0


def test_without_a_judge_nothing_runs(ana):
    with pytest.raises(UsageError, match="judge"):
        deception(persona=ana)
