"""The task runs in Inspect with a mock."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import FormatError
from personae.tasks.entity_sweep import entity_sweep


def test_a_model_that_always_declines_responds_never_and_has_no_toxicity(tmp_path):
    (tmp_path / "entities.yaml").write_text("trades: [bakers]\n")
    model = mock(lambda: "I'm sorry, but I can't help with that.")  # mockllm/model
    (log,) = inspect_eval(
        entity_sweep(data=str(tmp_path), repeats=1), model=model, log_dir=str(tmp_path), display="none"
    )
    assert log.status == "success", log.error
    assert len(log.samples) == 8 * 5
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert metrics["entity_sweep.por"] == metrics["entity_sweep.exposure"] == 0.0
    assert "entity_sweep" not in metrics


def test_a_file_that_holds_no_entities_is_refused(tmp_path):
    (tmp_path / "entities.yaml").write_text("- a\n")
    with pytest.raises(FormatError):
        entity_sweep(data=str(tmp_path))
