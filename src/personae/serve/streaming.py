"""A reply on its way to a client: pieces as they are spoken, and the end only when the turn is kept."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from personae.agent import Turn
from personae.agent.roles import OnText

#: Asks for a reply, which is heard piece by piece.
Ask = Callable[[OnText | None], Coroutine[Any, Any, Turn]]


class Unlabelled:
    """Holds back the speaker's label that some models put in front ("Ana: "), and the blanks before the first word.

    >>> hear = Unlabelled("Ana")
    >>> [hear(piece) for piece in (" An", "a:", " Third", " shelf.")]
    ['', '', 'Third', ' shelf.']
    """

    def __init__(self, name: str) -> None:
        self._label = f"{name}:"
        self._held: str | None = ""

    def __call__(self, piece: str) -> str:
        """What of it may be passed on now."""
        if self._held is None:
            return piece
        self._held = (self._held + piece).lstrip()
        if not self._held.strip() or self._label.startswith(self._held):
            return ""
        text = self._held.removeprefix(self._label).lstrip()
        if not text:
            self._held = self._label
            return ""
        self._held = None
        return text


async def streamed(ask: Ask, name: str, *, live: bool) -> AsyncGenerator[str | Turn]:
    """Pieces of a reply, and at the end the turn itself, which is kept by then.

    live: pass on what is spoken; a reply that is looked at again before it counts comes in one piece.

    Closing the generator early stops the model.
    """
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    clean = Unlabelled(name)
    task = asyncio.ensure_future(ask(queue.put_nowait if live else None))
    task.add_done_callback(lambda _: queue.put_nowait(None))
    sent = ""
    try:
        while (piece := await queue.get()) is not None:
            if text := clean(piece):
                sent += text
                yield text
        turn = task.result()
        if not sent and turn.message.content:
            yield turn.message.content
        yield turn
    finally:
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
