"""The measure `consistency`: asked about itself in several talks, does the persona say what it is?

Each talk asks a few questions that bring statements to light, chats about something else in between, and asks the first
question again at the end. Every reply is put beside every statement, beside the speaker's earlier replies, and the
whole talk beside the profiles of others. As a control the statements asked for are *recited* – put in the place of the
replies – and scored in the same way: no scorer is without false alarms, and this is how many it gives on this persona.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.agent import Agent
from personae.measure.consistency.matrix import Exchange, Hypothesis, Readable, consistency_matrix, hypotheses
from personae.measure.consistency.numbers import numbers, on_target
from personae.measure.consistency.recoverability import draw, fit_of, profile_fit
from personae.measure.consistency.self_contradiction import self_contradictions
from personae.measure.drift import SPOKEN
from personae.measure.probes import probe_of, starter_personas
from personae.measure.protocol import Case, Observation, Plan
from personae.measure.texts import texts
from personae.models.embedder import supported
from personae.models.registry import open_pair_scorer
from personae.persona.persona import Persona
from personae.types import ENTAILMENT, Conversation, Measurement, Message, PairScorer


@dataclass(frozen=True, slots=True)
class Consistency:
    """Share of questions answered in line with the statement they ask for, and the family around it.

    `questions` different ones per talk, about at most `n` statements in all; `others` profiles to be told apart from.
    `readable` guards what the scorer may read; `any_language` lets everything pass.
    """

    questions: int = 4
    n: int | None = None
    others: int = 4
    seed: int = 0
    scorer: PairScorer = field(default_factory=open_pair_scorer, compare=False)
    readable: Readable = field(default=supported, compare=False)
    name: str = "consistency"

    def plan(self, persona: Persona) -> Plan:
        """One case per talk. Where only English can be read, other languages are missing as a whole."""
        if self.readable is supported and persona.language != "en":
            return Plan((), {f"language_{persona.language}": len(persona.statements)})
        usable, missing = hypotheses(persona, self.readable)
        own = {each.id: each for each in usable}
        asked: dict[str, Hypothesis] = {}
        for each in persona.statements:
            if each.id in own:
                asked.setdefault(probe_of(each, persona.language).question, own[each.id])
        shuffled = list(asked)
        random.Random(self.seed).shuffle(shuffled)
        shuffled = shuffled[: self.n]
        between = texts("open", persona.language)
        cases = []
        for number, start in enumerate(range(0, len(shuffled), self.questions), start=1):
            questions = shuffled[start : start + self.questions]
            lines = talk_lines(questions, between[(number - 1) % len(between)])
            targets = [asked[line].id if line in questions else None for line in lines]
            recited = [[asked[question].id, question, asked[question].text] for question in questions]
            data = {"lines": lines, "targets": targets, "recited": recited}
            cases.append(Case(f"talk-{number:02}", lines[0], data))
        return Plan(tuple(cases), missing)

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Hold the talk and score it; the value is the share of its questions answered in line with the statement."""
        turns = await _held(agent, case)
        spoken = [Exchange(t["id"], t["user"], t["reply"]) for t in turns if t["outcome"] in SPOKEN]
        if not spoken:
            return Observation(case.id, turns[-1]["outcome"], data={"turns": turns})
        matrix = await consistency_matrix(self.scorer, agent.persona, spoken, readable=self.readable)
        data: dict[str, Any] = {"turns": turns, "matrix": matrix.to_data()}
        answers = on_target(matrix, {turn["id"]: turn["target"] for turn in turns})
        if not answers:
            return Observation(case.id, "unparsed", data=data)
        replies = [each.reply for each in matrix.exchanges]
        others = other_profiles(agent.persona, self.others, self.readable, seed=self.seed)
        fits = await profile_fit(self.scorer, replies, others) if others else []
        recited = [Exchange(*each) for each in case.data["recited"]]
        control = await consistency_matrix(self.scorer, agent.persona, recited, readable=self.readable)
        data["recited"] = control.to_data()
        data["self"] = [check.to_data() for check in await self_contradictions(self.scorer, replies)]
        data["fits"] = [round(fit, 6) for fit in (fit_of(matrix.entailment, matrix.contradiction), *fits)]
        kept = answers.count(ENTAILMENT) / len(answers)
        return Observation(case.id, "answered", kept, text=replies[-1], data=data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The numbers of the family; the full matrix is in the details of the first."""
        return numbers(self.name, plan, observations, self.scorer.provenance)


def other_profiles(persona: Persona, k: int, readable: Readable, *, seed: int) -> list[Sequence[str]]:
    """Statements of `k` other starters of the same language, a seeded choice."""
    pool = [each for each in starter_personas() if each.name != persona.name and each.language == persona.language]
    return draw([[each.text for each in hypotheses(other, readable)[0]] for other in pool], k, seed=seed)


def talk_lines(questions: Sequence[str], between: str) -> list[str]:
    """What is said in one talk: half of the questions, a line about something else, the rest, the first one again.

    >>> talk_lines(["Pets?", "Work?", "Home?"], "Nice day.")
    ['Pets?', 'Work?', 'Nice day.', 'Home?', 'Pets?']
    """
    half = (len(questions) + 1) // 2
    return [*questions[:half], between, *questions[half:], questions[0]]


async def _held(agent: Agent, case: Case) -> list[dict[str, Any]]:
    conversation = Conversation()
    turns = []
    for number, (line, target) in enumerate(zip(case.data["lines"], case.data["targets"], strict=True), start=1):
        conversation = conversation + Message("user", line)
        turn = await agent.reply(conversation)
        conversation = conversation + turn.message
        turns.append(
            {
                "id": f"{case.id}/{number}",
                "turn": number,
                "user": line,
                "target": target,
                "reply": turn.message.content,
                "outcome": turn.completion.outcome,
            }
        )
    return turns
