"""Talks with an agent that remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from personae.agent import Agent, Turn
from personae.memory.long_term import LongTerm
from personae.memory.store import Store, open_store
from personae.memory.turns import Scope
from personae.models.scripted import Scripted
from personae.persona.persona import Persona
from personae.types import Conversation, Message

Remembering = Callable[..., LongTerm]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(open_store(path)) as opened:
        yield opened


@pytest.fixture
def remembering(store: Store) -> Remembering:
    """A memory by words alone of a talk of its own, at one minute after the other."""
    minutes = iter(range(10_000))

    def clock() -> str:
        minute = next(minutes)
        return f"2026-03-{1 + minute // 1440:02d}T{minute // 60 % 24:02d}:{minute % 60:02d}:00+00:00"

    def made(conversation: str, user: str = "Ines", agent: str = "Keeper", **options: object) -> LongTerm:
        return LongTerm(store, Scope(agent, user, conversation), clock=clock, **options)  # type: ignore[arg-type]

    return made


async def talk(memory: LongTerm, *lines: str, answer: str = "I see.") -> tuple[Conversation, Turn]:
    """The whole talk, and its last turn, where every line gets the same answer."""
    agent = Agent(Persona(name=memory.scope.agent), Scripted([answer] * len(lines)), memory, user=memory.scope.user)
    said = Conversation()
    for line in lines:
        said += Message("user", line)
        turn = await agent.reply(said)
        said += turn.message
    return said, turn
