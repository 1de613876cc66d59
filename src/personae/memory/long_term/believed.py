"""The profile of a user, kept beside the turns it was read from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from personae.errors import FormatError
from personae.memory.profile import Extracted, Profile, Rejected, extract, loads, merge
from personae.memory.store import Store
from personae.memory.turns import Scope, Turn

#: The name of the document that holds it.
DOCUMENT = "profile"


@dataclass(frozen=True)
class Believed:
    """What an agent believes of a user and of itself, as read from the turns of a store.

    scope: agent and user; a conversation in it plays no part.
    user, agent: the names they speak under; those of the scope unless given.
    """

    store: Store
    scope: Scope
    user: str | None = None
    agent: str | None = None

    @property
    def of_all_talks(self) -> Scope:
        """The agent's memory of the user, over all conversations."""
        return Scope(self.scope.agent, self.scope.user)

    def profile(self) -> Profile:
        """What is believed now; read from all turns anew where nothing was written since something was forgotten, or
        what was written is no profile, as in a file that somebody else made."""
        text = self.store.read_document(self.of_all_talks, DOCUMENT)
        if text is not None and (held := _read(text)) is not None:
            return held
        before = self.store.forgettings()
        turns = self.store.turns(self.of_all_talks)
        profile, _ = _merged(Profile(), extract(turns, user=self.user, persona=self.agent))
        self.write(profile, since=before)
        return profile

    def hear(self, turns: Sequence[Turn]) -> tuple[Rejected, ...]:
        """Add what these kept turns say; what was not believed, and why. Another process may do so meanwhile."""
        found = extract(turns, user=self.user, persona=self.agent)
        if not found.changes:
            return ()
        rejected: tuple[Rejected, ...] = ()

        def changed(text: str | None) -> str:
            nonlocal rejected
            held = None if text is None else _read(text)
            after, rejected = _merged(self.profile() if held is None else held, found)
            return after.dumps()

        self.store.update_document(self.of_all_talks, DOCUMENT, changed)
        return rejected

    def write(self, profile: Profile, *, since: int | None = None) -> None:
        """Put another profile in its place, one that a model changed (`memory.profile.writing`) or that lost turns.

        Nothing is written where something was forgotten `since` (see `Store.write_document`).
        """
        self.store.write_document(self.of_all_talks, DOCUMENT, profile.dumps(), since=since)


def _merged(profile: Profile, found: Extracted) -> tuple[Profile, tuple[Rejected, ...]]:
    known = {source for row in profile.log for source in row.sources}
    merged = merge(profile, found.changes, found.sources | known)
    return merged.profile, merged.rejected


@lru_cache(maxsize=8)
def _read(text: str) -> Profile | None:
    with suppress(FormatError):
        return loads(text)
    return None
