"""Can the model play poles of the Big Five with this persona so that a blind reader finds them again? [PsyPlay 2025]

Each case is one talk of the persona, with an assigned pole, with a role of ours that has another; only the persona's
side is the case's value. The poles go round, so that every two times five cases hold each of them once.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from dataclasses import dataclass

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.covered import covered
from personae.measure.items import share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.trait_recovery import trait_recovery
from personae.persona.parts import BIG_FIVE
from personae.persona.persona import Persona
from personae.simulate.trait_talks import Dialogue, Reader, Side, Sign, bundled_roles, pole, poles, read_back, talk
from personae.simulate.trait_talks.texts import texts
from personae.types import Measurement, Model


@dataclass(frozen=True, slots=True)
class PsyPlay:
    """Share of talks in which the reader names the pole that the persona was given.

    n: talks; a multiple of 2·len(traits) has every pole equally often. turns, words: length of a talk and of a turn.
    both: read the partner's side too.
    reader: the model that reads; the model under test where there is none. No reader is qualified by itself: the
    details say "untested".
    """

    n: int = 20
    turns: int = 8
    words: int = 40
    traits: tuple[str, ...] = BIG_FIVE
    reader: Model | None = None
    both: bool = True
    seed: int = 0
    name: str = "psyplay"

    def __post_init__(self) -> None:
        if self.n < 1 or not self.traits:
            raise UsageError(f"{self.n!r} talks on the traits {self.traits!r}; give one or more of each")
        poles(self.traits)

    def plan(self, persona: Persona) -> Plan:
        """One case per talk: topic, poles and partner are dealt by the seed."""
        rng = random.Random(f"{self.seed}/psyplay")
        topics = list(texts("topics", persona.language)["topics"])
        rng.shuffle(topics)
        partners = [role.name for role in bundled_roles() if role.name != persona.name]
        ends = [(one.trait, one.sign) for one in poles(self.traits)]
        own_hand, other_hand = list[tuple[str, Sign]](), list[tuple[str, Sign]]()
        cases = []
        for number in range(self.n):
            own_hand = own_hand or rng.sample(ends, len(ends))
            other_hand = other_hand or rng.sample(ends, len(ends))
            own, other, topic = own_hand.pop(), other_hand.pop(), topics[number % len(topics)]
            data = {"topic": topic, "own": list(own), "other": list(other), "partner": rng.choice(partners)}
            cases.append(Case(f"talk-{number:03d}", f"{pole(*own).name}: {topic}", data))
        return Plan(tuple(cases))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """A talk and the reading of both sides; the value is 1 where the persona's pole was named."""
        data = case.data
        partner = next(role for role in bundled_roles() if role.name == data["partner"])
        sides = (Side(agent.persona, pole(*data["own"])), Side(partner, pole(*data["other"])))
        said = await talk(
            case.id,
            sides,
            data["topic"],
            agent.model,
            turns=self.turns,
            words=self.words,
            settings=agent.settings,
            seed=agent.settings.seed or 0,
        )
        dialogue = await read_back(said, Reader(self.reader or agent.model), self.seed, sides=1 + self.both)
        seen = {"dialogue": dialogue.to_dict()}
        if said.outcome != "answered":
            return Observation(case.id, said.outcome, text=told(dialogue), data={"lost_at": "talk", **seen})
        reading = dialogue.readings[0]
        if reading.named is None:
            return Observation(case.id, reading.outcome, text=told(dialogue), data={"lost_at": "reading", **seen})
        return Observation(case.id, "answered", float(bool(reading.recovered)), told(dialogue), seen)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The persona's own share first, then of both sides what `trait_recovery` tells."""
        values = {o.case_id: o.value for o in observations if o.value is not None}
        dialogues = [Dialogue.from_dict(dict(o.data["dialogue"])) for o in observations if "dialogue" in o.data]
        reader = self.reader.name if self.reader else "the model under test"
        judge = {"name": reader, "standing": "untested", "card": None}
        details = {"judge": judge, "chance": 0.5, "traits": list(self.traits)}
        first = share(self.name, values, missing_by_outcome(plan, observations), details=details)
        rest = trait_recovery(dialogues, name=f"{self.name}.recovery", seed=self.seed)
        first = covered(first, len(plan.cases))
        return [first, *(dataclasses.replace(one, details={**one.details, "judge": judge}) for one in rest)]


def told(dialogue: Dialogue) -> str:
    """A talk to read: the poles given, what was said, and what the reader named."""
    given = "; ".join(f"{side['name']} is {side['pole']}" for side in dialogue.sides)
    lines = [f"{line.speaker}: {line.text}" for line in dialogue.lines]
    named = [f"{r.side}: {r.trait} {r.named or r.outcome} (given {r.assigned})" for r in dialogue.readings]
    return "\n".join([f"{dialogue.topic} – {given}", *lines, f"read: {'; '.join(named) or dialogue.outcome}"])
