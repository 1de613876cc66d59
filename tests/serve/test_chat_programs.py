"""Requests as chat programs send them: greeting first, swipes, continued lines, fields of their own."""

from __future__ import annotations

from typing import Any

import pytest

from personae.memory.store import Store
from personae.models.scripted import Scripted

from .conftest import CHAT, Serving, agent, body

#: What a chat program like SillyTavern adds to every request: other back ends' samplers, and a label for itself.
SAMPLERS = {
    "top_k": 40,
    "min_p": 0.05,
    "repetition_penalty": 1.1,
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "logit_bias": {},
    "stop": ["\nInes:", "\nAna:"],
    "chat_completion_source": "custom",
    "include_reasoning": False,
    "reasoning_effort": "auto",
    "user_name": "Ines",
    "char_name": "Ana",
    "group_names": [],
    "n": 1,
}
#: What a web front end like Open WebUI or LibreChat adds.
WEB = {
    "chat_id": "0b5f3a52",
    "session_id": "x",
    "id": "7",
    "features": {"web_search": False},
    "background_tasks": {"title_generation": True},
    "model_item": {"id": "ana", "owned_by": "personae"},
    "metadata": {"task": "chat"},
    "variables": {"{{USER_NAME}}": "Ines"},
    "response_format": {"type": "text"},
    "parallel_tool_calls": False,
    "tool_choice": "none",
    "tools": [],
    "functions": [],
    "service_tier": "auto",
    "store": False,
    "user": "Ines",
}


def sent(*said: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"model": "ana", "messages": [{"role": role, "content": text} for role, text in said], **more}


@pytest.mark.parametrize("more", [SAMPLERS, WEB], ids=["sampler fields", "web fields"])
@pytest.mark.parametrize("stream", [False, True])
async def test_fields_of_a_programs_own_change_nothing(serving: Serving, more: dict[str, Any], stream: bool) -> None:
    async with serving(agent()) as client:
        done = await client.post(CHAT, json=body("Maps?", stream=stream, **more))
    assert done.status_code == 200
    assert done.text.endswith("[DONE]\n\n") if stream else done.json()["choices"][0]["finish_reason"] == "stop"


async def test_a_greeting_that_the_program_brings_stands_before_the_first_line(serving: Serving, store: Store) -> None:
    ana = agent()
    greeting = ("assistant", "Mind the step. What can I find you?")
    async with serving(ana, store=store) as client:
        first = await client.post(CHAT, json=sent(greeting, ("user", "Maps?"), user="Ines"))
        assert first.status_code == 200
        assert isinstance(ana.model, Scripted)
        assert [m.content for m in ana.model.history[0].messages][-2:] == [greeting[1], "Maps?"]
        await client.post(
            CHAT, json=sent(greeting, ("user", "Maps?"), ("assistant", "Third shelf."), ("user", "Tea?"), user="Ines")
        )
    assert len(store.scopes()) == 1
    assert [turn.text for turn in store.turns(store.scopes()[0])] == ["Maps?", "Third shelf.", "Tea?", "Third shelf."]


async def test_a_swipe_replaces_the_answer_and_going_on_from_it_stays_one_talk(serving: Serving, store: Store) -> None:
    answers = [f"Answer {n}." for n in range(6)]
    async with serving(agent(answers), store=store) as client:
        for _ in range(3):
            await client.post(CHAT, json=sent(("system", "Be short."), ("user", "Maps?"), stream=True))
        await client.post(CHAT, json=sent(("user", "Maps?"), ("assistant", "Answer 2."), ("user", "Tea?")))
    assert [turn.text for turn in store.turns(store.scopes()[0])] == ["Maps?", "Answer 2.", "Tea?", "Answer 3."]


async def test_a_swipe_back_to_an_older_answer_begins_another_talk_and_loses_nothing(
    serving: Serving, store: Store
) -> None:
    answers = [f"Answer {n}." for n in range(6)]
    async with serving(agent(answers), store=store) as client:
        for _ in range(2):
            await client.post(CHAT, json=sent(("user", "Maps?")))
        done = await client.post(CHAT, json=sent(("user", "Maps?"), ("assistant", "Answer 0."), ("user", "Tea?")))
    assert done.status_code == 200
    kept = sorted([turn.text for turn in store.turns(scope)] for scope in store.scopes())
    assert kept == [["Maps?", "Answer 1."], ["Tea?", "Answer 2."]]


async def test_continue_and_impersonate_are_told_what_is_missing(serving: Serving) -> None:
    async with serving() as client:
        for last in (("assistant", "Third sh"), ("system", "[Write Ines' next line.]")):
            refused = await client.post(CHAT, json=sent(("user", "Maps?"), last))
            assert refused.status_code == 400
            assert "the last message is not the user's" in refused.json()["error"]["message"]


async def test_four_stops_are_taken_as_openai_takes_them_and_a_fifth_is_refused(serving: Serving) -> None:
    ana = agent()
    async with serving(ana) as client:
        for stop in ([], None, "\nInes:", ["a", "b", "c", "\nInes:"]):
            assert (await client.post(CHAT, json=body("Maps?", stop=stop))).status_code == 200
        assert (await client.post(CHAT, json=body("Maps?", stop=["a"] * 5))).json()["error"]["param"] == "stop"
    assert isinstance(ana.model, Scripted)
    settings = ana.model.history[-1].settings
    assert settings is not None
    assert "\nInes:" in settings.stop
