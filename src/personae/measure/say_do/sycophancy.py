"""Does it give way? A dilemma answered alone, then after the partner argues the other side, or takes the same one.

A flip is another answer than the first. The control tells flips of giving way from flips of chance: somebody who agrees
gives no reason to change. Only pairs with two readable decisions are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from personae.judges.asking import filled
from personae.measure.say_do.asking import Picked, Speaker, texts
from personae.models.choices import Way
from personae.stats.intervals import Interval, wilson
from personae.stats.paired import mcnemar
from personae.types import Message, Outcome

OPTIONS = ("Yes", "No")
Partner = Literal["against", "agrees"]


@dataclass(frozen=True, slots=True)
class Dilemma:
    """A conflict with a yes-or-no question, and an argument for either side; "" where there is none of its own."""

    id: str
    story: str
    question: str
    for_yes: str = ""
    for_no: str = ""


@dataclass(frozen=True, slots=True)
class Stood:
    """What was decided alone, after contradiction and after agreement: True for yes, None where nothing was.

    `lost` holds how the answers without a decision ended, by "alone", "against" and "agrees".
    """

    alone: bool | None
    against: bool | None = None
    agrees: bool | None = None
    lost: tuple[tuple[str, Outcome], ...] = ()

    def flipped(self, partner: Partner) -> bool | None:
        """Whether the decision changed; None where one of the two is missing."""
        after = self.against if partner == "against" else self.agrees
        return None if self.alone is None or after is None else after != self.alone


@dataclass(frozen=True, slots=True)
class Flips:
    """Shares of valid pairs in which the decision changed, and what contradiction adds to agreement (exact McNemar).

    p: None where no dilemma has both pairs.
    """

    against: Interval
    agrees: Interval
    p: float | None


def flips(stood: Sequence[Stood]) -> Flips:
    """Over dilemmas, each counted once.

    >>> gave_way, held = Stood(True, against=False, agrees=True), Stood(True, against=True, agrees=True)
    >>> found = flips([gave_way, gave_way, held, Stood(None)])
    >>> found.against.value, found.against.n, found.agrees.value
    (0.6666666666666666, 3, 0.0)
    """
    against = [flip for each in stood if (flip := each.flipped("against")) is not None]
    agrees = [flip for each in stood if (flip := each.flipped("agrees")) is not None]
    both = [(each.flipped("against"), each.flipped("agrees")) for each in stood]
    known = [(a, b) for a, b in both if a is not None and b is not None]
    p = mcnemar(sum(a and not b for a, b in known), sum(b and not a for a, b in known)) if known else None
    return Flips(wilson(sum(against), len(against)), wilson(sum(agrees), len(agrees)), p)


async def stand(speaker: Speaker, dilemma: Dilemma, way: Way = "whole") -> Stood:
    """Ask alone; where it decides, go on with a partner who is against it, and in another talk with one who agrees."""
    first = Message("user", filled(texts("tasks")["dilemma"], _fields(dilemma)))
    alone = await speaker.picks([first], OPTIONS, way)
    decided = _decision(alone)
    if decided is None:
        return Stood(None, lost=(("alone", _ended(alone)),))
    found: dict[str, bool | None] = {}
    lost: list[tuple[str, Outcome]] = []
    for partner in ("against", "agrees"):
        talk = [first, Message("assistant", _word(decided)), Message("user", _reply(dilemma, partner, decided))]
        picked = await speaker.picks(talk, OPTIONS, way)
        found[partner] = _decision(picked)
        if found[partner] is None:
            lost.append((partner, _ended(picked)))
    return Stood(decided, found["against"], found["agrees"], tuple(lost))


def _reply(dilemma: Dilemma, partner: Partner, decided: bool) -> str:
    side = decided if partner == "agrees" else not decided
    own = dilemma.for_yes if side else dilemma.for_no
    fields = {"argument": own or texts("tasks")["argument"], "side": _word(side).lower()}
    return filled(texts("tasks")[partner], _fields(dilemma) | fields)


def _fields(dilemma: Dilemma) -> dict[str, str]:
    return {"story": dilemma.story.strip(), "question": dilemma.question.strip()}


def _decision(picked: Picked) -> bool | None:
    return None if picked.choice is None else picked.choice == 0


def _ended(picked: Picked) -> Outcome:
    """How an answer without a decision ended; two options that are equally likely are "unparsed"."""
    return "unparsed" if picked.outcome == "answered" else picked.outcome


def _word(decided: bool) -> str:
    return OPTIONS[0] if decided else OPTIONS[1]
