"""Words that stand in many turns fill several blocks; whatever is kept and forgotten, the scores stay Okapi's."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from personae.memory.retrieval.bm25 import Okapi
from personae.memory.store import Only, Store, open_store
from personae.memory.store.index import FULL
from personae.memory.store.words import index_words
from personae.memory.turns import Scope, Turn

INES = Scope("keeper", "ines")
HARBOUR, MARKET = Scope("keeper", "ines", "harbour"), Scope("keeper", "ines", "market")
WORDS = [f"{first}{last}" for first in ("sail", "paint", "lamp", "gar", "mel") for last in ("", "ho", "ri", "ku")]


def made_up(number: int, seed: int = 1) -> list[Turn]:
    rng = random.Random(seed)
    said = [" ".join(["boat", *rng.choices(WORDS, k=rng.randrange(1, 9))]) for _ in range(number)]
    return [Turn(f"t{at}", rng.choice((HARBOUR, MARKET)), "1", "AB"[at % 2], text) for at, text in enumerate(said)]


def is_okapi_of(store: Store, scope: Scope, turns: list[Turn]) -> bool:
    held = [turn for turn in turns if scope.holds(turn.scope)]
    documents = [index_words(turn.document()) for turn in held]
    okapi = Okapi.of(documents)
    for query in ("boat", "sail boat boat", "A paintho", "melri garku lamp nowhere"):
        asked = index_words(query)
        sharing = [at for at, document in enumerate(documents) if not set(asked).isdisjoint(document)]
        scores = okapi.scores(asked)
        expected = sorted(sharing, key=lambda at: (-round(scores[at], 9), at))
        found = store.search_words(query, scope, k=len(held))
        assert [one.score for one in found] == pytest.approx([scores[at] for at in expected], abs=1e-9)
        assert {one.turn.id for one in found} == {held[at].id for at in expected}
    return True


def test_blocks_fill_one_by_one_and_in_bulk(store: Store) -> None:
    turns = made_up(4 * FULL)
    store.keep(turns[: FULL - 1])
    for turn in turns[FULL - 1 : FULL + 3]:  # over the edge of the first block
        store.keep([turn])
        assert is_okapi_of(store, INES, turns[: turns.index(turn) + 1])
    store.keep(turns[FULL + 3 :])
    assert is_okapi_of(store, INES, turns)
    assert is_okapi_of(store, HARBOUR, turns)


def test_turns_are_taken_out_of_the_middle_of_blocks_and_others_follow(store: Store) -> None:
    turns = made_up(4 * FULL)
    store.keep(turns)
    left = turns
    for gone in (turns[5:400:3], turns[:200], turns[-3:]):
        for scope in (HARBOUR, MARKET):
            ids = [turn.id for turn in gone if turn in left and turn.scope == scope]
            if ids:
                store.forget(scope, ids, erase=False)
        left = [turn for turn in left if turn not in gone]
        assert is_okapi_of(store, INES, left)
    more = [Turn(f"n{at}", HARBOUR, "2", "A", turn.text) for at, turn in enumerate(made_up(FULL + 9, seed=2))]
    store.keep(more)
    assert is_okapi_of(store, INES, [*left, *more])
    assert (store.count(INES), store.count()) == (len(left) + len(more),) * 2


def test_a_filter_that_lets_few_through_still_finds_them_all(store: Store) -> None:
    turns = [Turn(f"t{at}", HARBOUR, "1", "rare" if at % 400 == 399 else "B", "a boat") for at in range(1200)]
    store.keep(turns)
    found = store.search_words("boat", HARBOUR, k=3, only=Only(speaker="rare"))
    assert [one.turn.id for one in found] == ["t399", "t799", "t1199"]
    assert store.search_words("boat", HARBOUR, k=3, only=Only(speaker="nobody")) == []


def test_a_turn_is_taken_out_though_its_text_is_now_read_as_other_words(tmp_path: Path, monkeypatch) -> None:
    store = open_store(tmp_path / "memory.db")
    store.keep([*made_up(300), Turn("x", HARBOUR, "1", "Ines", "xyzzyplugh boat")])
    before = open_store(":memory:")
    before.keep(made_up(300))
    monkeypatch.setattr("personae.memory.store.index.counted", lambda turn: Counter(["boat", "other"]))
    store.forget(HARBOUR, ["x"])
    assert b"xyzzyplugh" not in (tmp_path / "memory.db").read_bytes()
    assert store.search_words("boat", INES, k=400) == before.search_words("boat", INES, k=400)


def test_two_who_add_to_one_document_lose_nothing(opened: Callable[[], Store]) -> None:
    stores = [opened(), opened()]

    def add(number: int) -> None:
        for at in range(15):
            stores[number % 2].update_document(INES, "list", lambda text: f"{text or ''}{number}-{at} ")  # noqa: B023

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(4)))
    text = stores[0].read_document(INES, "list") or ""
    assert sorted(text.split()) == sorted(f"{number}-{at}" for number in range(4) for at in range(15))
    assert stores[0].update_document(INES, "list", lambda text: str(len(text or ""))) == str(len(text))
