"""Traits told from texts by a regression on the user's own labels: words and pairs of words, or sentence embeddings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.measure.author_traits.agreement import Agreement, agreement
from personae.measure.author_traits.pieces import MIN_WORDS, pieces, too_short
from personae.measure.separability.leaks import LeakReport, leak_report
from personae.measure.separability.linear import C, Features, Vectors, fit, folds_by, out_of_fold
from personae.measure.separability.ngrams import NGrams
from personae.measure.separability.people import Person
from personae.stats.intervals import FloatArray
from personae.types import Embedder

#: An embedder reads so much of a text at once; longer texts are embedded in pieces, and the pieces averaged.
EMBEDDED_TOKENS = 180


@dataclass(frozen=True)
class Probe:
    """A trained probe: call it with a text and it gives P(high) per trait, None and a reason for a text that is short.

    tested: how well it tells texts of authors it has not seen, beside the majority baseline. leaks: of the labelled
    texts; where there are any, `tested` may be about the names of traits rather than about writing.
    """

    name: str
    readers: Mapping[str, Callable[[str], float]]
    tested: Mapping[str, Agreement]
    leaks: LeakReport
    left_out: Mapping[str, int]
    min_words: int = MIN_WORDS

    def __call__(self, text: str) -> dict[str, float | None]:
        """P(high) per trait, 0 … 1."""
        if too_short(text, self.min_words):
            return dict.fromkeys(self.readers)
        return {trait: float(0.5 * (1 + np.tanh(0.5 * read(text)))) for trait, read in self.readers.items()}


def train(
    labelled: Sequence[Person],
    embedder: Embedder | None = None,
    *,
    c: float = C,
    min_df: int = 3,
    min_words: int = MIN_WORDS,
) -> Probe:
    """A probe per trait on texts with labels (`assigned`), tested in ten folds that never part an author's texts.

    `repeat` of a person says who the author is; without it every text has its own. Texts under `min_words` are left
    out and counted. Raises `UsageError` for fewer than ten texts, and for labels that not every text has or that are
    all of one kind.
    """
    kept = [person for person in labelled if not too_short(person.text, min_words)]
    left_out = {"too_short": len(labelled) - len(kept)} if len(kept) < len(labelled) else {}
    if len(kept) < 10:
        raise UsageError(f"{len(kept)} of {len(labelled)} texts can be used; a probe needs ten of {min_words} words")
    traits = list(dict.fromkeys(trait for person in kept for trait in person.assigned))
    for trait in traits:
        poles = {person.assigned.get(trait) for person in kept}
        if poles != {True, False}:
            raise UsageError(f"{trait!r} needs a label on every text, and both high and low; found {_told(poles)}")
    texts = [person.text for person in kept]
    authors = [person.repeat or str(number) for number, person in enumerate(kept)]
    labels = [[person.assigned[trait] for person in kept] for trait in traits]
    features, readers = _features(texts, embedder, min_df)
    told = out_of_fold(features, labels, folds_by(authors), c=c)
    products = features.products(np.ones(len(kept), dtype=bool))
    fitted = [fit(products, np.array(high), c=c) for high in labels]
    return Probe(
        embedder.name if embedder else "words and pairs of words",
        {trait: readers(a, b) for trait, (a, b) in zip(traits, fitted, strict=True)},
        {
            trait: agreement(trait, ["high" if p > 0.5 else "low" for p in row], high, authors)
            for trait, row, high in zip(traits, told, labels, strict=True)
        },
        leak_report(texts),
        left_out,
        min_words,
    )


def embedded(texts: Sequence[str], embedder: Embedder) -> FloatArray:
    """One vector a text, of length 1: the mean over its pieces."""
    parts = [pieces(text, EMBEDDED_TOKENS) or (text,) for text in texts]
    rows = np.asarray(embedder.embed([part for each in parts for part in each]), dtype=np.float64)
    owner = np.repeat(np.arange(len(parts)), [len(each) for each in parts])
    means = np.zeros((len(parts), rows.shape[1]))
    np.add.at(means, owner, rows)
    unit: FloatArray = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return unit


def _features(
    texts: Sequence[str], embedder: Embedder | None, min_df: int
) -> tuple[Features, Callable[[FloatArray, float], Callable[[str], float]]]:
    """The features of the texts, and how a fitted model reads a new one."""
    if embedder is None:
        grams = NGrams.of(texts, min_df=min_df)
        return grams, grams.log_odds
    reader, rows = embedder, embedded(texts, embedder)
    return Vectors(rows), lambda a, b: lambda text: float(embedded([text], reader)[0] @ (rows.T @ a)) + b


def _told(poles: set[Any]) -> str:
    words = {True: "high", False: "low", None: "texts without"}
    return ", ".join(sorted(words[pole] for pole in poles))
