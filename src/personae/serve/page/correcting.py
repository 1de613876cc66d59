"""Correcting a belief: the visitor's own word, kept as a turn like any other, takes the place of what was believed."""

from __future__ import annotations

from collections.abc import Callable

from personae.errors import UsageError
from personae.memory.long_term import Believed
from personae.memory.long_term.memory import now
from personae.memory.meaning import vectors
from personae.memory.profile import Change, Entry, Profile, merge
from personae.memory.store import Store
from personae.memory.turns import Scope, Turn, numbers_of, turn_id
from personae.types import Embedder

#: The conversation that corrections are kept in.
CONVERSATION = "corrections"


def correct(
    store: Store,
    scope: Scope,
    entry: Entry,
    value: str,
    *,
    speaker: str,
    embedder: Embedder | None = None,
    clock: Callable[[], str] = now,
) -> None:
    """Believe `value` in the place of an entry of the user's profile; the old one becomes history.

    Raises UsageError, and changes nothing, for a value that is no fact (empty, too long, an order to the persona).
    """
    value = " ".join(value.split())
    here = Scope(scope.agent, scope.user, CONVERSATION)
    at = max(clock(), entry.last_seen)
    place = turn_id(1, 1 + max((pair[1] for turn in store.turns(here) if (pair := numbers_of(turn.id))), default=0))
    source = f"{CONVERSATION}/{place}"
    old = Change(entry.key, entry.value, (source,), at, entry.polarity, entry.owner, retract=True)
    new = Change(entry.key, value, (source,), at, entry.polarity, entry.owner, entry.strength, 1.0)
    believed = Believed(store, scope, user=speaker)
    profile = believed.profile()
    _corrected(profile, old, new)  # raises before anything is kept
    turn = Turn(place, here, "1", speaker, new.entry().sentence, at)
    store.keep([turn], None if embedder is None else vectors([turn], embedder))
    believed.write(_corrected(believed.profile(), old, new))


def _corrected(profile: Profile, old: Change, new: Change) -> Profile:
    known = {source for row in profile.log for source in row.sources}
    done = merge(profile, (old, new), known | set(new.sources))
    for rejected in done.rejected:
        if rejected.change is new:
            raise UsageError(f"{new.value[:60]!r} cannot be believed: {rejected.reason}; put it in other words")
    return done.profile
