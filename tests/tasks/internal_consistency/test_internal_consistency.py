"""The task runs in Inspect with a scripted model, and with the embedded model."""

from __future__ import annotations

import itertools

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.tasks.internal_consistency import internal_consistency


def metrics_of(task, says, folder):
    (log,) = inspect_eval(task, model=mock(says), log_dir=str(folder), display="none")  # mockllm/model
    assert log.status == "success"
    return {name: one.value for name, one in log.results.scores[0].metrics.items()}


def test_a_model_with_one_answer_agrees_and_may_still_be_wrong(tmp_path):
    told = metrics_of(internal_consistency(n=8), lambda: "Seven.", tmp_path)
    assert (told["internal_consistency"], told["internal_consistency.decoding"]) == (1.0, 1.0)
    assert (told["internal_consistency.entropy"], told["internal_consistency.accuracy"]) == (0.0, 0.0)


def test_a_model_that_goes_back_and_forth_does_not(tmp_path):
    turns = itertools.cycle(["Tea", "Coffee"])
    told = metrics_of(internal_consistency(n=1, samples=4, rounds=0, levels="response"), lambda: next(turns), tmp_path)
    assert told["internal_consistency"] == 0.5


def test_unknown_levels_are_an_error():
    with pytest.raises(UsageError, match="response, decoding, latent"):
        internal_consistency(levels="response,heads")


@pytest.mark.slow
def test_twenty_questions_with_the_embedded_model(tmp_path):
    questions = tmp_path / "questions.yaml"
    questions.write_text("".join(f"- {{id: q{n}, text: 'Is it {n}?'}}\n" for n in range(20)), encoding="utf-8")
    ana = tmp_path / "ana.yaml"
    ana.write_text("personae: 1\nname: Ana\nsummary: Mends nets.\n", encoding="utf-8")
    task = internal_consistency(str(ana), str(questions), samples=2, rounds=0, levels="response", max_tokens=3)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
