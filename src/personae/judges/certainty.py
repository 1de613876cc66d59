"""The certainty judge: what would this person choose, and how far does the profile bear it out?

One call per pair, the reply shown as A drawn by lot. Its certainty is worth nothing until it is held against real
choices: `certainty_report` does that, and refuses "high certainty" where it carries nothing. (Can LLM be a Personalized
Judge?, 2024; the wording is ours, that of the pairwise judge.)
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.judges.asking import RETRIES, SETTINGS, ask, needed
from personae.judges.pairwise import PairItem, pair_messages
from personae.judges.roles import Verdict
from personae.judges.verdicts import Problem, Side, read_certainty, read_side
from personae.stats.calibration import Calibration, report
from personae.stats.intervals import Interval
from personae.types import Measurement, Model, Settings


@dataclass(frozen=True, slots=True)
class CertaintyJudge:
    """Says which of two replies a person would choose: value 1 for the first, 0 for the second, with a certainty.

    `seed` draws which reply is shown as A; the same pair is shown the same way again. The details hold which side was
    `said` and as which the first reply was `shown`.

    >>> import asyncio
    >>> from personae.models import Scripted
    >>> item = PairItem("What shall we cook?", "Lentils.", "Steak.", persona="I have not eaten meat for years.")
    >>> verdict = asyncio.run(CertaintyJudge(Scripted(["Certainty: 95\\n[[A]]"]))(item))
    >>> verdict.certainty, verdict.details["said"], verdict.value == (verdict.details["shown"] == "A")
    (0.95, 'A', True)
    """

    model: Model
    seed: int = 0
    settings: Settings = SETTINGS
    retries: int = RETRIES

    @property
    def name(self) -> str:
        """ "certainty/" and the model's name."""
        return f"certainty/{self.model.name}"

    async def __call__(self, item: PairItem, /) -> Verdict:
        """The verdict on one pair. Raises `UsageError` for an empty text, the profile too, or twice the same reply."""
        needed(profile=item.persona)
        swapped = random.Random(f"{self.seed}\0{item.question}\0{item.first}\0{item.second}").random() < 0.5
        messages = pair_messages(item, "preference", swapped=swapped, certainty=True)
        answer = await ask(self.model, messages, self.settings, _read, retries=self.retries)
        shown: Side = "B" if swapped else "A"
        if answer.value is None:
            return answer.without_value(self.name, shown=shown)
        side, certainty = answer.value
        return answer.verdict(self.name, float(side == shown), certainty / 100, shown=shown, said=side)


def certainty_report(verdicts: Sequence[Verdict], first_chosen: Sequence[bool], *, seed: int = 0) -> Calibration:
    """What the certainty of these verdicts is worth, given whether each person really chose the first reply.

    Verdicts without a value count as asked and not answered. Raises `UsageError` for lists of unequal length.
    """
    if len(verdicts) != len(first_chosen):
        raise UsageError(f"{len(verdicts)} verdicts but {len(first_chosen)} real choices; give one for each")
    pairs = [(v, chosen) for v, chosen in zip(verdicts, first_chosen, strict=True) if v.value is not None]
    sides = {"A": "B", "B": "A"}
    return report(
        [None if verdict.certainty is None else 100 * verdict.certainty for verdict, _ in pairs],
        [(verdict.value == 1.0) == chosen for verdict, chosen in pairs],
        said=[verdict.details["said"] for verdict, _ in pairs],
        gold=[verdict.details["shown"] if chosen else sides[verdict.details["shown"]] for verdict, chosen in pairs],
        asked=len(verdicts),
        seed=seed,
    )


def certainty_measurements(found: Calibration, name: str = "certainty") -> list[Measurement]:
    """A report as measurements: accuracy, AUROC, ECE, and accuracy at high certainty, which is given only if useful."""
    missing = {"unanswered": found.asked - found.n} if found.asked > found.n else {}
    flags = {"verdict": found.verdict, "flags": list(found.flags)}
    useless = Interval(None, None, None, found.high.n, found.verdict)
    return [
        _measured(f"{name}.accuracy", found.accuracy, missing, "share", flags),
        _measured(f"{name}.auroc", found.auroc, missing, "", flags),
        _measured(f"{name}.ece", Interval(found.ece, None, None, found.n, "not on the scale"), missing, "", flags),
        _measured(f"{name}.high", useless if found.refused else found.high, missing, "share", flags),
    ]


def _measured(
    name: str, found: Interval, missing: dict[str, int], unit: str, details: Mapping[str, object]
) -> Measurement:
    reason = None if found.value is not None else found.reason or "no value"
    return Measurement(name, found.value, reason, found.low, found.high, found.n, missing, unit, details)


def _read(text: str) -> tuple[Side, int] | Problem:
    side, certainty = read_side(text), read_certainty(text)
    if isinstance(side, Problem):
        return side
    return certainty if isinstance(certainty, Problem) else (side, certainty)
