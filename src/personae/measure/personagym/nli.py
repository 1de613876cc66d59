"""Persona Consistency without a judge: do the answers follow from what the persona says of itself, or deny it?

A second opinion beside the judges, from a pair scorer. It sees single sentences and no style, so it is coarse: compare
two runs of one persona by it, not two personas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from personae.measure.consistency.asking import judged
from personae.measure.consistency.matrix import Readable, hypotheses
from personae.measure.drift import SPOKEN
from personae.measure.items import mean
from personae.measure.personagym.block import Item
from personae.measure.personagym.protocol import Subject
from personae.measure.personagym.scores import UNIT
from personae.models.embedder import supported
from personae.types import CONTRADICTION, ENTAILMENT, Measurement, PairScorer

TASK = "persona_consistency"


async def nli_consistency(
    scorer: PairScorer,
    pairs: Sequence[tuple[Subject, Sequence[Item]]],
    *,
    name: str = f"personagym.{TASK}.nli",
    readable: Readable = supported,
) -> Measurement:
    """The mean over the answers to Persona Consistency of 3 + 2·(E − C), 1 … 5.

    E is the highest probability that the answer entails one of the subject's statements, C that it contradicts one:
    3 says nothing about the persona, 5 states it, 1 denies it (our definition). Answers that are missing or cannot be
    read, and subjects without statements, are counted in `missing`.
    """
    values: dict[str, float] = {}
    missing: dict[str, int] = {}
    for subject, items in pairs:
        statements = [each.text for each in hypotheses(_told(subject), readable)[0]]
        for item in items:
            if item.task != TASK:
                continue
            reason = _unread(item, statements, readable)
            if reason:
                missing[reason] = missing.get(reason, 0) + 1
                continue
            rows = await judged(scorer, [item.answer] * len(statements), statements)
            if np.isnan(rows).any():
                missing["unjudged"] = missing.get("unjudged", 0) + 1
                continue
            entailed, denied = float(rows[:, ENTAILMENT].max()), float(rows[:, CONTRADICTION].max())
            values[f"{subject.id}/{item.id}"] = 3.0 + 2.0 * (entailed - denied)
    about: Mapping[str, object] = {"scorer": {"name": scorer.name, **scorer.provenance}}
    return mean(name, values, missing, unit=UNIT, details=about)


def _told(subject: Subject) -> tuple[str, ...]:
    """The subject's statements; for a mere description, that this is what it is.

    >>> _told(Subject("a", "A baker from Graz"))
    ('I am a baker from Graz.',)
    """
    if subject.statements:
        return subject.statements
    first, _, rest = subject.text.strip().rstrip(".").partition(" ")
    return (f"I am {first.lower()} {rest}.",) if first in ("A", "An") and rest else ()


def _unread(item: Item, statements: Sequence[str], readable: Readable) -> str | None:
    if not statements:
        return "no statements"
    if item.outcome not in SPOKEN:
        return item.missing or "no answer"
    return "unread_reply" if readable(item.answer) else None
