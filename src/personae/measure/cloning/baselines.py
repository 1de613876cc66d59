"""What can be predicted of a person without any model: constants, means, and ridge regression.

Each takes people and a split and gives points for the domain (people × test items, NaN where it has nothing to go by).
Whole-number versions stand beside the means: rounding alone makes the absolute error smaller, and is no insight into a
person.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from personae.measure.cloning.people import People
from personae.measure.cloning.split import Split
from personae.psychometrics.instrument import Instrument
from personae.stats.intervals import FloatArray

#: Ridge penalty and number of folds; the fold of a person is its row modulo 10 (the specification of this measure).
ALPHA = 200.0
FOLDS = 10

Baseline = Callable[[People, Split], FloatArray]


def constant(people: People, split: Split, *, point: int) -> FloatArray:
    """One point for everybody and everything."""
    return np.full((len(people), len(split.test)), float(point))


def item_mean(people: People, split: Split) -> FloatArray:
    """What all the others answered to the item, on average (leave one out)."""
    answers = people.scored_PI[:, people.columns(split.test)]
    known, values = ~np.isnan(answers), np.nan_to_num(answers)
    return _ratio(values.sum(axis=0) - values, known.sum(axis=0) - known)


def own_domain_mean(people: People, split: Split) -> FloatArray:
    """The person's mean over its profile items of the domain."""
    return _own_mean(people, split, {item.id: item.domain for item in people.instrument.items})


def own_facet_mean(people: People, split: Split) -> FloatArray:
    """The person's mean over its profile items of the facet."""
    return _own_mean(people, split, {item.id: item.facet or item.domain for item in people.instrument.items})


def ridge(people: People, split: Split, *, alpha: float = ALPHA, folds: int = FOLDS) -> FloatArray:
    """All test items regressed on all profile items over other people: ten folds, the fold being the row modulo 10.

    A missing answer stands at the item's mean over the training folds; the intercept is not penalised.
    """
    answers = people.scored_PI
    features, targets = answers[:, people.columns(split.profile)], answers[:, people.columns(split.test)]
    predicted = np.full(targets.shape, np.nan)
    fold = np.arange(len(people)) % folds
    for held in range(min(folds, len(people))):
        train = fold != held
        if train.sum() < 2:
            continue
        x_mean, y_mean = _column_means(features[train]), _column_means(targets[train])
        x = np.nan_to_num(features - x_mean)
        y = np.nan_to_num(targets[train] - y_mean)
        weights = np.linalg.solve(x[train].T @ x[train] + alpha * np.eye(x.shape[1]), x[train].T @ y)
        predicted[~train] = x[~train] @ weights + y_mean
    return predicted


def half_even(predicted: FloatArray, people: People) -> FloatArray:
    """Whole points on the scale; a half goes to the even neighbour."""
    return _on_scale(np.rint(predicted), people)


def half_up(predicted: FloatArray, people: People) -> FloatArray:
    """Whole points on the scale; a half goes up."""
    return _on_scale(np.floor(predicted + 0.5), people)


def _then(rule: Callable[[FloatArray, People], FloatArray], of: Baseline, people: People, split: Split) -> FloatArray:
    return rule(of(people, split), people)


def _own_mean(people: People, split: Split, scale_of: dict[str, str]) -> FloatArray:
    profile = people.scored_PI[:, people.columns(split.profile)]
    predicted = np.full((len(people), len(split.test)), np.nan)
    for scale in {scale_of[id] for id in split.test}:
        columns = profile[:, [scale_of[id] == scale for id in split.profile]]
        mean = _ratio(np.nan_to_num(columns).sum(axis=1), (~np.isnan(columns)).sum(axis=1))
        predicted[:, [scale_of[id] == scale for id in split.test]] = mean[:, None]
    return predicted


def _column_means(answers: FloatArray) -> FloatArray:
    return _ratio(np.nan_to_num(answers).sum(axis=0), (~np.isnan(answers)).sum(axis=0))


def _ratio(total: FloatArray, count: FloatArray) -> FloatArray:
    """total / count, NaN where nothing was counted."""
    ratio: FloatArray = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return ratio


def _on_scale(points: FloatArray, people: People) -> FloatArray:
    response = people.instrument.response
    return np.clip(points, response.low, response.high)


def baselines(instrument: Instrument) -> dict[str, Baseline]:
    """Name → baseline, in the order of a report; the constants are the middle of the scale and the point above it.

    >>> from personae.psychometrics import Item, Licence, Response
    >>> five = Response(("never", "rarely", "at times", "often", "always"))
    >>> list(baselines(Instrument("one", (Item("1", "", "E"),), five, Licence("MIT"))))[:3]
    ['constant_3', 'constant_4', 'item_mean']
    """
    middle = int(instrument.response.middle)
    points = (middle, min(middle + 1, instrument.response.high))
    return {f"constant_{point}": partial(constant, point=point) for point in points} | MEANS


MEANS: dict[str, Baseline] = {
    "item_mean": item_mean,
    "domain_mean": own_domain_mean,
    "domain_mean_rounded": partial(_then, half_even, own_domain_mean),
    "facet_mean": own_facet_mean,
    "facet_mean_rounded": partial(_then, half_even, own_facet_mean),
    "facet_mean_half_up": partial(_then, half_up, own_facet_mean),
    "ridge": ridge,
    "ridge_rounded": partial(_then, half_even, ridge),
}
