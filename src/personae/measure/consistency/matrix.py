"""The matrix replies × statements: what a pair scorer says of every reply of a talk and every statement of a persona.

Everything else in this folder is read off it. Nearness never stands in for agreement here: a contradiction looks as
related as an affirmation, so cosine is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.measure.consistency.asking import judged, related
from personae.measure.consistency.family import IntArray, kinds_of
from personae.models.embedder import supported
from personae.persona.own import teller
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.types import CONTRADICTION, ENTAILMENT, Message, PairScorer

FloatArray = npt.NDArray[np.float64]

#: Says why a text cannot be read, or None.
Readable = Callable[[str], str | None]

DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said to the persona, and its reply. `query` is empty where the persona spoke first."""

    id: str
    query: str
    reply: str


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A statement as it is put to the scorer: in the first person."""

    id: str
    text: str


@dataclass(frozen=True)
class Matrix:
    """Replies × statements. Arrays are float64 with the axes `(replies, statements)`, each cell 0 … 1.

    contradiction, entailment: what the reply does to the statement; neutral is the rest to 1.
    asked:     relevance of the statement to the reply's own query (p_rel of APC); NaN in rows without a query, or
               with one that could not be judged.
    relevance: relevance of the statement to the reply itself. `asked` is what is wanted, `relevance` what is there.
    coherence: per reply, how likely it answers its query; NaN without a query.
    missing:   replies and statements that are not in the matrix, by reason.
    scorer:    name, checkpoint, data and validity of the pair scorer.
    """

    statements: tuple[Hypothesis, ...]
    exchanges: tuple[Exchange, ...]
    contradiction: FloatArray
    entailment: FloatArray
    asked: FloatArray
    relevance: FloatArray
    coherence: FloatArray
    missing: Mapping[str, int] = field(default_factory=dict)
    scorer: Mapping[str, str] = field(default_factory=dict)

    @property
    def kinds(self) -> IntArray:
        """The likeliest class of each cell: CONTRADICTION, NEUTRAL or ENTAILMENT."""
        neutral = 1.0 - self.contradiction - self.entailment
        return kinds_of(np.stack([self.contradiction, neutral, self.entailment], axis=-1))

    def to_data(self) -> dict[str, Any]:
        """Plain JSON data, rounded to four decimals; NaN becomes null."""
        arrays = ("contradiction", "entailment", "asked", "relevance", "coherence")
        return {
            "statements": [{"id": each.id, "text": each.text} for each in self.statements],
            "replies": [{"id": each.id, "query": each.query, "text": each.reply} for each in self.exchanges],
            **{name: _plain(getattr(self, name)) for name in arrays},
            "missing": dict(self.missing),
            "scorer": dict(self.scorer),
        }

    @classmethod
    def stacked(cls, parts: Sequence[Matrix]) -> Matrix:
        """The replies of several talks of one persona in one matrix; the parts have the same statements."""
        first = parts[0]
        if any(part.statements != first.statements for part in parts):
            raise UsageError("matrices of different statements cannot be stacked; measure one persona at a time")
        missing: dict[str, int] = {}
        for part in parts:
            missing |= {reason: missing.get(reason, 0) + count for reason, count in part.missing.items()}
        return cls(
            first.statements,
            tuple(each for part in parts for each in part.exchanges),
            np.concatenate([part.contradiction for part in parts]),
            np.concatenate([part.entailment for part in parts]),
            np.concatenate([part.asked for part in parts]),
            np.concatenate([part.relevance for part in parts]),
            np.concatenate([part.coherence for part in parts]),
            missing,
            first.scorer,
        )

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Matrix:
        """The inverse of `to_data`, but for the rounding."""
        statements = tuple(Hypothesis(each["id"], each["text"]) for each in data["statements"])
        exchanges = tuple(Exchange(each["id"], each["query"], each["text"]) for each in data["replies"])
        shape = (len(exchanges), len(statements))
        tables = {
            name: np.array(data[name], dtype=np.float64).reshape(shape)
            for name in ("contradiction", "entailment", "asked", "relevance")
        }
        coherence = np.array(data["coherence"], dtype=np.float64)
        return cls(statements, exchanges, **tables, coherence=coherence, missing=data["missing"], scorer=data["scorer"])


def any_language(text: str) -> str | None:
    """The guard for scorers that read every language: only a text without a letter cannot be read.

    >>> any_language("Oito gatos."), any_language("…?!")
    (None, 'no letters to read')
    """
    return None if any(map(str.isalpha, text)) else "no letters to read"


def guard_of(pair_scorer: str) -> Readable:
    """The guard for a pair scorer, by the name it was opened with: the embedded one reads English only."""
    return supported if pair_scorer.partition("/")[0] == "embedded" else any_language


async def consistency_matrix(
    scorer: PairScorer,
    persona: Persona | Sequence[Statement | str],
    turns: Iterable[Exchange | tuple[str, str]],
    *,
    with_query: bool = False,
    readable: Readable = supported,
) -> Matrix:
    """The matrix of all (query, reply) turns and all statements the persona makes about itself.

    `with_query` puts the query before the reply ("{query} [SEP] {reply}"), for answers that say little by themselves.
    `readable` is the guard for what the scorer can read: English by default, `any_language` where it reads all.
    Empty replies, those it refuses and those the scorer gave no answer to ("unjudged_reply") are left out and counted,
    as are statements about others. With no statement or no reply left the matrix is empty, and its `missing` says why.
    Raises BadResponse where the scorer gives anything but probabilities.

    >>> import asyncio
    >>> from personae.models.pairs.scripted import ScriptedPairs
    >>> scorer = ScriptedPairs({("I hate the sea.", "I love the sea."): (0.9, 0.1, 0.0)})
    >>> asyncio.run(consistency_matrix(scorer, ["I love the sea."], [("Hello.", "I hate the sea.")])).kinds
    array([[0]])
    """
    statements, unused = hypotheses(persona, readable)
    exchanges, unread = _readable(turns, readable)
    missing = unused | unread
    n, k = len(exchanges), len(statements)
    facts = {"name": scorer.name, **scorer.provenance}
    if not n or not k:
        nothing = np.zeros((n, k))
        return Matrix(statements, exchanges, nothing, nothing, nothing, nothing, np.full(n, np.nan), missing, facts)
    texts = [each.text for each in statements]
    said = [f"{each.query} [SEP] {each.reply}" if with_query and each.query else each.reply for each in exchanges]
    rows = await judged(scorer, [text for text in said for _ in texts], texts * n)
    probabilities = rows.reshape(n, k, 3)
    whole = np.flatnonzero(~np.isnan(rows).reshape(n, -1).any(axis=1))
    if len(whole) < n:
        missing["unjudged_reply"] = n - len(whole)
        exchanges, probabilities = tuple(exchanges[row] for row in whole), probabilities[whole]
    replies = [each.reply for each in exchanges for _ in texts]
    used = await related(scorer, texts * len(exchanges), replies, to="reply")
    asked, coherence = await _to_queries(scorer, texts, exchanges)
    if lost := sum(bool(each.query) for each in exchanges) - int((~np.isnan(asked[:, 0])).sum()):
        missing["unjudged_query"] = lost
    return Matrix(
        statements,
        exchanges,
        contradiction=probabilities[..., CONTRADICTION],
        entailment=probabilities[..., ENTAILMENT],
        asked=asked,
        relevance=used.reshape(len(exchanges), k),
        coherence=coherence,
        missing=missing,
        scorer=facts,
    )


def hypotheses(
    persona: Persona | Sequence[Statement | str], readable: Readable = supported
) -> tuple[tuple[Hypothesis, ...], dict[str, int]]:
    """The statements as first-person sentences, and how many could not become one, by reason.

    Left out are statements about somebody else ("not_self"), those in the second person ("second_person") and those
    that cannot be read ("unread_statement"). Plain strings get their position as id.
    """
    told = teller(persona) if isinstance(persona, Persona) else _as_written
    kept: list[Hypothesis] = []
    missing: dict[str, int] = {}
    for number, each in enumerate(persona.statements if isinstance(persona, Persona) else persona, start=1):
        statement = each if isinstance(each, Statement) else Statement(id=str(number), text=each or " ")
        reason = _unused(statement, readable)
        if reason:
            missing[reason] = missing.get(reason, 0) + 1
            continue
        kept.append(Hypothesis(statement.id, told(statement)))
    return tuple(kept), missing


def _as_written(statement: Statement) -> str:
    return statement.text


def exchanges_of(messages: Iterable[Message], *, prefix: str = "") -> tuple[Exchange, ...]:
    """A talk as exchanges: each assistant message, with what the others said since the last one as its query.

    System messages do not count. Ids are the numbers of the replies, after `prefix`. Where more than two talk, give the
    conversation as the persona sees it: `conversation.seen_by(name)`.

    >>> exchanges_of([Message("assistant", "Hi."), Message("user", "A boat?"), Message("assistant", "No.")])
    (Exchange(id='1', query='', reply='Hi.'), Exchange(id='2', query='A boat?', reply='No.'))
    """
    found: list[Exchange] = []
    heard: list[str] = []
    for message in messages:
        if message.role == "user" and message.content.strip():
            heard.append(message.content.strip())
        elif message.role == "assistant":
            found.append(Exchange(f"{prefix}{len(found) + 1}", " ".join(heard), message.content.strip()))
            heard = []
    return tuple(found)


async def _to_queries(
    scorer: PairScorer, statements: Sequence[str], exchanges: Sequence[Exchange]
) -> tuple[FloatArray, FloatArray]:
    """Relevance of statements, and of the reply, to each reply's query; NaN where nothing was asked."""
    asked = np.full((len(exchanges), len(statements)), np.nan)
    coherence = np.full(len(exchanges), np.nan)
    with_query = [row for row, each in enumerate(exchanges) if each.query]
    if with_query:
        queries = [exchanges[row].query for row in with_query]
        every = [query for query in queries for _ in statements]
        rows = (await related(scorer, list(statements) * len(queries), every, to="query")).reshape(len(queries), -1)
        rows[np.isnan(rows).any(axis=1)] = np.nan
        asked[with_query] = rows
        answers = [exchanges[row].reply for row in with_query]
        coherence[with_query] = await related(scorer, answers, queries, to="query")
    return asked, coherence


def _readable(
    turns: Iterable[Exchange | tuple[str, str]], readable: Readable
) -> tuple[tuple[Exchange, ...], dict[str, int]]:
    kept: list[Exchange] = []
    missing: dict[str, int] = {}
    for number, turn in enumerate(turns, start=1):
        exchange = turn if isinstance(turn, Exchange) else Exchange(str(number), turn[0].strip(), turn[1].strip())
        reason = "empty" if not exchange.reply.strip() else "unread_reply" if readable(exchange.reply) else ""
        if reason:
            missing[reason] = missing.get(reason, 0) + 1
        else:
            kept.append(exchange)
    return tuple(kept), missing


def _unused(statement: Statement, readable: Readable) -> str:
    if not statement.text.strip():
        return "empty_statement"
    if statement.speaker != "self":
        return "not_self"
    if statement.person == "second":
        return "second_person"
    return "unread_statement" if readable(statement.text) else ""


def _plain(array: FloatArray) -> list[Any]:
    return [
        _plain(each) if isinstance(each, np.ndarray) else None if np.isnan(each) else round(float(each), DECIMALS)
        for each in array
    ]
