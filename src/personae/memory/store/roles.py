"""The role `Store`: what every place that keeps turns can do, and the small records it speaks in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, get_args

from personae.errors import PersonaeError, UsageError
from personae.memory.turns import MAX_NAME, Scope, Turn, TurnOrigin, moment

#: More ids than this are not asked for in one question.
MAX_IDS = 10_000
#: Longest document, in characters.
MAX_DOCUMENT = 20_000_000


class StoreError(PersonaeError):
    """The place where turns are kept fails: locked for too long, full, unreachable, closed."""


@dataclass(frozen=True, slots=True)
class Only:
    """Which turns count. Every field that is given must hold; `since` is the first moment, `until` the first too late.

    Times are ISO 8601; without an offset they are read as UTC. A turn without a time is never within a span.

    >>> Only(since="yesterday")
    Traceback (most recent call last):
    personae.errors.UsageError: 'yesterday' is no ISO 8601 time; write it like '2026-03-01T09:30:00'
    """

    speaker: str | None = None
    session: str | None = None
    since: str | None = None
    until: str | None = None
    origin: TurnOrigin | None = None
    ids: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for time in (self.since, self.until):
            if time is not None:
                moment(time)
        if self.origin is not None and self.origin not in get_args(TurnOrigin):
            raise UsageError(f"unknown origin {self.origin!r}; one of {get_args(TurnOrigin)}")
        if isinstance(self.ids, str):
            raise UsageError(f"ids is {self.ids!r}; give a tuple of ids")
        if self.ids is not None and len(self.ids) > MAX_IDS:
            raise UsageError(f"{len(self.ids)} ids are too many for one question; ask for up to {MAX_IDS} at a time")


EVERY = Only()


@dataclass(frozen=True, slots=True)
class Found:
    """A turn that a search found: Okapi's score for words, the cosine (−1 … 1) for a vector."""

    turn: Turn
    score: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A turn and its vector, float32 of shape (dimensions,), or None where it has none."""

    turn: Turn
    vector: Any = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text made of what an agent and a user said, such as a profile; one of each name, in a scope of all their talks.

    Raises UsageError for a scope with a conversation, an empty name, and a text that is too long or no text.
    """

    scope: Scope
    name: str
    text: str

    def __post_init__(self) -> None:
        if self.scope.conversation is not None:
            raise UsageError(f"document {self.name!r} in {self.scope}; give Scope(agent, user), without a conversation")
        if not isinstance(self.name, str) or not self.name.strip() or len(self.name) > MAX_NAME:
            raise UsageError(f"a document is named {self.name!r}; give a name of 1 to {MAX_NAME} characters")
        if not isinstance(self.text, str) or len(self.text) > MAX_DOCUMENT:
            told = f"{len(self.text)} characters" if isinstance(self.text, str) else repr(self.text)
            raise UsageError(f"document {self.name!r} is {told}; give a text of up to {MAX_DOCUMENT} characters")
        try:
            (self.name + self.text).encode("utf-8")
        except UnicodeEncodeError as error:
            raise UsageError(f"document {self.name!r} holds half a character (a lone surrogate)") from error


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is gone: how many turns that were asked for, the ids of those derived from them, and from the disk too?

    `erased` False says that the files may still hold remains; `Store.erase` removes them. `documents` are the names of
    the documents that went along.
    """

    turns: int
    derived: tuple[str, ...]
    erased: bool
    documents: tuple[str, ...] = ()


class Store(Protocol):
    """A place that keeps turns, each in its scope. No scope ever sees another's turns, words or statistics.

    Safe to use from several threads, and several processes may open the same place at once. Whatever `keep` has
    returned from is kept, even when the process is killed in the next moment.
    """

    def together(self) -> AbstractContextManager[None]:
        """What this thread writes within is kept as one, or not at all. No other writes meanwhile: be quick."""
        ...

    def keep(self, turns: Iterable[Turn], vectors: Any = None) -> int:
        """Keep turns in this order, all or none; how many there were.

        vectors: their embeddings, of shape (turns, dimensions), or None. A store holds vectors of one length.

        Raises UsageError for an id that its conversation already holds, a source that is not kept there, and vectors
        that are of another number, another length, not finite or all zero.
        """
        ...

    def keep_records(self, records: Iterable[Kept | Document]) -> int:
        """As `keep`, for turns that carry their vectors: `copy.keep_records(store.records())` copies them.

        Documents may be among them; a name that is taken already raises UsageError. How many turns there were.
        """
        ...

    def give_vectors(self, turns: Sequence[Turn], vectors: Any) -> int:
        """Give kept turns that have no vector one each; how many got theirs.

        One that has a vector, or that is no longer kept as it is given here, is passed over: somebody may have
        forgotten it while its vector was made. Raises UsageError for vectors that `keep` would refuse.
        """
        ...

    def without_vectors(self, scope: Scope, *, newest: int) -> list[Turn]:
        """The newest so many turns of a scope that have no vector, in the order they were kept."""
        ...

    def turns(self, scope: Scope, only: Only = EVERY, *, newest: int | None = None) -> Iterator[Turn]:
        """The turns of a scope in the order they were kept; `newest` for no more than the last so many."""
        ...

    def records(self, scope: Scope | None = None, only: Only = EVERY) -> Iterator[Kept]:
        """The turns of a scope, or of all scopes, with their vectors, in the order they were kept."""
        ...

    def search_words(self, query: str, scope: Scope, *, k: int = 10, only: Only = EVERY) -> list[Found]:
        """The k turns that share words with the query, best first by BM25 Okapi over the whole scope.

        Equal scores stand in the order they were kept. Raises UsageError for a blank query; one that has but words
        without content finds nothing.
        """
        ...

    def search_vector(self, vector: Any, scope: Scope, *, k: int = 10, only: Only = EVERY) -> list[Found]:
        """The k turns whose vectors point nearest to this one, best first by cosine; every vector is compared.

        Equal cosines stand in the order they were kept. Raises UsageError for a vector of another length than those
        kept, not finite, or all zero.
        """
        ...

    def embedded_by(self, name: str) -> None:
        """Say whose vectors are kept and asked for here; the first name that is said stays.

        Raises UsageError for another name, for vectors of two embedders cannot be compared.
        """
        ...

    def embedder(self) -> str | None:
        """The name that `embedded_by` was given first, or None."""
        ...

    def write_document(self, scope: Scope, name: str, text: str, *, since: int | None = None) -> bool:
        """Keep a text that was made of the turns of an agent and a user, in the place of one of the same name.

        since: what `forgettings` said before the turns were read. Where something was forgotten after that, nothing is
               written and the answer is False: the text may tell what is to be forgotten; make it again.

        Raises UsageError for a scope with a conversation, an empty name, and a text that is too long.
        """
        ...

    def update_document(self, scope: Scope, name: str, change: Callable[[str | None], str]) -> str:
        """Write what `change` makes of the text so far (None where there is none), and give it back.

        Nobody writes in between, so that two who add to one document lose nothing; `change` may read the store.
        """
        ...

    def read_document(self, scope: Scope, name: str) -> str | None:
        """The text kept under a name, or None. Raises UsageError for a scope with a conversation."""
        ...

    def documents(self, scope: Scope | None = None) -> Iterator[Document]:
        """The documents of an agent and a user, or of all, in the order they were first written.

        A scope with a conversation has none.
        """
        ...

    def forgettings(self) -> int:
        """How often something was forgotten here, by whomever; see `write_document`."""
        ...

    def forget(self, scope: Scope, ids: Collection[str] | None = None, *, erase: bool = True) -> Forgotten:
        """Remove a scope, or these turns of one conversation, and whatever was derived from them: rows, words, vectors.

        All documents of that agent and user go too, for any of them may tell what is forgotten; make them again from
        the turns that stay. With `erase` False the files are written anew later: by `erase`, or when the store is
        closed, or when it is opened next. That is quicker where one thing after the other is forgotten.

        Raises UsageError, and removes nothing, where there is no such scope or turn.
        """
        ...

    def forget_user(self, user: str, *, erase: bool = True) -> Forgotten:
        """Remove a user, whatever agent they talked to, as `forget` does. Raises UsageError where there is no such."""
        ...

    def erase(self) -> bool:
        """Write the files anew without what was forgotten. False: somebody is reading them; call it again later."""
        ...

    def scopes(self, *, agent: str | None = None, user: str | None = None) -> Sequence[Scope]:
        """The conversations that hold turns, sorted."""
        ...

    def count(self, scope: Scope | None = None) -> int:
        """How many turns a scope, or everything, holds."""
        ...

    def close(self) -> None:
        """Let go of the file or the connection. It cannot be used afterwards."""
        ...
