"""Do counts follow what was expected of them? Pearson's chi-square and the exact binomial test; no scipy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from personae.errors import UsageError


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """Pearson's statistic, its degrees of freedom, and P(χ² at least as large) where the expectation holds.

    Two results on independent counts add up.

    >>> ChiSquare.of([10, 10], [10, 10]) + ChiSquare.of([8, 12], [10, 10])
    ChiSquare(statistic=0.8, df=2)
    """

    statistic: float
    df: int

    @classmethod
    def of(cls, counts: Sequence[float], expected: Sequence[float] | None = None) -> ChiSquare:
        """Of counts against expected counts of the same sum (equal ones when not given).

        Counts may be fractions: votes split between equals. Raises UsageError for fewer than two cells, negative
        counts, an expected count of 0, or different sums.

        >>> round(ChiSquare.of([30, 10, 10, 10]).p, 6)
        0.00017
        """
        total = math.fsum(counts)
        wanted = [total / len(counts)] * len(counts) if expected is None and counts else list(expected or ())
        if len(counts) < 2 or len(counts) != len(wanted):
            raise UsageError(f"a chi-square test needs two cells or more, each with an expectation; got {counts!r}")
        if not min(counts) >= 0 or not min(wanted) > 0 or not math.isclose(total, math.fsum(wanted), abs_tol=1e-9):
            raise UsageError(f"counts {counts!r} cannot be held against {wanted!r}: same sum, none expected at 0")
        return cls(math.fsum((o - e) ** 2 / e for o, e in zip(counts, wanted, strict=True)), len(counts) - 1)

    def __add__(self, other: ChiSquare) -> ChiSquare:
        return ChiSquare(self.statistic + other.statistic, self.df + other.df)

    @property
    def p(self) -> float:
        """The probability of a statistic at least as large, 0 … 1."""
        return upper_gamma(self.df / 2, self.statistic / 2)


def binomial_two_sided(successes: int, n: int, share: float = 0.5) -> float:
    """Exact two-sided p of `successes` in `n` throws that succeed with probability `share`.

    The sum over all outcomes that are no likelier than the one observed (the usual two-sided exact test).
    Raises UsageError unless 0 ≤ successes ≤ n and 0 ≤ share ≤ 1.

    >>> round(binomial_two_sided(9, 10, 0.5), 6), binomial_two_sided(0, 0, 0.3)
    (0.021484, 1.0)
    """
    if not 0 <= successes <= n or not 0 <= share <= 1:
        raise UsageError(f"{successes!r} of {n!r} with probability {share!r} is no binomial outcome")
    if share in (0.0, 1.0):
        return 1.0 if successes == round(n * share) else 0.0
    if share == 0.5 and n <= 1000:  # whole numbers, exact: the sign test and McNemar's
        tail = sum(math.comb(n, k) for k in range(min(successes, n - successes) + 1))
        return min(1.0, 2 * tail / (1 << n))
    observed = _log_binomial(successes, n, share)
    likely = (_log_binomial(k, n, share) for k in range(n + 1))
    return min(1.0, math.fsum(math.exp(value) for value in likely if value <= observed + 1e-7))


def upper_gamma(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(a, x) for a > 0: by series below a + 1, by Lentz's continued
    fraction above (Abramowitz & Stegun 6.5.29 and 6.5.31)."""
    if x <= 0:
        return 1.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        k = a
        while term > total * 1e-16:
            k += 1
            term *= x / k
            total += term
        return 1.0 - front * total
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    result = d
    for i in range(1, 10_000):
        step = -i * (i - a)
        b += 2
        d = 1 / ((step * d + b) or tiny)
        c = (b + step / c) or tiny
        result *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return front * result


def _log_binomial(k: int, n: int, share: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return ways + k * math.log(share) + (n - k) * math.log1p(-share)
