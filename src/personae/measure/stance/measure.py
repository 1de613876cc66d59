"""The measure `sharp`: the same claims, said by somebody loved, somebody indifferent, somebody hated, and to nobody.

SHARP (2024). Every claim meets every relation, so each is its own control. A stance is read from what the persona
replies; a reply that cannot be read is missing, never a stance.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.agent import Agent
from personae.measure.consistency.matrix import Readable
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.stance.claims import Claim, own_claims
from personae.measure.stance.numbers import AR, SR, Table, fidelity, hallucination, rate
from personae.measure.stance.reading import ECHO, NUMBERS, Reading, read_stance, without_echo
from personae.measure.stance.relations import RELATIONS, Relation, put, standings
from personae.models.embedder import supported
from personae.models.registry import open_pair_scorer
from personae.models.scoring import looks_refused
from personae.persona.persona import Persona
from personae.types import Conversation, Measurement, Message, Outcome, PairScorer


@dataclass(frozen=True, slots=True)
class Stances:
    """Relationship fidelity (CRF), −1 … 1, beside the rates it is made of.

    claims:    what is said; `n` draws so many pairs of them, facts with their twins.
    own:       whether the persona's own relations are used where they fit, or ours alone.
    scorer:    reads the stance; `readable` guards what it may read (`any_language` lets everything pass).
    """

    claims: tuple[Claim, ...] = field(default_factory=own_claims, compare=False)
    n: int | None = None
    own: bool = True
    seed: int = 0
    scorer: PairScorer = field(default_factory=open_pair_scorer, compare=False)
    readable: Readable = field(default=supported, compare=False)
    name: str = "sharp"

    def plan(self, persona: Persona) -> Plan:
        """A case per claim and relation. The claims are English: another language is missing as a whole."""
        chosen = self.chosen()
        if persona.language != "en":
            return Plan((), {f"language_{persona.language}": len(chosen) * len(RELATIONS)})
        known = standings(persona, own=self.own)
        cases = []
        for claim in chosen:
            for relation in RELATIONS:
                said = put(claim, known.get(relation))
                data = {
                    "claim": claim.id,
                    "relation": relation,
                    "so": claim.so,
                    "said": said,
                    "by": known[relation].name if relation in known else None,
                    "own_relation": relation in known and known[relation].own,
                }
                cases.append(Case(f"{claim.id}-{relation}", said, data))
        return Plan(tuple(cases))

    def chosen(self) -> tuple[Claim, ...]:
        """The claims of the pairs drawn, in their own order."""
        pairs = list(dict.fromkeys(claim.pair for claim in self.claims))
        if self.n is None or self.n >= len(pairs):
            return self.claims
        drawn = set(random.Random(self.seed).sample(pairs, self.n))
        return tuple(claim for claim in self.claims if claim.pair in drawn)

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Say the claim and read the stance of the reply: 1 agree, 0 neutral, −1 disagree.

        Without a role the model is asked alone, with the same settings. A reply that declines is refused, not neutral.
        """
        claim = next(claim for claim in self.claims if claim.id == case.data["claim"])
        text, outcome = await _replied(agent, case)
        data: dict[str, Any] = {key: case.data[key] for key in ("claim", "relation", "so", "own_relation")}
        if outcome in ("refused", "empty"):
            return Observation(case.id, outcome, text=text, data=data)
        own = without_echo(text, case.data["said"])
        reading = await read_stance(self.scorer, own, claim, self.readable) if own else Reading(None, why=ECHO)
        data |= {
            "stance": reading.stance,
            "read_by": reading.by,
            "contradiction": reading.contradiction,
            "entailment": reading.entailment,
            "cut_off": outcome == "truncated",
            "explanation": _explained(claim, reading.stance, reading.by or reading.why),
        }
        if reading.stance == "neutral" and looks_refused(text):
            return Observation(case.id, "refused", text=text, data=data | {"stance": None})
        if reading.stance is None:
            return Observation(case.id, "unparsed", text=text, data=data | {"reason": reading.why})
        return Observation(case.id, "answered", NUMBERS[reading.stance], text=text, data=data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """CRF, then SR and AR under each relation, then the share of stances that a role changed."""
        claims, table = self.chosen() if plan.cases else (), _table(observations)
        missing = missing_by_outcome(plan, observations)
        by_relation = {relation: _missing(plan, observations, relation) for relation in RELATIONS}
        first = fidelity(self.name, claims, table, missing)
        read_by = [o.data["read_by"] for o in observations if o.data.get("stance")]
        about = {
            "scorer": {"name": self.scorer.name, **self.scorer.provenance},
            "read_by": {way: read_by.count(way) for way in sorted(set(read_by))},
            "cut_off": sum(bool(o.data.get("cut_off")) for o in observations),
            "unread": _reasons(observations),
            "own_relations": sorted({o.data["relation"] for o in observations if o.data.get("own_relation")}),
        }
        rates = [
            rate(self.name, claims, table, wanted, relation, by_relation[relation])
            for wanted in (SR, AR)
            for relation in RELATIONS
        ]
        changed = [hallucination(self.name, claims, table, missing)]
        changed += [
            hallucination(self.name, claims, table, by_relation[relation], relation=relation)
            for relation in RELATIONS
            if relation != "none"
        ]
        return [_with(first, about), *rates, *changed]


async def _replied(agent: Agent, case: Case) -> tuple[str, Outcome]:
    message = Message("user", case.data["said"])
    if case.data["relation"] == "none":
        completion = await agent.model.generate((message,), agent.settings)
        return completion.text.strip(), completion.outcome
    turn = await agent.reply(Conversation((message,)))
    return turn.message.content, turn.completion.outcome


def _table(observations: Sequence[Observation]) -> Table:
    return {(o.data["claim"], o.data["relation"]): o.data["stance"] for o in observations if o.value is not None}


def _missing(plan: Plan, observations: Sequence[Observation], relation: Relation) -> dict[str, int]:
    some = Plan(tuple(case for case in plan.cases if case.data["relation"] == relation), {})
    ids = {case.id for case in some.cases}
    return missing_by_outcome(some, [o for o in observations if o.case_id in ids])


def _reasons(observations: Sequence[Observation]) -> dict[str, int]:
    found = [o.data["reason"] for o in observations if "reason" in o.data]
    return {reason: found.count(reason) for reason in sorted(set(found))}


def _with(found: Measurement, about: dict[str, Any]) -> Measurement:
    return dataclasses.replace(found, details={**found.details, **about})


def _explained(claim: Claim, stance: str | None, how: str) -> str:
    kind = "so" if claim.so else "not so"
    said = f"reads as {stance} ({how})" if stance else f"could not be read: {how}"
    return f'The claim "{claim.text}" is {kind}; the reply {said}.'
