"""Which conversation a request goes on with, told by what was answered: a client sends the talk, not its name."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from personae.memory.long_term.memory import now
from personae.memory.store import Store
from personae.memory.turns import Scope
from personae.types import Conversation, Message

#: The name of the document that holds what was answered, and how many answers it remembers.
DOCUMENT = "threads"
MOST = 300


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next turn is kept: the conversation, and how many of its turns stand before it; None for all."""

    conversation: str
    turns: int | None = None


def new_name(at: str) -> str:
    """A name for a new conversation, which nobody can guess.

    >>> new_name("2026-03-01T09:30:00+00:00")[:16]
    '20260301-093000-'
    """
    digits = "".join(filter(str.isdigit, at[:19]))
    return f"{digits[:8]}-{digits[8:14]}-{secrets.token_hex(4)}"


class Threads:
    """The answers given to one user by one persona, each by a digest of all that was said until then.

    A request whose history is the last thing that was answered goes on with that conversation. One that asks the last
    line again wants another answer: it takes the place of the old one. Anything else – a new talk, an edited history, a
    branch – begins a conversation of its own, and nothing is forgotten for it.
    """

    def __init__(self, store: Store, scope: Scope, clock: Callable[[], str] = now) -> None:
        self._store = store
        self._scope = scope
        self._clock = clock
        self._known: list[dict[str, str | int]] = []

    def find(self, conversation: Conversation, name: str | None = None) -> Place:
        """The place of the next turn; with a name it is in that conversation."""
        asked, before = _digest(conversation.messages), _digest(conversation.messages[:-1])
        self._known = _entries(self._store.read_document(self._scope, DOCUMENT)) or self._known
        for entry in reversed(self._known):
            known, turns = str(entry["conversation"]), int(entry["turns"])
            again = entry["asked"] == asked
            if not (again or entry["state"] == before) or name not in (None, known):
                continue
            if self._turns(known) == turns:  # it is the last that was answered there
                return Place(known, turns - 2 if again else None)
        return Place(name or new_name(self._clock()))

    def note(self, conversation: Conversation, name: str) -> None:
        """Note that this was the talk when an answer, its last message, was given."""
        entry = {
            "asked": _digest(conversation.messages[:-1]),
            "state": _digest(conversation.messages),
            "conversation": name,
            "turns": self._turns(name),
        }

        def changed(text: str | None) -> str:
            entries = _entries(text) or self._known  # a replaced answer is forgotten, and documents go with it
            left = [old for old in entries if old["asked"] != entry["asked"] or old["conversation"] != name]
            return json.dumps([*left, entry][-MOST:])

        self._store.update_document(self._scope, DOCUMENT, changed)

    def within(self, name: str) -> Scope:
        """The scope of one of their conversations."""
        return Scope(self._scope.agent, self._scope.user, name)

    def _turns(self, name: str) -> int:
        return self._store.count(self.within(name))


def _entries(text: str | None) -> list[dict[str, str | int]]:
    return json.loads(text) if text else []


def _digest(messages: tuple[Message, ...]) -> str:
    """Of who said what; spaces at the ends of lines do not count, nor does what the system says."""
    said = [(message.role, " ".join(message.content.split())) for message in messages if message.role != "system"]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
