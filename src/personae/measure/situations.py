"""What would the persona advise? Its choices in situations, as trait scores from 0 to 100, each with its certificate.

Every situation is put in three wordings and in balanced orders, so that a taste for a letter scores 50 and is found
out. Beside the scores stand refusals, and how far wording and order of the options decide.
[Do LLMs Have Distinct and Consistent Personality? TRAIT, 2024]
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.models.choices.ways import Way, opened
from personae.persona.persona import Persona
from personae.psychometrics.rows import Row
from personae.psychometrics.situations.asking import ask_situation
from personae.psychometrics.situations.items import Situation, own_situations
from personae.psychometrics.situations.scoring import (
    BLOCKS,
    ItemScore,
    TraitScore,
    answered,
    main_route,
    position,
    score_items,
    score_traits,
)
from personae.psychometrics.situations.wording import Template, templates
from personae.stats.intervals import Interval, bootstrap, wilson
from personae.types import Conversation, Measurement, Message

#: The respondent without any persona, and what the persona under measure is called.
NOBODY = "none"
ITSELF = "itself"
#: How the names of system prompts for the two poles of a trait end.
POLES = ("-high", "-low")


@dataclass(frozen=True, slots=True)
class Situations:
    """Situations put to the persona, or to the model under each of the system prompts in `prompts`.

    items:    the situations; ours without.
    blocks:   1 puts each in four orders (one Latin square), 2 in eight (the same turned round as well).
    wordings: templates around the situation; prompt sensitivity needs two or more.
    prompts:  respondents by name, as system prompts; without any the persona itself is asked.
    baseline: ask the model without a persona too.
    way:      how an answer is had, as for all multiple-choice questions.
    """

    items: tuple[Situation, ...] = field(default_factory=own_situations)
    blocks: int = len(BLOCKS)
    wordings: tuple[Template, ...] = field(default_factory=templates)
    prompts: Mapping[str, str] = field(default_factory=dict)
    baseline: bool = False
    way: Way = "letters"
    seed: int = 0
    name: str = "trait_mcq"

    def __post_init__(self) -> None:
        if not 1 <= self.blocks <= len(BLOCKS):
            raise UsageError(f"{self.blocks!r} rounds of orders; there are 1 (four orders) and 2 (eight)")
        if not self.items or not self.wordings:
            raise UsageError("there is nothing to ask: give one situation and one wording, or more")
        if taken := {NOBODY, ITSELF} & set(self.prompts):
            raise UsageError(
                f"a prompt is called {min(taken)!r}, which means something else here; give it another name"
            )

    @property
    def respondents(self) -> tuple[str, ...]:
        """Who is asked, the one without a persona first."""
        return (*((NOBODY,) if self.baseline else ()), *(self.prompts or (ITSELF,)))

    def plan(self, persona: Persona) -> Plan:
        """One case per respondent and situation."""
        return Plan(
            tuple(
                Case(f"{who}/{item.id}", f"{item.situation} {item.query}", {"who": who, "item": item.id})
                for who in self.respondents
                for item in self.items
            )
        )

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """One situation in all wordings and orders; the value is P(high) / (P(high) + P(low)) over all of them."""
        who, item = case.data["who"], next(item for item in self.items if item.id == case.data["item"])
        rows = await ask_situation(
            await opened(agent.model, self.way),
            item,
            partial(self._prompted, agent, who),
            persona=agent.persona.name if who == ITSELF else who,
            model=agent.model.name,
            wordings=self.wordings,
            blocks=self.blocks,
            seed=self.seed,
        )
        (score,) = score_items(main_route(rows))
        told = [dataclasses.asdict(row) for row in rows]
        if score.high is None:
            ends = Counter(row.status if row.status != "answered" else "refused" for row in rows if not answered(row))
            return Observation(case.id, ends.most_common(1)[0][0], data={"rows": told})
        return Observation(case.id, "answered", score.high, text=_told(item, score), data={"rows": told})

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Steadiness over all, then per respondent: traits, refusals, sensitivities, places; and what prompts move."""
        cases = {case.id: case for case in plan.cases}
        asked: dict[str, list[Row]] = {who: [] for who in self.respondents}
        for each in observations:
            asked[cases[each.case_id].data["who"]] += [_row(row) for row in each.data.get("rows", ())]
        by_who = {who: main_route(rows) for who, rows in asked.items()}
        about = {item.id: item.trait for item in self.items}
        traits = {who: score_traits(rows, about) for who, rows in by_who.items()}
        numbers = [self._steadiness(plan, observations, by_who)]
        for who, scores in traits.items():
            prefix = self.name if who == ITSELF else f"{self.name}.{who}"
            numbers += [_trait(f"{prefix}.{trait}", score) for trait, score in scores.items()]
        all_rows = [row for rows in by_who.values() for row in rows]
        all_scores = [score for scores in traits.values() for score in scores.values()]
        numbers += self._answering(len(cases) - len(observations), all_rows, all_scores)
        return numbers + _moved(self.name, traits, self.seed)

    async def _prompted(self, agent: Agent, who: str, question: str) -> Sequence[Message]:
        asked = Message("user", question)
        if who == ITSELF:
            return (await agent.prompted(Conversation((asked,)))).messages
        return (asked,) if who == NOBODY else (Message("system", self.prompts[who]), asked)

    def _steadiness(
        self, plan: Plan, observations: Sequence[Observation], by_who: Mapping[str, Sequence[Row]]
    ) -> Measurement:
        items = [item for rows in by_who.values() if rows for item in score_items(rows)]
        told = [item for item in items if item.choice is not None]
        missing = missing_by_outcome(plan, observations)
        if not told:
            why = "no situation was answered in a whole round of orders"
            return Measurement(self.name, reason=why, missing=missing, unit="share")
        found = wilson(sum(item.steady for item in told), len(told))
        return _measured(self.name, found, missing=missing)

    def _answering(self, unseen: int, rows: Sequence[Row], scores: Sequence[TraitScore]) -> list[Measurement]:
        """Over all respondents: refusals, sensitivities to wording and order, and the test of places."""
        return [
            _refusal(f"{self.name}.refusal", unseen, rows),
            _sensitivity(f"{self.name}.prompt_sensitivity", [(s.prompt_sensitivity, s.n) for s in scores], "wording"),
            _sensitivity(f"{self.name}.order_sensitivity", [(s.order_sensitivity, s.n) for s in scores], "order"),
            _position(f"{self.name}.position", rows),
        ]


def _refusal(name: str, unseen: int, rows: Sequence[Row]) -> Measurement:
    """The share of rows that are no answer. What a log leaves out may be just the refusals: then there is no share."""
    lost = Counter(
        row.status if row.status != "answered" else "letters below half" for row in rows if not answered(row)
    )
    if unseen or not rows:
        why = f"{unseen} cases are not among those seen, and may be refusals" if unseen else "nothing was asked"
        return Measurement(name, reason=why, n=len(rows), unit="share", details={"by_status": dict(lost)})
    return Measurement(name, lost.total() / len(rows), n=len(rows), unit="share", details={"by_status": dict(lost)})


def _told(item: Situation, score: ItemScore) -> str:
    kind = {1.0: "high", 0.0: "low", 0.5: "tied"}[score.choice if score.choice is not None else 0.5]
    return f"{item.trait}: {kind} (P {score.high:.2f})"


def _row(data: Mapping[str, Any]) -> Row:
    return Row(**{**data, "option_probs": tuple(data["option_probs"])})


def _trait(name: str, score: TraitScore) -> Measurement:
    details = {
        "score": score.score,
        "graded": score.graded,
        "refusal": score.refusal,
        "prompt_sensitivity": score.prompt_sensitivity,
        "order_sensitivity": score.order_sensitivity,
        "picked": list(score.position.picked[4]) if score.position else None,
        "position_p": score.position.picked_test.p if score.position else None,
    }
    missing = {"unanswered": score.items - score.n} if score.n < score.items else {}
    return Measurement(
        name, score.value, score.reason, score.low, score.high, score.n, missing, unit="0-100", details=details
    )


def _sensitivity(name: str, shares: Sequence[tuple[float | None, int]], what: str) -> Measurement:
    known = [(share, n) for share, n in shares if share is not None and n]
    if not known:
        return Measurement(name, reason=f"no situation was answered in more than one {what}", unit="share")
    n = sum(each for _, each in known)
    return Measurement(name, math.fsum(share * each for share, each in known) / n, n=n, unit="share")


def _position(name: str, rows: Sequence[Row]) -> Measurement:
    found = position(rows)
    if found is None:
        return Measurement(name, reason="nothing was answered", unit="chi2")
    test, picked = found.picked_test, list(found.picked[4])
    details = {"p": test.p, "df": test.df, "picked": picked, "biased": found.biased}
    return Measurement(name, test.statistic, n=len({row.item for row in rows}), unit="chi2", details=details)


def _moved(name: str, traits: Mapping[str, Mapping[str, TraitScore]], seed: int) -> list[Measurement]:
    """How far the two prompts of a trait lie apart on that trait, in points; all other traits are in the details."""
    pairs = {who.removesuffix(POLES[0]) for who in traits if who.endswith(POLES[0])}
    apart: dict[str, dict[str, float | None]] = {}
    for pole in sorted(pairs):
        if (low := traits.get(pole + POLES[1])) is not None:
            high = traits[pole + POLES[0]]
            apart[pole] = {trait: _difference(high[trait].value, low[trait].value) for trait in high}
    if not apart:
        return []
    own = [moved for pole, row in apart.items() if (moved := row.get(pole)) is not None]
    if not own:
        why = "no trait has a score under both of its prompts"
        return [Measurement(f"{name}.moved", reason=why, unit="points", details={"apart": apart})]
    found = bootstrap(own, seed=seed)
    return [dataclasses.replace(_measured(f"{name}.moved", found, unit="points"), details={"apart": apart})]


def _difference(high: float | None, low: float | None) -> float | None:
    return None if high is None or low is None else high - low


def _measured(
    name: str, found: Interval, *, missing: Mapping[str, int] | None = None, unit: str = "share"
) -> Measurement:
    return Measurement(name, found.value, found.reason if found.value is None else None, found.low, found.high, found.n,
                       missing or {}, unit)  # fmt: skip
