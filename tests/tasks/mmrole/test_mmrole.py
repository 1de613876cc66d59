"""The task runs in Inspect: a fair judge shows the ratio and no effect of the order, a biased one is found out."""

from __future__ import annotations

import math

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import FormatError
from personae.measure.as_inspect import observations_in
from personae.measure.beside_reference import load_references
from personae.models import Scripted
from personae.tasks.mmrole import mmrole

REPLY = "I keep a light."


def judge(monkeypatch, says):
    model = Scripted(says, name="judge")
    monkeypatch.setattr("personae.tasks._models.from_inspect", lambda name: model)
    return model


def fair(messages):
    """8 for the persona's reply and 4 for the reference, wherever they stand."""
    first, second = messages[1].content.split('side="A"')[1].split('side="B"')
    return f"[Scores]: ({8 if REPLY in first else 4}, {8 if REPLY in second else 4})"


def evaluated(task, tmp_path, says=REPLY):
    model = mock(lambda: says)  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    return log


def test_a_fair_judge_gives_the_ratio_and_no_effect_of_the_order(tmp_path, monkeypatch):
    model = judge(monkeypatch, fair)
    log = evaluated(mmrole(judge="judge", n=3), tmp_path)
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert metrics["mmrole"] == pytest.approx(math.log(2))
    assert metrics["mmrole.fluency.ratio"] == 2.0
    assert metrics["mmrole.tone_consistency.order_effect"] == 0.0
    assert not any("image" in name for name in metrics)
    assert len(model.history) == 3 * 7 * 2
    assert "fluency: 8 : 4, 8 : 4" in log.samples[0].scores["observed"].explanation


def test_a_judge_that_favours_what_it_reads_first_is_found_out(tmp_path, monkeypatch):
    judge(monkeypatch, lambda _: "[Scores]: (9, 3)")
    log = evaluated(mmrole(judge="judge", n=6), tmp_path)
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert metrics["mmrole"] == pytest.approx(0.0)
    assert metrics["mmrole.fluency.ratio"] == 3.0
    assert metrics["mmrole.fluency.order_effect"] == pytest.approx(2 * math.log(3))


def test_without_a_judge_there_is_surface_overlap_alone(tmp_path):
    log = evaluated(mmrole(n=2), tmp_path, says="My name is Ilse Marten.")
    metrics = log.results.scores[0].metrics
    assert "mmrole" not in metrics
    assert {o.case_id: o.data["rouge_l"] for o in observations_in(log)} == {"name": 1.0, "age": 0.0}


def test_verdicts_that_cannot_be_read_leave_the_sample_unscored(tmp_path, monkeypatch):
    judge(monkeypatch, lambda _: "Both are fine.")
    log = evaluated(mmrole(judge="judge", n=2), tmp_path)
    assert log.results.scores[0].unscored_samples == 2
    assert {sample.scores["observed"].reason for sample in log.samples} == {"unparsed"}


def test_a_caption_brings_the_eighth_metric_and_reaches_persona_and_judge(tmp_path, monkeypatch):
    model = judge(monkeypatch, fair)
    file = tmp_path / "replies.yaml"
    item = "{id: fog, question: What do you see?, caption: A grey sea., reply: 'Fog by noon.'}"
    file.write_text(f"references: 1\nitems:\n  - {item}\n", encoding="utf-8")
    log = evaluated(mmrole(judge="judge", references=str(file)), tmp_path)
    assert log.samples[0].input == "(A picture lies before you: A grey sea.)\nWhat do you see?"
    assert log.results.scores[0].metrics["mmrole.image_text_relevance.ratio"].value == 2.0
    assert len(model.history) == 8 * 2
    assert all("A grey sea." in call.messages[1].content for call in model.history)


def test_another_models_replies_may_be_the_references(tmp_path, monkeypatch):
    def both(messages):
        return fair(messages) if 'side="A"' in messages[-1].content else "I sweep chimneys."

    judge(monkeypatch, both)
    log = evaluated(mmrole(judge="judge", reference_model="other", n=1), tmp_path)
    assert observations_in(log)[0].data["reference"] == "I sweep chimneys."
    assert log.results.scores[0].metrics["mmrole"].value == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1]", "holds no references"),
        ("references: 1\nitems: []\n", "items"),
        ("references: 1\nitems: [{id: a b, question: Q}]\n", "id"),
        ("references: 1\nitems: [{id: a, question: Q}, {id: a, question: R}]\n", "uses an id twice: 'a'"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_reason(tmp_path, text, reason):
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=reason):
        load_references(tmp_path / "a.yaml")


@pytest.mark.slow
def test_twenty_replies_of_the_embedded_model_get_surface_figures(tmp_path, monkeypatch):
    monkeypatch.setattr("personae.measure.as_inspect.REPLY_TOKENS", 12)
    file = tmp_path / "ana.yaml"
    file.write_text("personae: 1\nname: Ana\nsummary: A clerk.\n", encoding="utf-8")
    items = "".join(f"  - {{id: q{i}, question: Do you own {i} nets?, reply: I own {i} nets.}}\n" for i in range(20))
    (tmp_path / "replies.yaml").write_text(f"references: 1\nitems:\n{items}", encoding="utf-8")
    task = mmrole(persona=str(file), references=str(tmp_path / "replies.yaml"))
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    assert len(log.samples) == 20
    assert 0 <= log.results.scores[0].metrics["mmrole.surface overlap (ROUGE-L)"].value <= 1
