"""What was kept beside what should have been: junk, what was never said, what was missed, what is out of date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from personae.measure.memory_quality.labelled import Label, LabelledTurn, Talk
from personae.memory.profile.extraction import source_of
from personae.memory.profile.schema import NEGATIVE, Change, Entry, stems

#: From this F1 of stems on, words carry a label.
ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Judged:
    """One talk: what was extracted of it and what became of each, what was missed, and what stands twice at the end.

    `kept` match a label of their turn, `junk` was said but not worth keeping, `hallucinated` holds words that were not
    said (and that no label confirms), not by its owner, or the other way round. `current` counts the entries that stand
    at the end; `stale` are those of them that a later turn has ended.
    """

    kept: tuple[Change, ...]
    junk: tuple[Change, ...]
    hallucinated: tuple[Change, ...]
    missed: tuple[tuple[str, Label], ...]
    labels: int
    duplicates: tuple[Entry, ...]
    current: int
    stale: tuple[Entry, ...] = ()


def judged(talk: Talk, changes: Iterable[Change], entries: Sequence[Entry]) -> Judged:
    """What a memory made of a talk: the changes it extracted, and the entries that it holds at the end.

    A retraction is no entry and is not judged. A change with no source in the talk is hallucinated.
    """
    turns = {source_of(row.turn): row for row in talk.turns}
    hit: set[tuple[str, Label]] = set()
    kept, junk, hallucinated = [], [], []
    for change in changes:
        if change.retract:
            continue
        rows = [turns[source] for source in change.sources if source in turns]
        labels = [(row.turn.id, label) for row in rows for label in row.keep]
        matched = {(id, label) for id, label in labels if carries(change.polarity, change.value, label)}
        hit |= matched
        if not any(_owns(change, talk, row) and (matched or _said(change, row)) for row in rows):
            hallucinated.append(change)
        elif matched:
            kept.append(change)
        elif any(_reversed(change, label) for _, label in labels):
            hallucinated.append(change)
        else:
            junk.append(change)
    expected = [(row.turn.id, label) for row in talk.turns for label in row.keep]
    missed = tuple(one for one in expected if one not in hit)
    return Judged(
        kept=tuple(kept),
        junk=tuple(junk),
        hallucinated=tuple(hallucinated),
        missed=missed,
        labels=len(expected),
        duplicates=_duplicates(talk, entries),
        current=len(entries),
        stale=_stale(talk, entries),
    )


def carries(polarity: str | None, value: str, label: Label) -> bool:
    """Does an entry say what a label says: the same kind, and an F1 of stems of ½, or all stems of the label?

    >>> carries("likes", "old climbing roses", Label("likes", frozenset(stems("roses"))))
    True
    """
    return (polarity or "is") == label.kind and _close(value, label)


def _close(value: str, label: Label) -> bool:
    words = set(stems(value))
    common = len(words & label.words)
    return label.words <= words or 2 * common / (len(words) + len(label.words)) >= ENOUGH


def _said(change: Change, row: LabelledTurn) -> bool:
    return set(stems(change.value)) <= set(stems(row.turn.text))


def _owns(change: Change, talk: Talk, row: LabelledTurn) -> bool:
    """Are these the words of the one it is about, and not recalled or derived?"""
    return row.turn.origin == "said" and row.turn.speaker == (talk.user if change.owner == "user" else talk.persona)


def _reversed(change: Change, label: Label) -> bool:
    """The same words, liked where they are not liked, or the other way round."""
    if change.polarity is None or label.kind == "is":
        return False
    return (change.polarity in NEGATIVE) != (label.kind in NEGATIVE) and _close(change.value, label)


def _stale(talk: Talk, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Entries that a turn after all their sources says hold no longer."""
    places = {source_of(row.turn): place for place, row in enumerate(talk.turns)}

    def ended(entry: Entry) -> bool:
        last = max((places.get(source, -1) for source in entry.sources), default=-1)
        return any(
            row.turn.speaker == (talk.user if entry.owner == "user" else talk.persona)
            and any(carries(entry.polarity, entry.value, label) for label in row.ends)
            for row in talk.turns[last + 1 :]
        )

    return tuple(entry for entry in entries if ended(entry))


def _duplicates(talk: Talk, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Entries beyond the first that say what one label says."""
    by_id = {source_of(row.turn): row for row in talk.turns}
    taken: set[tuple[str, Label]] = set()
    found = []
    for entry in entries:
        labels = {
            (entry.owner, label)
            for source in entry.sources
            if source in by_id
            for label in by_id[source].keep
            if carries(entry.polarity, entry.value, label)
        }
        if labels and labels <= taken:
            found.append(entry)
        taken |= labels
    return tuple(found)
