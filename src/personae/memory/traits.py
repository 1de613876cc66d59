"""Traits of both sides, one utterance at a time, by a model: the persona module of LD-Agent (Hello Again!, 2024)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from personae.errors import UsageError
from personae.files import bundled
from personae.memory.profile.extraction import source_of
from personae.memory.profile.guard import cleaned, refusal
from personae.memory.turns import Turn
from personae.types import Message, Model, Outcome, Settings, Usage

#: What a model says of an utterance that shows nothing of its speaker, and the longest trait in words (published).
NONE = "NO_TRAIT"
MAX_WORDS = 20
SETTINGS = Settings(temperature=0.0, max_tokens=60)


@dataclass(frozen=True, slots=True)
class Trait:
    """What one utterance shows of its speaker; `text` is None for nothing, and where `outcome` is not "answered"."""

    speaker: str
    text: str | None
    source: str
    outcome: Outcome = "answered"
    usage: Usage = field(default_factory=Usage)


async def trait_in(turn: Turn, model: Model, settings: Settings = SETTINGS) -> Trait:
    """The trait that a model reads in an utterance: at most 20 words on one line, or none.

    Recalled or derived text and orders to the assistant are not shown to it; they have no trait. A longer answer, or
    one that is an instruction, is "unparsed". Raises what the model raises.
    """
    text = cleaned(turn.text) if turn.origin == "said" else ""
    if not text:
        return Trait(turn.speaker, None, source_of(turn))
    texts: Any = bundled(__package__, "texts/traits.en.yaml")
    asked = (Message("system", texts["system"]), Message("user", texts["ask"].format(speaker=turn.speaker, text=text)))
    done = await model.generate(asked, settings)
    answer, outcome = done.text.strip(), done.outcome
    if outcome == "answered" and ("\n" in answer or len(answer.split()) > MAX_WORDS or refusal(answer)):
        outcome = "unparsed"
    found = answer if outcome == "answered" and answer.rstrip(".") != NONE else None
    return Trait(turn.speaker, found, source_of(turn), outcome, done.usage)


def kept(traits: Sequence[Trait], speaker: str, last: int | Literal["all"] = "all") -> tuple[str, ...]:
    """The traits of one side, each once, oldest first: all, or the last so many. 0 keeps none.

    Raises UsageError for a negative number.

    >>> found = [Trait("Ines", text, "a/1") for text in ("keeps bees", "swims", None)]
    >>> kept(found, "Ines"), kept(found, "Ines", 1), kept(found, "Ines", 0)
    (('keeps bees', 'swims'), ('swims',), ())
    """
    texts = tuple(dict.fromkeys(trait.text for trait in traits if trait.speaker == speaker and trait.text))
    if last == "all":
        return texts
    if last < 0:
        raise UsageError(f'last is {last!r}; give 0 or more, or "all"')
    return texts[max(0, len(texts) - last) :]
