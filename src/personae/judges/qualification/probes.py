"""Probes for known faults of judges: what stands first, what is vague, what is long, what is said to be its own.

Each gives figures with an exact count of how its items ended, in `details["outcomes"]`; what could not be read is
counted in `missing`, and below 90 % of readable items there is no value.
"""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from personae.judges.asking import filled, quoted
from personae.judges.certainty import CertaintyJudge, certainty_measurements, certainty_report
from personae.judges.pairwise import PairItem, pair_messages, swap_report
from personae.judges.qualification.pairs import pair_judge, score_sides
from personae.judges.qualification.wording import wording
from personae.judges.roles import Verdict
from personae.judges.summary import judge_all, too_few
from personae.models.choices import Administration, Mcq, Way, administer
from personae.stats.choices import credit
from personae.stats.intervals import Interval, mean_interval, wilson
from personae.types import Measurement, Message, Model

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Examination:
    """Whom to ask, how, and who is told of every item that is done."""

    model: Model
    way: Way
    seed: int = 0
    at_once: int = 20
    done: Callable[[], None] = lambda: None

    async def pairs(self, items: Sequence[PairItem], asks: str = "in_character") -> list[Verdict]:
        """A verdict for each pair, both orders asked."""
        judge = pair_judge(self.model, self.way, asks)
        return await judge_all(judge, items, limit=self.at_once, progress=lambda _index, _verdict: self.done())

    async def choices(self, questions: Sequence[Mcq]) -> Administration:
        """The questions in every rotation of their options."""
        return await administer(
            self.model, questions, self.way, seed=self.seed, limit=self.at_once, progress=lambda _asked: self.done()
        )


class Probe(Protocol):
    """A probe: items in, figures out."""

    async def __call__(self, exam: Examination, items: Sequence[Item], /) -> list[Measurement]:
        """The figures; the first is the one the probe is called after."""
        ...


async def order_swap(exam: Examination, items: Sequence[Item]) -> list[Measurement]:
    """ "order_swap": share of pairs on which the verdict is the same in both orders. "order_swap.place": share of "A"
    among the verdicts, with the exact test of pairs won by a place (`swap_report`)."""
    verdicts = await exam.pairs([_pair(item, "better", "worse") for item in items])
    agreed, place = swap_report(verdicts)
    outcomes = _ended(verdicts, {1.0: "better", 0.0: "worse", 0.5: "tie"})
    details = dict(agreed.details) | {"outcomes": outcomes}
    return [
        dataclasses.replace(agreed, name="order_swap", details=details, missing=_missing(verdicts)),
        dataclasses.replace(place, name="order_swap.place", missing=_missing(verdicts)),
    ]


async def contrast(exam: Examination, items: Sequence[Item]) -> list[Measurement]:
    """ "contrast": share of pairs – one detail apart – where the right reply wins in both orders; chance is .25."""
    verdicts = await exam.pairs([_pair(item, "right", "wrong") for item in items])
    outcomes = _ended(verdicts, {1.0: "right", 0.0: "wrong", 0.5: "tie"})
    missing = _missing(verdicts)
    n = len(verdicts) - sum(missing.values())
    found = wilson(outcomes.get("right", 0), n)
    return [_figure("contrast", found, len(verdicts), missing, {"outcomes": outcomes, "chance": 0.25})]


async def vague(exam: Examination, items: Sequence[Item]) -> list[Measurement]:
    """Share of answers that are accepted as stating a known fact: those that do ("vague.right"), those that talk
    around it ("vague.accepted"), those that state another ("vague.wrong")."""
    names = {"vague.right": "right", "vague.accepted": "vague", "vague.wrong": "wrong"}
    questions = [_grading(item, kind) for kind in names.values() for item in items]
    asked = (await exam.choices(questions)).asked
    figures = []
    for place, name in enumerate(names):
        part = asked[place * len(items) : (place + 1) * len(items)]
        marks = [credit(one.shares, 0) for one in part if one.answered]
        missing: dict[str, int] = dict(Counter(one.outcome for one in part if not one.answered))
        words = {1.0: "accepted", 0.0: "rejected"}
        outcomes = dict(Counter(words.get(mark, "tie") for mark in marks)) | missing
        figures.append(_figure(name, _share(marks), len(part), missing, {"outcomes": outcomes}))
    return figures


async def verbosity(exam: Examination, items: Sequence[Item]) -> list[Measurement]:
    """ "verbosity": share of verdicts for the longer of two replies that say the same; .5 is no preference.

    Each order counts, so a taste for a place cancels out.
    """
    verdicts = await exam.pairs([_pair(item, "long", "short") for item in items])
    outcomes = _ended(verdicts, {1.0: "longer", 0.0: "shorter", 0.5: "tie"})
    shares = [share for share in map(_for_first, verdicts) if share is not None]
    found = mean_interval(shares)
    return [_figure("verbosity", found, len(verdicts), _missing(verdicts), {"outcomes": outcomes, "chance": 0.5})]


async def self_preference(exam: Examination, items: Sequence[Item]) -> list[Measurement]:
    """ "self_preference": share of verdicts for the reply that is said to be the judge's own; .5 is none.

    Every pair is shown with either reply marked as the judge's, in both orders, so that neither the replies nor their
    places can move the share. It says nothing of a judge that knows its own style unmarked.
    """
    asks = wording()["authors"]["ask"]
    pairs = [_marked(item, own, exam.model.name) for item in items for own in ("one", "other")]
    verdicts = await exam.pairs(pairs, asks)
    outcomes = _ended(verdicts, {1.0: "own", 0.0: "another's", 0.5: "tie"})
    couples = [(_for_first(a), _for_first(b)) for a, b in zip(verdicts[::2], verdicts[1::2], strict=True)]
    shares = [(a + b) / 2 for a, b in couples if a is not None and b is not None]
    found = mean_interval(shares)
    return [_figure("self_preference", found, len(couples), _missing(verdicts), {"outcomes": outcomes, "chance": 0.5})]


async def certainty(exam: Examination, items: Sequence[Item]) -> list[Measurement]:
    """What the judge's certainty is worth (`stats.calibration`): "certainty.accuracy", ".auroc", ".ece", ".high".

    The items are choices of invented people: those their profile settles, and those it says nothing about, where the
    lot has fallen. A judge that knows what it knows is sure of the first only. The details of ".auroc" hold the curve
    of coverage and risk.
    """
    pairs = [PairItem(item["question"], item["chosen"], item["other"], item["profile"]) for item in items]
    if exam.way in ("letters", "whole"):
        verdicts = [await _scored_certainty(exam, pair) for pair in pairs]
    else:
        judge = CertaintyJudge(exam.model, exam.seed)
        verdicts = await judge_all(judge, pairs, limit=exam.at_once, progress=lambda _index, _verdict: exam.done())
    report = certainty_report(verdicts, [True] * len(pairs), seed=exam.seed)
    outcomes = _ended(verdicts, {1.0: "right", 0.0: "wrong"})
    curve = [dataclasses.asdict(step) for step in report.curve]
    return [
        dataclasses.replace(one, details=dict(one.details) | {"outcomes": outcomes, "curve": curve})
        if one.name.endswith(".auroc")
        else one
        for one in certainty_measurements(report)
    ]


#: Set → its probe.
RUN: Mapping[str, Probe] = {
    "order_swap": order_swap,
    "contrast": contrast,
    "vague": vague,
    "verbosity": verbosity,
    "self_preference": self_preference,
    "certainty": certainty,
}

#: How often a set's items are reported as done.
STEPS: Mapping[str, int] = {"vague": 3, "self_preference": 2}


def _pair(item: Item, first: str, second: str) -> PairItem:
    return PairItem(item["question"], item[first], item[second], item["persona"])


def _marked(item: Item, own: str, judge: str) -> PairItem:
    """The reply marked as the judge's own first, the other one second."""
    marks = wording()["authors"]
    other = "other" if own == "one" else "one"
    first = f"{filled(marks['own'], {'judge': judge})}\n{item[own]}"
    return PairItem(item["question"], first, f"{marks['other']}\n{item[other]}", item["persona"])


def _grading(item: Item, kind: str) -> Mcq:
    texts = wording()["vague"]
    fields = {
        "question": quoted("question", item["question"]),
        "reference": quoted("reference", item["reference"]),
        "reply": quoted("reply", item[kind]),
    }
    question = filled(texts["ask"], fields).strip()
    before = (Message("system", texts["system"].strip()),)
    return Mcq(f"{item['id']}/{kind}", question, (texts["accept"], texts["reject"]), before=before)


async def _scored_certainty(exam: Examination, item: PairItem) -> Verdict:
    """A preference by probability, shown in the order that the seed draws; its certainty is the probability."""
    swapped = random.Random(f"{exam.seed}\0{item.question}\0{item.first}").random() < 0.5
    found = await score_sides(exam.model, pair_messages(item, "preference", swapped=swapped))
    exam.done()
    shown = "B" if swapped else "A"
    details = {"shown": shown, "said": found.side}
    reason = None if found.side in ("A", "B") else "undecided" if found.side else found.outcome
    value, sure = (None, None) if reason else (float(found.side == shown), found.share)
    name = f"certainty/{exam.model.name}"
    return Verdict(name, value, reason, "", sure, ("",), (found.outcome,), found.usage, details)


def _for_first(verdict: Verdict) -> float | None:
    """The share of the two orders in which the first reply was preferred; None where one could not be read."""
    first, second = verdict.details.get("rounds", [[None, None]])[0]
    if first is None or second is None:
        return None
    return ({"A": 1.0, "tie": 0.5}.get(first, 0.0) + {"B": 1.0, "tie": 0.5}.get(second, 0.0)) / 2


def _ended(verdicts: Sequence[Verdict], words: Mapping[float, str]) -> dict[str, int]:
    """How many verdicts said what, or why they said nothing; the counts sum to the number of verdicts."""
    return dict(Counter(words[v.value] if v.value is not None else str(v.reason) for v in verdicts))


def _missing(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Those that could not be read, by reason; an order-dependent verdict was read."""
    return dict(Counter(v.reason for v in verdicts if v.reason is not None and v.reason != "inconsistent"))


def _share(marks: Sequence[float]) -> Interval:
    return wilson(int(sum(marks)), len(marks)) if all(m in (0, 1) for m in marks) else mean_interval(marks)


def _figure(name: str, found: Interval, asked: int, missing: Mapping[str, int], details: Item) -> Measurement:
    reason = too_few(found.n, asked) or found.reason
    if found.value is None or too_few(found.n, asked):
        return Measurement(name, None, reason, None, None, found.n, missing, "share", details)
    low = None if found.low is None else max(0.0, found.low)
    high = None if found.high is None else min(1.0, found.high)
    return Measurement(name, found.value, None, low, high, found.n, missing, "share", details)
