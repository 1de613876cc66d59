"""Two diarists talk: nine turns, at most twenty words each. [Beyond Discrete Personas 2025; the wording is ours]"""

from __future__ import annotations

import dataclasses
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from personae.agent import Agent
from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.judges.asking import filled
from personae.models.scoring import looks_refused
from personae.persona.persona import Persona
from personae.simulate.journals.texts import texts
from personae.simulate.scenes.view import alternating
from personae.simulate.trait_talks.talk import TOKENS_PER_WORD, Line
from personae.types import Conversation, Message, Model, Outcome, Settings

TURNS, WORDS = 9, 20

_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)")


@dataclass(frozen=True)
class JournalTalk:
    """A talk, or how much of it there is: `outcome` tells how the turn that ended it went ("answered": it is whole)."""

    names: tuple[str, str]
    lines: tuple[Line, ...]
    outcome: Outcome = "answered"


async def journal_talk(
    sides: tuple[Persona, Persona],
    model: Model,
    *,
    turns: int = TURNS,
    words: int = WORDS,
    settings: Settings | None = None,
    seed: int = 0,
) -> JournalTalk:
    """Turn by turn, the first side beginning. A longer turn is cut after its last whole sentence within `words`, or
    after so many words, and marked; one that is refused, empty or failed ends the talk.

    Raises UsageError for no turns or two sides of one name, and the `ModelError`s that meet every call.
    """
    names = (sides[0].name, sides[1].name)
    if min(turns, words) < 1 or names[0] == names[1]:
        raise UsageError(f"{turns!r} turns of {words!r} words by {names!r}; give one or more, and two different names")
    lines: list[Line] = []
    room = settings or Settings()
    for number in range(turns):
        me, other = sides[number % 2], sides[1 - number % 2]
        own = zlib.crc32(f"{seed}\x1f{number}".encode())
        own_settings = dataclasses.replace(room, max_tokens=max(8, words * TOKENS_PER_WORD), seed=own)
        try:
            turn = await _agent(me, other, words, model, own_settings).reply(_seen(me, lines))
        except (BadResponse, ContextOverflow):
            return JournalTalk(names, tuple(lines), "failed")
        said, outcome = " ".join(turn.message.content.split()), turn.completion.outcome
        if outcome == "refused" or looks_refused(said):
            return JournalTalk(names, tuple(lines), "refused")
        if not said:
            return JournalTalk(names, tuple(lines), "empty")
        short = within(said, words)
        lines.append(Line(me.name, short, short != said or outcome == "truncated"))
    return JournalTalk(names, tuple(lines))


def within(text: str, words: int) -> str:
    """The text, or its whole sentences of at most so many words together, or its first words.

    >>> within("I sail. I also mend nets for the harbour.", 4), within("I mend nets for the harbour.", 3)
    ('I sail.', 'I mend nets')
    """
    split = text.split()
    if len(split) <= words:
        return text
    cut = " ".join(split[:words])
    ends = [found.end() for found in _SENTENCE_END.finditer(cut)]
    return cut[: ends[-1]] if ends else cut


def _agent(me: Persona, other: Persona, words: int, model: Model, settings: Settings) -> Agent:
    say = texts("talk", me.language)
    told = filled(say["speaker"].strip(), {"name": me.name, "other": other.name, "words": str(words)})
    persona = me.model_copy(update={"prompting": me.prompting.model_copy(update={"system": told}), "greetings": ()})
    stops = (*settings.stop, f"\n{other.name}:")
    return Agent(persona, model, settings=dataclasses.replace(settings, stop=stops), user=other.name)


def _seen(me: Persona, lines: Sequence[Line]) -> Conversation:
    say = texts("talk", me.language)
    messages = [Message("user", line.text, name=line.speaker) for line in lines]
    return alternating(messages, me.name, opening=say["opening"].strip(), silence=say["silence"].strip())
