"""What does playing somebody cost in reasoning? The same items as nobody, as the persona, and as eight characters.

Every item is asked once per condition, its options in the same order each time, so that conditions differ in nothing
but who is to be played. Beside the tax stands what a questionnaire makes of the same characters: a model that follows
them there and pays for it here is controllable, and not for free.
[PHAnToM: Personality Has An Effect on Theory-of-Mind Reasoning in Large Language Models, 2024]
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import get_args

from personae.agent import Agent
from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.measure.covered import covered
from personae.measure.items import difference, share
from personae.measure.persona_tax.items import Items
from personae.measure.persona_tax.tax import Tax, spread, taxes
from personae.measure.persona_tax.traits import BIG_FIVE, LEVEL, TRAITS, character, claim
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.models.choices import Asked, Mcq, Way, rotations
from personae.models.choices.asking import ask, in_orders
from personae.models.choices.ways import Put, failed, opened
from personae.persona.persona import Persona
from personae.psychometrics.instrument import Instrument, Item
from personae.types import Conversation, Measurement, Message

PERSONA, BASELINE = "persona", "none"


@dataclass(frozen=True)
class PersonaTax:
    """Accuracy as the persona less accuracy with none, then the same for each of `traits`.

    items:      what `items.read` gives.
    traits:     characters, of `traits.TRAITS`; `level` is that of the Big Five, 1 … 9.
    instrument: with one, each character of the Big Five also answers the items of its own domain (controllability).
    n:          the most items, a seeded part of them; None for all. The instrument is asked whole.
    """

    items: Items
    traits: tuple[str, ...] = TRAITS
    level: int = LEVEL
    instrument: Instrument | None = None
    n: int | None = None
    way: Way = "letters"
    seed: int = 0
    name: str = "persona_tax"

    def __post_init__(self) -> None:
        if not self.items.questions or (self.n is not None and self.n < 1):
            raise UsageError(f"{len(self.items.questions)} items, n {self.n!r}; give 1 or more")
        if self.way not in get_args(Way):
            raise UsageError(f"no way is called {self.way!r}; there are {', '.join(get_args(Way))}")
        for trait in self.traits:
            character(trait, self.level)

    @cached_property
    def chosen(self) -> Mapping[str, Mcq]:
        """The items in use, by id, in their order."""
        all = self.items.questions
        some = all if self.n is None or self.n >= len(all) else random.Random(self.seed).sample(all, self.n)
        kept = {mcq.id for mcq in some}
        return {mcq.id: mcq for mcq in all if mcq.id in kept}

    @cached_property
    def claims(self) -> Mapping[str, tuple[Item, str]]:
        """Items of the instrument with the trait of their domain, for the traits in use."""
        if self.instrument is None:
            return {}
        named = {self.instrument.name_of(domain): domain for domain in self.instrument.domains}
        return {
            f"questionnaire/{item.id}": (item, trait)
            for trait in BIG_FIVE
            if trait in self.traits and trait in named
            for item in self.instrument.items
            if item.domain == named[trait] and item.key
        }

    @property
    def conditions(self) -> tuple[str, ...]:
        """As nobody, as the persona, and as each character."""
        return (BASELINE, PERSONA, *self.traits)

    def plan(self, persona: Persona) -> Plan:
        """One case per condition and item, one condition after the other, so that who is played is read once; then the
        items of the questionnaire."""
        cases = [
            Case(f"{condition}/{id}", "\n\n".join(filter(None, (q.context, q.question))), {"as": condition, "item": id})
            for condition in self.conditions
            for id, q in self.chosen.items()
        ]
        return Plan((*cases, *(Case(id, item.text) for id, (item, _) in self.claims.items())), self.items.missing)

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """An item under its condition, 1 where it is right; a claim without and with its character, the value being the
        change in keyed points."""
        put = await opened(agent.model, self.way)
        if case.id in self.claims:
            return await self._claimed(put, case)
        asked = await self._asked(put, agent, self.chosen[case.data["item"]], case.data["as"])
        picked, gold = _picked(asked), asked.mcq.gold
        if picked is None:
            return Observation(case.id, "unparsed" if asked.answered else asked.outcome, data=dict(case.data))
        data = {**case.data, "picked": picked, "gold": gold}
        return Observation(case.id, "answered", float(picked == gold), asked.mcq.options[picked], data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The persona's tax, accuracy without any, the tax of each character, their spread, and controllability."""
        seen = {o.case_id: o for o in observations}
        right = {
            condition: {
                id: bool(seen[case].value)
                for id in self.chosen
                if (case := f"{condition}/{id}") in seen and seen[case].value is not None
            }
            for condition in self.conditions
        }
        others = {name: answers for name, answers in right.items() if name != BASELINE}
        found = taxes(right[BASELINE], others)
        own, *characters = (self._tax(each, right, self._lost(plan, seen, each.name, BASELINE)) for each in found)
        numbers = [own]
        for name, label in ((BASELINE, "baseline"), (PERSONA, "accuracy")):
            values = {id: float(each) for id, each in right[name].items()}
            numbers.append(
                covered(share(f"{self.name}.{label}", values, self._lost(plan, seen, name)), len(self.chosen))
            )
        numbers += characters
        if self.traits:
            numbers.append(self._spread(found[1:]))
        if self.claims:
            numbers.append(self._controllability([seen[id] for id in self.claims if id in seen]))
        return numbers

    async def _asked(self, put: Put, agent: Agent, mcq: Mcq, condition: str) -> Asked:
        """One order only, that of the item; a context too long for the model is cut as `choices` does."""
        order = [tuple(range(len(mcq.options)))]
        if condition == PERSONA:
            prompted = await agent.prompted(Conversation((Message("user", mcq.messages()[-1].content),)))
            return await _put_as(put, prompted.messages, mcq, order)
        before = () if condition == BASELINE else (character(condition, self.level),)
        return await ask(put, Mcq(mcq.id, mcq.question, mcq.options, mcq.gold, before, mcq.context), order)

    async def _claimed(self, put: Put, case: Case) -> Observation:
        assert self.instrument is not None
        item, trait = self.claims[case.id]
        points: dict[str, float] = {}
        for condition, before in ((BASELINE, ()), (trait, (character(trait, self.level),))):
            asked = await _put_as(
                put,
                (*before, claim(item.text)),
                Mcq(case.id, item.text, self.instrument.response.labels),
                rotations(len(self.instrument.response.labels)),
            )
            if not asked.answered:
                return Observation(case.id, asked.outcome, data={"trait": trait, "lost_at": condition})
            scale = self.instrument.response.points
            raw = math.fsum(share * point for share, point in zip(asked.shares, scale, strict=True))
            points[condition] = self.instrument.keyed(item.id, raw)
        change = points[trait] - points[BASELINE]
        return Observation(case.id, "answered", change, f"{change:+.2f}", {"trait": trait, "points": points})

    def _lost(self, plan: Plan, seen: Mapping[str, Observation], *conditions: str) -> dict[str, int]:
        """Items without an answer under one of the conditions, by how the first of these ended."""
        counts = Counter(plan.missing)
        for id in self.chosen:
            ended = [seen[case].outcome if (case := f"{c}/{id}") in seen else "not_run" for c in conditions]
            counts.update(outcome for outcome in [next((e for e in ended if e != "answered"), None)] if outcome)
        return dict(counts)

    def _tax(self, tax: Tax, right: Mapping[str, Mapping[str, bool]], lost: Mapping[str, int]) -> Measurement:
        name = self.name if tax.name == PERSONA else f"{self.name}.{tax.name}"
        after, before = ({id: float(each) for id, each in right[key].items()} for key in (tax.name, BASELINE))
        found = difference(name, after, before, lost, unit="share")
        told = {key: value for key, value in asdict(tax).items() if key not in ("name", "difference")}
        return covered(replace(found, details={**found.details, **told}), len(self.chosen))

    def _spread(self, found: Sequence[Tax]) -> Measurement:
        name = f"{self.name}.spread"
        accuracies = {tax.name: tax.accuracy for tax in found if tax.accuracy is not None}
        variance = spread(accuracies)
        if variance is None:
            return Measurement(name, reason="fewer than two characters answered", n=len(accuracies), unit="share")
        details = {"variance": variance, "accuracies": accuracies}
        return Measurement(name, math.sqrt(variance), n=len(accuracies), unit="share", details=details)

    def _controllability(self, rows: Sequence[Observation]) -> Measurement:
        """The mean change in keyed points over items, as a share of the scale's range."""
        assert self.instrument is not None
        scale = self.instrument.response
        values = {o.case_id: o.value / (scale.high - scale.low) for o in rows if o.value is not None}
        by_trait: dict[str, list[float]] = {}
        for id, value in values.items():
            by_trait.setdefault(self.claims[id][1], []).append(value)
        details = {"traits": {trait: sum(each) / len(each) for trait, each in by_trait.items()}}
        missing = missing_by_outcome(Plan(tuple(Case(id, "") for id in self.claims)), rows)
        found = difference(f"{self.name}.controllability", values, dict.fromkeys(values, 0.0), missing, unit="range")
        return covered(replace(found, details={**found.details, **details}), len(self.claims))


async def _put_as(put: Put, messages: Sequence[Message], mcq: Mcq, orders: Sequence[tuple[int, ...]]) -> Asked:
    """An item after these messages; a call that cannot be answered is "failed"."""
    try:
        return Asked(mcq, await in_orders(put, messages, mcq.options, orders))
    except (BadResponse, ContextOverflow) as error:
        return Asked(mcq, (failed(mcq.options, BadResponse(str(error))),))


def _picked(asked: Asked) -> int | None:
    """The likeliest option; None without an answer and where two are equal."""
    shares = asked.shares if asked.answered else ()
    best = [at for at, share in enumerate(shares) if share > max(shares) - 1e-9]
    return best[0] if len(best) == 1 else None
