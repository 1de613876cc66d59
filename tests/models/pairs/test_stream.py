"""Files of pairs: order, reasons, bounded memory, and going on after an end that nobody chose."""

from __future__ import annotations

import io
import json
import tracemalloc

import numpy as np
import pytest

from personae.errors import RateLimited, RunError, UsageError
from personae.models.pairs.scripted import ScriptedPairs
from personae.models.pairs.stream import rows_done, score_pairs
from personae.models.pairs.unanswered import PairsUnanswered

KNOWN = {("No pets.", "I own a dog."): (0.9, 0.1, 0.0), ("My dog.", "I own a dog."): (0.05, 0.15, 0.8)}
LINES = [
    {"p": "No pets.", "h": "I own a dog.", "id": 1},
    {"p": "Hello.", "h": "I own a dog.", "id": 2},
    {"p": "My dog.", "h": "I own a dog.", "id": 3},
]


def script(**options) -> ScriptedPairs:
    return ScriptedPairs(KNOWN, {("I own a dog.", "My dog."): 0.7}, **options)


def as_file(rows) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


async def scored(data: bytes, scorer=None, **options):
    target = io.BytesIO()
    summary = await score_pairs(io.BytesIO(data), target.write, scorer or script(), **options)
    return [json.loads(line) for line in target.getvalue().splitlines()], summary


@pytest.mark.parametrize("batch", [1, 2, 100])
async def test_rows_keep_their_fields_and_order_and_get_four_numbers(batch):
    rows, summary = await scored(as_file(LINES), batch=batch)
    assert rows[0] == LINES[0] | {"contradiction": 0.9, "neutral": 0.1, "entailment": 0.0, "relevance": 0.0}
    assert rows[2] == LINES[2] | {"contradiction": 0.05, "neutral": 0.15, "entailment": 0.8, "relevance": 0.7}
    assert [row["id"] for row in rows] == [1, 2, 3]
    assert (summary.rows, summary.scored) == (3, 3)
    assert dict(summary.relations) == {"contradiction": 1, "neutral": 1, "entailment": 1}


async def test_relevance_is_of_the_statement_to_what_was_said():
    scorer = script()
    await scored(as_file(LINES[:1]), scorer)
    assert scorer.history == [("No pets.", "I own a dog."), ("I own a dog.", "No pets.")]


async def test_a_bad_line_becomes_a_row_in_its_place_and_stops_nothing():
    data = (
        as_file(LINES[:1]) + b"\nnonsense\n" + as_file([{"p": "", "h": "x", "contradiction": 0.5}]) + as_file(LINES[2:])
    )
    rows, summary = await scored(data)
    assert [row.get("line") for row in rows] == [None, 3, 4, None]
    assert rows[2] == {"p": "", "h": "x", "reason": "empty: 'p' has no text", "line": 4}
    assert dict(summary.missing) == {"not JSON": 1, "empty": 1}
    assert (summary.rows, summary.scored) == (4, 2)


async def test_an_old_reason_does_not_survive_a_score():
    rows, _ = await scored(as_file([LINES[0] | {"reason": "old", "relevance": 2}]))
    assert "reason" not in rows[0]
    assert rows[0]["relevance"] == 0.0


class Halting(ScriptedPairs):
    """Cannot judge the first pair of a call, nor relate the last."""

    async def score(self, premises, hypotheses):
        rows = await super().score(premises, hypotheses)
        rows[0] = np.nan
        raise PairsUnanswered("no", rows, {0: "refused"})

    async def relevance(self, statements, texts, *, to="reply"):
        raise PairsUnanswered("no", np.array([0.5, 0.5, np.nan]), {2: "unsupported: not English"})


async def test_pairs_without_an_answer_get_their_reason_and_the_others_their_numbers():
    rows, summary = await scored(as_file(LINES), Halting(KNOWN))
    assert rows[0] == LINES[0] | {"reason": "refused", "line": 1}
    assert (rows[1]["neutral"], rows[1]["relevance"]) == (1.0, 0.5)
    assert "reason" not in rows[1]
    assert (summary.scored, dict(summary.missing)) == (2, {"refused": 1, "relevance unsupported": 1})


async def test_a_relation_without_a_relevance_is_kept_beside_the_reason():
    rows, _ = await scored(as_file(LINES), Halting(KNOWN))
    relation = {"contradiction": 0.05, "neutral": 0.15, "entailment": 0.8}
    assert rows[2] == LINES[2] | relation | {"relevance": None, "reason": "unsupported: not English", "line": 3}


async def test_an_error_that_meets_every_pair_ends_the_run_and_keeps_what_was_scored():
    class Tired(ScriptedPairs):
        async def score(self, premises, hypotheses):
            if self.history:
                raise RateLimited("come back tomorrow")
            return await super().score(premises, hypotheses)

    target = io.BytesIO()
    with pytest.raises(RateLimited):
        await score_pairs(io.BytesIO(as_file(LINES)), target.write, Tired(KNOWN), batch=2)
    assert target.getvalue().count(b"\n") == 2


async def test_progress_tells_rows_and_bytes():
    told, data = [], as_file(LINES)
    await scored(data, batch=2, progress=lambda rows, read: told.append((rows, read)))
    assert told == [(2, len(as_file(LINES[:2]))), (3, len(data))]


async def test_an_empty_file_gives_an_empty_file():
    rows, summary = await scored(b"\n\n")
    assert (rows, summary.rows) == ([], 0)
    with pytest.raises(UsageError, match="0"):
        await scored(b"", batch=0)


@pytest.fixture
def files(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(as_file({"p": f"text {n}", "h": "I own a dog.", "id": n} for n in range(40)))
    return source, target


async def whole(source) -> bytes:
    target = io.BytesIO()
    await score_pairs(io.BytesIO(source.read_bytes()), target.write, script())
    return target.getvalue()


@pytest.mark.parametrize("cut", [0, 1, 500, 2000, -1])
async def test_after_a_cut_anywhere_the_rest_is_scored_once_and_the_file_is_as_if_never_cut(files, cut):
    source, target = files
    expected = await whole(source)
    target.write_bytes(expected[:cut])
    there = expected[:cut].count(b"\n")
    assert await rows_done(source, target, script()) == there
    assert target.read_bytes() == b"".join(expected.splitlines(keepends=True)[:there])
    scorer = script()
    with source.open("rb") as lines, target.open("ab") as rows:
        summary = await score_pairs(lines, rows.write, scorer, done=there)
    assert target.read_bytes() == expected
    assert (summary.resumed, summary.rows) == (there, 40 - there)
    assert len(scorer.history) == 2 * (40 - there)


async def test_a_changed_input_or_another_scorer_is_not_gone_on_with(files):
    source, target = files
    expected = await whole(source)
    target.write_bytes(expected)
    assert await rows_done(source, target, script()) == 40
    with pytest.raises(RunError, match="line 33 other numbers"):
        await rows_done(source, target, script(otherwise=(0.0, 0.9, 0.1)))
    assert await rows_done(source, target, None) == 40
    source.write_bytes(as_file({"p": f"other {n}", "h": "I own a dog."} for n in range(40)))
    with pytest.raises(RunError, match="line 33"):
        await rows_done(source, target, script())
    source.write_bytes(b"".join(source.read_bytes().splitlines(keepends=True)[:10]))
    with pytest.raises(RunError, match="40 rows, more than"):
        await rows_done(source, target, script())
    target.write_text("my notes\n")
    with pytest.raises(RunError, match="no output of this command"):
        await rows_done(source, target, script())


async def test_rows_with_reasons_are_compared_by_their_line(files):
    source, target = files
    source.write_bytes(b"x\n\ny\n")
    target.write_bytes(await whole(source))
    assert await rows_done(source, target, script()) == 2
    source.write_bytes(b"x\ny\n")
    with pytest.raises(RunError, match="line 2"):
        await rows_done(source, target, script())


async def test_memory_does_not_grow_with_the_file():
    """Ten times the rows need the same memory: what is held is one chunk."""

    class Lines(io.RawIOBase):
        def __init__(self, count: int) -> None:
            self.left = count

        def readline(self, size=-1):
            self.left -= 1
            return b'{"p": "I have no pets, %d.", "h": "I own a dog."}\n' % self.left if self.left >= 0 else b""

    class Forgetful(ScriptedPairs):
        async def score(self, premises, hypotheses):
            self.history.clear()
            return await super().score(premises, hypotheses)

    peaks = []
    for count in (2_000, 20_000):
        tracemalloc.start()
        summary = await score_pairs(Lines(count), len, Forgetful())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert summary.scored == count
    assert peaks[1] < 1.2 * peaks[0] + 50_000
