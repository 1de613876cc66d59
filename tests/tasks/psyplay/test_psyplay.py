"""The task runs in Inspect with a scripted reader, and with the embedded model."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.tasks.psyplay import psyplay


def test_a_reader_that_always_says_a_is_right_as_often_as_chance_puts_it_there(tmp_path):
    model = mock(lambda: '{"answer": "A"}')  # mockllm/model
    (log,) = inspect_eval(psyplay(n=20, turns=2), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    metrics = log.results.scores[0].metrics
    assert 0.25 <= metrics["psyplay"].value <= 0.75
    assert metrics["psyplay.recovery.control"].value == pytest.approx(0.5, abs=0.02)
    assert [sample.id for sample in log.samples][:2] == ["talk-000", "talk-001"]
    score = log.samples[0].scores["observed"]
    assert "read: " in score.answer
    assert score.metadata["observation"]["data"]["dialogue"]["readings"][0]["outcome"] == "answered"


def test_a_reader_without_an_answer_leaves_the_samples_unscored(tmp_path):
    model = mock(lambda: "Hard to say.")
    (log,) = inspect_eval(psyplay(n=3, turns=2), model=model, log_dir=str(tmp_path), display="none")
    assert log.results.scores[0].unscored_samples == 3
    assert log.samples[0].scores["observed"].metadata["observation"]["data"]["lost_at"] == "reading"


@pytest.mark.slow
def test_twenty_talks_with_the_embedded_model(tmp_path):
    ana = tmp_path / "ana.yaml"
    ana.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n", encoding="utf-8")
    task = psyplay(persona=str(ana), n=20, turns=2, words=3, both=False, cache=str(tmp_path / "calls.db"))
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    read = [sample.scores["observed"].metadata["observation"] for sample in log.samples]
    assert sum(one["outcome"] == "answered" for one in read) >= 15
