"""The task runs in Inspect; one sentence for ever is one voice."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.tasks.style import style


def test_one_sentence_for_ever_is_one_voice(tmp_path):
    model = mock(lambda: "Steady on, the kettle is not going anywhere.")  # mockllm/model
    (log,) = inspect_eval(style(n=4), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    assert log.results.scores[0].metrics["style"].value == pytest.approx(1.0)
