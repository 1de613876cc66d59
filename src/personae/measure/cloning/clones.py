"""Clones made of a person's own answers, and how near they come to the answers they have not seen.

Two routes: "statements", a persona that holds every profile sentence with the person's agreement; and "description",
a portrait "You …" that a model writes from the same sentences. Both are told what was said to the *wording*, and
predict that; a table that is already scored is turned back first.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from personae.agent import Agent
from personae.errors import UsageError
from personae.judges.asking import Answer, ask, filled
from personae.judges.verdicts import Problem
from personae.measure import observing
from personae.measure.cloning.baselines import half_even
from personae.measure.cloning.evaluation import Evaluation, Judged, Prediction, evaluate
from personae.measure.cloning.people import People, turned
from personae.measure.cloning.split import Split
from personae.measure.cloning.texts import texts
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.value_stability.asking import rate
from personae.measure.value_stability.items import Item as RatedItem
from personae.measure.value_stability.items import Items
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.types import Measurement, Message, Model, Settings

Route = Literal["statements", "description"]

#: With fewer answered profile items there is nothing to clone.
MIN_PROFILE = 3
#: Longest portrait, in words, and how it is written.
PORTRAIT_WORDS = 180
WRITING = Settings(temperature=0.0, top_p=1.0, max_tokens=512)


def clone(people: People, row: int, split: Split) -> Persona:
    """The person in this row as a persona: one statement for every profile item it answered, with what it said.

    Raises `UsageError` for an instrument without texts, whose sentences nobody can be told.
    """
    told = texts(people.instrument.lang)
    said = _said(people, row, split)
    facts = [
        Statement(id=id, text=filled(told["statement"], {"text": text, "label": label}), kind="personality")
        for id, text, label in said
    ]
    return Persona(name=told["name"], language=people.instrument.lang, statements=tuple(facts))


async def portrait(model: Model, people: People, row: int, split: Split) -> Answer[str]:
    """A written description "You …" of the person in this row: an `Answer` whose value is the text."""
    told = texts(people.instrument.lang)
    lines = [filled(told["item"], {"text": text, "label": label}) for _, text, label in _said(people, row, split)]
    prompt = filled(told["writer"], {"list": "\n".join(lines), "words": str(PORTRAIT_WORDS)})
    return await ask(model, [Message("user", prompt)], WRITING, _portrait)


@dataclass(frozen=True)
class Clones:
    """Clones of the first `n` people (all when None) answer the test items, each `repeats` times in another order."""

    people: People
    split: Split
    route: Route = "statements"
    n: int | None = None
    repeats: int = 1
    seed: int = 0
    name: str = "cloning"

    def __post_init__(self) -> None:
        if self.route not in get_args(Route):
            raise UsageError(f"unknown route {self.route!r}; there are {', '.join(get_args(Route))}")
        if self.repeats < 1:
            raise UsageError(f"{self.repeats!r} repeats; every item is asked once at least")

    def plan(self, persona: Persona | None = None) -> Plan:
        """One case per person; those with fewer than three profile answers, or none to predict, are counted."""
        profile, test = (self.people.columns(ids) for ids in (self.split.profile, self.split.test))
        known = ~np.isnan(self.people.answers_PI[: self.n])
        usable = (known[:, profile].sum(axis=1) >= MIN_PROFILE) & known[:, test].any(axis=1)
        cases = [Case(f"person-{row + 1:05}", self._card(row), {"row": row}) for row in np.flatnonzero(usable).tolist()]
        few = int((~usable).sum())
        return Plan(tuple(cases), {"too few answers": few} if few else {})

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """The clone's answers to all test items; the value is its mean absolute error, in points of the scale."""
        row = case.data["row"]
        who = clone(self.people, row, self.split)
        data: dict[str, Any] = {}
        if self.route == "description":
            written = await portrait(agent.model, self.people, row, self.split)
            if written.value is None:
                return Observation(case.id, written.reason or "failed", data={"error": f"no portrait: {written.why}"})
            data["portrait"] = written.value
            who = Persona(name=who.name, language=who.language, description=written.value)
        rated = await rate(
            dataclasses.replace(agent, persona=who), self._items(), repeats=self.repeats, seed=self.seed, who=case.id
        )
        answers = _means(rated.points, self.people.instrument.response.low)
        data |= {"points": answers, "lost": dict(Counter(rated.lost)), "method": rated.method}
        if all(point is None for point in answers):
            return Observation(case.id, Counter(rated.lost).most_common(1)[0][0], data=data)
        truth = self.people.wording_PI[row, self.people.columns(self.split.test)]
        error = np.abs(np.array(answers, dtype=np.float64) - truth)
        if np.isnan(error).all():
            return Observation(case.id, "unparsed", data=data)
        return Observation(case.id, "answered", float(np.nanmean(error)), text=data.get("portrait", ""), data=data)

    def evaluation(self, observations: Sequence[Observation]) -> Evaluation:
        """The clones beside the baselines; where they predict between points, also rounded to whole ones."""
        plan = self.plan()
        rows = [case.data["row"] for case in plan.cases]
        said = {one.case_id: one.data.get("points") for one in observations}
        nothing = [None] * len(self.split.test)
        wording = np.array([said.get(case.id) or nothing for case in plan.cases], dtype=np.float64)
        scored = self._scored(wording.reshape(len(rows), len(nothing)))
        found = {"clone": Prediction(scored, tuple(rows), self._lost(plan, observations))}
        if not np.array_equal(scored, np.rint(scored), equal_nan=True):
            found["clone_rounded"] = dataclasses.replace(found["clone"], scored_PT=half_even(scored, self.people))
        return evaluate(self.people, self.split, found, seed=self.seed)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The clones' error with the verdict in its details, the paired difference, and every baseline's error."""
        found = self.evaluation(observations)
        missing = missing_by_outcome(plan, observations)
        itself = found["clone"]
        about = {"verdict": itself.verdict, "route": self.route, "unanswered": dict(itself.error.missing)}
        error = dataclasses.replace(
            itself.error, name=self.name, missing=missing, details={**itself.error.details, **about}
        )
        rest = [one for one in found.judged if one is not itself]
        return [error, self._named("difference", itself.difference), *(self._named(o.name, o.error) for o in rest)]

    def judged(self, observations: Sequence[Observation]) -> Judged:
        """The clones alone."""
        return self.evaluation(observations)["clone"]

    def _named(self, name: str, one: Measurement) -> Measurement:
        return dataclasses.replace(one, name=f"{self.name}.{name}")

    def _card(self, row: int) -> str:
        answered = int((~np.isnan(self.people.answers_PI[row])).sum())
        return f"person {self.people.ids[row]}: {answered} answers"

    def _items(self) -> Items:
        """The test items as `rate` puts them; what they are was checked when the instrument was read."""
        told, instrument = texts(self.people.instrument.lang), self.people.instrument
        items = tuple(
            RatedItem.model_construct(id=id, text=_text(self.people, id), value=instrument.item(id).domain)
            for id in self.split.test
        )
        scale = instrument.response.labels[::-1]  # from most to least
        return Items.model_construct(intro=told["intro"], ready=told["ready"], scale=scale, items=items)

    def _scored(self, wording_PT: Any) -> Any:
        """Agreement with the test items as points for their domains."""
        whole = np.full((len(wording_PT), len(self.people.instrument.items)), np.nan)
        columns = self.people.columns(self.split.test)
        whole[:, columns] = wording_PT
        return turned(self.people.instrument, whole)[:, columns]

    def _lost(self, plan: Plan, observations: Sequence[Observation]) -> dict[str, int]:
        """Answers that could not be had, by outcome: single ones, and all of a person whose case gave nothing."""
        lost: Counter[str] = Counter()
        seen = {one.case_id: one for one in observations}
        for case in plan.cases:
            one = seen.get(case.id)
            if one is not None and one.data.get("points"):
                lost.update(one.data["lost"])
            else:
                lost[one.outcome if one else "not_run"] += len(self.split.test)
        return dict(lost)


async def observe_all(
    measure: Clones, model: Model, *, at_once: int = 1, on_step: Callable[[int, int], None] | None = None
) -> list[Observation]:
    """Every case of the measure with this model, at most `at_once` at a time, in the order of the plan.

    A call the model cannot answer makes its person "failed"; a model that cannot be reached is raised.
    """

    def step(_: str, done: int, planned: int) -> None:
        if on_step:
            on_step(done, planned)

    agent = Agent(Persona(name="nobody yet"), model)
    return await observing.observe_all(measure, agent, measure.plan(), at_once=at_once, on_done=step)


def _said(people: People, row: int, split: Split) -> list[tuple[str, str, str]]:
    """Id, sentence and the label of the agreement, for every profile item the person answered."""
    response = people.instrument.response
    answers = people.wording_PI[row, people.columns(split.profile)]
    return [
        (id, _text(people, id), response.labels[int(answer) - response.low])
        for id, answer in zip(split.profile, answers, strict=True)
        if not np.isnan(answer)
    ]


def _text(people: People, id: str) -> str:
    text = people.instrument.item(id).text.strip().rstrip(".")
    if not text:
        raise UsageError(f"{people.instrument.id!r} has no text for the item {id!r}; load its texts to ask a model")
    return text


def _portrait(text: str) -> str | Problem:
    """A portrait begins with "You" and is no list."""
    said = " ".join(text.split()).strip('"“” ')
    return said if said.casefold().startswith("you") else Problem('it does not begin with the word "You"')


def _means(points: Sequence[Sequence[float | None]], low: int) -> list[float | None]:
    """The mean over repeats of every item, on the instrument's own points; None where no repeat was answered."""
    columns = ([point for point in column if point is not None] for column in zip(*points, strict=True))
    return [round(sum(column) / len(column) - 1 + low, 6) if column else None for column in columns]
