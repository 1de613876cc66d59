"""The task runs in Inspect, with a mock and with the embedded model."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.tasks.value_map import value_map

SMALL = {
    "id": "small",
    "licence": {"name": "MIT"},
    "coding": "raw",
    "response": {"labels": ["no", "unsure", "yes"]},
    "items": [
        {"id": "tax", "text": "The rich should pay more.", "key": 0, "effects": {"economy": 10, "state": 0}},
        {"id": "free", "text": "Everybody may say anything.", "key": 0, "effects": {"economy": 0, "state": 10}},
    ],
}


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.json"
    path.write_text(json.dumps(SMALL), encoding="utf-8")
    return str(path)


def test_people_of_a_file_stand_where_they_say(tmp_path, small):
    crowd = tmp_path / "people.txt"
    crowd.write_text("A baker.\nA pilot.\nA nurse.\n")
    task = value_map(small, crowd=str(crowd), people=2, descriptors="left", opinions=False, route="parsed")
    model = mock(lambda: "yes")  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    assert sorted(sample.id for sample in log.samples) == [
        "left/person-00001",
        "left/person-00002",
        "plain/person-00001",
        "plain/person-00002",
    ]
    metrics = log.results.scores[0].metrics
    assert metrics["value_map.economy"].value == 100.0
    assert metrics["value_map.left.economy"].value == 0.0
    assert "economy 100 %" in log.samples[0].scores["observed"].explanation


def test_8values_is_put_with_its_profiles(tmp_path, data_dir):
    task = value_map(data=str(data_dir), people=1, descriptors="", opinions=False, route="parsed")
    (log,) = inspect_eval(task, model=mock(lambda: "neutral or unsure"), log_dir=str(tmp_path), display="none")
    (sample,) = log.samples
    assert sample.scores["observed"].explanation.startswith("equality 50 %, globe 50 %, liberty 50 %, progress 50 %")
    assert "nearest to Centrist" in sample.scores["observed"].explanation


@pytest.mark.slow
def test_twenty_people_played_by_the_embedded_model_have_a_place(tmp_path):
    one = {"id": "tax", "text": "The rich should pay more.", "key": 0, "effects": {"economy": 10, "state": 10}}
    path = tmp_path / "one.json"
    path.write_text(json.dumps(SMALL | {"items": [one]}), encoding="utf-8")
    crowd = tmp_path / "people.txt"
    crowd.write_text("\n".join(f"{age} years old." for age in range(30, 50)), encoding="utf-8")
    task = value_map(str(path), crowd=str(crowd), people=20, descriptors="", opinions=False)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    assert len(log.samples) == 20
    assert log.results.scores[0].metrics["value_map"].value is not None
