"""The task runs in Inspect, with a mock and with the embedded model."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import FormatError, UsageError
from personae.tasks.persona_tax import persona_tax


@pytest.fixture
def files(tmp_path):
    persona, items = tmp_path / "ana.yaml", tmp_path / "items.json"
    persona.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n")
    options = ["yes", "no"]
    entries = [{"question": f"Is {at} even?", "choices": options, "answer": at % 2} for at in range(20)]
    items.write_text(json.dumps(entries))
    return {"persona": str(persona), "items": str(items)}


def test_a_positional_model_pays_nothing_and_knows_nothing(tmp_path, files):
    task = persona_tax(**files, traits="openness,psychopathy")
    model = mock(lambda: "A")  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert metrics["persona_tax"] == metrics["persona_tax.openness"] == metrics["persona_tax.spread"] == 0.0
    assert metrics["persona_tax.baseline"] == 0.5


def test_what_cannot_be_used_is_said_before_anything_runs(tmp_path, files):
    with pytest.raises(UsageError, match="kindness"):
        persona_tax(**files, traits="kindness")
    with pytest.raises(UsageError, match="level"):
        persona_tax(**files, level=10)
    with pytest.raises(FormatError):
        persona_tax(str(tmp_path / "none.csv"))


@pytest.mark.slow
def test_the_embedded_model_answers_ten_items_twice(tmp_path, files):
    task = persona_tax(**files, n=10, traits="none", cache=str(tmp_path / "calls"))
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    assert len(log.samples) == 2 * 10
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert -1 <= metrics["persona_tax"] <= 1
