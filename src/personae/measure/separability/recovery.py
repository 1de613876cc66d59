"""Can the assigned pole be told from the text, and can it still when no text names it?"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.measure.separability.leaks import LeakReport, Stems, leak_report
from personae.measure.separability.linear import C, folds_by, out_of_fold
from personae.measure.separability.ngrams import MIN_DF, NGrams
from personae.measure.separability.people import Person
from personae.stats.clustered import clustered_share
from personae.stats.intervals import NOTHING, Interval


@dataclass(frozen=True)
class Recovery:
    """Shares of texts whose pole was told right by a reader that had not seen their fold, before and after masking.

    plain, masked: trait → share, 0 … 1, with an interval over groups of repeats; without a value there is a reason.
    chance:        trait → share of the commoner pole: what telling nobody apart gives.
    leaks:         how many texts name a trait. Where any does, only `masked` says something about the writing.
    """

    plain: Mapping[str, Interval]
    masked: Mapping[str, Interval]
    chance: Mapping[str, float]
    leaks: LeakReport


def recovery(people: Sequence[Person], *, stems: Stems | None = None, c: float = C, min_df: int = MIN_DF) -> Recovery:
    """TF-IDF of words and pairs of words, logistic regression, folds by repetition (ten at most).

    A repetition stands in one fold, so that the texts of one run are never parted. Raises `UsageError` where nobody
    wrote a text, where all texts are of one repetition, and above 3,000 texts (`linear.MOST_TEXTS`).
    """
    written = [person for person in people if person.text.strip()]
    if not written:
        raise UsageError("nobody wrote a text; recovery needs texts")
    texts = [person.text for person in written]
    folds = folds_by([person.repeat for person in written])
    if len(set(folds)) < 2:
        raise UsageError(f"all texts are of repetition {written[0].repeat!r}; to hold one out takes two or more")
    stems = stems or Stems.of_big_five()
    traits = list(dict.fromkeys(trait for person in written for trait in person.assigned))
    plain, masked = (
        _told(said, written, folds, traits, c, min_df) for said in (texts, [stems.masked(text) for text in texts])
    )
    shares = {trait: _share_high(written, trait) for trait in traits}
    chance = {trait: max(share, 1 - share) for trait, share in shares.items() if share is not None}
    return Recovery(plain, masked, chance, leak_report(texts, stems))


def _told(
    texts: Sequence[str], people: Sequence[Person], folds: Sequence[int], traits: Sequence[str], c: float, min_df: int
) -> dict[str, Interval]:
    reasons = {trait: _why_not(people, folds, trait) for trait in traits}
    usable = [trait for trait in traits if not reasons[trait]]
    found = {trait: dataclasses.replace(NOTHING, reason=reasons[trait]) for trait in traits if reasons[trait]}
    if usable:
        labels = [[person.assigned[trait] for person in people] for trait in usable]
        rows = out_of_fold(NGrams.of(texts, min_df=min_df), labels, folds, c=c)
        for trait, high, row in zip(usable, labels, rows, strict=True):
            marks: dict[str, list[bool]] = {}
            for person, pole, probability in zip(people, high, row, strict=True):
                marks.setdefault(person.group, []).append((probability > 0.5) == pole)
            found[trait] = clustered_share(marks)
    return {trait: found[trait] for trait in traits}


def _why_not(people: Sequence[Person], folds: Sequence[int], trait: str) -> str:
    """Why a trait cannot be told: somebody has no pole of it, or some fold leaves only one pole to learn from."""
    if lost := sum(trait not in person.assigned for person in people):
        return f"{lost} of {len(people)} people have no assigned pole"
    for fold in set(folds):
        seen = {person.assigned[trait] for person, place in zip(people, folds, strict=True) if place != fold}
        if len(seen) < 2:
            return "only one pole is there to learn from"
    return ""


def _share_high(people: Sequence[Person], trait: str) -> float | None:
    given = [person.assigned[trait] for person in people if trait in person.assigned]
    return sum(given) / len(given) if given else None
