"""What a served persona remembers, of whom, and in which conversation it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from personae.memory.long_term import Believed, forget
from personae.memory.store import Store
from personae.memory.store.roles import StoreError
from personae.memory.turns import Scope
from personae.models.scripted import Scripted
from personae.serve.keys import Keys
from personae.serve.threads import Threads

from .conftest import CHAT, GAME, SHOP, Serving, agent, body


def talks(store: Store) -> dict[str, list[str]]:
    """Conversation → its texts, in the order they began."""
    found: dict[str, list[str]] = {}
    for record in store.records():
        found.setdefault(f"{record.turn.scope.user}:{record.turn.scope.conversation}", []).append(record.turn.text)
    return found


def prompt(ana: Any, call: int = -1) -> str:
    assert isinstance(ana.model, Scripted)
    return ana.model.history[call].messages[0].content


async def test_a_memory_of_one_conversation_is_used_in_another_of_the_same_user_alone(
    serving: Serving, store: Store
) -> None:
    ana = agent()
    async with serving(ana, store=store, keys=Keys({"shop": SHOP, "game": GAME})) as client:
        shop, game = ({"authorization": f"Bearer {key}"} for key in (SHOP, GAME))
        await client.post(
            CHAT, json=body("The red boat went to Marta. I can't stand opera.", user="Ines"), headers=shop
        )
        for user, headers, knows in (
            ("Ines", shop, True),
            ("Rui", shop, False),
            ("Ines", game, False),
            (None, shop, False),
        ):
            await client.post(CHAT, json=body("Who has the boat?", user=user), headers=headers)
            assert ("The red boat went to Marta." in prompt(ana)) is knows
            assert ("Ines dislikes: opera" in prompt(ana)) is knows


async def test_a_talk_that_goes_on_is_one_conversation_and_a_new_one_is_another(serving: Serving, store: Store) -> None:
    async with serving(agent(), store=store) as client:
        await client.post(CHAT, json=body("Maps?"))
        await client.post(CHAT, json=body("Maps?", " Third shelf.\n", "And globes?"))
        await client.post(CHAT, json=body("Tea?"))
        await client.post(CHAT, json=body("Never said", "Never heard", "Really?"))
    assert list(talks(store).values()) == [
        ["Maps?", "Third shelf.", "And globes?", "Third shelf."],
        ["Tea?", "Third shelf."],
        ["Really?", "Third shelf."],
    ]


async def test_another_answer_to_the_last_line_takes_the_place_of_the_old_one(serving: Serving, store: Store) -> None:
    answers = [f"Answer {n}." for n in range(5)]
    async with serving(agent(answers), store=store) as client:
        await client.post(CHAT, json=body("Maps?"))
        await client.post(CHAT, json=body("Tea?"))
        await client.post(CHAT, json=body("Maps?"))
        await client.post(CHAT, json=body("Maps?", "Answer 2.", "And globes?"))
        await client.post(CHAT, json=body("Maps?", "Answer 2.", "And globes?"))
    assert sorted(talks(store).values()) == [["Maps?", "Answer 2.", "And globes?", "Answer 4."], ["Tea?", "Answer 1."]]


async def test_a_branch_forgets_nothing(serving: Serving, store: Store) -> None:
    async with serving(agent(lambda _: "Hm."), store=store) as client:
        for said in (("a",), ("a", "Hm.", "b"), ("a", "Hm.", "b", "Hm.", "c"), ("a", "Hm.", "x")):
            await client.post(CHAT, json=body(*said))
    assert list(talks(store).values()) == [["a", "Hm.", "b", "Hm.", "c", "Hm."], ["x", "Hm."]]


async def test_a_client_may_name_the_conversation(serving: Serving, store: Store) -> None:
    async with serving(agent(), store=store) as client:
        for said in ("Maps?", "Tea?"):
            await client.post(CHAT, json=body(said, metadata={"conversation": "monday"}, user="Ines"))
        refused = await client.post(CHAT, json=body("?", metadata={"conversation": "x" * 300}))
    assert talks(store) == {"Ines:monday": ["Maps?", "Third shelf.", "Tea?", "Third shelf."]}
    assert refused.status_code == 400


async def test_what_was_forgotten_does_not_come_back_with_the_clients_history(serving: Serving, store: Store) -> None:
    ana = agent()
    async with serving(ana, store=store) as client:
        await client.post(CHAT, json=body("I love tea.", user="Ines"))
        forget(store, Scope("Ana", "Ines"))
        await client.post(CHAT, json=body("I love tea.", "Third shelf.", "And maps?", user="Ines"))
        assert list(talks(store).values()) == [["And maps?", "Third shelf."]]
        assert Believed(store, Scope("Ana", "Ines")).profile().entries == ()


async def test_without_an_answer_nothing_is_kept(serving: Serving, store: Store) -> None:
    async with serving(agent([ZeroDivisionError("x"), "Ana:", "Ana: "]), store=store) as client:
        assert (await client.post(CHAT, json=body("I love tea."))).status_code == 500
        await client.post(CHAT, json=body("I love tea."))
        await client.post(CHAT, json=body("I love tea.", stream=True))
    assert store.count() == 0


async def test_nobody_speaks_under_the_personas_own_name(serving: Serving, store: Store) -> None:
    for kept in (None, store):
        async with serving(agent(), store=kept) as client:
            for user in ("Ana", "ana", " ANA "):
                refused = await client.post(CHAT, json=body("I love tea.", user=user))
                assert (refused.status_code, refused.json()["error"]["param"]) == (400, "user")
    assert store.count() == 0


async def test_an_answer_that_cannot_be_replaced_stays(
    serving: Serving, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(agent(["Answer 0.", "Answer 1."]), store=store) as client:
        await client.post(CHAT, json=body("Maps?"))

        def full(*_: Any) -> None:
            raise StoreError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(Threads, "note", full)
            assert (await client.post(CHAT, json=body("Maps?"))).status_code == 500
    assert list(talks(store).values()) == [["Maps?", "Answer 0."]]
