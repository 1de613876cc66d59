"""Two session searches whose ranked lists MemPalace published for LoCoMo, rebuilt: "raw" and "hybrid".

Raw embeds whole sessions, of which the embedder sees the first 256 word pieces. Hybrid takes the 30 nearest and shrinks
their distances where words, quotes and names of the question stand in the session.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.memory.retrieval.dense import Dense
from personae.memory.retrieval.fusion import order
from personae.memory.retrieval.words import STOP
from personae.types import Embedder

NEAREST = 30
KEYWORDS, QUOTED, NAMES = 0.50, 0.60, 0.20

_WORD = re.compile(r"\b[a-z]{3,}\b")
_NAME = re.compile(r"\b[A-Z][a-z]{2,15}\b")
_QUOTES = (re.compile(r"'([^']{3,60})'"), re.compile(r'"([^"]{3,60})"'))

#: Capitalised words that are no names (list N of the specification).
_NO_NAMES = """
    What When Where Who How Which Did Do Was Were Have Has Had Is Are The My Our Their Can Could Would Should Will Shall
    May Might Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April June July August
    September October November December In On At For To Of With By From And But I It Its This That These Those
    Previously Recently Also Just Very More Said Speaker Person Time Date Year Day
    """
NO_NAMES = frozenset(_NO_NAMES.split())


@dataclass(frozen=True)
class WholeSessions:
    """The sessions of one conversation, each embedded as one text; made by `of`."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    dense: Dense

    @classmethod
    def of(cls, sessions: Mapping[str, str], embedder: Embedder) -> WholeSessions:
        """Embed the sessions, name → text, uncut: what is beyond the embedder's reach is not read."""
        return cls(tuple(sessions), tuple(sessions.values()), Dense.of(list(sessions.values()), embedder, split=False))

    def raw(self, query: str) -> tuple[str, ...]:
        """The sessions by cosine, nearest first."""
        return tuple(self.names[at] for at in order(self.dense.scores(query)))

    def hybrid(self, query: str) -> tuple[str, ...]:
        """The 30 nearest sessions by shrunken distance, smallest first; ties stay in the order of nearness."""
        distances: Any = 2 - 2 * self.dense.scores(query)
        nearest = order(-distances)[:NEAREST]
        fused = {at: distances[at] * shrink(query, self.texts[at]) for at in nearest}
        return tuple(self.names[at] for at in sorted(nearest, key=fused.__getitem__))


def shrink(query: str, document: str) -> float:
    """What is left of a distance, 0.16 … 1: (1 − .50 words)(1 − .60 quotes)(1 − .20 names), each the share found.

    >>> round(shrink("What did Ann paint?", 'Ann said, "I paint boats."'), 2)
    0.4
    """
    names = list(dict.fromkeys(name for name in _NAME.findall(query) if name not in NO_NAMES))
    lower = {name.lower() for name in names}
    words = [word for word in _WORD.findall(query.lower()) if word not in STOP and word not in lower]
    quoted = [phrase.strip() for pattern in _QUOTES for phrase in pattern.findall(query)]
    text = document.lower()
    return (
        (1 - KEYWORDS * _share(words, text))
        * (1 - QUOTED * _share([phrase for phrase in quoted if len(phrase) >= 3], text))
        * (1 - NAMES * _share(names, text))
    )


def _share(wanted: Sequence[str], text: str) -> float:
    return sum(one.lower() in text for one in wanted) / len(wanted) if wanted else 0.0
