"""Evidence recall over histories: what is searched, what is right, what is left out, by hand."""

from __future__ import annotations

import json
import math

import pytest

from personae.errors import FormatError, UsageError
from personae.measure.recall.histories import as_data, recalls


def user(text, **more):
    return {"role": "user", "content": text, **more}


def record(name, question="Where is the boat moored?", **changes):
    """One answer session whose second user turn holds it, one idle session, one about bread."""
    told = user("My boat is moored in Faro.", has_answer=True)
    return {
        "question_id": name,
        "question_type": "single-session-user",
        "question": question,
        "answer": "in Faro",
        "haystack_session_ids": ["idle_1", "answer_2", "idle_3"],
        "haystack_sessions": [
            [user("The boat needs paint, that boat."), {"role": "assistant", "content": "The boat is moored in Faro."}],
            [user("It rains."), {"role": "assistant", "content": "Again?"}, told],
            [user("I bake bread.")],
        ],
        "answer_session_ids": ["answer_2"],
    } | changes  # fmt: skip


def written(tmp_path, rows, name="file.json"):
    path = tmp_path / name
    path.write_text(json.dumps(rows) if name.endswith(".json") else "".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_of_longmemeval_the_users_turns_alone_are_searched(tmp_path):
    found = recalls(written(tmp_path, [record("q1")]), "longmemeval", retriever="bm25")
    (row,) = found.rows
    assert (found.level, row.candidates, row.evidence) == ("session", 3, ("session_answer_2",))
    assert row.top[0] == "session_answer_2"
    turns = recalls(written(tmp_path, [record("q1")]), "longmemeval", retriever="bm25", level="turn").rows[0]
    assert (turns.candidates, turns.evidence) == (4, ("D2:3",))


def test_abstaining_questions_and_those_without_evidence_are_left_out_and_counted(tmp_path):
    unmarked = record("q3", haystack_sessions=[[user("A boat.")], [user("In Faro.")], []])
    elsewhere = record("q4", haystack_session_ids=["idle_1", "other_2", "idle_3"])
    rows = [record("q1"), record("q2_abs"), unmarked, elsewhere]
    found = recalls(written(tmp_path, rows), "longmemeval", retriever="bm25")
    assert [row.probe.id for row in found.rows] == ["q1"]
    assert found.left_out == {"abstains": 1, "no evidence": 2}


def test_evidence_that_no_turn_is_is_told(tmp_path):
    rows = [{"id": "a", "text": "A boat."}, {"id": "b", "text": "In Faro."}]
    rows += [{"question": "Where is the boat?", "evidence": ["b", "z"]}]
    found = recalls(written(tmp_path, rows, "own.jsonl"), "own", retriever="bm25")
    assert [row.evidence for row in found.rows] == [("b",)]
    assert as_data(found, embedder=None, source="own")["dropped_evidence"] == [f"{found.rows[0].probe.id}: z"]


def test_the_figures_of_two_right_documents_are_those_of_hand_arithmetic(tmp_path):
    chat = [
        {"id": "a", "session": "1", "text": "boat boat"},
        {"id": "b", "session": "1", "text": "bread"},
        {"id": "c", "session": "2", "text": "boat and bread and wine and much else besides"},
        {"id": "d", "session": "3", "text": "snow"},
        {"id": "e", "session": "3", "text": "wind"},
        {"id": "f", "session": "3", "text": "hail"},
        {"question": "boat?", "evidence": ["a", "c", "nowhere"], "code": "fact"},
    ]
    found = recalls(written(tmp_path, chat, "chat.jsonl"), "own", retriever="bm25", k=2)
    data = as_data(found, embedder=None, source="chat.jsonl")
    assert data["rows"][0]["retrieved_ids"] == ["a", "c"]
    assert [data[name]["1"]["value"] for name in ("recall_any", "recall_all", "ndcg_any", "recall_at")] == [
        1,
        0,
        1,
        0.5,
    ]
    assert [data[name]["3"]["value"] for name in ("recall_any", "recall_all", "ndcg_any", "recall_at")] == [1, 1, 1, 1]
    assert list(data["recall_any"]) == ["1", "2", "3", "5", "10", "30", "50"]
    assert data["by_type"]["fact"]["n"] == 1


def test_a_late_hit_is_discounted(tmp_path):
    chat = [
        {"id": "a", "text": "boat boat boat"},
        {"id": "b", "text": "boat and bread and wine"},
        *({"id": str(at), "text": "snow"} for at in range(5)),
        {"question": "boat?", "evidence": ["b"]},
    ]
    data = as_data(recalls(written(tmp_path, chat, "c.jsonl"), "own", retriever="bm25"), embedder=None, source="c")
    assert data["recall_any"]["1"]["value"] == 0
    assert data["ndcg_any"]["3"]["value"] == pytest.approx(1 / math.log2(3))


@pytest.mark.parametrize("retriever", ["default", "dense", "raw", "hybrid-session"])
def test_every_retriever_runs_over_every_form(tmp_path, retriever, letters):
    chat = {
        "name": {"speaker_1": "Ana", "speaker_2": "Rui"},
        "session_1": [{"clean_text": "I sold the boat.", "speaker": "Ana", "dia_id": "D1:1"}],
        "session_2": [{"clean_text": "Snow at last.", "speaker": "Rui", "dia_id": "D2:1"}],
        "qa": [{"question": "Who sold the boat?", "answer": "Ana", "evidence": ["D1:1"], "category": 1}],
    }
    for form, tree in (("realtalk", chat), ("longmemeval", [record("q1")])):
        found = recalls(written(tmp_path, tree), form, retriever=retriever, embedder=letters)
        assert len(found.rows) == 1
        assert found.rows[0].at[50].any == 1.0


def test_what_cannot_be_run_is_said(tmp_path):
    path = written(tmp_path, [record("q1")])
    with pytest.raises(UsageError, match="there are longmemeval, realtalk, own"):
        recalls(path, "msc")
    with pytest.raises(UsageError, match="no turns to rank"):
        recalls(path, "longmemeval", retriever="raw", level="turn")
    with pytest.raises(UsageError, match="k is 0"):
        recalls(path, "longmemeval", k=0)
    with pytest.raises(UsageError, match="asks nothing"):
        recalls(written(tmp_path, [{"text": "Hi."}], "mute.jsonl"), "own", retriever="bm25")
    with pytest.raises(FormatError, match=r"record 1.*haystack_sessions"):
        recalls(written(tmp_path, [record("q1"), record("q2", haystack_sessions=3)]), "longmemeval")
