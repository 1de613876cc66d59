"""Likability as a measure: one case per simulated user, who chats with the agent and rates every reply to them.

The agent knows of the user what the talk says, and nothing else. Beside the ratings stand what it remembers of the
facts that came up, how many came up, and the offline proxies. [LikeBench 2025]
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.agent import Agent
from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.files import bundled
from personae.judges.asking import filled
from personae.measure.items import mean
from personae.measure.likability.proxies import callback, formality_gap, length_fit, reference
from personae.measure.likability.ratings import Rated, rate
from personae.measure.likability.slopes import likability
from personae.measure.likability.users import User, own_users
from personae.measure.protocol import Case, Observation, Plan
from personae.metrics.text import words
from personae.persona.persona import Persona
from personae.types import Completion, Conversation, Measurement, Message, Model, Outcome, PairScorer, Settings

PROXIES = ("length_fit", "formality_gap", "reference", "callback")
#: How the simulated user writes (temperature ours) and how many tokens a message may take.
USER_SETTINGS = Settings(temperature=0.7, max_tokens=200)


@dataclass(frozen=True)
class Likability:
    """Ratings of every turn by the user it is for, their slopes, and proxies.

    users:      who chats; ours without any.
    user_model: behind the simulated users, who talk and rate; the agent's own model without one, which then grades
                itself, and the details say so.
    sessions, turns: chats per user, and turns of a chat. Callback needs two chats.
    pairs:      for the callback proxy; without one there is none.
    """

    users: Sequence[User] = field(default_factory=own_users)
    user_model: Model | None = None
    sessions: int = 2
    turns: int = 4
    pairs: PairScorer | None = None
    user_settings: Settings = USER_SETTINGS
    name: str = "likability"

    def __post_init__(self) -> None:
        if not self.users or self.sessions < 1 or self.turns < 1:
            raise UsageError(
                f"{len(self.users)} users, {self.sessions!r} chats of {self.turns!r} turns; give 1 or more"
            )

    def plan(self, persona: Persona | None = None) -> Plan:
        """One case per user."""
        return Plan(tuple(Case(user.name, user.persona, {"user": user.name}) for user in self.users))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """All chats with one user; the value is the mean rating over turns, 1 … 5."""
        user = next(one for one in self.users if one.name == case.id)
        model = self.user_model or agent.model
        talk, rated, proxies, cut = Conversation(), [], _empty(), 0
        starts = []
        for session in range(1, self.sessions + 1):
            starts.append(len(talk))
            for turn in range(1, self.turns + 1):
                said = await self._user_says(model, user, talk, session, starts)
                if said is None or said.outcome not in ("answered", "truncated"):
                    rated.append(Rated(session, turn, said.outcome if said else "failed", why="the user's message"))
                    break
                talk += Message("user", said.text.strip(), name=user.name)
                reply, outcome = await _reply(agent, talk)
                if outcome not in ("answered", "truncated"):
                    rated.append(Rated(session, turn, outcome, why="the reply"))
                    break
                cut += outcome == "truncated"
                talk += reply
                for name, value in (await self._proxies(user, talk, starts[-1])).items():
                    proxies[name].append(value)
                rated.append(await self._rated(model, user, talk, starts, session, turn))
        told, right, probes = await _remembered(agent, user, talk)
        means = [one.mean for one in rated if one.mean is not None]
        data: dict[str, Any] = {
            "user": user.name,
            "rated": [dataclasses.asdict(one) for one in rated],
            "proxies": proxies,
            "facts": len(told),
            "recalled": right,
            "probes": probes,
            "cut": cut,
            "rater": model.name,
            "rates_itself": self.user_model is None,
            "talk": [[message.role, message.content] for message in talk],
        }
        if not means:
            return Observation(case.id, rated[0].outcome, data=data)
        return Observation(case.id, "answered", sum(means) / len(means), talk[-1].content, data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Mean and slopes of the ratings; then memory accuracy and facts per profile; then the proxies."""
        told = [one for one in observations if "rated" in one.data]
        planned = len(plan.cases) * self.sessions * self.turns
        users = {one.case_id: [Rated(**rated) for rated in one.data["rated"]] for one in told}
        lost = {"not_run": planned - sum(map(len, users.values()))} if planned > sum(map(len, users.values())) else {}
        numbers = likability(users, planned=planned, missing=lost, name=self.name)
        raters = {one.data["rater"]: one.data["rates_itself"] for one in told}
        about = {"raters": raters, "cut_replies": sum(one.data["cut"] for one in told)}
        numbers[0] = dataclasses.replace(numbers[0], details={**numbers[0].details, **about})
        return [*numbers, *self._memory(told), *(self._proxy(name, told) for name in PROXIES)]

    async def _user_says(
        self, model: Model, user: User, talk: Conversation, session: int, starts: Sequence[int]
    ) -> Completion | None:
        own = _texts()
        system = filled(own["user"], {"persona": user.persona, "words": str(min(user.words, 60))})
        if len(talk) == starts[-1]:
            topic = user.topics[(session - 1) % len(user.topics)]
            asked = filled(own["open"], {"session": str(session), "topic": topic})
            if session > 1:
                asked = filled(own["go_on"], {"talk": shown(talk, starts)}) + "\n" + asked
        else:
            asked = filled(own["go_on"], {"talk": shown(talk, starts)})
        try:
            return await model.generate((Message("system", system), Message("user", asked)), self.user_settings)
        except (BadResponse, ContextOverflow):
            return None

    async def _rated(
        self, model: Model, user: User, talk: Conversation, starts: Sequence[int], session: int, turn: int
    ) -> Rated:
        return await rate(model, user.persona, shown(talk, starts), session, turn)

    async def _proxies(self, user: User, talk: Conversation, start: int) -> dict[str, float | None]:
        """The proxies of the last reply."""
        reply, before = talk[-1].content, talk[-2].content
        said = [message.content for message in talk if message.role == "user"]
        earlier = _told(user, Conversation(talk.messages[:start]))
        return {
            "length_fit": length_fit(reply, user.words),
            "formality_gap": formality_gap(reply, said),
            "reference": reference(reply, before),
            "callback": await callback(reply, [fact.text for fact in earlier], self.pairs) if self.pairs else None,
        }

    def _memory(self, told: Sequence[Observation]) -> list[Measurement]:
        probed = {one.case_id: one.data["recalled"] / one.data["probes"] for one in told if one.data["probes"]}
        lost = {"no fact came up": count} if (count := sum(not one.data["facts"] for one in told)) else {}
        facts = {one.case_id: float(one.data["facts"]) for one in told}
        return [
            mean(f"{self.name}.memory_accuracy", probed, lost, unit="share"),
            mean(f"{self.name}.facts_per_profile", facts, {}, unit="facts"),
        ]

    def _proxy(self, name: str, told: Sequence[Observation]) -> Measurement:
        """The mean over users of one proxy; "proxy" is part of its name."""
        values: dict[str, float] = {}
        lost = 0
        for one in told:
            had = [value for value in one.data["proxies"][name] if value is not None]
            lost += len(one.data["proxies"][name]) - len(had)
            if had:
                values[one.case_id] = sum(had) / len(had)
        missing = {"nothing to compare with": lost} if lost else {}
        details: dict[str, Any] = {"lower_is_better": name == "formality_gap"}
        if name == "callback" and self.pairs is not None:
            details |= {"pairs": self.pairs.name}
        return mean(f"{self.name}.proxy.{name}", values, missing, unit="share", details=details)


def shown(talk: Conversation, starts: Sequence[int] = (0,)) -> str:
    """The talk as the user reads it, with a heading where a chat begins.

    >>> print(shown(Conversation((Message("user", "Hi."), Message("assistant", "Hello."))), (0,)))
    [Chat 1]
    You: Hi.
    Assistant: Hello.
    """
    lines = []
    for place, message in enumerate(talk):
        if place in starts:
            lines.append(f"[{filled(_texts()['session'], {'session': str(list(starts).index(place) + 1)})}]")
        lines.append(f"{'You' if message.role == 'user' else 'Assistant'}: {message.content}")
    return "\n".join(lines)


async def _reply(agent: Agent, talk: Conversation) -> tuple[Message, Outcome]:
    try:
        turn = await agent.reply(talk)
    except (BadResponse, ContextOverflow):
        return Message("assistant", ""), "failed"
    return turn.message, turn.completion.outcome


async def _remembered(agent: Agent, user: User, talk: Conversation) -> tuple[list[Any], int, int]:
    """Facts that came up, how many the agent still knows at the end, and how many of its answers count."""
    told = _told(user, talk)
    right = probes = 0
    for fact in told:
        asked = filled(_texts()["probe"], {"question": fact.question})
        reply, outcome = await _reply(agent, talk + Message("user", asked, name=user.name))
        if outcome in ("answered", "truncated"):
            probes += 1
            right += set(words(fact.answer)) <= set(words(reply.content))
    return told, right, probes


def _told(user: User, talk: Conversation) -> list[Any]:
    """The user's facts whose answer stands in what they have said."""
    said = {word for message in talk if message.role == "user" for word in words(message.content)}
    return [fact for fact in user.facts if set(words(fact.answer)) <= said]


def _empty() -> dict[str, list[float | None]]:
    return {name: [] for name in PROXIES}


def _texts() -> Mapping[str, Any]:
    found: Mapping[str, Any] = bundled(__package__, "texts/prompts.en.yaml")
    return found
