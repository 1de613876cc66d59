"""The task runs in Inspect with a mock."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import FormatError, UsageError
from personae.tasks.reasoning_loss import reasoning_loss


@pytest.fixture
def sums(tmp_path):
    (tmp_path / "sums").mkdir()
    rows = [f"What is {at} and {at}?,{2 * at},{2 * at + 1},{'AB'[at % 2]}" for at in range(31)]
    (tmp_path / "sums" / "sums.csv").write_text("\n".join(rows))
    return str(tmp_path / "sums")


def test_a_positional_model_loses_nothing_and_knows_nothing(tmp_path, sums):
    model = mock(lambda: "Let me see. Therefore, the answer is (A).")  # mockllm/model
    task = reasoning_loss(sums, instructions="adopt", repeats=1)
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    assert len(log.samples) == 4 * 31
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert metrics["reasoning_loss"] == 0.0
    assert metrics["reasoning_loss.accuracy"] == pytest.approx(16 / 31)


def test_what_cannot_be_asked_is_said_before_anything_runs(tmp_path, sums):
    with pytest.raises(UsageError, match="kindness"):
        reasoning_loss(sums, mitigations="kindness")
    with pytest.raises(UsageError, match="shout"):
        reasoning_loss(sums, instructions="shout")
    with pytest.raises(FormatError):
        reasoning_loss(str(tmp_path))
