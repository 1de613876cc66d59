"""The task runs in Inspect, with a mock and with the embedded model."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import FormatError, UsageError
from personae.measure.as_inspect import observations_in
from personae.tasks.say_do import say_do


@pytest.fixture
def ana(tmp_path):
    path = tmp_path / "ana.yaml"
    path.write_text("personae: 1\nname: Ana\nsummary: A mender of nets.\n")
    return str(path)


def test_a_model_that_always_says_three_plays_and_leaves_the_rest_unread(tmp_path, ana):
    task = say_do(ana, n=1, runs=2)
    model = mock(lambda: "3")  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    metrics = log.results.scores[0].metrics
    assert metrics["say_do.cards.turned"].value == 3.0
    assert metrics["say_do.cards.change"].value == 0.0
    assert "say_do" not in metrics
    seen = observations_in(log)
    assert {o.outcome for o in seen if o.case_id.startswith("cards/")} == {"answered"}
    assert {o.outcome for o in seen if o.case_id.startswith("honesty/")} == {"unparsed"}
    again = {m.name: m for m in task.measure.summarise(task.plan, seen)}
    assert again["say_do.cards.turned"].value == 3.0


def test_files_and_links_of_the_user_are_taken(tmp_path, ana):
    questions = tmp_path / "q.json"
    questions.write_text(json.dumps([{"id": "one", "text": "Who?", "answers": ["me"]}]))
    task = say_do(ana, instrument="big-five-60", links="C:honesty:-1", questions=str(questions))
    kinds = {case.id.split("/")[0] for case in task.plan.cases}
    assert kinds == {"honesty", "report"}
    assert len(task.plan.cases) == 2 * (1 + 12)


def test_what_cannot_be_used_is_said_before_anything_runs(tmp_path, ana):
    for wrong in ({"way": "guess"}, {"styles": "rhyme"}, {"temperatures": "hot"}, {"runs": 0}, {"links": "C"}):
        with pytest.raises(UsageError):
            say_do(ana, **wrong)
    with pytest.raises(FormatError):
        say_do(ana, dilemmas=str(tmp_path / "none.yaml"))


BETS = """\
id: bets
licence: {name: MIT}
coding: raw
response: {labels: ["no", "yes"]}
items:
  - {id: a, domain: bets, key: 1, text: I bet.}
  - {id: b, domain: bets, key: 1, text: I dare.}
  - {id: c, domain: bets, key: 1, text: I gamble.}
  - {id: d, domain: bets, text: I save., key: -1}
  - {id: e, domain: bets, text: I wait., key: -1}
"""


@pytest.mark.slow
def test_the_embedded_model_goes_through_twenty_cases(tmp_path, ana):
    bets = tmp_path / "bets.yaml"
    bets.write_text(BETS)
    task = say_do(ana, n=5, instrument=str(bets), links="bets:cards:1", temperature=0.0)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    seen = observations_in(log)
    assert len(seen) == 2 * (5 + 5)
    assert {o.outcome for o in seen} == {"answered"}
    assert all(0 <= o.data["n"] <= 32 for o in seen if o.case_id.startswith("cards/"))
