"""What is forgotten is gone from the files, and what was acknowledged is in them."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from personae.errors import FormatError, UsageError
from personae.memory.store import Store, export_lines, open_store
from personae.memory.store.postgres import open_postgres
from personae.memory.store.roles import StoreError
from personae.memory.store.sqlite import open_sqlite
from personae.memory.turns import Scope, Turn

SYLLABLES = ("ba", "ko", "ri", "mel", "ost", "und", "vi", "zar", "pe", "lun", "gro", "sti")


def invented(rng: random.Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(8))


def filled(store: Store, user: str, rng: random.Random, number: int) -> tuple[Scope, set[bytes]]:
    """Turns of a user in words of their own, and all that must not be left when they are forgotten."""
    scope = Scope("keeper", f"user-{user}-{invented(rng)}", f"talk-{invented(rng)}")
    vectors = rng_vectors(rng, number)
    turns, marks = [], {scope.user.encode(), str(scope.conversation).encode()}
    for at in range(number):
        words = [invented(rng) for _ in range(10)]
        name = f"{user}-id-{invented(rng)}"
        turns.append(
            Turn(name, scope, invented(rng), f"speaker-{invented(rng)}", " ".join(words), caption=invented(rng))
        )
        marks |= {name.encode(), turns[-1].speaker.encode(), turns[-1].caption.encode(), vectors[at].tobytes()[:64]}
        marks |= {word.encode() for word in words}
    for start in range(0, number, 100):
        store.keep(turns[start : start + 100], vectors[start : start + 100])
    return scope, set(sorted(marks)[::4])


def rng_vectors(rng: random.Random, number: int) -> np.ndarray:
    return np.random.default_rng(rng.randrange(2**32)).standard_normal((number, 64)).astype("<f4")


def left_in(folder: Path, marks: set[bytes]) -> set[bytes]:
    """Which of the marks stand in any file of a folder."""
    found: set[bytes] = set()
    for path in (path for path in folder.rglob("*") if path.is_file() and "pg_wal" not in path.parts):
        data = path.read_bytes()
        found |= {mark for mark in marks if mark in data}
    return found


def test_nothing_of_a_forgotten_user_is_left_in_the_bytes_of_the_files(tmp_path: Path) -> None:
    rng = random.Random(4)
    store = open_store(tmp_path / "memory.db")
    _, first = filled(store, "ann", rng, 300)
    forgotten, gone = filled(store, "ben", rng, 300)
    _, last = filled(store, "cyd", rng, 300)
    assert left_in(tmp_path, gone) == gone, "the search for remains must find what is there"
    assert store.forget(forgotten).erased
    assert left_in(tmp_path, gone) == set()
    assert left_in(tmp_path, first | last) == first | last
    store.close()
    assert left_in(tmp_path, gone) == set()


def test_nothing_of_a_forgotten_turn_is_left_though_its_words_stand_in_others(tmp_path: Path) -> None:
    rng = random.Random(5)
    store = open_store(tmp_path / "memory.db")
    scope, _ = filled(store, "ann", rng, 300)
    store.keep([Turn("secret-id", scope, "1", "Ines", "my password is xyzzyplugh", caption="a picture of qwertz")])
    derived = Turn("note", scope, "1", "note", "the xyzzyplugh thing", origin="derived", sources=("secret-id",))
    store.keep([derived])
    marks = {b"secret-id", b"xyzzyplugh", b"my password", b"qwertz"}
    assert store.forget(scope, ["secret-id"]).erased
    assert left_in(tmp_path, marks) == set()


def test_a_reader_in_another_process_delays_erasing_and_erase_finishes_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("personae.memory.store.sqlite.BUSY_S", 0.2)
    store = open_sqlite(tmp_path / "memory.db")
    here = Scope("keeper", "ines", "harbour")
    store.keep([Turn("1", here, "1", "Ines", "xyzzyplugh"), Turn("2", here, "1", "Ines", "other")])
    reader = sqlite3.connect(tmp_path / "memory.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM turns").fetchone()
    assert not store.forget(here, ["1"]).erased
    assert store.search_words("xyzzyplugh", here) == []
    reader.execute("COMMIT")
    assert store.erase()
    assert left_in(tmp_path, {b"xyzzyplugh"}) == set()
    reader.close()


def test_forgetting_that_was_cut_off_is_finished_when_the_file_is_opened_next(tmp_path: Path, monkeypatch) -> None:
    store = open_sqlite(tmp_path / "memory.db")
    here = Scope("keeper", "ines", "harbour")
    store.keep([Turn("1", here, "1", "Ines", "xyzzyplugh"), Turn("2", here, "1", "Ines", "other")])
    monkeypatch.setattr(store.database, "erase", lambda: sys.exit())
    with pytest.raises(SystemExit):
        store.forget(here, ["1"])
    assert left_in(tmp_path, {b"xyzzyplugh"}), "it still stands in the log"
    again = open_sqlite(tmp_path / "memory.db")
    assert left_in(tmp_path, {b"xyzzyplugh"}) == set()
    assert [turn.id for turn in again.turns(here)] == ["2"]


def test_nothing_is_left_in_the_tables_files_of_postgres_after_erase(postgres: tuple[str, Path | None]) -> None:
    address, folder = postgres
    if folder is None:
        pytest.skip("the files of PERSONAE_TEST_POSTGRES are not ours to read")
    store = open_postgres(address, schema="personae_erasing")
    rng = random.Random(6)
    filled(store, "ann", rng, 200)
    forgotten, gone = filled(store, "ben", rng, 200)
    database(address, "ANALYZE", "CHECKPOINT")
    gone = set(sorted(gone)[::10])
    assert left_in(folder / "base", gone) == gone, "the search for remains must find what is there"
    assert not store.forget(forgotten).erased
    assert store.erase()
    database(address, "CHECKPOINT")
    assert left_in(folder / "base", gone) == set()
    assert store.count() == 200
    store.close()
    database(address, "DROP SCHEMA personae_erasing CASCADE")


def database(address: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


KEEPING = """
import sys
from personae.memory.store.postgres import open_postgres
from personae.memory.store.sqlite import open_sqlite
from personae.memory.turns import Scope, Turn

address, schema = sys.argv[1:]
store = open_postgres(address, schema=schema) if schema else open_sqlite(address)
here = Scope("keeper", "ines", "harbour")
for batch in range(100_000):
    turns = [Turn(f"{batch}-{at}", here, "1", "Ines", f"boat {batch} {at}") for at in range(5)]
    store.keep(turns, [[1.0, at + 1.0] for at in range(5)])
    print(batch, flush=True)
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_process_killed_in_the_middle_loses_nothing_it_acknowledged(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address, schema = str(tmp_path / "memory.db"), ""
    if kind == "postgres":
        address, schema = request.getfixturevalue("postgres")[0], "personae_killed"
    child = subprocess.Popen([sys.executable, "-c", KEEPING, address, schema], stdout=subprocess.PIPE)
    assert child.stdout is not None
    acknowledged = [int(child.stdout.readline()) for _ in range(12)]
    child.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in child.stdout.read().split()]
    child.wait()
    store = open_postgres(address, schema=schema) if schema else open_sqlite(address)
    here = Scope("keeper", "ines", "harbour")
    kept = [turn.id for turn in store.turns(here)]
    whole, rest = divmod(len(kept), 5)
    assert rest == 0, "a batch is kept whole or not at all"
    assert kept[: 5 * len(acknowledged)] == [f"{batch}-{at}" for batch in acknowledged for at in range(5)]
    assert whole in (len(acknowledged), len(acknowledged) + 1)
    assert (
        len(store.search_words("boat", here, k=10**6)) == len(store.search_vector([1, 1], here, k=10**6)) == len(kept)
    )
    assert store.keep([Turn("after", here, "2", "Ines", "still here")]) == 1
    store.close()
    if schema:
        database(address, f"DROP SCHEMA {schema} CASCADE")
    else:
        assert sqlite3.connect(address).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    store = open_store(tmp_path / "deep" / "memory.db")
    store.keep([Turn("1", Scope("a", "u", "c"), "1", "s", "t")])
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "deep").iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader, " * 500)
    with pytest.raises(FormatError, match="no SQLite database"):
        open_store(tmp_path / "letter.txt")
    assert (tmp_path / "letter.txt").read_text() == "Dear reader, " * 500
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(FormatError, match="a database of another program"):
        open_store(tmp_path / "other.db")
    with pytest.raises(StoreError, match="cannot open"):
        open_store(tmp_path)
    for address, said in (("mysql://x", "'mysql' is no kind of store"), (" ", "empty")):
        with pytest.raises(UsageError, match=said):
            open_store(address)


def test_a_damaged_store_says_so_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    with closing(open_store(path)) as store:
        store.keep([Turn(str(n), Scope("a", "u", "c"), "1", "s", f"word{n} " * 200) for n in range(100)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="is damaged: take a backup"), closing(open_store(path)) as store:
        list(store.turns(Scope("a", "u")))
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(StoreError, match="is damaged: take a backup"), closing(open_store(path)) as store:
        list(store.turns(Scope("a", "u")))


def test_a_postgres_that_cannot_be_reached_is_one_clear_line_without_the_password() -> None:
    with pytest.raises(StoreError) as error:
        open_store("postgresql://me:hunter2@127.0.0.1:9/none")
    assert "hunter2" not in str(error.value)
    assert "\n" not in str(error.value)
    with pytest.raises(UsageError, match="no name for a schema"):
        open_postgres("postgresql://x", schema='p"; DROP')


def test_sqlite_vec_and_numpy_find_the_same(tmp_path: Path) -> None:
    with_extension = open_sqlite(":memory:")
    if not with_extension.database.extension:  # not a missing package: this Python was built without
        with_extension.close()
        pytest.skip("this Python's sqlite3 cannot load extensions; numpy compares the vectors")
    without = open_sqlite(":memory:", extension=False)
    vectors = np.random.default_rng(3).standard_normal((3000, 48))
    here = Scope("a", "u", "c")
    for store in (with_extension, without):
        store.keep((Turn(str(at), here, "1", "s", "t") for at in range(3000)), vectors)
    for asked in vectors[:20] + 0.1:
        assert with_extension.search_vector(asked, here, k=50) == without.search_vector(asked, here, k=50)


def test_an_export_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    store = open_store(":memory:")
    store.keep([Turn("1", Scope("a", "u", "c"), "1", "s", "t")])
    export_lines(store, tmp_path / "out.jsonl")
    before = (tmp_path / "out.jsonl").read_bytes()
    store.close()
    with pytest.raises(StoreError):
        export_lines(store, tmp_path / "out.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
    assert (tmp_path / "out.jsonl").read_bytes() == before


def test_a_lock_held_too_long_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("personae.memory.store.sqlite.BUSY_S", 0.1)
    one, other = open_sqlite(tmp_path / "memory.db"), open_sqlite(tmp_path / "memory.db")
    held, done = threading.Event(), threading.Event()

    def slow():
        held.set()
        done.wait(20)
        yield Turn("1", Scope("a", "u", "c"), "1", "s", "t")

    writer = threading.Thread(target=lambda: one.keep(slow()))
    writer.start()
    held.wait(20)
    with pytest.raises(StoreError, match="locked"):
        other.keep([Turn("2", Scope("a", "u", "c"), "1", "s", "t")])
    done.set()
    writer.join()
    assert other.count() == 1
