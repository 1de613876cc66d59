"""What does asking gain? The measure `elicitation`: the same needs unasked, with everything known, and after asking.

[PREFDISCO 2025 (modes, PrefAlign, NormAlign); PEP 2026 (the question policy)]
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.elicitation.dialogue import MODES, Attempt, after_asking, after_policy, at_once
from personae.measure.elicitation.need import Need
from personae.measure.elicitation.policy import AtRandom, InformationGain, PastUsers, QuestionPolicy, past_users
from personae.measure.elicitation.rating import ByMarks, Rater
from personae.measure.elicitation.reading import NeedSet
from personae.measure.elicitation.scores import norm_align, pref_align
from personae.measure.elicitation.users import Manner, SimulatedUser, check_manner
from personae.measure.items import mean, share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.persona.persona import Persona
from personae.types import Measurement, Model, Outcome, Settings

#: Who asks: the model itself, the policy that gains most information, or chance.
Asker = Literal["model", "gain", "random"]
ASKERS = ("model", "gain", "random")
BUDGET = 5


@dataclass(frozen=True)
class Elicitation:
    """PrefAlign (1–5) under each of `modes`; the first carries the name. With all three also NormAlign.

    asks:   who asks in the mode infer_persona; "gain" and "random" need past users in the set.
    manner: whether the user volunteers anything; `words` a model that words its replies, none for plain words.
    rater:  a judge, or marks in the text, which is a proxy and called one.
    """

    set: NeedSet
    modes: tuple[str, ...] = MODES
    asks: Asker = "model"
    manner: Manner = "passive"
    words: Model | None = None
    rater: Rater = field(default_factory=ByMarks)
    budget: int = BUDGET
    seed: int = 0
    name: str = "elicitation"

    def __post_init__(self) -> None:
        unknown = [mode for mode in self.modes if mode not in MODES]
        if unknown or not self.modes or len({*self.modes}) < len(self.modes):
            raise UsageError(f"modes {self.modes!r}; give different ones of {', '.join(MODES)}")
        if self.asks not in ASKERS:
            raise UsageError(f"unknown asker {self.asks!r}; known are {', '.join(ASKERS)}")
        if self.asks != "model" and not self.set.past:
            raise UsageError(f"the asker {self.asks!r} learns from past users, and the set has none")
        if self.asks != "model":
            for attributes in {frozenset(need.weights) for need in self.set.needs}:
                self._past(attributes)
        check_manner(self.manner)
        if self.budget < 1:
            raise UsageError(f"budget is {self.budget!r}; give at least one question")

    @cached_property
    def _by_id(self) -> dict[str, Need]:
        return {need.id: need for need in self.set.needs}

    def plan(self, persona: Persona) -> Plan:
        """One case per need, whoever the persona is."""
        return Plan(tuple(Case(need.id, need.question) for need in self.set.needs))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Every mode's attempt, rated; the value is PrefAlign of the first mode."""
        need = self._by_id[case.id]
        kept: dict[str, Any] = {}
        for mode in self.modes:
            attempt = await self._attempt(agent.model, need, mode, agent.settings)
            kept[mode] = {**attempt.to_data(), **await self._rated(need, attempt)}
        first = kept[self.modes[0]]
        lines = [f"{mode}: {_told(row)}" for mode, row in kept.items()]
        outcome: Outcome = "answered" if first["value"] is not None else first["outcome"]
        if outcome == "answered" and first["value"] is None:
            outcome = "failed"
        return Observation(
            case.id, outcome, first["value"], first["answer"], {"modes": kept, "explanation": "\n".join(lines)}
        )

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """PrefAlign and correctness under each mode, NormAlign, and how the asking went."""
        first, *_ = self.modes
        found = {mode: self._values(observations, mode, "value") for mode in self.modes}
        numbers = []
        for mode in self.modes:
            name = self.name if mode == first else f"{self.name}.{mode}"
            about = {"rater": self.rater.name, "asks": self.asks, "user": self.manner}
            missing = missing_by_outcome(plan, observations) if mode == first else self._lost(observations, mode)
            numbers.append(mean(name, found[mode], missing, unit="points", details=about))
        if {*MODES} <= {*self.modes}:
            ids = [id for id in found["infer_persona"] if id in found["no_prompt"] and id in found["persona_known"]]
            rows = [[found[mode][id] for id in ids] for mode in ("infer_persona", "no_prompt", "persona_known")]
            numbers.append(norm_align(*rows, name=f"{self.name}.norm_align", seed=self.seed))
        for mode in self.modes:
            right = self._values(observations, mode, "correct")
            if right:
                numbers.append(share(f"{self.name}.correct.{mode}", right, {}))
        if "infer_persona" in self.modes:
            numbers += [
                mean(f"{self.name}.questions", self._asked(observations), {}, unit="questions"),
                mean(f"{self.name}.weight_found", self._weights(observations), {}, unit="share"),
            ]
        return numbers

    async def _attempt(self, model: Model, need: Need, mode: str, settings: Settings) -> Attempt:
        if mode == "no_prompt":
            return await at_once(model, need, settings)
        if mode == "persona_known":
            return await at_once(model, need, settings, known=[want.says for want in need.wants])
        user = SimulatedUser(need, self.manner, self.words)
        if self.asks == "model":
            return await after_asking(model, need, user, settings, budget=self.budget)
        return await after_policy(
            model,
            need,
            user,
            settings,
            budget=self.budget,
            policy=self._policy(need),
            past=self._past(need.weights),
            levels=self.set.levels.get(need.user, {}),
            questions=self.set.questions,
        )

    def _policy(self, need: Need) -> QuestionPolicy:
        return InformationGain() if self.asks == "gain" else AtRandom(random.Random(f"{self.seed}/{need.id}"))

    def _past(self, weighed: Collection[str]) -> PastUsers:
        """Past users' answers on the attributes that weigh on a need."""
        return past_users([{key: held for key, held in past.items() if key in weighed} for past in self.set.past])

    async def _rated(self, need: Need, attempt: Attempt) -> dict[str, Any]:
        if attempt.outcome != "answered":
            return {"value": None, "scores": {}, "unrated": {}, "correct": None}
        rated = await self.rater(need, attempt.answer)
        value = None if rated.missing else pref_align(rated.scores, need.weights)
        correct = None if need.answer is None else float(need.answered_by(attempt.answer))
        return {"value": value, "scores": dict(rated.scores), "unrated": dict(rated.missing), "correct": correct}

    def _rows(self, observations: Sequence[Observation], mode: str) -> dict[str, Any]:
        rows = {each.case_id: each.data.get("modes", {}).get(mode) for each in observations}
        return {id: row for id, row in rows.items() if row}

    def _values(self, observations: Sequence[Observation], mode: str, key: str) -> dict[str, float]:
        return {id: row[key] for id, row in self._rows(observations, mode).items() if row[key] is not None}

    def _lost(self, observations: Sequence[Observation], mode: str) -> dict[str, int]:
        lost: dict[str, int] = {}
        for row in self._rows(observations, mode).values():
            if row["value"] is None:
                why = "unrated" if row["outcome"] == "answered" else row["outcome"]
                lost[why] = lost.get(why, 0) + 1
        return lost

    def _asked(self, observations: Sequence[Observation]) -> Mapping[str, float]:
        return {id: float(len(row["asked"])) for id, row in self._rows(observations, "infer_persona").items()}

    def _weights(self, observations: Sequence[Observation]) -> Mapping[str, float]:
        """The share of the weight that the user's stated preferences carry."""
        needs = {need.id: need.weights for need in self.set.needs}
        rows = self._rows(observations, "infer_persona")
        return {
            id: sum(needs[id].get(name, 0.0) for name in row["stated"]) / sum(needs[id].values())
            for id, row in rows.items()
        }


def _told(row: Mapping[str, Any]) -> str:
    value = f"{row['value']:.2f}" if row["value"] is not None else row["outcome"]
    asked = f" after {len(row['asked'])} questions" if row["asked"] else ""
    return f"{value}{asked}; {', '.join(f'{name} {score}' for name, score in row['scores'].items())}"
