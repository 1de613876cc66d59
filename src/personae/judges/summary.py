"""Many verdicts in one number, with what is missing beside it; and many items judged at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from personae.errors import AuthenticationFailed, ModelError, UsageError
from personae.judges.roles import Judge, Verdict
from personae.types import Measurement

Item = TypeVar("Item")

#: Below this share of items with a value an aggregate has none.
MIN_COVERAGE = 0.9


async def judge_all(
    judge: Judge[Item],
    items: Iterable[Item],
    *,
    limit: int = 20,
    progress: Callable[[int, Verdict], None] | None = None,
) -> list[Verdict]:
    """A verdict for each item, in order, at most `limit` judged at a time.

    A `ModelError` becomes a verdict with the reason "failed"; after an `AuthenticationFailed` nothing more is asked.
    `progress` is told the index and the verdict as each one ends. Over a `Cached` model a run that was stopped goes on
    where it was: what was answered is not asked again. Raises `UsageError` for a limit below 1 or an item that cannot
    be judged.
    """
    if limit < 1:
        raise UsageError(f"limit must be at least 1, got {limit!r}")
    verdicts: dict[int, Verdict] = {}
    queue = iter(enumerate(items))
    barred: AuthenticationFailed | None = None

    async def work() -> None:
        nonlocal barred
        for index, item in queue:
            if barred is not None:
                verdict = Verdict(judge.name, reason="failed", why=str(barred))
            else:
                try:
                    verdict = await judge(item)
                except ModelError as error:
                    barred = error if isinstance(error, AuthenticationFailed) else barred
                    verdict = Verdict(judge.name, reason="failed", why=str(error), raw=("",), outcomes=("failed",))
            verdicts[index] = verdict
            if progress:
                progress(index, verdict)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(limit):
                group.create_task(work())
    except* UsageError as errors:
        raise _first(errors) from None
    return [verdicts[index] for index in range(len(verdicts))]


def mean_verdict(
    name: str, verdicts: Sequence[Verdict], *, unit: str = "", min_coverage: float = MIN_COVERAGE
) -> Measurement:
    """The mean value with its 95 % t interval; none where fewer than `min_coverage` of the items have a value.

    `missing` counts the items without one by reason; the details count calls and how each of them ended.

    >>> two = [Verdict("r", 4.0, outcomes=("unparsed", "answered")), Verdict("r", 3.0, outcomes=("answered",))]
    >>> mean_verdict("score", two).details["outcomes"]
    {'unparsed': 1, 'answered': 2}
    """
    from personae.stats.intervals import mean_interval

    values = [verdict.value for verdict in verdicts if verdict.value is not None]
    missing = dict(Counter(verdict.reason for verdict in verdicts if verdict.reason))
    outcomes = dict(Counter(outcome for verdict in verdicts for outcome in verdict.outcomes))
    details = {"calls": sum(verdict.calls for verdict in verdicts), "outcomes": outcomes}
    if reason := too_few(len(values), len(verdicts), min_coverage):
        return Measurement(name, reason=reason, n=len(values), missing=missing, unit=unit, details=details)
    interval = mean_interval(values)
    return Measurement(
        name, interval.value, None, interval.low, interval.high, len(values), missing, unit=unit, details=details
    )


def too_few(valued: int, planned: int, min_coverage: float = MIN_COVERAGE) -> str | None:
    """Why so many values carry no aggregate; None if they do.

    >>> too_few(8, 10), too_few(9, 10)
    ('8 of 10 items have a value; 90 % are needed', None)
    """
    if not planned:
        return "nothing was judged"
    if not valued or valued < min_coverage * planned:
        return f"{valued} of {planned} items have a value; {min_coverage:.0%} are needed".replace("%", " %")
    return None


def _first(errors: BaseExceptionGroup[UsageError]) -> UsageError:
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
