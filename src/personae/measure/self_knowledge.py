"""Does the model, as this persona, prefer the true answer about itself over answers of other people?

For every statement a question and a forced choice, scored by log-probability, under three conditions:

    persona   the agent's own prompt
    floor     no persona at all: what the question and the options give away by themselves
    ceiling   the statement said right before the question: what the model can do with the fact in front of it

Where whole answers can be scored exactly, the options are not shown, so their order cannot matter. Otherwise they
are listed and asked in every rotation, and an answer that follows the position is no answer to the question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.agent import Agent
from personae.measure.items import difference, share
from personae.measure.probes import ForcedChoice, forced_choices, reminder, starter_personas
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.models.choices.asking import in_orders
from personae.models.choices.mcq import rotations
from personae.models.choices.ways import opened
from personae.persona.persona import Persona
from personae.types import Conversation, Measurement, Message, Model

CONDITIONS = ("persona", "floor", "ceiling")


@dataclass(frozen=True, slots=True)
class SelfKnowledge:
    """Share of statements whose true answer wins. `options` per question (chance 1/options), `n` statements at most."""

    options: int = 4
    n: int | None = None
    seed: int = 0
    name: str = "self_knowledge"

    def plan(self, persona: Persona) -> Plan:
        """One case per statement."""
        choices, missing = forced_choices(persona, starter_personas(), options=self.options, n=self.n, seed=self.seed)
        cases = tuple(
            Case(choice.statement_id, choice.question, choice.to_data() | {"language": persona.language})
            for choice in choices
        )
        return Plan(cases, missing)

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Ask under the three conditions; the value is the share of rotations won under "persona"."""
        data = dict(case.data)
        language = data.pop("language")
        choice = ForcedChoice.from_data(data)
        question = Message("user", choice.question)
        reminded = Message("user", reminder(choice, language))
        prompts = {
            "persona": (await agent.prompted(Conversation((question,)))).messages,
            "floor": (question,),
            "ceiling": (await agent.prompted(Conversation((reminded,)))).messages,
        }
        results = {name: await choose(agent.model, messages, choice) for name, messages in prompts.items()}
        asked = results["persona"]
        return Observation(
            case.id,
            asked["outcome"],
            asked.get("correct"),
            text=choice.options[asked["picked"][0]] if asked["outcome"] == "answered" else "",
            data={"choice": choice.to_data(), "conditions": results},
        )

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The share under each condition, and what the persona prompt adds to the floor (paired)."""
        items = [{**observation.data, "id": observation.case_id} for observation in observations]
        by_condition = {name: _correct(items, name) for name in CONDITIONS}
        raw = _correct(items, "persona", key="correct_raw")
        missing = missing_by_outcome(plan, observations)
        methods = sorted({item["conditions"]["persona"]["method"] for item in items})
        details = {"chance": 1 / self.options, "options": self.options, "methods": methods, "items": items}
        return [
            share(self.name, by_condition["persona"], missing, details=details),
            share(f"{self.name}.raw", raw, missing),
            share(f"{self.name}.floor", by_condition["floor"], _lost(plan, by_condition["floor"])),
            share(f"{self.name}.ceiling", by_condition["ceiling"], _lost(plan, by_condition["ceiling"])),
            difference(f"{self.name}.gain", by_condition["persona"], by_condition["floor"], missing, unit="share"),
        ]


async def choose(model: Model, messages: Sequence[Message], choice: ForcedChoice) -> dict[str, Any]:
    """One forced choice as plain JSON: what was picked in each rotation, how often it was right, and by which way.

    "correct" decides by log-probability per token, "correct_raw" by the whole string's; both are shares of the
    rotations that gave an answer, and absent when none did ("outcome" then says why).
    """
    answers = await in_orders(await opened(model, "whole"), messages, choice.options, rotations(len(choice.options)))
    picks = [a.order[best] for a in answers if (best := a.scores.best(normalised=True)) is not None]
    raw = [a.order[best] for a in answers if (best := a.scores.best()) is not None]
    first = answers[0].scores
    result: dict[str, Any] = {"outcome": "answered", "method": first.method, "picked": picks, "asked": len(answers)}
    if not picks:
        return result | {"outcome": next(a.outcome for a in answers if a.outcome != "answered")}
    if first.method == "exact":
        result["per_token"] = [round(value, 4) for value in first.per_token]
    return result | {
        "correct": picks.count(choice.answer) / len(picks),
        "correct_raw": raw.count(choice.answer) / len(raw),
    }


def _correct(items: Sequence[Mapping[str, Any]], condition: str, key: str = "correct") -> dict[str, float]:
    results = {item["id"]: item["conditions"][condition] for item in items}
    return {id: result[key] for id, result in results.items() if result["outcome"] == "answered"}


def _lost(plan: Plan, answered: Mapping[str, float]) -> dict[str, int]:
    lost = len(plan.cases) - len(answered)
    return dict(plan.missing) | ({"unanswered": lost} if lost else {})
