"""The task runs in Inspect: a chat of lines and one of REALTALK, and what is missing is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.tasks.continue_as import continue_as

TOPICS = ("bread", "trains", "rivers", "chess", "clocks", "birds", "maps", "tea", "wool", "snow")


@pytest.fixture
def chat(tmp_path):
    rows = [
        {"speaker": who, "text": text}
        for topic in TOPICS
        for who, text in (("Rui", f"What, all in all, ought one to make of {topic}?"), ("Ana", f"I love {topic}!"))
    ]
    (tmp_path / "chat.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(tmp_path / "chat.jsonl")


@pytest.mark.slow
def test_a_speaker_of_one_sentence_is_near_in_style_and_seldom_identified(chat, tmp_path):
    model = mock(lambda: "I love tea!")  # mockllm/model
    task = continue_as(chat, speaker="Ana", n=6)
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path / "logs"), display="none")
    assert log.status == "success"
    found = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert found["continue_as"] < 0.5
    assert found["continue_as.style_distance"] < found["continue_as.style_distance_to_others"]


def test_places_are_spread_over_the_chat_and_hold_the_real_next_message(chat, tmp_path):
    samples = list(continue_as(chat, speaker="Ana", n=4).dataset)
    assert [sample.metadata["real"] for sample in samples] == [f"I love {TOPICS[at]}!" for at in (0, 3, 6, 9)]
    turns = [json.loads(line) for line in Path(chat).read_text("utf-8").splitlines()]
    told = [{"clean_text": turn["text"], "speaker": turn["speaker"]} for turn in turns]
    tree = {"name": {"speaker_1": "Ana", "speaker_2": "Rui"}, "session_1": told}
    (tmp_path / "real.json").write_text(json.dumps(tree))
    same = continue_as(str(tmp_path / "real.json"), speaker="Ana", form="realtalk", n=4).dataset
    assert [sample.metadata["real"] for sample in same] == [sample.metadata["real"] for sample in samples]


def test_what_is_missing_is_said(chat):
    with pytest.raises(UsageError, match="nobody is named"):
        continue_as(chat)
    with pytest.raises(UsageError, match="there are Rui, Ana"):
        continue_as(chat, speaker="Eva")
    with pytest.raises(UsageError, match="known are lines, realtalk"):
        continue_as(chat, speaker="Ana", form="xml")
