"""From entries to dated statements: what a diarist says of itself, with the entry and the day it was said.

A statement that a later one contradicts is not dropped: it ends on the day before, so both stand with their dates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from personae.persona.contradictions import compare
from personae.persona.facts import attributes, fact_in
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.persona.statements import split, statement_id
from personae.simulate.journals.entries import Entry
from personae.types import PairScorer

#: What a statement's source is called: this, and the entry's id.
SECTION = "journal/"
#: Shorter sentences hold no fact, longer ones more than one.
WORDS = range(3, 41)


@dataclass(frozen=True, slots=True)
class Told:
    """Statements in the order of the entries, and how many sentences were left out, by reason."""

    statements: tuple[Statement, ...]
    left_out: dict[str, int]


@dataclass(frozen=True, slots=True)
class Version:
    """Two statements that cannot both be true at once: the earlier one, and the later one that took its place.

    `by` says how it was found: the key of a fact that takes one value ("location"), or a pair scorer's name.
    """

    earlier: str
    later: str
    by: str


def told_in(entries: Sequence[Entry], *, most: int) -> Told:
    """At most `most` different statements of the entries, which come with the most telling ones first.

    Kept are sentences in the first person of 3 to 40 words that are no questions. They come back in order of date, and
    what is said again counts once, with its first date – unless something else was true in between.
    """
    said: list[Statement] = []
    known: set[str] = set()
    left: Counter[str] = Counter()
    for entry in entries:
        for one in split(entry.text, SECTION + entry.id, origin="extracted"):
            id = statement_id(one.text)
            why = _unfit(one) or ("too many" if id not in known and len(known) >= most else "")
            if why:
                left[why] += 1
            else:
                known.add(id)
                said.append(one.model_copy(update={"id": id, "valid_from": entry.date}))
    said.sort(key=lambda one: one.valid_from or "")
    statements = _once(said)
    left["said again"] = len(said) - len(statements)
    return Told(tuple(statements), {why: count for why, count in left.items() if count})


def entry_id(statement: Statement) -> str | None:
    """The id of the entry a statement was read from; None for a statement that comes from elsewhere."""
    section = statement.source.section if statement.source else ""
    return section.removeprefix(SECTION) if section.startswith(SECTION) else None


async def versions(
    persona: Persona, scorer: PairScorer | None = None, **options: Any
) -> tuple[Persona, tuple[Version, ...]]:
    """The persona with the earlier of two contradicting statements ended on the day before the later one.

    Found are facts that take one value (age, home, job …; English), and with a pair scorer whatever it holds for a
    contradiction; `options` go to `personae.persona.contradictions.compare`. Statements without dates, or of one day,
    stay as they are. Nothing is dropped.
    """
    order = {one.id: place for place, one in enumerate(persona.statements)}
    found = {(v.earlier, v.later): v for v in _by_facts(persona.statements)}
    if scorer is not None:
        compared = await compare(persona, scorer, **options)
        for clash in compared.clashes:
            one, other = sorted((clash.first, clash.second), key=lambda each: (each.valid_from or "", order[each.id]))
            if clash.kind == "contradiction" and (one.valid_from or "") < (other.valid_from or ""):
                found.setdefault((one.id, other.id), Version(one.id, other.id, scorer.name))
    return _ended(persona, tuple(found.values())), tuple(found.values())


def _unfit(one: Statement) -> str:
    if one.text.rstrip('"”’ ').endswith("?"):
        return "question"
    if len(one.text.split()) not in WORDS:
        return "too short or too long"
    return "" if one.person == "first" else "not in the first person"


def _once(said: Iterable[Statement]) -> list[Statement]:
    """Statements by date without repetitions. A fact that takes one value, true again after another, is a new one."""
    times: Counter[str] = Counter()
    current: dict[str, str] = {}
    kept = []
    for one in said:
        key, value = single_fact(one)
        if one.id in times and (not key or current[key] == value):
            continue
        if key:
            current[key] = value
        times[one.id] += 1
        kept.append(one if times[one.id] == 1 else one.model_copy(update={"id": f"{one.id}-{times[one.id]}"}))
    return kept


def single_fact(one: Statement) -> tuple[str, str]:
    """Key and value of a fact that takes one value at a time, such as ("location", "Porto"), or two empty strings."""
    fact = fact_in(one.text)
    single = fact is not None and fact[0] in attributes() and not attributes()[fact[0]].many
    return fact if fact is not None and single else ("", "")


def _by_facts(statements: Iterable[Statement]) -> list[Version]:
    """Every value of a fact that takes one, with the next other value of it."""
    last: dict[str, tuple[str, Statement]] = {}
    found = []
    for one in statements:
        key, value = single_fact(one)
        if not key or not one.valid_from:
            continue
        before = last.get(key)
        if before and before[0].casefold() != value.casefold() and (before[1].valid_from or "") < one.valid_from:
            found.append(Version(before[1].id, one.id, key))
        last[key] = (value, one)
    return found


def _ended(persona: Persona, found: Sequence[Version]) -> Persona:
    """Each earlier statement ends on the day before the first that contradicts it."""
    starts = {one.id: one.valid_from for one in persona.statements}
    ends: dict[str, str] = {}
    for version in found:
        start = starts[version.later]
        if start:
            end = (date.fromisoformat(start) - timedelta(days=1)).isoformat()
            ends[version.earlier] = min(end, ends.get(version.earlier, end))
    told = [one.model_copy(update={"valid_to": ends[one.id]}) if one.id in ends else one for one in persona.statements]
    return persona.edited(statements=tuple(told))
