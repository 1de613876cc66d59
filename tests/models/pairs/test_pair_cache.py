"""Pairs are judged once, and never answered for another scorer."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from personae.errors import FormatError, UsageError
from personae.models.pairs.cache import CachedPairs
from personae.models.pairs.scripted import ScriptedPairs
from personae.models.pairs.unanswered import PairsUnanswered

KNOWN = {("No pets.", "I own a dog."): (0.9, 0.1, 0.0), ("My dog.", "I own a dog."): (0.1, 0.1, 0.8)}


class Halting(ScriptedPairs):
    """Cannot answer for the texts in `mute`."""

    mute: tuple[str, ...] = ("???",)

    async def score(self, premises, hypotheses):
        rows = await super().score(premises, hypotheses)
        reasons = {place: "unparsed" for place, premise in enumerate(premises) if premise in self.mute}
        if reasons:
            rows[list(reasons)] = np.nan
            raise PairsUnanswered("no answer", rows, reasons)
        return rows


async def test_a_pair_is_asked_once_also_within_one_call():
    scorer = ScriptedPairs(KNOWN)
    cached = CachedPairs(scorer)
    rows = await cached.score(["No pets.", "My dog.", "No pets."], ["I own a dog."] * 3)
    assert rows.round(3).tolist() == pytest.approx(np.array([KNOWN[k] for k in [*KNOWN, next(iter(KNOWN))]]), abs=1e-6)
    await cached.score(["My dog."], ["I own a dog."])
    assert scorer.history == list(KNOWN)
    assert (cached.stats.hits, cached.stats.misses) == (2, 2)


async def test_another_process_finds_the_rows_in_the_file(tmp_path):
    first = CachedPairs(ScriptedPairs(KNOWN), tmp_path / "pairs.db")
    before = await first.score(*zip(*KNOWN, strict=True))
    scorer = ScriptedPairs(KNOWN)
    second = CachedPairs(scorer, tmp_path / "pairs.db")  # while the first is not closed, as after a kill
    assert np.array_equal(before, await second.score(*zip(*KNOWN, strict=True)))
    assert scorer.history == []
    first.close()
    second.close()


async def test_relation_and_the_two_relevances_are_three_questions():
    scorer = ScriptedPairs()
    cached = CachedPairs(scorer)
    for _ in range(2):
        await cached.score(["a"], ["b"])
        await cached.relevance(["a"], ["b"], to="reply")
        await cached.relevance(["a"], ["b"], to="query")
    assert len(scorer.history) == 3


async def test_another_name_or_provenance_never_answers(tmp_path):
    class Newer(ScriptedPairs):
        @property
        def provenance(self):
            return {"checkpoint": "newer", "data": "none", "validity": "ok"}

    for scorer in (ScriptedPairs(), ScriptedPairs(name="other"), Newer()):
        cached = CachedPairs(scorer, tmp_path / "pairs.db")
        await cached.score(["a"], ["b"])
        cached.close()
        assert len(scorer.history) == 1


async def test_texts_that_join_alike_are_not_the_same_pair():
    scorer = ScriptedPairs()
    cached = CachedPairs(scorer)
    await cached.score(["ab", "a"], ["c", "bc"])
    assert len(scorer.history) == 2


async def test_memory_is_bounded_and_keeps_what_was_used_last():
    scorer = ScriptedPairs()
    cached = CachedPairs(scorer, memory=2)
    for said in ("a", "b", "a", "c", "a", "b"):
        await cached.score([said], ["x"])
    assert [said for said, _ in scorer.history] == ["a", "b", "c", "b"]
    assert len(cached._rows) == 2


async def test_rows_beyond_memory_come_from_the_file(tmp_path):
    scorer = ScriptedPairs()
    cached = CachedPairs(scorer, tmp_path / "pairs.db", memory=0)
    said = [f"text {number}" for number in range(1200)]
    first = await cached.score(said, ["x"] * 1200)
    assert np.array_equal(first, await cached.score(said, ["x"] * 1200))
    assert len(scorer.history) == 1200
    cached.close()


async def test_what_was_answered_beside_a_failure_is_kept_and_the_failure_is_not():
    scorer = Halting(KNOWN)
    cached = CachedPairs(scorer)
    for _ in range(2):
        with pytest.raises(PairsUnanswered) as raised:
            await cached.score(["No pets.", "???", "???"], ["I own a dog."] * 3)
        assert raised.value.reasons == {1: "unparsed", 2: "unparsed"}
        assert raised.value.rows[0].round(3).tolist() == pytest.approx([0.9, 0.1, 0.0])
        assert np.isnan(raised.value.rows[1:]).all()
    assert [said for said, _ in scorer.history] == ["No pets.", "???", "???"]


async def test_a_row_of_the_wrong_size_in_the_file_is_asked_for_again(tmp_path):
    cached = CachedPairs(ScriptedPairs(KNOWN), tmp_path / "pairs.db", memory=0)
    before = await cached.score(*zip(*KNOWN, strict=True))
    with sqlite3.connect(cached.path) as file:
        file.execute("UPDATE pairs SET numbers = x'00'")
    file.close()
    assert np.array_equal(before, await cached.score(*zip(*KNOWN, strict=True)))
    cached.close()


def test_files_of_others_are_left_alone(tmp_path):
    (tmp_path / "text.db").write_text("something else entirely, and not short enough to be an empty file " * 20)
    with pytest.raises(FormatError, match="cannot be used"):
        CachedPairs(ScriptedPairs(), tmp_path / "text.db")
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE mine (a)")
    other.close()
    with pytest.raises(FormatError, match="something else"):
        CachedPairs(ScriptedPairs(), tmp_path / "other.db")
    with pytest.raises(UsageError, match="-1"):
        CachedPairs(ScriptedPairs(), memory=-1)
