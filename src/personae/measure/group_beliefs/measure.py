"""What does a model believe about groups of people, and is it the same when asked again, in another order, of others?

Every statement is put about every group, `repeats` times with its options in a new order and once in the fixed one.
The orders of a statement are the same for all groups, so that a taste for a place in the list is no difference between
them.
[Can ChatGPT Assess Human Personalities? 2023]
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from personae.agent import Agent
from personae.errors import UsageError
from personae.judges.asking import filled
from personae.measure.group_beliefs.beliefs import Belief, Beliefs, own_beliefs
from personae.measure.group_beliefs.scores import Fairness, consistency, fairness, position_bias, robustness
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.models.choices.asking import ask
from personae.models.choices.mcq import Mcq, Order
from personae.models.choices.ways import Put, opened
from personae.persona.persona import Persona
from personae.stats.clustered import clustered_share
from personae.stats.intervals import FloatArray
from personae.types import Conversation, Measurement, Message, Model, Outcome

#: A domain has a number where this share of its statements is answered.
MIN_ANSWERED = 0.8
#: The repeat in which the options stand in their own order.
FIXED = -1

Way = Literal["letters", "spoken"]


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: the point of the label chosen (highest: most correct) and its 0-based place in the list shown."""

    repeat: int
    outcome: Outcome
    point: int | None = None
    place: int | None = None


@dataclass(frozen=True)
class GroupBeliefs:
    """An audit of beliefs. With `as_persona` the persona is asked, else the model without any."""

    beliefs: Beliefs = field(default_factory=own_beliefs)
    repeats: int = 3
    way: Way = "letters"
    as_persona: bool = False
    seed: int = 0
    name: str = "group_beliefs"
    _puts: dict[int, tuple[Model, Put]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.repeats < 2:
            raise UsageError(f"{self.repeats!r} repeats; consistency needs two or more")
        if self.way not in ("letters", "spoken"):
            raise UsageError(f"unknown way {self.way!r}; options have to be listed: letters or spoken")

    def plan(self, persona: Persona | None = None) -> Plan:
        """One case per group and statement."""
        return Plan(
            tuple(
                Case(f"{name}/{group}/{one.id}", one.about(group), {"set": name, "group": group, "statement": one.id})
                for name, groups in self.beliefs.sets.items()
                for group in groups
                for one in self.beliefs.statements
            )
        )

    def order(self, statement: str, repeat: int) -> Order:
        """In which order the options stand; the same for all groups."""
        places = range(len(self.beliefs.scale))
        if repeat == FIXED:
            return tuple(places)
        return tuple(random.Random(f"{self.seed}/{statement}/{repeat}").sample(places, len(places)))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """One statement about one group, in every order; the value is the mean point of the permuted answers."""
        asked = Message("user", filled(self.beliefs.question.strip(), {"statement": case.input}))
        before = (await agent.prompted(Conversation((asked,)))).messages[:-1] if self.as_persona else ()
        put = await self._put(agent.model)
        said = []
        for repeat in (*range(self.repeats), FIXED):
            order = self.order(case.data["statement"], repeat)
            mcq = Mcq(case.id, asked.content, self.beliefs.scale, before=before)
            (answer,) = (await ask(put, mcq, [order])).answers
            place = answer.scores.best() if answer.outcome == "answered" else None
            point = None if place is None else self.beliefs.points[order[place]]
            said.append(Said(repeat, answer.outcome, point, place))
        data = {"answers": [[one.repeat, one.outcome, one.point, one.place] for one in said]}
        points = [one.point for one in said if one.point is not None and one.repeat != FIXED]
        if not points:
            lost = Counter(one.outcome for one in said if one.outcome != "answered")
            return Observation(case.id, lost.most_common(1)[0][0], data=data)
        text = ", ".join(self.beliefs.scale[self.beliefs.points.index(point)] for point in points)
        return Observation(case.id, "answered", math.fsum(points) / len(points), text=text, data=data)

    async def _put(self, model: Model) -> Put:
        """How this model is asked; it is tried out once."""
        if id(model) not in self._puts:
            self._puts[id(model)] = (model, await opened(model, self.way))
        return self._puts[id(model)][1]

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Fairness over all pairs of a set, consistency and robustness over groups, "neither", position, losses."""
        answers = self._answers(plan, observations)
        missing = missing_by_outcome(plan, observations)
        profiles = {group: self._profiles(table) for group, table in answers.items()}
        return [
            self._fairness(profiles, missing),
            self._consistency(profiles),
            self._robustness(profiles),
            self._neither(answers),
            self._position(answers),
            self._lost(answers),
        ]

    def _answers(
        self, plan: Plan, observations: Sequence[Observation]
    ) -> dict[tuple[str, str], dict[str, tuple[Said, ...]]]:
        """All answers: (set, group) → statement → answers."""
        seen = {one.case_id: one.data.get("answers", ()) for one in observations}
        found: dict[tuple[str, str], dict[str, tuple[Said, ...]]] = {}
        for case in plan.cases:
            said = tuple(Said(*row) for row in seen.get(case.id, ()))
            found.setdefault((case.data["set"], case.data["group"]), {})[case.data["statement"]] = said
        return found

    def _profiles(self, table: Mapping[str, tuple[Said, ...]]) -> dict[int, list[float]]:
        """The profile of every repeat that has a number in every domain; the fixed order under -1."""
        found = {repeat: self._profile(table, repeat) for repeat in (*range(self.repeats), FIXED)}
        return {repeat: profile for repeat, profile in found.items() if profile is not None}

    def _profile(self, table: Mapping[str, tuple[Said, ...]], repeat: int) -> list[float] | None:
        points: dict[str, list[float]] = {domain: [] for domain in self.beliefs.domains}
        asked = Counter(one.domain for one in self.beliefs.statements)
        for one in self.beliefs.statements:
            points[one.domain] += [self._share(one, said) for said in table.get(one.id, ()) if said.repeat == repeat
                                   and said.point is not None]  # fmt: skip
        if any(len(points[domain]) < MIN_ANSWERED * asked[domain] for domain in points):
            return None
        return [math.fsum(shares) / len(shares) for shares in points.values()]

    def _share(self, one: Belief, said: Said) -> float:
        return self.beliefs.per_cent(one, said.point or 0)

    def _fairness(self, profiles: Mapping[tuple[str, str], dict[int, list[float]]], missing: dict[str, int]) -> Measurement:  # fmt: skip  # noqa: E501
        means = {group: mean for group, rows in profiles.items() if (mean := _mean(rows)) is not None}
        pairs: list[Fairness] = []
        for name in self.beliefs.sets:
            pairs += fairness({group: mean for (of, group), mean in means.items() if of == name}, name)
        details = {
            "pairs": [{"set": one.set, "groups": list(one.groups), "fairness": one.value} for one in pairs],
            "least": min((one.value for one in pairs), default=None),
            "profiles": {f"{name}/{group}": self._named(mean) for (name, group), mean in means.items()},
        }
        return self._of(
            self.name, [one.value for one in pairs], "no two groups of a set have a profile", missing, details
        )

    def _consistency(self, profiles: Mapping[tuple[str, str], dict[int, list[float]]]) -> Measurement:
        permuted = {group: [p for repeat, p in rows.items() if repeat != FIXED] for group, rows in profiles.items()}
        found = {f"{s}/{g}": value for (s, g), rows in permuted.items() if (value := consistency(rows)) is not None}
        why = "no group has two repeats with enough answers"
        return self._of(f"{self.name}.consistency", list(found.values()), why, {}, {"groups": found})

    def _robustness(self, profiles: Mapping[tuple[str, str], dict[int, list[float]]]) -> Measurement:
        found = {
            f"{s}/{g}": robustness(mean, rows[FIXED])
            for (s, g), rows in profiles.items()
            if FIXED in rows and (mean := _mean(rows)) is not None
        }
        why = "no group has answers in permuted and in fixed order"
        return self._of(f"{self.name}.robustness", list(found.values()), why, {}, {"groups": found})

    def _neither(self, answers: Mapping[tuple[str, str], Mapping[str, tuple[Said, ...]]]) -> Measurement:
        """The share of permuted answers in the middle, over statements."""
        middle = self.beliefs.points[len(self.beliefs.scale) // 2]
        by_statement: dict[str, list[bool]] = {}
        for table in answers.values():
            for id, said in table.items():
                by_statement.setdefault(id, []).extend(one.point == middle for one in _permuted(said))
        share = clustered_share(by_statement)
        name, why = f"{self.name}.neither", None if share.value is not None else "no answer could be read"
        return Measurement(name, share.value, why, share.low, share.high, n=share.n, unit="share")

    def _position(self, answers: Mapping[tuple[str, str], Mapping[str, tuple[Said, ...]]]) -> Measurement:
        """χ² of the places chosen in permuted lists."""
        places = Counter(one.place for table in answers.values() for said in table.values() for one in _permuted(said))
        counts = [places[place] for place in range(len(self.beliefs.scale))]
        name, n = f"{self.name}.position", sum(counts)
        if not n:
            return Measurement(name, reason="no answer could be read")
        found = position_bias(counts)
        return Measurement(
            name, found.statistic, n=n, unit="chi2", details={"counts": counts, "df": found.df, "p": found.p}
        )

    def _lost(self, answers: Mapping[tuple[str, str], Mapping[str, tuple[Said, ...]]]) -> Measurement:
        """The share of answers that could not be read, by outcome."""
        said = [one for table in answers.values() for some in table.values() for one in some]
        lost = Counter(str(one.outcome) for one in said if one.outcome != "answered")
        name = f"{self.name}.lost"
        if not said:
            return Measurement(name, reason="nothing was asked")
        return Measurement(name, sum(lost.values()) / len(said), n=len(said), missing=dict(lost), unit="share")

    def _named(self, profile: FloatArray) -> dict[str, float]:
        names = [self.beliefs.names.get(domain, domain) for domain in self.beliefs.domains]
        return {name: round(float(value), 2) for name, value in zip(names, profile, strict=True)}

    def _of(self, name: str, values: list[float], why: str, missing: Mapping[str, int], details: dict[str, Any]) -> Measurement:  # fmt: skip  # noqa: E501
        value = math.fsum(values) / len(values) if values else None
        return Measurement(
            name, value, None if values else why, n=len(values), missing=missing, unit="share", details=details
        )


def _permuted(said: Sequence[Said]) -> list[Said]:
    return [one for one in said if one.repeat != FIXED and one.point is not None]


def _mean(rows: Mapping[int, list[float]]) -> FloatArray | None:
    """The mean profile over permuted repeats."""
    permuted = [profile for repeat, profile in rows.items() if repeat != FIXED]
    if not permuted:
        return None
    mean: FloatArray = np.mean(permuted, axis=0)
    return mean
