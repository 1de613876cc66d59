"""Texts made of turns go with the turns, vectors of two embedders never meet, and files are written anew when asked."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from personae.errors import FormatError, UsageError
from personae.memory.store import Document, Forgotten, Only, Store, export_lines, import_lines, open_store
from personae.memory.store.postgres import open_postgres
from personae.memory.turns import Scope, Turn

INES, RUI, TUTOR = Scope("keeper", "ines"), Scope("keeper", "rui"), Scope("tutor", "ines")
HARBOUR, MARKET = Scope("keeper", "ines", "harbour"), Scope("keeper", "ines", "market")

Open = Callable[[], Store]


def said(scope: Scope, *ids: str) -> list[Turn]:
    return [Turn(name, scope, "1", "Ines", f"I keep the number {name}.") for name in ids]


def test_a_document_is_read_as_it_was_written_last(store: Store, opened: Open) -> None:
    for text in ("first", "nul \0, emoji 👩‍🚀, sub \x1a0", "", "last"):
        assert store.write_document(INES, "profile", text)
        assert opened().read_document(INES, "profile") == text
    store.write_document(INES, "note", "another")
    store.write_document(RUI, "profile", "of Rui")
    assert store.read_document(TUTOR, "profile") is None
    assert list(store.documents(INES)) == [Document(INES, "profile", "last"), Document(INES, "note", "another")]
    assert [one.text for one in store.documents()] == ["last", "another", "of Rui"]
    assert list(store.documents(HARBOUR)) == list(store.scopes()) == []


def test_a_document_belongs_to_no_conversation_and_has_a_name_and_an_end(store: Store) -> None:
    for scope, name, text, told in (
        (HARBOUR, "profile", "x", "without a conversation"),
        (INES, " ", "x", "named ' '"),
        (INES, "n" * 201, "x", "1 to 200"),
        (INES, "profile", "x" * 20_000_001, "20000001 characters"),
        (INES, "profile", b"x", "b'x'"),
        (INES, "profile", "\ud800", "lone surrogate"),
    ):
        with pytest.raises(UsageError, match=told):
            store.write_document(scope, name, text)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="without a conversation"):
        store.read_document(HARBOUR, "profile")
    assert list(store.documents()) == []


@pytest.mark.parametrize(
    ("forget", "gone", "left"),
    [
        (lambda store: store.forget(HARBOUR, ["a"]), ("profile", "note"), [RUI, TUTOR]),
        (lambda store: store.forget(MARKET), ("profile", "note"), [RUI, TUTOR]),
        (lambda store: store.forget(INES), ("profile", "note"), [RUI, TUTOR]),
        (lambda store: store.forget_user("ines"), ("profile", "note", "lesson"), [RUI]),
        (lambda store: store.forget(TUTOR), ("lesson",), [INES, INES, RUI]),
    ],
)
def test_documents_go_with_anything_of_their_agent_and_user(
    store: Store, forget: Callable[[Store], Forgotten], gone: tuple[str, ...], left: list[Scope]
) -> None:
    store.keep([*said(HARBOUR, "a", "b"), *said(MARKET, "a")])
    for scope, name in ((INES, "profile"), (INES, "note"), (RUI, "profile"), (TUTOR, "lesson")):
        store.write_document(scope, name, "text")
    assert forget(store).documents == gone
    assert [one.scope for one in store.documents()] == left


def test_forgetting_that_fails_leaves_the_documents(store: Store) -> None:
    store.keep(said(HARBOUR, "a"))
    store.write_document(INES, "profile", "text")
    for scope, ids in ((HARBOUR, ["a", "z"]), (MARKET, None), (RUI, None)):
        with pytest.raises(UsageError, match="holds n"):
            store.forget(scope, ids)
    assert store.read_document(INES, "profile") == "text"
    assert store.forgettings() == 0


def test_what_was_made_before_something_was_forgotten_is_not_written_after(store: Store, opened: Open) -> None:
    store.keep(said(HARBOUR, "a", "b"))
    before = store.forgettings()
    made = " ".join(turn.text for turn in store.turns(INES))
    opened().forget(HARBOUR, ["a"])
    assert not store.write_document(INES, "profile", made, since=before)
    assert store.read_document(INES, "profile") is None
    assert store.write_document(INES, "profile", "number b", since=store.forgettings())
    assert store.read_document(INES, "profile") == "number b"


def test_records_of_some_turns_carry_their_vectors(store: Store) -> None:
    turns = said(HARBOUR, "a", "b", "c")
    store.keep(turns, [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    store.keep(said(MARKET, "d"))
    found = [(kept.turn.id, kept.vector.tolist()) for kept in store.records(INES, Only(ids=("c", "a")))]
    assert found == [("a", [1.0, 0.0]), ("c", [1.0, 1.0])]
    assert [(kept.turn.id, kept.vector) for kept in store.records(only=Only(ids=("d",)))] == [("d", None)]


def test_vectors_of_two_embedders_never_meet(store: Store, opened: Open) -> None:
    assert store.embedder() is None
    store.embedded_by("MiniLM")
    opened().embedded_by("MiniLM")
    with pytest.raises(UsageError, match=r"vectors of 'MiniLM', not of 'other'.*use 'MiniLM', or a new store"):
        opened().embedded_by("other")
    with pytest.raises(UsageError, match="embedder's name is ''"):
        store.embedded_by("")
    assert store.embedder() == "MiniLM"


def test_of_two_who_name_an_embedder_at_once_one_is_refused(opened: Open) -> None:
    stores = [opened(), opened()]

    def name(at: int) -> str:
        try:
            stores[at].embedded_by(f"embedder {at}")
        except UsageError:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(name, range(2))) == ["refused", "taken"]


def test_an_export_carries_documents_and_the_embedder(store: Store, tmp_path: Path) -> None:
    store.keep([*said(HARBOUR, "a"), *said(Scope("keeper", "rui", "x"), "a")], [[1.0, 2.0], [2.0, 1.0]])
    store.embedded_by("MiniLM")
    store.write_document(INES, "profile", "She\nsails.")
    store.write_document(RUI, "profile", "He fishes.")
    assert export_lines(store, tmp_path / "all.jsonl") == 2
    copy = open_store(":memory:")
    assert import_lines(copy, tmp_path / "all.jsonl") == 2
    assert (copy.embedder(), list(copy.documents())) == ("MiniLM", list(store.documents()))
    export_lines(copy, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "all.jsonl").read_bytes()
    for scope, texts in ((INES, ["She\nsails."]), (HARBOUR, [])):
        export_lines(store, tmp_path / "one.jsonl", scope)
        one = open_store(":memory:")
        assert import_lines(one, tmp_path / "one.jsonl") == 1
        assert [document.text for document in one.documents()] == texts


def test_an_import_of_another_embedder_or_over_a_document_keeps_nothing(store: Store, tmp_path: Path) -> None:
    other = open_store(":memory:")
    other.embedded_by("other")
    other.keep(said(HARBOUR, "a"), [[1.0, 2.0]])
    export_lines(other, tmp_path / "other.jsonl")
    store.embedded_by("MiniLM")
    with pytest.raises(FormatError, match=r"line 1: this store holds vectors of 'MiniLM'.*nothing was kept"):
        import_lines(store, tmp_path / "other.jsonl")
    store.write_document(INES, "profile", "mine")
    (tmp_path / "texts.jsonl").write_bytes(
        b'{"format": "personae turns", "version": 2, "embedder": null}\n'
        b'{"agent": "tutor", "user": "ines", "document": "lesson", "text": "new"}\n'
        b'{"agent": "keeper", "user": "ines", "document": "profile", "text": "theirs"}\n'
    )
    with pytest.raises(UsageError, match="already holds a document 'profile'; nothing was kept"):
        import_lines(store, tmp_path / "texts.jsonl")
    assert [one.text for one in store.documents()] == ["mine"]
    assert store.count() == 0


def test_vectors_of_an_older_export_need_a_name_where_the_store_has_one(store: Store, tmp_path: Path) -> None:
    (tmp_path / "old.jsonl").write_bytes(
        b'{"format": "personae turns", "version": 1}\n'
        b'{"agent":"a","user":"u","conversation":"c","id":"g","session":"1","speaker":"s","text":"t"}\n'
        b'{"agent":"a","user":"u","conversation":"c","id":"h","session":"1","speaker":"s","text":"t","vector":"AACAPw=="}\n'
    )
    store.embedded_by("MiniLM")
    with pytest.raises(FormatError, match=r"line 3: the file does not say whose vectors.*embedder='MiniLM'"):
        import_lines(store, tmp_path / "old.jsonl")
    assert store.count() == 0
    assert import_lines(store, tmp_path / "old.jsonl", embedder="MiniLM") == 2


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (b'{"format": "personae turns", "version": 3}\n', "version 3; this reads up to 2"),
        (b'{"format": "personae turns", "version": 2, "more": 1}\n', "line 1"),
        (b'{"format": "personae turns", "version": 2, "embedder": 7}\n', "line 1: the embedder's name is 7"),
        (b'HEAD\n{"agent": "a", "user": "u", "document": "d"}\n', "line 2"),
        (b'HEAD\n{"agent": "a", "user": "u", "document": "d", "text": "t", "vector": "AAA"}\n', "line 2"),
        (b'HEAD\n{"agent": "a", "user": "u", "document": " ", "text": "t"}\n', "line 2: a document is named ' '"),
    ],
)
def test_a_broken_document_line_is_named(tmp_path: Path, lines: bytes, told: str) -> None:
    head = b'{"format": "personae turns", "version": 2, "embedder": null}'
    (tmp_path / "broken.jsonl").write_bytes(lines.replace(b"HEAD", head))
    store = open_store(":memory:")
    with pytest.raises(FormatError, match=told):
        import_lines(store, tmp_path / "broken.jsonl")
    assert list(store.documents()) == []


FIRST_LAYOUT = (
    "DROP TABLE documents",
    "DROP TABLE notes",
    "DROP TABLE entries",
    "DROP INDEX turns_in_scope",
    "ALTER TABLE scopes DROP COLUMN turns",
    "ALTER TABLE scopes DROP COLUMN words",
    "UPDATE turns SET words = 0",
    "CREATE INDEX turns_in_scope ON turns (scope, key, words)",
    """CREATE TABLE entries (scope BIGINT NOT NULL, word TEXT NOT NULL, turn BIGINT NOT NULL, times BIGINT NOT NULL,
        words BIGINT NOT NULL, PRIMARY KEY (scope, word, turn))""",
    "CREATE TABLE vocabulary (scope BIGINT, word TEXT, turns BIGINT NOT NULL, PRIMARY KEY (scope, word))",
    "INSERT INTO entries VALUES (1, 'x', 1, 1, 1)",
)


def test_a_store_of_the_first_layout_is_brought_up_to_date(opened: Open, tmp_path: Path) -> None:
    store = opened()
    store.keep([*said(HARBOUR, *map(str, range(700))), *said(MARKET, "700")], [[1.0, at] for at in range(701)])
    before = store.search_words("number 7 700", INES, k=9), store.search_words("number 699", HARBOUR)
    with store.database.writing() as session:  # type: ignore[attr-defined]
        for statement in FIRST_LAYOUT:
            session.run(statement)
        if (tmp_path / "memory.db").exists():
            session.run("PRAGMA user_version = 1")
        else:
            schema = session.run("SELECT current_schema()")[0][0]
            session.run(f"COMMENT ON SCHEMA {schema} IS 'personae store 1'")
    store = opened()
    assert (store.search_words("number 7 700", INES, k=9), store.search_words("number 699", HARBOUR)) == before
    assert (store.count(), store.count(MARKET), store.search_words("x", INES)) == (701, 1, [])
    assert store.write_document(INES, "profile", "text")
    assert opened().read_document(INES, "profile") == "text"


def test_a_store_of_a_later_layout_is_left_alone(tmp_path: Path) -> None:
    open_store(tmp_path / "memory.db").close()
    connection = sqlite3.connect(tmp_path / "memory.db")
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(FormatError, match="layout 9"):
        open_store(tmp_path / "memory.db")


def holds(folder: Path, mark: bytes) -> bool:
    return any(mark in path.read_bytes() for path in folder.iterdir())


def secret(store: Store) -> None:
    store.keep([*said(HARBOUR, "a"), Turn("b", HARBOUR, "1", "Ines", "xyzzyplugh")])
    store.write_document(INES, "profile", "plughxyzzy")


MARKS = (b"xyzzyplugh", b"plughxyzzy")


def test_a_document_is_gone_from_the_files_with_its_turns(tmp_path: Path) -> None:
    store = open_store(tmp_path / "memory.db")
    secret(store)
    store.write_document(INES, "profile", "another plughxyzzy")
    assert all(holds(tmp_path, mark) for mark in MARKS)
    assert store.forget(HARBOUR, ["b"]) == Forgotten(1, (), True, ("profile",))
    assert not any(holds(tmp_path, mark) for mark in MARKS)


@pytest.mark.parametrize("way", ["erase", "close", "open"])
def test_without_erase_rows_go_at_once_and_bytes_later(tmp_path: Path, way: str) -> None:
    store = open_store(tmp_path / "memory.db")
    secret(store)
    assert store.forget(HARBOUR, ["b"], erase=False) == Forgotten(1, (), False, ("profile",))
    assert store.search_words("xyzzyplugh", HARBOUR) == []
    assert holds(tmp_path, b"xyzzyplugh")
    if way == "erase":
        assert store.erase()
    elif way == "close":
        store.close()
    else:  # as after a kill: the next one finds the mark
        open_store(tmp_path / "memory.db")
    assert not any(holds(tmp_path, mark) for mark in MARKS)


def test_on_postgres_erase_may_wait_too(postgres: tuple[str, Path | None]) -> None:
    store = open_postgres(postgres[0], schema="personae_later")
    secret(store)
    assert not store.forget_user("ines", erase=False).erased
    assert (store.count(), list(store.documents()), store.erase()) == (0, [], True)
    with store.database.writing() as session:  # type: ignore[attr-defined]
        session.run("DROP SCHEMA personae_later CASCADE")
    store.close()


KILLED = """
import os, signal, sys
from personae.memory.store import open_store
from personae.memory.turns import Scope, Turn

store, here = open_store(sys.argv[1]), Scope("keeper", "ines", "harbour")
store.keep([Turn(str(at), here, "1", "Ines", f"xyzzyplugh {at}") for at in range(300)])
store.write_document(Scope("keeper", "ines"), "profile", "plughxyzzy")
store.forget(here, [str(at) for at in range(300)], erase=False)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_for_later_is_erased_on_opening(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "memory.db")], check=False)
    assert all(holds(tmp_path, mark) for mark in MARKS)
    store = open_store(tmp_path / "memory.db")
    assert not any(holds(tmp_path, mark) for mark in MARKS)
    assert (store.count(), store.forgettings()) == (0, 1)


def test_what_another_forgets_while_the_file_is_written_anew_stays_marked(tmp_path: Path, monkeypatch) -> None:
    one, other = open_store(tmp_path / "memory.db"), open_store(tmp_path / "memory.db")
    one.keep(said(HARBOUR, "a", "b", "c"))
    one.forget(HARBOUR, ["a"], erase=False)
    version, calls = one.database._version, []  # type: ignore[attr-defined]

    def counting() -> int:
        calls.append(version())
        if len(calls) == 1:  # between the reading of the mark and the end of the work
            other.forget(HARBOUR, ["b"], erase=False)
        return calls[-1]

    monkeypatch.setattr(one.database, "_version", counting)  # type: ignore[attr-defined]
    assert one.erase()
    assert other.database._version() > 0x100  # type: ignore[attr-defined]
    assert other.erase()
    assert other.database._version() < 0x100  # type: ignore[attr-defined]


def test_opening_does_not_wait_for_a_reader_that_keeps_the_file_from_being_erased(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("personae.memory.store.sqlite.PATIENCE_MS", 10)
    store = open_store(tmp_path / "memory.db")
    secret(store)
    reader = sqlite3.connect(tmp_path / "memory.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM turns").fetchone()
    store.forget(HARBOUR, ["b"], erase=False)
    store.close()
    again = open_store(tmp_path / "memory.db")
    assert [turn.id for turn in again.turns(HARBOUR)] == ["a"]
    reader.execute("COMMIT")
    reader.close()
    again.close()
    assert not any(holds(tmp_path, mark) for mark in MARKS)


def test_a_writer_in_another_process_delays_erasing_but_not_forgetting(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("personae.memory.store.sqlite.BUSY_S", 0.1)
    store = open_store(tmp_path / "memory.db")
    secret(store)
    after_forgetting = store.database.after_forgetting  # type: ignore[attr-defined]
    writer = sqlite3.connect(tmp_path / "memory.db", isolation_level=None)

    def beside_a_writer() -> bool:
        writer.execute("BEGIN IMMEDIATE")
        return after_forgetting()

    monkeypatch.setattr(store.database, "after_forgetting", beside_a_writer)  # type: ignore[attr-defined]
    assert not store.forget(HARBOUR, ["b"]).erased
    writer.execute("COMMIT")
    writer.close()
    store.close()
    assert not any(holds(tmp_path, mark) for mark in MARKS)


def test_a_new_file_has_large_pages(tmp_path: Path) -> None:
    open_store(tmp_path / "memory.db").close()
    assert sqlite3.connect(tmp_path / "memory.db").execute("PRAGMA page_size").fetchone() == (8192,)
