"""Is a clone better than averaging? Predictions beside the cheap ones, with what they differ by.

A clone is advertised only where it beats the person's own facet mean, and the same mean rounded where it predicts whole
points; anything else "adds nothing over averaging".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.measure.cloning.baselines import baselines
from personae.measure.cloning.metric import Errors, errors_of, interval, summed
from personae.measure.cloning.people import People
from personae.measure.cloning.split import Split
from personae.stats.intervals import FloatArray
from personae.types import Measurement

#: What every prediction is held against, and what whole-number predictions are held against as well.
REFERENCE, ROUNDED_REFERENCE = "facet_mean", "facet_mean_rounded"
BETTER, NOTHING_ADDED = "better than averaging", "adds nothing over averaging"
#: With a smaller share of answers predicted, no verdict is given.
MIN_COVERAGE = 0.9


@dataclass(frozen=True, eq=False)
class Prediction:
    """A clone's answers: points for the domain, people × test items, NaN where there is none.

    rows: the rows of the table they belong to; None for all. lost: how those without an answer ended, counted.
    """

    scored_PT: FloatArray
    rows: tuple[int, ...] | None = None
    lost: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """A predictor: its error, how much it differs from the reference (negative: nearer to the people), the verdict.

    `difference` is to the facet mean, `difference_rounded` to the rounded facet mean, the latter only where all
    predictions are whole points. `verdict` is "" for the references themselves.
    """

    name: str
    error: Measurement
    difference: Measurement
    difference_rounded: Measurement | None
    verdict: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        rounded = self.difference_rounded
        return {
            "name": self.name,
            "error": self.error.to_dict(),
            "difference": self.difference.to_dict(),
            "difference_rounded": rounded.to_dict() if rounded else None,
            "verdict": self.verdict,
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All predictors on one table, baselines first."""

    people: int
    profile_items: int
    test_items: int
    missing_answers: int
    coding: str
    judged: tuple[Judged, ...]

    def __getitem__(self, name: str) -> Judged:
        """The predictor of that name."""
        return next(one for one in self.judged if one.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        about = {name: getattr(self, name) for name in ("people", "profile_items", "test_items", "missing_answers")}
        return {**about, "coding": self.coding, "predictors": [one.to_dict() for one in self.judged]}


def evaluate(
    people: People, split: Split, predictions: Mapping[str, Prediction] | None = None, *, seed: int = 0
) -> Evaluation:
    """All baselines, and these predictions, on the test items of these people; intervals by bootstrap over people.

    A prediction of some people is compared with the reference on those people. Raises `UsageError` for predictions
    of another shape, or under a baseline's name.
    """
    columns = people.columns(split.test)
    answers = people.scored_PI[:, columns]
    cheap = {name: Prediction(baseline(people, split)) for name, baseline in baselines(people.instrument).items()}
    if taken := set(cheap) & set(predictions or {}):
        raise UsageError(f"{min(taken)!r} is a baseline; give the prediction another name")
    judged = []
    for name, one in (cheap | dict(predictions or {})).items():
        rows = list(range(len(people))) if one.rows is None else list(one.rows)
        if one.scored_PT.shape != (len(rows), len(columns)):
            raise UsageError(
                f"{name!r} predicts {one.scored_PT.shape!r}, for {len(rows)} people × {len(columns)} items"
            )
        against = {each: cheap[each].scored_PT[rows] for each in (REFERENCE, ROUNDED_REFERENCE)}
        judged.append(_judged(name, one, answers[rows], against, people, split, seed))
    return Evaluation(
        len(people), len(split.profile), len(split.test), people.missing, people.coding, tuple(judged)
    )  # fmt: skip


def _judged(
    name: str,
    one: Prediction,
    answers: FloatArray,
    against: Mapping[str, FloatArray],
    people: People,
    split: Split,
    seed: int,
) -> Judged:
    found = errors_of(one.scored_PT, answers, split.test, people.instrument)
    both = {each: _difference(one.scored_PT, points, answers, people, split) for each, points in against.items()}
    difference = _paired(f"{name}.difference", both[REFERENCE], seed)
    whole = bool(np.all(np.isnan(one.scored_PT) | (one.scored_PT == np.rint(one.scored_PT))))
    rounded = _paired(f"{name}.difference_rounded", both[ROUNDED_REFERENCE], seed) if whole else None
    verdict = "" if name.startswith(REFERENCE) else _verdict(found, difference, rounded)
    return Judged(name, _error(name, found, one.lost, seed), difference, rounded, verdict)


def _verdict(found: Errors, difference: Measurement, rounded: Measurement | None) -> str:
    if found.coverage < MIN_COVERAGE:
        return f"{found.coverage:.0%} of the answers are predicted; {MIN_COVERAGE:.0%} are needed for a verdict"
    compared = [difference] if rounded is None else [difference, rounded]
    return BETTER if all(one.high is not None and one.high < 0 for one in compared) else NOTHING_ADDED


def _error(name: str, found: Errors, lost: Mapping[str, int], seed: int) -> Measurement:
    value = summed(found.error_PD)
    low, high = interval(found.error_PD, seed=seed)
    missing = dict(lost) if lost else ({"unpredicted": found.unpredicted} if found.unpredicted else {})
    least, most = found.bounds
    details = {
        "by_domain": found.by_domain,
        "least": least,
        "most": most,
        "unpredicted": found.unpredicted,
        "skipped": found.skipped,
        "compared": found.compared,
    }
    why = None if value is not None else "no person has both a prediction and an answer in one of the domains"
    return Measurement(
        name, value, why, low, high, n=len(found.error_PD), missing=missing, unit="points", details=details
    )


def _difference(
    predicted: FloatArray, reference: FloatArray, answers: FloatArray, people: People, split: Split
) -> FloatArray:
    """Error minus the reference's error, people × domains, over the cells that both predict."""
    shared = np.where(np.isnan(predicted) | np.isnan(reference), np.nan, answers)
    pair = [errors_of(points, shared, split.test, people.instrument).error_PD for points in (predicted, reference)]
    return pair[0] - pair[1]


def _paired(name: str, difference_PD: FloatArray, seed: int) -> Measurement:
    value = summed(difference_PD)
    low, high = interval(difference_PD, seed=seed)
    why = None if value is not None else "nobody's answer in one of the domains is predicted by both"
    return Measurement(name, value, why, low, high, n=len(difference_PD), unit="points")


def table(rows: Sequence[Judged]) -> list[tuple[str, ...]]:
    """The predictors as lines of a table: name, error, interval, people, missing, difference, verdict."""
    return [
        (
            one.name,
            _number(one.error.value) if one.error.value is not None else str(one.error.reason),
            _range(one.error),
            str(one.error.n),
            ", ".join(f"{count} {why}" for why, count in one.error.missing.items()),
            f"{_number(one.difference.value, '+')} {_range(one.difference, '+')}".strip() if one.verdict else "",
            one.verdict,
        )
        for one in rows
    ]


def _number(value: float | None, sign: str = "") -> str:
    return "–" if value is None else f"{value:{sign}.3f}"


def _range(one: Measurement, sign: str = "") -> str:
    return "" if one.low is None else f"{_number(one.low, sign)} … {_number(one.high, sign)}"
