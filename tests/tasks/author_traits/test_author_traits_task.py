"""The task runs in Inspect with a scripted model, and with the embedded model read by a probe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.tasks.author_traits import author_traits

FILLER = "It was a day like many others and I would not have remembered it without the notes I took that night. " * 3


@pytest.fixture
def labels(tmp_path: Path) -> str:
    """Forty labelled texts; extraverts write of parties."""
    file = tmp_path / "labelled.jsonl"
    rows = [
        {
            "text": f"{FILLER} {'A party, such a party' if number % 2 else 'A quiet book'} on day {number}.",
            "labels": {"extraversion": "high" if number % 2 else "low"},
            "author": f"a{number // 2}",
        }
        for number in range(40)
    ]
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return str(file)


def test_a_persona_that_always_says_the_same_moves_nothing(labels, tmp_path):
    model = mock(lambda: FILLER)
    task = author_traits(labels=labels, questions=2)
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    metrics = log.results.scores[0].metrics
    assert metrics["author_traits"].value == pytest.approx(0.0)
    by_id = {sample.id: sample for sample in log.samples}
    assert len(by_id) == 12
    seen = by_id["yesterday-E"].scores["observed"].metadata["observation"]["data"]
    assert seen["form"] == "E"
    assert 0 <= seen["scores"]["E"] <= 1


def test_the_model_under_test_reads_where_nobody_else_does(tmp_path):
    turns = iter(range(10_000))
    model = mock(lambda: FILLER if next(turns) == 0 else "3")
    (log,) = inspect_eval(author_traits(questions=1, per_trait=1), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"


def test_short_answers_leave_the_samples_unscored(labels, tmp_path):
    task = author_traits(labels=labels, questions=1)
    (log,) = inspect_eval(task, model=mock(lambda: "Fine."), log_dir=str(tmp_path), display="none")
    assert log.results.scores[0].unscored_samples == 6


def test_two_readers_are_one_too_many(labels):
    with pytest.raises(UsageError, match="give one of them"):
        author_traits(labels=labels, judge="mockllm/model")


@pytest.mark.slow
def test_twenty_four_answers_of_the_embedded_model_read_by_a_probe(labels, tmp_path):
    ana = tmp_path / "ana.yaml"
    ana.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n", encoding="utf-8")
    task = author_traits(
        persona=str(ana), labels=labels, questions=4, words=3, min_words=2, cache=str(tmp_path / "calls.db")
    )
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 24
    read = [sample.scores["observed"].metadata["observation"] for sample in log.samples]
    answered = [one for one in read if one["outcome"] == "answered"]
    assert len(answered) >= 4
    assert all(one["value"] is not None for one in answered)
