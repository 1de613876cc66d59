"""What calls cost, and for whom: tokens, shared prefixes, seconds, failures, and money where prices are given."""

from __future__ import annotations

import dataclasses
import json
import os
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from personae.errors import FormatError, ModelError
from personae.files import MEGABYTE, read_limited
from personae.models.cache import from_cache, spoken
from personae.types import Completion, Message, Model, OptionScores, Settings, Usage

_A = TypeVar("_A", Completion, OptionScores)
_LARGEST = 512 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Prices:
    """Money per million tokens, in one currency of your choice. `cached_input` is `input` unless given.

    >>> round(Prices(input=1.0, output=4.0).cost(Usage(prompt_tokens=1_000_000, completion_tokens=500_000)), 6)
    3.0
    """

    input: float
    output: float
    cached_input: float | None = None

    def cost(self, usage: Usage) -> float:
        """What this usage costs. Cached tokens are part of the prompt tokens."""
        cached_price = self.input if self.cached_input is None else self.cached_input
        fresh = max(0, usage.prompt_tokens - usage.cached_tokens)
        return (
            fresh * self.input + usage.cached_tokens * cached_price + usage.completion_tokens * self.output
        ) / 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One call. `prefix_tokens` is how much of the prompt repeats the previous one of the same `who` (see `Ledger`)."""

    who: str
    model: str
    kind: str
    usage: Usage = field(default_factory=Usage)
    prefix_tokens: int = 0
    hit: bool = False
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """Sums over calls. `calls` were sent to the model (failed ones among them); `hits` were answered by a cache."""

    calls: int = 0
    hits: int = 0
    usage: Usage = field(default_factory=Usage)
    prefix_tokens: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    money: float | None = None

    @property
    def prefix_share(self) -> float | None:
        """Share of the prompt tokens that repeat the previous prompt, 0–1; None without prompt tokens."""
        return self.prefix_tokens / self.usage.prompt_tokens if self.usage.prompt_tokens else None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, with the prefix share."""
        return {**dataclasses.asdict(self), "prefix_share": self.prefix_share}


class Ledger:
    """Entries in order; with a `path` each is also a line of a JSON Lines file, which a later ledger continues.

    The shared prefix is counted in characters of role and content, as a share of the prompt, times its prompt tokens:
    an estimate that needs no tokeniser. Answers from a cache are counted as `hits` and cost nothing.

    >>> ledger = Ledger(prices=Prices(input=1.0, output=1.0))
    >>> ledger.add(Entry("Ana", "scripted", "generate", Usage(10, 5)))
    >>> ledger.total().calls, ledger.summary()["Ana"].usage.prompt_tokens
    (1, 10)
    """

    def __init__(self, path: Path | str | None = None, prices: Prices | None = None) -> None:
        self.path = Path(path) if path is not None else None
        self.prices = prices
        self._lock = threading.Lock()
        self._last_prompt: dict[str, str] = {}
        self.entries: list[Entry] = []
        if self.path is not None and self.path.exists():
            self.entries = _read(self.path)

    def add(self, entry: Entry) -> None:
        """Keep an entry; it is in the file when this returns."""
        with self._lock:
            self.entries.append(entry)
            if self.path is not None:
                _append(self.path, json.dumps(dataclasses.asdict(entry), separators=(",", ":")))

    def total(self) -> Total:
        """The sum over everybody."""
        return self._sum(self.entries)

    def summary(self) -> dict[str, Total]:
        """The sum for each `who`, in order of first appearance."""
        groups: dict[str, list[Entry]] = {}
        for entry in self.entries:
            groups.setdefault(entry.who, []).append(entry)
        return {who: self._sum(entries) for who, entries in groups.items()}

    def shared_prefix(self, who: str, messages: Sequence[Message]) -> float:
        """Share of this prompt that equals the start of `who`'s previous one, 0–1; this one becomes the previous.

        The place where they part is found by halving, for long prompts come by the thousand.
        """
        prompt = "".join(f"{message.role}\0{message.content}\0" for message in messages)
        with self._lock:
            before = self._last_prompt.get(who, "")
            self._last_prompt[who] = prompt
        equal, most = 0, min(len(before), len(prompt))
        while equal < most:
            half = (equal + most + 1) // 2
            equal, most = (half, most) if before.startswith(prompt[:half]) else (equal, half - 1)
        return equal / len(prompt) if prompt else 0.0

    def _sum(self, entries: Iterable[Entry]) -> Total:
        entries = list(entries)
        sent = [entry for entry in entries if not entry.hit]
        usage = sum((entry.usage for entry in sent), Usage())
        return Total(
            calls=len(sent),
            hits=len(entries) - len(sent),
            usage=usage,
            prefix_tokens=sum(entry.prefix_tokens for entry in sent),
            failures=dict(Counter(entry.failure for entry in sent if entry.failure)),
            money=self.prices.cost(usage) if self.prices else None,
        )


class Metered:
    """A model whose calls are written into a ledger, on the account of `who`. Put it outside a `Cached`.

    >>> import asyncio
    >>> from personae.models.scripted import Scripted
    >>> ledger = Ledger()
    >>> model = Metered(Scripted(["Good evening to you."]), ledger, who="Ana")
    >>> _ = asyncio.run(model.generate([Message("user", "Hello")], Settings()))
    >>> ledger.summary()["Ana"].usage.completion_tokens
    4
    """

    def __init__(
        self, model: Model, ledger: Ledger, who: str = "", *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.model, self.ledger, self.who, self._clock = model, ledger, who, clock

    @property
    def name(self) -> str:
        """The wrapped model's name."""
        return self.model.name

    def on_account_of(self, who: str) -> Metered:
        """The same model and ledger on another account."""
        return Metered(self.model, self.ledger, who, clock=self._clock)

    def __getattr__(self, attribute: str) -> Any:
        """How much the model reads, how it counts, and speaking from several worlds, where the model can."""
        if attribute in ("context", "count_tokens"):
            return getattr(self.model, attribute)
        if attribute == "step_worlds" and hasattr(self.model, attribute):
            return self._step_worlds
        raise AttributeError(f"{type(self).__name__!r} has no attribute {attribute!r}")

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        """The model's answer, entered into the ledger."""
        return await self._enter("generate", messages, self.model.generate(messages, settings))

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        """The model's scores, entered into the ledger."""
        return await self._enter("logprobs", messages, self.model.logprobs(messages, options))

    async def stream(self, messages: Sequence[Message], settings: Settings) -> AsyncIterator[str]:
        """The model's pieces. The entry has seconds but no tokens: a stream does not tell them."""
        from_cache.set(False)
        started = self._clock()
        failure = None
        self.ledger.shared_prefix(self.who, messages)
        try:
            async for piece in spoken(self.model, messages, settings):
                yield piece
        except ModelError as error:
            failure = type(error).__name__
            raise
        finally:
            usage = Usage(seconds=self._clock() - started)
            self.ledger.add(Entry(self.who, self.name, "stream", usage, hit=from_cache.get(), failure=failure))

    async def _step_worlds(self, prompts: Sequence[Sequence[Message]], mix: Any, settings: Settings) -> Completion:
        """The model's answer, entered into the ledger; the shared prefix is that of the first world."""
        answering = self.model.step_worlds(prompts, mix, settings)  # type: ignore[attr-defined]
        return await self._enter("step_worlds", prompts[0], answering)

    async def _enter(self, kind: str, messages: Sequence[Message], answering: Awaitable[_A]) -> _A:
        from_cache.set(False)
        started = self._clock()
        try:
            answer = await answering
        except ModelError as error:
            usage = Usage(seconds=self._clock() - started)
            self.ledger.add(Entry(self.who, self.name, kind, usage, failure=type(error).__name__))
            raise
        if from_cache.get():
            self.ledger.add(Entry(self.who, self.name, kind, answer.usage, hit=True))
            return answer
        share = self.ledger.shared_prefix(self.who, messages)
        usage = dataclasses.replace(answer.usage, seconds=answer.usage.seconds or self._clock() - started)
        self.ledger.add(Entry(self.who, self.name, kind, usage, round(share * usage.prompt_tokens)))
        return answer


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def _read(path: Path) -> list[Entry]:
    """The entries of a file. A last line that a crash left unfinished is removed from it."""
    data = read_limited(path, _LARGEST)
    whole = data.rfind(b"\n") + 1
    if whole < len(data) and not data[whole:].startswith(b'{"who":'[: len(data) - whole]):
        whole = len(data)  # not ours: let the line be refused, not removed
    entries = []
    for number, line in enumerate(data[:whole].decode("utf-8", "replace").splitlines(), 1):
        try:
            fields = json.loads(line)
            entries.append(Entry(**{**fields, "usage": Usage(**fields["usage"])}))
        except (ValueError, TypeError, KeyError) as error:
            raise FormatError(f"line {number} of the ledger {str(path)!r} is no entry: {line[:80]!r}") from error
    if whole < len(data):
        os.truncate(path, whole)
    return entries
