"""SQLite and Postgres give the same turns, the same order and the same scores, whatever was kept and forgotten."""

from __future__ import annotations

import random
import resource
from pathlib import Path

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personae.memory.store import Only, Store, export_lines, import_lines, open_store
from personae.memory.store.postgres import open_postgres
from personae.memory.turns import Scope, Turn

WORDS = [
    f"{first}{last}"
    for first in ("sail", "boat", "paint", "tea", "lamp", "gar", "mel")
    for last in ("", "ing", "den", "ers")
]
SCOPES = [Scope(agent, user, talk) for agent in ("a", "b") for user in ("x", "y") for talk in ("1", "2")]


def test_the_same_turns_give_equal_results(postgres: tuple[str, Path | None]) -> None:
    rng, numbers = random.Random(7), np.random.default_rng(7)
    stores = [open_store(":memory:"), open_postgres(postgres[0], schema="personae_equal")]
    turns = [
        Turn(f"D{at}", rng.choice(SCOPES), str(at // 50), rng.choice("ABC"), " ".join(rng.choices(WORDS, k=9)))
        for at in range(600)
    ]
    vectors = numbers.integers(-2, 3, (600, 6)) + 0.5  # few directions, so that there are ties
    for store in stores:
        store.keep(turns, vectors)
    asked = [" ".join(rng.choices(WORDS, k=3)) for _ in range(6)]
    directions = numbers.standard_normal((6, 6))

    def answers(store: Store) -> list[object]:
        found: list[object] = []
        for scope in (*SCOPES[:3], Scope("a", "x"), Scope("b", "y")):
            for only in (Only(), Only(speaker="B"), Only(session="3")):
                found += [store.search_words(query, scope, k=7, only=only) for query in asked]
                found += [store.search_vector(direction, scope, k=7, only=only) for direction in directions]
        return [*found, list(store.scopes()), store.count(), [record.turn for record in store.records()]]

    assert answers(stores[0]) == answers(stores[1])
    gone = [turn.id for turn in turns if turn.scope == SCOPES[0]][::3]
    assert stores[0].forget(SCOPES[0], gone).turns == stores[1].forget(SCOPES[0], gone).turns
    assert stores[0].forget(Scope("b", "y")).turns == stores[1].forget(Scope("b", "y")).turns
    assert answers(stores[0]) == answers(stores[1])
    for store in stores:
        store.close()
    with psycopg.connect(postgres[0], autocommit=True) as connection:
        connection.execute("DROP SCHEMA personae_equal CASCADE")


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(lambda name: name.strip())
lines = st.lists(
    st.builds(
        Turn,
        id=st.uuids().map(str),
        scope=st.builds(Scope, names, names, names),
        session=names,
        speaker=names,
        text=st.text(st.characters(codec="utf-8"), max_size=200),
        at=st.none() | st.datetimes(timezones=st.none() | st.timezones()).map(lambda time: time.isoformat()),
        caption=st.none() | st.text(st.characters(codec="utf-8"), max_size=20),
        origin=st.sampled_from(["said", "recalled"]),
    ),
    max_size=6,
)


@pytest.fixture(scope="module")
def both(postgres: tuple[str, Path | None]):
    stores = [open_store(":memory:"), open_postgres(postgres[0], schema="personae_any")]
    yield stores
    for store in stores:
        store.close()
    with psycopg.connect(postgres[0], autocommit=True) as connection:
        connection.execute("DROP SCHEMA personae_any CASCADE")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines, st.text(st.characters(codec="utf-8"), min_size=1, max_size=50).filter(lambda text: text.strip()))
def test_any_turns_come_back_unchanged_from_store_and_export(
    both, tmp_path: Path, turns: list[Turn], query: str
) -> None:
    answers = []
    for store in both:
        store.keep(turns)
        assert [record.turn for record in store.records()] == turns
        assert export_lines(store, tmp_path / "out.jsonl") == len(turns)
        answers.append([store.search_words(query, turn.scope) for turn in turns])
        for scope in store.scopes():
            store.forget(scope)
        assert import_lines(store, tmp_path / "out.jsonl") == len(turns)
        assert [record.turn for record in store.records()] == turns
        for scope in store.scopes():
            store.forget(scope)
        assert store.count() == 0
    assert answers[0] == answers[1]


@pytest.mark.slow
def test_a_hundred_thousand_turns_are_kept_and_searched_in_bounded_memory(tmp_path: Path) -> None:
    here, numbers, rng = Scope("a", "u", "c"), np.random.default_rng(1), random.Random(1)
    words = [f"word{at}" for at in range(20_000)]

    def vectors():
        for _ in range(100_000):
            yield numbers.standard_normal(32, dtype=np.float32)

    def turns():
        for at in range(100_000):
            said = " ".join(rng.choices(words, k=5))
            yield Turn(f"D{at}", here, str(at // 100), "ab"[at % 2], f"{said} needle" if at == 77_777 else said)

    store = open_store(tmp_path / "memory.db")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert store.keep(turns(), vectors()) == 100_000
    assert [found.turn.id for found in store.search_words("a needle?", here, k=3)] == ["D77777"]
    held = next(record.vector for record in store.records(here))
    nearest = store.search_vector(held, here, k=3)[0]
    assert (nearest.turn.id, round(nearest.score, 6)) == ("D0", 1.0)
    assert sum(1 for _ in store.turns(here)) == 100_000
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 100_000, "100 MB more, in KiB"
