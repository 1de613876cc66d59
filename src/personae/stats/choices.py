"""What answers to multiple-choice questions are worth: rank of the gold option, calibration, and taste for a place.

An answer is one row of shares, one per option in the question's own order, summing to 1. Equal shares are equal:
the gold option gets the credit that a coin between the equals would give it, never that of standing first.
(PersonaEval, 2025, with expected credit and all options kept, as specified in sections 1.5 and 4 of the role-play
specification.)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.stats.counts import ChiSquare
from personae.stats.intervals import Interval, mean_interval, wilson

SAME = 1e-9  #: shares closer than this are equal: averaging leaves rounding noise
SUM_TOLERANCE = 1e-5  #: how far from 1 the shares of an answer may sum

Shares = Sequence[float]


def credit(shares: Shares, gold: int, *, k: int = 1) -> float:
    """How often the gold option is among the first k when equals are ordered by chance, 0 … 1.

    >>> credit([0.5, 0.5, 0.0], 1), credit([0.5, 0.5, 0.0], 1, k=2), credit([0.4, 0.3, 0.3], 2, k=2)
    (0.5, 1.0, 0.5)
    """
    better, equal = _place(shares, gold)
    return min(1.0, max(0.0, (k - better) / equal))


def expected_rank(shares: Shares, gold: int) -> float:
    """The rank of the gold option from 1, equals sharing the mean of theirs.

    >>> expected_rank([0.25, 0.25, 0.25, 0.25], 3)
    2.5
    """
    better, equal = _place(shares, gold)
    return better + (equal + 1) / 2


def brier(shares: Shares, gold: int) -> float:
    """The mean over options of (share − 1[gold])², 0 … 2/k.

    >>> brier([0.25] * 4, 0), brier([0.0, 1.0], 1)
    (0.1875, 0.0)
    """
    return math.fsum((share - (index == gold)) ** 2 for index, share in enumerate(shares)) / len(shares)


@dataclass(frozen=True, slots=True)
class Uniform:
    """What somebody who gives every option the same share gets, in closed form; means over questions.

    >>> Uniform.of([4])
    Uniform(top_1=0.25, top_2=0.5, mean_rank=2.5, brier=0.1875)
    """

    top_1: float
    top_2: float
    mean_rank: float
    brier: float

    @classmethod
    def of(cls, sizes: Sequence[int]) -> Uniform:
        """For questions with these numbers of options: 1/k, min(1, 2/k), (k + 1)/2, (k − 1)/k²."""
        if not sizes or min(sizes) < 2:
            raise UsageError(f"a question has two options or more, and there must be one; got {list(sizes)!r}")
        means = zip(*((1 / k, min(1, 2 / k), (k + 1) / 2, (k - 1) / k**2) for k in sizes), strict=True)
        return cls(*(math.fsum(column) / len(sizes) for column in means))


@dataclass(frozen=True, slots=True)
class Identification:
    """How well the gold options were found. Questions weigh the same, however often each was put.

    top_1, top_2: share of questions with the gold option first, or among the first two; 95 % intervals over questions.
    mean_rank:    expected rank of the gold option, from 1.
    brier, ece:   `brier`, and the mean gap between the largest share and top-1 credit over 20 bins of equal width.
    uniform:      the same numbers for a uniform answer.
    n, rows:      questions and answers.
    """

    top_1: Interval
    top_2: Interval
    mean_rank: float
    brier: float
    ece: float
    uniform: Uniform
    n: int
    rows: int

    def shortfalls(self, baseline: float) -> tuple[str, ...]:
        """Why this does not qualify a judge; empty when it does.

        Wanted: the lower 95 % bound of top-1 above `baseline` (what shared words alone reach), and a Brier score
        below that of a uniform answer.
        """
        reasons = []
        if self.top_1.low is None or self.top_1.low <= baseline:
            low = "missing" if self.top_1.low is None else f"{self.top_1.low:.3f}"
            reasons.append(f"the lower bound of top-1, {low}, is not above the baseline {baseline:.3f}")
        if self.brier >= self.uniform.brier:
            reasons.append(f"Brier {self.brier:.4f} is not below that of a uniform answer, {self.uniform.brier:.4f}")
        return tuple(reasons)


def identification(
    answers: Sequence[Shares], gold: Sequence[int], *, questions: Sequence[Hashable] | None = None, bins: int = 20
) -> Identification:
    """Numbers from answers and gold options; `questions` names the question of each answer when one was put several
    times (in other orders), so that its answers count together as one.

    Raises UsageError for no answers, unequal lengths, shares that are no probabilities of two options or more, and a
    gold option that is not there.

    >>> found = identification([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]], [0, 2])
    >>> found.top_1.value, found.top_2.value, found.mean_rank, round(found.ece, 2)
    (0.5, 0.75, 1.75, 0.55)
    """
    labels: list[Hashable] = list(range(len(answers))) if questions is None else list(questions)
    if not answers or not len(answers) == len(gold) == len(labels):
        raise UsageError(
            f"{len(answers)} answers, {len(gold)} gold options, {len(labels)} questions; one each per answer"
        )
    for shares in answers:
        check_shares(shares)
    pairs = list(zip(answers, gold, strict=True))

    def per_question(value: Callable[[Shares, int], float]) -> list[float]:
        return _means((value(shares, right) for shares, right in pairs), labels)

    sizes = {label: len(shares) for label, shares in zip(labels, answers, strict=True)}
    ranks, briers = per_question(expected_rank), per_question(brier)
    return Identification(
        top_1=_share(per_question(credit)),
        top_2=_share(per_question(lambda shares, right: credit(shares, right, k=2))),
        mean_rank=math.fsum(ranks) / len(ranks),
        brier=math.fsum(briers) / len(briers),
        ece=_ece([max(shares) for shares in answers], [credit(*pair) for pair in pairs], bins),
        uniform=Uniform.of(list(sizes.values())),
        n=len(sizes),
        rows=len(answers),
    )


@dataclass(frozen=True, slots=True)
class Places:
    """Which places were picked, and where the gold option stood; counts per place for each number of options.

    Every question counts once in `picked`, however often it was put: answers to one question are not independent.
    picked_test: are all places picked alike? Below p = .001 the answers follow the place (`biased`).
    gold_test:   did the gold option stand in all places alike? None where no gold option is known.
    """

    picked: dict[int, tuple[float, ...]]
    gold: dict[int, tuple[float, ...]]
    picked_test: ChiSquare
    gold_test: ChiSquare | None

    @property
    def biased(self) -> bool:
        """Whether the place decides more than chance would (p < .001)."""
        return self.picked_test.p < 0.001


def places(
    answers: Sequence[Shares], *, questions: Sequence[Hashable] | None = None, gold: Sequence[int | None] | None = None
) -> Places:
    """From answers in the order in which their options were *shown*; `gold` is the place of the gold option there.

    Equal shares split the pick. With one fixed order per question a bias of places cannot be told from the gold
    options' own places: rotate, or look at `gold_test`. Raises UsageError as `identification` does.

    >>> places([[1.0, 0.0]] * 12, gold=[0, 1] * 6).biased
    True
    """
    labels: list[Hashable] = list(range(len(answers))) if questions is None else list(questions)
    golds: list[int | None] = [None] * len(answers) if gold is None else list(gold)
    if not answers or not len(answers) == len(labels) == len(golds):
        raise UsageError(
            f"{len(answers)} answers, {len(labels)} questions, {len(golds)} gold places; one each per answer"
        )
    put = Counter(labels)
    picked: dict[int, list[float]] = {}
    stood: dict[int, list[float]] = {}
    for shares, label, right in zip(answers, labels, golds, strict=True):
        check_shares(shares)
        weight = 1 / put[label]
        cells = picked.setdefault(len(shares), [0.0] * len(shares))
        for place in range(len(shares)):
            cells[place] += weight * credit(shares, place)
        if right is not None:
            stood.setdefault(len(shares), [0.0] * len(shares))[right] += weight
    return Places(_frozen(picked), _frozen(stood), _even(picked), _even(stood) if stood else None)


def check_shares(shares: Shares) -> None:
    """Raise UsageError unless these are probabilities of two options or more, summing to 1 within 1e-5.

    >>> check_shares([0.5, 0.5])
    """
    if len(shares) < 2 or not all(0 <= share <= 1 for share in shares) or abs(math.fsum(shares) - 1) > SUM_TOLERANCE:
        raise UsageError(f"shares {list(shares)!r} are not probabilities of two options or more that sum to 1")


def _place(shares: Shares, gold: int) -> tuple[int, int]:
    if not 0 <= gold < len(shares):
        raise UsageError(f"option {gold!r} is not among {len(shares)} options")
    mine = shares[gold]
    return sum(share > mine + SAME for share in shares), sum(abs(share - mine) <= SAME for share in shares)


def _means(values: Iterable[float], labels: Sequence[Hashable]) -> list[float]:
    groups: dict[Hashable, list[float]] = {}
    for value, label in zip(values, labels, strict=True):
        groups.setdefault(label, []).append(value)
    return [math.fsum(group) / len(group) for group in groups.values()]


def _share(values: Sequence[float]) -> Interval:
    if all(value in (0.0, 1.0) for value in values):
        return wilson(int(sum(values)), len(values))
    found = mean_interval(values)
    if found.low is None or found.high is None:
        return found
    return Interval(found.value, max(0.0, found.low), min(1.0, found.high), found.n)


def _ece(confidence: Sequence[float], right: Sequence[float], bins: int) -> float:
    gaps = [0.0] * bins
    for sure, hit in zip(confidence, right, strict=True):
        gaps[min(bins - 1, int(sure * bins))] += sure - hit
    return math.fsum(abs(gap) for gap in gaps) / len(confidence)


def _even(cells: dict[int, list[float]]) -> ChiSquare:
    tests = [ChiSquare.of(counts) for counts in cells.values()]
    return sum(tests[1:], tests[0])


def _frozen(cells: dict[int, list[float]]) -> dict[int, tuple[float, ...]]:
    return {size: tuple(counts) for size, counts in sorted(cells.items())}
