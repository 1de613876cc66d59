"""A prompt before it is counted: its parts, how they become messages, and what leaves when there is no room."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from personae.agent.prompting.wording import examples_text
from personae.agent.roles import Count, Section
from personae.errors import ContextOverflow
from personae.persona.lorebook.trace import Insertion
from personae.types import Message, Role

#: Tokens that the frame of one message costs in chat templates (ChatML: four).
FRAME_TOKENS = 4


@dataclass(frozen=True)
class Deep:
    """A text that stands `depth` messages before the end of the talk."""

    name: str
    content: str
    depth: int
    role: Role


@dataclass(frozen=True)
class Draft:
    """The parts of a prompt in the order they are read; the texts that never change come first."""

    char: str
    instructions: str
    persona: str
    examples: tuple[str, ...]
    facts: str
    state: str
    lore: tuple[Insertion, ...]
    author: tuple[Deep, ...]
    history: tuple[Message, ...]
    closing: str

    def system(self) -> Iterator[tuple[str, str]]:
        """Name and text of each part of the first message."""
        yield "instructions", self.instructions
        yield "lore before", "\n".join(item.content for item in self.lore if item.where == "before_char")
        yield "persona", self.persona
        yield "examples", examples_text(self.examples, self.char)
        yield "lore after", "\n".join(item.content for item in self.lore if item.where == "after_char")
        yield "memory", self.facts
        yield "state", self.state

    def deep(self) -> tuple[Deep, ...]:
        """What stands between the messages: the author's own text first, then lore."""
        lore = (item for item in self.lore if item.where == "depth")
        return self.author + tuple(Deep("lore at depth", item.content, item.depth, item.role) for item in lore)

    def messages(self) -> tuple[Message, ...]:
        """The prompt."""
        head = "\n\n".join(text for _, text in self.system() if text)
        messages = [Message("system", head)] if head else []
        messages += placed(self.history, self.deep())
        if self.closing:
            messages.append(Message("system", self.closing))
        return tuple(messages)

    def sections(self, count: Count) -> tuple[Section, ...]:
        """The parts with their price, in the order of reading; parts between messages come after the history."""
        named = [*self.system(), ("history", "\n".join(f"{m.role}: {m.content}" for m in self.history))]
        named += [(f"{deep.name} {deep.depth}", deep.content) for deep in self.deep()]
        named.append(("post-history", self.closing))
        return tuple(Section(name, text, count(text)) for name, text in named if text)

    def cost(self, count: Count) -> int:
        """Tokens of all messages with their frames, and the frame of the answer."""
        return sum(count(message.content) + FRAME_TOKENS for message in self.messages()) + FRAME_TOKENS


def placed(history: Sequence[Message], deep: Sequence[Deep]) -> list[Message]:
    """The history with texts put in; a depth beyond the start means the start, texts of one role and place join.

    >>> talk = [Message("user", "one"), Message("assistant", "two"), Message("user", "three")]
    >>> [m.content for m in placed(talk, [Deep("note", "Whisper.", 1, "system")])]
    ['one', 'two', 'Whisper.', 'three']
    """
    messages: list[Message] = []
    for number in range(len(history) + 1):
        joined: dict[Role, list[str]] = {}
        for item in deep:
            if min(item.depth, len(history)) == len(history) - number:
                joined.setdefault(item.role, []).append(item.content)
        messages += [Message(role, "\n".join(texts)) for role, texts in joined.items()]
        messages += history[number : number + 1]
    return messages


def fitted(draft: Draft, count: Count, limit: int | None) -> tuple[Draft, tuple[str, ...]]:
    """The draft within `limit` tokens, and in words what had to leave.

    Order of leaving: examples from the last, lore marked `@@ignore_on_max_context`, messages from the oldest, lore from
    the last. The newest message and the persona stay: raises ContextOverflow when these alone are too long.
    """
    if limit is None:
        return draft, ()
    left: dict[str, int] = {}
    while draft.cost(count) > limit:
        smaller = _smaller(draft)
        if smaller is None:
            raise ContextOverflow(
                f"{draft.char!r} and the newest message need {draft.cost(count)} tokens, there is room for {limit}; "
                "shorten the persona, ask for fewer tokens, or take a model with a longer context"
            )
        draft, what = smaller
        left[what] = left.get(what, 0) + 1
    return draft, tuple(f"{number} × {what}" for what, number in left.items())


def _smaller(draft: Draft) -> tuple[Draft, str] | None:
    """The draft without the part that is missed least, and what that is."""
    if draft.examples:
        return dataclasses.replace(draft, examples=draft.examples[:-1]), "example"
    optional = [item for item in draft.lore if item.optional]
    if optional:
        return dataclasses.replace(draft, lore=tuple(i for i in draft.lore if i is not optional[-1])), "optional lore"
    if len(draft.history) > 1:
        return dataclasses.replace(draft, history=draft.history[1:]), "oldest message"
    if draft.lore:
        return dataclasses.replace(draft, lore=draft.lore[:-1]), "lore"
    return None
