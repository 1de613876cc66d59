"""Turns as rows, rows as turns, and the SQL conditions that a scope and a filter make."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from functools import lru_cache
from itertools import chain, islice
from typing import Any, cast

from personae.memory.store.roles import EVERY, Only
from personae.memory.turns import Scope, Turn, TurnOrigin, moment

#: Rows that are read or written at a time.
CHUNK = 500
#: What `turn_of` reads, from `JOINED`.
COLUMNS = "t.id, t.session, t.speaker, t.text, t.at, t.caption, t.origin, t.sources, s.agent, s.owner, s.conversation"
JOINED = "turns t JOIN scopes s ON s.key = t.scope"


def turn_of(row: Sequence[Any]) -> Turn:
    """The turn of a row of `COLUMNS`."""
    key, session, speaker, text, at, caption, origin, sources, *whose = row
    named = tuple(json.loads(sources)) if sources != "[]" else ()
    return Turn(key, _scope(*whose), session, speaker, text, at, caption, cast(TurnOrigin, origin), named)


#: One after the other, turns are of the same few scopes.
_scope = lru_cache(maxsize=64)(Scope)


def values_of(turn: Turn, key: int, scope: int, words: int) -> tuple[Any, ...]:
    """A row of the table of turns."""
    instant = None if turn.at is None else seconds(turn.at)
    said = (turn.id, turn.session, turn.speaker, turn.text, turn.at, instant, turn.caption, turn.origin)
    return key, scope, *said, json.dumps(turn.sources), words


def seconds(at: str) -> float:
    """An ISO 8601 time as seconds since 1970; without an offset it is UTC.

    >>> seconds("1970-01-01T01:00:00+01:00"), seconds("1970-01-02")
    (0.0, 86400.0)
    """
    time = moment(at)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def of_scope(scope: Scope) -> tuple[str, list[Any]]:
    """`scopes` that a scope holds: a condition and its values."""
    condition, values = "agent = ? AND owner = ?", [scope.agent, scope.user]
    if scope.conversation is not None:
        condition, values = condition + " AND conversation = ?", [*values, scope.conversation]
    return condition, values


def within(scope: Scope | None, column: str) -> tuple[str, list[Any]]:
    """A condition on a column that holds keys of scopes."""
    if scope is None:
        return "1 = 1", []
    condition, values = of_scope(scope)
    return f"{column} IN (SELECT key FROM scopes WHERE {condition})", values


def only_those(only: Only) -> tuple[str, list[Any]]:
    """A filter as a condition on `turns t`."""
    tests: list[tuple[str, list[Any]]] = [
        (f"t.{column} = ?", [value])
        for column, value in (("speaker", only.speaker), ("session", only.session), ("origin", only.origin))
        if value is not None
    ]
    if only.since is not None:
        tests.append(("t.instant >= ?", [seconds(only.since)]))
    if only.until is not None:
        tests.append(("t.instant < ?", [seconds(only.until)]))
    if only.ids is not None:
        tests.append((f"t.id IN ({marks(only.ids)})", list(only.ids)) if only.ids else ("1 = 0", []))
    if only == EVERY:
        return "1 = 1", []
    return " AND ".join(test for test, _ in tests), [value for _, values in tests for value in values]


def marks(values: Sequence[Any]) -> str:
    """As many `?` as there are values."""
    return ", ".join("?" * len(values))


def chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    """The items, no more than `CHUNK` at a time."""
    rest = iter(items)
    for first in rest:
        yield list(chain([first], islice(rest, CHUNK - 1)))
