"""Does a reward or a judge give the same for the same: whatever stands beside it, in whichever place, at any length?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from personae.errors import UsageError
from personae.files import bundled
from personae.judges.pairwise import PairItem, swap_report
from personae.judges.rewards.roles import Reward, same_length
from personae.judges.roles import Judge, Verdict
from personae.judges.summary import judge_all
from personae.stats.intervals import wilson
from personae.types import Measurement

#: Scores nearer than this are the same.
SAME = 1e-6


async def steadiness(reward: Reward, asks: Sequence[str], replies: Sequence[str]) -> list[Measurement]:
    """ "identical", "position" and "length" of a reward, over the pairs it has a number for.

    identical: share that score the same when asked a second time (1 is right).
    position:  share that score the same when the list is turned round (1 is right).
    length:    share that score higher with two sentences more that say nothing (0 is right).
    """
    same_length(asks, replies)
    if not asks:
        raise UsageError("there is no reply to test with")
    first = await reward(asks, replies)
    again = await reward(asks, replies)
    turned = (await reward(asks[::-1], replies[::-1]))[::-1]
    longer = await reward(asks, [padded(reply) for reply in replies])
    return [
        _share("identical", [_same(a, b) for a, b in zip(first, again, strict=True)]),
        _share("position", [_same(a, b) for a, b in zip(first, turned, strict=True)]),
        _share("length", [_more(b, a) for a, b in zip(first, longer, strict=True)]),
    ]


async def steadiness_of_pairs(judge: Judge[PairItem], items: Sequence[PairItem]) -> list[Measurement]:
    """ "identical", "position", "position_bias" and "length" of a judge of pairs that asks in both orders.

    identical: share of pairs with the same verdict when asked a second time; a verdict that hangs on the order is one.
    position, position_bias: `pairwise.swap_report` of the first time: share of pairs whose two orders agree (1 is
               right), and share of verdicts for the place A (.5 is right).
    length:    share of verdicts for the longer of a reply and the same with two sentences more that say nothing
               (0 is right; .5 where it is taken for equal).
    """
    if not items:
        raise UsageError("there is no pair to test with")
    first, again = await judge_all(judge, items), await judge_all(judge, items)
    consistency, bias = swap_report(first)
    long = await judge_all(judge, [PairItem(i.question, padded(i.first), i.first, i.persona) for i in items])
    return [
        _share("identical", [_alike(a, b) for a, b in zip(first, again, strict=True)]),
        replace(consistency, name="position"),
        bias,
        _preferred(long),
    ]


def padded(reply: str) -> str:
    """The reply, and two sentences that say nothing.

    >>> padded("To the river.").startswith("To the river. To put it in other words")
    True
    """
    return " ".join([reply.strip(), *bundled(__package__, "texts/filler.en.yaml")])


def _same(a: float | None, b: float | None) -> bool | None:
    return None if a is None or b is None else abs(a - b) <= SAME


def _more(a: float | None, b: float | None) -> bool | None:
    return None if a is None or b is None else a > b + SAME


def _alike(a: Verdict, b: Verdict) -> bool | None:
    settled = (None, "inconsistent", "undecided")
    if a.reason not in settled or b.reason not in settled:
        return None
    return (a.value, a.reason) == (b.value, b.reason)


def _preferred(verdicts: Sequence[Verdict]) -> Measurement:
    """A verdict that hangs on the order is for neither."""
    values = [0.5 if v.reason == "inconsistent" else v.value for v in verdicts]
    known = [value for value in values if value is not None]
    missing = dict(Counter(v.reason for v in verdicts if v.reason is not None and v.reason != "inconsistent"))
    if not known:
        return Measurement("length", reason="no verdict could be read", missing=missing, unit="share")
    return Measurement("length", sum(known) / len(known), n=len(known), missing=missing, unit="share")


def _share(name: str, marks: Sequence[bool | None]) -> Measurement:
    known = [mark for mark in marks if mark is not None]
    missing = {"without a number": len(marks) - len(known)} if len(known) < len(marks) else {}
    found = wilson(sum(known), len(known))
    if found.value is None:
        return Measurement(name, reason="it has no number for any of them", missing=missing, unit="share")
    return Measurement(name, found.value, None, found.low, found.high, found.n, missing, "share")
