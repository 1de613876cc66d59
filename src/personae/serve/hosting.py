"""What is served: personas by model name, the model behind them, and the memory they share."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from inspect import isawaitable
from weakref import WeakValueDictionary

from personae.agent import Agent, Turn
from personae.agent.roles import OnText
from personae.errors import UsageError
from personae.memory.long_term import LongTerm
from personae.memory.store import Store
from personae.memory.turns import Scope
from personae.persona.persona import Persona
from personae.serve.threads import Threads
from personae.types import Conversation, Embedder, Model, Settings


def model_name(persona: Persona) -> str:
    """The name a client asks for: the persona's, in small letters and hyphens.

    >>> model_name(Persona(name="Ilse Marten"))
    'ilse-marten'
    """
    plain = "".join(letter if letter.isalnum() else "-" for letter in persona.name.lower())
    return "-".join(filter(None, plain.split("-")))[:80] or "persona"


async def close_models(models: Iterable[Model]) -> None:
    """Close those that hold something, each once."""
    for model in {id(one): one for one in models}.values():
        close = getattr(model, "close", None)
        closed = close() if close is not None else None
        if isawaitable(closed):
            await closed


@dataclass(frozen=True)
class Host:
    """Agents by model name, and one store for what they remember; without a store they remember nothing.

    An agent is a template: each request replaces its settings, its memory and whom it talks to.
    """

    agents: dict[str, Agent]
    store: Store | None = None
    embedder: Embedder | None = None
    _busy: WeakValueDictionary[Scope, asyncio.Lock] = field(default_factory=WeakValueDictionary, repr=False)

    @classmethod
    def of(cls, agents: Iterable[Agent], store: Store | None = None, embedder: Embedder | None = None) -> Host:
        """Raises UsageError for two personas of one name, and where there is none."""
        named: dict[str, Agent] = {}
        for agent in agents:
            name = model_name(agent.persona)
            if name in named:
                raise UsageError(f"two personas would be served as {name!r}; give one of them another name")
            named[name] = agent
        if not named:
            raise UsageError("there is no persona to serve; name at least one")
        if store is not None and embedder is not None:
            store.embedded_by(embedder.name)
        return cls(named, store, embedder)

    async def close_models(self) -> None:
        """Close the models that speak."""
        await close_models(agent.model for agent in self.agents.values())

    async def reply(
        self,
        model: str,
        conversation: Conversation,
        settings: Settings,
        on_text: OnText | None = None,
        *,
        user: str,
        owner: str,
        talk: str | None = None,
    ) -> Turn:
        """The next turn. It is kept before this returns.

        user:  what the persona calls its partner; owner: whose memory it is, never seen by another owner.
        talk:  the name of the conversation; without one it is found by what was answered before (`Threads`).

        Raises what `Agent.reply` raises, and KeyError for a model that is not served.
        """
        agent = dataclasses.replace(self.agents[model], settings=settings, user=user)
        if self.store is None:
            return await agent.reply(conversation, on_text)
        threads = Threads(self.store, Scope(agent.persona.name, owner))
        name = (await asyncio.to_thread(threads.find, conversation, talk)).conversation
        async with self._busy.setdefault(threads.within(name), asyncio.Lock()):
            # one answer after the other in one conversation; what was answered meanwhile is looked at again
            memory = await asyncio.to_thread(self._memory, agent, threads, conversation, name)
            return await dataclasses.replace(agent, memory=memory).reply(conversation, on_text)

    def _memory(self, agent: Agent, threads: Threads, conversation: Conversation, name: str) -> LongTerm:
        assert self.store is not None
        place = threads.find(conversation, name)
        return LongTerm(
            self.store,
            threads.within(name),
            self.embedder,
            user=agent.user,
            follow=False,
            behind=place.turns,
            on_kept=lambda kept: threads.note(conversation + kept[-1], name),
        )
