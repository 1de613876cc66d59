"""What a text says about its author: a score and a pole per trait, with every doubt about it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.psychometrics.scoring import ScaleScore
from personae.psychometrics.trait_prompts import Pole
from personae.types import Measurement


@dataclass(frozen=True, slots=True)
class TraitReading:
    """One piece read for one trait: the keyed score of the numbers, and the poles chosen with high as A, low as A.

    `lost` counts choices that were not had, by outcome; `words` are those of the piece.
    """

    score: ScaleScore
    choices: tuple[Pole | None, Pole | None]
    lost: Mapping[str, int] = field(default_factory=dict)
    words: int = 1


@dataclass(frozen=True, slots=True)
class AuthorTrait:
    """One trait of an author.

    value:    keyed mean in points of the scale, over pieces by their words; None with a reason.
    low, high: 95 % interval over sentences; None where pieces were averaged or a value is missing.
    choice:   the pole chosen in both orders; None where the orders disagree or none was had.
    by_order: the pole chosen with high listed first, and with low listed first.
    doubts:   why confidence is low; empty where numbers and both choices agree.
    missing:  sentences and choices without an answer, by outcome.
    """

    trait: str
    value: float | None = None
    reason: str | None = None
    low: float | None = None
    high: float | None = None
    choice: Pole | None = None
    by_order: tuple[Pole | None, Pole | None] = (None, None)
    doubts: tuple[str, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def confident(self) -> bool:
        """Whether there is a value and no doubt about it."""
        return self.value is not None and not self.doubts


@dataclass(frozen=True)
class AuthorProfile:
    """An author as a reader sees them; `warnings` belong beside every number."""

    traits: Mapping[str, AuthorTrait]
    words: int
    pieces: int
    warnings: tuple[str, ...]
    reader: str

    @property
    def scores(self) -> dict[str, float | None]:
        """Trait → value."""
        return {name: trait.value for name, trait in self.traits.items()}

    @property
    def measurements(self) -> list[Measurement]:
        """`author_traits.<trait>` per trait, in points."""
        return [self._measured(trait) for trait in self.traits.values()]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "reader": self.reader,
            "words": self.words,
            "pieces": self.pieces,
            "warnings": list(self.warnings),
            "traits": {
                name: dataclasses.asdict(trait) | {"confident": trait.confident} for name, trait in self.traits.items()
            },
        }

    def _measured(self, trait: AuthorTrait) -> Measurement:
        name = f"author_traits.{trait.trait}"
        details = {
            "choice": trait.choice,
            "by_order": list(trait.by_order),
            "confidence": "as usual" if trait.confident else "low",
            "doubts": list(trait.doubts),
            "warnings": list(self.warnings),
            "reader": {"name": self.reader, "standing": "untested"},
        }
        if trait.value is None:
            return Measurement(name, reason=trait.reason, missing=trait.missing, unit="points", details=details)
        return Measurement(
            name, trait.value, None, trait.low, trait.high, self.pieces, trait.missing, "points", details
        )


def over_pieces(trait: str, readings: Sequence[TraitReading], middle: float) -> AuthorTrait:
    """A trait from the readings of all pieces: the mean score by words, and the pole most pieces chose, per order.

    A piece without a score leaves the trait without a value: a mean over the rest would be of another text.
    """
    missing = Counter[str]()
    for reading in readings:
        missing.update(reading.score.missing)
        missing.update(reading.lost)
    by_order = (_majority([one.choices[0] for one in readings]), _majority([one.choices[1] for one in readings]))
    choice = by_order[0] if by_order[0] == by_order[1] else None
    lost = [one for one in readings if one.score.value is None]
    if lost:
        reason = lost[0].score.reason if len(readings) == 1 else f"{len(lost)} of {len(readings)} pieces have no score"
        return AuthorTrait(trait, None, reason, None, None, choice, by_order, (), dict(missing))
    words = sum(one.words for one in readings)
    value = sum((one.score.value or 0.0) * one.words for one in readings) / words
    low, high = (readings[0].score.low, readings[0].score.high) if len(readings) == 1 else (None, None)
    doubts = _doubts(value, middle, by_order)
    return AuthorTrait(trait, value, None, low, high, choice, by_order, doubts, dict(missing))


def _doubts(value: float, middle: float, by_order: tuple[Pole | None, Pole | None]) -> tuple[str, ...]:
    found = []
    if None in by_order:
        found.append("no choice between the poles in one order or both")
    elif by_order[0] != by_order[1]:
        found.append("the choice changes with the order of the poles")
    side = "high" if value > middle else "low" if value < middle else None
    if side is None:
        found.append("the numbers lie in the middle")
    elif by_order[0] is not None and by_order[0] == by_order[1] and by_order[0] != side:
        found.append(f"the numbers say {side}, the choice says {by_order[0]}")
    return tuple(found)


def _majority(choices: Sequence[Pole | None]) -> Pole | None:
    high, low = choices.count("high"), choices.count("low")
    return None if high == low else "high" if high > low else "low"
