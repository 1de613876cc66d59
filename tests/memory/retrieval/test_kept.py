"""The search over a store gives turns their vectors, a few at a time, however many turns there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from personae.errors import UsageError
from personae.memory.meaning import give_vectors
from personae.memory.retrieval import kept
from personae.memory.retrieval.kept import StoreSearch
from personae.memory.store import Store, open_store
from personae.memory.turns import Scope, Turn
from personae.models.embedder import MiniLM

HERE = Scope("Keeper", "Ines", "harbour")


class Topics:
    """An embedder of two topics and a rest; it remembers how many texts it read at a time."""

    name = "topics"

    def __init__(self) -> None:
        self.read: list[int] = []

    def embed(self, texts: Sequence[str]) -> Any:
        self.read.append(len(texts))
        axes = [0 if "violin" in text or "music" in text else 1 if "boat" in text else 2 for text in texts]
        return np.eye(3, dtype=np.float32)[axes]


@pytest.fixture
def store() -> Store:
    store = open_store(":memory:")
    said = ["My daughter plays the violin.", *(f"Fog on day {n}." for n in range(8)), "The boat is red."]
    store.keep([Turn(f"D{n}:1", HERE, str(n), "Ines", text) for n, text in enumerate(said, 1)])
    return store


def given(store: Store) -> list[str]:
    return [record.turn.id for record in store.records(HERE) if record.vector is not None]


@pytest.mark.parametrize("whole", [4, 1000])
def test_all_turns_get_their_meaning_a_few_at_each_search_the_newest_first(
    store: Store, monkeypatch: pytest.MonkeyPatch, whole: int
) -> None:
    monkeypatch.setattr(kept, "WHOLE", whole)
    monkeypatch.setattr(kept, "LACKING", 4)
    search = StoreSearch(store, Topics())
    for left in (["D7:1", "D8:1", "D9:1", "D10:1"], ["D3:1", "D4:1", "D5:1", "D6:1"], ["D1:1", "D2:1"]):
        hits = search.search("Who makes music?", HERE).hits
        assert given(store)[: len(left)] == left
    assert hits[0].id == "D1:1"
    assert search.search("Fog?", HERE, k=1).hits[0].text.startswith("Fog")


def test_one_search_reads_no_more_than_a_reply_can_wait_for(store: Store) -> None:
    store.keep([Turn(f"D11:{n}", HERE, "11", "Ines", "sail " * 3_000) for n in range(1, 10)])
    embedder = Topics()
    StoreSearch(store, embedder).search("sail", HERE)
    assert given(store) == ["D11:8", "D11:9"]
    store.keep([Turn("D12:1", HERE, "12", "Ines", "mast " * 30_000)])  # one is always read
    StoreSearch(store, embedder).search("sail", HERE)
    assert given(store) == ["D11:8", "D11:9", "D12:1"]


def test_vectors_that_do_not_fit_leave_no_name_of_their_embedder_behind(store: Store) -> None:
    turn = Turn("D11:1", HERE, "11", "Ines", "It rains.")
    store.keep([turn], [[1.0, 0.0]])
    with pytest.raises(UsageError, match="3 dimensions"):
        give_vectors(store, list(store.turns(HERE, newest=2)), Topics())
    assert store.embedder() is None


@pytest.mark.parametrize("embedder", [None, MiniLM(threads=1)])
@pytest.mark.parametrize(
    ("said", "query"),
    [
        (("Мой брат живёт в Мурманске.", "Я люблю борщ.", "Вчера шёл дождь."), "Где живёт мой брат?"),
        (("我哥哥住在長崎。", "我喜歡吃魚。", "昨天下雨了。"), "哥哥住哪裡？"),
        (("Ο αδελφός μου μένει στη Ρόδο.", "Χθες έβρεχε.", "Φάγαμε ψάρι."), "Πού είναι ο αδελφός μου;"),
        (("Mein Bruder wohnt in Köln.", "Gestern war es kühl.", "Ich mag Fisch."), "Ich war mit ihm nicht in Köln?"),
    ],
)
@pytest.mark.parametrize("whole", [1, 1000])
def test_a_language_the_embedder_cannot_read_is_searched_by_its_own_words(
    monkeypatch: pytest.MonkeyPatch, said: tuple[str, ...], query: str, embedder: MiniLM | None, whole: int
) -> None:
    """Its vectors would be near to anything in that language."""
    monkeypatch.setattr(kept, "WHOLE", whole)
    store = open_store(":memory:")
    store.keep([Turn(f"D{n}:1", HERE, str(n), "Ines", text) for n, text in enumerate(said, 1)])
    search = StoreSearch(store, embedder)
    assert [(hit.id, "meaning" in hit.why) for hit in search.search(query, HERE, k=1).hits] == [("D1:1", False)]
    nothing = search.search("誰贏了比賽？" if said[0].startswith("Мой") else "Кто выиграл матч?", HERE)
    assert nothing.hits == ()
    assert nothing.reason in ("no turn shares a word with the query", "nothing is kept there that might be meant")
