"""Do keys and coding fit what people answered? Three tests that need no norms.

A wrongly keyed item falls against the rest of its own domain. A Big-Five domain keyed upside down as a whole agrees
with itself, but goes against the others: neuroticism falls where the other four rise together. And sentences keyed for
and against a domain are answered in opposite ways: in raw answers they correlate below 0, in answers that were turned
already above 0. Released files have been used as one while they were the other [Personality Alignment 2025; Personality
Illusion].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from personae.psychometrics.instrument import Coding, Instrument
from personae.psychometrics.lint import Finding
from personae.psychometrics.people import Person, answers_PI
from personae.stats.covariances import Table, moments
from personae.stats.internal_consistency import item_rest

FloatArray = npt.NDArray[np.float64]

#: An item-rest correlation at or below this is an error of the key; up to 0 it is a warning.
WRONG = -0.20
#: Fewer people than this say nothing about a key: the 95 % interval around r = 0 is wider than ±.36.
MIN_PEOPLE = 30
#: A domain whose mean correlation with the other four, signs as found in people, is below this goes against them.
#: In 2,800 and 200 people, and in 320 replies of a model told to hold random traits, the means were +.15 to +.40.
AGAINST = -0.10


@dataclass(frozen=True, slots=True)
class Opposite:
    """How items keyed for and against a domain go together, as answers stand: mean r over all such pairs."""

    domain: str
    r: float
    pairs: int


def lint_answers(instrument: Instrument, people: Sequence[Person], coding: Coding | None = None) -> tuple[Finding, ...]:
    """What is wrong with keys or coding, given people's answers by item id (None where missing).

    `coding` says what the answers are, where it is not what the instrument says. Raises `UsageError` for an answer to
    an item that is not there.
    """
    meant = replace(instrument, coding=coding or instrument.coding)
    table, off = _on_scale(meant, answers_PI(meant, people))
    found = [off] if off else []
    answered = int((~np.isnan(table)).any(axis=1).sum())
    if answered < MIN_PEOPLE:
        return (
            *found,
            Finding("info", "people", "", f"{answered} people answered; {MIN_PEOPLE} are needed to judge keys"),
        )
    wrong = list(_coding(meant, _opposites(meant, table)))
    against = _rests(meant, table)
    if any(finding.severity == "error" for finding in wrong):
        return (*found, *wrong, _overall(meant, against))
    return (*found, *wrong, *_keys(meant, against), *_upside_down(meant, table))


def item_rests(
    instrument: Instrument, people: Sequence[Person], coding: Coding | None = None
) -> dict[str, float | None]:
    """Each scored item's correlation with the others of its domain, after keying; None where it does not vary."""
    meant = replace(instrument, coding=coding or instrument.coding)
    return _rests(meant, _on_scale(meant, answers_PI(meant, people))[0])


def opposite_pairs(instrument: Instrument, people: Sequence[Person]) -> tuple[Opposite, ...]:
    """Mean correlation of oppositely keyed items by domain, over answers as they stand; domains without such pairs
    are left out."""
    return _opposites(instrument, _on_scale(instrument, answers_PI(instrument, people))[0])


def _rests(meant: Instrument, table: FloatArray) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for domain in meant.domains:
        ids = [meant.items[at].id for at in _domain(meant, domain)[0]]
        found |= zip(ids, item_rest(_keyed(meant, domain, table)), strict=True)
    return found


def _opposites(instrument: Instrument, table: FloatArray) -> tuple[Opposite, ...]:
    found = []
    for domain in instrument.domains:
        columns, keys = _domain(instrument, domain)
        varying = Table.of(table[:, columns])
        kept = keys[list(varying.kept)]
        pairs = moments(varying).correlations[np.ix_(kept == 1, kept == -1)]
        if np.isfinite(pairs).any():
            found.append(Opposite(domain, float(np.nanmean(pairs)), int(np.isfinite(pairs).sum())))
    return tuple(found)


def _coding(instrument: Instrument, opposites: Sequence[Opposite]) -> Iterator[Finding]:
    if not opposites:
        yield Finding("info", "coding", "", "no domain has items keyed both ways: raw and scored cannot be told apart")
        return
    raw = instrument.coding == "raw"
    mean = sum(each.r * each.pairs for each in opposites) / sum(each.pairs for each in opposites)
    shown = ", ".join(f"{each.domain} {each.r:+.2f}" for each in opposites)
    if (mean >= 0) if raw else (mean <= 0):
        seen = "look already reverse-scored" if raw else "look raw, not reverse-scored"
        instead = "scored" if raw else "raw"
        yield Finding(
            "error",
            "coding",
            "",
            f"answers {seen}: oppositely keyed items correlate {shown}; declare coding {instead!r}",
        )
        return
    for each in opposites:
        if (each.r >= 0) if raw else (each.r <= 0):
            side = "together" if raw else "apart"
            yield Finding("warning", "coding", each.domain, f"oppositely keyed items go {side} (mean r {each.r:+.2f})")


def _keys(instrument: Instrument, against: dict[str, float | None]) -> Iterator[Finding]:
    for severity in ("error", "warning", "info"):
        for id, r in against.items():
            item = instrument.item(id)
            if severity == "info" and r is None:
                yield Finding("info", "item-rest", id, "everybody gave the same answer")
            elif severity == "error" and r is not None and r <= WRONG:
                yield Finding(
                    "error",
                    "item-rest",
                    id,
                    f"falls against the rest of {item.domain} (r {r:+.2f}): is the key {item.key:+d} right?",
                )
            elif severity == "warning" and r is not None and WRONG < r < 0:
                yield Finding("warning", "item-rest", id, f"does not go with the rest of {item.domain} (r {r:+.2f})")


def _upside_down(instrument: Instrument, table: FloatArray) -> Iterator[Finding]:
    if set(instrument.domains) != set("EACNO"):
        return
    means_PD = np.stack([_domain_means(instrument, domain, table) for domain in "EACNO"], axis=1)
    correlations = moments(Table.of(means_PD)).correlations
    if correlations.shape != (5, 5) or not np.isfinite(correlations).all():
        return
    sign = np.array([-1 if domain == "N" else 1 for domain in "EACNO"])
    mean = ((correlations * np.outer(sign, sign)).sum(axis=1) - 1) / 4
    worst = int(mean.argmin())
    if mean[worst] <= AGAINST:
        said = f"goes against the other four as people answer (mean r {mean[worst]:+.2f}): is it keyed upside down?"
        yield Finding("warning", "domain", "EACNO"[worst], said)


def _domain_means(instrument: Instrument, domain: str, table: FloatArray) -> FloatArray:
    """Each person's mean over what was answered of a domain, NaN where nothing was."""
    scores = _keyed(instrument, domain, table)
    there = ~np.isnan(scores)
    with np.errstate(invalid="ignore"):
        return np.asarray(
            np.where(there, scores, 0).sum(axis=1) / np.where(there.any(axis=1), there.sum(axis=1), np.nan)
        )


def _overall(instrument: Instrument, against: dict[str, float | None]) -> Finding:
    known = [r for r in against.values() if r is not None]
    below, far = sum(r < 0 for r in known), sum(r <= WRONG for r in known)
    items = f"{below} of {len(known)} items fall against their own domain, {far} of them at r ≤ {WRONG}"
    said = f"read as {instrument.coding}, {items}"
    return Finding("info", "item-rest", "", said)


def _domain(instrument: Instrument, domain: str) -> tuple[list[int], npt.NDArray[np.int64]]:
    columns = [at for at, item in enumerate(instrument.items) if item.domain == domain and item.key]
    return columns, np.array([instrument.items[at].key for at in columns])


def _keyed(instrument: Instrument, domain: str, table: FloatArray) -> FloatArray:
    """People × the domain's items, as points for the domain."""
    columns, keys = _domain(instrument, domain)
    scores = table[:, columns]
    if instrument.coding == "scored":
        return scores
    return np.where(keys == -1, instrument.response.low + instrument.response.high - scores, scores)


def _on_scale(instrument: Instrument, table: FloatArray) -> tuple[FloatArray, Finding | None]:
    """The table with answers outside the scale taken out, and what to say about them."""
    ends = instrument.response
    off = (table < ends.low) | (table > ends.high)
    if not off.any():
        return table, None
    row, column = np.argwhere(off)[0]
    first = f"first {table[row, column]:g} by person {row + 1} to {instrument.items[column].id!r}"
    scale = f"{int(off.sum())} answers are not on the scale {ends.low}–{ends.high}"
    said = f"{scale} ({first}); say which number means missing"
    return np.where(off, np.nan, table), Finding("error", "range", instrument.items[column].id, said)
