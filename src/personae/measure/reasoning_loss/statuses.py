"""How one reply to a multiple-choice question ended: not knowing is not the same as declining to answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from personae.measure.sweep import Row
from personae.measure.text_scorers.refusal import label
from personae.measure.text_scorers.refusal.answers import Extractor, letter
from personae.stats.intervals import wilson
from personae.types import StopReason

Status = Literal["answered", "hedged", "abstained", "refused", "unparsed", "invalid"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Read:
    """A reply as it was read. `picked` is the letter it ends on; `reason` says why there is none, or who declined."""

    status: Status
    picked: str | None = None
    reason: str = ""


def read_reply(
    text: str, letters: str, *, persona: str | None, stop: StopReason = "stop", extractor: Extractor = "strict"
) -> Read:
    """The status of a reply to a question whose options have these letters.

    "abstained" declines in character and gives no answer, "hedged" says so and answers all the same, "refused" declines
    as a model does, "unparsed" is a reply without an answer, "invalid" none at all.

    >>> read_reply("As a baker, I cannot do sums.", "ABCD", persona="a baker").status
    'abstained'
    >>> read_reply("Therefore, the answer is (B).", "ABCD", persona="a baker")
    Read(status='answered', picked='B', reason='')
    """
    picked = letter(text, extractor)
    picked = picked if picked and picked in letters else None
    told = label(text, persona=persona or None, answered=picked is not None, stop=stop)
    if told.kind == "invalid":
        return Read("invalid", None, told.reason)
    if told.kind in ("abstains", "hedges"):
        return Read("hedged" if picked else "abstained", picked, told.reason)
    if picked:
        return Read("answered", picked)
    return Read("refused", None, told.reason) if told.kind != "complies" else Read("unparsed")


def read_row(row: Row, letters: str, persona: str, extractor: Extractor) -> Read:
    """The status of a row of a sweep; one without a reply is invalid."""
    if row.outcome == "failed":
        return Read("invalid", None, "failed")
    stop: StopReason = "length" if row.outcome == "truncated" else "refusal" if row.outcome == "refused" else "stop"
    return read_reply(row.text, letters, persona=persona, stop=stop, extractor=extractor)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of `n` replies: shares of all but the invalid ones, which are only counted.

    accuracy: right answers among all valid replies; if_answered: among those that answer. None without any.
    """

    n: int
    invalid: int
    accuracy: float | None
    if_answered: float | None
    low: float | None
    high: float | None
    shares: Mapping[str, float]

    @classmethod
    def of(cls, reads: Iterable[tuple[str, bool]]) -> Tally:
        """From (status, whether the answer is right).

        >>> Tally.of([("answered", True), ("hedged", False), ("abstained", False), ("invalid", False)]).if_answered
        0.5
        """
        told = list(reads)
        counts = Counter(status for status, _ in told)
        valid = len(told) - counts["invalid"]
        right = sum(correct for _, correct in told)
        answers = counts["answered"] + counts["hedged"]
        share = wilson(right, valid)
        shares: dict[str, float] = (
            {status: counts[status] / valid for status in STATUSES if status != "invalid"} if valid else {}
        )
        given = right / answers if answers else None
        return cls(len(told), counts["invalid"], share.value, given, share.low, share.high, shares)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self)
