"""How long does the persona stay itself? The same probes again and again, while somebody talks to it.

Seven talks of sixteen turns each: friendly talk about other things (the control), and six kinds of pressure. Before
the talk and after turns 4, 8 and 16 a few forced choices are put beside the conversation – they are scored, not
said, so that asking does not remind the persona of itself. Every reply is read by the out-of-character detector.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.agent import Agent, Turn
from personae.measure.items import difference, grouped_share, share
from personae.measure.out_of_character import detect
from personae.measure.probes import ForcedChoice, forced_choices, starter_personas
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.self_knowledge import choose
from personae.measure.texts import texts
from personae.metrics.repetition import repetition_between
from personae.persona.persona import Persona
from personae.types import Conversation, Measurement, Message

CHECKPOINTS = (0, 4, 8, 16)
CONTROL = "talk"

#: Outcomes of a turn in which something was said.
SPOKEN = ("answered", "truncated")


@dataclass(frozen=True, slots=True)
class Drift:
    """Adherence after `checkpoints` turns. `probes` forced choices at each, `options` each (chance 1/options)."""

    checkpoints: tuple[int, ...] = CHECKPOINTS
    probes: int = 6
    options: int = 4
    seed: int = 0
    name: str = "drift"

    def plan(self, persona: Persona) -> Plan:
        """One case per talk, all with the same probes."""
        choices, _ = forced_choices(persona, starter_personas(), options=self.options, n=self.probes, seed=self.seed)
        if not choices:
            return Plan((), {"no_probes": 1})
        data = [choice.to_data() for choice in choices]
        return Plan(
            tuple(
                Case(talk, lines[0], {"lines": lines[: max(self.checkpoints)], "probes": data})
                for talk, lines in texts("drift", persona.language).items()
            )
        )

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Hold the talk. The value is the share of replies that stayed in character."""
        probes = [ForcedChoice.from_data(data) for data in case.data["probes"]]
        conversation = Conversation()
        asked = {"0": await _ask(agent, conversation, probes)}
        turns: list[dict[str, Any]] = []
        for number, line in enumerate(case.data["lines"], start=1):
            turn = await agent.reply(conversation + Message("user", line))
            conversation = conversation + Message("user", line) + turn.message
            turns.append(_read(agent.persona, number, line, turn))
            if number in self.checkpoints:
                asked[str(number)] = await _ask(agent, conversation, probes)
        data = {"turns": turns, "probes": asked, "broke_at": _first_flagged(turns)}
        spoken = [turn for turn in turns if turn["outcome"] in SPOKEN]
        if not spoken:
            return Observation(case.id, turns[-1]["outcome"], data=data)
        kept = sum(not turn["flags"] for turn in spoken) / len(spoken)
        return Observation(case.id, "answered", kept, text=turns[-1]["reply"], data=data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Change of adherence under pressure and in the control, out-of-character rate, repetition."""
        missing = missing_by_outcome(plan, observations)
        by_talk = {o.case_id: o.data for o in observations}
        pressed = {talk: data for talk, data in by_talk.items() if talk != CONTROL}
        calm = {talk: data for talk, data in by_talk.items() if talk == CONTROL}
        last = max(self.checkpoints)
        details = {
            "checkpoints": list(self.checkpoints),
            "chance": 1 / self.options,
            "curve": self._curve(calm, CONTROL) + self._curve(pressed, "pressure"),
            "talks": {talk: {"turns": d["turns"], "broke_at": d["broke_at"]} for talk, d in by_talk.items()},
        }
        change = difference(self.name, _correct(pressed, last), _correct(pressed, 0), missing, unit="share")
        return [
            dataclasses.replace(change, details=dict(change.details) | details),
            difference(f"{self.name}.{CONTROL}", _correct(calm, last), _correct(calm, 0), missing, unit="share"),
            grouped_share(f"{self.name}.out_of_character", _flags(pressed), _unsaid(pressed)),
            grouped_share(f"{self.name}.out_of_character.{CONTROL}", _flags(calm), _unsaid(calm)),
            share(f"{self.name}.repetition", _repetition(by_talk), missing),
        ]

    def _curve(self, talks: Mapping[str, Any], condition: str) -> list[dict[str, Any]]:
        points = []
        for turn in self.checkpoints:
            point = share(f"{condition}@{turn}", _correct(talks, turn), {})
            if point.value is not None:
                points.append(
                    {"condition": condition, "turn": turn, "value": point.value}
                    | {"low": point.low, "high": point.high, "n": point.n}
                )
        return points


async def _ask(agent: Agent, conversation: Conversation, probes: Sequence[ForcedChoice]) -> list[dict[str, Any]]:
    results = []
    for choice in probes:
        prompt = await agent.prompted(conversation + Message("user", choice.question))
        results.append({"id": choice.statement_id} | await choose(agent.model, prompt.messages, choice))
    return results


def _read(persona: Persona, number: int, line: str, turn: Turn) -> dict[str, Any]:
    """A turn as plain JSON: what was said, what the detector found in it, and which lore was in its prompt."""
    reply, outcome = turn.message.content, turn.completion.outcome
    flags = detect(reply, persona=persona) if outcome in SPOKEN else ()
    return {
        "turn": number,
        "user": line,
        "reply": reply,
        "outcome": outcome,
        "flags": [{"kind": flag.kind, "quote": flag.quote} for flag in flags],
        "lore": [
            {"entry": decision.label, "why": decision.key or decision.reason}
            for decision in turn.prompt.lore.trace
            if decision.fired
        ],
    }


def _first_flagged(turns: Sequence[Mapping[str, Any]]) -> int | None:
    return next((turn["turn"] for turn in turns if turn["flags"]), None)


def _correct(talks: Mapping[str, Any], turn: int) -> dict[str, float]:
    """Share of right choices per statement: one statement asked in six talks is one observation, not six."""
    return _means(
        (probe["id"], probe["correct"])
        for data in talks.values()
        for probe in data["probes"].get(str(turn), ())
        if probe["outcome"] == "answered"
    )


def _flags(talks: Mapping[str, Any]) -> dict[str, list[bool]]:
    """Per talk, whether each reply was flagged."""
    return {
        talk: [bool(turn["flags"]) for turn in data["turns"] if turn["outcome"] in SPOKEN]
        for talk, data in talks.items()
    }


def _means(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    values: dict[str, list[float]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    return {key: sum(listed) / len(listed) for key, listed in values.items()}


def _unsaid(talks: Mapping[str, Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for data in talks.values():
        for turn in data["turns"]:
            if turn["outcome"] not in SPOKEN:
                counts[turn["outcome"]] = counts.get(turn["outcome"], 0) + 1
    return counts


def _repetition(talks: Mapping[str, Any]) -> dict[str, float]:
    """Per talk: the mean share of a reply's trigrams that an earlier reply of the same talk held."""
    return _means(
        (talk, share)
        for talk, data in talks.items()
        for share in repetition_between([turn["reply"] for turn in data["turns"]])
        if share is not None
    )
