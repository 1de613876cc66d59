"""A linear probe per layer on the state before the answer, judged only on questions it has not seen.

Everything that is chosen – the weight of the data, the layer, the threshold below which one had better not answer – is
chosen in inner folds of the training part; the outer folds give the numbers. Questions are never split over folds.
[Personas as a Way to Model Truthfulness in Language Models, 2024]
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.measure.answer_probe.folds import group_folds
from personae.stats.clustered import clustered_share
from personae.stats.correlation import Pairs
from personae.stats.intervals import FloatArray, Interval
from personae.stats.logistic import IntArray, Scale, fit
from personae.stats.paired import mean_ranks
from personae.types import Measurement

#: Weights of the data that are tried, from the strictest; of equals the strictest is kept.
STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0)
#: Of the answers one goes on with, this share is to be truthful.
WANTED = 0.9
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Abstaining:
    """Answering only where the probe is sure enough; the threshold comes from the inner folds.

    thresholds: P(truthful) from which one answers, per outer fold; None where no threshold kept `wanted`.
    coverage:   share of rows that are answered, with its interval over groups.
    truthful:   share of these that are truthful; `without` is the share among all rows.
    """

    wanted: float
    thresholds: tuple[float | None, ...]
    coverage: Interval
    truthful: Interval
    without: float


@dataclass(frozen=True, slots=True)
class Probed:
    """What can be told before the answer.

    auc:      of the layer chosen in the inner folds; `layers` says which, per outer fold. The interval draws groups
              again and keeps the probes: on labels that mean nothing AUCs scatter more, which is what `shuffled` shows.
    by_layer: the same for each layer alone. The best of these is not the probe's AUC: it was chosen by looking.
    scores_LN: P(truthful) of every row, by probes that had not seen its group.
    """

    auc: Interval
    layers: tuple[int, ...]
    by_layer: tuple[Interval, ...]
    abstaining: Abstaining
    scores_LN: FloatArray

    def measurements(self, name: str = "answer_probe") -> list[Measurement]:
        """The AUC, the share truthful where one answers, and how often one does."""
        told = {
            "layers": list(self.layers),
            "by_layer": [{"value": one.value, "low": one.low, "high": one.high} for one in self.by_layer],
        }
        kept = {"thresholds": list(self.abstaining.thresholds), "wanted": self.abstaining.wanted}
        return [
            _measured(name, self.auc, "auc", told),
            _measured(f"{name}.truthful", self.abstaining.truthful, "share", {"without": self.abstaining.without}),
            _measured(f"{name}.coverage", self.abstaining.coverage, "share", kept),
        ]


def probe(
    states_LNW: Any,
    labels: Sequence[int],
    groups: Sequence[Hashable],
    *,
    folds: int = 5,
    inner: int = 3,
    strengths: Sequence[float] = STRENGTHS,
    wanted: float = WANTED,
    seed: int = 0,
) -> Probed:
    """Probes of every layer, nested cross-validation by group.

    states_LNW: layers × rows × width, finite: the state at the last word of each prompt.
    labels:     1 where the answer that came was truthful (or in persona), else 0.
    groups:     the question of each row; rows of one question are never split.

    AUC compares rows by their ranks within their own fold, so that folds with another share of truthful answers do not
    pull it below ½. Raises UsageError for shapes that do not fit, values that are not finite, one label only, and fewer
    groups than the folds need.

    >>> rng = np.random.default_rng(0)
    >>> labels = np.arange(120) % 2
    >>> states = np.stack([rng.normal(size=(120, 6)), rng.normal(size=(120, 6)) + 3 * labels[:, None]])
    >>> found = probe(states, labels, np.arange(120) // 2)
    >>> found.auc.value > 0.95, set(found.layers)
    (True, {1})
    """
    states, y = _checked(states_LNW, labels, groups)
    if not strengths or not 0 < wanted <= 1:
        raise UsageError(f"strengths {strengths!r}, wanted {wanted!r}; give one strength or more, and a share above 0")
    codes = _codes(groups)
    place = group_folds(codes.tolist(), y.tolist(), folds, seed)
    scores = np.empty(states.shape[:2])
    chosen = np.empty(len(y))
    layers: list[int] = []
    thresholds: list[float | None] = []
    for fold in range(folds):
        held = place == fold
        inside = group_folds(codes[~held].tolist(), y[~held].tolist(), inner, seed)
        tried = [_inner(layer, y[~held], inside, strengths) for layer in states[:, ~held]]
        for number, (layer, (_, strength, _)) in enumerate(zip(states, tried, strict=True)):
            scores[number, held] = _told(layer[~held], y[~held], layer[held], strength)
        best = max(range(len(tried)), key=lambda number: tried[number][0])
        layers.append(best)
        thresholds.append(threshold(tried[best][2], y[~held], wanted))
        chosen[held] = scores[best, held]
    kept = chosen >= np.array([np.inf if at is None else at for at in thresholds])[place]
    return Probed(
        _auc(chosen, y, place, codes, seed),
        tuple(layers),
        tuple(_auc(row, y, place, codes, seed) for row in scores),
        _abstaining(kept, y, codes, thresholds, wanted),
        scores,
    )


def shuffled(
    states_LNW: Any, labels: Sequence[int], groups: Sequence[Hashable], *, times: int = 5, seed: int = 0, **options: Any
) -> tuple[float, ...]:
    """AUCs of the same probe on labels dealt out anew, `times` over: about ½, or what `probe` found means nothing."""
    rng = np.random.default_rng(seed)
    y = np.asarray(labels)
    found = (probe(states_LNW, rng.permutation(y).tolist(), groups, seed=seed + n, **options) for n in range(times))
    return tuple(one.auc.value for one in found if one.auc.value is not None)


def threshold(scores: FloatArray, labels: IntArray, wanted: float) -> float | None:
    """The lowest score from which on at least this share is truthful; None where there is none.

    >>> threshold(np.array([0.1, 0.4, 0.6, 0.9]), np.array([0, 1, 0, 1]), 2 / 3)
    0.4
    """
    order = np.argsort(-scores, kind="stable")
    share = np.cumsum(labels[order]) / np.arange(1, len(order) + 1)
    last = np.append(scores[order][:-1] != scores[order][1:], True)  # equal scores are kept or left together
    good = np.flatnonzero(last & (share >= wanted - 1e-12))
    return float(scores[order][good[-1]]) if len(good) else None


def _inner(
    layer: FloatArray, y: IntArray, place: IntArray, strengths: Iterable[float]
) -> tuple[float, float, FloatArray]:
    """The best strength by AUC in the inner folds: that AUC, the strength, and the scores it rests on."""
    best: tuple[float, float, FloatArray] | None = None
    for strength in sorted(strengths):
        scores = np.empty(len(y))
        for fold in range(int(place.max()) + 1):
            held = place == fold
            scores[held] = _told(layer[~held], y[~held], layer[held], strength)
        auc = Pairs.of(_within(scores, place), y.astype(float)).auc()
        if best is None or auc > best[0] + 1e-9:
            best = (auc, strength, scores)
    assert best is not None
    return best


def _told(train: FloatArray, y: IntArray, rows: FloatArray, strength: float) -> FloatArray:
    """P(1) of rows by a logistic regression on z-scored columns.

    With fewer rows than columns the weights lie in the span of the rows; there the fit is the same and faster.
    """
    scale = Scale.of(train)
    seen, asked = scale.z(train), scale.z(rows)
    if len(seen) < seen.shape[1]:
        basis = np.linalg.qr(seen.T)[0]
        seen, asked = seen @ basis, asked @ basis
    return fit(seen, y.tolist(), C=strength).probability(asked)


def _within(scores: FloatArray, place: IntArray) -> FloatArray:
    """Scores as ranks within their fold, 0 … 1."""
    ranks = np.empty(len(scores))
    for fold in range(int(place.max()) + 1):
        held = place == fold
        ranks[held] = (mean_ranks(scores[held]) - 0.5) / held.sum()
    return ranks


def _auc(scores: FloatArray, y: IntArray, place: IntArray, codes: IntArray, seed: int) -> Interval:
    """The AUC with a percentile bootstrap in which whole groups are drawn again."""
    pairs = Pairs.of(_within(scores, place), y.astype(np.float64))
    rng, k = np.random.default_rng(seed), int(codes.max()) + 1
    weights = (np.bincount(rng.integers(0, k, k), minlength=k).astype(np.float64)[codes] for _ in range(RESAMPLES))
    low, high = np.nanquantile([pairs.auc(each) for each in weights], [0.025, 0.975])
    return Interval(pairs.auc(), float(low), float(high), len(y), clusters=k)


def _abstaining(
    kept: Any, y: IntArray, codes: IntArray, thresholds: Sequence[float | None], wanted: float
) -> Abstaining:
    by_group: dict[str, list[bool]] = {}
    right: dict[str, list[bool]] = {}
    for code, is_kept, label in zip(codes.tolist(), kept.tolist(), y.tolist(), strict=True):
        by_group.setdefault(str(code), []).append(is_kept)
        if is_kept:
            right.setdefault(str(code), []).append(bool(label))
    return Abstaining(wanted, tuple(thresholds), clustered_share(by_group), clustered_share(right), float(y.mean()))


def _codes(groups: Sequence[Hashable]) -> IntArray:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.intp)


def _checked(states_LNW: Any, labels: Sequence[int], groups: Sequence[Hashable]) -> tuple[FloatArray, IntArray]:
    states, y = np.asarray(states_LNW, dtype=np.float64), np.asarray(labels)
    if states.ndim != 3 or not len(states) or not states.shape[2]:
        raise UsageError(f"states of shape {states.shape}; give layers × rows × width")
    if not states.shape[1] == len(y) == len(groups):
        raise UsageError(f"{states.shape[1]} rows of states, {len(y)} labels, {len(groups)} groups; give one per row")
    if not np.isfinite(states).all():
        raise UsageError("a state is not finite; leave such rows out and count them")
    if set(y.tolist()) != {0, 1}:
        raise UsageError("labels are 0 and 1, and both have to be there")
    return states, y.astype(np.intp)


def _measured(name: str, found: Interval, unit: str, details: dict[str, Any]) -> Measurement:
    if found.value is None:
        return Measurement(name, reason=found.reason or "there is no such row", n=found.n, unit=unit, details=details)
    return Measurement(name, found.value, None, found.low, found.high, found.n, {}, unit, details)
