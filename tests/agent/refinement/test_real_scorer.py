"""Minimal edits with the scorer that comes with the toolkit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from personae.agent.refinement import Edit, edit
from personae.measure.probes import starter_personas
from personae.metrics.overlap import best_f1
from personae.models import open_pair_scorer
from personae.types import CONTRADICTION, PairScorer

#: Every so many of the 1,384 items of the test set.
STEP = 28


@pytest.fixture(scope="module")
def scorer() -> PairScorer:
    return open_pair_scorer("embedded")


@pytest.mark.slow
async def test_the_offline_editor_keeps_the_overlap_and_contradicts_less_than_copying(
    data_dir: Path, scorer: PairScorer
) -> None:
    rows = json.loads((data_dir / "personaminedit" / "test.json").read_text("utf-8"))[::STEP]
    edits = [await edit(row["original_response"], row["intervening_persona"], scorer) for row in rows]
    overlap = [
        best_f1(done.text, row["references"], tokeniser="whitespace") for done, row in zip(edits, rows, strict=True)
    ]
    assert len(rows) == 50
    copied = [best_f1(row["original_response"], row["references"], tokeniser="whitespace") for row in rows]
    assert sum(overlap) / len(overlap) >= max(0.78, sum(copied) / len(copied))
    before = sum(done.before is not None and done.before >= 0.5 for done in edits)
    after = sum(done.after is not None and done.after >= 0.5 for done in edits)
    assert before >= 15
    assert after <= 0.7 * before


@pytest.mark.slow
async def test_a_consistent_reply_comes_back_byte_for_byte(scorer: PairScorer) -> None:
    replies = (
        "  I've worked at the clinic since nine – long night!",
        "Good evening to you!\n",
        "Ça va 🙂 ok, café’s open!",
    )
    for reply in replies:
        for fact in ("I work at a clinic.", "I enjoy the sun."):
            (row,) = await scorer.score([reply], [fact])
            assert row[CONTRADICTION] < 0.5
            done = await edit(reply, [fact], scorer)
            assert done == Edit(reply, "consistent", done.before, done.before)


@pytest.mark.slow
async def test_what_our_starters_say_of_themselves_is_mostly_left_alone(scorer: PairScorer) -> None:
    said = [
        (persona, turn.text)
        for persona in starter_personas()[:6]
        for example in persona.examples
        for turn in example.turns
        if turn.speaker == "char"
    ]
    edits = [await edit(text, persona, scorer) for persona, text in said]
    assert len(edits) == 18
    assert sum(done.outcome == "edited" for done in edits) <= 0.1 * len(edits)
