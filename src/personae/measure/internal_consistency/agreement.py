"""How far answers to one question agree: the share of the most frequent one, and the entropy of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from personae.measure.answers_alike import normalised
from personae.stats.entropy import entropy


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `n` answers, `share` are the most frequent one, `mode` (normalised; of equals the first). `entropy` in nats,
    as counted. Fewer than two answers have a `reason` in place of the numbers."""

    mode: str | None
    share: float | None
    entropy: float | None
    n: int
    reason: str | None = None


def agreement(answers: Sequence[str | None]) -> Agreement:
    """Of answers to one question, None for one that could not be had; case, marks and fillers aside.

    [Internal Consistency and Self-Feedback, 2024]

    >>> agreement(["5", "3", "3.", "3", " 3"]).share
    0.8
    >>> agreement(["yes", None]).reason
    '1 answer; agreement needs 2'
    """
    said = [normalised(answer) for answer in answers if answer is not None and answer.strip()]
    if len(said) < 2:
        return Agreement(None, None, None, len(said), f"{len(said)} answer{'s' * (len(said) != 1)}; agreement needs 2")
    mode, count = Counter(said).most_common(1)[0]
    return Agreement(mode, count / len(said), entropy(said, corrected=False), len(said))
