"""A questionnaire about the author of a text, filled in by a model that reads it: one sentence a turn, then a choice.

Each domain is a talk of its own. The reader sees its own earlier numbers, and at the end chooses between the two poles,
in both orders; where these disagree, or the choice and the numbers do, the result is of low confidence. Keys turn the
numbers afterwards and are never part of a prompt. [PsyCoT 2023]
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.judges.asking import filled, quoted
from personae.measure.author_traits.pieces import MAX_TOKENS, MIN_WORDS, pieces, too_short
from personae.measure.author_traits.profile import AuthorProfile, AuthorTrait, TraitReading, over_pieces
from personae.measure.author_traits.texts import author_items, prompts
from personae.measure.author_traits.together import together
from personae.measure.separability.leaks import Stems
from personae.metrics.text import unicode_words
from personae.models.choices.ways import Answer, Put, opened
from personae.psychometrics.administration.parse import Options, read_choice
from personae.psychometrics.instrument import Instrument, Item
from personae.psychometrics.scoring import score
from personae.psychometrics.trait_prompts import Pole, domain_named
from personae.simulate.trait_talks.poles import SIGNS, pole
from personae.types import Message, Model, Outcome, Settings

#: How a number is had. "scored": expected value over the probabilities of the numbers, where the model has them.
#: "spoken": the number it says.
Way = Literal["scored", "spoken"]

SPOKEN = Settings(temperature=0.0, top_p=1.0, max_tokens=16)

Talk = tuple[Message, ...]


@dataclass(frozen=True)
class AuthorQuestionnaire:
    """A reader of texts: call it with a text and it gives an `AuthorProfile`.

    model:      who reads. instrument: third-person sentences of the Big Five with keys; ours by default.
    way:        see `Way`; a model without probabilities is asked for its choice either way.
    per_trait:  the first so many sentences of each domain, for and against alternating in ours; None takes all.
    min_words:  shorter texts have a reason and no value. max_tokens: longer ones are read in pieces and averaged.
    limit:      talks at a time; with 1 a model that keeps what it has read reads the text once.
    """

    model: Model
    instrument: Instrument = field(default_factory=author_items)
    way: Way = "scored"
    per_trait: int | None = None
    min_words: int = MIN_WORDS
    max_tokens: int = MAX_TOKENS
    limit: int = 5

    def __post_init__(self) -> None:
        if self.way not in ("scored", "spoken"):
            raise UsageError(f"unknown way {self.way!r} to rate; known are scored and spoken")
        if self.per_trait is not None and self.per_trait < 1:
            raise UsageError(f"{self.per_trait!r} sentences a trait; give 1 or more")
        if (top := self.instrument.response.high) > 9 or self.instrument.response.low < 0:
            raise UsageError(f"{self.instrument.id!r} answers up to {top}; numbers of one digit are needed")
        for domain in self.instrument.domains:
            domain_named(self.instrument.name_of(domain))

    async def __call__(self, text: str) -> AuthorProfile:
        """What the text says about its author. `ModelError`s that would meet every question are raised."""
        words = len(unicode_words(text))
        if reason := too_short(text, self.min_words):
            lost = {domain: AuthorTrait(domain, reason=reason) for domain in self.instrument.domains}
            return AuthorProfile(lost, words, 0, (), self.model.name)
        put = await opened(self.model, "spoken" if self.way == "spoken" else "letters")
        parts = pieces(text, self.max_tokens)
        jobs = [
            (domain, partial(self._read, part, domain, put)) for part in parts for domain in self.instrument.domains
        ]
        found = await together([job for _, job in jobs], self.limit)
        readings: dict[str, list[TraitReading]] = {domain: [] for domain in self.instrument.domains}
        for (domain, _), reading in zip(jobs, found, strict=True):
            readings[domain].append(reading)
        middle = self.instrument.response.middle
        traits = {domain: over_pieces(domain, found, middle) for domain, found in readings.items()}
        return AuthorProfile(traits, words, len(parts), _warnings(text, len(parts)), self.model.name)

    async def _read(self, part: str, domain: str, put: Put) -> TraitReading:
        """One talk about one domain: all its sentences, then the choice in both orders."""
        kept = self._items(domain)
        opening = _opening(self.instrument, part, len(kept))
        answers: dict[str, float | None] = {}
        why: dict[str, str] = {}
        talk: Talk = opening
        for number, item in enumerate(kept, 1):
            said = filled(prompts()["item"].strip(), {"number": str(number), "item": item.text})
            asked = (*talk, Message("user", said))
            expected, number_said, outcome = await self._rate(asked)
            answers[item.id] = expected
            if expected is None:
                why[item.id] = outcome
            told = prompts()["unsure"] if number_said is None else str(number_said)
            talk = (*asked, Message("assistant", told))
        choices = [await self._choose(talk, domain, first, put) for first in SIGNS]
        scored = next(s for s in score(self._shown(), answers, why) if s.scale == domain and s.level == "domain")
        named = [choice if choice in SIGNS else None for choice in choices]
        lost = Counter(choice for choice in choices if choice not in SIGNS)
        return TraitReading(scored, (named[0], named[1]), dict(lost), len(unicode_words(part)))  # type: ignore[arg-type]

    async def _rate(self, asked: Talk) -> tuple[float | None, int | None, Outcome]:
        """Expected number, the number said, and how it ended."""
        response = self.instrument.response
        digits = tuple(map(str, response.points))
        try:
            if self.way == "scored":
                answer = Answer(await self.model.logprobs(asked, digits), tuple(range(len(digits))))
                shares = answer.by_option
                if not shares:
                    return None, None, answer.outcome
                best = max(range(len(shares)), key=shares.__getitem__)
                points = zip(shares, response.points, strict=True)
                return sum(share * point for share, point in points), response.points[best], "answered"
            reply = await self.model.generate(asked, SPOKEN)
        except (BadResponse, ContextOverflow):
            return None, None, "failed"
        if reply.outcome in ("refused", "empty"):
            return None, None, reply.outcome
        found = read_choice(reply.text, Options(response.labels, digits))
        if isinstance(found, int):
            return float(response.points[found]), response.points[found], "answered"
        return None, None, "truncated" if found == "unparsed" and reply.outcome == "truncated" else found

    async def _choose(self, talk: Talk, domain: str, first: Pole, put: Put) -> Pole | Outcome:
        """The pole chosen with `first` listed as A, or how the choice ended."""
        trait = domain_named(self.instrument.name_of(domain))
        ends = (first, *(sign for sign in SIGNS if sign != first))
        listed = [filled(prompts()["pole"].strip(), {"shows": pole(trait, sign).shows}) for sign in ends]
        try:
            answer = await put((*talk, Message("user", prompts()["choice"].strip())), listed)
        except (BadResponse, ContextOverflow):
            return "failed"
        best = answer.scores.best()
        shares = answer.shares
        if best is None or (len(shares) == 2 and shares[0] == shares[1]):
            return "unparsed" if answer.outcome == "answered" else answer.outcome
        return ends[best]

    def _items(self, domain: str) -> tuple[Item, ...]:
        keys = self.instrument.scale(domain).keys
        return tuple(item for item in self.instrument.items if item.id in keys)[: self.per_trait]

    def _shown(self) -> Instrument:
        """The instrument of the sentences that are asked, so that those left out do not count as missing."""
        if self.per_trait is None:
            return self.instrument
        asked = {item.id for domain in self.instrument.domains for item in self._items(domain)}
        return dataclasses.replace(
            self.instrument, items=tuple(item for item in self.instrument.items if item.id in asked)
        )


def _opening(instrument: Instrument, part: str, count: int) -> Talk:
    """What stands before the first sentence, the same for every domain: a server reads the text once."""
    scale = "\n".join(
        f"{p} = {label}" for p, label in zip(instrument.response.points, instrument.response.labels, strict=True)
    )
    fields: Mapping[str, str] = {"text": quoted("reply", part), "count": str(count), "scale": scale}
    return (
        Message("system", prompts()["reader"].strip()),
        Message("user", filled(prompts()["text"].strip(), fields)),
        Message("assistant", prompts()["ready"]),
    )


def _warnings(text: str, parts: int) -> tuple[str, ...]:
    """What has to stand beside the result: pieces, and words that name a trait."""
    found = [f"read in {parts} pieces, averaged by their words"] if parts > 1 else []
    if named := list(Stems.of_big_five().found(text)):
        found.append(f"the text names a trait outright ({named[0].text!r}); mask such words before comparing authors")
    return tuple(found)
