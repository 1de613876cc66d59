"""The memory of an agent that talks to the same user again."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from personae.errors import PersonaeError, UsageError
from personae.memory.events import GAP_S, MOST_TURNS
from personae.memory.long_term.believed import Believed
from personae.memory.long_term.forgetting import forget
from personae.memory.meaning import give_vectors
from personae.memory.profile import CAP, Profile, Rejected, rendered, source_of
from personae.memory.profile.schema import Owner
from personae.memory.quoting import as_quote, shown_name
from personae.memory.retrieval.fusion import Weights
from personae.memory.retrieval.hybrid import Hit
from personae.memory.retrieval.kept import StoreSearch
from personae.memory.roles import Memory, Recalled, Recollection
from personae.memory.store import Store
from personae.memory.store.words import index_words
from personae.memory.turns import Scope, Turn, mended, moment, numbers_of, turn_id
from personae.memory.window import Window
from personae.persona.tokens import estimate_tokens
from personae.types import Conversation, Embedder, Message

log = logging.getLogger(__name__)

#: Turns of earlier talks that come to mind at most, and the tokens they may take of the prompt.
MOST = 5
TURN_CAP = 300
#: A turn that shares no word with what is asked must be as near in meaning (the floor of DuLeMon, 2022).
NEAREST = 0.2
#: With fewer content words than these, a line is searched for together with the one before ("And where?").
FEW_TERMS = 2

#: Makes vectors, one reply's after the other's. In asyncio's own threads the next requests would stand behind them.
_BEHIND = ThreadPoolExecutor(1, thread_name_prefix="vectors")


def now() -> str:
    """The time, ISO 8601, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass
class LongTerm:
    """Keeps every turn of a conversation in a store, and recalls of all earlier ones what matters now.

    Before each reply come the profile of the user, always, and up to `most` turns that the last line brings to mind,
    each quoted in one line, so that what somebody once said cannot speak for anybody else now. A reply is kept as soon
    as it is there, together with the line it answers, and lives through a killed process. What is taken back in the
    conversation is forgotten again (`settle`).

    scope:     whose memory, with a conversation; one object serves one conversation at a time.
    embedder:  None searches by words alone. A store keeps vectors of one embedder.
    inner:     says which messages of this talk stay visible.
    user, agent: the names they speak under; those of the scope unless given.
    follow:    False where others tell what was said, as the clients of a server do: `recall` then neither keeps nor
               forgets anything to match their account; only answered lines are kept.
    on_kept:   is called with what was kept, in the transaction that keeps it; what it writes is kept with it or not.
    behind:    the next answer comes after so many turns of this conversation, and takes the place of those beyond; None
               for the end.
    rejected:  what the profile did not take, and why.

    Raises UsageError for a scope without a conversation, for a user and a persona of one name, and for a store that
    another embedder has filled.

    >>> import asyncio
    >>> from personae.memory.store import open_store
    >>> store = open_store(":memory:")
    >>> async def talk(name, *said):
    ...     memory, talk = LongTerm(store, Scope("Keeper", "Ines", name)), Conversation()
    ...     for line in said:
    ...         talk += Message("user", line)
    ...         recalled = await memory.recall(talk)
    ...         talk += Message("assistant", "I see.")
    ...         await memory.keep(talk[-1])
    ...     return recalled
    >>> first = asyncio.run(talk("monday", "I can't stand opera.", "The boat went to Marta."))
    >>> [one.text.partition(" ")[2] for one in asyncio.run(talk("friday", "Who has the boat?")).recollections]
    ['dislikes: opera', 'Ines: "The boat went to Marta."']
    """

    store: Store
    scope: Scope
    embedder: Embedder | None = None
    inner: Memory = field(default_factory=Window)
    user: str | None = None
    agent: str | None = None
    follow: bool = True
    behind: int | None = None
    on_kept: Callable[[Sequence[Message]], None] | None = None
    most: int = MOST
    profile_cap: int = CAP
    turn_cap: int = TURN_CAP
    clock: Callable[[], str] = now
    count_tokens: Callable[[str], int] = estimate_tokens
    rejected: list[Rejected] = field(default_factory=list)
    _kept: list[Turn] = field(default_factory=list, repr=False)
    _pending: tuple[Message, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.scope.conversation is None:
            raise UsageError(f"{self.scope!r} has no conversation; give Scope(agent, user, conversation)")
        if self._user.casefold() == self._agent.casefold():
            raise UsageError(f"user and persona are both called {self._user!r}; give one of them another name")
        if self.embedder is not None:
            self.store.embedded_by(self.embedder.name)
        self._kept = list(self.store.turns(self.scope))

    @property
    def believed(self) -> Believed:
        """The profile and its store."""
        return Believed(self.store, self.scope, self.user, self.agent)

    async def recall(self, conversation: Conversation) -> Recalled:
        """The visible messages, the profile, and turns of before that the last line brings to mind."""
        said = _said(conversation)
        answered = said[:-1] if said and said[-1].role == "user" else said
        if self.follow:
            await self.settle(Conversation(answered))
        self._pending = said[len(answered) :]
        recalled = await self.inner.recall(conversation)
        visible = {mended(message.content) for message in recalled.conversation}
        found = await asyncio.to_thread(self._came_to_mind, _query(said), visible)
        lines = tuple(one.text for one in found)
        return dataclasses.replace(
            recalled, facts=(*lines, *recalled.facts), recollections=(*found, *recalled.recollections)
        )

    async def keep(self, message: Message) -> None:
        """Keep a reply and the line it answers, and read both for the profile."""
        if message.content.strip():
            kept = self._kept if self.behind is None else self._kept[: self.behind]
            await asyncio.to_thread(self._add, (*self._pending, message), kept)
            self.behind = None
            self._embed(self._kept[len(kept) :])
        self._pending = ()
        await self.inner.keep(message)

    async def settle(self, conversation: Conversation) -> None:
        """Make what is kept of this talk these messages: what was taken back is forgotten, what is missing is kept."""
        said = _said(conversation)
        same = 0
        while same < min(len(said), len(self._kept)) and self._is(self._kept[same], said[same]):
            same += 1
        await asyncio.to_thread(self._add, said[same:], self._kept[:same])
        self._embed(self._kept[same:])

    async def cut(self, turns: int) -> None:
        """Forget all of this conversation but its first so many turns."""
        await asyncio.to_thread(self._add, (), self._kept[:turns])

    def _embed(self, turns: Sequence[Turn]) -> None:
        """Make their vectors while the reply goes its way; a search that comes sooner makes them itself."""
        if turns and self.embedder is not None:
            _BEHIND.submit(_give_vectors, self.store, self.scope, len(turns), self.embedder)

    def _came_to_mind(self, query: str, visible: Set[str]) -> tuple[Recollection, ...]:
        profile = self.believed.profile()
        return (
            *self._beliefs(profile, "user", self._user, self.profile_cap),
            *self._beliefs(profile, "persona", self._agent, self.profile_cap // 3),
            *self._turns(query, visible),
        )

    def _beliefs(self, profile: Profile, owner: Owner, name: str, cap: int) -> Iterator[Recollection]:
        called = shown_name(name, self.scope)
        shown = rendered(profile, owner, name=called, cap=cap, count_tokens=self.count_tokens)
        for line, entry in zip(shown.lines, shown.entries, strict=True):
            yield Recollection(f"{called} {line}", "belief", entry.sources, entry.last_seen)

    def _turns(self, query: str, visible: Set[str]) -> tuple[Recollection, ...]:
        """Turns of before, in the order of time; those that have no room are left out, the farthest first."""
        search = StoreSearch(self.store, self.embedder)
        found = search.search(query, self.believed.of_all_talks, 2 * self.most + len(visible))
        going = set() if self.behind is None else set(self._kept[self.behind :])
        chosen: dict[str, Recollection] = {}
        room = self.turn_cap
        for hit in found.hits:
            text = as_quote(hit.turn) if hit.text not in visible and near(hit, search.weights) else ""
            if not text or hit.text in chosen or hit.turn in going:
                continue
            room -= self.count_tokens(text)
            if room < 0 or len(chosen) == self.most:
                break
            chosen[hit.text] = Recollection(text, "turn", (source_of(hit.turn),), hit.at, hit.why)
        return tuple(sorted(chosen.values(), key=lambda one: one.at or ""))

    def _add(self, messages: Sequence[Message], after: Sequence[Turn] | None = None) -> None:
        """Keep messages behind these turns (None: behind all) and forget those beyond; all of it, or nothing."""
        after = self._kept if after is None else after
        turns: list[Turn] = []
        for message in messages:
            turns.append(self._turn(message, turns[-1] if turns else after[-1] if after else None))
        gone = [turn.id for turn in self._kept[len(after) :]]
        if not turns and not gone:
            return
        with self.store.together():
            if gone:
                forget(self.store, self.scope, gone, erase=False)
            if turns:
                self._write(turns, len(after))
            if self.on_kept is not None:
                self.on_kept(messages)
        self._kept = [*after, *turns]

    def _write(self, turns: Sequence[Turn], before: int) -> None:
        try:
            self.store.keep(turns)
        except UsageError as error:
            if self.store.count(self.scope) == before:
                raise
            talk = self.scope.conversation
            raise UsageError(f"the talk {talk!r} goes on elsewhere too; end it there, then continue it") from error
        self.rejected += self.believed.hear(turns)

    def _turn(self, message: Message, before: Turn | None) -> Turn:
        """The message as a turn; a long silence, or a full session, begins a new one."""
        at = message.at or self.clock()
        session, number = (numbers_of(before.id) or (1, len(self._kept))) if before else (1, 0)
        if before and (number >= MOST_TURNS or _silence(before.at, at) > GAP_S):
            session, number = session + 1, 0
        place = turn_id(session, number + 1)
        return Turn(place, self.scope, str(session), self._speaker(message), mended(message.content), at)

    def _is(self, turn: Turn, message: Message) -> bool:
        return (turn.speaker, turn.text) == (self._speaker(message), mended(message.content))

    def _speaker(self, message: Message) -> str:
        return self._agent if message.role == "assistant" else self._user

    @property
    def _user(self) -> str:
        return self.user or self.scope.user

    @property
    def _agent(self) -> str:
        return self.agent or self.scope.agent


def near(hit: Hit, weights: Weights) -> bool:
    """Has a turn something of its own to do with the query, not only its neighbours or its talk?"""
    return hit.why.get("words", 0.0) > 0 or hit.score * hit.why.get("meaning", 0.0) >= NEAREST * weights.meaning


def _said(conversation: Iterable[Message]) -> tuple[Message, ...]:
    return tuple(message for message in conversation if message.role != "system" and message.content.strip())


def _give_vectors(store: Store, scope: Scope, newest: int, embedder: Embedder) -> None:
    try:
        if turns := store.without_vectors(scope, newest=newest):  # unless a search was faster, or they are gone
            give_vectors(store, turns, embedder)
    except PersonaeError as error:  # the store was closed meanwhile, or is busy
        log.info("vectors are left to the next search: %s", error)


def _query(said: Sequence[Message]) -> str:
    """What to search for: the last line, with the one before where it says little."""
    if not said:
        return ""
    last = said[-1].content
    return last if len(index_words(last)) >= FEW_TERMS else " ".join(message.content for message in said[-2:])


def _silence(before: str | None, after: str) -> float:
    """Seconds between two times, 0 where they cannot be compared."""
    if before is None:
        return 0.0
    one, other = moment(before), moment(after)
    return (other - one).total_seconds() if (one.tzinfo is None) == (other.tzinfo is None) else 0.0
