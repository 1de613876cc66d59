"""Solve with the persona and without it, and let an evaluator who is asked in both orders choose.

[Persona is a Double-edged Sword, 2024]
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from personae.agent.decoding.worlds import OF_THE_PERSONA
from personae.agent.roles import Candidate, Decoded, OnText, Prompted
from personae.agent.teams.evaluator import ROUNDS, Decision, Evaluator, ModelEvaluator, decide, filled
from personae.errors import UsageError
from personae.files import bundled
from personae.persona.persona import Persona
from personae.types import Completion, Message, Model, Settings, Usage

Source = Literal["agreed", "persona", "neutral", "undecided", "only_persona", "only_neutral", "neither"]

_ANSWER = re.compile(r"(?:final\s{1,3})?answer\s{0,3}(?:is\b|:)\s{0,3}(.{1,200})", re.IGNORECASE)
_JOB_CHARS = 80
#: Sections of a prompt that make somebody play a role.
_OF_THE_ROLE = ("instructions", "history", *OF_THE_PERSONA)


@dataclass(frozen=True, slots=True)
class TeamDecoded(Decoded):
    """What `JekyllHyde` gives.

    source:   whose answer it is. "agreed": both said the same; "undecided": the evaluator's orders never agreed and the
              fallback speaks; "only_persona", "only_neutral": the other gave no usable answer; "neither": nobody did.
    decision: what the evaluator said; None where it was not asked.
    answers:  what the two solutions were compared by, the persona's first; None where unreadable.
    calls:    model calls in all. The `candidates` are the persona's solution and the neutral one.
    """

    source: Source = "agreed"
    decision: Decision | None = None
    answers: tuple[str | None, str | None] = (None, None)
    calls: int = 0


def final_answer(text: str) -> str | None:
    """What a solution arrives at: the line after its last "answer is" or "answer:", else the whole; None where empty.

    >>> final_answer("2 + 2 = 4. So the answer is 4."), final_answer("Four!"), final_answer(" ")
    ('4', 'four', None)
    """
    found = _ANSWER.findall(text)
    said = str(found[-1]) if found else text
    return " ".join(re.findall(r"[^\W_]+(?:[.,'’-][^\W_]+)*", said.casefold())) or None


@dataclass(frozen=True)
class JekyllHyde:
    """The persona's voice without the persona's errors: two solutions, and a judge of correctness where they differ.

    speaks_as: what the persona's solver reads: the whole "prompt"; "You are a …" with the occupation of its "card"; or
               with a job the model has "recommended" for the question.
    evaluator: who judges; the model itself by default.
    rounds:    how often both orders are asked before it is undecided.
    fallback:  who answers then. The published form counts an undecided question wrong: "none", an empty answer.
    answer:    by what two solutions are the same.
    """

    speaks_as: Literal["prompt", "card", "recommended"] = "prompt"
    evaluator: Model | Evaluator | None = None
    rounds: int = ROUNDS
    fallback: Literal["neutral", "persona", "none"] = "neutral"
    answer: Callable[[str], str | None] = final_answer

    def __post_init__(self) -> None:
        if (
            self.rounds < 1
            or self.fallback not in ("neutral", "persona", "none")
            or self.speaks_as not in ("prompt", "card", "recommended")
        ):
            raise UsageError(
                f"rounds {self.rounds!r}, fallback {self.fallback!r}, speaks_as {self.speaks_as!r}: give 1 round or "
                "more; neutral, persona or none; prompt, card or recommended"
            )

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> TeamDecoded:
        """The answer; `on_text` hears it whole."""
        asked = next((m.content for m in reversed(prompted.messages) if m.role == "user"), "")
        spoken, extra = await self._as_persona(model, prompted, persona, asked, settings)
        neutral = without_persona(prompted, _texts()["neutral"])
        both = await asyncio.gather(model.generate(spoken, settings), model.generate(neutral, settings))
        first, second = (self.answer(one.text) if one.outcome == "answered" else None for one in both)
        decision: Decision | None = None
        if first is None or second is None:
            source: Source = "neither" if first == second else "only_neutral" if first is None else "only_persona"
        elif first == second:
            source = "agreed"
        else:
            decision = await decide(
                self._evaluator(model, settings), asked, both[0].text, both[1].text, rounds=self.rounds
            )
            sides: tuple[Source, Source] = ("persona", "neutral")
            source = "undecided" if decision.accepted is None else sides[decision.accepted]
        usage = sum((extra, *(one.usage for one in both), decision.usage if decision else Usage()), Usage())
        completion = replace(self._chosen(source, both), usage=usage)
        if on_text is not None:
            on_text(completion.text)
        calls = (self.speaks_as == "recommended") + 2 + (decision.calls if decision else 0)
        candidates = tuple(Candidate(one.text, one.outcome) for one in both)
        note = f"{source}, {calls} calls" + (f", fallback {self.fallback}" if source == "undecided" else "")
        return TeamDecoded(completion, candidates, note, source, decision, (first, second), calls)

    def _chosen(self, source: Source, both: tuple[Completion, Completion]) -> Completion:
        if source == "undecided":
            return Completion("") if self.fallback == "none" else both[self.fallback == "neutral"]
        return both[source in ("neutral", "only_neutral")]

    def _evaluator(self, model: Model, settings: Settings) -> Evaluator:
        asked = self.evaluator or model
        if not isinstance(asked, Model):
            return asked
        judge = ModelEvaluator(asked)
        return replace(judge, settings=replace(judge.settings, seed=settings.seed))

    async def _as_persona(
        self, model: Model, prompted: Prompted, persona: Persona, asked: str, settings: Settings
    ) -> tuple[tuple[Message, ...], Usage]:
        """What the persona's solver reads, and what finding its job cost."""
        job, usage = persona.identity.occupation or "", Usage()
        if self.speaks_as == "recommended":
            job, usage = await recommended_job(model, asked, settings)
        if self.speaks_as == "prompt" or not job.strip():
            return prompted.messages, usage
        return without_persona(prompted, filled(_texts()["job"], {"job": job})), usage


def without_persona(prompted: Prompted, opening: str) -> tuple[Message, ...]:
    """The prompt as a solver without the persona reads it: `opening`, what is remembered, and the talk from its first
    question on."""
    first, *rest = prompted.messages
    if first.role != "system":
        first, rest = Message("system", ""), list(prompted.messages)
    kept = [one.text for one in prompted.sections if one.name not in _OF_THE_ROLE and one.text in first.content]
    talk = itertools.dropwhile(lambda message: message.role != "user", rest)
    return (Message("system", "\n\n".join([opening.strip(), *kept])), *talk)


async def recommended_job(model: Model, question: str, settings: Settings) -> tuple[str, Usage]:
    """The job a model names for a question, and what that cost; "" where its answer is no such JSON object.

    >>> from personae.models import Scripted
    >>> asyncio.run(recommended_job(Scripted(['{"job": "Surveyor"}']), "How wide is it?", Settings()))[0]
    'Surveyor'
    """
    reply = await model.generate([Message("user", filled(_texts()["recommend"], {"question": question}))], settings)
    try:
        tree = json.loads(reply.text) if len(reply.text) < 10_000 else None
    except (ValueError, RecursionError):
        tree = None
    job = tree.get("job") if isinstance(tree, dict) else None
    return (" ".join(job.split())[:_JOB_CHARS] if isinstance(job, str) else ""), reply.usage


def _texts() -> Any:
    return bundled(__package__, "texts/jekyll_hyde.en.yaml")
