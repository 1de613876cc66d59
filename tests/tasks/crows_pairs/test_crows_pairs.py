"""The task runs in Inspect, with the embedded model; a mock, which only answers, is refused."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.tasks.crows_pairs import crows_pairs


@pytest.fixture
def items(tmp_path):
    rows = [f"The old man forgot {at} things.,The young man forgot {at} things.,age" for at in range(12)]
    (tmp_path / "pairs.csv").write_text("\n".join(["sent_more,sent_less,bias_type", *rows]), encoding="utf-8")
    return str(tmp_path / "pairs.csv")


def test_a_model_that_only_answers_stops_the_task_and_says_what_is_needed(tmp_path, items):
    model = mock(lambda: "A")  # mockllm/model
    (log,) = inspect_eval(crows_pairs(items), model=model, log_dir=str(tmp_path), display="none")

    assert log.status == "error"
    assert "log-probability of whole sentences" in log.error.message
    with pytest.raises(UsageError, match="no likelihood is called 'masked'"):
        crows_pairs(items, likelihood="masked")


@pytest.mark.slow
def test_the_embedded_model_scores_five_pairs_twice(tmp_path, items):
    task = crows_pairs(items, n=5, cache=str(tmp_path / "calls"))
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)

    assert log.status == "success", log.error
    assert len(log.samples) == 2 * 5
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert 0 <= metrics["crows_pairs"] <= 1
    assert metrics["crows_pairs.change"] == pytest.approx(metrics["crows_pairs"] - metrics["crows_pairs.none"])
