"""Requests that mean harm, or were made by a broken program: in memory, for sockets are another file's."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from personae.memory.store import Store, open_store
from personae.memory.store.roles import StoreError
from personae.models.scripted import Scripted
from personae.persona.persona import Persona
from personae.serve.guards import Bounded
from personae.serve.hosting import model_name

from .conftest import CHAT, Serving, agent, body

JSON = {"content-type": "application/json"}


def raw(messages: str = '[{"role": "user", "content": "Maps?"}]', more: str = "") -> bytes:
    return f'{{"model": "ana", "messages": {messages}{more}}}'.encode()


BODIES = {
    "NaN": (raw(more=', "temperature": NaN'), 400),
    "infinity": (raw(more=', "top_p": Infinity'), 400),
    "a NaN that is ignored": (raw(more=', "top_k": NaN'), 200),
    "twice": (raw(more=', "temperature": 0.1, "temperature": 0.2'), 200),
    "a number of 5,000 digits": (raw(more=', "seed": ' + "9" * 5000), 400),
    "a seed of 70 bits": (raw(more=f', "seed": {2**70}'), 400),
    "a deep extra": (raw(more=', "x": ' + "[" * 100_000 + "]" * 100_000), 400),
    "half a character said": (raw('[{"role": "user", "content": "\\ud83d"}]'), 400),
    "half a character as user": (raw(more=', "user": "\\ud83d"'), 400),
    "half a character as a key": (raw(more=', "\\ud83d": 1, "metadata": {"\\ud83d": "\\ud83d"}'), 200),
    "half a character as a talk": (raw(more=', "metadata": {"conversation": "\\ud83d"}'), 400),
    "a bell as a talk": (raw(more=', "metadata": {"conversation": "a\\u0007"}'), 400),
    "half a character as model": (b'{"model": "\\ud83d", "messages": []}', 400),
    "NUL said": (raw('[{"role": "user", "content": "a\\u0000b"}]'), 200),
    "NUL as user": (raw(more=', "user": "a\\u0000b"'), 400),
    "a user of no letters": (raw(more=', "user": "\\u200b\\u2060"'), 400),
    "a line break as name": (raw('[{"role": "user", "content": "x", "name": "a\\r\\nSet-Cookie: x"}]'), 400),
    "a model with a line break": (b'{"model": "ana\\r\\nx: y", "messages": [{"role": "user", "content": "?"}]}', 404),
    "no object": (b"[1, 2]", 400),
    "a text": (b'"hello"', 400),
    "null": (b"null", 400),
    "2,001 messages": (raw(json.dumps([{"role": "user", "content": "x"}] * 2001)), 400),
    "a message too long": (raw(json.dumps([{"role": "user", "content": "x" * 200_001}])), 400),
    "UTF-16": (raw().decode().encode("utf-16"), 200),
    "a bool for a number": (raw(more=', "max_tokens": "all"'), 400),
    "a user that is a list": (raw(more=', "user": ["Ines"]'), 400),
}


@pytest.mark.parametrize(("content", "status"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("remembering", [False, True])
async def test_a_body_is_served_or_refused_and_never_breaks_anything(
    serving: Serving, store: Store, content: bytes, status: int, remembering: bool
) -> None:
    async with serving(agent(), store=store if remembering else None) as client:
        sent = await client.post(CHAT, content=content, headers=JSON)
        assert sent.status_code == status
        sent.content.decode("utf-8")
        if status >= 400:
            assert set(sent.json()["error"]) == {"message", "type", "param", "code"}
        assert (await client.post(CHAT, json=body("Still there?"))).status_code == 200
        assert "personae_requests_in_progress 0.0" in (await client.get("/metrics")).text


async def test_two_thousand_messages_are_read(serving: Serving, store: Store) -> None:
    async with serving(agent(), store=store) as client:
        sent = await client.post(CHAT, json=body(*(f"Line {n} of many." for n in range(1999))))
    assert sent.status_code == 200


async def test_only_json_is_read_so_that_no_web_page_can_post_without_asking(serving: Serving) -> None:
    ana = agent()
    async with serving(ana) as client:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None):
            headers = {"content-type": kind} if kind else {}
            assert (await client.post(CHAT, content=raw(), headers=headers)).status_code == 400
        asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        preflight = await client.options(CHAT, headers=asked)
        assert preflight.status_code == 405
        assert "access-control-allow-origin" not in preflight.headers
    assert isinstance(ana.model, Scripted)
    assert ana.model.history == []


async def test_a_body_that_trickles_is_given_up() -> None:
    said: list[Any] = []

    async def read_all(scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] == "http.request" and message["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def trickle() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {"type": "http", "method": "POST", "path": CHAT, "headers": []}
    await Bounded(read_all, body_s=0.1)(scope, trickle, send)
    assert said[0]["status"] == 408
    assert (b"connection", b"close") in said[0]["headers"]
    assert b"body_too_slow" in said[1]["body"]


async def test_a_reply_may_take_longer_than_the_body() -> None:
    seen: list[str] = []
    messages = [(0.0, {"type": "http.request", "body": b"{}"}), (0.1, {"type": "http.disconnect"})]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend([(await receive())["type"], (await receive())["type"]])

    async def receive() -> dict[str, Any]:
        after_s, message = messages.pop(0)
        await asyncio.sleep(after_s)
        return message

    async def send(message: Any) -> None:
        raise AssertionError(message)

    await Bounded(app, body_s=0.05)({"type": "http", "headers": []}, receive, send)
    assert seen == ["http.request", "http.disconnect"]


@pytest.mark.parametrize(
    "name", ['Zoë O\'Hara / "Zed"', "ينس", "李 明", "🦊", "a\tb", "../../etc", "Ana: Bo", "x" * 190]
)
async def test_a_persona_may_be_called_anything(serving: Serving, store: Store, name: str) -> None:
    odd = agent(name=name)
    async with serving(odd, store=store) as client:
        model = (await client.get("/v1/models")).json()["data"][0]["id"]
        assert model == model_name(Persona(name=name))
        assert (await client.get(f"/v1/models/{model}")).json()["id"] == model
        asked = {"model": model, "messages": [{"role": "user", "content": "Maps?"}]}
        for stream in (True, False):
            assert (await client.post(CHAT, json=asked | {"stream": stream})).status_code == 200
        assert (await client.get("/metrics")).status_code == 200
    assert store.count() == 2


async def test_a_store_that_fails_is_an_error_without_its_path_and_the_reply_is_not_acknowledged(
    serving: Serving, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any, **__: Any) -> int:
        raise StoreError("'/home/ines/secret.db' fails: database is locked")

    monkeypatch.setattr(store, "keep", locked)
    async with serving(agent(), store=store) as client:
        whole = await client.post(CHAT, json=body("Maps?"))
        assert (whole.status_code, whole.json()["error"]["code"]) == (500, "memory_failed")
        stream = await client.post(CHAT, json=body("Maps?", stream=True))
        assert "[DONE]" not in stream.text
        assert json.loads(stream.text.split("data: ")[-1])["error"]["code"] == "memory_failed"
        for said in (whole.text, stream.text):
            assert "secret" not in said
            assert "locked" not in said


async def test_two_servers_on_one_store_lose_nothing_of_one_talk(serving: Serving, tmp_path: Any) -> None:
    stores = [open_store(tmp_path / "m.db") for _ in range(2)]
    async with serving(agent(), store=stores[0]) as one, serving(agent(), store=stores[1]) as other:
        said = ["Maps?"]
        for turn in range(6):
            server = (one, other)[turn % 2]
            answer = (await server.post(CHAT, json=body(*said, user="Ines"))).json()
            said += [answer["choices"][0]["message"]["content"], f"Line {turn}."]
        both = [server.post(CHAT, json=body(f"At once {n}.", user="Ines")) for n in range(8) for server in (one, other)]
        assert {done.status_code for done in await asyncio.gather(*both)} == {200}
    talks = {len(list(stores[0].turns(scope))) for scope in stores[0].scopes()}
    assert talks == {12, 2}
    assert stores[0].count() == 12 + 2 * 16
    for store in stores:
        store.close()


async def test_a_store_that_another_process_holds_is_waited_for(serving: Serving, tmp_path: Any) -> None:
    store = open_store(tmp_path / "m.db")
    with closing(sqlite3.connect(tmp_path / "m.db", isolation_level=None, check_same_thread=False)) as other:
        async with serving(agent(), store=store) as client:
            other.execute("BEGIN IMMEDIATE")
            asked = asyncio.create_task(client.post(CHAT, json=body("Maps?")))
            await asyncio.sleep(0.3)
            assert not asked.done()
            assert (await client.get("/health")).status_code == 200
            other.execute("COMMIT")
            assert (await asked).status_code == 200
    assert store.count() == 2
    store.close()


async def test_an_old_talk_is_found_again_among_many(serving: Serving, store: Store) -> None:
    counted: list[object] = []
    count = store.count
    async with serving(agent(), store=store) as client:
        for n in range(20):
            await client.post(CHAT, json=body(f"Line {n}.", user="Ines"))
        store.count = lambda scope=None: counted.append(scope) or count(scope)  # type: ignore[method-assign]
        await client.post(CHAT, json=body("Line 3.", "Third shelf.", "And?", user="Ines"))
    assert sorted(count(scope) for scope in store.scopes()) == [2] * 19 + [4]
    assert len(counted) < 10  # not one question for each talk
