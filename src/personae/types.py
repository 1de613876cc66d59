"""The contract: what flows between the rooms of this house, and the roles that act on it.

Read this first. It knows nothing but the standard library. A *role* is a protocol with one method
(`Model` has two); whoever offers that method can play it, no base class asked.

    Message, Conversation    what was said
    Settings, Completion     what a model is asked for, and what it gives
    OptionScores             how likely each of several given answers is
    Measurement              a number with its uncertainty, or the reason why there is none
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

Role = Literal["system", "user", "assistant"]
StopReason = Literal["stop", "length", "refusal"]
ScoringMethod = Literal["exact", "letters", "parsed"]

#: How one attempt to obtain an answer ended. Only "answered" carries data; no other outcome is a zero.
Outcome = Literal["answered", "refused", "unparsed", "empty", "truncated", "failed"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. `name` is the speaker where more than two take part, `at` an ISO 8601 time if known.

    >>> Message("user", "Where do you live?", name="Ines").content
    'Where do you live?'
    """

    role: Role
    content: str
    name: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages in order. It never changes: adding gives a longer one.

    >>> talk = Conversation() + Message("user", "Good evening.")
    >>> len(talk), talk[-1].content
    (1, 'Good evening.')
    """

    messages: tuple[Message, ...] = ()

    def __add__(self, more: Message | Conversation) -> Conversation:
        added = more.messages if isinstance(more, Conversation) else (more,)
        return Conversation(self.messages + added)

    def __len__(self) -> int:
        return len(self.messages)

    def __iter__(self) -> Iterator[Message]:
        return iter(self.messages)

    def __getitem__(self, index: int) -> Message:
        return self.messages[index]

    def seen_by(self, name: str) -> Conversation:
        """The same talk from one speaker's side: own turns become "assistant", all others "user".

        Names stay on the messages, so that a prompt may still say who spoke.

        >>> talk = Conversation((Message("assistant", "Hello.", name="Ana"), Message("user", "Hi!", name="Rui")))
        >>> [m.role for m in talk.seen_by("Rui")]
        ['user', 'assistant']
        """
        return Conversation(
            tuple(
                message
                if message.role == "system"
                else dataclasses.replace(message, role="assistant" if message.name == name else "user")
                for message in self.messages
            )
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """How to generate. Equal settings, messages and model mean the same cached answer.

    `temperature` ≥ 0 (0 is greedy), `top_p` in (0, 1], `max_tokens` ≥ 1, `seed` for the sampler,
    `stop` strings that end the text and are not part of it, `timeout_s` for one attempt.
    `json_schema` is a JSON Schema as text that the answer has to follow, where the backend can hold a model to it;
    elsewhere it is not seen, so an answer is to be checked all the same.
    """

    temperature: float = 0.7
    top_p: float = 0.95
    max_tokens: int = 256
    seed: int | None = 0
    stop: tuple[str, ...] = ()
    timeout_s: float = field(default=120.0, compare=False)
    json_schema: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What calls cost: tokens read and written, tokens reused from a shared prefix, wall seconds.

    >>> Usage(10, 5) + Usage(1, 2, seconds=0.5)
    Usage(prompt_tokens=11, completion_tokens=7, cached_tokens=0, seconds=0.5)
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    seconds: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model said. `stop` tells "stop" (it ended), "length" (cut off) or "refusal" (filtered by the provider)."""

    text: str
    usage: Usage = Usage()
    stop: StopReason = "stop"

    @property
    def outcome(self) -> Outcome:
        """How the attempt ended: refused, empty, truncated or answered, in this order of precedence."""
        if self.stop == "refusal":
            return "refused"
        if not self.text.strip():
            return "empty"
        return "truncated" if self.stop == "length" else "answered"


@dataclass(frozen=True, slots=True)
class OptionScores:
    """How likely each of several given answers is, and by which way that was found out.

    logprobs: natural-log probability of each whole option, ≤ 0; `-inf` for an option the model cannot say.
    tokens:   number of scored tokens per option, ≥ 1.
    method:   "exact" (every token of every option scored), "letters" (only the option's letter scored),
              "parsed" (the model was asked and its choice read: 0.0 for the chosen option, `-inf` for the rest;
              all `-inf` when no choice could be read, which `outcome` explains).

    >>> OptionScores((-6.0, -4.0), (3, 1), "exact").best(normalised=True)
    0
    """

    logprobs: tuple[float, ...]
    tokens: tuple[int, ...]
    method: ScoringMethod
    outcome: Outcome = "answered"
    usage: Usage = Usage()

    @property
    def per_token(self) -> tuple[float, ...]:
        """Length-normalised scores: log-probability divided by the number of tokens."""
        return tuple(score / count for score, count in zip(self.logprobs, self.tokens, strict=True))

    def best(self, *, normalised: bool = False) -> int | None:
        """Index of the most likely option; the first of equals; None when nothing was answered."""
        scores = self.per_token if normalised else self.logprobs
        if self.outcome != "answered" or all(score == -math.inf for score in scores):
            return None
        return max(range(len(scores)), key=scores.__getitem__)


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number with its uncertainty, or the reason why there is none. Never both, never neither.

    `low`–`high` is the 95 % interval, `n` how many observations carry the value, `missing` counts those that
    do not, by outcome or reason. `unit` is what the number counts ("share", "tokens", "s", "z"), `details`
    plain JSON data: per-item results, curves, the settings that matter.

    >>> Measurement("style", reason="no examples to compare with").value is None
    True
    """

    name: str
    value: float | None = None
    reason: str | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    unit: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError(f"measurement {self.name!r} needs a value or a reason, and not both")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"measurement {self.name!r} has the value {self.value!r}; give a reason instead")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, fields in the order of the class."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Measurement:
        """The inverse of `to_dict`; unknown keys are an error of the caller."""
        return cls(**data)


@runtime_checkable
class Model(Protocol):
    """A language model. Wrappers (cache, ledger) offer the same two methods, so they stack in any order."""

    @property
    def name(self) -> str:
        """What a report calls it; part of the key of a cached answer."""
        ...

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        """Continue the conversation. Raises a `ModelError` when no answer could be obtained."""
        ...

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        """Score each option as the next assistant turn. Needs ≥ 2 distinct, non-empty options."""
        ...


@runtime_checkable
class StreamingModel(Model, Protocol):
    """A model that can also speak word by word; the pieces join to the text `generate` would give."""

    def stream(self, messages: Sequence[Message], settings: Settings) -> AsyncIterator[str]:
        """The next turn, piece by piece."""
        ...


#: The order of the columns a pair scorer gives.
CONTRADICTION, NEUTRAL, ENTAILMENT = 0, 1, 2

#: What a statement may be relevant to. Two different questions: a reply shows the statement, a query asks for it.
Side = Literal["reply", "query"]


class Embedder(Protocol):
    """Texts to unit vectors. `embed` returns float32 of shape (len(texts), dimensions)."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    def embed(self, texts: Sequence[str]) -> Any:
        """One unit vector per text, in order; shape (0, dimensions) for no texts."""
        ...


class PairScorer(Protocol):
    """Does one text follow from another, contradict it, or neither; and which statements bear on a text?"""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    @property
    def provenance(self) -> Mapping[str, str]:
        """What its numbers rest on, for `Measurement.details`: "checkpoint", "data", and "validity", which is "ok",
        "below_gate" where the scorer misses a gate of its own card, or "unmeasured". More keys are allowed."""
        ...

    async def score(self, premises: Sequence[str], hypotheses: Sequence[str]) -> Any:
        """P(contradiction), P(neutral), P(entailment): float32 of shape (pairs, 3), each row summing to 1.

        The premise is what was said, the hypothesis one statement. Raises `UsageError` for an empty text or lists of
        unequal length; shape (0, 3) for no pairs.
        """
        ...

    async def relevance(self, statements: Sequence[str], texts: Sequence[str], *, to: Side = "reply") -> Any:
        """How likely each text bears on the statement beside it: float32 of shape (pairs,), 0 … 1.

        `to` says what the texts are: a "reply" that may use the statement, or a "query" whose answer would.
        """
        ...
