"""Does the model decide as the character did, and what helps it: the mapped memories, plain ones, or none?

Every decision is asked under several conditions, which differ in nothing but what the model gets to read:

    mapped       description, and memories that came to mind through the persona (CharMap)
    scenario     description, and memories that came to mind by the scenario alone
    description  the description only
    text         description, and everything there is to remember, cut from the left where it is too long
    floor        the bare question: what it and its options give away by themselves

[Character is Destiny, 2024]
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.decisions.bearing import Bearing, select
from personae.measure.decisions.decision import Decision
from personae.measure.decisions.describing import described
from personae.measure.decisions.kept import from_data, to_data
from personae.measure.decisions.mapping import CharMap, Recalled
from personae.measure.decisions.prompting import mcq_of
from personae.measure.items import difference
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.models.choices import Administration, Asked, Way, ask, orders
from personae.models.choices.administration import MIN_COVERAGE
from personae.models.choices.ways import opened
from personae.persona.persona import Persona
from personae.persona.render import render
from personae.stats.choices import SAME
from personae.types import Measurement

CONDITIONS = ("mapped", "scenario", "description", "text", "floor")


@dataclass(frozen=True)
class Decisions:
    """Share of decisions taken as the character took them, under each of `conditions`; the first carries the name.

    `recall` says how memories come to mind, `bearing` whether nearness or the model itself selects the parts of the
    description to ask with, `way` how a model answers, `context_words` how much of a context is given at most.
    With `anonymise` every name is a neutral one, against books a model may know.
    """

    decisions: tuple[Decision, ...]
    conditions: tuple[str, ...] = ("mapped", "scenario", "description", "floor")
    recall: CharMap = field(default_factory=CharMap)
    way: Way = "whole"
    anonymise: bool = False
    context_words: int | None = None
    seed: int = 0
    name: str = "lifechoice"
    bearing: Bearing = "nearness"

    def __post_init__(self) -> None:
        unknown = [name for name in self.conditions if name not in CONDITIONS]
        if unknown or not self.conditions or len(set(self.conditions)) < len(self.conditions):
            raise UsageError(f"conditions {self.conditions!r}; give different ones of {', '.join(CONDITIONS)}")

    def plan(self, persona: Persona) -> Plan:
        """One case per decision, each of the character it names, whoever the persona is."""
        return Plan(tuple(Case(each.id, f"{each.scenario}\n\n{each.question}") for each in self.decisions))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Ask under every condition; the value is the share of orders in which the first condition was right."""
        decision = next(each for each in self.decisions if each.id == case.id)
        decision = described(decision)
        decision = decision.anonymised() if self.anonymise else decision
        put = await opened(agent.model, self.way)
        asked: dict[str, Asked] = {}
        recalled: dict[str, Recalled] = {}
        parts, parts_by = await self._parts(agent, decision)
        for condition in self.conditions:
            recalled[condition] = self.recalled(decision, condition, parts)
            mcq = mcq_of(decision, recalled[condition].memories)
            mcq = mcq.bare() if condition == "floor" else mcq
            asked[condition] = await ask(put, mcq, orders(mcq, seed=self.seed), words=self.context_words)
        first = asked[self.conditions[0]]
        kept = {name: {**to_data(one), **_shown(decision, recalled[name])} for name, one in asked.items()}
        return Observation(
            case.id,
            first.outcome,
            credit_of(first),
            text=picked(first),
            data={
                "character": decision.character,
                "description_parts": len(decision.parts),
                "parts_by": parts_by,
                "conditions": kept,
                "explanation": explanation(decision, asked, recalled),
            },
        )

    async def _parts(self, agent: Agent, decision: Decision) -> tuple[tuple[int, ...] | None, str]:
        """The parts the model selected and "model", or None and by what they are selected instead."""
        if self.bearing == "nearness" or "mapped" not in self.conditions:
            return None, "nearness"
        selected = await select(agent.model, decision, self.recall.parts)
        if selected.outcome != "answered":
            return None, f"nearness; the model's selection was {selected.outcome}"
        return selected.parts, "model"

    def recalled(self, decision: Decision, condition: str, parts: Sequence[int] | None = None) -> Recalled:
        """What is recalled under a condition; `parts` where they are selected already."""
        if condition == "text":
            return Recalled(memories=tuple(range(len(decision.memories))))
        if condition in ("mapped", "scenario"):
            mapped = condition == "mapped"
            return dataclasses.replace(self.recall, mapped=mapped)(decision, parts if mapped else None)
        return Recalled()

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The share under each condition; what mapping and what all of the context add (paired)."""
        first, *others = self.conditions
        done = {name: self._administered(observations, name) for name in self.conditions}
        tried, missing = len(observations), missing_by_outcome(plan, observations)
        unrun = {"not_run": missing["not_run"]} if "not_run" in missing else {}
        numbers = [_share(self.name, done[first], tried, missing)]
        for name in others:
            lost = tried - len(done[name].credits())
            numbers.append(_share(f"{self.name}.{name}", done[name], tried, unrun | _lost(done[name], lost)))
        for label, other in (("mapping_gain", "scenario"), ("gain", "floor")):
            if other in others:
                after, before = done[first].credits(), done[other].credits()
                numbers.append(difference(f"{self.name}.{label}", after, before, missing, unit="share"))
        return numbers

    def _administered(self, observations: Sequence[Observation], condition: str) -> Administration:
        rows = [(each.case_id, each.data.get("conditions", {}).get(condition)) for each in observations]
        return Administration(tuple(from_data(id, row) for id, row in rows if row is not None), self.way)


def _lost(done: Administration, lost: int) -> dict[str, int]:
    """Decisions without an answer by outcome; those that broke off before a question was put are "failed"."""
    found = done.missing
    broken = lost - sum(found.values())
    return {**found, "failed": found.get("failed", 0) + broken} if broken else found


def credit_of(asked: Asked) -> float | None:
    """The share of orders in which the gold option was picked, equals by halves, thirds …; None without an answer."""
    return Administration((asked,), "whole").credits().get(asked.mcq.id)


def picked(asked: Asked) -> str:
    """The option that alone is likeliest over all orders; empty where there is none."""
    shares = asked.shares if asked.answered else ()
    best = [place for place, share in enumerate(shares) if share > max(shares) - SAME]
    return asked.mcq.options[best[0]] if len(best) == 1 else ""


def told(asked: Asked) -> str:
    """What was picked and how surely, or why nothing was."""
    if not asked.answered:
        return asked.outcome
    sure = f"{max(asked.shares):.0%} of the probability"
    return f"{picked(asked)} ({sure})" if picked(asked) else f"no option before the others ({sure} at most)"


def decisions_of(persona: Persona, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions as the persona's: its name and description in place of theirs; their memories stay, its events go
    before them."""
    lived = tuple(event.text for event in persona.events)
    about = render(persona, "prose")
    return tuple(
        dataclasses.replace(each, character=persona.name, description=about, memories=(*lived, *each.memories))
        for each in decisions
    )


def explanation(decision: Decision, asked: Mapping[str, Asked], recalled: Mapping[str, Recalled]) -> str:
    """What a reader of the log wants to know: what was right, what was picked and how surely, what came to mind."""
    lines = [f"{decision.character} chose: {decision.options[decision.gold]}"]
    for name, one in asked.items():
        cut = f"; {one.cut} words of the context cut" if one.cut else ""
        lines.append(f"{name}: {told(one)}{cut}")
        shown = _shown(decision, recalled[name])
        lines += [f"    bears on it: {part}" for part in shown["parts"]]
        if name in ("mapped", "scenario"):
            lines += [f"    came to mind: {memory}" for memory in shown["memories"]]
    return "\n".join(lines)


def _shown(decision: Decision, recalled: Recalled) -> dict[str, Any]:
    parts = decision.parts
    return {
        "parts": [parts[index] for index in recalled.parts],
        "memories": [decision.memories[index] for index in recalled.memories],
    }


def _share(name: str, done: Administration, tried: int, missing: Mapping[str, int]) -> Measurement:
    """Accuracy over the decisions that were tried; one that broke off before a question was put counts among them."""
    if len(done.credits()) < MIN_COVERAGE * tried or not done.asked:
        why = f"{len(done.credits())} of {tried} decisions were answered; {MIN_COVERAGE:.0%} are needed"
        return Measurement(name, reason=why, n=len(done.credits()), missing=dict(missing), unit="share")
    return dataclasses.replace(done.measurements(name)[0], missing=dict(missing))
