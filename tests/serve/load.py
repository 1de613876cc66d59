"""Many clients at once, some slow, some gone: bytes over asyncio, so that little of the load is our own."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field

from .raw import post

#: How a client behaves: reads at once, a byte a second until the others are done, or goes in the middle.
READS, SLOW, GOES = "reads", "slow", "goes"


@dataclass
class Load:
    """Streams at once from one server; `run` gives how each kind of client ended.

    ended_at: when all but the slow ones had, by `time.perf_counter`.
    """

    port: int
    model: str
    pieces: int
    others_done: asyncio.Event = field(default_factory=asyncio.Event)
    ended_at: float = 0.0

    async def run(self, reads: int, slow: int = 0, goes: int = 0) -> Counter[tuple[str, str]]:
        """(kind, "done" | "gone" | what was wrong) → how many."""
        lingering = [asyncio.create_task(self._one(SLOW, n)) for n in range(slow)]
        kinds = [READS] * reads + [GOES] * goes
        ended = Counter(await asyncio.gather(*(self._one(kind, n) for n, kind in enumerate(kinds))))
        self.ended_at = time.perf_counter()
        self.others_done.set()
        return ended + Counter(await asyncio.gather(*lingering))

    async def _one(self, kind: str, number: int) -> tuple[str, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        said = f"{kind} {number}"
        asked = {"model": self.model, "messages": [{"role": "user", "content": said}], "user": said, "stream": True}
        writer.write(post(asked, "/v1/chat/completions", "connection: close"))
        try:
            text = await self._heard(kind, reader)
            return kind, "gone" if kind == GOES else _ended(text, said, self.pieces)
        except OSError as error:
            return kind, type(error).__name__
        finally:
            writer.close()

    async def _heard(self, kind: str, reader: asyncio.StreamReader) -> str:
        if kind == GOES:
            await reader.readuntil(b'{"content"')
            return ""
        text = b""
        while kind == SLOW and not self.others_done.is_set():
            text += await reader.readexactly(1)
            await asyncio.sleep(1)
        return (text + await reader.read()).decode()


def _ended(text: str, said: str, pieces: int) -> str:
    """Was everything there, and for this client?"""
    events = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    if not text.startswith("HTTP/1.1 200"):
        return text[:40]
    if not events or events[-1] != "[DONE]":
        return "cut off"
    heard = [json.loads(event)["choices"][0]["delta"].get("content", "") for event in events[:-1]]
    whole = "".join(heard).endswith(f"<{said}>") and len(list(filter(None, heard))) == pieces
    return "done" if whole else "another's words"
