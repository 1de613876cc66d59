"""Several judges on one item: the mean over those that gave a value, every judge in a column of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Generic, TypeVar

from personae.errors import ModelError, UsageError
from personae.judges.agreement import krippendorff_alpha
from personae.judges.roles import Judge, Verdict
from personae.judges.summary import MIN_COVERAGE, mean_verdict
from personae.types import Measurement, Usage

Item = TypeVar("Item")


@dataclass(frozen=True)
class Ensemble(Generic[Item]):
    """Judges of one scale, asked at once. The value is the mean over those with a value (PersonaGym: two judges).

    The details hold each judge's value or reason under "columns". Where no judge has a value the reason is theirs if
    they share it, else "mixed". A judge whose model fails for good counts as "failed" as long as another one answers.

    >>> import asyncio
    >>> from personae.judges.pairwise import PairItem, PairwiseJudge
    >>> from personae.models import Scripted
    >>> sure, stuck = (Scripted(said, name) for name, said in {"x": ["[[A]]", "[[B]]"], "y": ["[[A]]"] * 2}.items())
    >>> both = Ensemble((PairwiseJudge(sure), PairwiseJudge(stuck)))
    >>> verdict = asyncio.run(both(PairItem("Where to?", "To the river.", "I am a language model.")))
    >>> verdict.value, verdict.details["columns"]["pairwise/in_character/y"]["reason"]
    (1.0, 'inconsistent')
    """

    judges: tuple[Judge[Item], ...]

    def __post_init__(self) -> None:
        names = [judge.name for judge in self.judges]
        if not names or len(set(names)) < len(names):
            raise UsageError(f"an ensemble needs judges with different names, got {names!r}")

    @property
    def name(self) -> str:
        """ "ensemble/" and the judges' names."""
        return f"ensemble/{'+'.join(judge.name for judge in self.judges)}"

    async def __call__(self, item: Item, /) -> Verdict:
        """The verdicts of all judges in one. Raises a `ModelError` only where every judge did."""
        return self.joined(await asyncio.gather(*(_settled(judge, item) for judge in self.judges)))

    def joined(self, given: Sequence[Verdict | ModelError]) -> Verdict:
        """The verdict from what each judge gave, in the order of the judges."""
        errors = [got for got in given if isinstance(got, ModelError)]
        if len(errors) == len(given):
            raise errors[0]
        verdicts = [
            Verdict(judge.name, reason="failed", why=str(got), raw=("",), outcomes=("failed",))
            if isinstance(got, ModelError)
            else got
            for judge, got in zip(self.judges, given, strict=True)
        ]
        values = [verdict.value for verdict in verdicts if verdict.value is not None]
        reasons = {verdict.reason for verdict in verdicts if verdict.reason}
        sure = [verdict.certainty for verdict in verdicts if verdict.certainty is not None]
        return Verdict(
            self.name,
            sum(values) / len(values) if values else None,
            None if values else (reasons.pop() if len(reasons) == 1 else "mixed"),
            "" if values else "; ".join(f"{verdict.judge}: {verdict.why}" for verdict in verdicts),
            sum(sure) / len(sure) if sure else None,
            tuple(chain.from_iterable(verdict.raw for verdict in verdicts)),
            tuple(chain.from_iterable(verdict.outcomes for verdict in verdicts)),
            sum((verdict.usage for verdict in verdicts), Usage()),
            {"columns": {verdict.judge: _column(verdict) for verdict in verdicts}},
        )


def ensemble_report(
    name: str, verdicts: Sequence[Verdict], *, unit: str = "", min_coverage: float = MIN_COVERAGE
) -> tuple[Measurement, ...]:
    """The mean of the ensemble's verdicts, the mean of each judge ("name/judge"), and their agreement.

    "name/agreement" is Krippendorff's interval alpha over items with values of at least two judges; n counts them.
    """
    columns: dict[str, list[float | None]] = {}
    missing: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        for judge, column in verdict.details["columns"].items():
            columns.setdefault(judge, []).append(column["value"])
            missing.setdefault(judge, Counter()).update([column["reason"]] if column["reason"] else [])
    each = [
        replace(
            mean_verdict(f"{name}/{judge}", _as_verdicts(judge, column), unit=unit, min_coverage=min_coverage),
            missing=dict(missing[judge]),
            details={},
        )
        for judge, column in columns.items()
    ]
    return (
        mean_verdict(name, verdicts, unit=unit, min_coverage=min_coverage),
        *each,
        _agreement(f"{name}/agreement", list(columns.values())),
    )


def _agreement(name: str, columns: Sequence[Sequence[float | None]]) -> Measurement:
    shared = sum(len([value for value in row if value is not None]) > 1 for row in zip(*columns, strict=True))
    if len(columns) < 2:
        return Measurement(name, reason="one judge agrees with itself")
    alpha = krippendorff_alpha(columns)
    if alpha is None:
        return Measurement(name, reason="no two judges differ or share an item", n=shared)
    return Measurement(name, alpha, n=shared, unit="Krippendorff's alpha")


def _as_verdicts(judge: str, column: Sequence[float | None]) -> list[Verdict]:
    return [Verdict(judge, value, "failed" if value is None else None) for value in column]


def _column(verdict: Verdict) -> dict[str, Any]:
    return {"value": verdict.value, "reason": verdict.reason, "certainty": verdict.certainty}


async def _settled(judge: Judge[Item], item: Item) -> Verdict | ModelError:
    try:
        return await judge(item)
    except ModelError as error:
        return error
