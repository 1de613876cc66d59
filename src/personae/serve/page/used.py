"""What a reply was made of, as plain rows: statements it touches, lore, memories, sections of the prompt, the price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain

from personae.agent import Turn
from personae.measure.interaction.word_categories import categories
from personae.memory.retrieval.words import terms
from personae.persona.persona import Persona
from personae.serve.page.bits import counted

#: How a reply ended, in words.
ENDS = {"answered": "by itself", "truncated": "cut off at its length"}


@dataclass(frozen=True, slots=True)
class Used:
    """Something in the prompt, and why it was there. `shares` are signals of a search, summing to 1; `sources` names
    the turns it comes from."""

    text: str
    why: str
    where: str = ""
    shares: Mapping[str, float] | None = None
    sources: str = ""


def statements(persona: Persona, turn: Turn) -> tuple[Used, ...]:
    """The persona's statements that share a word with the reply, or with the line it answers; all of them were read.

    Most shared words first.
    """
    asked = next((message.content for message in reversed(turn.prompt.messages) if message.role == "user"), "")
    reply, line = set(terms(turn.message.content)) - _said_by_all(), set(terms(asked)) - _said_by_all()
    found = []
    for statement in persona.statements:
        own = set(terms(statement.text))
        in_reply, in_line = own & reply, (own & line) - reply
        if in_reply or in_line:
            parts = [("reply", in_reply), ("your line", in_line)]
            why = "; ".join(f"{', '.join(sorted(shared))} in the {place}" for place, shared in parts if shared)
            why = why.replace("in the your", "in your")
            found.append((2 * len(in_reply) + len(in_line), Used(statement.text, why, statement.kind)))
    return tuple(used for _, used in sorted(found, key=lambda pair: -pair[0]))


@cache
def _said_by_all() -> frozenset[str]:
    """Words that tell of nothing: "and", "am", "but"."""
    return frozenset(terms(" ".join(chain.from_iterable(categories().values()))))


def lore(turn: Turn) -> tuple[Used, ...]:
    """Entries of the lorebook that fired."""
    found = []
    for one in turn.prompt.lore.trace:
        if one.fired:
            key = f" “{one.key}”" if one.key else ""
            source = f", message {one.message + 1}" if one.message is not None else ""
            source += f", woken by entry {one.woken_by + 1}" if one.woken_by is not None else ""
            found.append(Used(one.label, f"{one.reason}{key}{source}", counted(one.tokens, "token")))
    return tuple(found)


def memories(turn: Turn) -> tuple[Used, ...]:
    """Beliefs and turns of earlier talks."""
    return tuple(
        Used(
            one.text,
            "" if one.why else "always in mind",
            ", ".join(filter(None, (f"from {counted(len(one.sources), 'turn')}", (one.at or "")[:10]))),
            {signal: share for signal, share in one.why.items() if share >= 0.005} or None,
            ", ".join(one.sources),
        )
        for one in turn.prompt.recollections
    )


def price(turn: Turn) -> tuple[tuple[str, str], ...]:
    """What the reply cost, in words."""
    usage = turn.completion.usage
    read = usage.prompt_tokens or turn.prompt.tokens
    reused = f" ({usage.cached_tokens} of them reused)" if usage.cached_tokens else ""
    return (
        ("read", counted(read, "token") + reused),
        ("written", counted(usage.completion_tokens, "token")),
        ("took", f"{usage.seconds:.2f} s"),
        ("ended", ENDS.get(turn.completion.outcome, turn.completion.outcome)),
    )
