"""How far predicted answers are from a person's own: mean |prediction - answer| per domain, over people, summed.

Answers that are missing are skipped. A prediction that could not be had is no error of 0: it is left out of the value
and counted, and the bounds say what the value would be had all of them hit or all been as wrong as can be.
[Personality Alignment 2025; the error is the sum of five domain means]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personae.psychometrics.instrument import Instrument
from personae.stats.intervals import FloatArray

RESAMPLES = 2000
#: So many weights of resamples are held at once.
WEIGHTS_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class Errors:
    """Mean absolute error of every person in every domain (people × domains, NaN where nothing can be compared).

    low_PD, high_PD: the same with every prediction that could not be had exactly right, and as wrong as can be.
    compared:        cells that have a prediction and an answer.
    unpredicted:     cells with an answer but no prediction.
    skipped:         cells without an answer.
    """

    domains: tuple[str, ...]
    error_PD: FloatArray
    low_PD: FloatArray
    high_PD: FloatArray
    compared: int
    unpredicted: int
    skipped: int

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The least and the most the error can be, whatever the missing predictions would have been."""
        return summed(self.low_PD), summed(self.high_PD)

    @property
    def by_domain(self) -> dict[str, float | None]:
        """The mean over people in every domain; None where nobody can be compared."""
        means = _means(self.error_PD)
        return {name: None if np.isnan(mean) else float(mean) for name, mean in zip(self.domains, means, strict=True)}

    @property
    def coverage(self) -> float:
        """The share of answers that have a prediction, 0 … 1."""
        known = self.compared + self.unpredicted
        return self.compared / known if known else 0.0


def errors_of(predicted_PT: FloatArray, answers_PT: FloatArray, items: Sequence[str], of: Instrument) -> Errors:
    """The errors of predictions; both arrays are people × `items`, in one coding, NaN where missing.

    >>> from personae.psychometrics import Item, Licence, Response
    >>> items = (Item("1", "", "E"), Item("2", "", "E"), Item("3", "", "A"))
    >>> of = Instrument("three", items, Response(("no", "so-so", "yes")), Licence("MIT"))
    >>> found = errors_of(np.array([[1.0, np.nan, 2.0]]), np.array([[3.0, 2.0, 2.0]]), ["1", "2", "3"], of)
    >>> found.by_domain, summed(found.error_PD), found.bounds, found.unpredicted
    ({'E': 2.0, 'A': 0.0}, 2.0, (1.0, 1.5), 1)
    """
    wanted = [of.item(id).domain for id in items]
    domains = tuple(name for name in of.domains if name in wanted)
    answered, predicted = ~np.isnan(answers_PT), ~np.isnan(predicted_PT)
    error = np.abs(predicted_PT - answers_PT)
    worst = np.maximum(answers_PT - of.response.low, of.response.high - answers_PT)
    parts = [np.array([name == domain for name in wanted]) for domain in domains]
    return Errors(
        domains,
        _by_domain(error, parts),
        _by_domain(np.where(predicted, error, 0.0 * worst), parts),
        _by_domain(np.where(predicted, error, worst), parts),
        compared=int((answered & predicted).sum()),
        unpredicted=int((answered & ~predicted).sum()),
        skipped=int((~answered).sum()),
    )


def summed(error_PD: FloatArray) -> float | None:
    """The mean over people in every domain, summed; None where a domain has no value at all.

    >>> summed(np.array([[1.0, 2.0], [3.0, np.nan]]))
    4.0
    """
    means = _means(error_PD)
    return None if not len(means) or np.isnan(means).any() else float(means.sum())


def interval(error_PD: FloatArray, *, seed: int, resamples: int = RESAMPLES) -> tuple[float | None, float | None]:
    """95 % percentile bootstrap of `summed` over people; None with fewer than two people or a domain without value.

    Whole people are drawn. Resamples in which a domain is empty are left out.
    """
    people = len(error_PD)
    if people < 2 or summed(error_PD) is None:
        return None, None
    rng, even = np.random.default_rng(seed), np.full(people, 1 / people)
    present, errors = (~np.isnan(error_PD)).astype(np.float64), np.nan_to_num(error_PD)
    batch = max(1, WEIGHTS_AT_ONCE // people)
    parts = []
    for start in range(0, resamples, batch):
        weights = rng.multinomial(people, even, size=min(batch, resamples - start)).astype(np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            parts.append(((weights @ errors) / (weights @ present)).sum(axis=1))
    drawn = np.concatenate(parts)
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < resamples / 2:
        return None, None
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def _means(error_PD: FloatArray) -> FloatArray:
    present = (~np.isnan(error_PD)).sum(axis=0)
    totals = np.nan_to_num(error_PD).sum(axis=0)
    means: FloatArray = np.where(present > 0, totals / np.maximum(present, 1), np.nan)
    return means


def _by_domain(error_PT: FloatArray, parts: Sequence[FloatArray]) -> FloatArray:
    columns = [_means(error_PT[:, part].T) for part in parts]
    return np.stack(columns, axis=1) if columns else np.zeros((len(error_PT), 0))
