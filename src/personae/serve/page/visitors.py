"""Who is looking: each browser session has a visitor of its own, and nothing of it is seen by another."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from personae.errors import UsageError
from personae.serve.keys import Keys
from personae.serve.page.talks import Talk

#: Visitors, and talks of one of them, that are kept in mind; the longest silent goes first.
MOST_VISITORS = 1_000
MOST_TALKS = 20
LONGEST_NAME = 60


@dataclass
class Visitor:
    """One browser session. It knows nobody until `enter`.

    holder: the name of the key it showed, "" where no keys are asked for.
    name:   what a persona calls it, and with the holder whose memory it is (`owner`).
    dark:   None follows the system.
    """

    holder: str = ""
    name: str = ""
    dark: bool | None = None
    model: str = ""
    talks: OrderedDict[tuple[str, str], Talk] = field(default_factory=OrderedDict)
    talking: dict[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """Whose memory is theirs."""
        return Keys.owner(self.holder, self.name)

    def enter(self, keys: Keys, key: str, name: str) -> None:
        """Raises UsageError for a key that nobody holds, or for no name."""
        holder = keys.holder(f"Bearer {key}")
        if holder is None:
            raise UsageError("that key is not known here; ask whoever runs this server for one")
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable() or "/" in name:
            raise UsageError(f"give a name of 1 to {LONGEST_NAME} characters, without '/'")
        self.holder, self.name = holder, name

    def leave(self) -> None:
        """Forget who it was; what personas remember stays with them."""
        for talk in self.talks.values():
            talk.stop()
        self.holder = self.name = ""
        self.talks.clear()
        self.talking.clear()

    def keep(self, talk: Talk) -> Talk:
        """Have a talk in mind, as the one that goes on with its persona."""
        self.talks[talk.model, talk.name] = talk
        self.talks.move_to_end((talk.model, talk.name))
        self.talking[talk.model] = talk.name
        for place in [place for place, old in self.talks.items() if not old.busy][: len(self.talks) - MOST_TALKS]:
            del self.talks[place]
        return talk

    def let_go(self, model: str) -> None:
        """Talks with this persona are read anew: something of them was forgotten."""
        for place, talk in list(self.talks.items()):
            if talk.model == model:
                talk.stop()
                del self.talks[place]


@dataclass
class Visitors:
    """All of them, by session."""

    by_session: OrderedDict[str, Visitor] = field(default_factory=OrderedDict)

    def of(self, session: str) -> Visitor:
        """The visitor of a session, a new one where there is none yet."""
        visitor = self.by_session.setdefault(session, Visitor())
        self.by_session.move_to_end(session)
        if len(self.by_session) > MOST_VISITORS:  # who never came in goes first
            oldest = next((one for one, each in self.by_session.items() if not each.name), next(iter(self.by_session)))
            del self.by_session[oldest]
        return visitor

    async def settle(self, seconds: float) -> None:
        """Let replies in the making end, and after some seconds stop them, so that all that was said is kept."""
        talks = [talk for visitor in self.by_session.values() for talk in visitor.talks.values() if talk.busy]
        if talks:
            await asyncio.wait([asyncio.ensure_future(talk.settled()) for talk in talks], timeout=seconds)
        for talk in talks:
            talk.stop()
            await talk.settled()
