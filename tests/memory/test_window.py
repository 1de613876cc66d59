"""The window: the newest messages that fit."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.memory import Window
from personae.types import Conversation, Message


def talk(*lines: str) -> Conversation:
    return Conversation(tuple(Message("assistant" if n % 2 else "user", line) for n, line in enumerate(lines)))


async def recalled(window: Window, *lines: str) -> tuple[list[str], int]:
    found = await window.recall(talk(*lines))
    return [message.content for message in found.conversation], found.forgotten


async def test_without_limits_everything_is_recalled() -> None:
    assert await recalled(Window(), "a", "b", "c") == (["a", "b", "c"], 0)
    assert await recalled(Window()) == ([], 0)


async def test_the_newest_messages_stay() -> None:
    assert await recalled(Window(max_messages=2), "a", "b", "c") == (["b", "c"], 1)


async def test_tokens_are_counted_from_the_end() -> None:
    window = Window(max_tokens=4, count_tokens=len)
    assert await recalled(window, "aaa", "bb", "cc") == (["bb", "cc"], 1)


async def test_the_last_message_is_recalled_whatever_it_costs() -> None:
    assert await recalled(Window(max_tokens=1, count_tokens=len), "a", "long line") == (["long line"], 1)


@pytest.mark.parametrize("limit", [{"max_messages": 0}, {"max_tokens": -1}])
def test_a_window_of_nothing_is_an_error(limit: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        Window(**limit)
