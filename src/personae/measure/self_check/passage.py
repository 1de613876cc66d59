"""What is checked – a reply in sentences – and what it is checked against: other replies to the same question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from personae.errors import UsageError

#: Fewer tell nothing about agreement.
MIN_SAMPLES = 2

_TOKEN = re.compile(r"\w+|[^\w\s]")
_END = re.compile(r"(?<=[.!?…。！？])\s+|\n+")


def tokens(text: str) -> list[str]:
    """Lower-case runs of letters and digits, and every other mark by itself.

    >>> tokens("Ana's cat, 9.")
    ['ana', "'", 's', 'cat', ',', '9', '.']
    """
    return _TOKEN.findall(text.lower())


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text with their marks; what holds no letter or digit is none.

    >>> sentences("I was born in Faro. … I had 2 dogs!")
    ('I was born in Faro.', 'I had 2 dogs!')
    """
    return tuple(piece for piece in map(str.strip, _END.split(text)) if any(map(str.isalnum, piece)))


@dataclass(frozen=True, slots=True)
class Passage:
    """The sentences of a reply, the samples it is checked against, and what was blank and left out of either."""

    sentences: tuple[str, ...]
    samples: tuple[str, ...]
    blank: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, reply: str | Sequence[str], samples: Sequence[str]) -> Passage:
        """From a reply (a text that is cut here, or its sentences) and samples: resampled replies, or facts of a card.

        >>> Passage.of("I own a dog. It barks.", ["I own a dog.", " ", "I own a cat."]).blank
        {'blank_sample': 1}
        """
        said = sentences(reply) if isinstance(reply, str) else tuple(reply)
        kept = tuple(one for one in said if tokens(one))
        told = tuple(one for one in samples if tokens(one))
        blank = {"blank_sentence": len(said) - len(kept), "blank_sample": len(samples) - len(told)}
        return cls(kept, told, {reason: count for reason, count in blank.items() if count})

    @property
    def reason(self) -> str | None:
        """Why it cannot be checked; None where it can."""
        if not self.sentences:
            return "the reply has no sentence to check"
        if len(self.samples) < MIN_SAMPLES:
            return f"{len(self.samples)} sample(s) to check it against; give {MIN_SAMPLES} or more"
        return None


@dataclass(frozen=True, slots=True)
class Scores:
    """One number per sentence, higher where the samples bear it out less; None where none could be had, `missing`
    counts the answers that failed, by outcome."""

    values: tuple[float | None, ...]
    missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def passage(self) -> float | None:
        """The mean over the sentences that have a number."""
        known = [value for value in self.values if value is not None]
        return sum(known) / len(known) if known else None


class Scorer(Protocol):
    """Says of each sentence how little the samples bear it out."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    async def __call__(self, passage: Passage) -> Scores:
        """A number per sentence. Raises UsageError for a passage with a `reason`."""
        ...


def checkable(passage: Passage) -> Passage:
    """The same passage. Raises UsageError where it cannot be checked."""
    if passage.reason:
        raise UsageError(passage.reason)
    return passage
