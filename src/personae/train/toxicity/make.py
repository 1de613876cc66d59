"""From the released sample to a folder with both heads and their card."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from personae.files import bundled
from personae.measure.text_scorers.card import Card, Figure
from personae.measure.text_scorers.card_files import write_card
from personae.measure.text_scorers.roles import Scored
from personae.measure.text_scorers.toxicity.heads import NUMBERS, WORDS, write_meaning, write_words
from personae.measure.text_scorers.toxicity.released import Rated, read_rated
from personae.measure.text_scorers.toxicity.scorer import THRESHOLD, Toxicity, open_toxicity
from personae.measure.text_scorers.toxicity.validity import agreement, examined
from personae.models.embedder import MiniLM
from personae.models.vector_cache import CachedEmbedder
from personae.stats.intervals import FloatArray
from personae.train.toxicity.recipe import Recipe, cross_validated, fit_meaning, fit_words
from personae.types import Embedder

#: The cache that lets a stopped run go on.
VECTORS = "vectors.sqlite"
_AT_ONCE = 100

OnStep = Callable[[str, int, int | None], None]


async def make(
    data: Path,
    out: Path,
    *,
    recipe: Recipe = Recipe(),  # noqa: B008  frozen
    embedder: Embedder | None = None,
    words: bool = True,
    on_step: OnStep = lambda what, done, planned: None,
) -> Toxicity:
    """Train both heads on `data/rtp_decodingtrust` and put them, with their card, into `out`.

    The card's agreement is that of the cross-validation; HateCheck and ToxiGen are added where `data` has them.
    words=False trains the first head alone. A run that was stopped goes on from the vectors it had. Raises UsageError
    where the sample is missing, FormatError where it cannot be read.
    """
    rows = read_rated(data)
    cached = CachedEmbedder(embedder or MiniLM(), out / VECTORS)
    try:
        texts, toxicity = [row.text for row in rows], np.array([row.toxicity for row in rows])
        vectors = _embedded(texts, cached, on_step)
        on_step("cross-validation", 0, None)
        told = cross_validated(texts, vectors, toxicity, [row.record for row in rows], recipe)
        on_step("fitting", 0, None)
        meaning = fit_meaning(vectors, toxicity, cached.name, recipe)
        second = fit_words(texts, toxicity, recipe) if words else None
        scorer = Toxicity(meaning, second, card(rows, told, words=words), cached)
        on_step("testing", 0, None)
        scorer = dataclasses.replace(scorer, about=await examined(scorer, data, rated=False))
    finally:
        cached.close()
    for left in (WORDS, NUMBERS):  # of an earlier training into this folder
        (out / left).unlink(missing_ok=True)
    write_meaning(meaning, out)
    if second is not None:
        write_words(second, out)
    write_card(scorer.about, out)
    (out / VECTORS).unlink()
    return open_toxicity(out, embedder)


def card(rows: Sequence[Rated], told: dict[str, FloatArray], *, words: bool) -> Card:
    """The card of these heads with the figures of the cross-validation, before any other test."""
    texts = bundled(__package__, "texts/card.en.yaml")
    shown = {"both": "both heads", "meaning": "first head", "words": "second head"} if words else {"meaning": "alone"}
    figures: list[Figure] = []
    for name, shows in shown.items():
        scores = [Scored(float(value)) for value in np.clip(told[name], 0, 1)]
        figures += agreement(rows, scores, f"RealToxicityPrompts, unseen records, {shows}")
    return Card(
        scorer=texts["name"]["both" if words else "meaning"],
        says=texts["says"],
        trained_on=texts["trained_on"].format(n=f"{len(rows):,}"),
        licence=texts["licence"],
        threshold=THRESHOLD,
        figures=tuple(figures),
        caveats=tuple(texts["caveats"]),
    )


def _embedded(texts: Sequence[str], embedder: Embedder, on_step: OnStep) -> Any:
    parts = []
    for start in range(0, len(texts), _AT_ONCE):
        on_step("reading texts", start, len(texts))
        parts.append(embedder.embed(texts[start : start + _AT_ONCE]))
    return np.concatenate(parts)
