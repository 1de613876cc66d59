"""Two roles with assigned poles talk about a topic. The method is PsyPlay's (2025); the wording is ours."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from personae.agent import Agent
from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.judges.asking import filled
from personae.models.scoring import looks_refused
from personae.persona.parts import Personality
from personae.persona.persona import Persona
from personae.simulate.scenes.view import alternating
from personae.simulate.trait_talks.poles import Pole
from personae.simulate.trait_talks.texts import texts
from personae.types import Conversation, Message, Model, Outcome, Settings

TOKENS_PER_WORD = 2


@dataclass(frozen=True)
class Side:
    """Somebody with an assigned pole. What the persona says of its own personality is left out of the talk."""

    persona: Persona
    pole: Pole

    @property
    def name(self) -> str:
        """The persona's name."""
        return self.persona.name


@dataclass(frozen=True, slots=True)
class Line:
    """A turn; `cut` where the limit ended it."""

    speaker: str
    text: str
    cut: bool = False


@dataclass(frozen=True)
class TraitTalk:
    """A talk, or how much of it there is: `outcome` tells how the turn that ended it went ("answered": it is whole)."""

    id: str
    topic: str
    sides: tuple[Side, Side]
    lines: tuple[Line, ...]
    outcome: Outcome = "answered"

    def said_by(self, name: str) -> tuple[str, ...]:
        """One side's turns."""
        return tuple(line.text for line in self.lines if line.speaker == name)


async def talk(
    id: str,
    sides: tuple[Side, Side],
    topic: str,
    model: Model,
    *,
    turns: int = 8,
    words: int = 40,
    settings: Settings | None = None,
    seed: int = 0,
) -> TraitTalk:
    """Turn by turn, the first side beginning. A turn that is refused, empty or failed ends the talk.

    Raises UsageError for fewer than two turns or two sides of one name, and the `ModelError`s that meet every call.
    """
    if turns < 2 or words < 1 or sides[0].name == sides[1].name:
        names = [side.name for side in sides]
        raise UsageError(f"{turns!r} turns of {words!r} words by {names!r}; give 2 turns or more and two names")
    lines: list[Line] = []
    room = settings or Settings()
    for number in range(turns):
        me, other = sides[number % 2], sides[1 - number % 2]
        own = zlib.crc32(f"{seed}\x1f{id}\x1f{number}".encode())
        own_settings = dataclasses.replace(room, max_tokens=max(4, words * TOKENS_PER_WORD), seed=own)
        agent = _agent(me, other, topic, words, model, own_settings)
        try:
            turn = await agent.reply(_seen(me, other, topic, lines))
        except (BadResponse, ContextOverflow):
            return TraitTalk(id, topic, sides, tuple(lines), "failed")
        text, outcome = " ".join(turn.message.content.split()), turn.completion.outcome
        if not text or outcome in ("refused", "empty"):
            return TraitTalk(id, topic, sides, tuple(lines), outcome if outcome == "refused" else "empty")
        if looks_refused(text):
            return TraitTalk(id, topic, sides, tuple(lines), "refused")
        lines.append(Line(me.name, text, outcome == "truncated"))
    return TraitTalk(id, topic, sides, tuple(lines))


def _agent(me: Side, other: Side, topic: str, words: int, model: Model, settings: Settings) -> Agent:
    say = texts("prompts", me.persona.language)
    fields = {
        "name": me.name,
        "other": other.name,
        "topic": topic,
        "words": str(words),
        "shows": me.pole.shows,
        "pole": me.pole.name,
    }
    prompting = me.persona.prompting.model_copy(update={"system": filled(say["speaker"].strip(), fields)})
    bare = {"prompting": prompting, "scenario": "", "greetings": (), "personality": Personality()}
    kept = tuple(one for one in me.persona.statements if one.kind != "personality")
    persona = me.persona.model_copy(update={**bare, "statements": kept})
    stops = (*settings.stop, f"\n{other.name}:")
    return Agent(persona, model, settings=dataclasses.replace(settings, stop=stops), user=other.name)


def _seen(me: Side, other: Side, topic: str, lines: Sequence[Line]) -> Conversation:
    say = texts("prompts", me.persona.language)
    messages = [Message("user", line.text, name=line.speaker) for line in lines]
    opening = filled(say["opening"].strip(), {"topic": topic, "other": other.name})
    return alternating(messages, me.name, opening=opening, silence=say["silence"].strip())
