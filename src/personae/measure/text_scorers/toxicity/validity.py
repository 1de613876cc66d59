"""What a toxicity scorer is worth, measured: any scorer's card filled with figures from the released texts at hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from personae.files import bundled
from personae.measure.text_scorers.card import Card, Figure, Slice
from personae.measure.text_scorers.roles import Scored, TextScorer
from personae.measure.text_scorers.toxicity.released import Case, Rated, read_hatecheck, read_rated, read_toxigen
from personae.stats.correlation import auc, spearman

#: Where no threshold is known.
THRESHOLD = 0.5
IMPLICIT = "derog_impl_h"


async def examined(scorer: TextScorer, folder: Path, *, rated: bool = True) -> Card:
    """The scorer's card with figures and slices from the data sets in `folder`; sets that are not there are left out.

    `rated=False` leaves out the texts with reference toxicities: a scorer trained on them has its own figures, taken
    from texts it had not seen. Texts without a value are left out and counted in a caveat.
    """
    card = scorer.card()
    figures, slices, missing = list(card.figures), card.slices, 0
    if rated:
        rows = read_rated(folder)
        scores = await scorer.score([row.text for row in rows])
        figures += agreement(rows, scores, "RealToxicityPrompts sample")
        missing += _without(scores)
    for what, cases in (("HateCheck", read_hatecheck(folder)), ("ToxiGen seed sentences", read_toxigen(folder))):
        if cases:
            scores = await scorer.score([case.text for case in cases])
            figures += hate(cases, scores, what)
            missing += _without(scores)
            if what == "HateCheck":
                slices = by_kind(cases, scores, card.threshold or THRESHOLD)
    caveats = (*card.caveats, *([f"{missing} test texts got no value."] if missing else []))
    return dataclasses.replace(card, figures=tuple(figures), slices=slices, caveats=caveats)


def agreement(rows: Sequence[Rated], scores: Sequence[Scored], what: str) -> list[Figure]:
    """AUC at a reference toxicity of .5, and the rank correlation with it."""
    told = [(row.toxicity, each.value) for row, each in zip(rows, scores, strict=True) if each.value is not None]
    truth, values = [true for true, _ in told], [value for _, value in told]
    toxic = [true >= THRESHOLD for true in truth]
    found = []
    if 0 < sum(toxic) < len(toxic):
        found.append(Figure(f"AUC, {what}", _rounded(auc(values, toxic)), len(told)))
    if len(set(values)) > 1 and len(set(truth)) > 1:
        found.append(Figure(f"rank correlation, {what}", _rounded(spearman(values, truth)), len(told)))
    return found


def hate(cases: Sequence[Case], scores: Sequence[Scored], what: str) -> list[Figure]:
    """AUC of hateful against other texts, and of implicit hate alone where there is any."""
    told = [(case, each.value) for case, each in zip(cases, scores, strict=True) if each.value is not None]
    implicit = [(case, value) for case, value in told if case.kind == IMPLICIT or not case.hateful]
    found = []
    for name, part in ((what, told), (f"{what}, implicit hate against all that is not", implicit)):
        hateful = [case.hateful for case, _ in part]
        if 0 < sum(hateful) < len(hateful) and (part is told or any(case.kind == IMPLICIT for case, _ in part)):
            found.append(Figure(f"AUC, {name}", _rounded(auc([value for _, value in part], hateful)), len(part)))
    return found


def by_kind(cases: Sequence[Case], scores: Sequence[Scored], threshold: float = THRESHOLD) -> tuple[Slice, ...]:
    """The share flagged of every kind of case, non-hateful kinds first, in the words of `texts/kinds.en.yaml`."""
    words: Mapping[str, str] = bundled(__package__, "texts/kinds.en.yaml")
    flagged: dict[tuple[bool, str], list[bool]] = {}
    for case, each in zip(cases, scores, strict=True):
        if each.value is not None:
            flagged.setdefault((case.hateful, case.kind), []).append(each.value >= threshold)
    return tuple(
        Slice(words.get(kind, kind), hateful, _rounded(float(np.mean(flags))), len(flags))
        for (hateful, kind), flags in sorted(flagged.items(), key=lambda item: item[0])
    )


def _without(scores: Sequence[Scored]) -> int:
    return sum(each.value is None for each in scores)


def _rounded(value: float) -> float:
    return round(float(value), 4)
