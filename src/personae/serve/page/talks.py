"""A talk of one visitor with one persona: its lines, the reply in the making, and what is kept of both."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import logging
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from personae.agent import Agent, Turn
from personae.agent.prompting import called, opening
from personae.errors import PersonaeError
from personae.memory.long_term import LongTerm, forget
from personae.memory.long_term.memory import now
from personae.memory.turns import Scope, mended
from personae.persona.persona import Persona
from personae.serve.api import DROPPED, Door
from personae.serve.errors import Refused, refused
from personae.serve.keys import payer
from personae.serve.requests import MAX_CHARACTERS
from personae.serve.streaming import streamed
from personae.serve.threads import Threads, new_name
from personae.types import Conversation, Message

log = logging.getLogger(__name__)

#: Talks that are listed.
MOST_LISTED = 100


@dataclass(frozen=True)
class Line:
    """One message, with the turn behind it where it was made here. `stopped`: it was cut off by its hearer."""

    message: Message
    turn: Turn | None = None
    stopped: bool = False


class Talk:
    """Lines, and at most one reply in the making; `stamp` grows with every change that is to be shown.

    A reply goes on when nobody looks: it belongs to the talk, not to a window. `draft` is a line that was taken back,
    for the writer to change; `problem` says why.
    """

    def __init__(self, door: Door, model: str, owner: str, user: str, name: str | None = None) -> None:
        self.door, self.model, self.owner, self.user = door, model, owner, user
        self.name = name or new_name(now())
        self.lines: list[Line] = []
        self.heard = ""
        self.draft = ""
        self.problem = ""
        self.stamp = 0
        self.kept: dict[str, Any] = {}  # of replies that were scored, by their text (see `curves`)
        self._retries = 0
        self._turns = 0  # that were kept before the reply in the making
        self._task: asyncio.Task[None] | None = None
        self._greet()

    @property
    def persona(self) -> Persona:
        """Who it is with."""
        return self._agent.persona

    @property
    def persona_name(self) -> str:
        """Who speaks here."""
        return called(self._agent.persona)

    @property
    def title(self) -> str:
        """Its first words; "" before the first."""
        return next((_title(line.message.content) for line in self.lines if line.message.role == "user"), "")

    @property
    def busy(self) -> bool:
        """Is a reply in the making?"""
        return self._task is not None and not self._task.done()

    def read(self) -> Talk:
        """Read what the store keeps of it; the greeting, which is not kept, stands before. Gives itself back."""
        store = self.door.host.store
        if store is not None:
            turns = [turn for turn in store.turns(self._scope) if turn.origin == "said"]
            if turns and turns[0].speaker == self._agent.persona.name:
                self.lines = []
            for turn in turns:
                role = "assistant" if turn.speaker == self._agent.persona.name else "user"
                self.lines.append(Line(Message(role, turn.text, turn.speaker, turn.at)))  # type: ignore[arg-type]
        return self

    def say(self, text: str) -> None:
        """Say a line; the reply comes by and by. Nothing happens while one is in the making."""
        text = mended(text).strip()
        if self.busy or not text:
            return
        if len(text) > MAX_CHARACTERS:
            self._tell(f"That line has {len(text)} characters; say it in up to {MAX_CHARACTERS}.", draft=text)
            return
        self._retries = 0
        self._begin([*self.lines, Line(Message("user", text, self.user))], self.lines)

    def retry(self) -> None:
        """Ask for another reply to the last line; where none is had, the first one stands."""
        place = self._last_said()
        if not self.busy and place is not None:
            self._retries += 1
            self._begin(self.lines[: place + 1], self.lines)

    async def undo(self) -> None:
        """Take the last line and the reply to it back, out of the memory too; a reply in the making is stopped."""
        self.stop()
        await self.settled()
        place = self._last_said()
        if place is None:
            return
        gone, self.lines = self.lines[place:], self.lines[:place]
        await asyncio.to_thread(self._forget, [line.message.content for line in gone])
        self._tell("", draft=gone[0].message.content)

    def stop(self) -> None:
        """End the reply in the making; what was said stays."""
        if self._task is not None and self.busy:
            self._task.cancel()

    async def settled(self) -> None:
        """When no reply is in the making."""
        if self._task is not None and self.busy:
            await asyncio.wait({self._task})

    def _begin(self, lines: list[Line], before: list[Line]) -> None:
        self.lines, self.heard, self.problem, self.draft = lines, "", "", ""
        self.stamp += 1
        self._task = asyncio.get_running_loop().create_task(self._answer(before))
        self._task.add_done_callback(functools.partial(self._ended, before))

    def _ended(self, before: list[Line], task: asyncio.Task[None]) -> None:
        """Of replies that ended otherwise than `_answer` knows: before they began, or by a mistake of ours."""
        if task.cancelled():
            self._take_back(before, "Stopped before a word was said.")
        elif (error := task.exception()) is not None:
            log.error("while %s answered on the page", self.model, exc_info=error)
            self._take_back(before, "This server made a mistake; its log says which.")

    async def _answer(self, before: list[Line]) -> None:
        again = len(before) >= len(self.lines)
        try:
            if again:
                await asyncio.to_thread(self._make_room, before)
            turn = await self._reply()
            if turn.completion.outcome in ("empty", "refused"):
                told = f"The model gave no answer ({turn.completion.outcome}). Try other words, or ask again."
                self._take_back(before, told)
                return
            self.lines = [*self.lines, Line(turn.message, turn)]
        except asyncio.CancelledError:
            await self._stopped(before, again)
        except Refused as error:
            self._take_back(before, error.message)
        except PersonaeError as error:
            self._take_back(before, refused(error).message)
        except TimeoutError:
            self._take_back(before, "The reply took too long and was given up.")
        finally:
            self.heard = ""
            self.stamp += 1

    async def _reply(self) -> Turn:
        visit = self.door.let_in(self.model, payer(self.owner))
        visit.status = DROPPED
        self._turns = self.door.host.store.count(self._scope) if self.door.host.store is not None else 0
        agent = self._agent
        settings = dataclasses.replace(agent.settings, seed=(agent.settings.seed or 0) + self._retries)
        said = Conversation(tuple(line.message for line in self.lines))
        ask = functools.partial(
            self.door.host.reply, self.model, said, settings, user=self.user, owner=self.owner, talk=self.name
        )
        try:
            async with (
                asyncio.timeout_at(visit.end),
                aclosing(streamed(ask, agent.persona.name, live=agent.refine is None)) as pieces,
            ):
                async for piece in pieces:
                    if isinstance(piece, Turn):
                        visit.turn, visit.status = piece, 200
                    else:
                        self.heard += piece
        finally:
            visit.leave()
        assert visit.turn is not None
        return visit.turn

    async def _stopped(self, before: list[Line], again: bool) -> None:
        said = self.heard.strip()
        if again or not said:
            told = "Stopped; the reply of before stands." if again else "Stopped before a word was said."
            self._take_back(before, told)
            return
        message = Message("assistant", said, self._agent.persona.name)
        self.lines = [*self.lines, Line(await self._keep(message), stopped=True)]

    async def _keep(self, message: Message) -> Message:
        """Keep a reply that was cut off, and the line it answers; where the whole was kept just before, that one."""
        host = self.door.host
        if host.store is not None and host.store.count(self._scope) > self._turns:
            last = next(iter(host.store.turns(self._scope, newest=1)))
            return dataclasses.replace(message, content=last.text)
        if host.store is not None:
            memory = LongTerm(host.store, self._scope, host.embedder, user=self.user, follow=False)
            await memory.recall(Conversation(tuple(line.message for line in self.lines)))
            await memory.keep(message)
        return message

    def _make_room(self, before: list[Line]) -> None:
        """The reply of before gives way to the next. The host sees to that where it knows the talk as it stands."""
        store = self.door.host.store
        if store is None:
            return
        said = Conversation(tuple(line.message for line in self.lines))
        threads = Threads(store, Scope(self._agent.persona.name, self.owner))
        if threads.find(said, self.name).turns is None:
            self._forget([line.message.content for line in before[len(self.lines) - 1 :]])

    def _forget(self, texts: list[str]) -> None:
        """Forget the last turns, where they are these."""
        store = self.door.host.store
        if store is None:
            return
        last = list(store.turns(self._scope, newest=len(texts)))
        if [turn.text for turn in last] == [mended(text) for text in texts]:
            forget(store, self._scope, [turn.id for turn in last], erase=False)

    def _take_back(self, before: list[Line], told: str) -> None:
        draft = self.lines[-1].message.content if len(before) < len(self.lines) else ""
        self.lines = before
        self._tell(told, draft=draft)

    def _tell(self, problem: str, draft: str = "") -> None:
        self.problem, self.draft = problem, draft
        self.stamp += 1

    def _last_said(self) -> int | None:
        said = [place for place, line in enumerate(self.lines) if line.message.role == "user"]
        return said[-1] if said else None

    def _greet(self) -> None:
        agent = self._agent
        if agent.persona.greetings:
            self.lines = [Line(opening(agent.persona, user=self.user, seed=agent.seed))]

    @property
    def _agent(self) -> Agent:
        return self.door.host.agents[self.model]

    @property
    def _scope(self) -> Scope:
        return Scope(self._agent.persona.name, self.owner, self.name)


@dataclass(frozen=True)
class Listed:
    """A talk of before: its name, its first words, and when it was last gone on with."""

    name: str
    title: str
    at: str


def listed(door: Door, model: str, owner: str) -> list[Listed]:
    """The talks of a visitor with a persona that the store keeps, the newest first; of very many the last by name."""
    store = door.host.store
    if store is None:
        return []
    found = []
    for scope in store.scopes(agent=door.host.agents[model].persona.name, user=owner)[-MOST_LISTED:]:
        first, last = next(iter(store.turns(scope)), None), next(iter(store.turns(scope, newest=1)), None)
        if first is not None and last is not None:  # unless it was forgotten just now
            found.append(Listed(scope.conversation or "", _title(first.text), last.at or ""))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _title(text: str) -> str:
    return " ".join(text.split())[:80]
