"""The task runs in Inspect with scripted solvers, and with the embedded model."""

from __future__ import annotations

import itertools
import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import FormatError
from personae.models import Scripted
from personae.tasks.with_and_without import with_and_without


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.jsonl"
    rows = ({"question": f"{n} + 1?", "options": [str(n), str(n + 1)], "answer": "B"} for n in range(20))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_solvers_that_agree_need_no_judge(questions, tmp_path):
    task = with_and_without(questions, n=4)
    (log,) = inspect_eval(task, model=mock(lambda: "[[B]]"), log_dir=str(tmp_path), display="none")  # mockllm/model
    assert log.status == "success"
    metrics = log.results.scores[0].metrics
    assert metrics["with_and_without"].value == 1.0
    assert metrics["with_and_without.calls"].value == 2.0


def test_a_model_that_says_a_letter_in_turn_is_undecided(questions, tmp_path):
    turns = itertools.cycle(["[[A]]", "[[B]]", "[[A]]", "[[A]]"])
    task = with_and_without(questions, n=1, rounds=1, fallback="none")
    (log,) = inspect_eval(task, model=mock(lambda: next(turns)), log_dir=str(tmp_path), display="none")
    metrics = log.results.scores[0].metrics
    assert (metrics["with_and_without"].value, metrics["with_and_without.undecided"].value) == (0.0, 1.0)


def test_a_file_without_questions_is_an_error(tmp_path):
    path = tmp_path / "questions.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(FormatError, match="no list of up to 26 texts"):
        with_and_without(str(path))


@pytest.mark.slow
def test_twenty_questions_with_the_embedded_model(questions, tmp_path, monkeypatch):
    judge = Scripted(lambda messages: "[[A]]")
    monkeypatch.setattr("personae.tasks._models.opened", lambda name, cache, who: judge)
    ana = tmp_path / "ana.yaml"
    ana.write_text("personae: 1\nname: Ana\nsummary: Mends nets.\n", encoding="utf-8")
    task = with_and_without(questions, persona=str(ana), evaluator="judge", rounds=1, max_tokens=2)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
