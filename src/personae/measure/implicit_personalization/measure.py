"""The audit: every task is put twice, as two users write it, and the two answers are compared.

Only the cue differs, so what differs in the answers comes of it, or of chance: at temperature 0 of nothing else. With
`mediator` the model is also asked whom it takes the writer for; an effect that runs through that guess is larger where
the guess differs. [Implicit Personalization in Language Models 2024]
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from personae.agent import Agent
from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.files import bundled
from personae.measure.covered import covered
from personae.measure.implicit_personalization.checklist import Checklist, checklist
from personae.measure.implicit_personalization.cues import Cue, CuePair, own_pairs, paired
from personae.measure.implicit_personalization.effects import ALIKE, Effect, effect, likeness
from personae.measure.items import mean, share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.metrics.style import sentiment
from personae.metrics.text import unicode_words
from personae.models.embedder import MiniLM
from personae.models.scoring import looks_refused
from personae.persona.persona import Persona
from personae.types import Conversation, Embedder, Measurement, Message, Model, Settings

SIDES = ("a", "b")
#: Numbers of one answer that are compared, and their units.
NUMBERS = {"words": "words", "sentiment": "sentiment", "correct": "share"}


@dataclass(frozen=True)
class ImplicitPersonalization:
    """Likeness of the answers to two users, and paired effects on their length, tone and correctness.

    pairs:      `read_pairs` of a file; ours without one. `dropped` counts those left out before, by reason.
    as_persona: ask the persona; else the model without any.
    mediator:   also ask the model where it thinks the writer grew up.
    """

    pairs: tuple[CuePair, ...] = field(default_factory=own_pairs)
    dropped: Mapping[str, int] = field(default_factory=dict)
    as_persona: bool = False
    mediator: bool = False
    seed: int = 0
    embedder: Embedder = field(default_factory=MiniLM, compare=False)
    name: str = "implicit_personalization"

    def __post_init__(self) -> None:
        if len({pair.id for pair in self.pairs}) != len(self.pairs) or not self.pairs:
            raise UsageError(f"{len(self.pairs)} pairs; give one or more, each with an id of its own")

    @cached_property
    def _by_id(self) -> dict[str, CuePair]:
        return {pair.id: pair for pair in self.pairs}

    def plan(self, persona: Persona | None = None) -> Plan:
        """One case per pair."""
        return Plan(tuple(Case(one.id, one.a, {"b": one.b, "kind": one.kind}) for one in self.pairs), self.dropped)

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Both answers; the value is their likeness, 0 … 1. One that failed leaves the pair without a value."""
        pair = self._by_id[case.id]
        told = {side: await self._told(agent, text) for side, text in zip(SIDES, (pair.a, pair.b), strict=True)}
        data: dict[str, Any] = {"kind": pair.kind, "answers": told}
        if self.mediator:
            data["inferred"] = [await inferred(agent.model, text) for text in (pair.a, pair.b)]
        lost = next((one["outcome"] for one in told.values() if one["outcome"] != "answered"), None)
        if lost is not None:
            return Observation(case.id, lost, data=data)
        data["numbers"] = {side: _numbers(told[side]["text"], pair.answer) for side in SIDES}
        alike = alikeness(told["a"]["text"], told["b"]["text"], self.embedder)
        return Observation(case.id, "answered", alike, f"{told['a']['text']}\n---\n{told['b']['text']}", data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Likeness, the share above .8 with its one-sided p, then the effects a − b, over all and by kind of cue."""
        missing = missing_by_outcome(plan, observations)
        answered = [o for o in observations if o.value is not None]
        values = {o.case_id: float(o.value) for o in answered if o.value is not None}
        measured = [covered(mean(self.name, values, missing, unit="similarity"), len(plan.cases))]
        measured.append(self._alike(values, missing))
        measured += [self._effect(answered, number, missing) for number in NUMBERS]
        for kind in dict.fromkeys(pair.kind for pair in self.pairs):
            some = {o.case_id: values[o.case_id] for o in answered if o.data["kind"] == kind}
            measured.append(mean(f"{self.name}.{kind}_cue", some, {}, unit="similarity"))
        return measured + (self._mediated(observations, values) if self.mediator else [])

    async def _told(self, agent: Agent, text: str) -> dict[str, Any]:
        messages: tuple[Message, ...] = (Message("user", text),)
        settings = agent.settings
        if self.as_persona:
            prompted = await agent.prompted(Conversation(messages))
            messages = prompted.messages
            settings = dataclasses.replace(settings, stop=(*settings.stop, *prompted.stop))
        return await _said(agent.model, messages, settings)

    def _alike(self, values: Mapping[str, float], missing: Mapping[str, int]) -> Measurement:
        above = {id: float(value > ALIKE) for id, value in values.items()}
        details = {"above": ALIKE, "p_one_sided": likeness(list(values.values())).p} if values else {}
        return share(f"{self.name}.alike", above, missing, details=details)

    def _effect(self, answered: Sequence[Observation], number: str, missing: Mapping[str, int]) -> Measurement:
        name, unit = f"{self.name}.{number}", NUMBERS[number]
        sides = [{o.case_id: o.data["numbers"][side].get(number) for o in answered} for side in SIDES]
        a, b = ({id: value for id, value in side.items() if value is not None} for side in sides)
        if not a.keys() & b.keys():
            return Measurement(name, reason=f"no pair of answers has {number!r}", missing=missing, unit=unit)
        found = effect(a, b, seed=self.seed)
        return effect_measurement(name, found, unit, missing)

    def _mediated(self, observations: Sequence[Observation], values: Mapping[str, float]) -> list[Measurement]:
        """Share of pairs whose writers the model takes for different ones, and likeness where it does and does not."""
        known = {o.case_id: o.data["inferred"] for o in observations if None not in o.data.get("inferred", [None])}
        differs = {id: float(one != other) for id, (one, other) in known.items()}
        unread = {"no inference": len(observations) - len(known)} if len(known) < len(observations) else {}
        measured = [share(f"{self.name}.inferred", differs, unread)]
        for name, wanted in (("told_apart", 1.0), ("not_told_apart", 0.0)):
            some = {id: values[id] for id, differing in differs.items() if differing == wanted and id in values}
            measured.append(mean(f"{self.name}.{name}", some, {}, unit="similarity"))
        return measured


@dataclass(frozen=True, slots=True)
class Audit:
    """An effect, how many answers were lost, by outcome, and whether such an inference may be made at all."""

    effect: Effect
    lost: dict[str, int]
    ethics: Checklist


async def implicit(
    model: Model,
    tasks: Mapping[str, str],
    cue_a: Cue,
    cue_b: Cue,
    score: Callable[[str, str], float],
    *,
    ethics: Mapping[str, Any] | None = None,
    settings: Settings = Settings(temperature=0.0),  # noqa: B008 – frozen
    seed: int = 0,
) -> Audit:
    """The effect of cue a against cue b on `score(task id, answer)`.

    tasks:  text by id. ethics: your answers to the checklist; what is not answered stays open.
    Raises UsageError where no task was answered on both sides.

    >>> import asyncio
    >>> from personae.models import Scripted
    >>> says = Scripted(["A short one.", "Quite a bit longer, that."])
    >>> found = asyncio.run(implicit(says, {"t": "Tell me."}, str, str.upper, lambda id, answer: len(answer.split())))
    >>> found.effect.mean, found.lost, found.ethics.verdict
    (-2.0, {}, 'open')
    """
    scores: dict[str, dict[Any, float]] = {side: {} for side in SIDES}
    lost: dict[str, int] = {}
    for id, task in tasks.items():
        pair = paired(id, task, cue_a, cue_b)
        for side, text in zip(SIDES, (pair.a, pair.b), strict=True):
            said = await _said(model, (Message("user", text),), settings)
            if said["outcome"] == "answered":
                scores[side][id] = float(score(id, said["text"]))
            else:
                lost[said["outcome"]] = lost.get(said["outcome"], 0) + 1
    return Audit(effect(scores["a"], scores["b"], seed=seed), lost, checklist(ethics or {}))


async def _said(model: Model, messages: Sequence[Message], settings: Settings) -> dict[str, Any]:
    """An answer with its outcome. Two refusals are as alike as can be, and are no answers all the same."""
    try:
        completion = await model.generate(messages, settings)
    except (BadResponse, ContextOverflow) as error:
        return {"outcome": "failed", "error": str(error)}
    text = completion.text.strip()
    refused = completion.outcome == "answered" and looks_refused(text)
    return {"outcome": "refused" if refused else completion.outcome, "text": text}


async def inferred(model: Model, text: str) -> int | None:
    """Where the model thinks the writer grew up, as the option's place; None for no answer."""
    asks = bundled(__package__, "texts/pairs.en.yaml")["mediator"]
    try:
        scores = await model.logprobs((Message("user", str(asks["question"]).format(text=text)),), asks["options"])
    except (BadResponse, ContextOverflow):
        return None
    return scores.best(normalised=True)


def alikeness(one: str, other: str, embedder: Embedder) -> float:
    """Cosine of two answers, 0 … 1; equal texts are 1 without asking."""
    if one == other:
        return 1.0
    vectors = np.asarray(embedder.embed([one, other]), dtype=np.float64)
    return float(np.clip(vectors[0] @ vectors[1], 0.0, 1.0))


def effect_measurement(name: str, found: Effect, unit: str, missing: Mapping[str, int]) -> Measurement:
    """An effect as a measurement: means of both sides and p in the details."""
    details = {"a": found.a, "b": found.b, "p": found.p, "unpaired": found.unpaired}
    return Measurement(name, found.mean, None, found.low, found.high, found.n, missing, unit, details)


def _numbers(text: str, answer: str) -> dict[str, float | None]:
    words = unicode_words(text)
    held = " ".join(unicode_words(answer.lower()))
    correct = float(f" {held} " in f" {' '.join(unicode_words(text.lower()))} ") if held else None
    return {"words": float(len(words)), "sentiment": sentiment(text), "correct": correct}
