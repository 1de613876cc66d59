"""Asked openly, does the persona's answer come closest to its own statement?

Each probe question is answered in free text. The answer and the statements – the persona's own one among the same
kind of statement from other personas – are embedded; grounded means that the own one is nearest. Nearness says
*about the same thing*, never *in agreement*: a denial of the statement is near it, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from personae.agent import Agent
from personae.measure.items import mean, share
from personae.measure.probes import ForcedChoice, forced_choices, starter_personas
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.models.embedder import MiniLM, supported
from personae.persona.persona import Persona
from personae.types import Conversation, Embedder, Measurement, Message

#: Cosine similarities at which the relevance curve is drawn.
CURVE_AT = tuple(round(0.05 * step, 2) for step in range(21))


@dataclass(frozen=True, slots=True)
class Grounding:
    """Share of open answers nearest to their own statement. `options` candidates each (chance 1/options)."""

    options: int = 8
    n: int | None = None
    seed: int = 0
    embedder: Embedder = field(default_factory=MiniLM, compare=False)
    name: str = "grounding"

    def plan(self, persona: Persona) -> Plan:
        """One case per statement; languages the embedder does not read are missing as a whole."""
        if persona.language != "en":
            return Plan((), {f"language_{persona.language}": len(persona.statements)})
        choices, missing = forced_choices(
            persona, starter_personas(), options=self.options, n=self.n, seed=self.seed, whole=True
        )
        return Plan(tuple(Case(choice.statement_id, choice.question, choice.to_data()) for choice in choices), missing)

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Ask openly and rank the candidates by similarity to the answer; what the embedder cannot read is unparsed."""
        choice = ForcedChoice.from_data(case.data)
        turn = await agent.reply(Conversation((Message("user", choice.question),)))
        text = turn.message.content
        outcome = turn.completion.outcome
        if outcome in ("refused", "empty"):
            return Observation(case.id, outcome, text=text, data={"choice": choice.to_data()})
        if reason := supported(text):
            return Observation(case.id, "unparsed", text=text, data={"choice": choice.to_data(), "reason": reason})
        vectors = self.embedder.embed([text, *choice.options])
        similarities = [float(value) for value in vectors[1:] @ vectors[0]]
        own = similarities[choice.answer]
        rank = 1 + sum(value > own for value in similarities)
        data = {
            "choice": choice.to_data(),
            "similarities": [round(value, 4) for value in similarities],
            "rank": rank,
            "cut_off": outcome == "truncated",
        }
        return Observation(case.id, "answered", float(rank == 1), text=text, data=data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Share nearest to the own statement, and mean similarity to it; the curve is in the details."""
        answered = [o for o in observations if o.outcome == "answered"]
        items = [dict(o.data) | {"id": o.case_id, "answer_text": o.text, "outcome": o.outcome} for o in observations]
        missing = missing_by_outcome(plan, observations)
        own = {o.case_id: o.data["similarities"][o.data["choice"]["answer"]] for o in answered}
        details = {"chance": 1 / self.options, "curve": relevance_curve(items), "items": items}
        nearest = {o.case_id: float(o.data["rank"] == 1) for o in answered}
        return [
            share(self.name, nearest, missing, details=details),
            mean(f"{self.name}.relevance", own, missing, unit="cosine"),
        ]


def relevance_curve(items: Sequence[dict[str, Any]]) -> list[dict[str, float]]:
    """At each similarity: the share of answers at least that near to the own statement, and to the others' ones.

    The area between the two curves is how far the answers belong to this persona rather than to anybody.
    """
    own: list[float] = []
    others: list[float] = []
    for item in items:
        for index, value in enumerate(item.get("similarities", [])):
            (own if index == item["choice"]["answer"] else others).append(value)
    if not own:
        return []
    return [
        {"at": at, "own": float(np.mean(np.array(own) >= at)), "others": float(np.mean(np.array(others) >= at))}
        for at in CURVE_AT
    ]
