"""The task runs in Inspect, over words alone and with the embedded vectors; no model is asked."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.model import ModelName
from inspect_ai.solver import TaskState

from personae.errors import FormatError, UsageError
from personae.measure.recall import Setup, load_locomo
from personae.tasks.memory_recall import memory_recall
from personae.tasks.memory_recall.searching import record_to_sample, search

TOPICS = (
    "boats", "bees", "tea", "snow", "maps", "clocks", "bread", "owls", "chess", "roses", "trains",
    "cheese", "stars", "kites", "drums", "stamps", "whales", "candles", "tulips", "bridges",
)  # fmt: skip


@pytest.fixture
def file(tmp_path):
    sessions = {}
    for number, topic in enumerate(TOPICS, 1):
        sessions[f"session_{number}_date_time"] = f"9:15 am on {number} June, 2023"
        sessions[f"session_{number}"] = [
            {"speaker": "Ann", "dia_id": f"D{number}:1", "text": f"All I care for is {topic}."},
            {"speaker": "Bob", "dia_id": f"D{number}:2", "text": "Tell me more!"},
        ]
    asked = [
        {"question": f"Does Ann like {topic}?", "answer": "yes", "evidence": [f"D{at}:1"], "category": 1 + at % 4}
        for at, topic in enumerate(TOPICS, 1)
    ]
    odd = {"question": "?", "evidence": [], "category": 5}
    path = tmp_path / "locomo.json"
    path.write_text(json.dumps([{"sample_id": "a", "conversation": sessions, "qa": [*asked, odd]}]), "utf-8")
    return str(path)


def test_every_question_with_evidence_is_a_sample_and_recall_its_score(tmp_path, file):
    task = memory_recall(file, retriever="bm25", k=1)
    (log,) = inspect_eval(task, model="mockllm/model", log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    assert len(log.samples) == 20
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert metrics["recall_at_1"] == metrics["code_1"] == 1.0
    assert log.eval.metadata["left_out"] == 1
    assert log.samples[0].scores["evidence_found"].metadata["retrieved_ids"] == ["D1:1"]


def test_a_question_is_a_sample_with_its_evidence_as_target(file):
    (dialogue,) = load_locomo(file)
    sample = record_to_sample(dialogue, dialogue.questions[2])
    assert (sample.id, sample.input, sample.target) == ("a/2", "Does Ann like tea?", ["D3:1"])
    assert sample.metadata == {"dialogue": "a", "code": 4}


async def test_the_solver_writes_down_what_it_found(file):
    dialogues = load_locomo(file)
    sample = record_to_sample(dialogues[0], dialogues[0].questions[2])
    state = TaskState(ModelName("mockllm/model"), sample.id, 1, sample.input, [], metadata=sample.metadata)
    solved = await search(dialogues, Setup("bm25", k=1))(state, None)
    assert solved.output.completion == "D3:1"
    assert solved.store.get("found")["recall"] == 1.0


def test_what_cannot_be_used_is_said_before_anything_runs(tmp_path, file):
    for wrong in ({"retriever": "magic"}, {"k": 0}, {"retriever": "raw", "level": "turn"}):
        with pytest.raises(UsageError):
            memory_recall(file, **wrong)
    with pytest.raises(FormatError):
        memory_recall(str(tmp_path / "none.json"))


@pytest.mark.slow
def test_the_embedded_vectors_find_the_evidence_of_twenty_questions(tmp_path, file):
    task = memory_recall(file, cache=str(tmp_path / "vectors.db"))
    (log,) = inspect_eval(task, model="mockllm/model", log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    assert len(log.samples) == 20
    assert log.results.scores[0].metrics["recall_at_10"].value == 1.0
