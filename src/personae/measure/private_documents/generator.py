"""Private documents of a `Persona`, written without a model: chats, talks with an assistant, purchases.

Each fact session lets one fact slip; noise sessions none. More noise only adds sessions to the same documents, so what
is found can only get less. A fact that changed has two dated sessions, the older of them stale.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from personae.errors import UsageError
from personae.files import bundled
from personae.measure.private_documents.documents import Chunk, DocumentQuestion, Person
from personae.persona.persona import Persona

#: Kinds of statements by the row of questions they belong to; two that name a taste are preferences.
BASIC = frozenset(
    ["name", "age", "origin", "residence", "work", "education", "pet", "possession", "appearance", "health", "skill"]
)
TASTE = frozenset(["like", "dislike", "food", "hobby", "habit"])
SOCIAL = frozenset(["family", "relationship"])
SOURCES = ("conversation", "user_ai_interaction", "purchase_history")
#: When the documents begin, days between two sessions with a fact, and days that noise is spread over.
START, STEP, DAYS = date(2026, 1, 5), 2, 180
#: So many sessions at most.
MAX_SESSIONS = 5_000


@dataclass(frozen=True, slots=True)
class Changed:
    """A fact that was another before: the statement's id, and the answer and sentence that are no longer true."""

    statement: str
    answer: str
    text: str


@dataclass(frozen=True, slots=True)
class _Leak:
    question: DocumentQuestion
    text: str
    stale: str = ""


def write_documents(
    persona: Persona,
    *,
    noise: float = 0.5,
    changed: Sequence[Changed] = (),
    seed: int = 0,
) -> Person:
    """A person with the persona's facts in their documents and a question for each.

    noise:   share of sessions that leak no fact, 0 … below 1.
    changed: facts that were others before; their old session comes first, the newer one holds the truth.

    Asked are statements with a probe, relations, and what is loved and hated (one hard question each, for its answer
    is a list). Facts without a question are counted. Raises UsageError for an impossible noise, a persona without
    facts, or a change of a statement that is not there.

    >>> from personae.persona.find import find
    >>> keeper = write_documents(find("lighthouse-keeper"), noise=0.5)
    >>> len(keeper.questions) > 10, {chunk.source for chunk in keeper.chunks} <= set(SOURCES)
    (True, True)
    """
    if not 0 <= noise < 1:
        raise UsageError(f"noise is {noise!r}; give a share of sessions from 0 to below 1")
    leaks, missing = _leaks(persona, changed)
    if not leaks:
        raise UsageError(f"{persona.name!r} has no statement with a question, no relation and no taste to write of")
    old = [leak for leak in leaks if leak.stale]
    quiet = round((len(old) + len(leaks)) * noise / (1 - noise))
    if len(old) + len(leaks) + quiet > MAX_SESSIONS:
        raise UsageError(f"{len(leaks)} facts at noise {noise} need {quiet} more sessions; {MAX_SESSIONS} are the most")
    writer = _Writer(persona, f"{seed}/{persona.name}")
    fresh = random.Random(writer.seed).sample(leaks, len(leaks))
    chunks = [writer.leak(f"old-{n}", leak.stale, n) for n, leak in enumerate(old)]
    held: dict[str, list[tuple[str]]] = {}
    for n, leak in enumerate(fresh):
        chunks.append(writer.leak(f"fact-{n}", leak.text, len(old) + n))
        held.setdefault(leak.question.id, []).append((f"fact-{n}",))
    chunks += [writer.quiet(f"noise-{n}") for n in range(quiet)]
    asked = {leak.question.id: leak.question for leak in leaks}
    questions = tuple(replace(question, evidence=tuple(held[id])) for id, question in asked.items())
    return Person(persona.name, tuple(chunks), questions, missing)


def _leaks(persona: Persona, changed: Sequence[Changed]) -> tuple[list[_Leak], dict[str, int]]:
    """What may slip, fact by fact; a list of tastes is one question with a session for each of its values."""
    wording = bundled(__package__, "texts/documents.en.yaml")
    before = {change.statement: change for change in changed}
    known = {statement.id for statement in persona.statements}
    if unknown := before.keys() - known:
        raise UsageError(f"{persona.name!r} has no statement {sorted(unknown)[0]!r}; a change names one by its id")
    leaks = []
    unasked = 0
    for statement in persona.statements:
        if statement.kind == "name" or statement.probe is None or statement.speaker != "self":
            unasked += 1  # a name stands in every document
            continue
        old = before.get(statement.id)
        question = DocumentQuestion(
            f"statement/{statement.id}",
            wording["mine"].format(question=statement.probe.question),
            (statement.probe.answer,),
            _kind(statement.kind),
            outdated=(old.answer,) if old else (),
        )
        leaks.append(_Leak(question, statement.text, old.text if old else ""))
    for relation in persona.relations:
        told = wording["relation"]
        kind = relation.kind or told["somebody"]
        asked = told["question"].format(kind=kind)
        question = DocumentQuestion(f"relation/{kind}", asked, (relation.name,), "Social", "hard")
        leaks.append(_Leak(question, told["text"].format(kind=kind, name=relation.name)))
    for taste in ("loves", "hates"):
        values = getattr(persona.life, taste)
        question = DocumentQuestion(f"taste/{taste}", wording[taste]["question"], values, "Preference", "hard")
        leaks += [_Leak(question, wording[taste]["text"].format(value=value)) for value in values]
    return _together(leaks), {"statement without a question of its own": unasked} if unasked else {}


def _together(leaks: Sequence[_Leak]) -> list[_Leak]:
    """Facts that answer the same words – two friends, two things liked – share a question whose answer is a list."""
    asked: dict[str, list[DocumentQuestion]] = {}
    for leak in leaks:
        asked.setdefault(leak.question.question, []).append(leak.question)
    whole = {
        text: replace(
            same[0],
            answer=tuple(dict.fromkeys(value for one in same for value in one.answer)),
            outdated=tuple(dict.fromkeys(value for one in same for value in one.outdated)),
        )
        for text, same in asked.items()
    }
    return [replace(leak, question=whole[leak.question.question]) for leak in leaks]


def _kind(kind: str) -> str:
    if kind in SOCIAL:
        return "Social"
    return "Preference" if kind in TASTE else "Basic information" if kind in BASIC else "Subjective"


@dataclass(frozen=True)
class _Writer:
    """Writes sessions. Each draws from a stream of chance of its own, so that it is the same whatever the noise."""

    persona: Persona
    seed: str

    @property
    def wording(self) -> Mapping[str, Any]:
        """Our sentences."""
        return bundled(__package__, "texts/documents.en.yaml")  # type: ignore[no-any-return]

    def leak(self, id: str, text: str, place: int) -> Chunk:
        """A chat or a talk with the assistant in which this sentence is said among others; the `place`-th by date."""
        rng = random.Random(f"{self.seed}/{id}")
        source = rng.choice(SOURCES[:2])
        own, other = self._roles(source)
        lines = self._small_talk(source, rng)
        lead, after = rng.choice(self.wording["around"][source])
        said = [{"role": role, "content": each} for role, each in ((other, lead), (own, text), (other, after))]
        at = rng.choice((0, 2, 4))
        return self._chunk(id, source, [*lines[:at], *said, *lines[at:]], STEP * place)

    def quiet(self, id: str) -> Chunk:
        """A session that holds nothing of the person: small talk, somebody else's tastes, or a purchase."""
        rng = random.Random(f"{self.seed}/{id}")
        source = rng.choices(SOURCES, (2, 2, 1))[0]
        days = rng.randrange(DAYS)
        if source == SOURCES[2]:
            return self._chunk(id, source, rng.sample(self.wording["purchases"], 2), days)
        lines = self._small_talk(source, rng)
        if source == SOURCES[0]:
            value, name = rng.choice(self.wording["values"]), rng.choice(self.wording["names"])
            told = rng.choice(self.wording["others"]).format(value=value, name=name)
            lines.insert(2, {"role": self._roles(source)[1], "content": told})
        return self._chunk(id, source, lines, days)

    def _roles(self, source: str) -> tuple[str, str]:
        """Who talks: the person first."""
        if source == SOURCES[1]:
            return "user", "assistant"
        return self.persona.name, self.wording["friend"]

    def _small_talk(self, source: str, rng: random.Random) -> list[dict[str, str]]:
        """Two exchanges of no consequence."""
        pairs = rng.sample(self.wording["small_talk"][source], 2)
        roles = self._roles(source)
        return [{"role": role, "content": text} for pair in pairs for role, text in zip(roles, pair, strict=True)]

    def _chunk(self, id: str, source: str, content: Sequence[Mapping[str, Any]], days: int) -> Chunk:
        session = {"time": (START + timedelta(days)).isoformat(), source: list(content)}
        return Chunk(id, json.dumps(session, separators=(",", ":"), ensure_ascii=True), source)
