"""`run_personabench`: PersonaBench's retrieval figures of one embedder, from a folder of the user's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from personae.measure.items import share
from personae.measure.private_documents.documents import Person
from personae.measure.private_documents.released import PEOPLE, read_personabench
from personae.measure.private_documents.retrieval import Found, K, retrieve, rows
from personae.types import Embedder, Measurement


def run_personabench(
    folder: Path | str,
    embedder: Embedder | None = None,
    *,
    noise: float = 0.5,
    k: int = K,
    people: int = PEOPLE,
) -> list[Measurement]:
    """Recall@k and NDCG@k of PersonaBench's questions over each person's own chunks, by kind and over all.

    folder:   the one that holds `community_0`, …
    embedder: the embedded one (int8) without one.

    Two measurements per row, `personabench.<row>.recall` and `.ndcg`, in the order of `retrieval.ROWS`, then those of
    "overall" (all questions, which is the row published as Overall) and "overall_without_subjective" (what the
    released script averages). The details say the embedder, k, noise, and how many people and chunks there were.

    Raises FormatError for files that are not PersonaBench's, UsageError for a folder without communities.
    """
    if embedder is None:
        from personae.models.embedder import MiniLM

        embedder = MiniLM()
    persons = read_personabench(folder, noise, people)
    found = [each for person in persons for each in retrieve(person, embedder, k)]
    details = {
        "embedder": embedder.name,
        "k": k,
        "noise": noise,
        "people": len(persons),
        "chunks": sum(len(person.chunks) for person in persons),
    }
    return numbers("personabench", found, missing_of(persons), details)


def missing_of(persons: Iterable[Person]) -> dict[str, int]:
    """Questions that were left out, by reason, over all of them."""
    return dict(sum((Counter(person.missing) for person in persons), Counter[str]()))


def numbers(
    name: str, found: list[Found], missing: dict[str, int], details: dict[str, Any], *, empty: bool = True
) -> list[Measurement]:
    """Recall and NDCG of each row; without `empty` only of those that have a question."""
    told = []
    for row, some in rows(found).items():
        if not (some or empty):
            continue
        lost = missing if row == "overall" else {}
        for metric in ("recall", "ndcg"):
            values = {f"{f.person}/{f.question.id}": getattr(f, metric) for f in some}
            told.append(share(f"{name}.{row}.{metric}", values, lost, details=details))
    return told
