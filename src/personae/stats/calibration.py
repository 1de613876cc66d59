"""Does a judge that says how certain it is know when it is right? Accuracy, coverage and risk, AUROC, calibration.

Certainty is 1 … 100 as the judge said it. A judge may be accurate and its certainty worth nothing, so "high certainty"
is refused unless the certainty is shown to carry something. What holds for one task and judge holds for no other: no
threshold found here is to be taken elsewhere. (Can LLM be a Personalized Judge?, 2024; as specified in section 3 of
the role-play specification.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.stats.counts import binomial_two_sided
from personae.stats.intervals import FloatArray, Interval, wilson
from personae.stats.validity import validity

HIGH = 80  #: certainty from here on counts as high
FEWEST_HIGH = 30  #: with fewer answers than this at high certainty nothing is said of them
USELESS_AUROC = 0.55  #: up to here certainty tells right from wrong too rarely to act on it
MIN_COVERAGE = 0.9  #: with a smaller share of usable answers no value is given
BIASED_P = 0.001  #: below this a lean to one side is called a bias


@dataclass(frozen=True, slots=True)
class Step:
    """What is left when only answers of at least this certainty are kept: their share of all, and how many err."""

    certainty: float
    coverage: float
    risk: float
    n: int


@dataclass(frozen=True, slots=True)
class Lean:
    """Which side a judge of two picks: shares of the first side among verdicts and gold, and accuracy by gold side.

    p: exact two-sided binomial, verdicts against the gold share.
    """

    side: str
    said: float
    gold: float
    p: float
    accuracy_by_gold: dict[str, float]

    @property
    def biased(self) -> bool:
        """Whether the lean is more than chance (p < .001)."""
        return self.p < BIASED_P


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the certainty of one judge on one task is worth; what cannot be had is None, and `refused` says why.

    accuracy:   share of right answers, Wilson's interval.
    auroc:      how likely a right answer carries more certainty than a wrong one, percentile bootstrap over answers.
    brier, ece: mean of (certainty/100 − right)², and mean gap between certainty/100 and accuracy over the ten bins
                (0, 10], …, (90, 100], weighted by their answers.
    high:       accuracy of the answers at certainty ≥ 80; `high_share` their share.
    curve:      coverage and risk from the highest certainty down, one step per level of certainty.
    refused:    why "high certainty" may not be used; empty where it may.
    flags:      what else a reader has to know.
    """

    asked: int
    n: int
    accuracy: Interval
    auroc: Interval
    brier: float | None
    ece: float | None
    high: Interval
    high_share: float | None
    lean: Lean | None
    curve: tuple[Step, ...]
    refused: tuple[str, ...]
    flags: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """One line: "useful" or "refused" with the reasons."""
        return f"refused: {'; '.join(self.refused)}" if self.refused else "useful"


def report(
    certainty: Sequence[float | None],
    correct: Sequence[bool],
    *,
    said: Sequence[str] | None = None,
    gold: Sequence[str] | None = None,
    asked: int | None = None,
    seed: int = 0,
    n_resamples: int = 1000,
) -> Calibration:
    """Everything at once, from the answers that could be read.

    certainty: in (0, 100], one per answer, None where none was said; correct: whether the answer was right. `said` and
    `gold` are the labels of the sides ("A", "B", perhaps "tie") for the lean to the first. `asked` counts all
    questions, also those without a readable answer; below 90 % of them no value is given. Raises UsageError for unequal
    lengths, for NaN, and for certainty outside (0, 100].

    >>> sure = report([90] * 40 + [60] * 60, [True] * 38 + [False] * 2 + [True] * 30 + [False] * 30)
    >>> sure.accuracy.value, round(sure.auroc.value, 3), sure.high.value, sure.verdict
    (0.68, 0.748, 0.95, 'useful')
    """
    right = _right(correct)
    n, total = len(right), len(right) if asked is None else asked
    if total < n or len(certainty) != n:
        raise UsageError(f"{len(certainty)} certainties and {n} answers to {total} questions; give one per answer")
    told = np.array([level is not None for level in certainty], dtype=bool)
    levels = _levels([level for level in certainty if level is not None])
    lean = _lean(said, gold, n)
    accuracy = wilson(int(right.sum()), n) if _covers(n, total) else _nothing(n, total, "answers")
    if not _covers(len(levels), total):
        why = _nothing(len(levels), total, "certainties")
        return Calibration(total, n, accuracy, why, None, None, why, None, lean, (), (str(why.reason),), _flags(lean))
    right = right[told]
    auroc = _auroc(levels, right, seed, n_resamples)
    off_scale = None if levels.max() > 10 else "no certainty lies above 10: another scale than 1 to 100"
    chosen = levels >= HIGH
    high = wilson(int(right[chosen].sum()), int(chosen.sum()))
    return Calibration(
        asked=total,
        n=n,
        accuracy=accuracy,
        auroc=auroc,
        brier=None if off_scale else float(((levels / 100 - right) ** 2).mean()),
        ece=None if off_scale else ece10(levels, right),
        high=high,
        high_share=float(chosen.mean()),
        lean=lean,
        curve=coverage_risk(levels, right),
        refused=_refusals(auroc, high.n),
        flags=_flags(lean, off_scale),
    )


def ece10(certainty: Any, correct: Any) -> float:
    """Expected calibration error, 0 … 1, over the ten bins (0, 10], …, (90, 100] of certainty.

    A certainty on an edge belongs to the bin below it: people and models say round numbers.

    >>> round(ece10([80, 80, 81, 81], [True, False, True, True]), 3)
    0.245
    """
    levels, right = _checked(certainty, correct)
    place = np.ceil(levels / 10).astype(int)
    gaps = [abs((levels[place == b] / 100 - right[place == b]).sum()) for b in np.unique(place)]
    return float(sum(gaps) / len(levels))


def coverage_risk(certainty: Any, correct: Any) -> tuple[Step, ...]:
    """The share kept and the share of errors among it, for every level of certainty from the highest down.

    >>> [(step.certainty, step.coverage, step.risk) for step in coverage_risk([90, 60, 60, 90], [1, 1, 0, 1])]
    [(90.0, 0.5, 0.0), (60.0, 1.0, 0.25)]
    """
    levels, right = _checked(certainty, correct)
    steps = []
    for level in np.unique(levels)[::-1]:
        kept = levels >= level
        count = int(kept.sum())
        steps.append(Step(float(level), count / len(levels), float(1 - right[kept].mean()), count))
    return tuple(steps)


def _checked(certainty: Any, correct: Any) -> tuple[FloatArray, FloatArray]:
    levels, right = _levels(certainty), _right(correct)
    if not len(levels) or len(levels) != len(right):
        raise UsageError(f"{len(levels)} certainties and {len(right)} answers; give one per answer, and one at least")
    return levels, right


def _levels(certainty: Any) -> FloatArray:
    levels = np.asarray(certainty, dtype=np.float64)
    odd = levels[~((levels > 0) & (levels <= 100))]
    if levels.ndim != 1 or len(odd):
        raise UsageError(
            f"certainty goes from 1 to 100, one number per answer; got {odd[:1].tolist() or levels.shape!r}"
        )
    return levels


def _right(correct: Any) -> FloatArray:
    right = np.asarray(correct, dtype=np.float64)
    if right.ndim != 1 or not np.isin(right, (0.0, 1.0)).all():
        raise UsageError("`correct` holds True or False for each answer; leave unread answers out and count them")
    return right


def _covers(n: int, asked: int) -> bool:
    return n > 0 and n / asked >= MIN_COVERAGE


def _nothing(n: int, asked: int, what: str) -> Interval:
    return Interval(None, None, None, n, f"{n} of {asked} {what} could be read; {MIN_COVERAGE:.0%} are needed")


def _auroc(levels: FloatArray, right: FloatArray, seed: int, n_resamples: int) -> Interval:
    if right.min() == right.max():
        return Interval(None, None, None, len(right), f"all answers are {'right' if right.max() else 'wrong'}")
    if levels.min() == levels.max():
        return Interval(None, None, None, len(right), "all answers carry the same certainty")
    found = validity(levels, right, seed=seed, n_resamples=n_resamples).auc
    assert found is not None  # both classes are there
    return found


def _lean(said: Sequence[str] | None, gold: Sequence[str] | None, n: int) -> Lean | None:
    if said is None or gold is None or not n:
        return None
    if len(said) != n or len(gold) != n:
        raise UsageError(f"{n} answers, but {len(said)} sides said and {len(gold)} gold sides; give one per answer")
    sides = sorted(set(said) | set(gold))
    first, first_said = sides[0], sum(side == sides[0] for side in said)
    share = sum(side == first for side in gold) / n
    right = {
        side: sum(s == g for s, g in zip(said, gold, strict=True) if g == side) / sum(g == side for g in gold)
        for side in sorted(set(gold))
    }
    return Lean(first, first_said / n, share, binomial_two_sided(first_said, n, share), right)


def _refusals(auroc: Interval, n_high: int) -> tuple[str, ...]:
    reasons = []
    if auroc.value is None:
        reasons.append(f"no AUROC: {auroc.reason}")
    elif auroc.value <= USELESS_AUROC:
        reasons.append(f"AUROC {auroc.value:.3f} is not above {USELESS_AUROC}")
    if auroc.low is not None and auroc.high is not None and auroc.low <= 0.5 <= auroc.high:
        reasons.append(f"the interval of the AUROC, {auroc.low:.3f} to {auroc.high:.3f}, includes .5")
    if n_high < FEWEST_HIGH:
        reasons.append(f"{n_high} answers at certainty {HIGH} or more; {FEWEST_HIGH} are needed")
    return tuple(reasons)


def _flags(lean: Lean | None, off_scale: str | None = None) -> tuple[str, ...]:
    flags = [off_scale] if off_scale else []
    if lean is not None and lean.biased:
        shares = f"says {lean.side} in {lean.said:.1%} of cases, gold {lean.gold:.1%}"
        flags.append(f"position bias: {shares} (p < {BIASED_P})")
    return tuple(flags)
