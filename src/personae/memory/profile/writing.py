"""A model proposes changes of a profile, every few sessions; what it answers is read strictly and checked by `merge`.

The update of AI PERSONA (2024): only changed fields, as few as possible, every k = 3 sessions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.files import bundled
from personae.memory.profile.extraction import LeftOut, extract, source_of
from personae.memory.profile.guard import cleaned
from personae.memory.profile.merging import Rejected
from personae.memory.profile.profile import Profile
from personae.memory.profile.schema import POLARITIES, Change, fields, stems
from personae.memory.turns import Turn
from personae.types import Message, Model, Outcome, Settings, Usage

#: Sessions between two updates (the best published number).
EVERY = 3
#: More changes in one answer are no "as few as possible".
MAX_CHANGES = 60
SETTINGS = Settings(temperature=0.0, max_tokens=1_500)

_BLOCK = re.compile(r"\s*<fields>(.*)</fields>\s*", re.DOTALL)
_KEYS = {"field", "value", "polarity", "owner", "source", "retract"}


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a model proposed, to be given to `merge`, and what of it was turned down before.

    `outcome` says how the answer ended: only "answered" carries changes.
    """

    changes: tuple[Change, ...]
    sources: frozenset[str]
    outcome: Outcome
    rejected: tuple[Rejected, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    usage: Usage = field(default_factory=Usage)


def due(closed_sessions: int, every: int = EVERY) -> bool:
    """Is it time to update after so many closed sessions?

    >>> [due(n) for n in range(5)]
    [False, False, False, True, False]
    """
    return closed_sessions > 0 and closed_sessions % every == 0


async def propose(
    profile: Profile,
    turns: Sequence[Turn],
    model: Model,
    *,
    user: str | None = None,
    persona: str | None = None,
    settings: Settings = SETTINGS,
) -> Proposed:
    """What a model would change after these turns, the last `EVERY` sessions of one user and one agent.

    It is shown what was said alone, each line with its id: no recalled text, and no sentence that the guard turns down.
    A change whose words its source line does not hold is rejected as not said. Raises UsageError as `extract` does, and
    what the model raises.
    """
    heard = extract(turns, user=user, persona=persona)
    shown = [turn for turn in turns if source_of(turn) in heard.sources and cleaned(turn.text)]
    owners = {source_of(turn): "persona" if _is(turn, persona or turn.scope.agent) else "user" for turn in shown}
    if not shown:
        return Proposed((), frozenset(), "answered", left_out=heard.left_out)
    done = await model.generate(_messages(profile, shown), settings)
    listed = read_changes(done.text) if done.outcome == "answered" else None
    if listed is None:
        outcome: Outcome = "unparsed" if done.outcome == "answered" else done.outcome
        return Proposed((), frozenset(owners), outcome, left_out=heard.left_out, usage=done.usage)
    changes, rejected = [], []
    said = {source_of(turn): turn for turn in shown}
    for item in listed:
        turn = said.get(item["source"])
        change = _change(item, (turn.at if turn else None) or "")
        reason = _unfounded(change, turn, owners)
        if reason:
            rejected.append(Rejected(change, reason))
        else:
            changes.append(change)
    return Proposed(tuple(changes), frozenset(owners), "answered", tuple(rejected), heard.left_out, done.usage)


def read_changes(answer: str) -> list[dict[str, Any]] | None:
    """The changes in an answer; None if it is not exactly one `<fields>` block of the promised shape.

    >>> read_changes('<fields>{"changes": []}</fields>'), read_changes("Nothing changed.")
    ([], None)
    """
    block = _BLOCK.fullmatch(answer)
    if block is None:
        return None
    try:
        tree = json.loads(block[1])
    except (ValueError, RecursionError):
        return None
    listed = tree.get("changes") if isinstance(tree, dict) and set(tree) == {"changes"} else None
    if not isinstance(listed, list) or len(listed) > MAX_CHANGES or not all(map(_well_formed, listed)):
        return None
    return listed


def _well_formed(item: Any) -> bool:
    if not isinstance(item, dict) or not {"field", "value", "source"} <= set(item) <= _KEYS:
        return False
    texts = (item["field"], item["value"], item["source"])
    return (
        all(isinstance(text, str) for text in texts)
        and item.get("polarity") in (None, *POLARITIES)
        and item.get("owner", "user") in ("user", "persona")
        and isinstance(item.get("retract", False), bool)
    )


def _change(item: dict[str, Any], at: str) -> Change:
    return Change(
        key=item["field"],
        value=item["value"],
        sources=(item["source"],),
        at=at,
        polarity=item.get("polarity"),
        owner=item.get("owner", "user"),
        retract=item.get("retract", False),
    )


def _unfounded(change: Change, turn: Turn | None, owners: dict[str, str]) -> str:
    """Why a proposal does not rest on its source: no such line, another speaker, or words that were not said."""
    if turn is None:
        return f"source turn {change.sources[0]!r} does not exist"
    if owners[change.sources[0]] != change.owner:
        return f"turn {change.sources[0]!r} was not said by the {change.owner}"
    missing = set(stems(change.value)) - set(stems(cleaned(turn.text))) - {"i"}
    return f"turn {change.sources[0]!r} does not say {sorted(missing)[0]!r}" if missing else ""


def _is(turn: Turn, name: str) -> bool:
    return turn.speaker.casefold() == name.casefold()


def _messages(profile: Profile, turns: Sequence[Turn]) -> tuple[Message, ...]:
    texts = bundled(__package__, "texts/writing.en.yaml")
    talks = "\n".join(f"[{source_of(turn)}] {turn.speaker}: {cleaned(turn.text)}" for turn in turns)
    system = texts["system"].format(fields=", ".join(fields()))
    return (Message("system", system), Message("user", texts["ask"].format(profile=profile.show(), talks=talks)))
