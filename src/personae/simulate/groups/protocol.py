"""Onboarding, discussion, reflection: how one member is asked, and how one group talks.

The protocol is that of Persona Inconstancy in Multi-Agent LLM Collaboration (2024); the wording is ours.
"""

from __future__ import annotations

import asyncio
import dataclasses
import random
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeVar

from personae.agent import Agent
from personae.errors import ContextOverflow, UsageError
from personae.judges.asking import Answer, ask, filled
from personae.judges.verdicts import Problem
from personae.simulate.groups.answers import letter_schema, read_letter, read_turn, turn_schema
from personae.simulate.groups.members import Member
from personae.simulate.groups.question import Question
from personae.simulate.groups.talk import GroupTalk, Opinion
from personae.simulate.groups.texts import texts
from personae.simulate.scenes.view import alternating, listed
from personae.types import Conversation, Message, Model, Settings

Wording = Literal["collaborate", "debate"]
WORDINGS: tuple[Wording, ...] = ("collaborate", "debate")

#: Tokens of a private answer; and of a turn, per word.
ANSWER_TOKENS, TOKENS_PER_WORD = 24, 3

_A = TypeVar("_A")


@dataclass(frozen=True, slots=True)
class Staging:
    """How groups talk. rounds: most messages of a discussion (15 in the source). wording: "collaborate" or "debate".

    words: longest message. until_agreed: end a discussion once every member has spoken and all hold one opinion.
    settings: how members speak; each call has a seed of its own, made from `seed`.
    """

    rounds: int = 15
    wording: Wording = "collaborate"
    words: int = 40
    until_agreed: bool = True
    seed: int = 0
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        if self.wording not in WORDINGS:
            raise UsageError(f"no wording is called {self.wording!r}; choose one of {', '.join(WORDINGS)}")
        if self.rounds < 1 or self.words < 1:
            raise UsageError(f"{self.rounds!r} rounds of {self.words!r} words are no talk; give 1 or more of each")


async def onboard(member: Member, question: Question, model: Model, staging: Staging) -> Opinion:
    """What a member thinks before it has met anybody."""
    return await _Table(question, model, staging).onboarding(member)


async def discuss(
    members: Sequence[Member],
    onboarding: Mapping[str, str],
    question: Question,
    model: Model,
    staging: Staging,
    *,
    id: str = "",
    on_said: Callable[[Opinion], None] | None = None,
) -> GroupTalk:
    """One group: the discussion, in turns from a chance initiator on, and everybody's reflection.

    onboarding: the letter each member gave. A turn that gave no opinion is counted and heard by nobody. Raises the
    `ModelError`s that would meet every call.
    """
    names = [member.name for member in members]
    if set(names) != set(onboarding) or len(names) < 2:
        raise UsageError(f"{len(names)} members, first answers of {sorted(onboarding)!r}; give each of 2 or more one")
    table = _Table(question, model, staging, id, {name: onboarding[name] for name in names})
    first = random.Random(table.seed(*names)).randrange(len(members))
    ring = [*members[first:], *members[:first]]
    said: list[Opinion] = []
    for number in range(staging.rounds):
        said.append(await table.turn(ring[number % len(ring)], said))
        if on_said:
            on_said(said[-1])
        if staging.until_agreed and _agreed(said, len(members)):
            break
    reflection = await asyncio.gather(*(table.reflection(member, said) for member in members))
    identities = {member.name: member.identity for member in members}
    return GroupTalk(
        question.id, identities, table.before, tuple(said), tuple(reflection), staging.wording, id, ring[0].name
    )


@dataclass(frozen=True)
class _Table:
    """Where one group asks its members; `before` is what each of them answered in private."""

    question: Question
    model: Model
    staging: Staging
    id: str = ""
    before: dict[str, str] = field(default_factory=dict)

    async def onboarding(self, member: Member) -> Opinion:
        return await self._letter(
            member, Conversation((Message("user", self._private("onboarding", member)),)), "before"
        )

    async def turn(self, member: Member, said: Sequence[Opinion]) -> Opinion:
        example = '{"opinion": "' + self.question.letters[-1] + '", "message": "…"}'
        fields = {"name": member.name, "words": str(self.staging.words), "example": example}
        request = f"{self._seat(member)}\n\n{filled(_say(member)['turn'].strip(), fields)}"
        read = partial(read_turn, letters=self.question.letters)
        schema = turn_schema(self.question.letters, self.staging.words)
        room = ANSWER_TOKENS + TOKENS_PER_WORD * self.staging.words
        answer = await self._asked(member, _heard(member, said, request), str(len(said)), room, schema, read)
        letter, text = answer.value or (None, "")
        return Opinion(member.name, letter, answer.reason or "answered", text, answer.outcomes[:-1])

    async def reflection(self, member: Member, said: Sequence[Opinion]) -> Opinion:
        return await self._letter(member, _heard(member, said, self._private("reflection", member)), "after")

    def seed(self, *where: str) -> int:
        """A seed for this place of this group."""
        return zlib.crc32("\x1f".join([str(self.staging.seed), self.question.id, self.id, *where]).encode())

    async def _letter(self, member: Member, talk: Conversation, place: str) -> Opinion:
        letters = self.question.letters
        read = partial(read_letter, letters=letters)
        answer = await self._asked(member, talk, place, ANSWER_TOKENS, letter_schema(letters), read)
        return Opinion(member.name, answer.value, answer.reason or "answered", again=answer.outcomes[:-1])

    async def _asked(
        self,
        member: Member,
        talk: Conversation,
        place: str,
        room: int,
        schema: str,
        read: Callable[[str], _A | Problem],
    ) -> Answer[_A]:
        seed = self.seed(place, member.name)
        settings = dataclasses.replace(self.staging.settings, max_tokens=room, seed=seed, json_schema=schema)
        persona = member.persona.model_copy(update={"scenario": "", "greetings": ()})
        agent = Agent(persona, self.model, settings=settings, seed=self.staging.seed, user=_say(member)["company"])
        try:
            prompted = await agent.prompted(talk)
        except ContextOverflow as error:
            return Answer(None, "failed", str(error), outcomes=("failed",))
        return await ask(self.model, prompted.messages, settings, read)

    def _seat(self, member: Member) -> str:
        """What a member is told before each of its turns: who is there, the question, its first answer, and how."""
        say, letter = _say(member), self.before[member.name]
        own = f"{letter}. {self.question.options[self.question.letters.index(letter)]}"
        others = listed([name for name in self.before if name != member.name])
        seat = filled(say["seat"].strip(), {"others": others, "own": own, "question": self.question.shown})
        return f"{seat}\n\n{say[self.staging.wording].strip()}"

    def _private(self, use: str, member: Member) -> str:
        example = '{"answer": "' + self.question.letters[-1] + '"}'
        return filled(_say(member)[use].strip(), {"question": self.question.shown, "example": example})


def _heard(member: Member, said: Sequence[Opinion], request: str) -> Conversation:
    """The talk as the member knows it, opinions unseen, and at its end what is asked of the member."""
    messages = [Message("user", one.text, name=one.member) for one in said if one.text]
    talk = alternating(messages, member.name, opening=_say(member)["opening"].strip(), silence="…")
    last = talk[-1]
    return Conversation((*talk.messages[:-1], dataclasses.replace(last, content=f"{last.content}\n\n{request}")))


def _say(member: Member) -> Mapping[str, str]:
    found: Mapping[str, str] = texts("groups", member.persona.language)
    return found


def _agreed(said: Sequence[Opinion], size: int) -> bool:
    last = said[-size:]
    return (
        len({one.member for one in last}) == size
        and len({one.letter or one.outcome for one in last}) == 1
        and (last[0].letter is not None)
    )
