"""LoCoMo's first five conversations: the figures of the specification, and MemPalace's published lists."""

from __future__ import annotations

import json

import pytest

from personae.measure.recall import Setup, difference, evaluate
from personae.measure.recall.tuning import leave_one_out
from personae.memory.retrieval import Weights
from personae.memory.retrieval.fusion import GUESS

#: A few of the grid, so that the test stays short.
NEAR = (GUESS, Weights(), Weights(0.5, 0.5, 0.1, 0.3, 0.3, 0.3), Weights(0.4, 0.6, 0.0, 0.15, 0.4, 0.3))


def percent(found, k, codes=None):
    return 100 * found.figure("recall", k, codes).value


def test_words_alone_find_what_the_specification_says(locomo):
    turns = evaluate(locomo, Setup("bm25", reading="strict_legacy"))
    assert [percent(turns, k) for k in (5, 10, 25, 50)] == pytest.approx([53.6, 61.4, 69.8, 74.7], abs=0.3)
    sessions = evaluate(locomo, Setup("bm25", level="session", reading="strict_legacy"))
    assert [percent(sessions, k) for k in (1, 5, 10)] == pytest.approx([60.3, 85.7, 93.1], abs=0.3)


def test_repaired_evidence_without_code_five(locomo):
    found = evaluate(locomo, Setup("bm25"))
    assert found.figure("recall", 10, (1, 2, 3, 4)).n == 760
    assert percent(found, 10, (1, 2, 3, 4)) == pytest.approx(60.1, abs=0.3)
    assert found.excluded == {"no evidence": 2}


@pytest.mark.slow
def test_the_default_beats_words_alone_on_conversations_its_weights_were_not_chosen_on(locomo, int8):
    words = evaluate(locomo, Setup("bm25", reading="strict_legacy"))
    dense = evaluate(locomo, Setup("dense", reading="strict_legacy"), int8)
    assert [percent(dense, k) for k in (5, 10, 25, 50)] == pytest.approx([42.1, 51.3, 65.3, 74.3], abs=1)
    tuned = leave_one_out(locomo, int8, grid=NEAR)
    gained = difference(tuned.held_out, words.values())
    assert gained.recall.n == 999
    assert gained.recall.low >= 0.06
    guess = evaluate(locomo, Setup(reading="strict_legacy", weights=GUESS), int8)
    assert percent(guess, 10) > max(percent(words, 10), percent(dense, 10))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "list_name", "mean", "by_code"),
    [
        ("raw", "raw", 0.6507, (0.614, 0.770, 0.558, 0.634, 0.641)),
        ("hybrid-session", "hybrid", 0.9163, (0.763, 0.947, 0.770, 0.940, 0.975)),
    ],
)
def test_published_session_lists_come_out_again(locomo, data_dir, fp32, name, list_name, mean, by_code):
    path = data_dir / "mempalace-locomo" / f"results_locomo_{list_name}_session_top10_first5.json"
    published = json.loads(path.read_text("utf-8"))
    found = evaluate(locomo, Setup(name, reading="strict_legacy"), fp32)
    same = [list(row.top) == one["retrieved_ids"] for row, one in zip(found.rows, published, strict=True)]
    assert sum(same) / len(same) >= 0.995
    assert percent(found, 10) == pytest.approx(100 * mean, abs=0.05)
    assert [percent(found, 10, [code]) for code in range(1, 6)] == pytest.approx(
        [100 * one for one in by_code], abs=0.05
    )
