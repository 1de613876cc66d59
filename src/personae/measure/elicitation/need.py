"""What somebody needs: a question, and the preferences that decide how good an answer to it is for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from personae.errors import UsageError

#: How far from 1 the weights may sum (PREFDISCO, 2025).
WEIGHT_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Marks:
    """By what an answer shows a preference without a judge: words that show it, words that spoil it, its length.

    A proxy, and named as one in every result.
    """

    shows: tuple[str, ...] = ()
    spoils: tuple[str, ...] = ()
    least_words: int = 0
    most_words: int | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """One preference: its attribute, what the user would say of it, how much it weighs here (≥ 0), how it is asked for.

    `cues` are words by which a question – or a careless user – names the attribute; its name is one of them.
    """

    attribute: str
    says: str
    weight: float
    cues: tuple[str, ...] = ()
    marks: Marks = Marks()

    def named_in(self, text: str) -> bool:
        """Whether a text names the attribute, as a whole word in any case.

        >>> Want("length", "Keep it short.", 1.0, ("long",)).named_in("How long shall it be?")
        True
        """
        return any(
            re.search(rf"(?<!\w){re.escape(cue)}(?!\w)", text, re.IGNORECASE) for cue in (self.attribute, *self.cues)
        )


@dataclass(frozen=True, slots=True)
class Need:
    """A user's question with the wants that bear on it; `answer` is what a correct answer contains, None where none is.

    Raises UsageError for weights that do not sum to 1 (± .05), negative or equal attributes, no wants, and a want whose
    words name another attribute: what a user says of one must not give away the next.

    >>> Need("n", "Why is the sky blue?", (Want("length", "Keep it short.", 1.0),)).weights
    {'length': 1.0}
    """

    id: str
    question: str
    wants: tuple[Want, ...]
    answer: str | None = None
    user: str = ""

    def __post_init__(self) -> None:
        names = [want.attribute for want in self.wants]
        if not self.question.strip() or not names or len(set(names)) < len(names):
            raise UsageError(f"the need {self.id!r} lacks a question or wants, or has the same attribute twice")
        check_weights([want.weight for want in self.wants], self.id)
        for want in self.wants:
            others = [each.attribute for each in self.wants if each is not want and each.named_in(want.says)]
            if others:
                raise UsageError(
                    f"the need {self.id!r}: what is said of {want.attribute!r} names {others[0]!r}; keep it to one"
                )

    def answered_by(self, text: str) -> bool:
        """Whether a text contains the answer in any case, and not as part of a longer word or number.

        >>> need = Need("n", "How many?", (Want("length", "Keep it short.", 1.0),), answer="4")
        >>> need.answered_by("There are 4."), need.answered_by("There are 24."), need.answered_by("It is 4.5.")
        (True, False, False)
        """
        answer = re.escape((self.answer or "").strip())
        return re.search(rf"(?<!\w)(?<!\d[.,]){answer}(?!\w|[.,]\d)", text, re.IGNORECASE) is not None

    @property
    def weights(self) -> dict[str, float]:
        """Weight by attribute."""
        return {want.attribute: want.weight for want in self.wants}


def check_weights(weights: Sequence[float], what: str = "the weights") -> None:
    """Raise UsageError unless the weights are ≥ 0 and sum to 1 within .05."""
    total = sum(weights)
    if any(not weight >= 0 for weight in weights) or not abs(total - 1) <= WEIGHT_TOLERANCE + 1e-9:
        raise UsageError(f"{what!r}: weights are ≥ 0 and sum to 1 (± {WEIGHT_TOLERANCE}); these sum to {total:g}")
