"""What every store promises, on SQLite and on a real Postgres."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from personae.errors import FormatError, UsageError
from personae.memory.retrieval.bm25 import Okapi
from personae.memory.store import EVERY, Only, Store, export_lines, import_lines, open_store
from personae.memory.store.roles import StoreError
from personae.memory.store.words import index_words
from personae.memory.turns import Scope, Turn, turn_id

HARBOUR = Scope("keeper", "ines", "harbour")
MARKET = Scope("keeper", "ines", "market")
INES = Scope("keeper", "ines")
RUI = Scope("keeper", "rui", "harbour")
TUTOR = Scope("tutor", "ines", "harbour")

SAID = (
    "I sold the old red boat to my cousin.",
    "Which boat, the one with the torn sail?",
    "Yes. Now I paint lighthouses on weekends.",
    "Do you sell the paintings?",
    "Only to people who sailed a boat past one.",
    "My daughter paints better than I do.",
)


def talk(scope: Scope = HARBOUR, said: tuple[str, ...] = SAID) -> list[Turn]:
    return [
        Turn(
            turn_id(1 + at // 3, 1 + at % 3),
            scope,
            str(1 + at // 3),
            ("Ines", "Keeper")[at % 2],
            text,
            f"2026-03-0{1 + at}",
        )
        for at, text in enumerate(said)
    ]


def directions(number: int, length: int = 8, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((number, length)).astype(np.float32)


def ids(found: object) -> list[str]:
    return [one.turn.id for one in found]  # type: ignore[attr-defined]


def test_what_is_kept_comes_back_unchanged_and_in_order(store: Store, opened: Callable[[], Store]) -> None:
    turns = talk()
    turns[1] = replace(turns[1], caption="a torn sail", at="2026-03-02T10:00:00+01:00")
    turns.append(Turn("note", HARBOUR, "2", "note", "Ines sold her boat.", origin="derived", sources=("D1:1", "D1:2")))
    assert store.keep(turns, directions(7)) == 7
    assert list(opened().turns(HARBOUR)) == turns
    assert [record.turn for record in store.records()] == turns
    assert np.array_equal([record.vector for record in store.records()], directions(7))
    assert store.count() == store.count(INES) == 7


def test_a_turn_may_be_kept_without_a_vector_and_is_then_found_by_words_alone(store: Store) -> None:
    store.keep(talk()[:3])
    store.keep(talk()[3:], directions(3))
    assert ids(store.search_words("cousin", HARBOUR)) == ["D1:1"]
    assert sorted(ids(store.search_vector(directions(1)[0], HARBOUR))) == ["D2:1", "D2:2", "D2:3"]


def test_a_vector_may_come_later_to_a_turn_that_is_still_kept_as_it_was(store: Store) -> None:
    turns = talk()
    store.keep(turns[:1], directions(1))
    store.keep(turns[1:4])
    store.forget(HARBOUR, ["D1:3"])
    store.keep([replace(turns[2], text="I paint no more.")])  # another text under the id of a forgotten one
    given = np.concatenate([directions(1, seed=2), directions(5, seed=3)])
    assert [turn.id for turn in store.without_vectors(INES, newest=9)] == ["D1:2", "D2:1", "D1:3"]
    assert [turn.text for turn in store.without_vectors(HARBOUR, newest=1)] == ["I paint no more."]
    assert store.give_vectors(turns, given) == 2
    held = {record.turn.id: record.vector for record in store.records(HARBOUR)}
    assert np.array_equal(held["D1:1"], directions(1)[0])  # it had one
    assert np.array_equal([held["D1:2"], held["D2:1"]], [given[1], given[3]])
    assert held["D1:3"] is None
    assert ids(store.search_vector(given[3], HARBOUR, k=1)) == ["D2:1"]
    assert store.give_vectors(turns, given) == 0
    store.forget(HARBOUR, ["D1:3"])
    assert store.without_vectors(HARBOUR, newest=9) == store.without_vectors(RUI, newest=9) == []


def test_a_vector_that_comes_later_must_fit_too(store: Store) -> None:
    store.keep(talk()[:2], directions(2))
    store.keep(talk()[2:])
    for vectors, said in (
        (directions(4, 9), "9 dimensions"),
        (directions(3), "more turns"),
        (directions(5), "more v"),
    ):
        with pytest.raises(UsageError, match=said):
            store.give_vectors(talk()[2:], vectors)
    assert [record.vector is None for record in store.records()] == [False, False, True, True, True, True]


def test_an_unknown_or_empty_scope_holds_nothing(store: Store) -> None:
    assert list(store.turns(HARBOUR)) == []
    assert store.search_words("boat", HARBOUR) == []
    assert store.search_vector([1.0, 0.0], HARBOUR) == []
    assert store.count(HARBOUR) == 0
    assert list(store.scopes()) == []


def test_the_newest_turns_come_in_order(store: Store) -> None:
    store.keep(talk())
    assert [turn.id for turn in store.turns(HARBOUR, newest=2)] == ["D2:2", "D2:3"]
    assert [turn.id for turn in store.turns(HARBOUR, Only(speaker="Ines"), newest=2)] == ["D1:3", "D2:2"]
    assert len(list(store.turns(HARBOUR, newest=99))) == 6


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (EVERY, ["D1:1", "D1:2", "D1:3", "D2:1", "D2:2", "D2:3"]),
        (Only(speaker="Keeper"), ["D1:2", "D2:1", "D2:3"]),
        (Only(session="2"), ["D2:1", "D2:2", "D2:3"]),
        (Only(since="2026-03-02", until="2026-03-04"), ["D1:2", "D1:3"]),
        (Only(since="2026-03-05T23:59:59+01:00"), ["D2:3"]),
        (Only(ids=("D2:2", "D1:1", "D9:9")), ["D1:1", "D2:2"]),
        (Only(ids=()), []),
        (Only(origin="derived"), []),
        (Only(speaker="Ines", session="2"), ["D2:2"]),
    ],
)
def test_filters_are_honoured_by_reading_and_by_both_searches(store: Store, only: Only, expected: list[str]) -> None:
    store.keep(talk(), directions(6))
    assert [turn.id for turn in store.turns(HARBOUR, only)] == expected
    assert sorted(ids(store.search_vector(directions(6)[0], HARBOUR, only=only))) == expected
    everywhere = "boat lighthouses paintings daughter cousin torn"
    assert sorted(ids(store.search_words(everywhere, HARBOUR, only=only))) == expected


def test_a_turn_without_a_time_is_in_no_span(store: Store) -> None:
    store.keep([replace(talk()[0], at=None)])
    assert list(store.turns(HARBOUR, Only(since="0001-01-02"))) == []


def test_word_scores_are_okapis_over_the_scope_alone(store: Store) -> None:
    store.keep(talk())
    store.keep(talk(RUI, tuple(f"boat number {n}" for n in range(6))))
    for query in ("Who bought the red boat?", "paint paint sail", "keeper", "ines boat boat"):
        documents = [index_words(turn.document()) for turn in talk()]
        expected = Okapi.of(documents).scores(index_words(query))
        found = {one.turn.id: one.score for one in store.search_words(query, HARBOUR, k=6)}
        held = {turn.id: score for turn, score in zip(talk(), expected, strict=True) if turn.id in found}
        assert found == pytest.approx(held, abs=1e-12)
        assert len(found) == sum(not set(index_words(query)).isdisjoint(document) for document in documents)


def test_k_is_honoured_and_equals_stand_in_the_order_they_were_kept(store: Store) -> None:
    store.keep(talk(said=("good morning",) * 6), np.tile(directions(1), (6, 1)))
    in_order = ["D1:2", "D2:1"]
    assert ids(store.search_words("morning", HARBOUR, k=2, only=Only(speaker="Keeper"))) == in_order
    assert ids(store.search_vector(directions(1)[0], HARBOUR, k=2, only=Only(speaker="Keeper"))) == in_order
    assert len(store.search_words("morning", HARBOUR, k=99)) == 6


def test_vector_scores_are_exact_cosines(store: Store) -> None:
    vectors, asked = directions(6), directions(1, seed=2)[0]
    store.keep(talk(), vectors)
    exact = vectors.astype(float) @ asked.astype(float) / np.linalg.norm(vectors.astype(float), axis=1)
    exact /= np.linalg.norm(asked.astype(float))
    found = store.search_vector(asked * 7, HARBOUR, k=3)
    order = np.argsort(-exact)[:3]
    assert ids(found) == [talk()[at].id for at in order]
    assert [one.score for one in found] == pytest.approx(exact[order], abs=1e-7)


def test_no_scope_ever_sees_another(store: Store) -> None:
    for scope in (HARBOUR, MARKET, RUI, TUTOR):
        secret = f"the secret of {scope.agent} {scope.user} {scope.conversation}"
        store.keep([Turn("D1:1", scope, "1", "Ines", secret)], directions(1))
    for scope in (HARBOUR, MARKET, RUI, TUTOR):
        assert {turn.scope for turn in store.turns(scope)} == {scope}
        assert {one.turn.scope for one in store.search_words("secret", scope)} == {scope}
        assert {one.turn.scope for one in store.search_vector(directions(1)[0], scope)} == {scope}
        assert {record.turn.scope for record in store.records(scope)} == {scope}
    assert {one.turn.scope for one in store.search_words("secret", INES)} == {HARBOUR, MARKET}
    assert list(store.scopes(user="ines")) == [HARBOUR, MARKET, TUTOR]
    assert list(store.scopes(agent="keeper", user="rui")) == [RUI]


def test_what_others_say_changes_no_score(store: Store) -> None:
    store.keep(talk())
    alone = store.search_words("red boat", HARBOUR)
    store.keep(talk(MARKET, ("red boat boat",) * 6))
    assert store.search_words("red boat", HARBOUR) == alone


def test_an_id_is_kept_once_per_conversation(store: Store) -> None:
    store.keep(talk())
    store.keep(talk(MARKET))
    with pytest.raises(UsageError, match=r"already holds a turn 'D1:3'; nothing was kept"):
        store.keep([Turn("new", HARBOUR, "9", "Ines", "Hello"), talk()[2]])
    with pytest.raises(UsageError, match="already holds a turn 'twice'"):
        store.keep([Turn("twice", HARBOUR, "9", "Ines", "Hello")] * 2)
    assert store.count() == 12


def test_a_source_must_be_kept_in_the_same_conversation(store: Store) -> None:
    store.keep(talk())
    note = Turn("note", MARKET, "1", "note", "She sold it.", origin="derived", sources=("D1:1",))
    with pytest.raises(UsageError, match=r"names the source 'D1:1', which is not kept; nothing was kept"):
        store.keep([note])
    assert store.keep([replace(note, scope=HARBOUR)]) == 1


def test_a_forgotten_turn_takes_all_that_was_derived_from_it_along(store: Store) -> None:
    notes = [
        Turn("n1", HARBOUR, "1", "note", "Ines sold a boat.", origin="derived", sources=("D1:1", "D1:2")),
        Turn("n2", HARBOUR, "1", "note", "Ines has no boat.", origin="derived", sources=("n1",)),
        Turn("n3", HARBOUR, "1", "note", "Ines paints.", origin="derived", sources=("D1:3",)),
    ]
    store.keep([*talk(), *notes], directions(9))
    gone = store.forget(HARBOUR, ["D1:2"])
    assert (gone.turns, gone.derived) == (1, ("n1", "n2"))
    assert [turn.id for turn in store.turns(HARBOUR)] == ["D1:1", "D1:3", "D2:1", "D2:2", "D2:3", "n3"]
    assert len(store.search_vector(directions(1)[0], HARBOUR, k=99)) == 6
    assert store.search_words("torn", HARBOUR) == []
    assert ids(store.search_words("boat", HARBOUR)) == ["D1:1", "D2:2"]


def test_scores_after_forgetting_are_those_of_a_store_that_never_knew(store: Store) -> None:
    store.keep(talk())
    store.forget(HARBOUR, ["D1:2", "D2:2"])
    never = open_store(":memory:")
    never.keep([turn for turn in talk() if turn.id not in ("D1:2", "D2:2")])
    assert store.search_words("boat paint", HARBOUR) == never.search_words("boat paint", HARBOUR)


@pytest.mark.parametrize(
    ("forget", "left"),
    [
        (lambda store: store.forget(HARBOUR), [MARKET, RUI, TUTOR]),
        (lambda store: store.forget(INES), [RUI, TUTOR]),
        (lambda store: store.forget_user("ines"), [RUI]),
        (lambda store: store.forget(HARBOUR, [turn.id for turn in talk()]), [MARKET, RUI, TUTOR]),
    ],
)
def test_a_forgotten_scope_returns_nothing_and_leaves_the_others(
    store: Store, forget: Callable[[Store], object], left: list[Scope]
) -> None:
    for scope in (HARBOUR, MARKET, RUI, TUTOR):
        store.keep(talk(scope), directions(6))
    forget(store)
    assert sorted(store.scopes(), key=str) == sorted(left, key=str)
    assert list(store.turns(HARBOUR)) == store.search_words("boat", HARBOUR) == []
    assert store.search_vector(directions(1)[0], HARBOUR) == []
    assert all(len(store.search_words("boat", scope)) == 3 for scope in left)
    assert store.keep(talk(HARBOUR), directions(6)) == 6


def test_forgetting_what_is_not_there_is_an_error_and_removes_nothing(store: Store) -> None:
    store.keep(talk())
    with pytest.raises(UsageError, match="holds nothing"):
        store.forget(RUI)
    with pytest.raises(UsageError, match="'nobody'"):
        store.forget_user("nobody")
    with pytest.raises(UsageError, match=r"no turn 'D7:1'; nothing was forgotten"):
        store.forget(HARBOUR, ["D1:1", "D7:1"])
    for odd in ([], "D1:1"):
        with pytest.raises(UsageError, match="list of ids"):
            store.forget(HARBOUR, odd)
    with pytest.raises(UsageError, match="conversation"):
        store.forget(INES, ["D1:1"])
    assert store.count() == 6


def test_vectors_that_do_not_fit_are_refused_and_nothing_is_kept(store: Store) -> None:
    store.keep(talk()[:1], directions(1))
    for vectors, said in (
        (directions(5, 9), "9 dimensions, but this store holds vectors of 8"),
        (directions(4), "more turns than the 4 vectors"),
        (directions(6), "more vectors than the 5 turns"),
        (np.zeros((5, 8)), "points nowhere"),
        (np.full((5, 8), np.nan), "points nowhere"),
        ([[[1.0]]] * 5, "shape"),
        ([["a"]] * 5, "no vector of numbers"),
    ):
        with pytest.raises(UsageError, match=said):
            store.keep(talk()[1:], vectors)
    with pytest.raises(UsageError, match="7 dimensions, but this store holds vectors of 8"):
        store.search_vector(directions(1, 7)[0], HARBOUR)
    assert store.count() == 1


def test_bad_questions_are_refused(store: Store) -> None:
    store.keep(talk(), directions(6))
    for call, said in (
        (lambda: store.search_words("  ", HARBOUR), "the query is empty"),
        (lambda: store.search_words("boat", HARBOUR, k=0), "k is 0"),
        (lambda: store.search_vector([0.0] * 8, HARBOUR), "points nowhere"),
        (lambda: store.turns(HARBOUR, newest=0), "newest is 0"),
        (lambda: store.turns(HARBOUR, Only(ids=("x",) * 10_001)), "too many"),
    ):
        with pytest.raises(UsageError, match=said):
            call()
    assert store.search_words("what did you do?", HARBOUR) == []


HOSTILE = (
    'it\'s "quoted" `ticked` \\ %s %(x)s ? ?1 :name $1 {} {{',
    "nul \0 in the middle \x1a0 and \x1a",
    "boat AND NOT OR NEAR(a b) col:val * ^ - + (",
    "'); DROP TABLE turns; --",
    "emoji 👩‍🚀 zürich 東京都 مرحبا é e\u0301 \ufeff\u202e",
    "\r\n\t\u2028 \u0085 x",
    "a" * 300_000,
    "word " * 50_000,
    "",
)


def test_hostile_texts_and_names_come_back_unchanged(store: Store, tmp_path: Path) -> None:
    turns = []
    for text in HOSTILE:
        name = text[:150] if text.strip() else "blank"
        scope = Scope(name, name, name)
        turns.append(Turn(name, scope, name, name, text, caption=text))
    store.keep(turns, directions(len(turns)))
    for turn in turns:
        assert list(store.turns(turn.scope, Only(speaker=turn.speaker, ids=(turn.id,)))) == [turn]
        store.search_words(turn.text or "blank", turn.scope)
    assert export_lines(store, tmp_path / "all.jsonl") == len(turns)
    copy = open_store(":memory:")
    import_lines(copy, tmp_path / "all.jsonl")
    assert [record.turn for record in copy.records()] == turns
    store.forget(turns[3].scope)
    assert store.count() == len(turns) - 1


def test_words_of_other_languages_are_found(store: Store) -> None:
    said = ("Ich wohne in Zürich.", "東京都に住んでいます", "Живу в Москве", "I live in a house", "我喜欢画画", "x")
    store.keep(talk(said=said))
    assert ids(store.search_words("ZÜRICH?", HARBOUR)) == ["D1:1"]
    assert ids(store.search_words("東京", HARBOUR)) == ["D1:2"]
    assert ids(store.search_words("москве", HARBOUR)) == ["D1:3"]
    assert ids(store.search_words("画画", HARBOUR)) == ["D2:2"]


def test_writers_side_by_side_lose_nothing(opened: Callable[[], Store]) -> None:
    stores = [opened(), opened()]

    def write(number: int) -> None:
        for at in range(20):
            turn = Turn(f"{number}-{at}", HARBOUR, "1", "Ines", f"boat {number} {at}")
            stores[number % 2].keep([turn], directions(1))
            stores[number % 2].search_words("boat", HARBOUR)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    kept = [turn.id for turn in stores[0].turns(HARBOUR)]
    assert sorted(kept) == sorted(f"{number}-{at}" for number in range(4) for at in range(20))
    assert len(stores[1].search_words("boat", HARBOUR, k=99)) == 80


def test_turns_can_be_kept_while_others_are_read_from_the_same_store(store: Store) -> None:
    store.keep(talk(), directions(6))
    moved = (replace(turn, scope=MARKET) for turn in store.turns(HARBOUR))
    assert store.keep(moved, directions(6)) == 6


def test_a_batch_that_breaks_off_leaves_nothing(store: Store) -> None:
    def broken() -> object:
        yield from talk()
        raise RuntimeError("the source dried up")

    with pytest.raises(RuntimeError):
        store.keep(broken())  # type: ignore[arg-type]
    assert store.count() == 0
    assert store.keep(talk()) == 6


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.count()


def test_an_export_read_back_is_the_same_store(store: Store, tmp_path: Path) -> None:
    store.keep(talk(), directions(6))
    store.keep(talk(RUI))
    assert export_lines(store, tmp_path / "all.jsonl") == 12
    assert export_lines(store, tmp_path / "one.jsonl", HARBOUR) == 6
    copy = open_store(tmp_path / "copy.db")
    assert import_lines(copy, tmp_path / "all.jsonl") == 12
    export_lines(copy, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "all.jsonl").read_bytes()
    store.forget_user("ines")
    assert import_lines(store, tmp_path / "one.jsonl") == 6
    with pytest.raises(UsageError, match="already holds"):
        import_lines(store, tmp_path / "all.jsonl")
    assert store.count() == 12


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (b"", "empty"),
        (b'{"format": "something else"}\n', "line 1: it is no export"),
        (b"\xff\xfe\n", "line 1"),
        (b'HEAD\n{"agent": "a"}\n', "line 2"),
        (b"HEAD\n[[[[\n", "line 2"),
        (b"HEAD\n" + b"[" * 100_000 + b"\n", "line 2"),
        (b'HEAD\nGOOD\n{"agent":"a","user":"u","conversation":"c","id":"x","session":"1","speaker":"s"}\n', "line 3"),
        (b"HEAD\nGOOD\nGOOD-vector\n", "the vector is broken"),
        (b"HEAD\nGOOD-extra\n", "line 2"),
    ],
)
def test_a_broken_import_names_its_line_and_keeps_nothing(
    store: Store, tmp_path: Path, lines: bytes, said: str
) -> None:
    good = b'{"agent":"a","user":"u","conversation":"c","id":"%s","session":"1","speaker":"s","text":"t"%s}'
    raw = lines.replace(b"HEAD", b'{"format": "personae turns", "version": 1}')
    raw = raw.replace(b"GOOD-vector", good % (b"y", b',"vector":"AAA"'))
    raw = raw.replace(b"GOOD-extra", good % (b"y", b',"more":1')).replace(b"GOOD", good % (b"g", b""))
    (tmp_path / "broken.jsonl").write_bytes(raw)
    with pytest.raises(FormatError, match=said):
        import_lines(store, tmp_path / "broken.jsonl")
    assert store.count() == 0
