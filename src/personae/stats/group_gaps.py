"""How unequally groups are treated: the widest gap of positive decisions, and of decisions where the truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from personae.errors import UsageError


@dataclass(frozen=True, slots=True)
class GroupGap:
    """The largest rate less the smallest, 0 … 1, with the rate of each group; None and a reason where one has none."""

    value: float | None
    rates: Mapping[str, float | None]
    reason: str | None = None


def demographic_parity(decided: Mapping[str, Sequence[bool]]) -> GroupGap:
    """The gap of the shares of positive decisions, by group.

    >>> demographic_parity({"a": [True, True, False, False], "b": [True, False, False, False]}).value
    0.25
    """
    rates = {group: sum(each) / len(each) if each else None for group, each in decided.items()}
    return _gap(rates, "decision")


def equalised_odds(decided: Mapping[str, Sequence[tuple[bool, bool]]]) -> GroupGap:
    """The larger of two gaps: that of positive decisions among what is truly positive, and among what is not.

    Each decision is (decided, truth). The rates are those of the wider gap. [Hardt, Price & Srebro, 2016]

    >>> both = {"a": [(True, True), (False, False)], "b": [(True, True), (True, False)]}
    >>> equalised_odds(both).value, equalised_odds(both).rates
    (1.0, {'a': 0.0, 'b': 1.0})
    """
    gaps = []
    for truth, name in ((True, "truly positive"), (False, "truly negative")):
        part = {group: [said for said, true in each if true is truth] for group, each in decided.items()}
        rates = {group: sum(each) / len(each) if each else None for group, each in part.items()}
        gaps.append(_gap(rates, f"{name} case"))
    missing = next((gap for gap in gaps if gap.value is None), None)
    return missing or max(gaps, key=lambda gap: gap.value or 0.0)


def _gap(rates: Mapping[str, float | None], what: str) -> GroupGap:
    if len(rates) < 2:
        raise UsageError(f"a gap lies between two groups or more, got {sorted(rates)!r}")
    known = [rate for rate in rates.values() if rate is not None]
    if len(known) < len(rates):
        without = next(group for group, rate in rates.items() if rate is None)
        return GroupGap(None, rates, f"group {without!r} has no {what}")
    return GroupGap(max(known) - min(known), rates)
