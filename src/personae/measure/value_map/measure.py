"""A population of personas answers a map of values: plainly, and once more with each descriptor in their descriptions.

The statements and denials that come with it tell a bent to say yes from a conviction. A case is one person under one
condition, so that a crowd of thousands can be stopped and gone on with. [Mapping and Influencing the Political Ideology
of Large Language Models using Synthetic Personas, 2024]
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.agent import Agent
from personae.errors import UsageError
from personae.files import bundled
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.value_map.axes import acquiescence, maxima, nearest_profile, place
from personae.measure.value_map.numbers import numbers
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.persona.render import render
from personae.psychometrics.administration import Cell, Respondent, ask_item, best_route, scoring_method
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.own import own_instrument, own_opinions
from personae.psychometrics.rows import Route, Row
from personae.types import Conversation, Measurement

#: The condition without any descriptor.
PLAIN = "plain"


@dataclass(frozen=True)
class ValueMap:
    """Where `people` stand on the map of `instrument`, and how far each of `descriptors` moves them.

    instrument: items with weights on axes (`Item.effects`), such as 8values.
    profiles:   named places on the map (axis → percent); everybody is told the nearest.
    route:      how answers are had; without it by log-probabilities where the model has them, else parsed.
    opinions:   ask the twenty statements and denials too, and report the map less the bent to agree.
    """

    instrument: Instrument
    people: tuple[Persona, ...]
    profiles: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    descriptors: tuple[str, ...] = ()
    opinions: bool = True
    order: str = "forward"
    route: Route | None = None
    seed: int = 0
    name: str = "value_map"

    def __post_init__(self) -> None:
        maxima(self.instrument)
        if not self.people:
            raise UsageError("a map of nobody; give one person or more")
        if len(set(self.descriptors)) < len(self.descriptors) or PLAIN in self.descriptors:
            raise UsageError(f"descriptors {list(self.descriptors)!r}; give each once, and none called {PLAIN!r}")

    def plan(self, persona: Persona) -> Plan:
        """Every person plainly, then everybody with the first descriptor, …; the persona itself is no part of it."""
        return Plan(
            tuple(
                Case(f"{condition}/person-{at:05}", render(who, "prose"), {"condition": condition, "at": at})
                for condition in (PLAIN, *self.descriptors)
                for at, who in enumerate(self.people, 1)
            )
        )

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """All items of one person under one condition; the value is the percent on the first axis."""
        condition, who = str(case.data["condition"]), self.people[int(case.data["at"]) - 1]
        agent = dataclasses.replace(agent, persona=who if condition == PLAIN else described(who, condition))
        respondent = Respondent(case.id.rpartition("/")[2], (await agent.prompted(Conversation())).messages)
        rows = await self._ask(agent, respondent, self.instrument)
        opinions = await self._ask(agent, respondent, own_instrument("opinions")) if self.opinions else []
        found = place(self.instrument, {row.item: row.expected for row in rows})
        bent = acquiescence(_pairs(opinions))
        data: dict[str, Any] = {
            "percent": found.percent,
            "least": found.least,
            "most": found.most,
            "answers": {row.item: row.expected for row in rows if row.expected is not None},
            "lost": dict(Counter(row.status for row in (*rows, *opinions) if row.status != "answered")),
            "places": dict(Counter(row.place for row in rows if row.place is not None)),
            "acquiescence": bent,
            "route": rows[0].route,
        }
        if found.reason:
            lost = Counter(row.status for row in rows if row.status != "answered")
            return Observation(case.id, lost.most_common(1)[0][0], data=data)
        if bent is not None:
            data["corrected"] = place(self.instrument, data["answers"], offset=bent).percent
        near = f", nearest to {nearest_profile(found.percent, self.profiles)[0]}" if self.profiles else ""
        told = ", ".join(f"{self.instrument.name_of(axis)} {value:.0f} %" for axis, value in found.percent.items())
        data["explanation"] = told + near
        return Observation(case.id, "answered", next(iter(found.percent.values())), text=told + near, data=data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The spread, every axis, the quarters of the first two axes' map, the bent to agree, and every shift."""
        missing = missing_by_outcome(plan, observations)
        return numbers(self.name, self.instrument, self.descriptors, observations, missing, self.seed)

    async def _ask(self, agent: Agent, who: Respondent, instrument: Instrument) -> list[Row]:
        route = self.route or await best_route(agent.model)
        method = await scoring_method(agent.model) if route == "logprobs" else None
        seed = 0 if route == "logprobs" else agent.settings.seed or 0
        cell = Cell(order=self.order, seed=seed, route=route)
        return [await ask_item(agent.model, who, instrument, item, cell, method=method) for item in instrument.items]


def described(who: Persona, descriptor: str) -> Persona:
    """The same person with one statement more, that puts them on the map.

    >>> described(Persona(name="Ana"), "left-libertarian").statements[0].text
    'In politics I am left-libertarian.'
    """
    told = str(bundled(__package__, "texts/prompts.en.yaml")["descriptor"]).replace("{descriptor}", descriptor)
    return who.model_copy(update={"statements": (*who.statements, Statement(id="politics", text=told))})


def _pairs(rows: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """Statement and denial from -1 to 1 where both were answered."""
    scale = own_instrument("opinions").response
    said = {row.item: (row.expected - scale.middle) / (scale.high - scale.middle) for row in rows if row.expected}
    return {a.id: (said[a.id], said[b.id]) for a, b in own_opinions() if a.id in said and b.id in said}
