"""A model that says what it was told to say: for tests, examples and offline work. It never guesses."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.models.scoring import check_options
from personae.types import Completion, Message, OptionScores, Settings, Usage

Answer = str | Completion | Exception | Callable[[Sequence[Message]], str]
OptionScorer = Callable[[Sequence[Message], Sequence[str]], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Call:
    """One call a `Scripted` model got. `settings` is None for `logprobs`, `options` empty for `generate`."""

    messages: tuple[Message, ...]
    settings: Settings | None = None
    options: tuple[str, ...] = ()


class Scripted:
    """Gives the answers of a queue, in order, and keeps a `history` of every call.

    answers:       strings, `Completion`s, exceptions (raised), or functions of the messages. One function given
                   instead of a queue answers every call.
    option_scores: how `logprobs` scores: a function (messages, options) -> log-probabilities, or a mapping from
                   option to log-probability (an option not in it is `-inf`). Without it all options are equal.

    Words count as tokens in `usage`. An empty queue raises `UsageError`.

    >>> import asyncio
    >>> model = Scripted(["Good evening."])
    >>> asyncio.run(model.generate([Message("user", "Hello")], Settings())).text, model.history[0].messages[0].content
    ('Good evening.', 'Hello')
    """

    def __init__(
        self,
        answers: Iterable[Answer] | Callable[[Sequence[Message]], str] = (),
        name: str = "scripted",
        option_scores: OptionScorer | Mapping[str, float] | None = None,
    ) -> None:
        self._always = answers if callable(answers) else None
        self._queue: deque[Answer] = deque() if callable(answers) else deque(answers)
        self._name = name
        self._option_scores = option_scores
        self.history: list[Call] = []

    @property
    def name(self) -> str:
        """The name given at the start."""
        return self._name

    @property
    def left(self) -> int:
        """How many answers the queue still holds."""
        return len(self._queue)

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        """The next answer of the queue."""
        self.history.append(Call(tuple(messages), settings))
        answer = self._always or self._next()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Completion):
            return answer
        text = answer if isinstance(answer, str) else answer(messages)
        return Completion(text, Usage(_words(messages), len(text.split())))

    async def stream(self, messages: Sequence[Message], settings: Settings) -> AsyncIterator[str]:
        """The next answer, word by word."""
        text = (await self.generate(messages, settings)).text
        start = 0
        for end, letter in enumerate(text):
            if letter == " " and end > start:
                yield text[start:end]
                start = end
        if text[start:]:
            yield text[start:]

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        """The scripted scores; they pass as "exact"."""
        check_options(options)
        self.history.append(Call(tuple(messages), options=tuple(options)))
        tokens = tuple(len(option.split()) for option in options)
        return OptionScores(tuple(self._scores(messages, options)), tokens, "exact", usage=Usage(_words(messages)))

    def _next(self) -> Answer:
        if not self._queue:
            raise UsageError(f"the scripted model {self._name!r} has no answer left after {len(self.history)} calls")
        return self._queue.popleft()

    def _scores(self, messages: Sequence[Message], options: Sequence[str]) -> Sequence[float]:
        if self._option_scores is None:
            return [-math.log(len(options))] * len(options)
        if callable(self._option_scores):
            return self._option_scores(messages, options)
        return [self._option_scores.get(option, -math.inf) for option in options]


def _words(messages: Sequence[Message]) -> int:
    return sum(len(message.content.split()) for message in messages)
