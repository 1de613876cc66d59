"""Which of two replies would this person rather get? Right only if right in both orders. The measure `persona_choice`.

The persona is given in one of four ways, which differ in nothing else: not at all, whole, the lines nearest to the
question, or as somebody inferred it from the person's talk. [PersonaFeedback, 2025]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from personae.agent import Agent
from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.files import bundled
from personae.measure.decisions.kept import from_data, to_data
from personae.measure.decisions.nearness import ByWords, Nearness
from personae.measure.items import difference, share
from personae.measure.preference_choice.asking import WAYS, Way, put_by
from personae.measure.preference_choice.numbers import lost
from personae.measure.preference_choice.pairs import PersonaPair
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.models.choices import Asked, Mcq, ask
from personae.models.choices.administration import MIN_COVERAGE
from personae.models.choices.ways import Put
from personae.persona.persona import Persona
from personae.types import Measurement, Message, Model, Outcome, Settings

#: How much of the persona is given.
SETTINGS = ("none", "full", "retrieved", "inferred")
#: Lines of a persona that are retrieved, and at most inferred.
LINES = 5
BOTH = ((0, 1), (1, 0))

_HYPHENED = re.compile(r"[ \t]{0,8}[-*•][ \t]{1,8}(\S.{0,300})")


@dataclass(frozen=True)
class PersonaChoice:
    """Share of pairs whose better reply was chosen in both orders, under each of `settings`; the first has the name.

    `nearness` and `lines` say which lines of a persona are retrieved. Where a pair brings no inferred persona, the
    model under test infers one from the person's talk. In the way "whole" the replies are scored as replies to the
    question and not listed, so that there is one order only.
    """

    pairs: tuple[PersonaPair, ...]
    settings: tuple[str, ...] = ("full", "none")
    way: Way = "letters"
    nearness: Nearness = field(default_factory=ByWords)
    lines: int = LINES
    name: str = "persona_choice"

    def __post_init__(self) -> None:
        unknown = [name for name in self.settings if name not in SETTINGS]
        if unknown or not self.settings or len(set(self.settings)) < len(self.settings):
            raise UsageError(f"settings {self.settings!r}; give different ones of {', '.join(SETTINGS)}")
        if self.way not in WAYS:
            raise UsageError(f"unknown way {self.way!r} to answer; known are {', '.join(WAYS)}")
        if self.lines < 1:
            raise UsageError(f"lines is {self.lines!r}; give at least 1")
        if len(self._by_id) < len(self.pairs):
            raise UsageError("two pairs have the same id; give each its own")

    @cached_property
    def _by_id(self) -> dict[str, PersonaPair]:
        return {pair.id: pair for pair in self.pairs}

    def plan(self, persona: Persona) -> Plan:
        """One case per pair, whoever the persona is."""
        return Plan(tuple(Case(pair.id, pair.question) for pair in self.pairs))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Ask in both orders under every setting; the value is 1 where the first setting was right in both."""
        pair = self._by_id[case.id]
        put = await put_by(agent.model, self.way)
        kept: dict[str, Any] = {}
        for setting in self.settings:
            known = await self._known(agent.model, pair, setting)
            kept[setting] = {"why": known} if isinstance(known, str) else await self._put(put, pair, known)
        value, outcome = _right(kept[self.settings[0]])
        verdict = ", ".join(f"{name} {_told(data)}" for name, data in kept.items())
        return Observation(
            case.id, outcome, value, text=verdict, data={"settings": kept, "explanation": f"{verdict}\n{pair.better}"}
        )

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Accuracy under each setting and by tier, what the persona adds (paired), and how often orders agree."""
        first, *others = self.settings
        found = {name: self._values(observations, name) for name in self.settings}
        missing = missing_by_outcome(plan, observations)
        numbers = [
            self._share(self.name if name == first else f"{self.name}.{name}", observations, name, found[name])
            for name in self.settings
        ]
        if "none" in others:
            numbers.append(difference(f"{self.name}.gain", found[first], found["none"], missing, unit="share"))
        for tier in dict.fromkeys(pair.tier for pair in self.pairs):
            ids = {pair.id for pair in self.pairs if pair.tier == tier}
            values = {id: value for id, value in found[first].items() if id in ids}
            numbers.append(share(f"{self.name}.{tier}", values, {}))
        return [*numbers, self._agreement(observations, first)]

    async def _put(self, put: Put, pair: PersonaPair, known: Sequence[str]) -> dict[str, Any]:
        mcq = mcq_of(pair, known, ask_which=self.way != "whole")
        return {**to_data(await ask(put, mcq, BOTH)), "known": list(known)}

    async def _known(self, model: Model, pair: PersonaPair, setting: str) -> Sequence[str] | str:
        """The lines of the persona under a setting, or why there are none."""
        if setting == "none":
            return ()
        if setting == "full":
            return pair.persona
        if setting == "retrieved":
            near = self.nearness(pair.question, pair.persona)
            best = sorted(range(len(near)), key=lambda index: (-near[index], index))[: self.lines]
            return [pair.persona[index] for index in sorted(best)]
        return pair.inferred or await inferred(model, pair.history, most=self.lines)

    def _values(self, observations: Sequence[Observation], setting: str) -> dict[str, float]:
        rows = {each.case_id: each.data.get("settings", {}).get(setting) for each in observations}
        values = {id: _right(row)[0] for id, row in rows.items() if row}
        return {id: value for id, value in values.items() if value is not None}

    def _share(
        self, name: str, observations: Sequence[Observation], setting: str, values: dict[str, float]
    ) -> Measurement:
        rows = [(each.case_id, each.data.get("settings", {}).get(setting)) for each in observations]
        missing = lost([_asked(id, row) for id, row in rows if row and "answers" in row])
        for _, row in rows:
            why = "failed" if not row else row.get("why") or ("one order only" if _half(row) else "")
            if why:
                missing[why] = missing.get(why, 0) + 1
        if len(values) < MIN_COVERAGE * len(observations) or not values:
            why = f"{len(values)} of {len(observations)} pairs were answered in both orders, not {MIN_COVERAGE:.0%}"
            return Measurement(name, reason=why, n=len(values), missing=missing, unit="share")
        return share(name, values, missing, details={"way": self.way, "setting": setting})

    def _agreement(self, observations: Sequence[Observation], setting: str) -> Measurement:
        """The share of pairs for which both orders named the same reply: what a taste for a place takes away."""
        values = {}
        for each in observations:
            row = each.data.get("settings", {}).get(setting)
            if row and "answers" in row and not _half(row):
                picks = {_pick(shares) for shares in _shares(each.case_id, row)}
                values[each.case_id] = float(len(picks) == 1 and None not in picks)
        return share(f"{self.name}.agreement", values, {})


def mcq_of(pair: PersonaPair, known: Sequence[str], *, ask_which: bool = True) -> Mcq:
    """The pair as a question with two options, the better one first; orders are the asker's business."""
    texts = bundled(__package__, "texts/asking.en.yaml")
    context = "\n".join([texts["known"], *(f"- {line}" for line in known)]) if known else ""
    question = f"{pair.question}\n\n{texts['which']}" if ask_which else pair.question
    return Mcq(pair.id, question, (pair.better, pair.worse), 0, context=context)


async def inferred(model: Model, history: Sequence[str], *, most: int = LINES) -> Sequence[str] | str:
    """What a model reads out of a person's talk, a line each, or why there is nothing ("no talk", "refused" …)."""
    if not history:
        return "no talk"
    system = str(bundled(__package__, "texts/asking.en.yaml")["infer"]).replace("{most}", str(most))
    settings = Settings(temperature=0.0, top_p=1.0, max_tokens=200)
    try:
        reply = await model.generate([Message("system", system), Message("user", "\n".join(history))], settings)
    except (BadResponse, ContextOverflow):
        return "failed"
    if reply.outcome in ("refused", "empty"):
        return reply.outcome
    lines = [match[1].strip() for line in reply.text.splitlines() if (match := _HYPHENED.fullmatch(line))]
    return lines[:most] or "unparsed"


def _right(row: dict[str, Any]) -> tuple[float | None, Outcome]:
    """1 where every order chose the better reply, 0 where both were answered and one did not, else how it ended."""
    if "answers" not in row:
        return None, row["why"] if row["why"] in ("refused", "empty", "unparsed") else "failed"
    if row["outcome"] != "answered" or _half(row):
        ended = [answer["outcome"] for answer in row["answers"] if answer["outcome"] != "answered"]
        return None, ended[0] if ended else "failed"
    return float(all(_pick(shares) == 0 for shares in _shares("", row))), "answered"


def _asked(id: str, row: dict[str, Any]) -> Asked:
    return from_data(id, row)


def _half(row: dict[str, Any]) -> bool:
    """Whether only one of two orders gave an answer."""
    shares = _shares("", row)
    return 0 < len(shares) < len(row["answers"]) if "answers" in row else False


def _shares(id: str, row: dict[str, Any]) -> list[tuple[float, ...]]:
    return [answer.by_option for answer in _asked(id, row).answered] if "answers" in row else []


def _pick(shares: Sequence[float]) -> int | None:
    """The likelier of two options; None where they are equal, which is no choice."""
    return None if abs(shares[0] - shares[1]) < 1e-9 else int(shares[1] > shares[0])


def _told(row: dict[str, Any]) -> str:
    value, outcome = _right(row)
    return outcome if value is None else "right" if value else "wrong"
