"""The role `Reward`: a number for each reply to an ask, higher is better; and judges and embedders that play it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from personae.errors import UsageError
from personae.judges.roles import Judge
from personae.judges.summary import judge_all
from personae.types import Embedder

Item = TypeVar("Item")


class Reward(Protocol):
    """Says how good each reply is to the ask beside it."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    async def __call__(self, asks: Sequence[str], replies: Sequence[str], /) -> Sequence[float | None]:
        """One number per pair, on a scale of its own; None where it has none. Raises UsageError for unequal lists."""
        ...


@dataclass(frozen=True)
class Similarity:
    """The cosine of ask and reply: the cheapest reward there is, and near chance in the contrast test."""

    embedder: Embedder

    @property
    def name(self) -> str:
        """ "similarity/" and the embedder's name."""
        return f"similarity/{self.embedder.name}"

    async def __call__(self, asks: Sequence[str], replies: Sequence[str], /) -> Sequence[float | None]:
        """The cosines, −1 … 1."""
        same_length(asks, replies)
        texts = list(dict.fromkeys([*asks, *replies]))
        at = {text: place for place, text in enumerate(texts)}
        vectors = self.embedder.embed(texts)
        return [float(vectors[at[ask]] @ vectors[at[reply]]) for ask, reply in zip(asks, replies, strict=True)]


@dataclass(frozen=True)
class Judged:
    """The verdict of a judge of single replies (rubric, flaw list); `item` makes what it judges of ask and reply."""

    judge: Judge[Any]
    item: Callable[[str, str], Any]
    limit: int = 20

    @property
    def name(self) -> str:
        """The judge's name."""
        return self.judge.name

    async def __call__(self, asks: Sequence[str], replies: Sequence[str], /) -> Sequence[float | None]:
        """The values; None for a verdict without one."""
        same_length(asks, replies)
        items = [self.item(ask, reply) for ask, reply in zip(asks, replies, strict=True)]
        return [verdict.value for verdict in await judge_all(self.judge, items, limit=self.limit)]


def same_length(asks: Sequence[str], replies: Sequence[str]) -> None:
    """Raise `UsageError` unless there is one reply for each ask."""
    if len(asks) != len(replies):
        raise UsageError(f"{len(asks)} asks but {len(replies)} replies; give one reply for each ask")
