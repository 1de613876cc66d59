"""Does a model's taste for values depend on whom it plays?

`people` random people answer the same items `repeats` times, the scale in a random order each time. Every person's
answers are centred on their own mean, and their variance is told apart: what an item has whoever answers, what a
person has of its own, and noise. *Inertia* is the first as a share of the first two. Where the repeats do not agree
there is no verdict. The control shuffles the items of each person: nothing may then be left that all share.
[Language Models Show Stable Value Orientations, 2024]
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.value_stability.asking import rate
from personae.measure.value_stability.items import Items, own_items
from personae.measure.value_stability.people import random_people
from personae.models.choices.administration import MIN_COVERAGE
from personae.persona.persona import Persona
from personae.stats.correlation import spearman
from personae.stats.intervals import FloatArray, bootstrap
from personae.stats.variance_components import (
    MIN_RELIABILITY,
    ranking_agreement,
    variance_components,
)
from personae.types import Measurement

#: The case of the persona the measure was called with; it is no part of the crowd.
ITSELF = "itself"


@dataclass(frozen=True, slots=True)
class ValueStability:
    """Inertia over `people` random people, each item `repeats` times; the persona itself is held against them."""

    people: int = 40
    repeats: int = 3
    items: Items = field(default_factory=own_items)
    seed: int = 0
    name: str = "value_stability"

    def __post_init__(self) -> None:
        if min(self.people, self.repeats) < 2:
            raise UsageError(f"{self.people!r} people and {self.repeats!r} repeats; variances need 2 or more of each")

    def plan(self, persona: Persona) -> Plan:
        """One case per person, and one for the persona itself."""
        crowd = random_people(self.people, seed=self.seed)
        cases = [Case(f"person-{at:04}", _card(who), {"at": at}) for at, who in enumerate(crowd, 1)]
        return Plan((Case(ITSELF, persona.name, {"at": 0}), *cases))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """All items of one person; the value is how far it sets some above others, in points (standard deviation)."""
        at = case.data["at"]
        if at:
            agent = dataclasses.replace(agent, persona=random_people(self.people, seed=self.seed)[at - 1])
        rated = await rate(agent, self.items, repeats=self.repeats, seed=self.seed, who=case.id)
        data: dict[str, Any] = {
            "points": [[None if p is None else round(p, 4) for p in row] for row in rated.points],
            "lost": dict(Counter(rated.lost)),
            "method": rated.method,
        }
        if rated.lost:
            return Observation(case.id, Counter(rated.lost).most_common(1)[0][0], data=data)
        profile = self._by_value(np.array(rated.points).T[None])[0]
        highest = [self.items.values[index] for index in np.argsort(-profile, kind="stable")[:3]]
        spread = float(np.std(np.array(rated.points).mean(axis=0)))
        return Observation(case.id, "answered", spread, text=", ".join(highest), data=data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Inertia, the reliability it needs, how alike two people rank, the shuffled control, the persona itself."""
        crowd = [o for o in observations if o.case_id != ITSELF and o.outcome == "answered"]
        missing = missing_by_outcome(plan, observations)
        planned = len(plan.cases) - 1
        names = [self.name] + [f"{self.name}.{each}" for each in ("reliability", "ranking", "shuffled", "itself")]
        if len(crowd) < max(2, MIN_COVERAGE * planned):
            why = f"{len(crowd)} of {planned} people answered every item; {MIN_COVERAGE:.0%} are needed"
            return [Measurement(name, reason=why, n=len(crowd), missing=missing) for name in names]
        in_order = sorted(crowd, key=lambda o: o.case_id)
        scores = np.array([o.data["points"] for o in in_order], dtype=np.float64).transpose(0, 2, 1)
        itself = next((o for o in observations if o.case_id == ITSELF and o.outcome == "answered"), None)
        return [
            self._inertia(scores, missing, in_order),
            self._reliability(scores, missing),
            self._ranking(scores, missing),
            self._shuffled(scores, missing),
            self._itself(scores, itself, missing),
        ]

    def _inertia(self, scores: FloatArray, missing: Mapping[str, int], seen: Sequence[Observation]) -> Measurement:
        found = variance_components(scores)
        profile = self._by_value(scores).mean(axis=0)
        details = {
            **dataclasses.asdict(found),
            "values_in_order": [
                [self.items.values[index], round(float(profile[index]), 4)] for index in np.argsort(-profile)
            ],
            "items": [item.id for item in self.items.items],
            "points": {o.case_id: o.data["points"] for o in seen},
            "methods": sorted({o.data["method"] for o in seen}),
        }
        facts: dict[str, Any] = {"n": len(scores), "missing": missing, "unit": "share", "details": details}
        if found.reliability is None:
            return Measurement(self.name, reason="nobody sets an item above another", **facts)
        if found.inertia is None or found.reliability < MIN_RELIABILITY:
            why = f"the repeats agree too little (reliability {found.reliability:.2f} < {MIN_RELIABILITY}): no verdict"
            return Measurement(self.name, reason=why, **facts)
        rows = np.arange(len(scores), dtype=np.float64)
        drawn = bootstrap(
            list(rows), lambda chosen: _inertia_of(scores[chosen.astype(int)]), seed=self.seed, n_resamples=300
        )
        return Measurement(self.name, found.inertia, low=drawn.low, high=drawn.high, **facts)

    def _reliability(self, scores: FloatArray, missing: Mapping[str, int]) -> Measurement:
        name, found = f"{self.name}.reliability", variance_components(scores).reliability
        reason = None if found is not None else "no answer varies"
        return Measurement(name, found, reason, n=len(scores), missing=missing, unit="share")

    def _ranking(self, scores: FloatArray, missing: Mapping[str, int]) -> Measurement:
        name = f"{self.name}.ranking"
        rho, pairs = ranking_agreement(self._by_value(scores), seed=self.seed)
        reason = None if rho is not None else "no two people rank anything"
        return Measurement(name, rho, reason, n=pairs, missing=missing, unit="rho")

    def _shuffled(self, scores: FloatArray, missing: Mapping[str, int]) -> Measurement:
        """The same with every person's items in an order of its own."""
        rng = np.random.default_rng(self.seed)
        mixed = np.stack([person[rng.permutation(len(person))] for person in scores])
        found = variance_components(mixed).inertia
        reason = None if found is not None else "no answer varies"
        return Measurement(f"{self.name}.shuffled", found, reason, n=len(scores), missing=missing, unit="share")

    def _itself(self, scores: FloatArray, seen: Observation | None, missing: Mapping[str, int]) -> Measurement:
        """How the persona's ranking of values agrees with that of the mean of all others."""
        name, n = f"{self.name}.itself", len(self.items.values)
        if seen is None:
            return Measurement(name, reason="the persona itself did not answer every item", missing=missing, unit="rho")
        own = self._by_value(np.array(seen.data["points"]).T[None])[0]
        rho = spearman(list(own), list(self._by_value(scores).mean(axis=0)))
        if np.isnan(rho):
            return Measurement(name, reason="one of the two rankings is flat", missing=missing, unit="rho")
        return Measurement(name, rho, n=n, missing=missing, unit="rho")

    def _by_value(self, scores_PIR: FloatArray) -> FloatArray:
        """Mean centred points per value: (people, values)."""
        profile = (scores_PIR - scores_PIR.mean(axis=1, keepdims=True)).mean(axis=2)
        columns = [
            [at for at, item in enumerate(self.items.items) if item.value == value] for value in self.items.values
        ]
        return np.stack([profile[:, at].mean(axis=1) for at in columns], axis=1)


def _inertia_of(scores: FloatArray) -> float:
    found = variance_components(scores).inertia
    return float("nan") if found is None else found


def _card(person: Persona) -> str:
    return " ".join([f"{person.name}.", *(statement.text for statement in person.statements)])
