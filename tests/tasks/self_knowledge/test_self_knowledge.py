"""The task runs in Inspect; a model that always says "A" comes out as positional."""

from __future__ import annotations

from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.tasks.self_knowledge import self_knowledge


def test_a_positional_responder_wins_one_rotation_in_four(tmp_path):
    model = mock(lambda: "A")  # mockllm/model
    (log,) = inspect_eval(self_knowledge(n=3), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    metrics = log.results.scores[0].metrics
    assert metrics["self_knowledge"].value == metrics["self_knowledge.floor"].value == 0.25
    assert len(log.samples) == 3


def test_a_model_that_cannot_choose_is_unscored_not_zero(tmp_path):
    model = mock(lambda: "As a poet I would rather not say.")
    (log,) = inspect_eval(self_knowledge(n=2), model=model, log_dir=str(tmp_path), display="none")
    assert log.results.scores[0].unscored_samples == 2
    assert "self_knowledge" not in log.results.scores[0].metrics


def test_observe_keeps_every_answer_in_the_cache_it_is_given(tmp_path):
    asked = []

    def says() -> str:
        asked.append(1)
        return "B"

    for _ in range(2):
        task = self_knowledge(n=2, cache=str(tmp_path / "calls.sqlite"))
        inspect_eval(task, model=mock(says), log_dir=str(tmp_path), display="none")
    assert len(asked) == 2 * 3 * 4
