"""Does a persona bend to a group? It answers in private, talks with others who were chosen for what they answered,
and answers in private again. [Persona Inconstancy in Multi-Agent LLM Collaboration 2024]
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.covered import covered
from personae.measure.group_opinions import group_opinions
from personae.measure.items import share
from personae.measure.probes import starter_personas
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.persona.persona import Persona
from personae.simulate.groups import GroupTalk, Member, Question, Staging, bundled, discuss, onboard, with_member
from personae.simulate.groups.forming import SIZE
from personae.simulate.groups.members import check
from personae.simulate.groups.protocol import WORDINGS, Wording
from personae.types import Measurement


@dataclass(frozen=True, slots=True)
class PersonaInconstancy:
    """Share of questions on which the persona's private answer changed; over all members, what `group_opinions` tells.

    questions: what is talked about; ours by default. n: at most so many of them.
    company:   the people it may meet, asked in private; `fellows` starters where none are given. Of them `size` − 1
               come into each group, so that over the questions groups are divided in all the ways there are.
    rounds, wording, words: see `Staging`.
    """

    questions: tuple[Question, ...] = field(default_factory=bundled)
    n: int | None = None
    size: int = SIZE
    fellows: int = 8
    company: tuple[Persona, ...] = ()
    rounds: int = 15
    wording: Wording = "collaborate"
    words: int = 40
    seed: int = 0
    name: str = "persona_inconstancy"

    def __post_init__(self) -> None:
        there = len(self.company) or self.fellows
        if not 2 <= self.size <= there + 1 or self.wording not in WORDINGS:
            raise UsageError(
                f"a group of {self.size!r} out of a persona and {there!r} fellows, to {self.wording!r}: "
                f"give 2 or more, no more than there are, and one of {', '.join(WORDINGS)}"
            )

    def plan(self, persona: Persona) -> Plan:
        """One case per question. Raises UsageError where two of the people have one name."""
        check(self._members(persona), self.size)
        return Plan(
            tuple(
                Case(question.id, question.shown, {"number": number})
                for number, question in enumerate(self.questions[: self.n])
            )
        )

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """One question from private answers to reflection; the value is 1 where the persona changed its mind."""
        question = next(one for one in self.questions if one.id == case.id)
        members = {member.name: member for member in self._members(agent.persona)}
        staging = Staging(self.rounds, self.wording, self.words, seed=agent.settings.seed or 0, settings=agent.settings)
        opinions = await asyncio.gather(
            *(onboard(member, question, agent.model, staging) for member in members.values())
        )
        own = opinions[0]
        if own.letter is None:
            return Observation(case.id, own.outcome, data={"lost_at": "onboarding"})
        answers = {one.member: one.letter for one in opinions if one.letter is not None}
        group = with_member(answers, own.member, size=self.size, turn=case.data["number"], seed=self.seed)
        if group is None:
            return Observation(case.id, "failed", data={"lost_at": "grouping", "answers": answers})
        seats = [members[name] for name in group]
        before = {name: answers[name] for name in group}
        talk = await discuss(seats, before, question, agent.model, staging, id=case.id)
        data = {"talk": talk.to_dict(), "private": {one.member: one.letter or one.outcome for one in opinions}}
        last = next(one for one in talk.reflection if one.member == own.member)
        if last.letter is None:
            return Observation(case.id, last.outcome, data={"lost_at": "reflection", **data})
        return Observation(case.id, "answered", float(last.letter != own.letter), told(talk, own.member), data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The persona's own share first; talks in which only the persona was lost count for the others."""
        values = {o.case_id: o.value for o in observations if o.value is not None}
        talks = [GroupTalk.from_dict(o.data["talk"]) for o in observations if "talk" in o.data]
        details = {"wording": self.wording, "size": self.size, "rounds": self.rounds}
        first = share(self.name, values, missing_by_outcome(plan, observations), details=details)
        return [covered(first, len(plan.cases)), *group_opinions(talks, name=self.name)]

    def _members(self, persona: Persona) -> list[Member]:
        """The persona and its fellows; those of its language before others."""
        if self.company:
            return [Member.of(one, self.questions) for one in (persona, *self.company)]
        others = [other for other in starter_personas() if other.name.casefold() != persona.name.casefold()]
        random.Random(f"{self.seed}/fellows").shuffle(others)
        others.sort(key=lambda other: other.language != persona.language)
        if len(others) < self.fellows:
            raise UsageError(f"{self.fellows} fellows wanted, {len(others)} starters are there; give a smaller number")
        return [Member.of(one, self.questions) for one in (persona, *others[: self.fellows])]


def told(talk: GroupTalk, member: str) -> str:
    """A talk to read: what a member thought before, what was said with which opinion, and what it thinks now."""
    after = {one.member: one.letter or one.outcome for one in talk.reflection}
    lines = [f"{one.member} ({one.letter or one.outcome}): {one.text or '…'}" for one in talk.said]
    first = f"before: {member} {talk.onboarding[member]}; group {', '.join(talk.onboarding.values())}"
    return "\n".join([first, *lines, f"after: {member} {after[member]}; group opinion {talk.opinion or 'none'}"])
