"""The task runs in Inspect and counts what the model counts."""

from __future__ import annotations

from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.tasks.cost import cost


def test_tokens_are_those_of_the_usage(tmp_path):
    model = mock(lambda: "Aye.")  # mockllm/model
    (log,) = inspect_eval(cost(n=3, price_in=1.0), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    metrics = log.results.scores[0].metrics
    assert metrics["cost.tokens"].value == 11
    assert metrics["cost.money"].value == 10 / 1_000_000
