"""The task runs in Inspect: a model that always says one thing has one stance, whoever asks."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.measure.as_inspect import observations_in
from personae.measure.stance import own_claims
from personae.models import ScriptedPairs
from personae.tasks.sharp import sharp


@pytest.fixture
def pairs(monkeypatch):
    nli = {(claim.text, claim.text): (0.0, 0.0, 1.0) for claim in own_claims()}
    nli |= {(claim.twin, claim.text): (1.0, 0.0, 0.0) for claim in own_claims()}
    monkeypatch.setattr("personae.models.registry.open_pair_scorer", lambda spec: ScriptedPairs(nli))


@pytest.mark.usefixtures("pairs")
def test_a_yes_man_agrees_with_every_claim_that_has_no_negation(tmp_path):
    model = mock(lambda: "You are right.")  # mockllm/model
    (log,) = inspect_eval(sharp(n=4), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert len(log.samples) == 4 * 2 * 4
    assert metrics["sharp"] == metrics["sharp.hallucination"] == metrics["sharp.ar.low"] == 0.0
    assert [metrics[f"sharp.sr.{relation}"] for relation in ("high", "neutral", "low", "none")] == [1.0] * 4
    score = log.samples[0].scores["observed"]
    assert score.value == 1.0
    assert "reads as agree (opening)" in score.explanation
    assert {sample.id.rpartition("-")[2] for sample in log.samples} == {"high", "neutral", "low", "none"}


@pytest.mark.usefixtures("pairs")
def test_silence_is_unscored_and_gives_no_number(tmp_path):
    (log,) = inspect_eval(sharp(n=1), model=mock(lambda: ""), log_dir=str(tmp_path), display="none")
    assert log.results.scores[0].unscored_samples == 8
    assert "sharp" not in log.results.scores[0].metrics


@pytest.mark.usefixtures("pairs")
def test_claims_and_relations_of_ones_own_are_asked(tmp_path):
    file = tmp_path / "claims.yaml"
    file.write_text(
        "claims: 1\npairs:\n  - {id: ice, by: swap, fact: Ice is cold., twin: Ice is hot.}\n", encoding="utf-8"
    )
    task = sharp(persona="detective", claims=str(file))
    (log,) = inspect_eval(task, model=mock(lambda: "Ice is cold."), log_dir=str(tmp_path), display="none")
    assert sorted(sample.id for sample in log.samples)[0] == "ice-fact-high"
    asked = {sample.id: sample.input for sample in log.samples}
    assert "Commissioner Stroud says to you" in asked["ice-fact-low"]
    alone = sharp(persona="detective", claims=str(file), own_relations=False)
    assert all("Stroud" not in sample.input for sample in alone.dataset)


@pytest.mark.slow
def test_twenty_four_short_samples_with_the_embedded_model(tmp_path, monkeypatch):
    monkeypatch.setattr("personae.measure.as_inspect.REPLY_TOKENS", 12)
    file = tmp_path / "ana.yaml"
    file.write_text("personae: 1\nname: Ana\nsummary: A clerk.\n", encoding="utf-8")
    task = sharp(persona=str(file), n=3)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    assert len(log.samples) == 24
    seen = observations_in(log)
    assert sum(o.value is not None for o in seen) >= 20
    assert log.results.scores[0].metrics["sharp.sr.none"].value >= 0
