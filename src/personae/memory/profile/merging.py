"""Proposed changes become part of a profile, by rules that always give the same. What is refused is told why."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from personae.memory.profile.guard import refusal
from personae.memory.profile.profile import Profile, replay
from personae.memory.profile.relations import RULES, Relations
from personae.memory.profile.schema import (
    MAX_VALUE,
    MOST_SOURCES,
    POLARITIES,
    Change,
    Entry,
    Identity,
    LogRow,
    fields,
    stems,
)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A change that was not taken, and why."""

    change: Change
    reason: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The new profile, and what was turned down. `unchanged` counts changes that were known already."""

    profile: Profile
    rejected: tuple[Rejected, ...] = ()
    unchanged: int = 0


def merge(
    profile: Profile, changes: Iterable[Change], turns: Collection[str], *, relations: Relations = RULES
) -> Merged:
    """The profile after these changes, taken in order of time.

    turns:     ids of the turns there are; a change from any other is rejected.
    relations: what a pair scorer found beyond the rules (`relations.scored`).

    What is known already is confirmed by a new source. What contradicts an older belief takes its place, and the older
    one becomes history; what comes later but was said earlier goes to history itself. Merging the same changes again
    changes nothing.

    >>> said = [Change("preferences.things", "sushi", ("D1:1",), "2026-01-01", "likes"),
    ...         Change("preferences.things", "fish", ("D2:4",), "2026-02-01", "avoids")]
    >>> done = merge(Profile(), said, {"D1:1", "D2:4"})
    >>> [(e.polarity, e.value) for e in done.profile.entries], [p.entry.value for p in done.profile.history]
    ([('avoids', 'fish')], ['sushi'])
    """
    rejected, unchanged = [], 0
    for change in sorted(changes, key=lambda change: change.at):
        reason = _refused(change, turns)
        if not reason and _known(profile, change):
            unchanged += 1
            continue
        rows = () if reason else _rows(profile, change, relations)
        if not rows:
            rejected.append(Rejected(change, reason or "there is nothing to retract"))
        for row in rows:
            profile = profile.after(row)
    return Merged(profile, tuple(rejected), unchanged)


def forget(profile: Profile, turns: Collection[str]) -> Profile:
    """The profile as if these turns had never been said: no entry, history or log row rests on them alone.

    What they had ended is believed again.
    """
    first = next((at for at, row in enumerate(profile.log) if not set(turns).isdisjoint(_sources(row))), None)
    if first is None:
        return profile
    kept: list[Change] = []
    alike: set[frozenset[Identity]] = set()
    clash: set[frozenset[Identity]] = set()
    for row in profile.log[first:]:  # what was before holds as it is
        if row.said is None:
            continue
        sources = tuple(source for source in row.said.sources if source not in turns)
        if sources:
            kept.append(dataclasses.replace(row.said, sources=sources))
        if row.old is not None:
            pairs = alike if row.op == "confirm" else clash
            pairs.add(frozenset((row.old.identity, row.said.entry().identity)))
    found = Relations(frozenset(alike), frozenset(clash))
    known = {source for change in kept for source in change.sources}
    return merge(replay(profile.log[:first]), kept, known, relations=found).profile


def _sources(row: LogRow) -> tuple[str, ...]:
    return row.sources if row.said is None else (*row.sources, *row.said.sources)


def _refused(change: Change, turns: Collection[str]) -> str:
    if change.key not in fields():
        return f"unknown field {change.key!r}"
    if change.polarity is not None and change.polarity not in POLARITIES:
        return f"unknown polarity {change.polarity!r}"
    if not change.value.strip() or len(change.value) > MAX_VALUE or "\n" in change.value:
        return f"a value is one line of 1 to {MAX_VALUE} characters"
    if not change.sources:
        return "no source turn"
    missing = [source for source in change.sources if source not in turns]
    if missing:
        return f"source turn {missing[0]!r} does not exist"
    return refusal(change.value) or ""


def _known(profile: Profile, change: Change) -> bool:
    """Has every source of this change been read for it?"""
    wanted = set(change.sources)
    identity = change.entry().identity
    for row in profile.log:
        if wanted.isdisjoint(row.sources) or row.said is None or row.said.retract != change.retract:
            continue
        if row.said.entry().identity == identity:
            wanted -= set(row.sources)
    return not wanted


def _rows(profile: Profile, change: Change, relations: Relations) -> tuple[LogRow, ...]:
    new = change.entry()
    if change.retract:
        ended = [entry for entry in profile.entries if _retracts(new, entry)]
        return tuple(LogRow(change.at, "retract", entry, None, change.sources, change) for entry in ended)
    for entry in profile.entries:
        if relations.are_same(entry, new) and not relations.clash(entry, new):
            return (LogRow(change.at, "confirm", entry, _confirmed(entry, new), change.sources, change),)
    rivals = [entry for entry in profile.entries if relations.clash(entry, new)]
    later = [entry for entry in rivals if entry.last_seen > change.at]
    if later:
        return (
            LogRow(change.at, "add", None, new, change.sources, change),
            LogRow(later[0].last_seen, "retract", new, None, later[0].sources),
        )
    if rivals:
        ends = tuple(LogRow(change.at, "retract", entry, None, change.sources, change) for entry in rivals[1:])
        return (LogRow(change.at, "update", rivals[0], new, change.sources, change), *ends)
    return (LogRow(change.at, "add", None, new, change.sources, change),)


def _confirmed(old: Entry, new: Entry) -> Entry:
    """Both together: the older words, the longer time, the first and the latest sources, and more confidence."""
    sources = tuple(dict.fromkeys((*old.sources, *new.sources)))
    return dataclasses.replace(
        old,
        first_seen=min(old.first_seen, new.first_seen),
        last_seen=max(old.last_seen, new.last_seen),
        sources=sources if len(sources) <= MOST_SOURCES else (sources[0], *sources[1 - MOST_SOURCES :]),
        strength=max(old.strength, new.strength),
        confidence=round(1 - (1 - old.confidence) * (1 - new.confidence), 6),
    )


def _retracts(new: Entry, old: Entry) -> bool:
    said, known = set(stems(new.value)), set(stems(old.value))
    return new.owner == old.owner and old.last_seen <= new.first_seen and (said <= known or known <= said)
