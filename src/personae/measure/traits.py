"""Trait accuracy: from what share of replies can the value of the persona's card be told?

A classifier reads each reply against the values the key may have: by rules (`ByRules`: the value is said outright) or
by entailment (`ByEntailment`: the reply entails the sentence of one value more than those of the others). A reply that
shows no value recovers none and counts as 0; one that is refused or empty is missing. [Diversified Traits 2019]
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.items import grouped_share, share
from personae.measure.probes import starter_personas
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.metrics._english import NEGATIONS
from personae.metrics.text import unicode_words, words
from personae.persona.facts import Attribute, attribute_for, attributes, card_of, facts_in, statements_for
from personae.persona.persona import Persona
from personae.persona.perspective import has_verb
from personae.persona.questions import questions_for
from personae.types import ENTAILMENT, Conversation, Measurement, Message, PairScorer

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
#: A reply shows a value when it entails its sentence with at least this probability.
MIN_ENTAILMENT = 0.5


class Classifier(Protocol):
    """Which of several values a reply shows."""

    async def __call__(self, key: str, options: Sequence[str], replies: Sequence[str]) -> Sequence[int | None]:
        """Index of the value per reply; None where it shows none of them, or several."""
        ...


@dataclass(frozen=True, slots=True)
class ByRules:
    """The value a reply says outright, in one of the forms its key has or as an answer without a verb.

    >>> import asyncio
    >>> asyncio.run(ByRules()("location", ["Porto", "Rome"], ["I live in Porto.", "In Rome.", "Porto or Rome?"]))
    [0, 1, None]
    """

    async def __call__(self, key: str, options: Sequence[str], replies: Sequence[str]) -> Sequence[int | None]:
        """Index of the value per reply."""
        attribute = attribute_for(key)
        wanted = [attribute.canonical(option).casefold() for option in options]
        return [_only(wanted, _told(attribute, reply)) for reply in replies]


@dataclass(frozen=True, slots=True)
class ByEntailment:
    """The value whose sentence the reply entails most, if P(E) reaches `at_least`; equal values are no answer."""

    scorer: PairScorer
    at_least: float = MIN_ENTAILMENT

    async def __call__(self, key: str, options: Sequence[str], replies: Sequence[str]) -> Sequence[int | None]:
        """Index of the value per reply; replies × options pairs are scored."""
        if not replies:
            return []
        sentences = [statements_for({key: [option]})[0].text for option in options]
        premises = [reply for reply in replies for _ in sentences]
        scored = await self.scorer.score(premises, sentences * len(replies))
        entailed = scored[:, ENTAILMENT].reshape(len(replies), len(sentences))
        best = entailed.argmax(axis=1)
        return [
            int(index) if row[index] >= self.at_least and (row == row[index]).sum() == 1 else None
            for row, index in zip(entailed, best, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Either:
    """The first classifier that tells a value, in order: rules are sure where they find something."""

    classifiers: tuple[Classifier, ...]

    async def __call__(self, key: str, options: Sequence[str], replies: Sequence[str]) -> Sequence[int | None]:
        """Index of the value per reply."""
        found: list[int | None] = [None] * len(replies)
        for classify in self.classifiers:
            left = [index for index, value in enumerate(found) if value is None]
            for index, value in zip(left, await classify(key, options, [replies[i] for i in left]), strict=True):
                found[index] = value
        return found


async def trait_accuracy(
    card: Mapping[str, str],
    replies: Mapping[str, Sequence[str]],
    options: Mapping[str, Sequence[str]],
    classify: Classifier,
) -> Measurement:
    """The share of replies from which `classify` recovers the card's value of their key.

    card:    key → the value to recover.
    replies: key → replies that should show it; empty ones are missing.
    options: key → the values that may be told apart, the card's among them (added where it is not); at least two.

    The interval counts replies to one key as hanging together. `details` hold the share per key under "values", and
    "chance", the mean of 1 / options. Raises UsageError for a key of `replies`
    that the card does not have or that has nothing to be told apart from.

    >>> import asyncio
    >>> found = asyncio.run(trait_accuracy({"age": "34"}, {"age": ["I'm 34.", "Hello!"]}, {"age": ["50"]}, ByRules()))
    >>> found.value, found.n
    (0.5, 2)
    """
    shown: dict[str, list[bool]] = {}
    chance: list[float] = []
    missing: dict[str, int] = {}
    for key, said in replies.items():
        if key not in card:
            raise UsageError(f"the card has no {key!r}; it has {', '.join(card) or 'nothing'}")
        listed = list(dict.fromkeys([card[key], *options.get(key, ())]))
        if len(listed) < 2:
            raise UsageError(f"{key!r} has one value only, {card[key]!r}; give others it could be taken for")
        spoken = [reply for reply in said if reply.strip()]
        if len(spoken) < len(said):
            missing["empty"] = missing.get("empty", 0) + len(said) - len(spoken)
        shown[key] = [value == 0 for value in await classify(key, listed, spoken)]
        chance += [1 / len(listed)] * len(spoken)
    measured = grouped_share("trait_accuracy", shown, missing)
    return dataclasses.replace(measured, details={**measured.details, "chance": _mean(chance)})


@dataclass(frozen=True, slots=True)
class Traits:
    """Asked about each key of its card, does the persona's answer show its value among `options`?

    The other values are those of the starter personas. Keys without a second value are missing ("one_value").
    """

    options: int = 4
    seed: int = 0
    classify: Classifier = field(default_factory=ByRules, compare=False)
    name: str = "trait_accuracy"

    def plan(self, persona: Persona) -> Plan:
        """One case per key that takes one value; languages we have no sentences in are missing as a whole."""
        card = {key: value for key, value in card_of(persona).items() if isinstance(value, str)}
        if persona.language != "en":
            return Plan((), {f"language_{persona.language}": len(card)})
        cases: list[Case] = []
        missing: dict[str, int] = {}
        for key, value in card.items():
            others = _others(key, value, self.options - 1, random.Random(f"{self.seed}/{key}"))
            if not others:
                missing["one_value"] = missing.get("one_value", 0) + 1
                continue
            question = questions_for(statements_for({key: value})[0], n=1)[0].question
            cases.append(Case(key, question, {"key": key, "options": [value, *others]}))
        return Plan(tuple(cases), missing)

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Ask openly; the value is 1 where the classifier tells the card's value from the reply."""
        turn = await agent.reply(Conversation((Message("user", case.input),)))
        text, outcome = turn.message.content, turn.completion.outcome
        if outcome in ("refused", "empty") or not text.strip():
            return Observation(case.id, "empty" if outcome == "answered" else outcome, text=text)
        options = case.data["options"]
        told = (await self.classify(case.data["key"], options, [text]))[0]
        data = {"options": options, "told": None if told is None else options[told], "cut_off": outcome == "truncated"}
        return Observation(case.id, "answered", float(told == 0), text=text, data=data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The share of keys whose value was recovered."""
        answered = [observation for observation in observations if observation.outcome == "answered"]
        values = {o.case_id: o.value for o in answered if o.value is not None}
        chance = _mean([1 / len(o.data["options"]) for o in answered])
        items = [{"id": o.case_id, **o.data, "answer_text": o.text} for o in answered]
        missing = missing_by_outcome(plan, observations)
        return [share(self.name, values, missing, details={"chance": chance, "items": items})]


def _told(attribute: Attribute, reply: str) -> list[str]:
    """The values a reply says: in a form the key has, else in an answer without a verb ("Porto, by the river.")."""
    said = [value for key, value in facts_in(reply) if key == attribute.key]
    if said or attribute.words:
        return said
    parts = [part for said in _SENTENCE.findall(reply) if not said.endswith("?") for part in re.split("[,;]", said)]
    return [attribute.canonical(part) for part in parts if not has_verb(part) and not NEGATIONS & set(words(part))]


def _only(wanted: Sequence[str], told: Sequence[str]) -> int | None:
    """Index of the one value that is told; None for none and for several."""
    found = {index for index, value in enumerate(wanted) if any(_holds(text.casefold(), value) for text in told)}
    return found.pop() if len(found) == 1 else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _others(key: str, value: str, count: int, rng: random.Random) -> list[str]:
    """Values other personas have under the key, and the key's own words, none equal to the persona's."""
    found = [card_of(persona).get(key) for persona in starter_personas() if persona.language == "en"]
    listed = [other for other in found if isinstance(other, str)]
    listed += list(attributes()[key].words) if key in attributes() else []
    attribute = attribute_for(key)
    own = attribute.canonical(value).casefold()
    usable = [
        other
        for other in sorted(dict.fromkeys(listed))
        if not _holds(attribute.canonical(other).casefold(), own)
        and not _holds(own, attribute.canonical(other).casefold())
    ]
    return rng.sample(usable, min(count, len(usable)))


def _holds(text: str, value: str) -> bool:
    """Does the text hold the words of the value, one after the other?"""
    words, wanted = unicode_words(text), unicode_words(value)
    if not wanted:
        return text.strip() == value.strip()
    return any(words[start : start + len(wanted)] == wanted for start in range(len(words) - len(wanted) + 1))
