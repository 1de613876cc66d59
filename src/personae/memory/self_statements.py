"""Which clauses of a turn say something lasting of the one who said it: what the two-sided memory is written from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from personae.files import bundled
from personae.memory.facts import Fact
from personae.memory.profile.extraction import clauses, source_of
from personae.memory.profile.guard import refusal
from personae.memory.turns import Turn
from personae.persona.convert import ensure_stop

#: A clause of fewer words says too little, one of more is no statement.
SHORTEST, LONGEST = 3, 40


def self_statements(text: str) -> tuple[str, ...]:
    """The clauses of an English text that say something lasting of the speaker, in order.

    Questions, suppositions, quotations, orders and small talk are left out.

    >>> self_statements("Hi! I'm a nurse, and my brother lives in Lyon. I'm fine, thanks. Do you swim?")
    ("I'm a nurse", 'my brother lives in Lyon')
    """
    return tuple(clause for clause in clauses(text) if not refusal(clause) and _lasting(clause))


def facts_in(turns: Iterable[Turn]) -> tuple[Fact, ...]:
    """The self-statements of turns as facts with their turn as source; of what was said alone.

    >>> from personae.memory.turns import Scope
    >>> told = Turn("D1:1", Scope("keeper", "ines", "a"), "1", "Ines", "I keep bees.", "2026-03-01")
    >>> [(fact.id, fact.text, fact.sources) for fact in facts_in([told])]
    [('a/D1:1#1', 'I keep bees.', ('a/D1:1',))]
    """
    return tuple(
        Fact(f"{source_of(turn)}#{number}", ensure_stop(text), "extracted", (source_of(turn),), (turn.text,), turn.at)
        for turn in turns
        if turn.origin == "said"
        for number, text in enumerate(self_statements(turn.text), 1)
    )


def _lasting(clause: str) -> bool:
    about, small = _patterns()
    words = len(clause.split())
    return SHORTEST <= words <= LONGEST and about.match(clause) is not None and not small.fullmatch(clause)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    texts: Any = bundled(__package__, "texts/self_statements.en.yaml")
    small = "|".join(f"(?:{''.join(pattern)})" for pattern in texts["small_talk"])
    return re.compile(texts["about_oneself"], re.IGNORECASE), re.compile(small, re.IGNORECASE)
