"""The task runs in Inspect on people who do not exist, with a mock and with the embedded model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.measure.cloning import made_up_people
from personae.psychometrics.shapes import read_instrument
from personae.tasks.cloning import cloning

SHORT = {
    "id": "short",
    "licence": {"name": "MIT", "may_ship": True},
    "coding": "raw",
    "response": {"labels": ["no", "so-so", "yes"]},
    "items": [
        {"id": "1", "domain": "E", "key": 1, "text": "I talk."},
        {"id": "2", "domain": "E", "key": -1, "text": "I hide."},
        {"id": "3", "domain": "E", "key": 1, "text": "I dance."},
        {"id": "4", "domain": "A", "key": 1, "text": "I forgive."},
        {"id": "5", "domain": "A", "key": -1, "text": "I hold grudges."},
        {"id": "6", "domain": "A", "key": 1, "text": "I lend my things."},
    ],
}


@pytest.fixture
def files(tmp_path):
    """An instrument, some people and a split, as files."""
    (tmp_path / "short.json").write_text(json.dumps(SHORT))
    people = made_up_people(20, read_instrument(tmp_path / "short.json"), seed=4)
    records = [{f"i{n}": int(v) for n, v in enumerate(np.nan_to_num(row), 1)} for row in people.answers_PI]
    (tmp_path / "people.json").write_text(json.dumps(records))
    (tmp_path / "split.json").write_text(json.dumps({"train_index": [1, 2, 4, 5], "test_index": [3, 6]}))
    names = {"people": "people.json", "split": "split.json", "instrument": "short.json"}
    return {name: str(tmp_path / file) for name, file in names.items()} | {"coding": "raw"}


def test_a_clone_that_always_says_the_first_letter_is_measured(tmp_path, files):
    task = cloning(**files, n=4)
    model = mock(lambda: "A")  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    assert [sample.id for sample in log.samples] == [f"person-{n:05}" for n in range(1, 5)]
    metrics = log.results.scores[0].metrics
    assert {"cloning", "cloning.difference", "cloning.facet_mean", "cloning.ridge"} <= metrics.keys()


@pytest.mark.slow
def test_twenty_people_are_cloned_by_the_embedded_model(tmp_path, files):
    Path(files["split"]).write_text(json.dumps({"train_index": [1, 2, 4], "test_index": [3]}), encoding="utf-8")
    task = cloning(**files)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    assert log.results.scores[0].metrics["cloning"].value > 0
