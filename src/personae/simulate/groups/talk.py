"""What is left of a discussion: who sat there, what each thought before, said meanwhile, and thought afterwards."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.errors import FormatError
from personae.types import Outcome


@dataclass(frozen=True, slots=True)
class Opinion:
    """One answer of one member: a letter, or how the attempt ended. `text` is what was said aloud, if anything.

    `again` holds how earlier attempts at the same answer ended.
    """

    member: str
    letter: str | None
    outcome: Outcome = "answered"
    text: str = ""
    again: tuple[Outcome, ...] = ()

    def __post_init__(self) -> None:
        if (self.letter is None) == (self.outcome == "answered"):
            raise ValueError(f"the answer of {self.member!r} ended {self.outcome!r} with the letter {self.letter!r}")


@dataclass(frozen=True, slots=True)
class GroupTalk:
    """One group on one question. `identities` maps members, in the order of their seats, to what they are; the first
    of `said` is the initiator's. `onboarding` has a letter for every member.

    >>> before = {"Ana": "A", "Rui": "B", "Kent": "B"}
    >>> talk = GroupTalk("q", dict.fromkeys(before, ""), before, (Opinion("Rui", "B"), Opinion("Ana", "B")), ())
    >>> talk.initiator, talk.opinion, talk.share("Ana"), talk.minority("Ana")
    ('Rui', 'B', 0.3333333333333333, True)
    """

    question: str
    identities: Mapping[str, str]
    onboarding: Mapping[str, str]
    said: tuple[Opinion, ...]
    reflection: tuple[Opinion, ...]
    wording: str = "collaborate"
    id: str = ""
    first: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def members(self) -> tuple[str, ...]:
        """Names in the order of seats."""
        return tuple(self.identities)

    @property
    def initiator(self) -> str | None:
        """Who was to speak first; None where nobody was to."""
        return self.first or (self.said[0].member if self.said else None)

    @property
    def opinion(self) -> str | None:
        """What the group holds in the end: the letter most members held when they last spoke; None for a tie.

        Who never spoke to any effect holds what they thought before.
        """
        last = dict(self.onboarding) | {one.member: one.letter for one in self.said if one.letter is not None}
        ranked = Counter(last.values()).most_common(2)
        return None if len(ranked) > 1 and ranked[0][1] == ranked[1][1] else ranked[0][0]

    def share(self, member: str) -> float:
        """The share of the group that thought the same before, the member included."""
        own = self.onboarding[member]
        return sum(letter == own for letter in self.onboarding.values()) / len(self.onboarding)

    def minority(self, member: str) -> bool:
        """Whether another opinion had more members before."""
        counts = Counter(self.onboarding.values())
        return counts[self.onboarding[member]] < max(counts.values())

    def heard_by(self, member: str, before: int | None = None) -> tuple[str, ...]:
        """The letters of the others' messages, up to the `before`-th message."""
        return tuple(one.letter for one in self.said[:before] if one.letter is not None and one.member != member)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> GroupTalk:
        """The inverse of `to_dict`. Raises FormatError for data that is no group talk."""
        try:
            fields = dict(data)
            for key in ("said", "reflection"):
                fields[key] = tuple(opinion_of(one) for one in fields[key])
            talk = cls(**fields)
            if set(talk.onboarding) != set(talk.identities) or not talk.identities:
                raise ValueError("its members and their first answers differ")
            if strangers := {one.member for one in (*talk.said, *talk.reflection)} - set(talk.identities):
                raise ValueError(f"{sorted(strangers)[0]!r} speaks and is no member")
            return talk
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FormatError(
                f"this is no group talk ({error!s:.80}); write talks by `personae simulate group`"
            ) from error


def opinion_of(tree: Mapping[str, Any]) -> Opinion:
    """An opinion from plain JSON data."""
    return Opinion(**{**tree, "again": tuple(tree.get("again", ()))})


def camps(letters: Sequence[str]) -> tuple[int, ...]:
    """How people are divided: the sizes of camps, largest first.

    >>> camps("ABBCB")
    (3, 1, 1)
    """
    return tuple(sorted(Counter(letters).values(), reverse=True))
