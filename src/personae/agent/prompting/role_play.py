"""The prompt that makes a model play a persona, following the character card specifications."""

from __future__ import annotations

import dataclasses
import functools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from personae.agent.prompting.draft import Deep, Draft, fitted
from personae.agent.prompting.wording import example_text, facts_text, instructions
from personae.agent.roles import Prompted
from personae.errors import UsageError
from personae.memory import Recalled
from personae.persona.lorebook.engine import replay, scan
from personae.persona.lorebook.rules import Profile
from personae.persona.lorebook.trace import Activation
from personae.persona.macros import Macros
from personae.persona.parts import State
from personae.persona.persona import Persona
from personae.persona.render import Style, render
from personae.types import Message

#: Share of the room that lore may take when the book names no budget (SillyTavern's default).
LORE_SHARE = 0.25


@dataclass(frozen=True)
class RolePlayPrompt:
    """Instructions, persona, examples, lore and the talk, in this order; the author's own texts where they belong.

    `greeting` is the opening line used when the talk begins with the user (None: none). `style` is that of
    `render`, `lore_profile` that of the lorebook engine, `max_tokens` the room for the prompt where the model does
    not tell (None: no limit), `examples` and `lore` switch these parts off.
    """

    greeting: int | None = 0
    style: Style = "second_person"
    lore_profile: Profile = "spec"
    max_tokens: int | None = None
    examples: bool = True
    lore: bool = True

    def __call__(
        self,
        persona: Persona,
        recalled: Recalled,
        *,
        user: str,
        seed: int,
        count_tokens: Callable[[str], int],
        max_tokens: int | None,
    ) -> Prompted:
        """The prompt for the next turn. Raises ContextOverflow when the persona alone does not fit."""
        count = functools.cache(count_tokens)
        room = max_tokens if self.max_tokens is None else min(self.max_tokens, max_tokens or self.max_tokens)
        history = self._history(persona, recalled, user, seed)
        lore = self._scan(persona, history, user=user, seed=seed, count_tokens=count, room=room)
        draft = self._draft(persona, recalled, history, lore, user=user, seed=seed)
        draft, pruned = fitted(draft, count, room)
        if recalled.forgotten:
            pruned = (f"{recalled.forgotten} × message beyond the memory's window", *pruned)
        return Prompted(
            messages=draft.messages(),
            sections=draft.sections(count),
            lore=lore,
            stop=(f"\n{user}:",),
            pruned=pruned,
            tokens=draft.cost(count),
            recollections=recalled.recollections,
        )

    def _history(self, persona: Persona, recalled: Recalled, user: str, seed: int) -> tuple[Message, ...]:
        messages = _with_speakers(recalled.conversation.messages, user)
        begins = not recalled.forgotten and (not messages or messages[0].role == "user")
        if begins and self.greeting is not None and persona.greetings:
            return (opening(persona, self.greeting, user=user, seed=seed), *messages)
        return messages

    def _scan(
        self,
        persona: Persona,
        history: tuple[Message, ...],
        *,
        user: str,
        seed: int,
        count_tokens: Callable[[str], int],
        room: int | None,
    ) -> Activation:
        book = persona.lorebook
        if book is None or not self.lore:
            return Activation()
        budget = book.token_budget if book.token_budget is not None or room is None else int(room * LORE_SHARE)
        options = {
            "count_tokens": count_tokens,
            "char": called(persona),
            "user": user,
            "seed": seed,
            "budget": budget,
            "profile": self.lore_profile,
            "greeting": self.greeting if persona.greetings else None,
        }
        return scan(book, history, **options, state=replay(book, history, **options))  # type: ignore[arg-type]

    def _draft(
        self,
        persona: Persona,
        recalled: Recalled,
        history: tuple[Message, ...],
        lore: Activation,
        *,
        user: str,
        seed: int,
    ) -> Draft:
        char, author = called(persona), persona.prompting
        macros = Macros(char, user, random.Random(seed), seed)
        ours = instructions(char, user, persona.language)
        system = dataclasses.replace(macros, names={"original": ours})(author.system) if author.system else ours
        stable, now = _told(persona, self.style)
        examples = [macros(example_text(example, char, user)) for example in persona.examples] if self.examples else []
        depth = macros(author.depth) if author.depth else ""
        closing = (
            dataclasses.replace(macros, names={"original": ""})(author.post_history) if author.post_history else ""
        )
        return Draft(
            char=char,
            instructions="" if "system_prompt" in lore.disabled_prompts else system.strip(),
            persona=macros(stable).strip(),
            state=macros(now).strip(),
            examples=tuple(example for example in examples if example.strip()),
            facts=facts_text(recalled.facts, char),
            lore=lore.insertions,
            author=(Deep("author's note at depth", depth, author.depth_at, author.depth_role),) if depth else (),
            history=history,
            closing="" if "post_history_instructions" in lore.disabled_prompts else closing.strip(),
        )


def called(persona: Persona) -> str:
    """What `{{char}}` stands for: the nickname if there is one."""
    return persona.identity.nickname or persona.name


def opening(persona: Persona, greeting: int = 0, *, user: str, seed: int = 0) -> Message:
    """One of the persona's greetings as its first message, macros replaced. Raises UsageError if it does not exist."""
    if not 0 <= greeting < len(persona.greetings):
        have = f"0 to {len(persona.greetings) - 1}" if persona.greetings else "none"
        raise UsageError(f"there is no greeting {greeting!r}; {persona.name!r} has {have}")
    macros = Macros(called(persona), user, random.Random(seed), seed)
    return Message("assistant", macros(persona.greetings[greeting]), name=persona.name)


def _told(persona: Persona, style: Style) -> tuple[str, str]:
    """The persona as text, and what of it moves during a story, which is read last."""
    told = render(persona, style)
    if persona.state == State():
        return told, ""
    stable = render(persona.model_copy(update={"state": State()}), style)
    return (stable, told[len(stable) :]) if told.startswith(stable) else (told, "")


def _with_speakers(messages: Sequence[Message], user: str) -> tuple[Message, ...]:
    """Where several others speak, their lines begin with their names."""
    names = {message.name or user for message in messages if message.role == "user"}
    if len(names) < 2:
        return tuple(messages)
    return tuple(
        dataclasses.replace(message, content=f"{message.name or user}: {message.content}")
        if message.role == "user"
        else message
        for message in messages
    )
