"""The roles that make up a turn, and what passes between them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeGuard

from personae.memory import Recalled, Recollection
from personae.persona.lorebook.trace import Activation
from personae.persona.persona import Persona
from personae.types import Completion, Conversation, Message, Model, Outcome, Settings

#: Tokens of a text.
Count = Callable[[str], int]

#: Called with each piece of text while it is spoken.
OnText = Callable[[str], None]

#: Scores of candidates by name, one for each candidate; "score" decides, the others explain it. None: not scored.
Scores = Mapping[str, Sequence[float | None]]


class CountsTokens(Protocol):
    """A model that can count. Models that cannot are estimated for (`personae.persona.tokens`)."""

    async def count_tokens(self, text: str) -> int:
        """Tokens of a bare text."""
        ...


def counts_tokens(model: object) -> TypeGuard[CountsTokens]:
    """Whether a model can count; a cache or a ledger around it passes the ability on, though only when asked."""
    return hasattr(model, "count_tokens")


@dataclass(frozen=True, slots=True)
class Section:
    """A named part of the prompt and its price."""

    name: str
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Prompted:
    """A finished prompt and how it came about.

    `messages` go to the model, `stop` ends the persona's turn, `pruned` says in words what had no room,
    `tokens` is the price of all messages (with a few tokens for each message's frame), `recollections` are the lines
    of the section "memory" that come from earlier talks.
    """

    messages: tuple[Message, ...]
    sections: tuple[Section, ...] = ()
    lore: Activation = field(default_factory=Activation)
    stop: tuple[str, ...] = ()
    pruned: tuple[str, ...] = ()
    tokens: int = 0
    recollections: tuple[Recollection, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that stood for choice. `score` is None where it was no answer, or was set aside before the last stage.

    `scores` holds every number the method looked at, by name; what was not computed is not in it.
    """

    text: str
    outcome: Outcome
    score: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The answer taken, with the cost of all that were made, and the candidates if there were several.

    `note` says in words what the method did, and whether something else had to answer in its place.
    """

    completion: Completion
    candidates: tuple[Candidate, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One reply: the message for the conversation, the completion as the model gave it, and the prompt behind it."""

    message: Message
    completion: Completion
    prompt: Prompted
    candidates: tuple[Candidate, ...] = field(default=(), repr=False)
    note: str = ""


class Prompt(Protocol):
    """Builds what the model reads. Raises ContextOverflow when the persona alone does not fit."""

    def __call__(
        self,
        persona: Persona,
        recalled: Recalled,
        *,
        user: str,
        seed: int,
        count_tokens: Callable[[str], int],
        max_tokens: int | None,
    ) -> Prompted:
        """The prompt for the next turn, within `max_tokens` (None: no limit)."""
        ...


class Decode(Protocol):
    """Gets an answer from the model."""

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> Decoded:
        """An answer to the prompt; `on_text` hears it as it is spoken."""
        ...


class Refine(Protocol):
    """Looks at a draft again; the same draft back means nothing to mend."""

    async def __call__(
        self, model: Model, draft: Completion, prompted: Prompted, settings: Settings, *, persona: Persona
    ) -> Completion:
        """The answer to give instead of the draft."""
        ...


class Adapt(Protocol):
    """The persona as it is for this turn: another tone, a moved state."""

    async def __call__(self, persona: Persona, conversation: Conversation) -> Persona:
        """The persona to play now."""
        ...


class Score(Protocol):
    """Scores candidates for one answer, higher is better: (messages of the prompt, persona, texts) → one each.

    A score that needs a model or a pair scorer is asynchronous; one that wants its parts logged gives `Scores`.
    """

    def __call__(
        self, context: Sequence[Message], persona: Persona, candidates: Sequence[str]
    ) -> Sequence[float | None] | Scores | Awaitable[Sequence[float | None] | Scores]:
        """One score per candidate; None sets it aside."""
        ...
