"""Forgetting as a user means it: a turn, a belief, a conversation or everything, with what was made of it."""

from __future__ import annotations

from collections.abc import Collection

from personae.errors import UsageError
from personae.memory.long_term.believed import Believed
from personae.memory.profile import forget as without
from personae.memory.store import Forgotten, Store
from personae.memory.turns import Scope


def forget(store: Store, scope: Scope, ids: Collection[str] | None = None, *, erase: bool = True) -> Forgotten:
    """Remove a user's turns – all of the scope, or those of one conversation named by `ids` – from rows, words and
    vectors, and from the profile; what the profile rests on other turns for, it keeps.

    Raises UsageError, and removes nothing, where there is no such turn. With `erase` False the file is written anew
    later (see `Store.forget`).
    """
    believed = Believed(store, scope)
    before = store.forgettings()
    left = without(believed.profile(), _sources(store, scope, ids))
    done = store.forget(scope, ids, erase=erase)
    if store.count(believed.of_all_talks):
        believed.write(left, since=before + 1)
    return done


def forget_belief(store: Store, scope: Scope, key: str, value: str, *, erase: bool = True) -> Forgotten:
    """Remove a belief of the profile, current or past, and every turn that it was read from.

    Its words stand in those turns: as long as they are kept, it is not forgotten. Raises UsageError where nothing like
    it is believed.
    """
    profile = Believed(store, scope).profile()
    entries = [*profile.entries, *(past.entry for past in profile.history)]
    found = [entry for entry in entries if entry.key == key and entry.value.casefold() == value.casefold()]
    if not found:
        have = ", ".join(repr(entry.value) for entry in entries if entry.key == key) or "nothing"
        raise UsageError(f"nothing is believed like {key} {value!r}; under {key!r} there is {have}")
    alike = {entry.identity for entry in found}
    by_talk: dict[str, set[str]] = {}
    for row in profile.log:
        if row.new is not None and row.new.identity in alike:
            for source in (*row.new.sources, *row.sources):
                conversation, _, id = source.rpartition("/")
                by_talk.setdefault(conversation, set()).add(id)
    talks = sorted(by_talk.items())
    done = [forget(store, Scope(scope.agent, scope.user, talk), ids, erase=False) for talk, ids in talks]
    erased = store.erase() if erase else False
    return Forgotten(sum(one.turns for one in done), tuple(id for one in done for id in one.derived), erased)


def _sources(store: Store, scope: Scope, ids: Collection[str] | None) -> set[str]:
    if ids is None:
        return {f"{turn.scope.conversation}/{turn.id}" for turn in store.turns(scope)}
    return {f"{scope.conversation}/{id}" for id in ids}
