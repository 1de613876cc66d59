"""The validity card of a scorer: what it was tested on, how it did, where it fails. Data, and one way to print it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a test: `what` names measure and data, `low`–`high` is the 95 % interval, `n` counts texts."""

    what: str
    value: float
    n: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """How often texts of one kind reach the threshold. `wanted` says whether they should.

    >>> Slice("counter-speech that quotes hate", wanted=False, share=0.86, n=173).error
    0.86
    """

    what: str
    wanted: bool
    share: float
    n: int

    @property
    def error(self) -> float:
        """The share that is told wrong, 0 … 1."""
        return 1 - self.share if self.wanted else self.share


@dataclass(frozen=True, slots=True)
class Card:
    """What the numbers of one scorer are worth.

    says:      what one number is, in a sentence.
    threshold: from where on a text counts as flagged; None where the scorer has labels or no threshold.
    caveats:   what it cannot tell, each in a sentence. A scorer nobody tested has no figures and says so here.
    """

    scorer: str
    says: str
    trained_on: str = ""
    licence: str = ""
    threshold: float | None = None
    figures: tuple[Figure, ...] = ()
    slices: tuple[Slice, ...] = ()
    caveats: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, fields in the order of the class."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Card:
        """The inverse of `to_dict`, after JSON as well; unknown keys are an error of the caller."""
        return cls(
            **{
                **data,
                "figures": tuple(Figure(**each) for each in data.get("figures", ())),
                "slices": tuple(Slice(**each) for each in data.get("slices", ())),
                "caveats": tuple(data.get("caveats", ())),
            }
        )


def render(card: Card) -> str:
    """The card as a few lines of text, for a terminal or a page.

    >>> print(render(Card("word list", "share of texts with a listed word", caveats=("Untested.",))))
    word list: share of texts with a listed word
      ! Untested.
    """
    lines = [f"{card.scorer}: {card.says}"]
    if card.trained_on:
        lines.append(f"  trained on {card.trained_on}" + (f" ({card.licence})" if card.licence else ""))
    lines += [f"  {each.what:<58} {each.value:5.3f}{_interval(each)}" for each in card.figures]
    if card.slices:
        lines.append(f"  share flagged (≥ {card.threshold:g}), by kind of text:")
    for each in card.slices:
        mark = "should be" if each.wanted else "should not"
        lines.append(f"    {each.what:<46} {mark:<10} {each.share:5.2f}  of {each.n}")
    lines += [f"  ! {each}" for each in card.caveats]
    return "\n".join(lines)


def _interval(figure: Figure) -> str:
    between = "" if figure.low is None or figure.high is None else f" [{figure.low:.3f}, {figure.high:.3f}]"
    return between + ("" if figure.n is None else f"  n {figure.n:,}")
