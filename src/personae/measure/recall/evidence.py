"""Which turns answer a question: the evidence of LoCoMo, whose ids are not always written as they should be."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from personae.memory.turns import numbers_of, turn_id

#: "repaired": what an annotator meant. "strict_legacy": the strings as they stand, as published figures took them.
Reading = Literal["repaired", "strict_legacy"]

_ID = re.compile(r"D:?(\d{1,6}):(\d{1,6})(?:\s{0,3}[-–]\s{0,3}(?:D:?(\d{1,6}):)?(\d{1,6}))?")
_SESSION = re.compile(r"D(\d{1,6}):")
_LONGEST_RANGE = 200


@dataclass(frozen=True, slots=True)
class Evidence:
    """What must be found for a question.

    turns, sessions: ids, without repeats; sessions as "session_12".
    listed: the turn ids with their repeats, as a share over strings counts them (strict_legacy only).
    dropped: ids that the conversation does not have.
    """

    turns: tuple[str, ...]
    sessions: tuple[str, ...]
    listed: tuple[str, ...]
    dropped: tuple[str, ...] = ()


def ids_in(text: str) -> tuple[str, ...]:
    """The turn ids a string of evidence names: zeros stripped, ranges within a session written out.

    >>> ids_in("D8:6; D9:17"), ids_in("D:11:26"), ids_in("D30:05"), ids_in("D12:3-D12:5"), ids_in("D")
    (('D8:6', 'D9:17'), ('D11:26',), ('D30:5',), ('D12:3', 'D12:4', 'D12:5'), ())
    """
    found: list[str] = []
    for match in _ID.finditer(text):
        session, first, other, last = (int(part) if part else None for part in match.groups())
        assert session is not None
        assert first is not None
        ends = [(session, first)] + ([(other or session, last)] if last is not None else [])
        if len(ends) == 2 and ends[0][0] == ends[1][0] and 0 <= ends[1][1] - ends[0][1] < _LONGEST_RANGE:
            ends = [(session, turn) for turn in range(first, ends[1][1] + 1)]
        found += [turn_id(*end) for end in ends if min(end) > 0]
    return tuple(dict.fromkeys(found))


def well_formed(text: str) -> bool:
    """Is the string one turn id and nothing else?"""
    return numbers_of(text) is not None


def read(strings: Sequence[str], known: Collection[str], reading: Reading = "repaired") -> Evidence:
    """The evidence of a question, of a conversation with the turns `known`."""
    if reading == "strict_legacy":
        sessions = [f"session_{found[1]}" for text in strings if (found := _SESSION.match(text))]
        return Evidence(tuple(dict.fromkeys(strings)), tuple(dict.fromkeys(sessions)), tuple(strings))
    named = list(dict.fromkeys(one for text in strings for one in ids_in(text)))
    there = tuple(one for one in named if one in known)
    sessions = ["session_" + one[1:].partition(":")[0] for one in there]
    dropped = tuple(one for one in named if one not in known)
    return Evidence(there, tuple(dict.fromkeys(sessions)), there, dropped)
