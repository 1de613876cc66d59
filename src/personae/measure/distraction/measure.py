"""Does an agent keep to its goal when the screen draws it away? A text stand-in for agents that see screens.

Each screen is also shown clean, so that what an agent cannot do anyway is not taken for distraction.
[Caution for the Environment: Multimodal Agents are Susceptible to Environmental Distractions, 2024]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast, get_args

from personae.agent import Agent
from personae.errors import UsageError
from personae.files import bundled
from personae.measure.distraction.items import STRENGTHS, Item, Strength
from personae.measure.distraction.matching import action, classed
from personae.measure.items import share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.user_invariance.gaps import paired_shares
from personae.persona.persona import Persona
from personae.stats.paired import mcnemar
from personae.types import Conversation, Measurement, Message

Mode = Literal["direct", "think_first", "annotated"]
MODES: tuple[Mode, ...] = get_args(Mode)
CLASSES = ("distracted", "faithful", "invalid")


@dataclass(frozen=True)
class Distraction:
    """The share of screens on which the agent follows the distraction, among all it answered in whatever way.

    items:     what `own_items` or `read_items` give.
    mode:      how it is asked: "direct", "think_first", or "annotated", with all choices listed.
    strengths: how strong the distraction is; "clean" is always among them.
    """

    items: tuple[Item, ...]
    mode: Mode = "direct"
    strengths: tuple[Strength, ...] = STRENGTHS
    name: str = "distraction"

    def __post_init__(self) -> None:
        if not self.items:
            raise UsageError("there are no screens; take own_items() or read_items(file)")
        if self.mode not in MODES:
            raise UsageError(f"no mode is called {self.mode!r}; there are {', '.join(MODES)}")
        unknown = sorted(set(self.strengths) - set(STRENGTHS))
        if unknown or set(self.strengths) <= {"clean"}:
            raise UsageError(f"strengths are {self.strengths!r}; give some of {', '.join(STRENGTHS[1:])}")

    @cached_property
    def shown(self) -> tuple[Strength, ...]:
        """The strengths in their order, the clean screen first."""
        return tuple(each for each in STRENGTHS if each == "clean" or each in self.strengths)

    def plan(self, persona: Persona) -> Plan:
        """One case per screen and strength; the same for every persona."""
        return Plan(
            tuple(
                Case(
                    f"{one.id}/{strength}",
                    self._asked(one, strength),
                    {"item": one.id, "kind": one.kind, "strength": strength},
                )
                for one in self.items
                for strength in self.shown
            )
        )

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """1 where the agent follows the distraction, else 0.

        The class is in the data: an answer that names no choice, or choices of both kinds, is "invalid", as an empty
        one is, which has no value.
        """
        one = next(each for each in self.items if each.id == case.data["item"])
        turn = await agent.reply(Conversation((Message("user", case.input),)))
        completion, text = turn.completion, turn.message.content
        if completion.outcome != "answered":
            return Observation(case.id, completion.outcome, text=text, data={**case.data, "class": "invalid"})
        said = action(text, needed=self.mode == "think_first")
        found = "invalid" if said is None else classed(said, one.gold, one.bad, one.other)
        data = {**case.data, "class": found, "action": said or ""}
        return Observation(case.id, "answered", float(found == "distracted"), text, data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Shares of the three classes over all screens with a distraction – they add up to 1 –, of distracted by
        strength and by kind, of faithful on clean screens, and how many faithful choices each strength costs."""
        seen = [o for o in observations if "class" in o.data]
        drawn = [o for o in seen if o.data["strength"] != "clean"]
        cases = tuple(case for case in plan.cases if case.data["strength"] != "clean")
        lost = missing_by_outcome(Plan(cases), [o for o in observations if o.case_id in {case.id for case in cases}])
        gone = {why: count for why, count in lost.items() if why in ("failed", "not_run")}
        outcomes = {"outcomes": dict(Counter(o.outcome for o in drawn))}
        numbers = [
            share(
                self.name if name == "distracted" else f"{self.name}.{name}",
                {o.case_id: float(o.data["class"] == name) for o in drawn},
                gone,
                details=outcomes,
            )
            for name in CLASSES
        ]
        for key, values in (("strength", self.shown[1:]), ("kind", sorted({one.kind for one in self.items}))):
            for value in values:
                part = {o.case_id: float(o.data["class"] == "distracted") for o in drawn if o.data[key] == value}
                numbers.append(share(f"{self.name}.{value}", part, {}))
        clean = {o.data["item"]: o.data["class"] == "faithful" for o in seen if o.data["strength"] == "clean"}
        numbers.append(share(f"{self.name}.clean_faithful", {id: float(each) for id, each in clean.items()}, {}))
        return [*numbers, *(self._cost(clean, drawn, strength) for strength in self.shown[1:])]

    def _cost(self, clean: dict[str, bool], drawn: Sequence[Observation], strength: str) -> Measurement:
        """Faithful with this distraction less faithful on the same screens without it; exact McNemar."""
        with_it = {o.data["item"]: o.data["class"] == "faithful" for o in drawn if o.data["strength"] == strength}
        shared = clean.keys() & with_it.keys()
        more = sum(with_it[id] and not clean[id] for id in shared)
        less = sum(clean[id] and not with_it[id] for id in shared)
        name, found = f"{self.name}.{strength}_effect", paired_shares(len(shared), more, less)
        if found.value is None:
            return Measurement(name, reason="no screen is answered with and without it", unit="share")
        details = {"more": more, "less": less, "p": mcnemar(more, less)}
        return Measurement(name, found.value, None, found.low, found.high, found.n, {}, "share", details)

    def _asked(self, one: Item, strength: Strength) -> str:
        template = cast(str, bundled(__package__, "texts/asking.en.yaml")[self.mode])
        fields = {
            "{goal}": one.goal,
            "{screen}": one.screen(strength),
            "{choices}": "\n".join(f"- {choice}" for choice in one.choices(strength)),
        }
        for field, text in fields.items():
            template = template.replace(field, text)
        return template
