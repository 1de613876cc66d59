"""Does the persona do what it says? Self-report and four tasks, each with the persona and with the model alone.

What the persona changes in what is said is held against what it changes in what is done: the same games, dilemmas,
questions and word lists, with nothing different but the persona's prompt. The direction in which a behaviour has to
follow is stated beforehand (`links`).
[The Personality Illusion, 2025]
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, get_args

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.covered import covered
from personae.measure.items import difference, mean, share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.say_do import observing
from personae.measure.say_do.asking import Setting, Speaker
from personae.measure.say_do.association import SHUFFLES, WordSet
from personae.measure.say_do.cards import GAMES, Game
from personae.measure.say_do.honesty import Question
from personae.measure.say_do.links import BEHAVIOURS, Link, known_links, row
from personae.measure.say_do.numbers import (
    Told,
    cards_numbers,
    habit,
    held_back,
    honesty_numbers,
    sycophancy_numbers,
    values,
)
from personae.measure.say_do.reading import claims, dilemmas, questions, word_sets
from personae.measure.say_do.sycophancy import Dilemma
from personae.models.choices import Way
from personae.persona.persona import Persona
from personae.psychometrics.instrument import Instrument
from personae.stats.intervals import wilson
from personae.types import Measurement

CONDITIONS = ("with", "without")
UNITS = {"cards": "cards", "sycophancy": "share", "honesty": "brier", "association": "bias", "report": "points"}


@dataclass(frozen=True)
class SayDo:
    """The share of moved self-reports that behaviour follows, and every number behind it.

    instrument: the self-report; `links` says which of its domains is held against which behaviour (None: those known
                for the instrument).
    n:          the most games, dilemmas, questions and word sets each, and items a domain; None for all.
    settings:   cells of the design (how the persona is written × temperature × run); values are means over them.
    way:        how decisions and self-reports are had, see `models.choices`.
    """

    instrument: Instrument = field(default_factory=claims)
    links: tuple[Link, ...] | None = None
    games: tuple[Game, ...] = GAMES
    dilemmas: tuple[Dilemma, ...] = field(default_factory=dilemmas)
    questions: tuple[Question, ...] = field(default_factory=questions)
    word_sets: tuple[WordSet, ...] = field(default_factory=word_sets)
    shuffles: int = SHUFFLES
    settings: tuple[Setting, ...] = (Setting(),)
    n: int | None = None
    way: Way = "whole"
    seed: int = 0
    name: str = "say_do"

    def __post_init__(self) -> None:
        if (self.n is not None and self.n < 1) or self.shuffles < 1 or not self.settings:
            raise UsageError(f"n {self.n!r}, shuffles {self.shuffles!r}, {len(self.settings)} settings: give 1 or more")
        if self.way not in get_args(Way):
            raise UsageError(f"no way is called {self.way!r}; there are {', '.join(get_args(Way))}")
        for link in self.linked:
            self.instrument.scale(link.domain)
            if link.behaviour not in BEHAVIOURS:
                raise UsageError(f"no behaviour is called {link.behaviour!r}; there are {', '.join(BEHAVIOURS)}")

    @property
    def linked(self) -> tuple[Link, ...]:
        """The links in use. Raises `UsageError` where none were given and none are known for the instrument."""
        return known_links(self.instrument) if self.links is None else self.links

    @cached_property
    def things(self) -> Mapping[str, Any]:
        """What is tried, by id: "cards/l1-g10-L250", "report/r1", …; with `n` a seeded part of each kind."""
        kinds: dict[str, Sequence[Any]] = {
            "cards": self.games,
            "sycophancy": self.dilemmas,
            "honesty": self.questions,
            "association": self.word_sets,
        }
        wanted = {link.behaviour for link in self.linked}
        found = {
            f"{kind}/{each.id}": each for kind in kinds if kind in wanted for each in self._some(kind, kinds[kind])
        }
        for domain in dict.fromkeys(link.domain for link in self.linked):
            items = [item for item in self.instrument.items if item.domain == domain and item.key]
            found |= {f"report/{item.id}": item for item in self._balanced(items)}
        return found

    def plan(self, persona: Persona) -> Plan:
        """One case per thing, condition and setting (and per shuffle of a word list)."""
        cases = []
        # conditions outermost: what all cases of one have in common, the persona's prompt, is read once
        for condition, at, (id, thing) in product(CONDITIONS, range(len(self.settings)), self.things.items()):
            for shuffle in range(self.shuffles if id.startswith("association/") else 1):
                data = {"thing": id, "condition": condition, "setting": at, "shuffle": shuffle}
                shown = observing.shown(thing)
                cases.append(Case(f"{id}/{condition}/{at}.{shuffle}", shown, data))
        return Plan(tuple(cases))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Try one thing under one condition; what the value counts depends on its kind (see `observing`)."""
        data = case.data
        speaker = Speaker(agent, data["condition"] == "with").under(self.settings[data["setting"]])
        seen = await observing.seen(self, speaker, self.things[data["thing"]], data["shuffle"])
        outcome, value = seen.outcome, seen.value
        return Observation(case.id, outcome, value, seen.text, {**data, **seen.data})

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """First the share of moved self-reports that behaviour follows, its table in the details; then every number
        with the persona, and what the persona changes (paired over things)."""
        told = {
            (kind, condition): self._told(plan, observations, kind, condition)
            for kind in (*self._kinds(), "report")
            for condition in CONDITIONS
        }
        behaviours = {kind: self._pair(told, kind, kind) for kind in self._kinds()}
        reports = {
            d: self._pair(told, "report", f"report.{d}", d) for d in dict.fromkeys(x.domain for x in self.linked)
        }
        table = [
            row(link, self.instrument.name_of(link.domain), reports[link.domain], behaviours[link.behaviour])
            for link in self.linked
        ]
        numbers = [self._first(table, missing_by_outcome(plan, observations))]
        for found in (*reports.values(), *behaviours.values()):
            numbers += [found["with"], found["change"]]
        more = {"cards": cards_numbers, "sycophancy": sycophancy_numbers, "honesty": honesty_numbers}
        for kind, build in more.items():
            if kind in behaviours:
                numbers += build(f"{self.name}.{kind}", told[kind, "with"], self.things, self.seed)
        return numbers

    def _kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(link.behaviour for link in self.linked))

    def _some(self, kind: str, all: Sequence[Any]) -> Sequence[Any]:
        if self.n is None or self.n >= len(all):
            return all
        return random.Random(f"{self.seed}/{kind}").sample(list(all), self.n)

    def _balanced(self, items: Sequence[Any]) -> Sequence[Any]:
        """At most `n` items of a domain, positive and negative keys in turn, so that agreeing with all says nothing."""
        if self.n is None or self.n >= len(items):
            return items
        keyed = [[item for item in items if item.key == key] for key in (1, -1)]
        longest = max(map(len, keyed))
        return [side[at] for at in range(longest) for side in keyed if at < len(side)][: self.n]

    def _told(self, plan: Plan, observations: Sequence[Observation], kind: str, condition: str) -> Told:
        def mine(data: Mapping[str, Any]) -> bool:
            return bool(data["thing"].startswith(f"{kind}/") and data["condition"] == condition)

        cases = {case.id: case for case in plan.cases if mine(case.data)}
        rows = [o for o in observations if o.case_id in cases]
        missing = missing_by_outcome(Plan(tuple(cases.values())), rows)
        things = tuple(case.data["thing"] for case in cases.values())
        return Told(tuple((cases[o.case_id].data["thing"], o) for o in rows), missing, things)

    def _pair(
        self, told: Mapping[tuple[str, str], Told], kind: str, label: str, domain: str | None = None
    ) -> dict[str, Measurement]:
        """A number with the persona, without it, and their paired difference."""
        name, unit = f"{self.name}.{label}", UNITS[kind]
        found = {condition: values(kind, told[kind, condition], self.things, domain) for condition in CONDITIONS}
        pair = {}
        for condition in CONDITIONS:
            here = found[condition]
            full = name if condition == "with" else f"{name}.without"
            one = (
                share(full, here.by_thing, here.missing)
                if unit == "share"
                else mean(full, here.by_thing, here.missing, unit=unit)
            )
            pair[condition] = covered(one, len(here.planned))
        lost = Counter(found["with"].missing) + Counter(found["without"].missing)
        after, before = found["with"].by_thing, found["without"].by_thing
        both = set(found["with"].planned) & set(found["without"].planned)
        change = difference(f"{name}.change", after, before, lost, unit=unit)
        pair["change"] = covered(change, len(both))
        habits = {c: habit(told[kind, c]) for c in CONDITIONS} if kind == "sycophancy" else {}
        habits["change"] = habits.get("with") or habits.get("without")
        return {key: one if (why := habits.get(key)) is None else held_back(one, why) for key, one in pair.items()}

    def _first(self, table: Sequence[Mapping[str, Any]], missing: Mapping[str, int]) -> Measurement:
        said = [line for line in table if line["verdict"] in ("follows", "says and does not", "turns against")]
        details = {"table": list(table), "instrument": self.instrument.id, "settings": len(self.settings)}
        facts: dict[str, Any] = {"n": len(said), "missing": missing, "unit": "share", "details": details}
        if not said:
            known = [line for line in table if line["verdict"] != "unknown"]
            why = "the persona moves no self-report surely: there is nothing for behaviour to follow"
            return Measurement(self.name, reason=why if known else "too little was answered to compare", **facts)
        found = wilson(sum(line["verdict"] == "follows" for line in said), len(said))
        return Measurement(self.name, found.value, low=found.low, high=found.high, **facts)
