"""Many calls to one model in a bounded loop: the fast path of surveys, populations and bulk scoring.

Failures become outcomes. Results come in the order of the requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from personae.errors import AuthenticationFailed, ModelError, UsageError
from personae.types import Completion, Message, Model, OptionScores, Outcome, Settings

T = TypeVar("T", Completion, OptionScores)
Request = tuple[Sequence[Message], Settings]
Question = tuple[Sequence[Message], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """What one call gave: a value, or the error that kept it from giving one. Never both, never neither."""

    value: T | None = None
    error: ModelError | None = None

    @property
    def outcome(self) -> Outcome:
        """The outcome of the value, or "failed"."""
        return "failed" if self.value is None else self.value.outcome


async def generate_many(
    model: Model,
    requests: Iterable[Request],
    *,
    limit: int = 20,
    progress: Callable[[int, Result[Completion]], None] | None = None,
) -> list[Result[Completion]]:
    """A completion for each (messages, settings), at most `limit` at a time; `requests` may be a generator.

    `progress` is told the index and the result of each call as it ends. After an `AuthenticationFailed` nothing more
    is asked: the remaining results carry the same error. Raises `UsageError` for a limit below 1.
    """
    return await _bounded(lambda request: model.generate(*request), requests, limit, progress)


async def logprobs_many(
    model: Model,
    questions: Iterable[Question],
    *,
    limit: int = 20,
    progress: Callable[[int, Result[OptionScores]], None] | None = None,
) -> list[Result[OptionScores]]:
    """Option scores for each (messages, options); otherwise as `generate_many`."""
    return await _bounded(lambda question: model.logprobs(*question), questions, limit, progress)


Asked = TypeVar("Asked")


async def _bounded(
    call: Callable[[Asked], Awaitable[T]],
    items: Iterable[Asked],
    limit: int,
    progress: Callable[[int, Result[T]], None] | None,
) -> list[Result[T]]:
    if limit < 1:
        raise UsageError(f"limit must be at least 1, got {limit!r}")
    results: dict[int, Result[T]] = {}
    queue = iter(enumerate(items))
    barred: AuthenticationFailed | None = None

    async def work() -> None:
        nonlocal barred
        for index, item in queue:
            result: Result[T] = Result(error=barred)
            if barred is None:
                try:
                    result = Result(await call(item))
                except ModelError as error:
                    barred = error if isinstance(error, AuthenticationFailed) else barred
                    result = Result(error=error)
            results[index] = result
            if progress:
                progress(index, result)

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(work())
    return [results[index] for index in range(len(results))]
