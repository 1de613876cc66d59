"""A turn touches a habit: its schema comes to mind, before the reply is written or over a draft of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from personae.agent.adaptation.asking import last_of_user
from personae.agent.roles import Prompted
from personae.files import bundled
from personae.persona.habits import Habits, Recollection
from personae.persona.parts import Span, Statement
from personae.persona.persona import Persona
from personae.persona.statements import statement_id
from personae.types import Completion, Conversation, Message, Model, Settings


@dataclass(frozen=True)
class HabitsInMind:
    """An `Adapt`: the five best lines of the schema a turn is about stand among the persona's statements for that turn.

    Nothing is added below a cosine of `floor` with the last user turn. `on_recall` hears of what came to mind.
    """

    habits: Habits
    count: int = 5
    floor: float = 0.3
    on_recall: Callable[[Recollection], None] | None = None

    async def __call__(self, persona: Persona, conversation: Conversation) -> Persona:
        """The persona with the lines that matter now, marked as expanded."""
        found = recalled(self.habits, last_of_user(conversation), self.count, self.floor)
        if found is None:
            return persona
        if self.on_recall is not None:
            self.on_recall(found)
        taken = {statement.id for statement in persona.statements}
        new = tuple(line for line in as_statements(found) if line.id not in taken)
        return persona.edited(statements=(*persona.statements, *new))


@dataclass(frozen=True)
class HabitParaphrase:
    """A `Refine`: the draft is told again with details of the habit the user asked about (three worked examples).

    The draft stays where no habit is near, and where the model gives no whole answer.
    """

    habits: Habits
    count: int = 5
    floor: float = 0.3

    async def __call__(
        self, model: Model, draft: Completion, prompted: Prompted, settings: Settings, *, persona: Persona
    ) -> Completion:
        """The draft with details, or the draft."""
        asked = last_of_user(Conversation(prompted.messages))
        found = recalled(self.habits, asked, self.count, self.floor)
        if found is None or asked is None or draft.outcome != "answered":
            return draft
        told = await model.generate(paraphrase_prompt(asked, draft.text, found), settings)
        usage = draft.usage + told.usage
        return dataclasses.replace(told if told.outcome == "answered" else draft, usage=usage)


def recalled(habits: Habits, text: str | None, count: int, floor: float) -> Recollection | None:
    """What comes to mind at a text, if anything is near enough."""
    if not text:
        return None
    found = habits.recall(text, count)
    return found if found.similarity >= floor else None


def as_statements(found: Recollection) -> tuple[Statement, ...]:
    """Event and lines as statements that say which fact they were drawn from."""
    texts = dict.fromkeys((found.schema.event, *(line.text for line in found.lines)))
    source = Span(section=f"statements.{found.schema.source}", start=0, end=0) if found.schema.source else None
    return tuple(
        Statement(id=statement_id(text), text=text, kind="habit", source=source, origin="expanded")
        for text in {statement_id(text): text for text in texts}.values()
    )


def paraphrase_prompt(asked: str, draft: str, found: Recollection) -> tuple[Message, ...]:
    """What the model reads: the task, three examples, then the turn, the draft and the lines."""
    words = _texts()["paraphrase"]
    messages = [Message("system", words["task"].strip())]
    for example in words["examples"]:
        messages.append(Message("user", _case(words["case"], example["asked"], example["draft"], example["lines"])))
        messages.append(Message("assistant", example["told"].strip()))
    lines = [found.schema.event, *(line.text for line in found.lines)]
    return (*messages, Message("user", _case(words["case"], asked, draft, lines)))


def _case(case: str, asked: str, draft: str, lines: list[str]) -> str:
    return case.format(asked=asked, draft=draft, lines="\n".join(f"- {line}" for line in lines)).strip()


def _texts() -> Any:
    return bundled(__package__, "texts/habits.en.yaml")
