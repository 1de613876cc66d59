"""The profile around another memory: always visible, read once, blind to what is recalled."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.memory import Recalled
from personae.memory.profile.always import AlwaysVisible
from personae.memory.turns import Scope
from personae.types import Conversation, Message

WHERE = Scope("keeper", "Ines", "harbour")


class Old:
    """Recalls a fact that nobody said in this talk."""

    def __init__(self) -> None:
        self.kept: list[Message] = []

    async def recall(self, conversation: Conversation) -> Recalled:
        return Recalled(conversation, ("I love salmon.",))

    async def keep(self, message: Message) -> None:
        self.kept.append(message)


async def test_the_profile_comes_before_what_else_is_recalled_and_recalled_text_is_not_extracted() -> None:
    memory = AlwaysVisible(WHERE, Old())
    talk = Conversation((Message("user", "I hate opera."), Message("assistant", "I love fog."), Message("user", "Hm.")))
    for _ in range(3):
        recalled = await memory.recall(talk)
    assert recalled.facts == ("Ines dislikes: opera", "I love salmon.")
    assert [entry.value for entry in memory.profile.of("persona")] == ["fog"]
    assert len(memory.profile.log) == 2


async def test_what_the_system_prompt_says_is_nobodys_fact() -> None:
    memory = AlwaysVisible(WHERE)
    await memory.recall(Conversation((Message("system", "I love sushi."), Message("user", "Hello."))))
    assert memory.profile.entries == ()


async def test_a_profile_goes_from_one_talk_to_the_next_and_the_latest_wins() -> None:
    first = AlwaysVisible(WHERE)
    await first.recall(Conversation((Message("user", "I love sushi.", at="2026-01-01"),)))
    second = AlwaysVisible(Scope("keeper", "Ines", "market"), profile=first.profile)
    recalled = await second.recall(Conversation((Message("user", "I stopped eating fish.", at="2026-02-01"),)))
    assert recalled.facts == ("Ines avoids: fish",)
    assert second.profile.entries[0].sources == ("market/D1:1",)


async def test_the_reply_is_kept_by_the_inner_memory() -> None:
    inner = Old()
    await AlwaysVisible(WHERE, inner).keep(Message("assistant", "Good night."))
    assert [message.content for message in inner.kept] == ["Good night."]


def test_a_scope_without_a_conversation_is_an_error() -> None:
    with pytest.raises(UsageError, match="no conversation"):
        AlwaysVisible(Scope("keeper", "Ines"))
