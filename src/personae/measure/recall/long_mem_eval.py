"""LongMemEval's evidence recall: which of the many old sessions, or turns of the user, answer the question.

Only the user's turns are read. A document is right if its id contains "answer" and a turn of it is marked `has_answer`;
questions that abstain (`_abs`) are left out, and so are those without any right document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.errors import FormatError
from personae.measure.recall.figures import recall_of
from personae.measure.recall.rankings import Level
from personae.stats.intervals import Interval, bootstrap

CUTS = (1, 3, 5, 10, 30, 50)
ABSTAINS = "_abs"
_OTHER = "noans"  #: what an answer session's documents are called that do not hold the answer


@dataclass(frozen=True, slots=True)
class Haystack:
    """A question with its documents: id → text, and the ids that are right."""

    id: str
    type: str
    question: str
    documents: Mapping[str, str]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over questions at each cut, and how many were left out, by reason."""

    any: dict[int, Interval]
    all: dict[int, Interval]
    ndcg: dict[int, Interval]
    left_out: dict[str, int]


def haystack(record: Mapping[str, Any], level: Level = "session") -> Haystack:
    """A record of LongMemEval as documents. Raises FormatError that names the record and the key.

    Sessions are the user's turns joined by a blank; turns are called "SESSION_NUMBER", numbered from 1 over all turns.
    """
    name = str(record.get("question_id"))
    try:
        sessions = list(zip(record["haystack_session_ids"], record["haystack_sessions"], strict=True))
        pieces = [piece for key, turns in sessions for piece in _documents(str(key), turns, level)]
        kind, question = str(record.get("question_type", "")), str(record["question"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormatError(f"question {name!r} is not as LongMemEval has it: {error!r}") from error
    documents = {key: text for key, text, _ in pieces if text.strip()}
    right = tuple(key for key, _, holds in pieces if holds and key in documents)
    return Haystack(name, kind, question, documents, right)


def scores(haystacks: Iterable[Haystack], ranked: Mapping[str, Sequence[str]], *, seed: int = 0) -> Scores:
    """Judge ranked documents, question id → ids, best first."""
    left_out: dict[str, int] = {}
    judged: dict[int, list[tuple[float, float, float]]] = {k: [] for k in CUTS}
    for one in haystacks:
        reason = "abstains" if one.id.endswith(ABSTAINS) else None if one.right else "no right document"
        reason = reason or (None if one.id in ranked else "not ranked")
        if reason is not None:
            left_out[reason] = left_out.get(reason, 0) + 1
            continue
        for k in CUTS:
            found = recall_of(ranked[one.id], one.right, k)
            judged[k].append((found.any, found.all, found.ndcg or 0.0))
    any_, all_, ndcg = (
        {k: bootstrap([row[at] for row in rows], seed=seed) for k, rows in judged.items()} for at in range(3)
    )
    return Scores(any_, all_, ndcg, left_out)


def _documents(session: str, turns: Sequence[Mapping[str, Any]], level: Level) -> list[tuple[str, str, bool]]:
    """Id, text and whether it holds the answer; ids of answer sessions' other documents are made not to look right."""
    said = [
        (number, str(turn["content"]), bool(turn.get("has_answer")))
        for number, turn in enumerate(turns, 1)
        if turn["role"] == "user"
    ]
    if level == "session":
        said = [(0, " ".join(text for _, text, _ in said), any(holds for _, _, holds in said))]
    found = []
    for number, text, marked in said:
        holds = marked and "answer" in session
        name = session if holds else session.replace("answer", _OTHER)
        found.append((name if level == "session" else f"{name}_{number}", text, holds))
    return found
