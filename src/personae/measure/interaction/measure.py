"""Drift after interaction as a measure: a population of two personas, each person asked, writing, and asked again.

A person is a persona with a seed of its own, at a temperature above 0. Everybody writes alone, and once more, as if
the first time, after the story that the other persona's person of the same number wrote alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from personae.agent import Agent
from personae.errors import UsageError
from personae.judges.asking import Answer
from personae.measure.covered import covered
from personae.measure.interaction.drift import NO_CONTROL, Claim, Condition, Person, TraitDrift, claims, drift
from personae.measure.interaction.questionnaire import Questionnaire, administer, twenty
from personae.measure.interaction.recoverability import FOLDS, recoverability
from personae.measure.interaction.stories import WORDS, Story, write
from personae.measure.interaction.word_categories import function_word_counts
from personae.measure.items import difference
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.persona.persona import Persona
from personae.types import Measurement, Outcome

GROUPS = ("persona", "partner")
CONDITIONS: tuple[Condition, ...] = ("solo", "pair")

#: Seeds of two runs with neighbouring seeds do not meet.
_STRIDE = 100_003


@dataclass(frozen=True, slots=True)
class Interaction:
    """Two personas meet by their stories: does the questionnaire, or the language, follow?

    partner:       who the persona meets.
    questionnaire: anything with items, labels and `scores`; ours by default.
    n:             people per persona (65 in the source); recoverability needs 10 or more.
    words:         length of a story (800 in the source).
    conditions:    without "solo" there is no control, and every claim is refused.
    """

    partner: Persona
    questionnaire: Questionnaire = field(default_factory=twenty)
    n: int = 20
    words: int = WORDS
    conditions: tuple[Condition, ...] = CONDITIONS
    name: str = "interaction"

    def __post_init__(self) -> None:
        if self.n < 1 or not self.conditions or set(self.conditions) - set(CONDITIONS):
            raise UsageError(f"{self.n!r} people in the conditions {self.conditions!r}; give 1 or more, solo and pair")

    def plan(self, persona: Persona) -> Plan:
        """One case per person and condition: those of the persona, then those of its partner, alone first."""
        who = {"persona": persona, "partner": self.partner}
        return Plan(
            tuple(
                Case(
                    f"{condition}-{group}-{number:03d}",
                    f"{who[group].name}, person {number}: {'alone' if condition == 'solo' else 'after a story'}",
                    {"group": group, "condition": condition, "number": number, "language": who[group].language},
                )
                for condition in self.conditions
                for group in GROUPS
                for number in range(self.n)
            )
        )

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Questionnaire, story, questionnaire; the value is the mean absolute change over traits."""
        group, condition, number = (case.data[key] for key in ("group", "condition", "number"))
        person, other = self._people(agent, group, number)
        before = await administer(person, self.questionnaire)
        if before.value is None:
            return _lost(case, before, "before")
        heard = ""
        if condition == "pair":
            theirs = await write(other, words=self.words)
            if theirs.outcome != "answered":
                return _lost(case, theirs, "the partner's story")
            heard = theirs.text
        story = await write(person, words=self.words, after=heard)
        if story.outcome != "answered":
            return _lost(case, story, "the story")
        after = await administer(person, self.questionnaire, story.talk)
        if after.value is None:
            return _lost(case, after, "after")
        scores = [dict(self.questionnaire.scores(answers)) for answers in (before.value, after.value)]
        moved = [abs(scores[1][trait] - scores[0][trait]) for trait in scores[0]]
        answers = {"before": list(before.value), "after": list(after.value)}
        data = {"before": scores[0], "after": scores[1], "answers": answers, "cut": story.cut}
        return Observation(
            case.id, "answered", sum(moved) / len(moved), story.text, dict(case.data) | data | {"heard": heard}
        )

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """What company adds to the persona's movement; then d per trait, and recoverability alone and in company.

        The first number is the mean absolute change of the persona's people in company less alone, in points of
        the questionnaire (the same people, paired). Without a solo control it has a reason and no value. Its details
        hold "table" (every group, condition and trait), "claims" and "cut_stories".
        """
        missing = missing_by_outcome(plan, observations)
        seen = {o.case_id: o for o in observations if o.outcome == "answered"}
        told = [seen[case.id] for case in plan.cases if case.id in seen]
        people = [_person(observation) for observation in told]
        table, said = drift(people), claims(people)
        numbers = [self._first(told, table, said, missing)]
        numbers += [covered(_effect(self.name, row, missing), self.n) for row in table if row.group == "persona"]
        alone, together = (self._recovered(told, condition, missing) for condition in CONDITIONS)
        return [*numbers, alone, together, _alignment(self.name, alone, together, missing)]

    def _people(self, agent: Agent, group: str, number: int) -> tuple[Agent, Agent]:
        """The person of this number, and the one it may meet."""
        settings = dataclasses.replace(agent.settings, seed=(agent.settings.seed or 0) * _STRIDE + number)
        mine = dataclasses.replace(agent, settings=settings)
        theirs = dataclasses.replace(mine, persona=self.partner)
        return (mine, theirs) if group == "persona" else (theirs, mine)

    def _first(
        self,
        told: Sequence[Observation],
        table: Sequence[TraitDrift],
        said: Sequence[Claim],
        missing: Mapping[str, int],
    ) -> Measurement:
        moved = {
            condition: {
                str(o.data["number"]): o.value
                for o in told
                if (o.data["group"], o.data["condition"]) == ("persona", condition) and o.value is not None
            }
            for condition in CONDITIONS
        }
        details: dict[str, Any] = {
            "table": [dataclasses.asdict(row) for row in table],
            "claims": [dataclasses.asdict(claim) for claim in said],
            "cut_stories": sum(bool(o.data["cut"]) for o in told),
            "questionnaire": self.questionnaire.name,
        }
        if "solo" not in self.conditions or (moved["pair"] and not moved["solo"]):
            return Measurement(self.name, reason=NO_CONTROL, missing=missing, unit="points", details=details)
        found = difference(self.name, moved["pair"], moved["solo"], missing, unit="points")
        return covered(dataclasses.replace(found, details={**found.details, **details}), self.n)

    def _recovered(self, told: Sequence[Observation], condition: Condition, missing: Mapping[str, int]) -> Measurement:
        name = f"{self.name}.recoverability.{condition}"
        texts = [o for o in told if o.data["condition"] == condition]
        groups = [str(o.data["group"]) for o in texts]
        if len(set(groups)) < 2:
            return Measurement(name, reason="no texts of two groups", missing=missing, unit="share")
        if any(o.data["language"].lower().partition("-")[0] != "en" for o in texts):
            return Measurement(name, reason="our function words are English", missing=missing, unit="share")
        rows = np.array([function_word_counts(o.text) for o in texts])
        found = recoverability(rows, groups, name=name, folds=FOLDS)
        ids = [f"{o.data['group']}-{o.data['number']}" for o in texts]
        marks = dict(zip(ids, map(float, found.details.get("marks", ())), strict=False))
        found = dataclasses.replace(found, missing=missing, details={**found.details, "values": marks})
        return covered(found, 2 * self.n)


def _person(observation: Observation) -> Person:
    data = observation.data
    return Person(observation.case_id, data["group"], data["condition"], data["before"], data["after"])


def _effect(name: str, row: TraitDrift, missing: Mapping[str, int]) -> Measurement:
    full = f"{name}.d.{row.condition}.{row.trait}"
    details = {"before": row.before, "after": row.after, "F": row.anova.F, "p": row.anova.p}
    if row.effect.d is None:
        return Measurement(full, reason=row.effect.reason, n=row.n, missing=missing, unit="d", details=details)
    return Measurement(full, row.effect.d, None, row.effect.low, row.effect.high, row.n, missing, "d", details)


def _alignment(name: str, alone: Measurement, together: Measurement, missing: Mapping[str, int]) -> Measurement:
    """How much recoverability falls in company; above 0 means that their language aligned."""
    full = f"{name}.alignment"
    for found, which in ((alone, "alone"), (together, "in company")):
        if found.value is None:
            return Measurement(full, reason=f"{which}: {found.reason}", missing=missing, unit="share")
    return difference(full, alone.details["values"], together.details["values"], missing, unit="share")


def _lost(case: Case, what: Answer[Any] | Story, where: str) -> Observation:
    outcome: Outcome = (what.reason or "failed") if isinstance(what, Answer) else what.outcome
    return Observation(case.id, outcome, data=dict(case.data) | {"lost_at": where})
