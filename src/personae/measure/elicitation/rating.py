"""How far an answer keeps to each want, 1 to 5: read by a judge, or by marks in the text, which is a proxy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from personae.files import bundled
from personae.judges.asking import SETTINGS, ask, filled, quoted
from personae.judges.verdicts import read_score
from personae.measure.elicitation.need import Marks, Need
from personae.types import Message, Model, Settings


@dataclass(frozen=True, slots=True)
class Rated:
    """A score by attribute, 1 to 5; `missing` says for the others how the rater's answer ended."""

    scores: Mapping[str, int]
    missing: Mapping[str, str]


class Rater(Protocol):
    """Somebody who rates an answer on each want of a need."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    async def __call__(self, need: Need, answer: str, /) -> Rated:
        """A score for each attribute of the need, or the reason why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class ByMarks:
    """Without a judge: 5 where the marks of a want are there, 1 where its spoilers are or the length is wrong, else 3.

    >>> import asyncio
    >>> from personae.measure.elicitation.need import Want
    >>> need = Need("n", "Why?", (Want("length", "Keep it short.", 1.0, marks=Marks(most_words=3)),))
    >>> [asyncio.run(ByMarks()(need, text)).scores["length"] for text in ("Because it is.", "Well, let me see now.")]
    [5, 1]
    """

    name: str = "marks (proxy)"

    async def __call__(self, need: Need, answer: str, /) -> Rated:
        """A score for every want: marks are always readable."""
        return Rated({want.attribute: marked(want.marks, answer) for want in need.wants}, {})


@dataclass(frozen=True, slots=True)
class ByModel:
    """A judge rates each want on its own, 1 to 5; a verdict that cannot be read is missing, never a middle score."""

    model: Model
    settings: Settings = SETTINGS

    @property
    def name(self) -> str:
        """The judge's name."""
        return f"judge/{self.model.name}"

    async def __call__(self, need: Need, answer: str, /) -> Rated:
        """One call a want, and one more where its answer cannot be read."""
        scores: dict[str, int] = {}
        missing: dict[str, str] = {}
        wording = _texts()
        for want in need.wants:
            fields = {
                "question": quoted("question", need.question),
                "reply": quoted("reply", answer),
                "says": want.says,
            }
            asked = [
                Message("system", wording["system"].strip()),
                Message("user", filled(wording["ask"], fields).strip()),
            ]
            got = await ask(self.model, asked, self.settings, read_score)
            if got.value is None:
                missing[want.attribute] = got.reason or "failed"
            else:
                scores[want.attribute] = got.value
        return Rated(scores, missing)


def marked(marks: Marks, answer: str) -> int:
    """1, 3 or 5, by the marks of one want."""
    said, words = answer.casefold(), len(answer.split())
    too_long = marks.most_words is not None and words > marks.most_words
    if too_long or words < marks.least_words or any(word.casefold() in said for word in marks.spoils):
        return 1
    return 5 if not marks.shows or any(word.casefold() in said for word in marks.shows) else 3


def _texts() -> Any:
    return bundled(__package__, "texts/asking.en.yaml")["rate"]
