"""The task runs in Inspect, with a mock and with the embedded model."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.tasks.style_adaptation import style_adaptation


def test_one_sentence_for_ever_is_stable_and_gains_nothing(tmp_path):
    model = mock(lambda: "Steady on, the kettle is not going anywhere.")  # mockllm/model
    (log,) = inspect_eval(style_adaptation(turns=3), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    metrics = log.results.scores[0].metrics
    assert metrics["style_adaptation"].value == pytest.approx(0.0)
    assert metrics["style_adaptation.static.stability"].value == pytest.approx(1.0)
    assert {sample.id for sample in log.samples} >= {"neighbour-static", "traveller-uncapped"}


@pytest.mark.slow
def test_the_embedded_model_answers_under_all_policies(tmp_path, monkeypatch):
    import personae.measure.as_inspect as as_inspect
    from personae.metrics.style_policies import POLICIES

    monkeypatch.setattr(as_inspect, "REPLY_TOKENS", 12)
    persona = tmp_path / "ana.yaml"
    persona.write_text('personae: 1\nname: Ana\ngreetings: ["Hello there.", "I mend nets, sir.", "Mind the step!"]\n')
    task = style_adaptation(str(persona), policies=list(POLICIES), turns=1)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 24
