"""Does an answer use what is known of the user, or would any answer have done? The measure `preference_choice`.

Every question is asked with the history, with nothing (the floor) and with the passage that settles it (the oracle
ceiling); lift is the share of the way from floor to ceiling. Options stand in every order. [PersonaMem 2025;
PersonaMem-v2 2025; PrefEval 2025]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.decisions.kept import from_data, to_data
from personae.measure.decisions.measure import credit_of, picked, told
from personae.measure.decisions.nearness import ByWords, Nearness
from personae.measure.items import difference
from personae.measure.preference_choice.asking import CONDITIONS, WAYS, Way, mcq_of, put_by
from personae.measure.preference_choice.floors import longest, nearest
from personae.measure.preference_choice.item import PreferenceItem
from personae.measure.preference_choice.noted import WRITERS, Notes, WriterName
from personae.measure.preference_choice.numbers import accuracy, breakdown, credits_of, lift, lost
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.models.choices import Administration, Asked, ask, orders
from personae.persona.persona import Persona
from personae.types import Embedder, Measurement


@dataclass(frozen=True)
class PreferenceChoice:
    """Share of questions answered as the user would like, under each of `conditions`; the first carries the name.

    `nearness` and `k` say which messages are "recalled", `writer` who writes the "note"; a history is noted once for
    all its questions. `embedder` adds the floor of the option most similar to the question. `context_words` limits how
    much of a history is given. Answers are the model's own: the persona is not played, so that the floor is one.
    """

    items: tuple[PreferenceItem, ...]
    conditions: tuple[str, ...] = ("history", "floor", "ceiling")
    way: Way = "letters"
    nearness: Nearness = field(default_factory=ByWords)
    k: int = 5
    embedder: Embedder | None = None
    context_words: int | None = None
    seed: int = 0
    writer: WriterName = "rules"
    name: str = "preference_choice"
    _notes: Notes = field(default_factory=Notes, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        unknown = [name for name in self.conditions if name not in CONDITIONS]
        if unknown or not self.conditions or len(set(self.conditions)) < len(self.conditions):
            raise UsageError(f"conditions {self.conditions!r}; give different ones of {', '.join(CONDITIONS)}")
        if self.way not in WAYS:
            raise UsageError(f"unknown way {self.way!r} to answer; known are {', '.join(WAYS)}")
        if self.writer not in WRITERS:
            raise UsageError(f"unknown writer {self.writer!r} of notes; known are {', '.join(WRITERS)}")
        if len({item.id for item in self.items}) < len(self.items):
            raise UsageError("two questions have the same id; give each its own")

    @cached_property
    def _by_id(self) -> dict[str, PreferenceItem]:
        return {item.id: item for item in self.items}

    def plan(self, persona: Persona) -> Plan:
        """One case per question, whoever the persona is."""
        return Plan(tuple(Case(item.id, item.question) for item in self.items))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Ask under every condition; the value is the share of orders in which the first condition was right."""
        item = self._by_id[case.id]
        put = await put_by(agent.model, self.way)
        asked: dict[str, Asked] = {}
        note = await self._notes(item.history, self.writer, agent.model) if "note" in self.conditions else ""
        for condition in self.conditions:
            mcq = mcq_of(item, condition, nearness=self.nearness, k=self.k, note=note)
            if mcq is not None:
                asked[condition] = await ask(put, mcq, orders(mcq, seed=self.seed), words=self.context_words)
        first = asked.get(self.conditions[0])
        lines = [f"{name}: {told(one)}" for name, one in asked.items()]
        return Observation(
            case.id,
            first.outcome if first else "failed",
            credit_of(first) if first else None,
            text=picked(first) if first else "",
            data={
                "conditions": {name: to_data(one) for name, one in asked.items()},
                "explanation": "\n".join([f"right: {item.options[item.gold]}", *lines]),
            },
        )

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Accuracy under each condition, gain over the floor, lift, option-only floors; breakdowns in the details."""
        first, *others = self.conditions
        asked = {name: self._asked(observations, name) for name in self.conditions}
        credits = {name: credits_of(done) for name, done in asked.items()}
        tried = len(observations)
        users = {item.id: item.user for item in self.items}
        numbers = []
        for name in self.conditions:
            missing = lost(asked[name])
            absent = tried - len(asked[name])
            missing |= {"no passage" if name == "ceiling" else "failed": absent} if absent else {}
            expected = len(asked[name]) if name == "ceiling" else tried
            label = self.name if name == first else f"{self.name}.{name}"
            numbers.append(accuracy(label, Administration(asked[name], "letters"), expected, missing))
        missing = missing_by_outcome(plan, observations)
        if "floor" in others:
            numbers.append(difference(f"{self.name}.gain", credits[first], credits["floor"], missing, unit="share"))
            if "ceiling" in others:
                numbers.append(self._lift(credits, users))
        tried_items = [item for item in self.items if item.id in {each.case_id for each in observations}]
        numbers.append(longest(tried_items, f"{self.name}.longest"))
        if self.embedder is not None:
            numbers.append(nearest(tried_items, self.embedder, name=f"{self.name}.similarity"))
        return [self._by_groups(numbers[0], tried_items, credits, users), *numbers[1:]]

    def _lift(self, credits: dict[str, dict[str, float]], users: dict[str, str]) -> Measurement:
        first = credits[self.conditions[0]]
        return lift(f"{self.name}.lift", first, credits["floor"], credits["ceiling"], users, seed=self.seed)

    def _by_groups(
        self,
        number: Measurement,
        items: Sequence[PreferenceItem],
        credits: dict[str, dict[str, float]],
        users: dict[str, str],
    ) -> Measurement:
        groups = breakdown(items, credits, self.conditions[0], users, self.seed)
        data = {**number.to_dict(), "details": {**number.details, "by": groups}}
        return Measurement.from_dict(data)

    def _asked(self, observations: Sequence[Observation], condition: str) -> tuple[Asked, ...]:
        rows = [(each.case_id, each.data.get("conditions", {}).get(condition)) for each in observations]
        return tuple(from_data(id, row) for id, row in rows if row is not None)
