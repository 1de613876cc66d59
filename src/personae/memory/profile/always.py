"""The profile as an agent's memory: read from the talk as it goes on, and always before what else comes to mind."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from personae.errors import UsageError
from personae.memory.profile.extraction import extract
from personae.memory.profile.merging import Rejected, merge
from personae.memory.profile.profile import Profile
from personae.memory.profile.rendering import CAP, Shown, rendered
from personae.memory.roles import Memory, Recalled
from personae.memory.turns import Scope, Turn, mended
from personae.memory.window import Window
from personae.types import Conversation, Message


@dataclass
class AlwaysVisible:
    """A memory around another one: its facts come after the profile of the user.

    scope:   whose memory, with a conversation; every conversation of a user needs its own, `profile` goes from one to
             the next.
    shown:   what stood in the last prompt, with the entries that the cap left out.
    rejected: what was not merged, and why.

    Only messages of the talk are read, each once, and never what the inner memory recalls.
    Raises UsageError for a scope without a conversation.

    >>> import asyncio
    >>> memory = AlwaysVisible(Scope("keeper", "Ines", "harbour"))
    >>> talk = Conversation() + Message("user", "I can't stand opera.")
    >>> asyncio.run(memory.recall(talk)).facts
    ('Ines dislikes: opera',)
    """

    scope: Scope
    inner: Memory = field(default_factory=Window)
    profile: Profile = field(default_factory=Profile)
    cap: int = CAP
    shown: Shown | None = None
    rejected: list[Rejected] = field(default_factory=list)
    _read: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.scope.conversation is None:
            raise UsageError(f"{self.scope!r} has no conversation; give Scope(agent, user, conversation)")

    async def recall(self, conversation: Conversation) -> Recalled:
        """What the inner memory recalls, with the profile's lines before its facts."""
        for number, message in enumerate(conversation, 1):
            self._take(number, message)
        self.shown = rendered(self.profile, "user", name=self.scope.user, cap=self.cap)
        facts = tuple(f"{self.scope.user} {line}" for line in self.shown.lines)
        recalled = await self.inner.recall(conversation)
        return dataclasses.replace(recalled, facts=(*facts, *recalled.facts))

    async def keep(self, message: Message) -> None:
        """The inner memory's business: the profile reads the talk when it is recalled."""
        await self.inner.keep(message)

    def _take(self, number: int, message: Message) -> None:
        id = f"D1:{number}"
        if message.role == "system" or not message.content.strip() or self._read.get(id) == message.content:
            return
        self._read[id] = message.content
        speaker = self.scope.agent if message.role == "assistant" else self.scope.user
        turn = Turn(id, self.scope, "1", speaker, mended(message.content), message.at)
        found = extract([turn])
        known = {source for row in self.profile.log for source in row.sources}
        done = merge(self.profile, found.changes, found.sources | known)
        self.profile = done.profile
        self.rejected += done.rejected
