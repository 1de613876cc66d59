"""Contradictions between entries of a profile are settled by a model, as those between facts are, and written back.

What rules could not settle – "I love the sea", "I never go near water" – becomes one sentence with its cause, or
two more specific ones, in the open facts. Both entries turn into history, and forgetting a turn undoes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from personae.memory.facts import Fact
from personae.memory.profile.guard import refusal
from personae.memory.profile.profile import Profile
from personae.memory.profile.schema import MAX_VALUE, Entry, LogRow, Owner
from personae.memory.refine import Decision, Refined, refine
from personae.types import Model, PairScorer

#: The field of what a model has made of two entries.
OPEN = "facts.open"


@dataclass(frozen=True, slots=True)
class RefinedProfile:
    """The profile after it, what was decided, and decisions whose sentences may not stand in a profile, with reasons.

    What was turned down left both entries as they were. `facts` are for the `before` of the next time.
    """

    profile: Profile
    done: Refined
    facts: tuple[Fact, ...]
    rejected: tuple[tuple[Decision, str], ...] = ()


def facts_of(
    profile: Profile, owner: Owner = "user", *, said: Mapping[str, str] | None = None, before: Iterable[Fact] = ()
) -> tuple[Fact, ...]:
    """What is believed of `owner` as facts: a sentence each, with its sources and the time it was last said.

    said:   source id → what was said there, shown to whoever decides.
    before: facts of an earlier refinement; pairs that were decided then are remembered.

    >>> from personae.memory.profile import Change, merge
    >>> tea = Change("preferences.things", "tea", ("D1:1",), "2026-01-01", "likes")
    >>> [(fact.id, fact.text) for fact in facts_of(merge(Profile(), [tea], {"D1:1"}).profile)]
    [('user/preferences.things/likes/tea', 'I like tea.')]
    """
    beside = {fact.id: fact.beside for fact in before}
    found = []
    for entry in profile.of(owner):
        lines = tuple((said or {})[source] for source in entry.sources if source in (said or {}))
        id = _id(entry)
        at = entry.last_seen or None
        found.append(Fact(id, entry.sentence, "extracted", entry.sources, lines, at, beside=beside.get(id, ())))
    return tuple(found)


async def refine_profile(
    profile: Profile,
    scorer: PairScorer,
    model: Model,
    *,
    owner: Owner = "user",
    said: Mapping[str, str] | None = None,
    before: Sequence[Fact] = (),
    **options: Any,
) -> RefinedProfile:
    """Settle the contradictions among what is believed of `owner`; the other side is not looked at.

    said, before: as in `facts_of`; give the `facts` of the last time, and what was decided is not asked again.
    options:      as `refine` takes them: settings, max_calls, edge.

    A merged sentence takes the place of both entries, two told apart take one each; they rest on the sources of both,
    are no surer than the less sure of them, and are open facts. Rows of the log that come of it have no proposal
    behind them, so that `forget` believes again what they had replaced, as far as its own turns are left.

    Raises what `refine` raises.
    """
    done = await refine(facts_of(profile, owner, said=said, before=before), scorer, model, **options)
    entries = {_id(entry): entry for entry in profile.of(owner)}
    texts = {fact.id: fact.text for fact in done.facts}
    rejected = []
    for decision in done.decisions:
        if not decision.produced:
            continue
        old = sorted((entries[id] for id in decision.conflict.pair if id in entries), key=_age)
        if reason := _refused(old, [texts[id] for id in decision.produced]):
            rejected.append((decision, reason))
            continue
        new = [_made(old, texts[id]) for id in decision.produced]
        entries |= dict(zip(decision.produced, new, strict=True))
        profile = _replaced(profile, old, new)
    names = {id: _id(entry) for id, entry in entries.items()}
    facts = (
        replace(fact, id=names.get(fact.id, fact.id), beside=tuple(names.get(id, id) for id in fact.beside))
        for fact in done.facts
    )
    return RefinedProfile(profile, done, tuple(facts), tuple(rejected))


def _refused(old: Sequence[Entry], texts: Sequence[str]) -> str:
    if len(old) < 2:
        return "it rests on a sentence that was turned down"
    if any(len(text) > MAX_VALUE for text in texts):
        return f"a value has at most {MAX_VALUE} characters"
    return next((why for text in texts if (why := refusal(text))), "")


def _made(old: Sequence[Entry], text: str) -> Entry:
    """An open fact with the provenance of both."""
    first, second = old
    return replace(
        first,
        key=OPEN,
        value=text.rstrip("."),
        polarity=None,
        first_seen=min(first.first_seen, second.first_seen),
        last_seen=max(first.last_seen, second.last_seen),
        sources=tuple(dict.fromkeys((*first.sources, *second.sources))),
        strength=max(first.strength, second.strength),
        confidence=min(first.confidence, second.confidence),
    )


def _replaced(profile: Profile, old: Sequence[Entry], new: Sequence[Entry]) -> Profile:
    """Both old entries are history; the rows are dated by the newest thing said, and rest on all of it."""
    for place, entry in enumerate(old):
        heir = new[place] if place < len(new) else None
        op = "update" if heir is not None else "retract"
        profile = profile.after(LogRow(new[0].last_seen, op, entry, heir, new[0].sources))  # type: ignore[arg-type]
    return profile


def _age(entry: Entry) -> tuple[str, str]:
    """The older one first, as the model is shown them."""
    return entry.last_seen, _id(entry)


def _id(entry: Entry) -> str:
    return "/".join(part for part in entry.identity if part)
