"""The one way a reply is chosen among several: score all of them, log every score, take the best.

What cannot be an answer is not scored: refused and empty candidates never are, cut-off ones only where nothing better
is there. What the score cannot read is set aside. Of equals the first wins.
"""

from __future__ import annotations

import inspect
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from personae.agent.reading import Unread
from personae.agent.roles import Candidate, Score, Scores
from personae.errors import UsageError
from personae.persona.persona import Persona
from personae.types import Completion, Message


@dataclass(frozen=True, slots=True)
class Choice:
    """The index of the candidate taken, or None with the reason; `table` has a row for every candidate, in order."""

    index: int | None
    table: tuple[Candidate, ...]
    reason: str | None = None


async def select(
    context: Sequence[Message], persona: Persona, candidates: Sequence[str | Completion], score: Score
) -> Choice:
    """Choose one of the candidates for the next turn of `context`.

    `score` may be any function of (context, persona, texts), or the `rank` of a method of this room. Raises
    UsageError where it gives not one number per candidate, or NaN.

    >>> import asyncio
    >>> from personae.agent.decoding.scores import fresh_wording
    >>> talk = [Message("user", "Do you like the sea?")]
    >>> choice = asyncio.run(select(talk, Persona(name="Ana"), ["Do you like the sea?", "", "In May."], fresh_wording))
    >>> choice.index, [row.outcome for row in choice.table], choice.table[2].scores
    (2, ['answered', 'empty', 'answered'], {'score': 1.0})
    """
    completions = [Completion(item) if isinstance(item, str) else item for item in candidates]
    if not completions:
        return Choice(None, (), "there is no candidate to choose from")
    usable = _usable(completions)
    rows: list[dict[str, float]] = [{} for _ in completions]
    columns: Scores = {}
    unread = None
    if usable:
        try:
            columns = await scored(score, context, persona, [completions[index].text for index in usable])
        except Unread as error:
            unread = str(error)
    for position, index in enumerate(usable):
        rows[index] = {name: value for name, column in columns.items() if (value := column[position]) is not None}
    table = tuple(
        Candidate(completion.text, completion.outcome, row.get("score"), row)
        for completion, row in zip(completions, rows, strict=True)
    )
    standing = [index for index in usable if table[index].score not in (None, -math.inf)]
    if not standing:
        return Choice(None, table, unread or _why(completions, usable))
    return Choice(max(standing, key=lambda index: rows[index]["score"]), table)


async def scored(score: Score, context: Sequence[Message], persona: Persona, texts: Sequence[str]) -> Scores:
    """The scores by name, whatever form `score` gives them in; checked to be one number, or None, per text."""
    result = score(context, persona, texts)
    found = await result if inspect.isawaitable(result) else result
    columns: Scores = found if isinstance(found, Mapping) else {"score": found}
    if "score" not in columns:
        raise UsageError(f'scores by name need one called "score", got {sorted(columns)!r}')
    for name, column in columns.items():
        if len(column) != len(texts):
            raise UsageError(f"{name!r} has {len(column)} numbers for {len(texts)} candidates; give one for each")
        if any(value is not None and math.isnan(value) for value in column):
            raise UsageError(f"{name!r} holds NaN; give None for a candidate that cannot be scored")
    return columns


async def decided(score: Score, context: Sequence[Message], persona: Persona, texts: Sequence[str]) -> list[float]:
    """Only the numbers that decide; a candidate that was set aside has `-inf`."""
    column = (await scored(score, context, persona, texts))["score"]
    return [-math.inf if value is None else float(value) for value in column]


def _usable(completions: Sequence[Completion]) -> list[int]:
    for outcome in ("answered", "truncated"):
        found = [index for index, completion in enumerate(completions) if completion.outcome == outcome]
        if found:
            return found
    return []


def _why(completions: Sequence[Completion], usable: Sequence[int]) -> str:
    if usable:
        return f"none of {len(usable)} candidates could be scored"
    counts = Counter(completion.outcome for completion in completions)
    return "no candidate is an answer: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
