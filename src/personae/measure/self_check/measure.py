"""Does a persona say the same of itself when asked again? Replies checked against their own resamples, or its card."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from personae.agent import Agent
from personae.errors import FormatError, UsageError
from personae.files import bundled, read_yaml
from personae.measure.covered import covered
from personae.measure.items import mean
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.self_check.by_words import Unigram
from personae.measure.self_check.passage import MIN_SAMPLES, Passage, Scorer
from personae.persona.persona import Persona
from personae.types import Conversation, Measurement, Message

#: How many samples the papers take, and at which temperature.
SAMPLES, TEMPERATURE = 20, 1.0


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The mean self-check score of a persona's replies; higher means that its own further replies bear them out less.

    scorer:    how sentences are checked; words by default.
    questions: id → question; ours by default, n at most so many of them.
    samples:   how often each question is asked again, at temperature 1.
    against:   "resamples", or "card": the persona's statements stand for samples, and nothing is asked again.
    """

    scorer: Scorer = field(default_factory=Unigram)
    questions: tuple[tuple[str, str], ...] = field(default_factory=lambda: own_questions())
    n: int | None = None
    samples: int = SAMPLES
    against: Literal["resamples", "card"] = "resamples"
    name: str = "self_check"

    def __post_init__(self) -> None:
        if self.samples < MIN_SAMPLES or self.against not in ("resamples", "card"):
            raise UsageError(
                f"{self.samples!r} samples against {self.against!r}; give {MIN_SAMPLES} or more, resamples or card"
            )

    def plan(self, persona: Persona) -> Plan:
        """One case per question; none where the card is to be checked against and has too few statements."""
        if self.against == "card" and len(persona.statements) < MIN_SAMPLES:
            return Plan((), {"statements_too_few": 1})
        return Plan(tuple(Case(id, text) for id, text in self.questions[: self.n]))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """A reply and its resamples; the value is the reply's score."""
        talk = Conversation() + Message("user", case.input)
        first = await agent.reply(talk)
        if first.completion.outcome != "answered":
            return Observation(case.id, first.completion.outcome, text=first.message.content)
        told, lost = await self._told(agent, talk)
        passage = Passage.of(first.message.content, told)
        data: dict[str, Any] = {"samples": list(passage.samples), "blank": dict(passage.blank), "lost": lost}
        if passage.reason:
            return Observation(case.id, "empty", text=first.message.content, data={**data, "error": passage.reason})
        scores = await self.scorer(passage)
        data |= {
            "sentences": list(passage.sentences),
            "scores": list(scores.values),
            "unscored": dict(scores.missing),
            "explanation": "\n".join(map(_line, passage.sentences, scores.values)),
        }
        if scores.passage is None:
            return Observation(case.id, "unparsed", text=first.message.content, data=data)
        return Observation(case.id, "answered", scores.passage, first.message.content, data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The mean over replies; the details name the scorer, and the sentences with the highest scores."""
        values = {o.case_id: o.value for o in observations if o.value is not None}
        lines = [
            {"case": o.case_id, "sentence": sentence, "score": score}
            for o in observations
            if o.value is not None
            for sentence, score in zip(o.data["sentences"], o.data["scores"], strict=True)
            if score is not None
        ]
        details = {
            "scorer": self.scorer.name,
            "samples": self.samples if self.against == "resamples" else None,
            "against": self.against,
            "least_borne_out": sorted(lines, key=lambda line: -float(line["score"]))[:5],
        }
        missing = missing_by_outcome(plan, observations)
        unit = "nats" if "unigram" in self.scorer.name else "score"
        return [covered(mean(self.name, values, missing, unit=unit, details=details), len(plan.cases))]

    async def _told(self, agent: Agent, talk: Conversation) -> tuple[list[str], dict[str, int]]:
        """What a reply is checked against, and how the resamples that gave nothing ended."""
        if self.against == "card":
            return [statement.text for statement in agent.persona.statements], {}
        turns = await asyncio.gather(*(_again(agent, number).reply(talk) for number in range(1, self.samples + 1)))
        lost = Counter(str(turn.completion.outcome) for turn in turns if turn.completion.outcome != "answered")
        return [turn.message.content for turn in turns if turn.completion.outcome == "answered"], dict(lost)


def own_questions() -> tuple[tuple[str, str], ...]:
    """Our questions, which invite a persona to tell of itself: (id, question)."""
    listed = bundled(__package__, "texts/self_check.en.yaml")["questions"]
    return tuple((one["id"], one["text"]) for one in listed)


def read_questions(path: str | Path) -> tuple[tuple[str, str], ...]:
    """(id, question) of a YAML list of {id, text}. Raises FormatError for anything else, or two of one id."""
    tree = read_yaml(path)
    fits = isinstance(tree, list) and all(isinstance(one, dict) and {"id", "text"} <= one.keys() for one in tree)
    found = tuple((str(one["id"]), str(one["text"]).strip()) for one in tree) if fits else ()
    if not found or not all(text for _, text in found) or len(dict(found)) < len(found):
        raise FormatError(f"{str(path)!r} is no list of questions; give '- {{id: home, text: Where do you live?}}' …")
    return found


def _again(agent: Agent, number: int) -> Agent:
    seed = None if agent.settings.seed is None else agent.settings.seed + number
    return dataclasses.replace(
        agent, settings=dataclasses.replace(agent.settings, temperature=TEMPERATURE, top_p=1.0, seed=seed)
    )


def _line(sentence: str, score: float | None) -> str:
    return f"{'–' if score is None else f'{score:.2f}'}  {sentence}"
