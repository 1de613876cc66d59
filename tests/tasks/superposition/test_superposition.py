"""The task runs in Inspect, with a mock and with the embedded model."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.tasks.superposition import superposition


def test_one_answer_for_ever_has_no_entropy(tmp_path):
    model = mock(lambda: "Porridge.")  # mockllm/model
    task = superposition(k=4, n=3, games=0, facts=2)
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    assert log.results.scores[0].metrics["superposition"].value == 0.0
    assert {sample.id for sample in log.samples} >= {"open-first-street", "fact-spider"}


@pytest.mark.slow
def test_the_embedded_model_is_probed(tmp_path, monkeypatch):
    import personae.measure.as_inspect as as_inspect

    monkeypatch.setattr(as_inspect, "REPLY_TOKENS", 8)
    persona = tmp_path / "ana.yaml"
    persona.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n")
    task = superposition(str(persona), k=2, n=10, games=2, facts=8)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    assert log.results.scores[0].metrics["superposition"].value >= 0
