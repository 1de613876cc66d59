"""A file of pairs scored in chunks: memory for one chunk, rows in the order of the input, able to go on after a kill.

One line that is not blank goes in, one row comes out, so the number of whole rows in an unfinished output says where
to go on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from personae.errors import RunError, UsageError
from personae.models.pairs.lines import Row, Unread, parsed, read_lines, written
from personae.models.pairs.unanswered import PairsUnanswered
from personae.types import PairScorer

RELATIONS = ("contradiction", "neutral", "entailment")
#: The numbers of a row that was scored; others have a "reason", and the "line" of the input.
NUMBERS = (*RELATIONS, "relevance")
OURS = frozenset((*NUMBERS, "reason", "line"))
#: How many rows at the end of an unfinished output are compared, and how far their numbers may be off.
CHECKED_ROWS, TOLERANCE = 8, 1e-3
_TAIL_BYTES = 8_000_000

#: Told the rows and the bytes of the input that are done.
Progress = Callable[[int, int], None]
#: Where a chunk of rows goes, in one piece.
Write = Callable[[bytes], object]


@dataclass(slots=True)
class Summary:
    """What became of a file: rows of this call, how many of them have a relation, and the reasons by kind."""

    scorer: str
    provenance: Mapping[str, str]
    resumed: int = 0
    rows: int = 0
    scored: int = 0
    relations: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a row that was written."""
        self.rows += 1
        if "reason" in row:
            kind = row["reason"].partition(":")[0]
            self.missing[f"relevance {kind}" if "neutral" in row else kind] += 1
        if "neutral" in row:
            self.scored += 1
            self.relations[max(RELATIONS, key=row.__getitem__)] += 1

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "scorer": self.scorer,
            "provenance": dict(self.provenance),
            "resumed": self.resumed,
            "rows": self.rows,
            "scored": self.scored,
            "relations": {name: self.relations[name] for name in RELATIONS},
            "missing": dict(self.missing.most_common()),
        }


async def score_pairs(
    source: BinaryIO,
    write: Write,
    scorer: PairScorer,
    *,
    batch: int = 256,
    unread: Unread | None = None,
    done: int = 0,
    progress: Progress | None = None,
) -> Summary:
    """Score a JSONL file of pairs (`p` what was said, `h` a statement), `batch` lines at a time.

    A row keeps its fields and gets `contradiction`, `neutral`, `entailment` (they sum to 1) and `relevance` (of the
    statement to what was said), to six places. A line that cannot be scored becomes a row with a `reason` and its
    number, `line`; one whose relation is known but not its relevance has `relevance` null, and the reason beside the
    numbers. Numbers and reasons that a row brings from before are dropped. `unread` says why a text is beyond
    the scorer, such as its language. The first `done` rows are passed over. Each batch is one call of `write`, with
    whole lines of UTF-8.

    Raises `UsageError` for a batch below 1. An error of the scorer that concerns every pair comes as it is; what was
    written before stays.
    """
    if batch < 1:
        raise UsageError(f"a batch has at least one pair, not {batch!r}")
    summary = Summary(scorer.name, scorer.provenance, resumed=done)
    lines = islice(read_lines(source), done, None)
    while chunk := [parsed(line, unread) for line in islice(lines, batch)]:
        finished = await _scored(chunk, scorer)
        write(b"".join(map(written, finished)))
        for row in finished:
            summary.add(row)
        if progress:
            progress(done + summary.rows, chunk[-1].line.end)
    return summary


async def rows_done(source: Path, target: Path, scorer: PairScorer | None, *, unread: Unread | None = None) -> int:
    """How many rows of an unfinished output are whole. A torn last line is cut off first.

    Its last rows are compared with their lines of the input and, if a scorer is given, scored again. Raises `RunError`
    where they differ: the input has changed, or another scorer began the file.
    """
    done, tail = _whole_rows(target)
    with source.open("rb") as file:
        lines = [parsed(line, unread) for line in islice(read_lines(file), done - len(tail), done)]
    if len(lines) != len(tail):
        raise RunError(f"{str(target)!r} has {done:,} rows, more than {str(source)!r}; give --out another name")
    for row, old in zip(lines, tail, strict=True):
        if not _made_from(row, old):
            raise RunError(
                f"line {row.line.number} of {str(source)!r} is not what {str(target)!r} was made from; "
                "give --out another name, or start anew with --force"
            )
    if scorer is not None:
        for row, old, new in zip(lines, tail, await _scored(lines, scorer), strict=True):
            if any(_differ(old.get(name), new.get(name)) for name in NUMBERS):
                raise RunError(
                    f"{str(target)!r} was not begun with {scorer.name!r}, which gives line {row.line.number} other "
                    "numbers; resume with the scorer it was begun with"
                )
    return done


def _whole_rows(target: Path) -> tuple[int, list[dict[str, Any]]]:
    """The number of whole rows, and the last few of them; whatever follows the last line end is cut off."""
    rows = last = 0
    with target.open("r+b") as file:
        while block := file.read(1 << 20):
            rows += block.count(b"\n")
            if b"\n" in block:
                last = file.tell() - len(block) + block.rindex(b"\n") + 1
        file.truncate(last)
        file.seek(max(0, last - _TAIL_BYTES))
        tail = file.read().split(b"\n")[:-1][-CHECKED_ROWS:]
    try:
        return rows, [dict(json.loads(row)) for row in tail]
    except (ValueError, TypeError) as error:
        raise RunError(f"{str(target)!r} is no output of this command ({error}); give --out another name") from error


def _differ(old: float | None, new: float | None) -> bool:
    return old is not None and new is not None and abs(old - new) > TOLERANCE


def _made_from(row: Row, old: Mapping[str, Any]) -> bool:
    kept = all(old.get(name) == value for name, value in row.fields.items() if name not in OURS)
    return kept and ("reason" not in old or old.get("line") == row.line.number)


async def _scored(chunk: Sequence[Row], scorer: PairScorer) -> list[dict[str, Any]]:
    """The rows to write, in order; a row without a reason of its own gets the next answer of the scorer."""
    pairs = [row.fields for row in chunk if row.reason is None]
    said, statements = [pair["p"] for pair in pairs], [pair["h"] for pair in pairs]
    relations, unjudged = await _answers(scorer.score(said, statements))
    relevances, unrelated = await _answers(scorer.relevance(statements, said))
    answers = iter(zip(relations, relevances, range(len(pairs)), strict=True))
    finished = []
    for row in chunk:
        kept = {name: value for name, value in row.fields.items() if name not in (*NUMBERS, "reason")}
        reason = row.reason
        if reason is None:
            relation, relevance, place = next(answers)
            reason = unjudged.get(place)
            if reason is None:
                reason = unrelated.get(place)
                kept |= {name: round(number, 6) for name, number in zip(RELATIONS, relation, strict=True)}
                kept["relevance"] = round(relevance, 6) if reason is None else None
        finished.append(kept if reason is None else kept | {"reason": reason, "line": row.line.number})
    return finished


async def _answers(asked: Awaitable[Any]) -> tuple[list[Any], Mapping[int, str]]:
    """What a scorer gives, as plain lists, and the reasons where it has no answer."""
    try:
        return (await asked).tolist(), {}
    except PairsUnanswered as error:
        return error.rows.tolist(), error.reasons
