"""The two stores under test, and a real Postgres: that of `PERSONAE_TEST_POSTGRES`, or one started for the session."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import absent

from personae.memory.store.postgres import open_postgres
from personae.memory.store.roles import Store
from personae.memory.store.sqlite import open_sqlite

Open = Callable[[], Store]


@pytest.fixture(scope="session")
def postgres() -> Iterator[tuple[str, Path | None]]:
    """The address of a Postgres with pgvector, and its folder where it is ours."""
    if address := os.environ.get("PERSONAE_TEST_POSTGRES"):
        yield address, None
        return
    try:
        import pgserver
    except ImportError:
        absent("no Postgres: set PERSONAE_TEST_POSTGRES, or pip install pgserver")
    # Not below pytest's own folder: that is closed to the account a server of root's runs under.
    with tempfile.TemporaryDirectory(prefix="personae-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name) / "data"
        server = pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri(), folder
        finally:
            server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same place again and again, in a fresh file or schema per test."""
    stores: list[Store] = []
    schema = f"personae_test_{uuid.uuid4().hex[:12]}"
    address = request.getfixturevalue("postgres")[0] if request.param == "postgres" else None

    def again() -> Store:
        store = open_postgres(address, schema=schema) if address else open_sqlite(tmp_path / "memory.db")
        stores.append(store)
        return store

    yield again
    for store in stores:
        store.close()
    if address:
        import psycopg

        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


@pytest.fixture
def store(opened: Open) -> Store:
    return opened()
