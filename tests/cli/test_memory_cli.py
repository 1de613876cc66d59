"""`personae memory` as a user meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from personae.cli import _memory_eval as room
from personae.cli.memory import memory
from personae.errors import FormatError, UsageError


def talk(name, topics):
    sessions = {}
    for number, topic in enumerate(topics, 1):
        sessions[f"session_{number}_date_time"] = f"9:15 am on {number} June, 2023"
        sessions[f"session_{number}"] = [
            {"speaker": "Ann", "dia_id": f"D{number}:1", "text": f"I love {topic}."},
            {"speaker": "Bob", "dia_id": f"D{number}:2", "text": "Tell me more!"},
        ]
    asked = [
        {"question": f"Who loves {topic}?", "answer": "Ann", "evidence": [f"D{at}:1"], "category": 4}
        for at, topic in enumerate(topics, 1)
    ]
    return {
        "sample_id": name,
        "conversation": sessions,
        "qa": [*asked, {"question": "?", "evidence": [], "category": 5}],
    }


class Lengths:
    name = "lengths"

    def __init__(self):
        self.seen = []

    def embed(self, texts):
        import numpy as np

        self.seen += texts
        rows = np.array([[len(text), text.count("e") + 1.0] for text in texts], dtype=np.float32).reshape(-1, 2)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True) if len(rows) else rows


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "locomo.json"
    path.write_text(json.dumps([talk("a", ("boats", "bees")), talk("b", ("tea", "snow"))]), "utf-8")
    return str(path)


@pytest.fixture
def embedder(monkeypatch):
    one = Lengths()
    monkeypatch.setattr(room, "_opened", lambda retriever, precision, threads: one)
    return one


def asked(*arguments):
    return CliRunner().invoke(memory, list(arguments), catch_exceptions=False)


def test_words_alone_need_no_embedder_and_print_recall_by_code(file):
    result = asked("eval", "locomo", file, "--retriever", "bm25", "--k", "1")
    assert result.exit_code == 0
    assert "bm25: turn recall@1 100.0" in result.stdout
    assert "code 4 single-hop" in result.stdout
    assert "2 questions with no evidence" in result.stderr


def test_json_holds_every_ranked_list(file, embedder):
    result = asked("eval", "locomo", file, "--json", "--k", "2")
    report = json.loads(result.stdout)
    assert report["retriever"] == "default"
    assert report["embedder"] == "lengths"
    assert report["weights"]["words"] > 0
    assert [row["id"] for row in report["rows"]] == ["a/0", "a/1", "b/0", "b/1"]
    assert all(len(row["retrieved_ids"]) == 2 for row in report["rows"])


@pytest.mark.parametrize("retriever", ["dense", "raw", "hybrid-session"])
def test_the_other_retrievers_run(file, embedder, retriever):
    report = json.loads(asked("eval", "locomo", file, "--retriever", retriever, "--json").stdout)
    assert report["level"] == ("turn" if retriever == "dense" else "session")


def test_the_cache_saves_the_second_run(file, embedder, tmp_path):
    for _ in range(2):
        asked("eval", "locomo", file, "--cache", str(tmp_path / "vectors.db"))
    assert len(embedder.seen) == len(set(embedder.seen))


def test_two_runs_are_compared(file, tmp_path):
    one, other = str(tmp_path / "one.json"), str(tmp_path / "other.json")
    asked("eval", "locomo", file, "--retriever", "bm25", "--k", "1", "--out", one)
    tree = json.loads((tmp_path / "one.json").read_text())
    tree["rows"][0]["recall"] = 0.0
    (tmp_path / "other.json").write_text(json.dumps(tree))
    result = asked("diff", one, other)
    assert "+25.0" in result.stdout
    assert "1 questions better, 0 worse, of 4" in result.stdout
    changed = json.loads(asked("diff", one, other, "--json").stdout)["changed"]
    assert changed == [["a/0", 1.0, 0.0]]


def test_runs_of_another_level_or_cut_are_not_compared(file, tmp_path):
    one, other = str(tmp_path / "one.json"), str(tmp_path / "other.json")
    asked("eval", "locomo", file, "--retriever", "bm25", "--out", one)
    asked("eval", "locomo", file, "--retriever", "bm25", "--level", "session", "--out", other)
    with pytest.raises(UsageError, match="like with like"):
        asked("diff", one, other)


def test_a_figure_on_what_the_weights_were_chosen_on_is_marked(file, embedder):
    plain = asked("eval", "locomo", file)
    assert "chosen on these" not in plain.stderr
    text = Path(file).read_text("utf-8").replace('"sample_id": "a"', '"sample_id": "conv-26"')
    Path(file).write_text(text, "utf-8")
    assert "conv-26: the weights were chosen on these" in asked("eval", "locomo", file).stderr


def test_tuning_reports_the_figure_of_what_was_left_out(file, embedder):
    report = json.loads(asked("eval", "locomo", file, "--tune", "--json").stdout)
    assert set(report["tuning"]["chosen"]) == {"a", "b"}
    assert report["tuning"]["held_out_recall"]["n"] == 4


def test_what_does_not_go_together_is_said(file, tmp_path):
    with pytest.raises(UsageError, match="--tune"):
        asked("eval", "locomo", file, "--tune", "--retriever", "bm25")
    with pytest.raises(UsageError, match="no turns to rank"):
        asked("eval", "locomo", file, "--retriever", "raw", "--level", "turn")
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(FormatError, match="no report"):
        asked("diff", str(tmp_path / "x.json"), file)
    assert asked("eval", "locomo", "none.json").exit_code == 2


@pytest.fixture
def own(tmp_path):
    rows = [
        {"speaker": "Ines", "text": "I sold the boat.", "session": "1"},
        {"speaker": "Rui", "text": "It snows.", "session": "2"},
        {"speaker": "Rui", "text": "Tea at five.", "session": "2"},
        {"question": "Who sold the boat?", "evidence": ["D1:1"], "code": "fact"},
        {"question": "Where does it snow?", "evidence": ["D2:1"], "code": "place"},
        {"question": "Why?"},
    ]
    path = tmp_path / "chat.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_histories_of_ones_own_are_evaluated_with_recall_at_each_cut(own, embedder):
    result = asked("eval", "own", own, "--retriever", "bm25", "--k", "1")
    assert "bm25: 2 questions, 3 turns to find among, no embedder" in result.stdout
    assert "     1  100.0" in result.stdout
    assert "place" in result.stdout
    assert "1 questions left out: no evidence" in result.stderr
    report = json.loads(asked("eval", "own", own, "--json").stdout)
    assert (report["embedder"], report["level"], report["weights"]["words"] > 0) == ("lengths", "turn", True)


def test_runs_over_histories_are_compared_like_any_other(own, tmp_path):
    one, other = str(tmp_path / "one.json"), str(tmp_path / "other.json")
    for out in (one, other):
        asked("eval", "own", own, "--retriever", "bm25", "--k", "1", "--out", out)
    assert "0 questions better, 0 worse, of 2" in asked("diff", one, other).stdout


def test_longmemeval_and_realtalk_files_are_evaluated_by_session_and_by_turn(tmp_path):
    long = {
        "question_id": "q1", "question_type": "temporal", "question": "When was the boat sold?", "answer": "today",
        "haystack_session_ids": ["s1", "answer_2"],
        "haystack_sessions": [
            [{"role": "user", "content": "Snow."}],
            [{"role": "user", "content": "I sold the boat today.", "has_answer": True}],
        ],
    }  # fmt: skip
    (tmp_path / "long.json").write_text(json.dumps([long, {**long, "question_id": "q2_abs"}]))
    result = asked("eval", "longmemeval", str(tmp_path / "long.json"), "--retriever", "bm25")
    assert "1 questions, 2 sessions" in result.stdout
    assert "1 questions left out: abstains" in result.stderr
    chat = {
        "name": {"speaker_1": "Ana", "speaker_2": "Rui"},
        "session_1": [{"clean_text": "I sold the boat.", "speaker": "Ana", "dia_id": "D1:1"}],
        "qa": [{"question": "Who sold the boat?", "evidence": ["D1:1"], "category": 1}],
    }
    (tmp_path / "chat.json").write_text(json.dumps(chat))
    assert (
        "1 questions, 1 turns" in asked("eval", "realtalk", str(tmp_path / "chat.json"), "--retriever", "bm25").stdout
    )
    with pytest.raises(FormatError, match="no object; a chat of REALTALK"):
        asked("eval", "realtalk", str(tmp_path / "long.json"), "--retriever", "bm25")


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from personae.cli.memory import memory;"
        "memory(['eval', 'locomo', '--help'], standalone_mode=False);"
        "assert not {'numpy', 'onnxruntime', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
