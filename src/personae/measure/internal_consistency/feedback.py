"""Evaluate and update: a model sees how its answers are spread and answers again, while that makes it agree more.

[Internal Consistency and Self-Feedback, 2024]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from personae.files import bundled
from personae.measure.answers_alike import normalised
from personae.measure.internal_consistency.agreement import Agreement, agreement
from personae.measure.internal_consistency.levels import SAMPLES, Answers, Read, response
from personae.types import Message, Model, Settings


@dataclass(frozen=True, slots=True)
class Settled:
    """The answers of every round and how far they agree; the first round had no feedback.

    best: the round that counts: the last one that raised the agreement, or the first.
    """

    rounds: tuple[Answers, ...]
    agreements: tuple[Agreement, ...]
    best: int

    @property
    def before(self) -> Agreement:
        """Without feedback."""
        return self.agreements[0]

    @property
    def after(self) -> Agreement:
        """Of the round that counts."""
        return self.agreements[self.best]


async def settle(
    model: Model, messages: Sequence[Message], settings: Settings, read: Read, *, n: int = SAMPLES, rounds: int = 2
) -> Settled:
    """Ask n times; then show the tally and ask n times again, at most `rounds` times, until the agreement does not
    rise. Full agreement, and fewer than two answers, are not asked about again."""
    told = [await response(model, messages, settings, read, n=n)]
    found = [agreement(list(told[0].answers.values()))]
    best = 0
    for _ in range(rounds):
        if found[best].share is None or found[best].share == 1.0:
            break
        shown = with_tally(messages, list(told[best].answers.values()))
        told.append(await response(model, shown, settings, read, n=n))
        found.append(agreement(list(told[-1].answers.values())))
        if (found[-1].share or 0.0) <= (found[best].share or 0.0):
            break
        best = len(found) - 1
    return Settled(tuple(told), tuple(found), best)


def with_tally(messages: Sequence[Message], answers: Sequence[str | None]) -> tuple[Message, ...]:
    """The question, followed in the same turn by how often each answer was given.

    >>> print(with_tally([Message("user", "Tea or coffee?")], ["Tea", "tea", "Coffee", None])[-1].content)
    Tea or coffee?
    <BLANKLINE>
    You were asked this 3 times and answered: "tea" (2), "coffee" (1).
    Think again which of these answers holds, and why. Then answer the question once more, in the same form.
    """
    said = Counter(normalised(answer) for answer in answers if answer is not None and answer.strip())
    tally = ", ".join(f'"{answer}" ({count})' for answer, count in said.most_common())
    wording: Any = bundled(__package__, "texts/internal_consistency.en.yaml")["again"]
    note = wording.replace("{n}", str(said.total())).replace("{tally}", tally)
    last = messages[-1]
    return (*messages[:-1], Message(last.role, f"{last.content}\n\n{note.strip()}", last.name, last.at))
