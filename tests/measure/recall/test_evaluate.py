"""A run over questions, its report, and tuning that never sees what it is judged on."""

from __future__ import annotations

import json

import pytest

from personae.errors import UsageError
from personae.measure.recall import Setup, as_data, evaluate, load_locomo
from personae.measure.recall.rankings import RETRIEVERS
from personae.measure.recall.tuning import leave_one_out
from personae.memory.retrieval import Weights


@pytest.fixture
def dialogues(small):
    return load_locomo(small)


def test_questions_without_evidence_are_excluded_and_counted(dialogues):
    found = evaluate(dialogues, Setup("bm25"))
    assert len(found.rows) == 11 - 2
    assert found.excluded == {"no evidence": 2}
    assert found.dropped == ("conv-1/5: D9:9", "conv-2/4: D9:9")
    assert (found.strings, found.malformed) == (5 + 2 + 4, 2)


def test_as_published_figures_had_it_every_question_counts(dialogues):
    found = evaluate(dialogues, Setup("bm25", k=1, reading="strict_legacy"))
    by_id = found.values()
    assert len(by_id) == 11
    assert by_id["conv-1/0"] == 1
    assert by_id["conv-1/3"] == 0
    assert by_id["conv-1/4"] == 1
    session = evaluate(dialogues, Setup("bm25", k=3, level="session", reading="strict_legacy"))
    assert session.values()["conv-1/3"] == 1


@pytest.mark.parametrize("name", RETRIEVERS)
def test_every_retriever_finds_the_plain_ones(dialogues, letters, name):
    found = evaluate(dialogues, Setup(name, k=3), letters)
    assert len(found.rows) == 9
    assert found.figure("recall", 3).value > 0.3
    report = as_data(found, embedder="letters", source="locomo.json")
    json.dumps(report, allow_nan=False)
    assert report["level"] == ("session" if name in ("raw", "hybrid-session") else "turn")
    assert report["candidates"] == pytest.approx(
        {"turn": (5 * 9 + 4 * 6) / 9, "session": (5 * 3 + 4 * 2) / 9}[report["level"]]
    )
    assert set(report["by_code"]) == {"1", "2", "4"}
    assert all(len(row["retrieved_ids"]) <= 3 for row in report["rows"])


@pytest.mark.parametrize("name", ["bm25", "dense", "default"])
def test_turn_retrievers_rank_sessions_as_well(dialogues, letters, name):
    found = evaluate(dialogues, Setup(name, k=1, level="session"), letters)
    assert found.values()["conv-1/1"] == 1.0 or name == "dense"
    assert all(one.startswith("session_") for row in found.rows for one in row.top)


def test_a_session_may_count_once_for_each_of_its_turns(small):
    tree = json.loads(small.read_text())
    tree[0]["qa"] = [{"question": "boats", "evidence": ["D1:1", "D1:2", "D2:1"], "category": 1}]
    small.write_text(json.dumps(tree))
    dialogue = load_locomo(small)[:1]
    once = evaluate(dialogue, Setup("bm25", k=1, level="session"))
    each = evaluate(dialogue, Setup("bm25", k=1, level="session", per_session="ids"))
    assert once.values()["conv-1/0"] == pytest.approx(1 / 2)
    assert each.values()["conv-1/0"] == pytest.approx(2 / 3)


def test_what_cannot_be_run_is_refused(dialogues):
    for wrong in ({"retriever": "magic"}, {"k": 0}, {"retriever": "raw", "level": "turn"}, {"per_session": "often"}):
        with pytest.raises(UsageError):
            Setup(**wrong)
    with pytest.raises(UsageError, match="embedder"):
        evaluate(dialogues, Setup("dense"))


def test_progress_is_told(dialogues, letters):
    heard = []
    evaluate(dialogues, Setup("dense"), letters, on_step=lambda *step: heard.append(step))
    assert ("conversations", 2, 2) in heard
    assert any(what.startswith("vectors of") for what, _, _ in heard)


def test_weights_are_chosen_without_the_conversation_they_are_judged_on(dialogues, letters):
    words, meaning = Weights(1, 0, 0, 0, 0, 0), Weights(0, 1, 0, 0, 0, 0)
    found = leave_one_out(dialogues, letters, k=1, grid=(meaning, words))
    assert set(found.chosen) == {"conv-1", "conv-2"}
    assert len(found.held_out) == 11
    for name in found.chosen:
        other = [one for one in dialogues if one.id != name]
        recalls = [
            sum(evaluate(other, Setup("default", 1, reading="strict_legacy", weights=each), letters).values().values())
            for each in (meaning, words)
        ]
        assert found.chosen[name] == (words if recalls[1] > recalls[0] else meaning)
    with pytest.raises(UsageError, match="two or more"):
        leave_one_out(dialogues[:1], letters)
