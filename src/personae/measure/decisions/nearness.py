"""How near texts are to a query: by the words they share, or by what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from personae.errors import UsageError
from personae.metrics._english import FUNCTION
from personae.metrics.text import unicode_words
from personae.metrics.tfidf import TfIdf
from personae.types import Embedder


class Nearness(Protocol):
    """How near each text is to a query; larger is nearer, 0 or less is no nearness at all."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    def __call__(self, query: str, texts: Sequence[str], /) -> Sequence[float]:
        """One number per text, in order."""
        ...


@dataclass(frozen=True, slots=True)
class ByWords:
    """TF-IDF with weights learned from the texts themselves: cosines, 0 … 1. English function words ask for nothing.

    >>> [round(value, 2) for value in ByWords()("the old boat", ["a boat", "a hat"])]
    [0.86, 0.0]
    """

    name: str = "words"

    def __call__(self, query: str, texts: Sequence[str], /) -> Sequence[float]:
        """The cosine of the query with each text."""
        asked = " ".join(word for word in unicode_words(query) if word not in FUNCTION)
        return TfIdf.fit(texts).similarities(asked, texts) if texts else []


@dataclass(frozen=True)
class ByMeaning:
    """Cosines of an embedder's vectors; every text is embedded once."""

    embedder: Embedder
    _known: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The embedder's name."""
        return self.embedder.name

    def __call__(self, query: str, texts: Sequence[str], /) -> Sequence[float]:
        """The cosine of the query with each text."""
        new = [text for text in dict.fromkeys((query, *texts)) if text not in self._known]
        self._known.update(zip(new, self.embedder.embed(new), strict=True))
        asked = self._known[query]
        return [float(asked @ self._known[text]) for text in texts]


def nearness_named(name: str) -> Nearness:
    """ "words", or "meaning" with the embedded sentence embedder. Raises UsageError for another name.

    >>> nearness_named("words").name
    'words'
    """
    if name == "words":
        return ByWords()
    if name == "meaning":
        from personae.models.embedder import MiniLM

        return ByMeaning(MiniLM())
    raise UsageError(f"unknown nearness {name!r}; known are words and meaning")
