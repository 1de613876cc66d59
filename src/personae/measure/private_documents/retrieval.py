"""Which chunks are found for a question, and how much of its evidence is among them.

A value may stand in several chunks, one of which is enough. Over all ways to take one chunk per value the best recall
counts and, independently, the best NDCG (PersonaBench 2025).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from personae.errors import UsageError
from personae.measure.private_documents.documents import DocumentQuestion, Person
from personae.types import Embedder

#: Chunks that are retrieved (PersonaBench's top 5).
K = 5
#: Ways to take one chunk per value that are looked at, at most.
MAX_WAYS = 100_000


@dataclass(frozen=True, slots=True)
class Found:
    """What was retrieved for one question, best first, and how good that is: `recall` and `ndcg`, 0 … 1."""

    person: str
    question: DocumentQuestion
    ranked: tuple[str, ...]
    recall: float
    ndcg: float


def ndcg_at(ranked: Sequence[str], relevant: Sequence[str], k: int) -> float:
    """Binary NDCG: Σ 1/log2(rank + 1) over the relevant among the first k, over that of an ideal list.

    The ideal list holds min(number of relevant, k) hits.

    >>> ndcg_at(["a", "x"], ["a"], 5), round(ndcg_at(["x", "a"], ["a", "b"], 5), 4)
    (1.0, 0.3869)
    """
    wanted = set(relevant)
    gain = math.fsum(1 / math.log2(place + 1) for place, id in enumerate(ranked[:k], 1) if id in wanted)
    ideal = math.fsum(1 / math.log2(place + 1) for place in range(1, min(len(wanted), k) + 1))
    return gain / ideal if ideal else 0.0


def score(ranked: Sequence[str], evidence: Sequence[Sequence[str]], k: int = K) -> tuple[float, float]:
    """The best recall@k and the best NDCG@k over all ways to take one chunk per value.

    Raises UsageError without evidence, and where there are more than `MAX_WAYS` ways.

    >>> score(["a", "x", "c"], [["a", "b"], ["d"]])[0]
    0.5
    """
    ways = math.prod(len(set(ids)) for ids in evidence)
    if not evidence or not 0 < ways <= MAX_WAYS:
        raise UsageError(f"{ways if evidence else 0} ways to find the evidence; give 1 to {MAX_WAYS}")
    best_recall = best_ndcg = 0.0
    for way in itertools.product(*(sorted(set(ids)) for ids in evidence)):
        wanted = set(way)
        best_recall = max(best_recall, len(wanted & set(ranked[:k])) / len(wanted))
        best_ndcg = max(best_ndcg, ndcg_at(ranked, way, k))
    return best_recall, best_ndcg


def retrieve(person: Person, embedder: Embedder, k: int = K) -> list[Found]:
    """For each question of a person the k of their own chunks with the largest inner product, and the scores.

    Equals stand in the order of the chunks. Raises UsageError for a person without chunks.
    """
    if not person.chunks:
        raise UsageError(f"{person.name!r} has no documents; there is nothing to find")
    if not person.questions:
        return []
    chunks = np.asarray(embedder.embed([chunk.text for chunk in person.chunks]))
    asked = np.asarray(embedder.embed([each.question for each in person.questions]))
    found = []
    for question, row in zip(person.questions, asked @ chunks.T, strict=True):
        ranked = tuple(person.chunks[at].id for at in np.argsort(-row, kind="stable")[:k])
        found.append(Found(person.name, question, ranked, *score(ranked, question.evidence, k)))
    return found


#: The rows PersonaBench prints: a name, the kind, the difficulty ("" for both).
ROWS: Mapping[str, tuple[str, str]] = {
    "basic": ("Basic information", ""),
    "preference_easy": ("Preference", "easy"),
    "preference_hard": ("Preference", "hard"),
    "social": ("Social", ""),
    "subjective": ("Subjective", ""),
}


def rows(found: Sequence[Found]) -> dict[str, list[Found]]:
    """What was found by row, then "overall" and "overall_without_subjective" (what the released script averages)."""
    parted = {
        name: [f for f in found if f.question.kind == kind and difficulty in ("", f.question.difficulty)]
        for name, (kind, difficulty) in ROWS.items()
    }
    objective = [f for f in found if f.question.kind != ROWS["subjective"][0]]
    return {**parted, "overall": list(found), "overall_without_subjective": objective}
