"""The agent: a persona, a model, and how they make one turn together."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass, field

from personae.agent.decoding import Sample
from personae.agent.prompting import RolePlayPrompt, fitting
from personae.agent.roles import Adapt, Decode, OnText, Prompt, Prompted, Refine, Turn
from personae.memory import Memory, Window
from personae.persona.persona import Persona
from personae.types import Conversation, Message, Model, Settings


@dataclass(frozen=True)
class Agent:
    """A persona that answers. It holds no talk of its own: the conversation comes in, a turn comes out.

    `user` is what the persona calls its partner; `seed` steers chance in macros and lore, `settings.seed` the model's.

    >>> import asyncio
    >>> from personae.models.scripted import Scripted
    >>> ana = Agent(Persona(name="Ana"), Scripted(["Third shelf, on the left."]))
    >>> turn = asyncio.run(ana.reply(Conversation() + Message("user", "Where are the maps?")))
    >>> turn.message.name, turn.message.content
    ('Ana', 'Third shelf, on the left.')
    """

    persona: Persona
    model: Model
    memory: Memory = field(default_factory=Window)
    prompt: Prompt = field(default_factory=RolePlayPrompt)
    decode: Decode = field(default_factory=Sample)
    refine: Refine | None = None
    adapt: Adapt | None = None
    settings: Settings = field(default_factory=Settings)
    user: str = "User"
    seed: int = 0

    async def reply(self, conversation: Conversation, on_text: OnText | None = None) -> Turn:
        """The persona's next turn; `on_text` hears it as it is spoken. Raises a `ModelError` if none could be had."""
        persona, prompted = await self._prepare(conversation)
        settings = dataclasses.replace(self.settings, stop=(*self.settings.stop, *prompted.stop))
        decoded = await self.decode(self.model, prompted, settings, persona=persona, on_text=on_text)
        completion = decoded.completion
        if self.refine is not None:
            completion = await self.refine(self.model, completion, prompted, settings, persona=persona)
        message = Message("assistant", spoken(completion.text, persona.name), name=persona.name)
        await self.memory.keep(message)
        return Turn(message, completion, prompted, decoded.candidates, decoded.note)

    async def prompted(self, conversation: Conversation) -> Prompted:
        """What the model would read now, without asking it."""
        return (await self._prepare(conversation))[1]

    async def _prepare(self, conversation: Conversation) -> tuple[Persona, Prompted]:
        persona = self.persona if self.adapt is None else await self.adapt(self.persona, conversation)
        recalled = await self.memory.recall(conversation)
        build = functools.partial(self.prompt, persona, recalled, user=self.user, seed=self.seed)
        return persona, await fitting(self.model, build, answer_tokens=self.settings.max_tokens)


def spoken(text: str, name: str) -> str:
    """What was said, without the speaker's label some models put in front.

    >>> spoken("Ana: Third shelf. ", "Ana")
    'Third shelf.'
    """
    return text.strip().removeprefix(f"{name}:").strip()
