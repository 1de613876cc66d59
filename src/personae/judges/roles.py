"""The role `Judge`: somebody who reads one item and gives one `Verdict`, a value or the reason why there is none."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from personae.types import Outcome, Usage

Item = TypeVar("Item", contravariant=True)

#: Why there is no value: how the last attempt ended, or, of judges that ask in both orders, what came of the two.
#: "inconsistent": the verdict hangs on the order; "undecided": it still did after several rounds.
REASONS = ("refused", "unparsed", "empty", "truncated", "failed", "inconsistent", "undecided", "mixed")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one judge said of one item: a value or a reason, never both, never neither.

    judge:     the judge's name.
    value:     the number; its scale is the judge's.
    reason:    one of `REASONS`, and `why` the same in words.
    certainty: how sure the judge says it is, 0–1; None where it was not asked.
    raw:       the answers as they came, one per call, "" for a call that gave none.
    outcomes:  how each call ended, so that answers which had to be asked for again are counted. A call that was shared
               by several items is on the account of the first, so that sums over verdicts are true.
    usage:     what the calls cost.
    details:   plain JSON data: justification, flaws, both orders, the columns of an ensemble.

    >>> Verdict("rubric", reason="unparsed", outcomes=("unparsed", "unparsed")).calls
    2
    """

    judge: str
    value: float | None = None
    reason: str | None = None
    why: str = ""
    certainty: float | None = None
    raw: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    usage: Usage = field(default=Usage())
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError(f"a verdict of {self.judge!r} needs a value or a reason, and not both")
        if self.reason is not None and self.reason not in REASONS:
            raise ValueError(f"{self.reason!r} is none of the reasons {REASONS}")

    @property
    def calls(self) -> int:
        """How many calls were made for it, those answered by a cache among them."""
        return len(self.outcomes)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, fields in the order of the class."""
        return dataclasses.asdict(self)


class Judge(Protocol[Item]):
    """A judge. It keeps nothing between calls, so many may be under way at once; over a `Cached` model a second run of
    the same items costs no call."""

    @property
    def name(self) -> str:
        """Kind, version and model: what a report calls it."""
        ...

    async def __call__(self, item: Item, /) -> Verdict:
        """The verdict on one item.

        Raises `UsageError` for an item that cannot be judged (an empty reply), before any call. What goes wrong with
        this item alone – a broken answer, a prompt too long – is a verdict without a value; a `ModelError` that would
        meet every item is raised.
        """
        ...
