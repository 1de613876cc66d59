"""One person answers all items: in a prompt that is read once, with the scale in a new order in every repeat."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from personae.agent import Agent
from personae.measure.value_stability.items import Item, Items
from personae.models.choices.asking import in_orders
from personae.models.choices.ways import Answer, Put, opened
from personae.types import Conversation, Message, Outcome


@dataclass(frozen=True, slots=True)
class Rated:
    """A person's points: repeats × items, None where there is no answer, and how those ended."""

    points: tuple[tuple[float | None, ...], ...]
    lost: tuple[Outcome, ...]
    method: str


async def rate(agent: Agent, items: Items, *, repeats: int, seed: int, who: str) -> Rated:
    """Every item `repeats` times. Points are expected over the probabilities of the labels, 1 … number of labels.

    Where the model can score letters exactly, the scale stands in a turn of its own before the items, so that person
    and scale are read once per repeat and each item costs its own few tokens; elsewhere each item lists its options.
    """
    letters = tuple(ascii_uppercase[: len(items.scale)])
    rows: list[tuple[float | None, ...]] = []
    lost: list[Outcome] = []
    put: Put | None = None
    method = ""
    for repeat in range(repeats):
        rng = random.Random(f"{seed}/{who}/{repeat}")
        order = tuple(rng.sample(range(len(items.scale)), len(items.scale)))
        shared = await _shared(agent, items, order) if put is None else ()
        row: list[float | None] = []
        for item in items.items:
            if put is None:
                scores = await agent.model.logprobs((*shared, Message("user", item.text)), letters)
                answer = Answer(scores, order)
                if scores.method != "exact":  # letters have no probability of their own: ask as everybody else does
                    put = await opened(agent.model, "letters")
            if put is not None:
                answer = await _listed(agent, put, items, item, order)
            method = answer.scores.method if put is not None else "letters"
            row.append(_points(items, item, answer))
            if row[-1] is None:
                lost.append(answer.outcome)
        rows.append(tuple(row))
    return Rated(tuple(rows), tuple(lost), method)


async def _shared(agent: Agent, items: Items, order: Sequence[int]) -> tuple[Message, ...]:
    """The person and the scale in this order: what all items of a repeat have in common."""
    listed = "\n".join(f"{letter}. {items.scale[at]}" for letter, at in zip(ascii_uppercase, order, strict=False))
    talk = Conversation((Message("user", f"{items.intro}\n{listed}"), Message("assistant", items.ready)))
    return (await agent.prompted(talk)).messages


async def _listed(agent: Agent, put: Put, items: Items, item: Item, order: Sequence[int]) -> Answer:
    talk = Conversation((Message("user", f"{items.intro}\n\n{item.text}"),))
    prompt = (await agent.prompted(talk)).messages
    (answer,) = await in_orders(put, prompt, items.scale, [tuple(order)])
    return answer


def _points(items: Items, item: Item, answer: Answer) -> float | None:
    shares = answer.by_option
    return math.fsum(s * p for s, p in zip(shares, items.points(item), strict=True)) if shares else None
