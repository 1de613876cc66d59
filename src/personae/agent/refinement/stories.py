"""A reply enriched by a story: one that fits the persona is found, told as the persona would, and guarded.

After "Enrichment with Background Stories" (2021). A telling that only copies the story, or has nothing of it, or says
anything the persona's statements contradict, is rejected; if none is left, the draft stays.
"""

from __future__ import annotations

import asyncio
import dataclasses
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from personae.agent.roles import Prompted
from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, bundled, read_limited
from personae.metrics.text import words
from personae.persona.formats.decode import decode_text
from personae.persona.own import own_texts
from personae.persona.persona import Persona
from personae.types import CONTRADICTION, Completion, Embedder, Message, Model, PairScorer, Settings, Usage

MAX_BYTES = 20 * MEGABYTE
MAX_WORDS = 300  #: a longer paragraph is no short story
SHORTLIST = 10  #: stories whose relevance to the persona is asked of the pair scorer


@dataclass(frozen=True)
class Stories:
    """Short stories somebody may have lived; `read` takes a text file, a paragraph each.

    >>> len(Stories(("We lost the boat on the second day.",)).texts)
    1
    """

    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.texts:
            raise UsageError("no stories to tell; give at least one")

    @classmethod
    def read(cls, path: Path | str) -> Stories:
        """The paragraphs of a UTF-8 text file that have 5 to 300 words. Raises FormatError if there is none."""
        name = Path(path).name
        text = decode_text(read_limited(path, MAX_BYTES), name).replace("\r\n", "\n")
        found = tuple(" ".join(part.split()) for part in text.split("\n\n") if 5 <= len(part.split()) <= MAX_WORDS)
        if not found:
            raise FormatError(
                f"{name!r} holds no story; write paragraphs of 5 to {MAX_WORDS} words, a blank line between"
            )
        return cls(found)

    @cached_property
    def _embedded(self) -> dict[str, Any]:
        return {}

    def nearest(self, text: str, count: int, embedder: Embedder) -> list[tuple[int, float]]:
        """(index, cosine) of the stories nearest to a text, best first."""
        if embedder.name not in self._embedded:
            self._embedded[embedder.name] = embedder.embed(self.texts)
        scores = (self._embedded[embedder.name] @ embedder.embed([text])[0]).tolist()
        order = sorted(range(len(scores)), key=lambda index: -scores[index])[:count]
        return [(index, float(scores[index])) for index in order]


@dataclass(frozen=True)
class Telling:
    """One way to tell the story. `rejected` says why it may not be said; `scores` holds fluency, nearness, persona and
    their weighted sum "score" where it may."""

    text: str
    rejected: str | None = None
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TellStory:
    """A `Refine` that tells a story where one fits the persona and the talk.

    candidates:     tellings asked of the model, with seeds counted up from the settings' own
    floor:          no story is told that is less near to the last turn (cosine) than this
    low, high:      share of a telling's words that stand in the story (.2 to .6: the toolkit's specification)
    contradiction:  from this P(contradiction) with any statement on, a telling is rejected
    weights:        of fluency after the talk (mean token probability), nearness to the story (cosine) and persona
                    (largest relevance of a statement)
    on_tellings:    hears the story and all its tellings
    """

    stories: Stories
    scorer: PairScorer
    embedder: Embedder
    candidates: int = 4
    floor: float = 0.2
    low: float = 0.2
    high: float = 0.6
    contradiction: float = 0.5
    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    on_tellings: Callable[[str, Sequence[Telling]], None] | None = None

    async def __call__(
        self, model: Model, draft: Completion, prompted: Prompted, settings: Settings, *, persona: Persona
    ) -> Completion:
        """The best telling that passes the guard, or the draft; its usage counts every call."""
        story = await self.story_for(persona, prompted.messages)
        if story is None or draft.outcome != "answered":
            return draft
        said = await self._tell(model, draft, prompted.messages, settings, story)
        spent = sum((each.usage for each in said), draft.usage)
        texts = list(dict.fromkeys(each.text.strip() for each in said if each.outcome == "answered"))
        tellings = [await self._guarded(text, story, persona) for text in texts]
        fit = [telling.text for telling in tellings if telling.rejected is None]
        scored, cost = await self._scored(model, prompted.messages, fit, story, persona)
        if self.on_tellings is not None:
            self.on_tellings(story, [*scored, *(telling for telling in tellings if telling.rejected)])
        if not scored:
            return dataclasses.replace(draft, usage=spent + cost)
        return Completion(max(scored, key=lambda telling: telling.scores["score"]).text, spent + cost)

    async def story_for(self, persona: Persona, messages: Sequence[Message]) -> str | None:
        """Of the stories nearest to the last user turn, the one most relevant to the persona's statements."""
        asked = next((m.content for m in reversed(messages) if m.role == "user" and m.content.strip()), None)
        facts = _facts(persona)
        if asked is None or not facts:
            return None
        near = [pair for pair in self.stories.nearest(asked, SHORTLIST, self.embedder) if pair[1] >= self.floor]
        if not near:
            return None
        texts = [self.stories.texts[index] for index, _ in near]
        heads = await self.scorer.relevance(facts * len(texts), [text for text in texts for _ in facts])
        relevance = heads.reshape(len(texts), len(facts)).max(axis=1)
        best = max(range(len(texts)), key=lambda index: float(relevance[index]) + near[index][1])
        return texts[best]

    async def _tell(
        self, model: Model, draft: Completion, messages: Sequence[Message], settings: Settings, story: str
    ) -> list[Completion]:
        asked = prompt(messages, draft.text, story)
        first = settings.seed or 0
        each = [dataclasses.replace(settings, seed=first + number) for number in range(self.candidates)]
        return list(await asyncio.gather(*(model.generate(asked, one) for one in each)))

    async def _guarded(self, text: str, story: str, persona: Persona) -> Telling:
        share = overlap(text, story)
        if not self.low <= share <= self.high:
            return Telling(text, f"{share:.2f} of its words stand in the story; {self.low:g} to {self.high:g} may")
        facts = _facts(persona)
        rows = await self.scorer.score([text] * len(facts), facts)
        worst = int(rows[:, CONTRADICTION].argmax())
        if float(rows[worst, CONTRADICTION]) >= self.contradiction:
            return Telling(text, f"contradicts {facts[worst]!r}")
        return Telling(text)

    async def _scored(
        self, model: Model, messages: Sequence[Message], texts: Sequence[str], story: str, persona: Persona
    ) -> tuple[list[Telling], Usage]:
        """The tellings with their numbers, and what asking for their fluency cost."""
        if not texts:
            return [], Usage()
        fluency, cost = await _fluency(model, messages, texts)
        vectors = self.embedder.embed([story, *texts])
        facts = _facts(persona)
        heads = await self.scorer.relevance(facts * len(texts), [text for text in texts for _ in facts])
        relevance = heads.reshape(len(texts), len(facts)).max(axis=1)
        scored = []
        for index, text in enumerate(texts):
            parts = (fluency[index], float(vectors[index + 1] @ vectors[0]), float(relevance[index]))
            total = sum(weight * part for weight, part in zip(self.weights, parts, strict=True))
            named = dict(zip(("fluency", "nearness", "persona", "score"), (*parts, total), strict=True))
            scored.append(Telling(text, scores=named))
        return scored, cost


def overlap(text: str, story: str) -> float:
    """Share of a text's words that stand in the story, 0 … 1, repeated words as often as both have them.

    Tokeniser: "words" (`personae.metrics.text`). 0 for a text without words.

    >>> overlap("We lost the boat.", "On the second day we lost it.")
    0.75
    """
    ours, theirs = Counter(words(text)), Counter(words(story))
    return (ours & theirs).total() / ours.total() if ours else 0.0


def prompt(messages: Sequence[Message], draft: str, story: str, turns: int = 4) -> tuple[Message, ...]:
    """What the model reads: the task, worked examples, then the last turns, the draft and the story."""
    asked = _texts()
    talk = [f"{'Me' if m.role == 'assistant' else 'They'}: {m.content}" for m in messages if m.role != "system"]
    told = [Message("system", asked["task"].strip())]
    for example in asked["examples"]:
        told.append(Message("user", asked["case"].format(**example).strip()))
        told.append(Message("assistant", example["told"].strip()))
    return (
        *told,
        Message("user", asked["case"].format(talk="\n".join(talk[-turns:]), draft=draft, story=story).strip()),
    )


async def _fluency(model: Model, messages: Sequence[Message], texts: Sequence[str]) -> tuple[list[float], Usage]:
    """Mean token probability (geometric) of each text after the talk, 0 … 1; 0 for all where it could not be had."""
    if len(texts) < 2:
        return [0.0] * len(texts), Usage()
    scores = await model.logprobs(messages, texts)
    if scores.outcome != "answered":
        return [0.0] * len(texts), scores.usage
    return [math.exp(value) for value in scores.per_token], scores.usage


def _facts(persona: Persona) -> list[str]:
    return own_texts(persona)


def _texts() -> Any:
    return bundled(__package__, "texts/stories.en.yaml")
