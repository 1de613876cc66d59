"""What a client was told is kept: through a kill in the middle of everything, and through a farewell."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from personae.memory.store import open_store
from personae.memory.store.sqlite import LAYOUT

from .child import served

MODEL = "ilse-marten"


def answer(text: str, pieces: int) -> str:
    """What the slow model says to it."""
    return " ".join([*map(str, range(1, pieces)), f"<{text}>"])


async def talking(client: httpx.AsyncClient, url: str, user: str, acknowledged: dict[str, list[str]]) -> None:
    """Talk until the server is gone, by streams and whole replies in turn; note what was acknowledged."""
    said: list[str] = []
    while True:
        said.append(f"{user} says line {len(said)}.")
        messages = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(said)]
        asked: dict[str, Any] = {"model": MODEL, "messages": messages, "user": user}
        try:
            done = await client.post(url, json=asked | {"stream": len(said) % 4 == 1})
        except httpx.HTTPError:
            return
        if done.status_code != 200:
            return
        if len(said) % 4 == 1:
            if not done.text.endswith("data: [DONE]\n\n"):
                return
            said.append(answer(said[-1], 5))
        else:
            said.append(done.json()["choices"][0]["message"]["content"])
        acknowledged[user] = list(said)


async def killed_in_the_middle(log: Path, memory: Path, acknowledged: dict[str, list[str]]) -> None:
    with served("lighthouse-keeper", "--model", "slow/5x2", "--memory", memory, log=log) as server:
        async with httpx.AsyncClient(timeout=30) as client:
            talks = [asyncio.create_task(talking(client, server.chat, f"user{n}", acknowledged)) for n in range(12)]
            while sum(len(said) // 2 for said in acknowledged.values()) < 40:
                await asyncio.sleep(0.01)
            server.process.send_signal(signal.SIGKILL)
            await asyncio.gather(*talks)


def test_after_a_kill_under_load_every_acknowledged_turn_is_there_and_the_talk_goes_on(tmp_path: Path) -> None:
    memory, acknowledged = tmp_path / "m.db", dict[str, list[str]]()
    asyncio.run(killed_in_the_middle(tmp_path / "log", memory, acknowledged))
    assert len(acknowledged) >= 6
    store = open_store(memory)
    for user, said in acknowledged.items():
        kept = [turn.text for scope in store.scopes(user=user) for turn in store.turns(scope)]
        assert kept[: len(said)] == said, user
        assert len(kept) in (len(said), len(said) + 2)  # a turn that was kept, but not told before the end
    store.close()
    with served("lighthouse-keeper", "--model", "slow/5x0", "--memory", memory, log=tmp_path / "log2") as server:
        user, said = max(acknowledged.items(), key=lambda one: len(one[1]))
        messages = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate([*said, "And?"])]
        asked = {"model": MODEL, "messages": messages, "user": user}
        assert httpx.post(server.chat, json=asked, timeout=30).status_code == 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_who_is_being_answered_hears_the_end_of_it_before_the_server_stops(tmp_path: Path, how: signal.Signals) -> None:
    memory, log = tmp_path / "m.db", tmp_path / "log"
    with served("lighthouse-keeper", "--model", "slow/20x40", "--memory", memory, log=log) as server:
        asyncio.run(answered_through_a_farewell(server, how))
        assert server.process.wait(20) in (0, -how, 130)
        assert "Traceback" not in server.told()
        assert "stopped after" not in server.told()
    assert not memory.with_name("m.db-wal").exists()  # closed, not left behind
    store = open_store(memory)
    for user in ("Streaming", "Whole"):
        scope = store.scopes(user=user)[0]
        assert [turn.text for turn in store.turns(scope)] == ["Maps?", answer("Maps?", 20)]
    store.close()


async def answered_through_a_farewell(server: Any, how: signal.Signals) -> None:
    messages = [{"role": "user", "content": "Maps?"}]
    async with httpx.AsyncClient(timeout=30) as client:
        whole = asyncio.create_task(
            client.post(server.chat, json={"model": MODEL, "messages": messages, "user": "Whole"})
        )
        asked = {"model": MODEL, "messages": messages, "user": "Streaming", "stream": True}
        async with client.stream("POST", server.chat, json=asked) as stream:
            lines = stream.aiter_lines()
            await anext(lines)
            await asyncio.sleep(0.2)
            server.process.send_signal(how)
            said = [line async for line in lines if line]
            assert said[-1] == "data: [DONE]"
        assert (await whole).json()["choices"][0]["message"]["content"] == answer("Maps?", 20)
        with pytest.raises(httpx.TransportError):
            await client.get(f"{server.url}/health")


def test_an_answer_that_was_replaced_is_off_the_disk_when_the_server_ends(tmp_path: Path) -> None:
    memory = tmp_path / "m.db"
    with served("lighthouse-keeper", "--model", "slow/2x0", "--memory", memory, log=tmp_path / "log") as server:
        asked = {"model": MODEL, "messages": [{"role": "user", "content": "Maps?"}], "user": "Ines"}
        for _ in range(2):
            assert httpx.post(server.chat, json=asked, timeout=30).status_code == 200
        with closing(sqlite3.connect(memory)) as looking:
            assert looking.execute("PRAGMA user_version").fetchone()[0] > LAYOUT  # it holds remains
        server.stop()
    with closing(sqlite3.connect(memory)) as looking:
        assert looking.execute("PRAGMA user_version").fetchone() == (LAYOUT,)
        assert looking.execute("SELECT count(*) FROM turns").fetchone() == (2,)
