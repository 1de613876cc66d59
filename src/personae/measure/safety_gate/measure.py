"""Does playing this persona change what a model declines? The same prompts without and with the persona, in pairs.

With hardening each prompt is asked twice more, so that what the defence gains on unsafe prompts stands beside what it
costs: refusals of safe ones, tokens and seconds. The design – persona against none, and the trustworthy persona as the
defence – follows Dr. Jekyll and Mr. Hyde: Two Faces of LLMs (2023); the attack in that paper is not part of this.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.agent import Agent
from personae.agent.hardening import harden
from personae.agent.refinement.reviewed import Review
from personae.agent.roles import Count, Prompted
from personae.errors import UsageError
from personae.measure.items import difference, mean, share
from personae.measure.protocol import Case, Observation, Plan
from personae.measure.safety_gate.verdict import Shift, Verdict, shift, verdict
from personae.measure.text_scorers.refusal import card, label
from personae.measure.user_invariance.gaps import paired_shares
from personae.measure.user_invariance.prompts import LABELS, Label, Prompt, Prompts, read_prompts
from personae.memory import Recalled
from personae.persona.persona import Persona
from personae.types import Conversation, Measurement, Message, Model, Outcome

#: What a folder of prompts holds.
FILE = "xstest_prompts.csv"

BARE, PERSONA, BARE_HARDENED, HARDENED = "bare", "persona", "bare+hardened", "persona+hardened"

#: A reply that was cut off after so many words has begun an answer and is read as far as it goes.
BEGUN_WORDS = 40


def prompts(path: Path | str, n: int | None = None) -> Prompts:
    """The prompts of a CSV file, or of `xstest_prompts.csv` in a folder; with `n` at most so many of each label.

    Raises `FormatError` as `read_prompts` does.
    """
    place = Path(path)
    read = read_prompts(place / FILE if place.is_dir() else place)
    taken = [one for label in LABELS for one in [each for each in read.questions if each.label == label][:n]]
    return Prompts(tuple(taken), read.missing)


@dataclass(frozen=True)
class SafetyGate:
    """The change in refusals of unsafe prompts that the persona makes, and the verdict on it.

    asks:     those to be answered and those to be declined, what `prompts` gives.
    hardened: whether each prompt is also asked with the hardened agent, without and with the persona (2 × 2).
    reviewer: the model that reviews for the hardened agent; None: the model under test.
    """

    asks: tuple[Prompt, ...]
    hardened: bool = False
    reviewer: Model | None = None
    name: str = "safety_gate"

    def __post_init__(self) -> None:
        for side in LABELS:
            if all(prompt.label != side for prompt in self.asks):
                raise UsageError(f"the safety gate has no {side} prompt; it needs both, safe and unsafe ones")

    @property
    def conditions(self) -> tuple[str, ...]:
        """Nobody and the persona; with hardening both of them twice."""
        return (BARE, PERSONA, BARE_HARDENED, HARDENED) if self.hardened else (BARE, PERSONA)

    def plan(self, persona: Persona) -> Plan:
        """One case per condition and prompt, one condition after the other."""
        return Plan(
            tuple(
                Case(f"{condition}/{prompt.id}", prompt.text, {"as": condition, "prompt": prompt.id})
                for condition in self.conditions
                for prompt in self.asks
            )
        )

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """1 where the reply declines, in full, in part or in character; 0 where it complies."""
        condition = case.data["as"]
        if condition in (BARE, BARE_HARDENED):
            agent = dataclasses.replace(agent, prompt=Bare())
        reviews: list[Review] = []
        if condition in (BARE_HARDENED, HARDENED):
            agent = harden(agent, self.reviewer, heard=reviews.append)
        turn = await agent.reply(Conversation((Message("user", case.input),)))
        text, completion = turn.message.content, turn.completion
        begun = completion.stop == "length" and len(text.split()) >= BEGUN_WORDS
        found = label(text, stop="stop" if begun else completion.stop)
        usage = completion.usage
        data = {
            **case.data,
            "kind": found.kind,
            "quote": found.quote,
            "tokens": usage.prompt_tokens + usage.completion_tokens,
            "seconds": usage.seconds,
            "verdicts": [each.word if each.read else "unread" for review in reviews for each in review.verdicts],
        }
        if found.kind == "invalid":
            outcome: Outcome = completion.outcome if completion.outcome in ("empty", "truncated") else "unparsed"
            return Observation(case.id, outcome, text=text, data={**data, "why": found.reason})
        return Observation(case.id, "answered", float(found.declines), text, data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The shift on unsafe prompts with the verdict, that on safe ones, shares by condition, invalid replies; with
        hardening its effect on the persona, and its cost."""
        gate = self.decide(observations)
        told = {"verdict": gate.word, "why": [*gate.why], "detector": card().to_dict()}
        numbers = [
            self._shift(self.name, observations, BARE, PERSONA, "unsafe", told),
            self._shift(f"{self.name}.over_refusal", observations, BARE, PERSONA, "safe"),
        ]
        for condition in self.conditions:
            for side in LABELS[::-1]:
                values = _values(self.refusals(observations, condition, side))
                name = f"{self.name}.{condition}.{side}"
                lost = self._missing(observations, side, condition)
                numbers.append(share(name, values, lost, details={"kinds": self._kinds(observations, condition, side)}))
        numbers.append(_invalid(f"{self.name}.invalid", plan, observations))
        if self.hardened:
            ruled = {"verdicts": dict(Counter(word for o in observations for word in o.data.get("verdicts", ())))}
            numbers += [
                self._shift(f"{self.name}.hardening.{side}", observations, PERSONA, HARDENED, side, ruled)
                for side in LABELS[::-1]
            ]
            numbers += [self._cost(observations, unit) for unit in ("tokens", "seconds")]
        return numbers

    def decide(self, observations: Sequence[Observation]) -> Verdict:
        """The verdict on the persona as it is, without hardening."""
        mine = [o for o in observations if o.case_id.partition("/")[0] in (BARE, PERSONA)]
        invalid = sum(o.outcome != "answered" for o in mine) / len(mine) if mine else 1.0
        return verdict(
            self.shift(observations, BARE, PERSONA, "unsafe"), self.shift(observations, BARE, PERSONA, "safe"), invalid
        )

    def shift(self, observations: Sequence[Observation], before: str, after: str, side: Label) -> Shift | None:
        """Refusals on one side of the prompts under two conditions."""
        return shift(self.refusals(observations, before, side), self.refusals(observations, after, side))

    def refusals(self, observations: Sequence[Observation], condition: str, side: Label) -> dict[str, bool]:
        """Whether each prompt of a side with a reply was declined under a condition, by prompt."""
        wanted = {f"{condition}/{prompt.id}": prompt.id for prompt in self.asks if prompt.label == side}
        return {wanted[o.case_id]: bool(o.value) for o in observations if o.case_id in wanted and o.value is not None}

    def _missing(self, observations: Sequence[Observation], side: Label, *conditions: str) -> dict[str, int]:
        """Prompts of a side without a reply under one of the conditions, by how the first of these ended."""
        seen = {o.case_id: o.outcome for o in observations}
        counts: Counter[str] = Counter()
        for prompt in self.asks:
            ended = [seen.get(f"{condition}/{prompt.id}", "not_run") for condition in conditions]
            if prompt.label == side and (lost := next((end for end in ended if end != "answered"), None)):
                counts[lost] += 1
        return dict(counts)

    def _kinds(self, observations: Sequence[Observation], condition: str, side: Label) -> dict[str, int]:
        ids = {f"{condition}/{prompt.id}" for prompt in self.asks if prompt.label == side}
        return dict(Counter(str(o.data.get("kind", "failed")) for o in observations if o.case_id in ids))

    def _shift(
        self,
        name: str,
        observations: Sequence[Observation],
        before: str,
        after: str,
        side: Label,
        more: Mapping[str, Any] | None = None,
    ) -> Measurement:
        """The difference of paired shares; the details hold both shares and the exact McNemar p."""
        first, second = (self.refusals(observations, each, side) for each in (before, after))
        missing, moved = self._missing(observations, side, before, after), shift(first, second)
        if moved is None:
            return Measurement(
                name, reason="no prompt has a reply under both conditions", missing=missing, unit="share"
            )
        found = paired_shares(moved.n, moved.gained, moved.lost)
        values = {id: float(second[id]) - float(first[id]) for id in sorted(first.keys() & second.keys())}
        told = {"values": values, **moved.to_dict(), **(more or {})}
        return Measurement(name, found.value, None, found.low, found.high, found.n, missing, "share", told)

    def _cost(self, observations: Sequence[Observation], unit: str) -> Measurement:
        """What hardening the persona adds to each reply; the details hold the mean without and with."""
        spent: dict[str, dict[str, float]] = {PERSONA: {}, HARDENED: {}}
        for o in observations:
            condition, _, id = o.case_id.partition("/")
            if condition in spent and unit in o.data:
                spent[condition][id] = float(o.data[unit])
        name = f"{self.name}.hardening.{unit}"
        found = difference(name, spent[HARDENED], spent[PERSONA], {}, unit="s" if unit == "seconds" else unit)
        means = {name: mean("", values, {}, unit=unit).value for name, values in spent.items()}
        return dataclasses.replace(found, details={**found.details, "mean": means})


@dataclass(frozen=True)
class Bare:
    """The `Prompt` role of nobody: the talk as it is, with no system prompt."""

    def __call__(
        self,
        persona: Persona,
        recalled: Recalled,
        *,
        user: str,
        seed: int,
        count_tokens: Count,
        max_tokens: int | None,
    ) -> Prompted:
        """The messages of the talk."""
        messages = recalled.conversation.messages
        return Prompted(messages, tokens=sum(count_tokens(message.content) for message in messages))


def _values(refused: Mapping[str, bool]) -> dict[str, float]:
    return {id: float(each) for id, each in refused.items()}


def _invalid(name: str, plan: Plan, observations: Sequence[Observation]) -> Measurement:
    """The share of replies that are none; it needs every reply, the unscored ones too."""
    absent = len(plan.cases) - len(observations)
    if absent:
        return Measurement(name, reason=f"{absent} of the planned replies are not at hand", unit="share")
    return share(name, {o.case_id: float(o.outcome != "answered") for o in observations}, {})
