"""Two hundred streams at once, with slow and vanishing clients among them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from personae.memory.store import open_store

from .child import served, until
from .load import GOES, READS, SLOW, Load

PIECES = 50


@pytest.mark.slow
def test_two_hundred_streams_end_well_beside_slow_and_vanishing_clients_in_bounded_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("lighthouse-keeper", "--model", f"slow/{PIECES}x20", "--memory", tmp_path / "m.db")
    with served(*arguments, log=tmp_path / "log") as server:
        for _ in range(2):  # the second time they are recalled, for which the embedder must be there
            asyncio.run(Load(server.port, "ilse-marten", PIECES).run(reads=5))
        before = server.rss_mib()
        ended = asyncio.run(Load(server.port, "ilse-marten", PIECES).run(reads=160, slow=20, goes=20))
        grown = server.rss_mib() - before
        assert ended == {(READS, "done"): 160, (SLOW, "done"): 20, (GOES, "gone"): 20}
        assert until(lambda: server.metric("personae_requests_in_progress") == 0)
        assert server.metric('personae_requests_total{model="ilse-marten",status="200"}') == 190
        assert server.metric('personae_dropped_total{model="ilse-marten"}') == 20
        assert server.stop() in (0, -15)
        assert "Traceback" not in server.told()
    with capsys.disabled():
        print(f"\n200 streams of {PIECES} pieces: {before:.0f} MiB before, {grown:+.1f} MiB after")
    assert grown < 100
    store = open_store(tmp_path / "m.db")
    assert store.count() == 2 * 180  # the first five asked again, and their new answers replaced the old
    assert not any(scope.user.startswith(GOES) for scope in store.scopes())
    store.close()
