"""The task runs in Inspect with a scripted user, and with the embedded model."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.measure.likability import DIMENSIONS
from personae.models import Scripted
from personae.tasks.likability import likability

SCORES = json.dumps(dict.fromkeys(DIMENSIONS, 4) | {"humour_fit": 2})


def user(messages):
    return SCORES if "Rate only" in messages[-1].content else "My brother Anselm keeps bees."


@pytest.fixture
def scripted_user(monkeypatch):
    monkeypatch.setattr("personae.tasks._models.opened", lambda name, cache, who: Scripted(user) if name else None)


@pytest.mark.usefixtures("scripted_user")
def test_a_scripted_user_rates_every_turn(tmp_path):
    task = likability(user_model="someone", sessions=1, turns=2, n=2)
    model = mock(lambda: "Bees? Anselm must be patient.")  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    metrics = log.results.scores[0].metrics
    assert metrics["likability"].value == pytest.approx(26 / 7)
    assert metrics["likability.humour_fit"].value == 2.0
    assert metrics["likability.slope.turn"].value == 0.0
    assert len(log.samples) == 2


def test_a_model_that_cannot_rate_is_unscored_not_one(tmp_path):
    task = likability(sessions=1, turns=1, n=2)
    (log,) = inspect_eval(task, model=mock(lambda: "Lovely."), log_dir=str(tmp_path), display="none")
    assert log.results.scores[0].unscored_samples == 2
    assert "likability" not in log.results.scores[0].metrics


@pytest.mark.slow
@pytest.mark.usefixtures("scripted_user")
def test_twenty_users_with_the_embedded_model(tmp_path):
    users = tmp_path / "users.yaml"
    listed = [{"name": f"User {n}", "persona": "Short.", "words": 5, "topics": ["bees"]} for n in range(20)]
    users.write_text(json.dumps(listed), encoding="utf-8")
    task = likability(users=str(users), user_model="someone", sessions=1, turns=1, max_tokens=4)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    assert log.results.scores[0].metrics["likability"].value == pytest.approx(26 / 7)
