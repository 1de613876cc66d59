"""Does a score hang on how the items were put? The same items under several wordings and option orders, compared.

Not being significantly different is no proof of being the same, so sameness is tested for itself (two one-sided tests)
and it is asked of raw answers as well: on a balanced key somebody who always takes the first option keeps a keyed mean
in the middle, whichever way the scale is turned.
[Self-Assessment Tests are Unreliable Measures of LLM Personality, 2023]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.rows import Row
from personae.psychometrics.scoring import by_respondent, raw_answer
from personae.stats.equivalence import holm, tost
from personae.stats.intraclass import icc_a1
from personae.stats.paired import wilcoxon

Verdict = Literal["stable", "not shown", "unstable"]
Coding = Literal["raw", "keyed"]
FloatArray = npt.NDArray[np.float64]

DELTA = 0.0625  #: share of the range that does not matter: .25 points on 1 … 5
FEWEST_ITEMS = 10
FEWEST_TEMPLATES = 3
ALPHA = 0.05
STABLE_FLIPS, UNSTABLE_FLIPS = 0.05, 0.20
MOST_INVALID = 0.05
LEAST_ICC = 0.75


class Condition(NamedTuple):
    """One way of putting the items."""

    template: str
    label_set: str
    order: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two conditions on one coding, paired by item.

    changed:    what differs between them: "order", "template", "label_set", or several joined by "+".
    difference: mean of first less second in points, over `n` items both answered.
    tost_p:     p of the equivalence test within δ; wilcoxon_p, holm_p: of the test for a difference, and corrected for
                all contrasts of the coding.
    """

    first: Condition
    second: Condition
    changed: str
    coding: Coding
    n: int
    difference: float
    tost_p: float
    wilcoxon_p: float
    holm_p: float


@dataclass(frozen=True, slots=True)
class Certificate:
    """The verdict on one set of items of one respondent, and everything it rests on.

    scale:      the scale certified, "" for all scored items together.
    verdict:    "stable", "unstable", or "not shown" where neither could be shown; `reasons` say why it is not stable.
    delta:      the difference that does not matter, in points.
    flips:      share of items whose answer is above the middle under one condition and below it under another, and
                `flipped` which; None where nothing could be compared.
    invalid:    share of planned answers without data, and `missing` how they ended ("not_run": never asked).
    icc:        ICC(A,1) of raw answers over conditions: how well one way of asking stands for the others.
    """

    scale: str
    verdict: Verdict
    reasons: tuple[str, ...]
    items: int
    conditions: tuple[Condition, ...]
    delta: float
    flips: float | None
    flipped: tuple[str, ...]
    invalid: float
    missing: Mapping[str, int]
    icc: float | None
    icc_reason: str | None
    contrasts: tuple[Contrast, ...] = field(default=(), repr=False)

    def largest(self, coding: Coding, changed: str | None = None) -> Contrast | None:
        """The contrast of that coding with the largest difference, among those in which only `changed` changed."""
        found = [c for c in self.contrasts if c.coding == coding and changed in (None, c.changed)]
        return max(found, key=lambda contrast: abs(contrast.difference), default=None)

    def about(self) -> dict[str, Any]:
        """Plain JSON data without the single contrasts: of these only the largest per coding and per thing changed."""
        data = asdict(self) | {"flipped": list(self.flipped), "reasons": list(self.reasons)}
        del data["contrasts"]
        data["conditions"] = [list(condition) for condition in self.conditions]
        data["equivalent"] = sum(c.tost_p < ALPHA for c in self.contrasts)
        data["contrasts"] = len(self.contrasts)
        changes: dict[str, str | None] = {"": None, ".order": "order", ".template": "template"}
        for name, changed in changes.items():
            for coding in ("raw", "keyed"):
                worst = self.largest(coding, changed)
                data[f"{coding}{name}"] = None if worst is None else round(worst.difference, 4)
        return data


def certify(rows: Iterable[Row], instrument: Instrument, scale: str = "") -> Certificate:
    """The certificate of one respondent's answers to all scored items, or to one scale.

    stable:   every equivalence test p < .05 on raw and on keyed answers, at most 5 % of the items change side, at most
              5 % of the answers are missing, ICC(A,1) at least .75; from three templates in both directions.
    unstable: a difference of δ or more with a Holm p < .05, or more than 20 % of the items change side.
    Fewer than ten items show nothing. Raises `UsageError` for rows of several respondents, another instrument or none.
    """
    table = _Table.of(rows, instrument, scale)
    contrasts = _contrasts(table)
    flipped = table.flipped
    icc, icc_reason = _agreement(table)
    flips = len(flipped) / len(table.items) if len(table.conditions) > 1 else None
    invalid = sum(table.missing.values()) / table.planned
    bad = _against(contrasts, flips, table.delta)
    lacking = _lacking(table, contrasts, flips, invalid, icc, icc_reason)
    few = len(table.items) < FEWEST_ITEMS
    verdict: Verdict = "not shown" if few or (lacking and not bad) else "unstable" if bad else "stable"
    reasons = (f"{len(table.items)} items; a certificate needs {FEWEST_ITEMS}",) if few else (*bad, *lacking)
    return Certificate(
        scale, verdict, reasons, len(table.items), table.conditions, table.delta, flips, flipped, invalid,
        table.missing, icc, icc_reason, contrasts,
    )  # fmt: skip


@dataclass(frozen=True)
class _Table:
    """Raw and keyed answers, items × conditions; NaN where there is none. Repeats of a condition are averaged."""

    items: tuple[str, ...]
    conditions: tuple[Condition, ...]
    raw_IC: FloatArray
    keyed_IC: FloatArray
    missing: Mapping[str, int]
    planned: int
    middle: float
    delta: float

    @classmethod
    def of(cls, rows: Iterable[Row], instrument: Instrument, scale: str) -> _Table:
        keys = instrument.scale(scale).keys if scale else {item.id: item.key for item in instrument.items if item.key}
        own = _one_respondent(rows, instrument)
        items, ends = tuple(keys), instrument.response
        conditions = tuple(dict.fromkeys(Condition(row.template, row.label_set, row.order) for row in own))
        at, column = {id: i for i, id in enumerate(items)}, {each: i for i, each in enumerate(conditions)}
        total, count = np.zeros((len(items), len(conditions))), np.zeros((len(items), len(conditions)))
        asked, missing = np.zeros_like(count), Counter[str]()
        for row in own:
            if row.item in at:
                cell = at[row.item], column[Condition(row.template, row.label_set, row.order)]
                asked[cell] += 1
                if row.answer is None:
                    missing[row.status] += 1
                else:
                    total[cell] += raw_answer(instrument, row.item, row.answer)
                    count[cell] += 1
        if never := int((asked == 0).sum()):
            missing["not_run"] = never
        raw = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
        turned = np.array([key < 0 for key in keys.values()])[:, None]
        keyed = np.where(turned, ends.low + ends.high - raw, raw)
        planned = int(asked.sum()) + never
        return cls(items, conditions, raw, keyed, missing, planned, ends.middle, DELTA * (ends.high - ends.low))

    @property
    def flipped(self) -> tuple[str, ...]:
        """Items answered above the middle under one condition and below it under another."""
        above, below = self.raw_IC > self.middle, self.raw_IC < self.middle
        both = np.flatnonzero(above.any(axis=1) & below.any(axis=1))
        return tuple(self.items[index] for index in both)


def _one_respondent(rows: Iterable[Row], instrument: Instrument) -> list[Row]:
    found = by_respondent(rows)
    if len(found) != 1:
        who = ", ".join(sorted("/".join(each) for each in found)[:3]) or "none"
        raise UsageError(
            f"a certificate is about one respondent, asked in one way; these rows hold {len(found)}: {who}"
        )
    ((respondent, own),) = found.items()
    if respondent.instrument != instrument.id:
        raise UsageError(f"these rows answer {respondent.instrument!r}, not {instrument.id!r}")
    for id in {row.item for row in own}:
        instrument.item(id)
    return own


def _contrasts(table: _Table) -> tuple[Contrast, ...]:
    """Every pair of conditions on both codings; pairs with fewer than two items in common tell nothing."""
    found: list[Contrast] = []
    pairs = list(combinations(range(len(table.conditions)), 2))
    codings: tuple[tuple[Coding, FloatArray], ...] = (("raw", table.raw_IC), ("keyed", table.keyed_IC))
    for coding, answers in codings:
        rows = []
        for one, other in pairs:
            gaps = answers[:, one] - answers[:, other]
            gaps = gaps[np.isfinite(gaps)]
            if len(gaps) > 1:
                rows.append((one, other, gaps, wilcoxon(list(gaps))))
        corrected = holm([p for *_, p in rows])
        for (one, other, gaps, p), holm_p in zip(rows, corrected, strict=True):
            first, second = table.conditions[one], table.conditions[other]
            tested = tost(list(gaps), table.delta)
            changed, moved = _changed(first, second), float(gaps.mean())
            sameness = 1.0 if tested.p is None else tested.p
            found.append(Contrast(first, second, changed, coding, len(gaps), moved, sameness, p, holm_p))
    return tuple(found)


def _changed(first: Condition, second: Condition) -> str:
    return "+".join(name for name, a, b in zip(Condition._fields, first, second, strict=True) if a != b)


def _agreement(table: _Table) -> tuple[float | None, str | None]:
    complete = table.raw_IC[np.isfinite(table.raw_IC).all(axis=1)]
    if len(table.conditions) < 2 or len(complete) < 2:
        return None, "fewer than two conditions or items that all conditions have"
    found = icc_a1(complete)
    return found.value, found.reason


def _against(contrasts: Sequence[Contrast], flips: float | None, delta: float) -> tuple[str, ...]:
    """What shows that the answers depend on how they were asked."""
    found = []
    for coding in ("raw", "keyed"):
        sure = [c for c in contrasts if c.coding == coding and c.holm_p < ALPHA and abs(c.difference) >= delta]
        if sure:
            worst = max(sure, key=lambda contrast: abs(contrast.difference))
            found.append(f"{coding} answers move by {abs(worst.difference):.2f} points when {_in_words(worst)} changes")
    if flips is not None and flips > UNSTABLE_FLIPS:
        found.append(f"{flips:.0%} of the items change side")
    return tuple(found)


def _lacking(
    table: _Table,
    contrasts: Sequence[Contrast],
    flips: float | None,
    invalid: float,
    icc: float | None,
    icc_reason: str | None,
) -> tuple[str, ...]:
    """What is missing for "stable"."""
    found = []
    templates = len({condition.template for condition in table.conditions})
    if templates < FEWEST_TEMPLATES:
        found.append(f"{templates} template{'s' * (templates != 1)}; {FEWEST_TEMPLATES} are needed")
    if not {"forward", "reverse"} <= {condition.order for condition in table.conditions}:
        found.append("the options were not shown in both directions")
    thin = [c for c in contrasts if c.n < FEWEST_ITEMS]
    if thin:
        found.append(f"some conditions share only {min(c.n for c in thin)} answered items")
    if open_ := [c for c in contrasts if c.tost_p >= ALPHA]:
        found.append(f"{len(open_)} of {len(contrasts)} comparisons do not show the answers to be the same")
    if flips is not None and STABLE_FLIPS < flips <= UNSTABLE_FLIPS:
        found.append(f"{flips:.0%} of the items change side")
    if invalid > MOST_INVALID:
        found.append(f"{invalid:.0%} of the answers are missing")
    if len(table.conditions) > 1 and icc is None:
        found.append(f"no agreement between conditions can be had: {icc_reason}")
    elif icc is not None and icc < LEAST_ICC:
        found.append(f"the conditions agree too little, ICC {round(icc, 2) + 0:.2f}")
    return tuple(found)


def _in_words(contrast: Contrast) -> str:
    words = {"order": "the order of the options", "template": "the wording around the item", "label_set": "the labels"}
    return " and ".join(words[name] for name in contrast.changed.split("+"))
