"""What does a reply of this persona take: tokens, seconds, and how much of each prompt the call before had already?

One friendly talk, every call counted. A long shared prefix is what makes a persona cheap: servers keep it, providers
bill less for it. Tokens are the model's own count; the shared share is taken in characters of the prompt, which needs
no tokenizer and differs little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from personae.agent import Agent
from personae.measure.items import mean, share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.texts import texts
from personae.models.ledger import Prices
from personae.persona.persona import Persona
from personae.types import Conversation, Measurement, Message, Usage


@dataclass(frozen=True, slots=True)
class Cost:
    """Tokens, seconds and the shared share of the prompt per reply, over a talk of `n` turns; money with `prices`."""

    n: int = 6
    seed: int = 0
    prices: Prices | None = None
    name: str = "cost"

    def plan(self, persona: Persona) -> Plan:
        """One case: the talk."""
        lines = texts("drift", persona.language)["talk"][: self.n]
        return Plan((Case("talk", lines[0], {"lines": lines}),))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Hold the talk; the value is its number of tokens."""
        conversation = Conversation()
        replies: list[dict[str, Any]] = []
        before = ""
        for line in case.data["lines"]:
            conversation = conversation + Message("user", line)
            turn = await agent.reply(conversation)
            conversation = conversation + turn.message
            prompt = "\n".join(f"{message.role}: {message.content}" for message in turn.prompt.messages)
            usage = turn.completion.usage
            replies.append(
                {
                    "prompt_tokens": usage.prompt_tokens,
                    "completion_tokens": usage.completion_tokens,
                    "cached_tokens": usage.cached_tokens,
                    "seconds": round(usage.seconds, 3),
                    "shared": shared_share(before, prompt) if before else None,
                    "outcome": turn.completion.outcome,
                }
            )
            before = prompt
        tokens = sum(reply["prompt_tokens"] + reply["completion_tokens"] for reply in replies)
        return Observation(case.id, "answered", float(tokens), text=conversation[-1].content, data={"replies": replies})

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Means per reply; the first number is tokens read and written."""
        missing = missing_by_outcome(plan, observations)
        replies = [
            (str(number), reply)
            for observation in observations
            for number, reply in enumerate(observation.data.get("replies", ()), start=1)
        ]
        tokens = {id: float(reply["prompt_tokens"] + reply["completion_tokens"]) for id, reply in replies}
        counted = {id: value for id, value in tokens.items() if value}
        seconds = {id: reply["seconds"] for id, reply in replies if reply["seconds"]}
        shared = {id: reply["shared"] for id, reply in replies if reply["shared"] is not None}
        written = {id: float(reply["completion_tokens"]) for id, reply in replies if tokens[id]}
        uncounted = dict(missing) | ({"uncounted": len(tokens) - len(counted)} if len(counted) < len(tokens) else {})
        money = {
            id: self.prices.cost(Usage(reply["prompt_tokens"], reply["completion_tokens"], reply["cached_tokens"]))
            for id, reply in replies
            if self.prices and tokens[id]
        }
        paid = [mean(f"{self.name}.money", money, uncounted, unit="money")] if self.prices else []
        return [
            mean(f"{self.name}.tokens", counted, uncounted, unit="tokens", details={"replies": dict(replies)}),
            mean(f"{self.name}.tokens_written", written, uncounted, unit="tokens"),
            mean(f"{self.name}.seconds", seconds, missing, unit="s"),
            share(f"{self.name}.shared_prefix", shared, missing),
            *paid,
        ]


def shared_share(before: str, now: str) -> float:
    """The share of `now` that `before` begins with.

    >>> shared_share("You are Ana. Hello.", "You are Ana. Hello. Hi!")
    0.8260869565217391
    """
    length = next((i for i, (a, b) in enumerate(zip(before, now, strict=False)) if a != b), min(len(before), len(now)))
    return length / len(now) if now else 1.0
