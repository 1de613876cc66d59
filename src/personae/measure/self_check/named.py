"""The scorers by name, as the command line and the task know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personae.errors import UsageError
from personae.measure.self_check.by_meaning import Asked, Nearness, Nli
from personae.measure.self_check.by_words import SemanticUnigram, Unigram
from personae.measure.self_check.passage import Scorer

if TYPE_CHECKING:
    from personae.types import Model

#: Name → what it costs.
NAMES = {
    "unigram": "words; no model",
    "unigram_published": "words, as in the paper's code; no model",
    "semantic_unigram": "words of near meaning; embedder",
    "embedding": "nearest sentences; embedder",
    "nli": "entailment; pair scorer",
    "prompt": "a model asked yes or no; one call per sentence and sample",
    "prompt_cot": "the same, with thoughts",
}


def scorer_named(name: str, *, pairs: str = "embedded", model: Model | None = None) -> Scorer:
    """The scorer of this name. Raises UsageError for an unknown name, and for a prompt without a model to ask."""
    from personae.models.vector_cache import CachedEmbedder

    if name in ("unigram", "unigram_published"):
        return Unigram() if name == "unigram" else Unigram.published()
    if name in ("embedding", "semantic_unigram"):
        from personae.models.embedder import MiniLM

        embedder = CachedEmbedder(MiniLM())
        return Nearness(embedder) if name == "embedding" else SemanticUnigram(embedder)
    if name == "nli":
        from personae.measure.consistency.matrix import guard_of
        from personae.models.registry import open_pair_scorer

        return Nli(open_pair_scorer(pairs), guard_of(pairs))
    if name not in NAMES:
        raise UsageError(f"no self-check is called {name!r}; known are {', '.join(NAMES)}")
    if model is None:
        raise UsageError(f"{name!r} asks a model; name one")
    return Asked(model, thoughts=name == "prompt_cot", name=name)
