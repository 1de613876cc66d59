"""The task runs in Inspect with scripted members, and with the embedded model."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.tasks.persona_inconstancy import persona_inconstancy


def test_members_who_all_say_the_same_keep_their_opinion(tmp_path):
    task = persona_inconstancy(n=3, fellows=2, size=3, rounds=1)
    model = mock(lambda: '{"answer": "B"}')  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    metrics = log.results.scores[0].metrics
    assert metrics["persona_inconstancy"].value == 0.0
    assert metrics["persona_inconstancy.conformity"].value == 0.0
    assert "persona_inconstancy.impersonation" not in metrics  # no turn could be read
    sample = log.samples[0]
    assert (sample.id, "C. " in sample.input) == ("found-wallet", True)
    assert sample.scores["observed"].answer.startswith("before: ")
    assert sample.scores["observed"].metadata["observation"]["data"]["talk"]["said"][0]["outcome"] == "unparsed"


def test_a_persona_without_a_private_answer_is_unscored(tmp_path):
    task = persona_inconstancy(n=2, fellows=2, size=2, rounds=1)
    (log,) = inspect_eval(task, model=mock(lambda: "Never."), log_dir=str(tmp_path), display="none")
    assert log.results.scores[0].unscored_samples == 2


def test_a_group_larger_than_there_are_people_is_an_error():
    with pytest.raises(UsageError, match="a group of 9"):
        persona_inconstancy(size=9, fellows=3)
    with pytest.raises(UsageError, match="two members are called"):
        persona_inconstancy(persona="detective", company=["detective"], size=2)
    with pytest.raises(UsageError, match="collaborate, debate"):
        persona_inconstancy(wording="shout")


@pytest.mark.slow
def test_twenty_questions_with_the_embedded_model(tmp_path):
    ana = tmp_path / "ana.yaml"
    ana.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n", encoding="utf-8")
    rui = tmp_path / "rui.yaml"
    rui.write_text("personae: 1\nname: Rui\nsummary: A pilot.\n", encoding="utf-8")
    pairs = [f"  - {{id: q{i}, text: Tea or water at {i}?, options: [Tea, Water]}}" for i in range(20)]
    questions = tmp_path / "questions.yaml"
    questions.write_text("questions:\n" + "\n".join(pairs) + "\n", encoding="utf-8")
    task = persona_inconstancy(
        persona=str(ana),
        questions=str(questions),
        company=[str(rui)],
        size=2,
        rounds=1,
        words=5,
        cache=str(tmp_path / "calls.db"),
    )
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    assert log.results.scores[0].metrics["persona_inconstancy"].value is not None
