"""The profile of a user, kept beside the turns it was read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from personae.memory.profile import Profile, Rejected, extract, loads, merge
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
        """What is believed now; read from all turns anew where nothing was written since something was forgotten."""
        text = self.store.read_document(self.of_all_talks, DOCUMENT)
        if text is not None:
            return _read(text)
        before = self.store.forgettings()
        profile, _ = self._after(Profile(), tuple(self.store.turns(self.of_all_talks)))
        self.write(profile, since=before)
        return profile

    def hear(self, turns: Sequence[Turn]) -> tuple[Rejected, ...]:
        """Add what these kept turns say; what was not believed, and why. Another process may do so meanwhile."""
        rejected: tuple[Rejected, ...] = ()

        def changed(text: str | None) -> str:
            nonlocal rejected
            before = self.profile() if text is None else _read(text)
            after, rejected = self._after(before, turns)
            return after.dumps()

        self.store.update_document(self.of_all_talks, DOCUMENT, changed)
        return rejected

    def write(self, profile: Profile, *, since: int | None = None) -> None:
        """Put another profile in its place, one that a model changed (`memory.profile.writing`) or that lost turns.

        Nothing is written where something was forgotten `since` (see `Store.write_document`).
        """
        self.store.write_document(self.of_all_talks, DOCUMENT, profile.dumps(), since=since)

    def _after(self, profile: Profile, turns: Sequence[Turn]) -> tuple[Profile, tuple[Rejected, ...]]:
        found = extract(turns, user=self.user, persona=self.agent)
        known = {source for row in profile.log for source in row.sources}
        merged = merge(profile, found.changes, found.sources | known)
        return merged.profile, merged.rejected


@lru_cache(maxsize=8)
def _read(text: str) -> Profile:
    return loads(text)
