"""The task runs in Inspect, and its log can be scored again by every scorer of the family."""

from __future__ import annotations

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai import score as inspect_score
from inspect_ai.dataset import Sample
from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser
from stubs.mock import mock

from personae.measure.as_inspect import observations_in
from personae.models.pairs.scripted import ScriptedPairs
from personae.tasks.consistency import consistency, scorers

HOME = "I am the keeper of this light."
SAID = "I have never seen the sea."


class Pairs(ScriptedPairs):
    """Everything that is said denies the first statement and shows the second, and every query asks for the first."""

    async def score(self, premises, hypotheses):
        rows = await super().score(premises, hypotheses)
        for row, (premise, hypothesis) in enumerate(zip(premises, hypotheses, strict=True)):
            if premise == SAID and hypothesis == "My name is Ilse Marten.":
                rows[row] = (0.9, 0.1, 0.0)
            if premise == SAID and hypothesis == "I am fifty-eight years old.":
                rows[row] = (0.0, 0.2, 0.8)
        return rows


@pytest.fixture(autouse=True)
def pairs(monkeypatch):
    scripted = Pairs()
    monkeypatch.setattr("personae.models.registry.open_pair_scorer", lambda spec: scripted)
    return scripted


@pytest.fixture
def talk_log(tmp_path):
    """A finished log of one talk in messages, as any Inspect task leaves it."""
    messages = [
        ChatMessageSystem(content="You keep a lighthouse."),
        ChatMessageUser(content="Hello."),
        ChatMessageAssistant(content="Good evening."),
        ChatMessageUser(content="Tell me about the sea."),
    ]
    task = Task(dataset=[Sample(input=messages, id="one")], name="any")
    (log,) = inspect_eval(task, model=mock(lambda: SAID), log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    return log


def test_the_task_scores_every_reply_beside_every_statement(tmp_path):
    model = mock(lambda: SAID)  # mockllm/model
    (log,) = inspect_eval(consistency(n=3), model=model, log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    metrics = log.results.scores[0].metrics
    assert metrics["consistency.uncontradicted"].value == 0.0
    assert metrics["consistency.entailed_share"].value == 1.0
    (observation,) = observations_in(log)
    assert len(observation.data["matrix"]["contradiction"]) == 5
    assert inspect_score(log, scorers.c_score("lighthouse-keeper"), display="none", action="append").status == "success"


def test_any_log_can_be_scored_afterwards(talk_log):
    scored = inspect_score(
        talk_log,
        [scorers.apc("lighthouse-keeper"), scorers.c_score("lighthouse-keeper"), scorers.self_contradiction()],
        display="none",
    )
    scores = scored.samples[0].scores
    assert scores["c_score"].value == 0.0  # (0 + (1 − 1)) / 2 replies
    found = scores["apc"].metadata
    assert [row[:2] for row in found["matrix"]["contradiction"]] == [[0.0, 0.0], [0.9, 0.0]]
    assert found["worst"]["reply"] == SAID
    assert found["worst"]["query"] == "Tell me about the sea."
    k = len(found["matrix"]["statements"])
    assert scores["apc"].value == pytest.approx(1 - 0.9 / k / 2)
    assert scores["self_contradiction"].value == 0.0
    assert scores["self_contradiction"].metadata["compared"] == 1
    assert scored.results.scores[0].metrics["mean"].value == pytest.approx(scores["apc"].value)


def test_each_scorer_of_the_family_gives_a_number_or_a_reason(talk_log):
    who = "lighthouse-keeper"
    family = [
        scorers.apc(who, raw=True), scorers.delta_apc(who), scorers.entailed_share(who), scorers.uncontradicted(who),
        scorers.coh_con(who), scorers.recoverability(who, others=2),
    ]  # fmt: skip
    scores = inspect_score(talk_log, family, display="none").samples[0].scores
    assert scores["delta_apc"].reason == "nothing was asked"
    values = {name: score.value for name, score in scores.items() if name != "delta_apc"}
    k = len(scores["apc"].metadata["matrix"]["statements"])
    assert values == pytest.approx(
        {"apc": k - 0.45, "entailed_share": 0.5, "uncontradicted": 0.5, "coh_con": 0.0, "recoverability": 0.0}
    )


def test_silence_is_unscored_with_its_reason(tmp_path):
    task = Task(dataset=[Sample(input="Hello.")], name="any")
    (log,) = inspect_eval(task, model=mock(lambda: ""), log_dir=str(tmp_path), display="none")
    scored = inspect_score(log, scorers.apc("lighthouse-keeper"), display="none")
    assert scored.samples[0].scores["apc"].reason == "empty"


def test_the_turns_of_a_drift_log_are_read_from_its_observation(tmp_path):
    from personae.tasks.drift import drift

    model = mock(lambda: SAID)
    (log,) = inspect_eval(drift(probes=1), model=model, log_dir=str(tmp_path), display="none", max_samples=1)
    scored = inspect_score(log, scorers.uncontradicted("lighthouse-keeper"), display="none", action="append")
    assert {sample.scores["uncontradicted"].value for sample in scored.samples} == {0.0}
    assert len(scored.samples[0].scores["uncontradicted"].metadata["violated"]) == 16
