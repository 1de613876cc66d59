"""The history of a question as a note of at most 2,048 tokens: what a memory kept of it, written before the question.

The condition "note" of the measure. [PersonaMem-v2 2025: an agentic memory beside the full history]
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, get_args

from personae.errors import UsageError
from personae.memory.note import ModelWriter, RuleWriter, write_note
from personae.memory.turns import Scope, Turn, turn_id
from personae.types import Message, Model

#: "rules" write by the patterns of the profile, without a model; "model" is the one that is tested.
WriterName = Literal["rules", "model"]
WRITERS: tuple[str, ...] = get_args(WriterName)


async def noted(history: Sequence[Message], writer: WriterName, model: Model) -> str:
    """The note after a history, in Markdown bullets. The writer sees chunk by chunk, and no question.

    Raises UsageError for another writer, and what the model raises.

    >>> import asyncio
    >>> from personae.models import Scripted
    >>> said = [Message("user", "I love tea."), Message("user", "I gave up tea.")]
    >>> asyncio.run(noted(said, "rules", Scripted()))
    '- avoids: tea'
    """
    if writer not in WRITERS:
        raise UsageError(f"unknown writer {writer!r} of notes; known are {', '.join(WRITERS)}")
    note = await write_note(turns_of(history), RuleWriter() if writer == "rules" else ModelWriter(model))
    return note.text


class Notes:
    """The notes of histories, each written once, also where several questions want it at the same time."""

    def __init__(self) -> None:
        self._locks: defaultdict[tuple[str, tuple[Message, ...]], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._texts: dict[tuple[str, tuple[Message, ...]], str] = {}

    async def __call__(self, history: tuple[Message, ...], writer: WriterName, model: Model) -> str:
        """As `noted`."""
        key = (f"{writer}/{model.name}", history)
        async with self._locks[key]:
            if key not in self._texts:
                self._texts[key] = await noted(history, writer, model)
            return self._texts[key]


def turns_of(history: Sequence[Message]) -> list[Turn]:
    """Messages as turns of one session; those without a word are left out."""
    where = Scope("assistant", "user", "history")
    return [
        Turn(turn_id(1, number), where, "1", message.role, message.content)
        for number, message in enumerate(history, 1)
        if message.role in ("user", "assistant") and message.content.strip()
    ]
