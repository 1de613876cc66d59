"""Does telling a persona to adapt change how it speaks, and what does that cost it?

A scripted partner grows more and more informal. The same talk is held once per policy, each reply with that policy's
instruction in the prompt, and what was really said is measured. *Synchrony* is the cosine of a reply with the turn it
answers, *stability* with the reply before. The policy `static`, which is told to stay as it is, is the control: only
the paired difference to it is an effect of adapting. [the Synchrony–Stability Frontier, 2025]
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from personae.agent import Agent
from personae.agent.adaptation.style import AdaptStyle, StyleStep, style_space, style_steps
from personae.errors import UsageError
from personae.measure.items import difference, mean, share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.texts import texts
from personae.metrics.style import cosine
from personae.metrics.style_policies import POLICIES
from personae.metrics.text import words
from personae.persona.persona import Persona
from personae.persona.voice import voice_lines
from personae.types import Conversation, Measurement, Message, Outcome

CONTROL = "static"

#: What is taken from each talk: the name of the number and what it is counted in.
NUMBERS = {"synchrony": "cosine", "stability": "cosine", "flips": "share"}


@dataclass(frozen=True, slots=True)
class StyleAdaptation:
    """Synchrony, stability and register flips under each policy; the control is always among them.

    `turns` of each talk are held, at most; 8 are written.
    """

    policies: tuple[str, ...] = (CONTROL, "hybrid", "uncapped")
    turns: int = 8
    name: str = "style_adaptation"

    def __post_init__(self) -> None:
        if unknown := [name for name in self.policies if name not in POLICIES]:
            raise UsageError(f"no style policy is called {unknown[0]!r}; there are {', '.join(POLICIES)}")
        if not self.turns >= 1:
            raise UsageError(f"a talk has 1 turn or more, not {self.turns!r}")

    def plan(self, persona: Persona) -> Plan:
        """One case per talk and policy. A persona without three lines of its own has no voice to keep."""
        talks = {talk: lines[: self.turns] for talk, lines in texts("loosening", persona.language).items()}
        if persona.language != "en":
            return Plan((), {f"language_{persona.language}": len(talks)})
        if len(voice_lines(persona)) < 3:
            return Plan((), {"no_voice": len(talks)})
        policies = dict.fromkeys((CONTROL, *self.policies))
        return Plan(
            tuple(
                Case(f"{talk}-{policy}", lines[0], {"talk": talk, "policy": policy, "lines": lines})
                for talk, lines in talks.items()
                for policy in policies
            )
        )

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Hold the talk; the value is the synchrony of the replies."""
        space, policy = style_space(agent.persona), case.data["policy"]
        adapting = dataclasses.replace(agent, adapt=AdaptStyle(space, policy))
        talk, replies = Conversation(), list[dict[str, str]]()
        outcome: Outcome = "answered"
        for line in case.data["lines"]:
            turn = await adapting.reply(talk + Message("user", line))
            talk = talk + Message("user", line) + turn.message
            read = bool(words(turn.message.content))
            outcome = turn.completion.outcome
            replies.append({"user": line, "reply": turn.message.content, "outcome": outcome if read else "unparsed"})
        steps = style_steps(talk, space, policy)
        cosines = _cosines(steps)
        data: dict[str, Any] = {
            "turns": replies,
            "targets": [[round(value, 4) for value in step.target] for step in steps],
            "said": [[round(value, 4) for value in step.said or ()] for step in steps],
            "dimensions": list(space.names),
            **cosines,
            "flips": _flips(steps, space.informality),
        }
        if not cosines["synchrony"]:
            ended: Outcome = outcome if outcome in ("refused", "empty") else "unparsed"
            return Observation(case.id, ended, data=data)
        value = sum(cosines["synchrony"].values()) / len(cosines["synchrony"])
        return Observation(case.id, "answered", value, text=replies[-1]["reply"], data=data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The synchrony a policy adds to the control (first), and all three numbers per policy, by talk and turn."""
        missing = missing_by_outcome(plan, observations)
        by_case = {o.case_id: o.data for o in observations}
        values = {
            policy: {number: _values(plan, by_case, policy, number) for number in NUMBERS}
            for policy in dict.fromkeys((CONTROL, *self.policies))
        }
        measurements = []
        for policy in [name for name in values if name != CONTROL]:
            after, before = values[policy], values[CONTROL]
            for number in ("synchrony", "stability"):
                named = f"{self.name}.{policy}.{number}_gain"
                measurements.append(difference(named, after[number], before[number], missing, unit="cosine"))
        for policy, numbers in values.items():
            for number, unit in NUMBERS.items():
                named = f"{self.name}.{policy}.{number}"
                held = numbers[number]
                taken = share(named, held, missing) if number == "flips" else mean(named, held, missing, unit=unit)
                measurements.append(taken)
        return [self._first(plan, observations, measurements, missing), *measurements]

    def _first(
        self, plan: Plan, observations: Sequence[Observation], found: Sequence[Measurement], missing: dict[str, int]
    ) -> Measurement:
        """The gain of the first policy that is not the control."""
        details = {"items": [{"id": o.case_id, **o.data} for o in observations]}
        if not found or not found[0].name.endswith("synchrony_gain"):
            return Measurement(self.name, reason="only the control was asked for", missing=missing, unit="cosine")
        return dataclasses.replace(found[0], name=self.name, details={**found[0].details, **details})


def _cosines(steps: Sequence[StyleStep]) -> dict[str, dict[str, float]]:
    """Per turn, as far as both sides have a direction."""
    found: dict[str, dict[str, float]] = {"synchrony": {}, "stability": {}}
    before: tuple[float, ...] | None = None
    for turn, step in enumerate(steps, 1):
        if step.said is None:
            continue
        pairs = {"synchrony": step.heard, "stability": before}
        for number, other in pairs.items():
            value = None if other is None else cosine(step.said, other)
            if value is not None:
                found[number][str(turn)] = value
        before = step.said
    return found


def _flips(steps: Sequence[StyleStep], place: int | None) -> dict[str, float]:
    """1 where informality crosses the middle of the scale between two replies, else 0; by the later turn."""
    said = [(turn, step.said[place]) for turn, step in enumerate(steps, 1) if step.said and place is not None]
    return {str(turn): float((now > 0) != (past > 0)) for (_, past), (turn, now) in pairwise(said)}


def _values(plan: Plan, by_case: Mapping[str, Mapping[str, Any]], policy: str, number: str) -> dict[str, float]:
    """By talk and turn, so that policies pair."""
    held: dict[str, float] = {}
    for case in plan.cases:
        if case.data["policy"] == policy and case.id in by_case:
            found: Mapping[str, float] = by_case[case.id].get(number, {})
            held |= {f"{case.data['talk']}/{turn}": value for turn, value in found.items()}
    return held
