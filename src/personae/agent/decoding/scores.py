"""Scores for candidates that need no model, and what other scores read from the talk and the persona."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from personae.persona.persona import Persona
from personae.types import Message, Role

#: Weight of echoing the partner: half a point per share of bigrams taken over (our choice, not a paper's).
ECHO_WEIGHT = 0.5

_WORD = re.compile(r"\w+")


def fresh_wording(context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> list[float]:
    """1 minus the share of word pairs a candidate repeats, of itself and of the persona's last turn, minus half the
    share it echoes from its partner. Range −0.5 … 1. It says nothing about truth or consistency.

    >>> talk = [Message("user", "Do you like the sea in winter?")]
    >>> echo, own = fresh_wording(talk, Persona(name="Ana"), ["I like the sea in winter.", "The grey months suit me."])
    >>> own > echo
    True
    """
    partner = set(_bigrams(last_said(context, "user")))
    before = set(_bigrams(last_said(context, "assistant")))
    return [_freshness(_bigrams(text), partner, before) for text in candidates]


def echoed(text: str, query: str) -> float:
    """Share of a text's word pairs that stand in the query, 0 … 1; 0 for a text without pairs.

    >>> echoed("Do you like tea? I do.", "Do you like tea?")
    0.6
    """
    pairs, asked = _bigrams(text), set(_bigrams(query))
    return sum(pair in asked for pair in pairs) / len(pairs) if pairs else 0.0


def last_said(context: Sequence[Message], role: Role) -> str:
    """The newest message of a role, "" if there is none."""
    return next((message.content for message in reversed(context) if message.role == role), "")


def _freshness(pairs: list[tuple[str, str]], partner: set[tuple[str, str]], before: set[tuple[str, str]]) -> float:
    if not pairs:
        return 1.0
    seen = set(before)
    repeated = 0
    for pair in pairs:
        repeated += pair in seen
        seen.add(pair)
    taken_over = sum(pair in partner for pair in pairs)
    return 1 - repeated / len(pairs) - ECHO_WEIGHT * taken_over / len(pairs)


def _bigrams(text: str) -> list[tuple[str, str]]:
    words = [word.lower() for word in _WORD.findall(text)]
    return list(itertools.pairwise(words))
