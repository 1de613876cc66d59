"""What a set of answers says about the way of answering: taste for agreeing, for a place, for looking good.

These are told beside a score and never taken off it in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from personae.psychometrics.instrument import Instrument
from personae.psychometrics.rows import Row
from personae.psychometrics.scoring import COVERAGE, Answers, raw_answer
from personae.stats.counts import ChiSquare
from personae.stats.intervals import mean_interval

#: Share of the range from which a taste for agreeing is named: half a point on 1 … 5.
ACQUIESCENT = 0.125
#: Share of turned pairs that may keep their place before the respondent is called positional (as for TRAIT, spec §6).
POSITIONAL = 0.25
#: From this share of the range on an answer counts for impression management: 6 and 7 on 1 … 7 (Paulhus 1984).
EXTREME = 5 / 6


@dataclass(frozen=True, slots=True)
class Acquiescence:
    """How far answers lean to agreeing, whatever is said: points above the middle; negative for a nay-sayer.

    Per domain the mean over items keyed + and that over items keyed - are averaged, in which the trait cancels; the
    index is the mean over the `domains` that have both keys, with a t interval over them. None without such a domain.
    """

    index: float | None
    low: float | None
    high: float | None
    domains: int
    range: float

    @property
    def named(self) -> str | None:
        """ "acquiescent" or "nay-saying" where the index is large and its interval leaves out zero."""
        if self.index is None or abs(self.index) < ACQUIESCENT * self.range:
            return None
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return None
        return "acquiescent" if self.index > 0 else "nay-saying"


def acquiescence(instrument: Instrument, answers: Answers) -> Acquiescence:
    """The index of one respondent's answers.

    >>> from personae.psychometrics.instrument import Item, Licence, Response
    >>> items = [Item(f"{domain}{key}", "…", domain, key) for domain in "EN" for key in (1, -1)]
    >>> test = Instrument("four", tuple(items), Response(("1", "2", "3", "4", "5")), Licence("MIT"))
    >>> acquiescence(test, {item.id: 5 for item in items}).index
    2.0
    """
    offsets = []
    for domain in instrument.domains:
        sides: dict[int, list[float]] = {1: [], -1: []}
        for id, key in instrument.scale(domain).keys.items():
            if (answer := answers.get(id)) is not None:
                sides[key].append(raw_answer(instrument, id, answer))
        if all(sides.values()):
            means = [sum(side) / len(side) for side in sides.values()]
            offsets.append(sum(means) / 2 - instrument.response.middle)
    found = mean_interval(offsets)
    width = instrument.response.high - instrument.response.low
    return Acquiescence(found.value, found.low, found.high, len(offsets), width)


@dataclass(frozen=True, slots=True)
class Position:
    """Where on the page the chosen options stood.

    counts:  answers per place shown, first to last.
    test:    Pearson's χ² against equal counts, the test of the published audits; None without answers. Honest answers
             are not uniform either, so it is no proof of a taste for places by itself.
    turned:  items asked with the scale in an order and in its reverse, the same words around; `kept` of them chose the
             same place both times, and so the opposite answer (a middle place excepted), `followed` the same answer.
    """

    counts: tuple[int, ...]
    test: ChiSquare | None
    turned: int
    kept: int
    followed: int

    @property
    def kept_share(self) -> float | None:
        """Share of turned pairs that kept their place; None where nothing was asked both ways."""
        return self.kept / self.turned if self.turned else None

    @property
    def named(self) -> str | None:
        """ "positional" where places are kept in more than a quarter of the pairs, and more often than answers are."""
        share = self.kept_share
        return "positional" if share is not None and share > POSITIONAL and self.kept > self.followed else None


def position(rows: Iterable[Row], options: int) -> Position:
    """Places chosen by one respondent over all rows, and what it did when the scale was turned around."""
    counts = [0] * options
    pairs: dict[tuple[str, ...], dict[str, tuple[int, float]]] = {}
    for row in rows:
        if row.place is None or row.answer is None:
            continue
        counts[row.place] += 1
        cell = (row.item, row.template, row.label_set, str(row.seed), str(row.repeat))
        pairs.setdefault(cell, {})[row.order] = (row.place, row.answer)
    turned = kept = followed = 0
    for orders in pairs.values():
        for order, (first, one) in orders.items():
            if (back := "reverse" if order == "forward" else f"{order}-reverse") in orders:
                second, other = orders[back]
                turned += 1
                kept += first == second != (options - 1) / 2
                followed += one == other
    return Position(tuple(counts), ChiSquare.of(counts) if sum(counts) else None, turned, kept, followed)


def impression_management(instrument: Instrument, answers: Answers, scale: str) -> float | None:
    """Share of the scale's items answered at the good-looking extreme: 6 or 7 of seven points, keyed (Paulhus 1984).

    Meant for the Impression Management scale of the BIDR, loaded from your data. None below 80 % answered; raises
    `UsageError` for a scale the instrument does not have.
    """
    keys = instrument.scale(scale).keys
    keyed = [instrument.keyed(id, answer) for id in keys if (answer := answers.get(id)) is not None]
    if len(keyed) < COVERAGE * len(keys):
        return None
    ends = instrument.response
    line = ends.low + EXTREME * (ends.high - ends.low)
    return sum(point >= line - 1e-9 for point in keyed) / len(keyed)


def agreement_shares(instrument: Instrument, answers: Answers) -> Mapping[str, float]:
    """Shares of raw answers above, at and below the middle: "agree", "middle", "disagree"; empty without answers."""
    raw = [raw_answer(instrument, id, answer) for id, answer in answers.items() if answer is not None]
    if not raw:
        return {}
    middle = instrument.response.middle
    sides = {"agree": sum(x > middle for x in raw), "middle": sum(x == middle for x in raw)}
    sides["disagree"] = len(raw) - sum(sides.values())
    return {name: count / len(raw) for name, count in sides.items()}
