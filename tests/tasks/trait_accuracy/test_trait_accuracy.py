"""The task runs in Inspect; whoever gives no fact away shows none."""

from __future__ import annotations

import json

from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.tasks.trait_accuracy import trait_accuracy

ANA = {
    "personae": 1, "name": "Ana", "statements": [
        {"id": "home", "text": "I live in Porto.", "kind": "location", "speaker": "self"},
        {"id": "age", "text": "I am 34 years old.", "kind": "age", "speaker": "self"},
    ],
}  # fmt: skip


def value(log):
    return log.results.scores[0].metrics["trait_accuracy"].value


def test_who_says_its_home_and_nothing_else_shows_half_of_two_facts(tmp_path):
    file = tmp_path / "ana.yaml"
    file.write_text(json.dumps(ANA), encoding="utf-8")
    for said, share in (("I live in Porto.", 0.5), ("The kettle is on.", 0.0)):
        model = mock(lambda said=said: said)  # mockllm/model
        (log,) = inspect_eval(trait_accuracy(str(file)), model=model, log_dir=str(tmp_path), display="none")
        assert log.status == "success"
        assert value(log) == share
