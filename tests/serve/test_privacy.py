"""Who may see what: keys, users, numbers, logs."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from personae.errors import (
    AuthenticationFailed,
    BadResponse,
    ContextOverflow,
    ModelUnreachable,
    RateLimited,
    UsageError,
)
from personae.memory.store import Store, open_store
from personae.models.scripted import Scripted
from personae.serve.keys import Keys
from personae.serve.running import WithoutQuery

from .conftest import CHAT, GAME, SHOP, Serving, agent, body

NAMES = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=100).filter(
    lambda name: name.strip() and len(name.strip()) <= 100
)
HOLDERS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="/"), min_size=1, max_size=80)


@given(HOLDERS | st.just(""), NAMES, HOLDERS | st.just(""), NAMES)
@example("a", "b/c", "", "a/b/c")
@example("a", "b", "", "a/b")
@example("", "/a", "", "a")
@example("", "/a/b", "a", "b")
def test_two_callers_share_a_memory_only_if_key_and_user_are_the_same(
    one_key: str, one: str, other_key: str, other: str
) -> None:
    shared = Keys.owner(one_key, one) == Keys.owner(other_key, other)
    assert shared == ((one_key, one) == (other_key, other))


@given(st.lists(NAMES, min_size=2, max_size=4, unique_by=str.strip))
@example(["Ines", "ines", "INES", "Inés"])
@example(["%", "_", "I%", "Ines' OR 1=1 --"])
@example(["shop/Ines", "Ines", "/Ines", "User"])
@example(["\u00e9", "e\u0301"])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_user_ever_meets_anothers_memories_whatever_they_are_called(serving: Serving, names: list[str]) -> None:
    async def talk() -> None:
        ana, store = agent(), open_store(":memory:")
        async with serving(ana, store=store, keys=Keys({"shop": SHOP, "game": GAME})) as client:
            callers = [(name, key) for name in names for key in (SHOP, GAME)]
            for n, (name, key) in enumerate(callers):
                secret = body(f"The harbour password is sesame{n}. I love tea{n}.", user=name)
                told = await client.post(CHAT, json=secret, headers={"authorization": f"Bearer {key}"})
                assert told.status_code == 200
            for n, (name, key) in enumerate(callers):
                asked = body("What is the harbour password?", user=name)
                await client.post(CHAT, json=asked, headers={"authorization": f"Bearer {key}"})
                assert isinstance(ana.model, Scripted)
                read = " ".join(message.content for message in ana.model.history[-1].messages)
                assert [f"sesame{m}." in read for m in range(len(callers))] == [m == n for m in range(len(callers))]

    asyncio.run(talk())


SECRETS = ("sk-123", "10.0.0.1", "/home/ines")
KINDS = (ContextOverflow, RateLimited, ModelUnreachable, AuthenticationFailed, BadResponse, UsageError)
FAILURES = [kind("POST http://10.0.0.1/v1 with sk-123 from /home/ines/model.gguf") for kind in KINDS]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("stream", [False, True])
async def test_nothing_of_the_servers_own_is_told_when_it_fails(
    serving: Serving, failure: Exception, stream: bool
) -> None:
    async with serving(agent([failure])) as client:
        sent = await client.post(CHAT, json=body("Maps?", stream=stream))
    assert sent.status_code >= 400
    assert [secret for secret in SECRETS if secret in sent.text] == []


async def test_numbers_and_the_description_need_a_key_where_there_are_keys(serving: Serving) -> None:
    paths = ("/metrics", "/openapi.json", "/v1/models", "/v1/models/ana")
    async with serving(keys=Keys({"shop": SHOP})) as client:
        for path in paths:
            assert (await client.get(path)).status_code == 401
            assert (await client.get(path, headers={"authorization": f"Bearer {SHOP}"})).status_code == 200


async def test_a_key_and_what_was_said_are_in_no_log(
    serving: Serving, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[Any] = ["Hm.", ModelUnreachable("no"), ZeroDivisionError("broken"), "Hm."]
    with caplog.at_level(logging.DEBUG):
        async with serving(agent(answers), store=store, keys=Keys({"shop": SHOP})) as client:
            for user in ("Ines", "Ines", "Ines", "a\nb", "Ines"):
                headers = {"authorization": f"Bearer {SHOP}"}
                await client.post(CHAT, json=body("The password is sesame.", user=user), headers=headers)
            await client.get("/v1/models", headers={"authorization": f"Bearer {SHOP}x"})
    assert "no" in caplog.text
    assert SHOP not in caplog.text
    assert "sesame" not in caplog.text


def test_what_stands_behind_a_path_is_not_logged() -> None:
    line = '%s - "%s %s HTTP/%s" %d'
    record = logging.LogRecord("x", 20, "", 0, line, ("1.2.3.4:5", "GET", "/v1/models?key=secret", "1.1", 200), None)
    assert WithoutQuery().filter(record)
    assert record.getMessage() == '1.2.3.4:5 - "GET /v1/models HTTP/1.1" 200'
