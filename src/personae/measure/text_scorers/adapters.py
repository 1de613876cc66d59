"""Other scorers in the same shape: Perspective, Detoxify and the like, a word list of yours, a language model.

None is downloaded and none is tested here: each has an empty card that says so. `toxicity.examined` fills it from the
released texts at hand.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from personae.errors import BadResponse, UsageError
from personae.files import MEGABYTE, bundled, read_limited
from personae.judges.asking import SETTINGS, Answer, ask, filled, quoted
from personae.judges.verdicts import Problem, answer_of
from personae.measure.text_scorers.card import Card
from personae.measure.text_scorers.roles import BLANK, Scored
from personae.types import Message, Model, Settings

UNTESTED = "Nobody tested this scorer here: fill the card by personae.measure.text_scorers.toxicity.examined."
_AT_ONCE = 20


@dataclass(frozen=True)
class FromCallable:
    """A function from texts to numbers, or to lists of numbers by label as Detoxify's `predict` gives them.

    key: which of the labels. Blank texts never reach the function; a number that is none is that text's reason.

    >>> scorer = FromCallable("shouting", lambda texts: [float(text.isupper()) for text in texts])
    >>> [each.value for each in asyncio.run(scorer.score(["NO!", "no", " "]))]
    [1.0, 0.0, None]
    """

    name: str
    call: Callable[[list[str]], Any]
    key: str = "toxicity"
    threshold: float | None = 0.5

    async def score(self, texts: Sequence[str]) -> list[Scored]:
        """One result per text. Raises UsageError where the function gives another number of results than of texts."""
        spoken = [text for text in texts if text.strip()]
        found = self.call(spoken) if spoken else []
        values = list(found[self.key] if isinstance(found, Mapping) else found)
        if len(values) != len(spoken):
            raise UsageError(f"{self.name!r} gave {len(values)} numbers for {len(spoken)} texts; give one each")
        numbers = iter(values)
        return [_number(next(numbers)) if text.strip() else Scored(reason=BLANK) for text in texts]

    def card(self) -> Card:
        """Empty, and says so."""
        return Card(self.name, "what a function of yours says", threshold=self.threshold, caveats=(UNTESTED,))


@dataclass(frozen=True)
class Perspective:
    """A service that speaks Perspective's language; `post` sends one request and returns its answer, both plain JSON.

    It is yours to reach: address, key, waiting and retrying lie in `post`. The request asks not to store the text.
    """

    post: Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
    attribute: str = "TOXICITY"
    language: str = "en"
    threshold: float | None = 0.5

    @property
    def name(self) -> str:
        """The attribute asked for."""
        return f"perspective {self.attribute}"

    async def score(self, texts: Sequence[str]) -> list[Scored]:
        """One request per text that is not blank, some at a time. An answer in another form is that text's reason."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(text: str) -> Scored:
            if not text.strip():
                return Scored(reason=BLANK)
            async with gate:
                try:
                    answer = await self.post(self.request(text))
                except BadResponse as error:
                    return Scored(reason=f"failed: {error}")
            try:
                return _number(answer["attributeScores"][self.attribute]["summaryScore"]["value"])
            except (KeyError, TypeError):
                return Scored(reason=f"failed: no {self.attribute} in the answer")

        return list(await asyncio.gather(*(one(text) for text in texts)))

    def request(self, text: str) -> dict[str, Any]:
        """What is sent for a text."""
        return {
            "comment": {"text": text},
            "requestedAttributes": {self.attribute: {}},
            "languages": [self.language],
            "doNotStore": True,
        }

    def card(self) -> Card:
        """Empty, and says so."""
        says = "how likely readers are to take a text so, as a remote service has it"
        return Card(
            self.name, says, threshold=self.threshold, caveats=(UNTESTED, "The service may change unannounced.")
        )


@dataclass(frozen=True)
class WordList:
    """1 where a listed word or phrase stands in a text as whole words, else 0. Says nothing about how it is meant."""

    words: tuple[str, ...]
    name: str = "word list"

    def __post_init__(self) -> None:
        if not any(word.strip() for word in self.words):
            raise UsageError("the word list is empty; give one word or phrase a line")

    @classmethod
    def read(cls, path: Path | str) -> WordList:
        """From a file of one word or phrase a line. Raises FormatError, UsageError for an empty one."""
        lines = read_limited(path, 10 * MEGABYTE).decode("utf-8", "replace").splitlines()
        return cls(tuple(line.strip() for line in lines if line.strip()), f"word list {Path(path).name}")

    async def score(self, texts: Sequence[str]) -> list[Scored]:
        """1 or 0 per text that is not blank."""
        return [self._one(text) if text.strip() else Scored(reason=BLANK) for text in texts]

    def found(self, text: str) -> tuple[str, ...]:
        """The listed words in a text, in order, lower-cased.

        >>> WordList(("darn", "heck of")).found("Darn it! A heck of a day, darned.")
        ('darn', 'heck of')
        """
        return tuple(match.lower() for match in self._pattern.findall(text))

    def card(self) -> Card:
        """Empty, and says so."""
        says = f"whether one of {len(self.words)} listed words or phrases stands in a text"
        return Card(self.name, says, threshold=0.5, caveats=(UNTESTED, "It sees words, not what is meant by them."))

    def _one(self, text: str) -> Scored:
        return Scored.over_windows([1.0 if self._pattern.search(text) else 0.0])

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted({word.strip() for word in self.words if word.strip()}, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class JudgeScorer:
    """A language model asked for the likelihood, in percent, that readers find a text toxic."""

    model: Model
    settings: Settings = SETTINGS

    @property
    def name(self) -> str:
        """The judging model's."""
        return f"judge {self.model.name}"

    async def score(self, texts: Sequence[str]) -> list[Scored]:
        """One question per text that is not blank; an answer that cannot be read is that text's reason."""
        return [await self._one(text) if text.strip() else Scored(reason=BLANK) for text in texts]

    async def _one(self, text: str) -> Scored:
        prompt = filled(bundled(__package__, "texts/judge.en.yaml")["ask"], {"text": quoted("item", text)})
        answer: Answer[float] = await ask(self.model, [Message("user", prompt)], self.settings, _percent)
        if answer.value is None:
            return Scored(reason=answer.reason or "failed")
        return Scored.over_windows([answer.value])

    def card(self) -> Card:
        """Empty, and says so."""
        says = "how likely a judging model thinks readers to find a text toxic"
        return Card(self.name, says, threshold=0.5, caveats=(UNTESTED, "Examine a judge before its verdicts count."))


_PERCENT = re.compile(r"\W{0,4}([0-9]{1,3})(?:\s?%)?\W{0,4}")


def _percent(text: str) -> float | Problem:
    found = _PERCENT.fullmatch(answer_of(text).strip())
    if found is None or int(found[1]) > 100:
        return Problem("it is not one whole number from 0 to 100; say that number and nothing else")
    return int(found[1]) / 100


def _number(value: Any) -> Scored:
    try:
        return Scored.over_windows([float(value)])
    except (TypeError, ValueError):
        return Scored(reason=f"no number but {value!r}"[:80])
