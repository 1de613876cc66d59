"""The task runs in Inspect; an answer about nothing is near nothing."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.tasks.grounding import grounding


@pytest.mark.slow
def test_the_same_answer_to_everything_is_seldom_nearest(tmp_path):
    model = mock(lambda: "It is a pleasant afternoon, I must say.")  # mockllm/model
    (log,) = inspect_eval(grounding(n=4), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    metrics = log.results.scores[0].metrics
    assert metrics["grounding.relevance"].value < 0.5
    assert metrics["grounding"].value < 1.0
