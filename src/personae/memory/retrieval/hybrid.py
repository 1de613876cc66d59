"""The search itself: turns for a query, by words and by meaning, each with the reason why it was found."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from personae.errors import UsageError
from personae.memory.retrieval.bm25 import Okapi
from personae.memory.retrieval.dense import Dense
from personae.memory.retrieval.documents import session_of, session_texts
from personae.memory.retrieval.filters import Filters
from personae.memory.retrieval.fusion import FUSIONS, Parts, Signals, Weights, order
from personae.memory.retrieval.words import terms
from personae.memory.turns import Turn, moment
from personae.types import Embedder

Fusion = Literal["weighted", "rrf", "sigmoid"]

_NAME = re.compile(r"[^\W_]+")
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn that was found. `why` is the share of each signal in its score, largest first; the shares sum to 1."""

    turn: Turn
    score: float
    why: Mapping[str, float]

    @property
    def id(self) -> str:
        """The turn's id."""
        return self.turn.id

    @property
    def text(self) -> str:
        """The turn's words."""
        return self.turn.text

    @property
    def at(self) -> str | None:
        """When it was said."""
        return self.turn.at


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, best first; where it is empty, `reason` says why. `candidates` is how many could be found."""

    hits: tuple[Hit, ...]
    candidates: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A half-life in days, counted from `now` (ISO 8601). Off by default: it costs recall on facts."""

    half_life: float
    now: str

    def __post_init__(self) -> None:
        if not self.half_life > 0:
            raise UsageError(f"a half-life of {self.half_life!r} days; give more than 0")
        moment(self.now)

    def factor(self, at: str | None) -> float:
        """What is left of a turn's score, 0 … 1; a turn without a time, or of later than now, keeps all."""
        if at is None:
            return 1.0
        days = (moment(self.now) - moment(at)).total_seconds() / _DAY_S
        return math.exp2(-max(days, 0.0) / self.half_life)


@dataclass(frozen=True)
class Retriever:
    """A search over turns in the order they were said; made by `of`.

    >>> from personae.memory.turns import Scope, Turn
    >>> here = Scope("keeper", "ines", "harbour")
    >>> said = ["I sold the boat.", "Which one?", "The red one, to Marta."]
    >>> turns = [Turn(f"D1:{n}", here, "1", who, text) for n, (who, text) in enumerate(zip("ABA", said), 1)]
    >>> found = Retriever.of(turns).search("Who has the boat now?", k=2)
    >>> [hit.id for hit in found.hits], max(found.hits[0].why, key=found.hits[0].why.get)
    (['D1:1', 'D1:2'], 'words')
    """

    turns: tuple[Turn, ...]
    words: Okapi
    talk: Okapi
    sessions: Any
    dense: Dense | None
    fusion: Fusion = "weighted"
    weights: Weights = field(default_factory=Weights)
    words_of: Callable[[str], list[str]] = terms

    @classmethod
    def of(
        cls,
        turns: Sequence[Turn],
        embedder: Embedder | None = None,
        *,
        fusion: Fusion = "weighted",
        weights: Weights | None = None,
        captions: bool = True,
        vectors: Any = None,
        words_of: Callable[[str], list[str]] = terms,
    ) -> Retriever:
        """Index the turns; without an embedder by words alone. `captions` reads what shared pictures show.

        vectors: what the embedder made of the turns before, float32 of shape (turns, dimensions), a row of zeros where
        it made nothing; without them it reads all turns now.
        words_of: the words of a text that are searched by; those of English unless given.

        Raises UsageError without turns, for one turn given twice and for an unknown fusion.
        """
        if fusion not in FUSIONS:
            raise UsageError(f"unknown fusion {fusion!r}; choose one of {', '.join(FUSIONS)}")
        _all_different(turns)
        documents = [turn.document(captions=captions) for turn in turns]
        whole = session_texts(turns, captions=captions)
        number = {session: at for at, session in enumerate(whole)}
        return cls(
            tuple(turns),
            Okapi.of([words_of(document) for document in documents]),
            Okapi.of([words_of(text) for text in whole.values()]),
            np.array([number[session_of(turn)] for turn in turns]),
            _dense(documents, embedder, vectors) if embedder is not None else None,
            fusion,
            weights or Weights(),
            words_of,
        )

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        speaker: str | None = None,
        session: str | None = None,
        since: str | None = None,
        until: str | None = None,
        forgetting: Forgetting | None = None,
    ) -> Found:
        """The k best turns. Filters say which turns may be found (see `Filters`); their neighbours still count.

        Raises UsageError for k < 1 and for filters that nothing can fit.
        """
        scored, allowed, reason = self._scored(query, k, Filters(speaker, session, since, until), forgetting)
        hits = (self._hit(scored, at) for at in order(_total(scored)) if allowed[at])
        return _found([hit for hit in _first(hits, k) if hit.score > 0], sum(allowed), reason)

    def search_sessions(
        self,
        query: str,
        k: int = 10,
        *,
        speaker: str | None = None,
        since: str | None = None,
        until: str | None = None,
        forgetting: Forgetting | None = None,
    ) -> Found:
        """The k best sessions, each by its best turn, which is the hit."""
        scored, allowed, reason = self._scored(query, k, Filters(speaker, None, since, until), forgetting)
        best: dict[int, Hit] = {}
        for at in order(_total(scored)):
            if allowed[at] and self.sessions[at] not in best and len(best) < k:
                best[int(self.sessions[at])] = self._hit(scored, at)
        there = len({int(one) for one, fits in zip(self.sessions, allowed, strict=True) if fits})
        return _found([hit for hit in best.values() if hit.score > 0], there, reason)

    def signals(self, query: str) -> Signals:
        """What is known of every turn for this query."""
        asked = self.words_of(query)
        names = {name.casefold() for name in _NAME.findall(query)}
        return Signals(
            words=self.words.scores(asked),
            meaning=self.dense.scores(query) if self.dense is not None else None,
            named=np.array([float(not names.isdisjoint(_names(turn.speaker))) for turn in self.turns]),
            talk=self.talk.scores(asked)[self.sessions],
            sessions=self.sessions,
            terms=len(asked),
        )

    def _scored(
        self, query: str, k: int, filters: Filters, forgetting: Forgetting | None
    ) -> tuple[Parts, list[bool], str | None]:
        if k < 1:
            raise UsageError(f"k is {k!r}; ask for at least one hit")
        allowed = filters.allow(self.turns)
        reason = self._unanswerable(query)
        if not any(allowed):
            reason = "no turn fits the filters"
        if reason is not None:
            return {"words": np.zeros(len(self.turns))}, allowed, reason
        signals = self.signals(query)
        if signals.meaning is None and not signals.words.any():
            return {"words": signals.words}, allowed, "no turn shares a word with the query"
        scored = FUSIONS[self.fusion](signals, self.weights)
        if forgetting is not None:
            left = np.array([forgetting.factor(turn.at) for turn in self.turns])
            scored = {name: part * left for name, part in scored.items()}
        return scored, allowed, None

    def _unanswerable(self, query: str) -> str | None:
        if not query.strip():
            return "the query is empty"
        return None if self.dense is not None or self.words_of(query) else "the query has no word to search by"

    def _hit(self, scored: Parts, at: int) -> Hit:
        shares = {name: max(float(part[at]), 0.0) for name, part in scored.items()}
        total = sum(shares.values()) or 1.0
        ordered = sorted(
            ((name, share / total) for name, share in shares.items() if share > 0), key=lambda one: -one[1]
        )
        return Hit(self.turns[at], float(sum(part[at] for part in scored.values())), dict(ordered))


def _dense(documents: Sequence[str], embedder: Embedder, vectors: Any) -> Dense:
    if vectors is None:
        return Dense.of(documents, embedder)
    return Dense(embedder, vectors, np.arange(len(documents)))


def _found(hits: list[Hit], candidates: int, reason: str | None) -> Found:
    return Found(tuple(hits), candidates, reason or (None if hits else "no turn has anything of the query"))


def _first(hits: Any, k: int) -> list[Hit]:
    return [hit for hit, _ in zip(hits, range(k), strict=False)]


def _total(scored: Parts) -> Any:
    return sum(scored.values())


@lru_cache(10_000)
def _names(speaker: str) -> frozenset[str]:
    return frozenset(name.casefold() for name in _NAME.findall(speaker))


def _all_different(turns: Sequence[Turn]) -> None:
    seen = set()
    for turn in turns:
        if (turn.scope, turn.id) in seen:
            raise UsageError(f"turn {turn.id!r} is there twice in {turn.scope!r}; ids are unique in a conversation")
        seen.add((turn.scope, turn.id))
