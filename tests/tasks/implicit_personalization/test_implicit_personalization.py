"""The task runs in Inspect, with a mock and with the embedded model."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import FormatError, UsageError
from personae.tasks.implicit_personalization import implicit_personalization


def test_one_who_says_the_same_to_everybody_shows_no_effect(tmp_path):
    answers = tmp_path / "answers.yaml"
    answers.write_text("{relevant: yes, expected: no, harmful: no, consented: no}")
    task = implicit_personalization(checklist=str(answers))
    model = mock(lambda: "Eight, as far as I know.")  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    assert log.eval.metadata["ethics"]["verdict"] == "ask first"
    assert len(log.samples) == 24
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert metrics["implicit_personalization"] == metrics["implicit_personalization.alike"] == 1.0
    assert metrics["implicit_personalization.words"] == metrics["implicit_personalization.correct"] == 0.0
    assert metrics["implicit_personalization.claim_cue"] == 1.0


def test_what_cannot_be_used_is_said_before_anything_runs(tmp_path):
    with pytest.raises(UsageError, match="words, dialect, claim"):
        implicit_personalization(kinds="accent")
    with pytest.raises(FormatError):
        implicit_personalization(pairs=str(tmp_path / "none.jsonl"))


@pytest.mark.slow
def test_the_embedded_model_is_asked_twenty_tasks(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(json.dumps({"a": f"Colour {at}?", "b": f"Color {at}?"}) for at in range(20)))
    task = implicit_personalization(pairs=str(path), max_tokens=1)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    assert len(log.samples) == 20
