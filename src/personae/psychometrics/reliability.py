"""How reliable the scores of an instrument are over a table of respondents: per scale, pooled and where it matters.

Two things make a coefficient too large and are shown beside it. Respondents that were *assigned* a level differ by
assignment, so alpha is given within each level too. Many answers of one model or persona are not many people, so alpha
is given between and within units, and intervals draw whole units. [Personality Traits in LLMs 2023]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.psychometrics.answer_table import AnswerTable
from personae.psychometrics.instrument import Instrument, Level, Scale
from personae.psychometrics.scoring import COVERAGE
from personae.stats.coefficient import Coefficient
from personae.stats.covariances import coded
from personae.stats.internal_consistency import Consistency, internal_consistency
from personae.stats.intervals import FloatArray
from personae.stats.retest import Retest
from personae.stats.retest import retest as stable
from personae.stats.units import Dependence, dependence

#: Fewer respondents than this give no reliability (our choice: with ten, a 95 % interval is still wider than .5).
FEWEST = 10

#: An item that correlates so with the rest of its scale is likely keyed the wrong way.
AGAINST = -0.20

#: A column with more labels than this holds no assigned level.
MOST_LEVELS = 50

#: So many of them are named, and from this share of the items on the coding is doubted too.
NAMED, MANY = 4, 0.1

#: Pooled alpha this much above the alpha within levels is called inflated.
INFLATED = 0.10


@dataclass(frozen=True, slots=True)
class ScaleReliability:
    """One scale over one group of respondents.

    group:      "pooled", "between UNIT", "within UNIT", or "COLUMN = LABEL".
    people:     respondents in the group (units for "between").
    items, dropped: ids that count, and those left out because nothing varies in them.
    item_rest:  by item, its correlation with the sum of the others; None where undefined.
    """

    scale: str
    level: Level
    group: str
    people: int
    items: tuple[str, ...]
    dropped: tuple[str, ...]
    alpha: Coefficient
    lambda6: Coefficient
    omega: Coefficient
    split_half: Coefficient
    item_rest: Mapping[str, float | None]

    @property
    def against(self) -> tuple[str, ...]:
        """Items that go clearly against their scale (item-rest r ≤ −.20): their key is likely wrong."""
        return tuple(id for id, r in self.item_rest.items() if r is not None and r <= AGAINST)


@dataclass(frozen=True)
class Reliability:
    """All scales, each in all its groups; how far respondents of one unit hang together; what has to be said.

    missing: answers that are not there, by how they ended; none was filled in.
    """

    instrument: str
    people: int
    scales: tuple[ScaleReliability, ...]
    dependence: Mapping[str, Dependence]
    missing: Mapping[str, int]
    warnings: tuple[str, ...]

    def of(self, scale: str, group: str = "pooled") -> ScaleReliability:
        """One line of it. Raises KeyError for a scale or group that is not there."""
        for each in self.scales:
            if (each.scale, each.group) == (scale, group):
                return each
        raise KeyError((scale, group))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self)


def reliability(
    table: AnswerTable,
    instrument: Instrument,
    *,
    units: str | None = None,
    levels: Mapping[str, str] | str | None = None,
    seed: int = 0,
    n_resamples: int = 1000,
) -> Reliability:
    """Alpha, lambda 6, omega and split-half of every scale with bootstrap intervals.

    units:  the column that says which model or persona is behind a respondent. Intervals then draw whole units, and
            each scale is also given between units (of their mean answers) and within (answers less their unit's mean).
    levels: the column of the assigned level, for all scales or by scale; each scale is also given within each level.
    Raises `UsageError` for a column that is not there or holds no levels, and for an instrument without scales.
    """
    if not instrument.scales:
        raise UsageError(f"{instrument.id!r} has no scales of keyed items, so nothing in it can be reliable")
    labels = table.column(units) if units else None
    found: list[ScaleReliability] = []
    tied: dict[str, Dependence] = {}
    for scale in instrument.scales:
        ids, answers = table.keyed(instrument, scale)
        column = levels if isinstance(levels, str) else (levels or {}).get(scale.name)
        for group, rows, drawn in _groups(answers, units, labels, column, table):
            found.append(_reliable(scale, group, ids, rows, drawn, seed, n_resamples))
        if labels is not None and scale.level == "domain":
            scores = scale_means(answers)
            there = np.isfinite(scores)
            if there.any():
                tied[scale.name] = dependence(
                    scores[there].tolist(), [label for label, here in zip(labels, there, strict=True) if here]
                )
    warnings = (*table.notes, *_warnings(found, tied, units, levels, table, instrument))
    return Reliability(instrument.id, len(table.people), tuple(found), tied, dict(table.missing), warnings)


def retest(
    first: AnswerTable, second: AnswerTable, instrument: Instrument, *, seed: int = 0, n_resamples: int = 1000
) -> dict[str, Retest]:
    """By scale, how the scores of the same people (joined by name) hold over two occasions."""
    return {
        scale.name: stable(_scores(first, instrument, scale), _scores(second, instrument, scale), seed=seed,
                           n_resamples=n_resamples)
        for scale in instrument.scales
    }  # fmt: skip


def scale_means(keyed_PI: FloatArray) -> FloatArray:
    """The mean answer of each person with at least 80 % of the items, else NaN.

    >>> scale_means(np.array([[1.0, 3.0], [2.0, np.nan]])).tolist()
    [2.0, nan]
    """
    there = ~np.isnan(keyed_PI)
    count, items = there.sum(axis=1), keyed_PI.shape[1]
    sums = np.where(there, keyed_PI, 0.0).sum(axis=1)
    return np.where((count >= COVERAGE * items) & (count > 0), sums / np.maximum(count, 1), np.nan)


def _scores(table: AnswerTable, instrument: Instrument, scale: Scale) -> dict[str, float]:
    means = scale_means(table.keyed(instrument, scale)[1])
    return {who: float(mean) for who, mean in zip(table.people, means, strict=True) if np.isfinite(mean)}


def _groups(
    answers: FloatArray, units: str | None, labels: Sequence[str] | None, column: str | None, table: AnswerTable
) -> Iterator[tuple[str, FloatArray, Sequence[str] | None]]:
    """Name, answers and units of each group of respondents."""
    yield "pooled", answers, labels
    if units and labels is not None:
        codes, count = coded(labels, len(answers))
        means = _unit_means(answers, codes, count)
        yield f"between {units}", means, None
        several = np.bincount(codes, minlength=count)[codes] > 1
        if several.any():
            kept = [label for label, more in zip(labels, several, strict=True) if more]
            yield f"within {units}", (answers - means[codes])[several], kept
    if column:
        assigned = np.array(table.column(column), dtype=object)
        told = list(dict.fromkeys(assigned.tolist()))
        if len(told) > MOST_LEVELS:
            raise UsageError(f"{column!r} has {len(told)} labels; an assigned level has {MOST_LEVELS} at most")
        for label in told:
            here = assigned == label
            inside = None if labels is None else [each for each, its in zip(labels, here, strict=True) if its]
            yield f"{column} = {label}", answers[here], inside


def _unit_means(answers: FloatArray, codes: np.ndarray[Any, Any], count: int) -> FloatArray:
    there = ~np.isnan(answers)
    sums, seen = np.zeros((count, answers.shape[1])), np.zeros((count, answers.shape[1]))
    np.add.at(sums, codes, np.where(there, answers, 0.0))
    np.add.at(seen, codes, there.astype(np.float64))
    return np.where(seen > 0, sums / np.maximum(seen, 1.0), np.nan)


def _reliable(
    scale: Scale,
    group: str,
    ids: Sequence[str],
    answers: FloatArray,
    units: Sequence[str] | None,
    seed: int,
    n_resamples: int,
) -> ScaleReliability:
    people = int((~np.isnan(answers)).any(axis=1).sum()) if answers.size else 0
    found = internal_consistency(answers, seed=seed, n_resamples=n_resamples if people >= FEWEST else 0, units=units)
    if people < FEWEST:
        found = _too_few(people, found, group)
    dropped = {ids[place] for place in found.alpha.dropped}
    return ScaleReliability(
        scale.name,
        scale.level,
        group,
        people,
        tuple(id for id in ids if id not in dropped),
        tuple(id for id in ids if id in dropped),
        found.alpha,
        found.lambda6,
        found.omega,
        found.split_half,
        dict(zip(ids, found.item_rest, strict=True)),
    )


def _too_few(people: int, found: Consistency, group: str) -> Consistency:
    who = "units" if group.startswith("between") else "respondents"
    none = Coefficient(reason=f"{people} {who}; reliability needs {FEWEST}", n=people, dropped=found.alpha.dropped)
    return Consistency(none, none, none, none, tuple(None for _ in found.item_rest))


def _warnings(
    found: Sequence[ScaleReliability],
    tied: Mapping[str, Dependence],
    units: str | None,
    levels: Mapping[str, str] | str | None,
    table: AnswerTable,
    instrument: Instrument,
) -> Iterator[str]:
    pooled = {each.scale: each for each in found if each.group == "pooled"}
    for each in pooled.values():
        name = instrument.name_of(each.scale)
        if each.dropped:
            yield f"{name}: everybody answered {', '.join(each.dropped)} alike; left out"
        if each.level == "domain" and (against := each.against):
            told = ", ".join(f"{id!r} (r {each.item_rest[id]:.2f} with the rest)" for id in against[:NAMED])
            more = f" and {len(against) - NAMED} more" if len(against) > NAMED else ""
            yield f"{name}: {told}{more} go against the scale; check the key{_turned(len(against), each, instrument)}"
    for scale, own in tied.items():
        if line := own.warning(units or "unit"):
            yield f"{instrument.name_of(scale)}: {line}"
    if levels:
        yield from _inflated(found, pooled, instrument)
    if alike := _alike(table):
        yield f"{alike} of {len(table.people)} respondents gave the same answer to every item"


def _turned(against: int, scale: ScaleReliability, instrument: Instrument) -> str:
    """What else may be the matter where many items go against a scale."""
    many = instrument.coding == "raw" and against >= MANY * len(scale.items)
    return ", or whether the answers were turned by it already (coding: scored)" if many else ""


def _inflated(
    found: Sequence[ScaleReliability], pooled: Mapping[str, ScaleReliability], instrument: Instrument
) -> Iterator[str]:
    for name, whole in pooled.items():
        inside = [each.alpha.value for each in found if each.scale == name and " = " in each.group]
        known = [value for value in inside if value is not None]
        if known and whole.alpha.value is not None and whole.alpha.value > max(known) + INFLATED:
            told = "/".join(f"{value:.2f}" for value in known)
            yield (
                f"{instrument.name_of(name)}: alpha {whole.alpha.value:.2f} over all levels is {told} within them; "
                "the assigned levels make it, not the items"
            )


def _alike(table: AnswerTable) -> int:
    """How many people gave one and the same answer to all items, of ten or more."""
    points = table.points_PI
    there = ~np.isnan(points)
    low = np.where(there, points, np.inf).min(axis=1, initial=np.inf)
    high = np.where(there, points, -np.inf).max(axis=1, initial=-np.inf)
    return int(((low == high) & (there.sum(axis=1) >= 10)).sum())
