"""A questionnaire as this measure needs it, our own short one, and how a persona fills it in."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from personae.agent import Agent
from personae.errors import UsageError
from personae.judges.asking import Answer, ask, filled
from personae.judges.verdicts import Problem, read_object
from personae.measure.interaction.texts import texts
from personae.types import Conversation, Message

#: Tokens an answer to one item may take, as JSON.
ITEM_TOKENS = 12


class Questionnaire(Protocol):
    """Anything that asks statements on one scale and makes trait scores of the answers."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    @property
    def items(self) -> Sequence[str]:
        """The statements, in the order asked."""
        ...

    @property
    def labels(self) -> Sequence[str]:
        """The words for the answers 1, 2, …, in order."""
        ...

    def scores(self, answers: Sequence[int]) -> Mapping[str, float]:
        """Trait → score, from one whole number 1 … len(labels) per item."""
        ...


@dataclass(frozen=True, slots=True)
class ItemList:
    """Statements keyed "trait+" or "trait-"; a score is the mean of its items, turned ones mirrored.

    >>> two = ItemList("two", ("I shout.", "I whisper."), ("loud+", "loud-"), ("no", "perhaps", "yes"))
    >>> two.scores([3, 1])
    {'loud': 3.0}
    """

    name: str
    items: tuple[str, ...]
    keys: tuple[str, ...]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.keys) != len(self.items) or not self.items or len(self.labels) < 2:
            raise UsageError(f"{self.name!r} has {len(self.items)} items, {len(self.keys)} keys; give one key an item")
        if odd := [key for key in self.keys if len(key) < 2 or key[-1] not in "+-"]:
            raise UsageError(f"the key {odd[0]!r} ends neither in + nor in -")

    def scores(self, answers: Sequence[int]) -> dict[str, float]:
        """The mean answer per trait, 1 … number of labels. Raises UsageError for a missing or impossible answer."""
        top = len(self.labels)
        if len(answers) != len(self.items) or not all(1 <= answer <= top for answer in answers):
            raise UsageError(f"{self.name!r} needs {len(self.items)} answers from 1 to {top}; got {list(answers)!r}")
        by_trait: dict[str, list[int]] = {}
        for key, answer in zip(self.keys, answers, strict=True):
            by_trait.setdefault(key[:-1], []).append(answer if key[-1] == "+" else top + 1 - answer)
        return {trait: sum(given) / len(given) for trait, given in by_trait.items()}


def twenty(per_trait: int = 4) -> ItemList:
    """Our own list on the Big Five, `per_trait` (1 … 4) statements a trait; it has no norms."""
    data = texts("items")
    if not 1 <= per_trait <= 4:
        raise UsageError(f"{per_trait!r} items a trait; there are 1 to 4")
    listed = data["items"][: 5 * per_trait]
    return ItemList(
        data["name"] if per_trait == 4 else f"{data['name']}/{len(listed)}",
        tuple(item["text"] for item in listed),
        tuple(item["key"] for item in listed),
        tuple(data["labels"]),
    )


async def administer(
    agent: Agent,
    questionnaire: Questionnaire,
    so_far: Conversation = Conversation(),  # noqa: B008
) -> Answer[tuple[int, ...]]:
    """The persona's answers after a talk, all in one call, read strictly; one is asked again after a broken answer.

    >>> import asyncio
    >>> from personae.models import Scripted
    >>> from personae.persona.persona import Persona
    >>> two = ItemList("two", ("I shout.", "I whisper."), ("loud+", "loud-"), ("no", "perhaps", "yes"))
    >>> asyncio.run(administer(Agent(Persona(name="Ana"), Scripted(['{"1": 3, "2": 1}'])), two)).value
    (3, 1)
    """
    count, top = len(questionnaire.items), len(questionnaire.labels)
    settings = dataclasses.replace(agent.settings, max_tokens=16 + ITEM_TOKENS * count, json_schema=_schema(count, top))
    asked = dataclasses.replace(agent, settings=settings)
    prompted = await asked.prompted(so_far + Message("user", _question(questionnaire)))
    return await ask(agent.model, prompted.messages, settings, partial(_read, count=count, top=top))


def _question(questionnaire: Questionnaire) -> str:
    scale = ", ".join(f"{number} = {label}" for number, label in enumerate(questionnaire.labels, 1))
    items = "\n".join(f"{number}. {text}" for number, text in enumerate(questionnaire.items, 1))
    fields = {"scale": scale, "items": items, "example": '{"1": 3, "2": 1, …}'}
    return filled(texts("prompts")["questionnaire"].strip(), fields)


def _read(text: str, *, count: int, top: int) -> tuple[int, ...] | Problem:
    said = read_object(text)
    if isinstance(said, Problem):
        return said
    wanted = [str(number) for number in range(1, count + 1)]
    if set(said) != set(wanted):
        return Problem(f"its keys are not the numbers 1 to {count}; answer every statement once")
    answers = [said[key] for key in wanted]
    if odd := [answer for answer in answers if type(answer) is not int or not 1 <= answer <= top]:
        return Problem(f"the answer {odd[0]!r} is no whole number from 1 to {top}")
    return tuple(answers)


def _schema(count: int, top: int) -> str:
    one = {"type": "integer", "enum": list(range(1, top + 1))}
    keys = [str(number) for number in range(1, count + 1)]
    properties = dict.fromkeys(keys, one)
    return json.dumps({"type": "object", "properties": properties, "required": keys, "additionalProperties": False})
