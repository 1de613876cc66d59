"""Every retriever that can be measured: for a question, turns or sessions from best to worst."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, get_args

from personae.errors import UsageError
from personae.measure.recall.locomo import Dialogue
from personae.measure.recall.mempalace import WholeSessions
from personae.memory.retrieval import Retriever, Weights
from personae.memory.retrieval.bm25 import Okapi
from personae.memory.retrieval.dense import Dense
from personae.memory.retrieval.documents import all_parts, session_texts
from personae.memory.retrieval.fusion import order, weighted
from personae.memory.retrieval.words import terms
from personae.memory.turns import Turn
from personae.types import Embedder

RetrieverName = Literal["default", "bm25", "dense", "raw", "hybrid-session"]
Level = Literal["turn", "session"]

#: A question's text → ids, best first: turn ids ("D12:5") or sessions ("session_12").
Rank = Callable[[str], tuple[str, ...]]

RETRIEVERS: tuple[str, ...] = get_args(RetrieverName)
WHOLE_SESSIONS = ("raw", "hybrid-session")


def level_of(name: str, level: Level | None = None) -> Level:
    """The level a retriever is measured at: the one asked for, else its own. Raises UsageError for one it has not."""
    if name not in RETRIEVERS:
        raise UsageError(f"unknown retriever {name!r}; choose one of {', '.join(RETRIEVERS)}")
    if name in WHOLE_SESSIONS and level == "turn":
        raise UsageError(f"{name!r} ranks whole sessions; it has no turns to rank")
    return level or ("session" if name in WHOLE_SESSIONS else "turn")


def ranker(
    name: RetrieverName,
    dialogue: Dialogue,
    embedder: Embedder | None,
    *,
    level: Level | None = None,
    weights: Weights | None = None,
) -> Rank:
    """Index a conversation for one of the retrievers.

    bm25 of sessions counts words in whole sessions; dense and default rank a session by its best turn.
    """
    level = level_of(name, level)
    if name == "bm25":
        return _by_words(dialogue, level)
    if embedder is None:
        raise UsageError(f"{name!r} compares meanings; give an embedder")
    if name in WHOLE_SESSIONS:
        whole = WholeSessions.of(_sessions(dialogue), embedder)
        return whole.raw if name == "raw" else whole.hybrid
    turns = _by_meaning(dialogue, embedder) if name == "dense" else _fused(dialogue, embedder, weights)
    if level == "turn":
        return turns
    sessions = {turn.id: f"session_{turn.session}" for turn in dialogue.turns}
    return lambda question: by_best_turn(turns(question), sessions)


def by_best_turn(ranked: Sequence[str], sessions: Mapping[str, str]) -> tuple[str, ...]:
    """Sessions in the order of their best turns; `sessions` says which session a turn is of.

    >>> by_best_turn(["b", "a", "c"], {"a": "session_1", "b": "session_2", "c": "session_2"})
    ('session_2', 'session_1')
    """
    return tuple(dict.fromkeys(sessions[one] for one in ranked))


def texts_of(name: str, dialogue: Dialogue) -> list[str]:
    """What must be embedded for a retriever: its documents and the questions; nothing for bm25."""
    questions = [question.text for question in dialogue.questions]
    if name == "bm25":
        return []
    if name in WHOLE_SESSIONS:
        return [*_sessions(dialogue).values(), *questions]
    if name == "default":
        turns = [turn.document(captions=True) for turn in dialogue.turns]
    else:
        turns = [_text(dialogue, turn) for turn in dialogue.turns]
    return [*all_parts(turns)[0], *questions]


def _text(dialogue: Dialogue, turn: Turn) -> str:
    return turn.text if dialogue.bare else turn.document()


def _sessions(dialogue: Dialogue) -> dict[str, str]:
    """ "session_NAME" → its text."""
    if not dialogue.bare:
        return {f"session_{name}": text for (_, name), text in session_texts(dialogue.turns).items()}
    found: dict[str, list[str]] = {}
    for turn in dialogue.turns:
        found.setdefault(f"session_{turn.session}", []).append(turn.text)
    return {name: " ".join(texts) for name, texts in found.items()}


def _by_words(dialogue: Dialogue, level: Level) -> Rank:
    turns = {turn.id: _text(dialogue, turn) for turn in dialogue.turns}
    texts = turns if level == "turn" else _sessions(dialogue)
    names, index = list(texts), Okapi.of([terms(text) for text in texts.values()])
    return lambda question: tuple(names[at] for at in order(index.scores(terms(question))))


def _by_meaning(dialogue: Dialogue, embedder: Embedder) -> Rank:
    names = [turn.id for turn in dialogue.turns]
    dense = Dense.of([_text(dialogue, turn) for turn in dialogue.turns], embedder)
    return lambda question: tuple(names[at] for at in order(dense.scores(question)))


def _fused(dialogue: Dialogue, embedder: Embedder, weights: Weights | None) -> Rank:
    search = Retriever.of(dialogue.turns, embedder, weights=weights)
    names = [turn.id for turn in dialogue.turns]

    def rank(question: str) -> tuple[str, ...]:
        scores = sum(weighted(search.signals(question), search.weights).values())
        return tuple(names[at] for at in order(scores))

    return rank
