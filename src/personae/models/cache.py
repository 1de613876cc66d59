"""Answers kept on disk, so that no call is paid twice: one SQLite file, addressed by the content of the question.

A key is the SHA-256 of the canonical JSON of everything that decides the answer: model, kind of call, messages, and
settings with the seed or the options. `Settings.timeout_s` is left out: patience does not change an answer. An answer
is in the file before the caller sees it, so a killed process loses none; failures are never kept.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import PersonaeError
from personae.models._store import Store
from personae.types import Completion, Message, Model, OptionScores, Settings, StreamingModel, Usage

FORMAT = 1
#: Set by every call of a `Cached`: whether the answer came from the file. Read by the ledger.
from_cache: ContextVar[bool] = ContextVar("from_cache", default=False)

_APPLICATION = 0x50455243  # "PERC", so that another program's database is not written into
_TABLE = """CREATE TABLE IF NOT EXISTS answers
            (key TEXT PRIMARY KEY, kind TEXT NOT NULL, model TEXT NOT NULL, answer TEXT NOT NULL) WITHOUT ROWID"""


@dataclass(slots=True)
class CacheStats:
    """How often the answer was in the file (or already being asked for), and how often the model was asked."""

    hits: int = 0
    misses: int = 0


class Cached:
    """A model whose answers are remembered in the file `path`. Safe with many tasks and many processes.

    Two equal questions asked at once cost one call. A remembered answer carries the usage it once cost; a `Metered`
    around this wrapper counts it apart. `Settings(seed=None)` asks for chance, so such calls are never remembered.
    A model that has a `fingerprint` (its weights' identity) has it in the key beside its name.

    Raises `FormatError` if the file is damaged or not a cache.

    >>> import asyncio, tempfile
    >>> from personae.models.scripted import Scripted
    >>> model = Cached(Scripted(["Good evening."]), Path(tempfile.mkdtemp()) / "cache.db")
    >>> [asyncio.run(model.generate([Message("user", "Hello")], Settings())).text for _ in range(2)], model.stats
    (['Good evening.', 'Good evening.'], CacheStats(hits=1, misses=1))
    """

    def __init__(self, model: Model, path: Path | str) -> None:
        self.model = model
        self.path = Path(path)
        self.stats = CacheStats()
        self._under_way: dict[tuple[asyncio.AbstractEventLoop, str], asyncio.Future[str]] = {}
        self._store = Store(self.path, _APPLICATION, _TABLE)

    @property
    def name(self) -> str:
        """The wrapped model's name."""
        return self.model.name

    def __getattr__(self, attribute: str) -> Any:
        """How much the model reads, how it counts, and speaking from several worlds, where the model can."""
        if attribute in ("context", "count_tokens"):
            return getattr(self.model, attribute)
        if attribute == "step_worlds" and hasattr(self.model, attribute):
            return self._step_worlds
        raise AttributeError(f"{type(self).__name__!r} has no attribute {attribute!r}")

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        """The remembered answer, or the model's."""
        from_cache.set(False)
        if settings.seed is None:
            self.stats.misses += 1
            return await self.model.generate(messages, settings)
        key = self._key("generate", messages, settings=_plain(settings))
        return _completion(await self._answer(key, "generate", lambda: self.model.generate(messages, settings)))

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        """The remembered scores, or the model's."""
        from_cache.set(False)
        key = self._key("logprobs", messages, options=list(options))
        return _scores(await self._answer(key, "logprobs", lambda: self.model.logprobs(messages, options)))

    async def stream(self, messages: Sequence[Message], settings: Settings) -> AsyncIterator[str]:
        """The remembered text in one piece, or the model's pieces; a stream heard to its end is remembered.

        A stream does not tell how it stopped or what it cost, so `generate` does not answer from one.
        """
        from_cache.set(False)
        keys = [self._key(kind, messages, settings=_plain(settings)) for kind in ("stream", "generate")]
        stored = None if settings.seed is None else self._read(keys[0]) or self._read(keys[1])
        if stored is not None:
            self.stats.hits += 1
            from_cache.set(True)
            yield _fields(stored)["text"]
            return
        self.stats.misses += 1
        pieces = []
        async for piece in spoken(self.model, messages, settings):
            pieces.append(piece)
            yield piece
        if settings.seed is not None:
            self._write(keys[0], "stream", json.dumps({"text": "".join(pieces)}))

    async def _step_worlds(self, prompts: Sequence[Sequence[Message]], mix: Any, settings: Settings) -> Completion:
        """The model's answer, never remembered: a mix has no name that a key could hold."""
        from_cache.set(False)
        self.stats.misses += 1
        completion: Completion = await self.model.step_worlds(prompts, mix, settings)  # type: ignore[attr-defined]
        return completion

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    async def _answer(
        self, key: str, kind: str, ask: Callable[[], Awaitable[Completion]] | Callable[[], Awaitable[OptionScores]]
    ) -> str:
        """The stored JSON for this key, asking the model if nobody has and nobody is."""
        loop = asyncio.get_running_loop()
        while (others := self._under_way.get((loop, key))) is not None:
            await asyncio.wait([others])
            if not others.cancelled():
                self.stats.hits += 1
                from_cache.set(True)
                return others.result()
        stored = self._read(key)
        if stored is not None:
            self.stats.hits += 1
            from_cache.set(True)
            return stored
        self.stats.misses += 1
        future = self._under_way[loop, key] = loop.create_future()
        try:
            answer = json.dumps(dataclasses.asdict(await ask()))
            from_cache.set(False)
            self._write(key, kind, answer)
            future.set_result(answer)
            return answer
        except PersonaeError as error:
            future.set_exception(error)
            future.exception()  # seen: nobody else may be waiting
            raise
        finally:
            future.cancel()  # does nothing when there is a result; otherwise the others ask for themselves
            del self._under_way[loop, key]

    def _key(self, kind: str, messages: Sequence[Message], **asked: Any) -> str:
        question = {
            "format": FORMAT,
            "model": self.model.name,
            "weights": getattr(self.model, "fingerprint", None),
            "kind": kind,
            "messages": [dataclasses.asdict(message) for message in messages],
            **asked,
        }
        canonical = json.dumps(question, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()

    def _read(self, key: str) -> str | None:
        rows = self._store.rows("SELECT answer FROM answers WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def _write(self, key: str, kind: str, answer: str) -> None:
        self._store.write("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?)", [(key, kind, self.model.name, answer)])


async def spoken(model: Model, messages: Sequence[Message], settings: Settings) -> AsyncIterator[str]:
    """The pieces of a model that streams; the whole text in one piece from one that does not."""
    if isinstance(model, StreamingModel):
        async for piece in model.stream(messages, settings):
            yield piece
    else:
        yield (await model.generate(messages, settings)).text


def _plain(settings: Settings) -> dict[str, Any]:
    fields = dataclasses.asdict(settings)
    del fields["timeout_s"]
    if fields["json_schema"] is None:
        del fields["json_schema"]  # answers from before there were schemas stay valid
    return fields


def _completion(stored: str) -> Completion:
    fields = _fields(stored)
    return Completion(**{**fields, "usage": Usage(**fields["usage"])})


def _scores(stored: str) -> OptionScores:
    fields = _fields(stored)
    logprobs, tokens = tuple(fields["logprobs"]), tuple(fields["tokens"])
    return OptionScores(**{**fields, "logprobs": logprobs, "tokens": tokens, "usage": Usage(**fields["usage"])})


def _fields(stored: str) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = json.loads(stored)
    return fields
