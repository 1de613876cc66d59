"""Event memory: closed sessions, each with a summary and its key words, found again by topic.

The long-term event memory of LD-Agent (Hello Again!, 2024). Decay is off by default: on LoCoMo the published rate takes
the session recall@1 of 56 % down to 31 %.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from personae.errors import UsageError
from personae.files import bundled
from personae.memory.profile.guard import cleaned, refusal
from personae.memory.retrieval.words import terms
from personae.memory.turns import Turn, moment
from personae.metrics.tfidf import TfIdf
from personae.types import Message, Model, Outcome, Settings, Usage

#: A longer silence closes a session, in seconds, and so does this many turns (both published).
GAP_S = 3_600.0
MOST_TURNS = 30
#: The published decay per second: half of the score is gone after 80 days. Not the default.
PUBLISHED_DECAY = 1e-7
#: A model's summary of more words is not one ("within 20 words", with some grace).
MAX_WORDS = 30
SETTINGS = Settings(temperature=0.0, max_tokens=80)


@dataclass(frozen=True, slots=True)
class Event:
    """A closed session: what it was about, the stems it can be found by, and the turns it rests on.

    `outcome` is how a model's summary ended; None where the most central turn stands for it.
    """

    session: str
    summary: str
    keys: frozenset[str]
    end: str | None
    sources: tuple[str, ...]
    outcome: Outcome | None = None
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Remembered:
    """An event that came to mind, with its overlap with the query and the score it was ranked by, both 0 … 1."""

    event: Event
    score: float
    overlap: float


def sessions_of(turns: Iterable[Turn], *, gap_s: float = GAP_S, most: int = MOST_TURNS) -> tuple[tuple[Turn, ...], ...]:
    """What was said, cut into sessions: more than `gap_s` of silence ends one, `most` turns, or another name.

    Turns come in order. Recalled and derived text is left out; a turn without a time follows the one before.
    Raises UsageError for turns of two users or agents, or a limit below 1.
    """
    if gap_s <= 0 or most < 1:
        raise UsageError(f"gap_s is {gap_s!r}, most is {most!r}; give a time above 0 and at least one turn")
    found: list[list[Turn]] = []
    last: datetime | None = None
    for turn in turns:
        if turn.origin != "said":
            continue
        if found and not _same_people(found[0][0], turn):
            raise UsageError(f"turns of {found[0][0].scope!r} and of {turn.scope!r}; an event memory has one of each")
        at = moment(turn.at) if turn.at else None
        silence = _seconds(last, at) if last and at else 0.0
        before = found[-1][-1] if found else None
        if before is None or silence > gap_s or len(found[-1]) >= most or _place(before) != _place(turn):
            found.append([])
        found[-1].append(turn)
        last = at or last
    return tuple(map(tuple, found))


def overlap(query: Set[str], keys: Set[str]) -> float:
    """Mean of the share of the query's stems and the share of the keys that are common to both, 0 … 1.

    >>> round(overlap({"a", "b"}, {"b", "c", "d"}), 5)
    0.41667
    """
    common = len(query & keys)
    return 0.5 * common / max(1, len(query)) + 0.5 * common / max(1, len(keys))


def decayed(score: float, seconds: float, decay: float = 0.0) -> float:
    """e^(−λΔt) · score, with λ = `decay` per second; negative times count as none.

    >>> round(decayed(1.0, 30 * 86_400, PUBLISHED_DECAY), 4)
    0.7717
    """
    return math.exp(-decay * max(0.0, seconds)) * score


def event_of(turns: Sequence[Turn]) -> Event:
    """The event of a session without a model: its most central turn, and the stems of all it holds as keys.

    Raises UsageError without turns.
    """
    if not turns:
        raise UsageError("a session without turns is no event")
    keys = frozenset(stem for turn in turns for stem in terms(turn.text))
    return Event(turns[0].session, _central(turns), keys, turns[-1].at, tuple(turn.id for turn in turns))


async def summarised(turns: Sequence[Turn], model: Model, settings: Settings = SETTINGS) -> Event:
    """The event with a summary by a model, of at most 20 words, one line.

    Where the answer is anything else, the most central turn stands and `outcome` says why. The keys stay those of the
    session: a summary may leave out what is asked for later. Raises what the model raises.
    """
    event, texts = event_of(turns), _texts()
    talk = "\n".join(f"{turn.speaker}: {text}" for turn in turns if (text := cleaned(turn.text)))
    asked = (Message("system", texts["system"]), Message("user", texts["ask"].format(talk=talk)))
    done = await model.generate(asked, settings)
    text, outcome = done.text.strip(), done.outcome
    if outcome == "answered" and ("\n" in text or len(text.split()) > MAX_WORDS or refusal(text)):
        outcome = "unparsed"
    summary = text if outcome == "answered" else event.summary
    return Event(event.session, summary, event.keys, event.end, event.sources, outcome, done.usage)


@dataclass(frozen=True, slots=True)
class EventMemory:
    """Events of one user and one persona.

    >>> from personae.memory.turns import Scope
    >>> where = Scope("keeper", "ines", "harbour")
    >>> told = Turn("D1:1", where, "1", "Ines", "My boat leaks since the storm.", "2026-03-01T09:00:00")
    >>> memory = EventMemory((event_of([told]),))
    >>> [found.event.session for found in memory.recall("How is the boat?")], memory.recall("And the weather?")
    (['1'], ())
    """

    events: tuple[Event, ...] = ()
    decay: float = 0.0

    def recall(self, query: str, k: int = 1, *, now: str | None = None) -> tuple[Remembered, ...]:
        """The best `k` events that share a stem with the query, best first, of equals the earlier one.

        `now` is needed with a decay only: an ISO 8601 time; an event without a time does not fade.
        Raises UsageError for k < 1, an empty query, or a decay without `now`.
        """
        if k < 1 or not query.strip():
            raise UsageError(f"k is {k!r}, the query {query!r}; give at least 1 and a text")
        if self.decay and now is None:
            raise UsageError("a decay needs to know the time; give now=")
        stems = frozenset(terms(query))
        found = [
            Remembered(event, decayed(shared, self._age(event, now), self.decay), shared)
            for event in self.events
            if (shared := overlap(stems, event.keys)) > 0
        ]
        return tuple(sorted(found, key=lambda one: -one.score)[:k])

    def without(self, turns: Set[str]) -> EventMemory:
        """The memory without the events that rest on any of these turns."""
        return EventMemory(tuple(event for event in self.events if not turns & set(event.sources)), self.decay)

    def _age(self, event: Event, now: str | None) -> float:
        return _seconds(moment(event.end), moment(now)) if self.decay and event.end and now else 0.0


def blocks(
    *, role: str, own_traits: str, context: str, memory: str, user_traits: str, utterance: str
) -> tuple[Message, ...]:
    """The prompt of the paper in its order: role and own traits, context, memory, user traits, utterance, length."""
    texts = _texts()["blocks"]
    parts = {"context": context, "memory": memory, "user_traits": user_traits}
    told = [texts[name].format(text=text) for name, text in parts.items() if text.strip()]
    system = texts["role"].format(role=role, traits=own_traits)
    return (Message("system", "\n\n".join([system, *told, texts["length"]])), Message("user", utterance))


def _central(turns: Sequence[Turn]) -> str:
    """The turn that is nearest to all others by TF-IDF, without orders to a model; of equals the first."""
    texts = [text for turn in turns if (text := cleaned(turn.text))]
    if not texts:
        return ""
    model = TfIdf.fit(texts)
    return max(texts, key=lambda text: sum(model.similarities(text, texts)))


def _place(turn: Turn) -> tuple[str | None, str]:
    return turn.scope.conversation, turn.session


def _same_people(one: Turn, other: Turn) -> bool:
    return (one.scope.agent, one.scope.user) == (other.scope.agent, other.scope.user)


def _seconds(start: datetime, end: datetime) -> float:
    if (start.tzinfo is None) != (end.tzinfo is None):
        start, end = start.replace(tzinfo=None), end.replace(tzinfo=None)
    return (end - start).total_seconds()


def _texts() -> Any:
    return bundled(__package__, "texts/events.en.yaml")
