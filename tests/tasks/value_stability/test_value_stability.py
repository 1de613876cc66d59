"""The task runs in Inspect, with a mock and with the embedded model."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.tasks.value_stability import value_stability

TWO = {
    "intro": "How like you?",
    "scale": ["like me", "not like me"],
    "items": [
        {"id": "calm", "value": "security", "text": "I like calm."},
        {"id": "thrill", "value": "stimulation", "text": "I like a thrill."},
    ],
}


@pytest.fixture
def two(tmp_path):
    path = tmp_path / "two.json"
    path.write_text(json.dumps(TWO), encoding="utf-8")
    return str(path)


def test_always_the_first_letter_gets_no_verdict(tmp_path, two):
    task = value_stability(people=4, repeats=2, items=two)
    model = mock(lambda: "A")  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    assert [sample.id for sample in log.samples] == ["itself", *(f"person-{at:04}" for at in range(1, 5))]
    assert "value_stability" not in log.results.scores[0].metrics


@pytest.mark.slow
def test_twenty_people_played_by_the_embedded_model_answer_everything(tmp_path, two):
    persona = tmp_path / "ana.yaml"
    persona.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n")
    task = value_stability(str(persona), people=19, repeats=2, items=two)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    assert all(sample.scores["observed"].value is not None for sample in log.samples)
