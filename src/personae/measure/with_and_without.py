"""What does a persona do to right answers, and does solving with and without it repair that?

[Persona is a Double-edged Sword, 2024]
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any

from personae.agent import Agent
from personae.agent.teams import Confusion, JekyllHyde
from personae.agent.teams.evaluator import majority
from personae.files import bundled
from personae.measure.covered import covered
from personae.measure.items import difference, mean, share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.models.choices import Mcq
from personae.models.scoring import parse_choice
from personae.persona.persona import Persona
from personae.types import Conversation, Measurement, Message

#: Ways to answer, as they are named in the results; each is 1 where it is right.
WAYS = ("persona", "neutral", "one_round", "self_consistency", "oracle")


@dataclass(frozen=True, slots=True)
class WithAndWithout:
    """Accuracy of the ensemble on multiple-choice questions, beside the persona alone, nobody, and the baselines.

    questions: with the right option; `persona_tax.items.read` reads them from a user's file.
    team:      how the two solvers are joined.
    votes:     further solutions without the persona, for the vote of self-consistency; 0 leaves it out.
    """

    questions: tuple[Mcq, ...]
    team: JekyllHyde = field(default_factory=JekyllHyde)
    votes: int = 0
    name: str = "with_and_without"

    def plan(self, persona: Persona) -> Plan:
        """One case per question with a known answer."""
        known = [mcq for mcq in self.questions if mcq.gold is not None]
        missing = {"no_answer_known": len(self.questions) - len(known)} if len(known) < len(self.questions) else {}
        return Plan(tuple(Case(mcq.id, asked(mcq), {"gold": mcq.gold}) for mcq in known), missing)

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Both solutions and what was made of them; 1 where that is right. An undecided question without a fallback is
        wrong, as published; where no solution could be read there is no value."""
        mcq = next(one for one in self.questions if one.id == case.id)
        team = dataclasses.replace(self.team, answer=lambda text: _letter(text, mcq))
        prompted = await agent.prompted(Conversation() + Message("user", case.input))
        decoded = await team(agent.model, prompted, agent.settings, persona=agent.persona)
        data: dict[str, Any] = {
            "source": decoded.source,
            "calls": decoded.calls,
            "persona": decoded.answers[0],
            "neutral": decoded.answers[1],
            "solutions": [one.text for one in decoded.candidates],
            "rounds": [list(pair) for pair in decoded.decision.rounds] if decoded.decision else [],
        }
        if decoded.source == "neither":
            outcomes = [one.outcome for one in decoded.candidates if one.outcome != "answered"]
            return Observation(case.id, outcomes[0] if outcomes else "unparsed", data=data)
        gold = ascii_uppercase[case.data["gold"]]
        chosen = _letter(decoded.completion.text, mcq)
        votes = await self._votes(agent, case, mcq) if self.votes else []
        data |= {"chosen": chosen, "gold": gold, "votes": votes, "right": _right(data, gold, votes)}
        data["explanation"] = f"{decoded.note}: persona {data['persona']}, neutral {data['neutral']}, right {gold}"
        return Observation(case.id, "answered", float(chosen == gold), decoded.completion.text, data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Accuracy of the ensemble first; of the persona, of nobody and of the baselines; the gains over both, paired;
        the share undecided and the calls."""
        told = {o.case_id: o for o in observations if o.value is not None}
        missing = missing_by_outcome(plan, observations)
        values = {id: float(o.value or 0.0) for id, o in told.items()}
        cells = Confusion.of((o.data["right"]["persona"] == 1, o.data["right"]["neutral"] == 1) for o in told.values())
        details = {
            "confusion": dataclasses.asdict(cells),
            "sources": {source: sum(o.data["source"] == source for o in told.values())
                        for source in sorted({o.data["source"] for o in told.values()})},
            "fallback": self.team.fallback,
            "rounds": self.team.rounds,
        }  # fmt: skip
        first = share(self.name, values, missing, details=details)
        ways = {way: {id: o.data["right"][way] for id, o in told.items() if o.data["right"][way] is not None}
                for way in WAYS}  # fmt: skip
        found = [covered(first, len(plan.cases))]
        found += [share(f"{self.name}.{way}", rows, missing) for way, rows in ways.items() if rows]
        found += [
            difference(f"{self.name}.over_{way}", values, ways[way], missing, unit="share")
            for way in ("persona", "neutral")
        ]
        undecided = {id: float(o.data["source"] == "undecided") for id, o in told.items()}
        calls = {id: float(o.data["calls"]) for id, o in told.items()}
        return [
            *found,
            share(f"{self.name}.undecided", undecided, missing),
            mean(f"{self.name}.calls", calls, missing, unit="calls"),
        ]

    async def _votes(self, agent: Agent, case: Case, mcq: Mcq) -> list[str | None]:
        settings, messages = agent.settings, [Message("user", case.input)]
        seeds = [None if settings.seed is None else settings.seed + 1 + number for number in range(self.votes)]
        replies = await asyncio.gather(
            *(agent.model.generate(messages, dataclasses.replace(settings, seed=seed)) for seed in seeds)
        )
        return [_letter(one.text, mcq) if one.outcome == "answered" else None for one in replies]


def asked(mcq: Mcq) -> str:
    """The question with lettered options, and the wish for a letter in double brackets at the end."""
    wording = bundled(__package__, "texts/with_and_without.en.yaml")
    listed = "\n".join(f"{letter}. {option}" for letter, option in zip(ascii_uppercase, mcq.options, strict=False))
    return f"{mcq.messages()[-1].content}\n\n{listed}\n\n{wording['ask'].strip()}"


def _letter(text: str, mcq: Mcq) -> str | None:
    choice = parse_choice(text, mcq.options)
    return ascii_uppercase[choice] if isinstance(choice, int) else None


def _right(data: dict[str, Any], gold: str, votes: Sequence[str | None]) -> dict[str, float | None]:
    """Which ways have the right answer; None for a way that was not tried."""
    persona, neutral = data["persona"], data["neutral"]
    # two votes, one per order: where they differ nobody wins, and the neutral solver speaks
    by_persona = neutral is None or persona == neutral or data["rounds"][:1] == [[0, 0]]
    return {
        "persona": float(persona == gold),
        "neutral": float(neutral == gold),
        "one_round": float((persona if by_persona else neutral) == gold),
        "self_consistency": float(majority(votes) == gold) if votes else None,
        "oracle": float(gold in (persona, neutral)),
    }
