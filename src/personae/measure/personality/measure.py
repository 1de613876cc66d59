"""Personality as a measure: a questionnaire under several wordings and option orders, a certificate, and a gate.

Each case is one item of one respondent, put under every condition. Answers become a trait score only where the
respondent's certificate is stable and the model was validated with this questionnaire; else the number has the reason,
and what was answered stands in the details.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.personality.numbers import numbers
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.value_stability.people import random_people
from personae.persona.persona import Persona
from personae.psychometrics import scoring
from personae.psychometrics.administration import Cell, Design, Respondent, ask_item
from personae.psychometrics.administration.routes import scoring_method
from personae.psychometrics.gate import validated
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.norms import Norms, t_scores
from personae.psychometrics.own import own_instrument
from personae.psychometrics.rows import Route, Row
from personae.psychometrics.study import Study
from personae.types import Conversation, Measurement, Model, ScoringMethod

#: The respondent that is the persona itself; the others are a crowd to see it against.
ITSELF = "itself"


class _Way(NamedTuple):
    """How a model is asked; it is kept with the model, so that an id stands for one model only."""

    model: Model
    route: Route
    method: ScoringMethod | None


@dataclass(frozen=True)
class Personality:
    """A questionnaire put to the persona, and to `people` random people for comparison.

    instrument: items with one response scale; our sixty on the Big Five by default.
    templates, orders: how many wordings and option orders; a certificate needs 3 and 2.
    domains:  only these domains; all where empty.
    labels:   what an option is answered by: "words", "numbers" of the scale, or "letters" for its place. Numbers are
              short, and they stay with the option when the scale is turned.
    route:    "logprobs", "constrained" or "parsed"; "" takes log-probabilities where the model has them, else "parsed".
    study:    the validity study of the model; without one no score is reportable.
    norms:    of a group of people, for T-scores beside the points; none are made up.
    """

    instrument: Instrument = field(default_factory=lambda: own_instrument("big-five-60"))
    templates: int = 3
    orders: int = 2
    people: int = 0
    domains: tuple[str, ...] = ()
    labels: str = "numbers"
    route: Route | str = ""
    study: Study | None = None
    norms: Norms | None = None
    seed: int = 0
    name: str = "personality"
    _ways: dict[int, _Way] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for domain in self.domains:
            self.instrument.scale(domain)
        if not self.instrument.domains:
            raise UsageError(f"{self.instrument.id!r} has no scales to score; its items have no domain")
        if self.people < 0 or self.route not in ("", "logprobs", "constrained", "parsed"):
            raise UsageError(f"{self.people!r} people by the route {self.route!r}; give 0 or more, and a known route")
        self.design.check([Respondent(ITSELF)], self.asked)
        if self.norms is not None:  # fails before anything is asked where they are of another form
            t_scores([each for each in scoring.score(self.asked, {}) if each.level == "domain"], self.norms)

    @property
    def asked(self) -> Instrument:
        """The instrument with the items that are asked: those scored, of the domains wanted."""
        wanted = self.domains or self.instrument.domains
        items = tuple(item for item in self.instrument.items if item.key and item.domain in wanted)
        return dataclasses.replace(self.instrument, items=items)

    @property
    def design(self) -> Design:
        """The conditions each item is put under."""
        route: Any = self.route or "parsed"
        options = len(self.instrument.response.labels)
        crossed = Design.crossed(options=options, orders=self.orders, templates=self.templates, route=route)
        return dataclasses.replace(crossed, label_sets=(self.labels,))

    def plan(self, persona: Persona) -> Plan:
        """One case per item for the persona, then for everybody of the crowd."""
        items = self.asked.items
        if persona.language.lower().partition("-")[0] != self.instrument.lang.lower().partition("-")[0]:
            return Plan((), {f"language_{persona.language}": len(items)})
        who = [ITSELF, *(f"person-{at:04}" for at in range(1, self.people + 1))]
        return Plan(
            tuple(
                Case(f"{name}/{item.id}", item.text, {"item": item.id, "at": at})
                for at, name in enumerate(who)
                for item in items
            )
        )

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """One item under every condition; the value is the answer in points for the item's domain."""
        at, id = int(case.data["at"]), str(case.data["item"])
        if at:
            agent = dataclasses.replace(agent, persona=random_people(self.people, seed=self.seed)[at - 1])
        before = (await agent.prompted(Conversation())).messages
        respondent = Respondent(case.id.partition("/")[0], before)
        way = await self._way(agent.model)
        design = dataclasses.replace(self.design, route=way.route)
        rows = [
            await ask_item(agent.model, respondent, self.instrument, id, _seeded(cell, agent), method=way.method)
            for cell in design.cells()
        ]
        found = scoring.pooled(rows)
        data: dict[str, Any] = {"rows": [_kept(row) for row in rows]}
        answer = found.answers[id]
        if answer is None:
            return Observation(case.id, found.why[id], data=data)
        said = self.instrument.response.labels[round(answer) - self.instrument.response.low]
        return Observation(case.id, "answered", self.instrument.keyed(id, answer), text=said, data=data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """How many items keep their side however they are asked; then every domain, and two ways of answering.

        A domain has a value only where it is reportable. Its details hold "answered" (what was answered, with its
        interval), "certificate" and "gate"; those of the first number the whole certificate and the "population".
        """
        rows = [_row(each) for o in observations for each in o.data.get("rows", ())]
        own = [row for row in rows if row.persona == ITSELF]
        crowd = [row for row in rows if row.persona != ITSELF]
        mine = Plan(tuple(c for c in plan.cases if not c.data["at"]), plan.missing)
        missing = missing_by_outcome(mine, [o for o in observations if o.case_id.startswith(f"{ITSELF}/")])
        return numbers(self.name, self.asked, own, crowd, missing, self.norms, self._not_valid)

    async def _way(self, model: Model) -> _Way:
        """The route to this model. Without a wish log-probabilities if it has any, found out once; else "parsed"."""
        if id(model) not in self._ways:
            self._ways[id(model)] = _Way(model, *await _route(model, self.route))
        return self._ways[id(model)]

    def _not_valid(self, who: scoring.Respondent, domain: str) -> tuple[str, ...]:
        """What speaks against the model's scores; asking fewer domains is asking the same items."""
        return validated(self.study, self.instrument, who, domain)


async def _route(model: Model, wanted: str) -> tuple[Route, ScoringMethod | None]:
    if wanted in ("parsed", "constrained"):
        return wanted, None  # type: ignore[return-value]
    try:
        return "logprobs", await scoring_method(model)
    except UsageError:
        if wanted:
            raise
        return "parsed", None


def _seeded(cell: Cell, agent: Agent) -> Cell:
    """Log-probabilities do not depend on a seed."""
    return cell if cell.route == "logprobs" else dataclasses.replace(cell, seed=agent.settings.seed or 0)


def _kept(row: Row) -> dict[str, Any]:
    data = dataclasses.asdict(row)
    return data | {"option_probs": [round(p, 6) for p in row.option_probs]}


def _row(data: Mapping[str, Any]) -> Row:
    return Row(**{**data, "option_probs": tuple(data.get("option_probs", ()))})
