"""Metrics that `personae meta` can compute itself: one number per reply, from its text or with a pair scorer.

What a reply lacks for a metric (a reference, a query, statements) is a reason, counted, and no zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.measure.consistency.apc import apc_share, delta_apc
from personae.measure.consistency.family import balance, kinds_of
from personae.measure.consistency.matrix import Readable
from personae.measure.ratings import Rated
from personae.metrics.overlap import best_f1
from personae.metrics.repetition import repetition_within
from personae.metrics.text import unicode_words
from personae.models.embedder import supported
from personae.types import CONTRADICTION, ENTAILMENT, PairScorer

#: A number, or the word under which its absence is counted.
Value = float | str


def length(reply: Rated) -> Value:
    """Words of the reply."""
    return float(len(unicode_words(reply.text))) if reply.text.strip() else "no_text"


def distinct(reply: Rated) -> Value:
    """Share of different words among the reply's words (distinct-1 of one text)."""
    words = unicode_words(reply.text)
    return len(set(words)) / len(words) if words else "no_text"


def repetition(reply: Rated) -> Value:
    """Share of the reply's word triples that it has said before."""
    share = repetition_within(reply.text)
    return "too_short" if share is None else share


def unigram_f1(reply: Rated) -> Value:
    """Word F1 with the nearest reference, by PersonaChat's tokens."""
    references = [reference for reference in reply.references if unicode_words(reference)]
    if not unicode_words(reply.text):
        return "no_text"
    return best_f1(reply.text, references) if references else "no_reference"


#: Name → metric of the text alone.
TEXT_METRICS: dict[str, Callable[[Rated], Value]] = {
    "length": length,
    "distinct": distinct,
    "repetition": repetition,
    "unigram_f1": unigram_f1,
}

#: Names of the metrics that need a pair scorer and, per reply, the persona's statements; the last two also a query.
SCORED_METRICS = ("c_score", "contradiction", "entailment", "apc", "delta_apc")
WITH_QUERY = ("apc", "delta_apc")

BUILT_IN = (*TEXT_METRICS, *SCORED_METRICS)


async def computed(
    replies: Sequence[Rated],
    names: Sequence[str],
    scorer: PairScorer | None = None,
    *,
    readable: Readable = supported,
) -> list[dict[str, Value]]:
    """The named metrics of each reply, in order.

    c_score: entailed less contradicted statements. contradiction, entailment: the highest probability over the
    statements. apc: APC per statement. delta_apc: ΔAPC. All take the statements as first-person sentences.
    Raises UsageError for an unknown name, and for one that needs a scorer where there is none.

    >>> import asyncio
    >>> asyncio.run(computed([Rated((3.0,), text="A bird, a bird!")], ["length", "unigram_f1"]))
    [{'length': 4.0, 'unigram_f1': 'no_reference'}]
    """
    unknown = [name for name in names if name not in BUILT_IN]
    if unknown:
        raise UsageError(f"no metric {unknown[0]!r}, as a column or built in; built in are {', '.join(BUILT_IN)}")
    scored = [name for name in names if name in SCORED_METRICS]
    if scored and scorer is None:
        raise UsageError(f"{scored[0]!r} needs a pair scorer; name one with --scorer, such as --scorer embedded")
    found: list[dict[str, Value]] = [
        {name: TEXT_METRICS[name](reply) for name in names if name in TEXT_METRICS} for reply in replies
    ]
    if scored and scorer is not None:
        for row, more in zip(found, await _scored(replies, scored, scorer, readable), strict=True):
            row.update(more)
    return found


async def _scored(
    replies: Sequence[Rated], names: Sequence[str], scorer: PairScorer, readable: Readable
) -> list[dict[str, Value]]:
    """All pairs of all replies go to the scorer together."""
    reasons = [_unreadable(reply, readable) for reply in replies]
    kept = [reply for reply, reason in zip(replies, reasons, strict=True) if not reason]
    premises = [reply.text for reply in kept for _ in reply.statements]
    hypotheses = [statement for reply in kept for statement in reply.statements]
    rows = np.asarray(await scorer.score(premises, hypotheses), dtype=np.float64).reshape(len(premises), 3)
    asked = await _asked(kept, scorer) if set(names) & set(WITH_QUERY) else [None] * len(kept)
    parts = iter(np.split(rows, np.cumsum([len(reply.statements) for reply in kept])[:-1]) if kept else ())
    wanted = iter(asked)
    return [
        dict.fromkeys(names, reason) if reason else _numbers(names, next(parts), next(wanted)) for reason in reasons
    ]


async def _asked(replies: Sequence[Rated], scorer: PairScorer) -> list[Any]:
    """Relevance of each reply's statements to its query; None where there is no query."""
    queried = [reply for reply in replies if reply.query.strip()]
    statements = [statement for reply in queried for statement in reply.statements]
    queries = [reply.query for reply in queried for _ in reply.statements]
    found = np.asarray(await scorer.relevance(statements, queries, to="query"), dtype=np.float64)
    parts = iter(np.split(found, np.cumsum([len(reply.statements) for reply in queried])[:-1]) if queried else ())
    return [next(parts) if reply.query.strip() else None for reply in replies]


def _numbers(names: Sequence[str], rows: Any, asked: Any) -> dict[str, Value]:
    contradiction, entailment = rows[:, CONTRADICTION], rows[:, ENTAILMENT]
    ways: Mapping[str, Callable[[], float]] = {
        "c_score": lambda: float(balance(kinds_of(rows)[None, :])[0]),
        "contradiction": lambda: float(contradiction.max()),
        "entailment": lambda: float(entailment.max()),
        "apc": lambda: float(apc_share(asked, entailment, contradiction)),
        "delta_apc": lambda: float(delta_apc(asked, entailment, contradiction)),
    }
    return {name: "no_query" if name in WITH_QUERY and asked is None else ways[name]() for name in names}


def _unreadable(reply: Rated, readable: Readable) -> str:
    if not reply.text.strip():
        return "no_text"
    if not reply.statements:
        return "no_statements"
    return "unread_text" if readable(reply.text) else ""
