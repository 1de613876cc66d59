"""Facts without any model: templates by what a statement says, or at least by what it is about. English.

`texts/grammar.en.yaml` holds patterns with the facts that go with them ("I like …" → "I perk up when … comes up"),
and for each kind of statement facts that hold for nearly everybody with one of that kind.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from personae.persona.expansion.facts import SLOTS, Fact, Proposed, texts
from personae.persona.kinds import kind_of
from personae.persona.parts import Statement

#: Patterns are matched against this many characters.
MAX_CHARS = 300
#: What is taken over from a statement ends before these.
_END = re.compile(r"[.;:!?()]|,? (?:and|but|so|because|when|while|since|although|which|who|if|as|that) |, | - ")
MAX_VALUE_WORDS = 6


@dataclass(frozen=True)
class GrammarFacts:
    """Template facts, in an order that `seed` and the statement fix. No model, no network, no chance beyond the seed.

    Facts that take words over from the statement come first. `confidence` is what a template's fact is worth before
    it was compared with what is given.

    >>> import asyncio
    >>> facts = asyncio.run(GrammarFacts()(Statement(id="s1", text="I love old maps."))).facts
    >>> {fact.slot for fact in facts} == set(SLOTS), any("old maps" in fact.text for fact in facts)
    (True, True)
    """

    seed: int = 0
    confidence: float = 0.5
    language: str = field(default="en", init=False)

    async def __call__(self, statement: Statement) -> Proposed:
        """Facts of all five slots."""
        chance = random.Random(f"{self.seed} {statement.text}")
        sources = [*_by_pattern(statement.text), (_by_kind(statement), {})]
        facts = []
        for slot in SLOTS:
            for templates, values in sources:
                written = [template.format(**values) for template in templates[slot]]
                facts += [Fact(text, slot, statement, self.confidence) for text in chance.sample(written, len(written))]
        return Proposed(tuple(facts))


Templates = Mapping[str, Sequence[str]]


def _by_pattern(text: str) -> Iterator[tuple[Templates, Mapping[str, str]]]:
    """The templates of the first pattern that a statement matches, with the words it fills them with."""
    plain = text[:MAX_CHARS].replace("’", "'").replace("'m ", " am ").replace("'ve ", " have ").strip()
    for pattern, templates in _patterns():
        if match := pattern.search(plain):
            values = {name: cleaned(value) for name, value in match.groupdict().items()}
            if all(values.values()):
                yield templates, values
                return


def cleaned(value: str) -> str:
    """What a template may say of a value: its first clause if it is short, else nothing.

    >>> cleaned("Old maps, and tea."), cleaned("the thing my uncle told me of before he left town")
    ('Old maps', '')
    """
    first = _END.split(f"{value.strip()} ")[0].strip(" '\"")
    return first if 0 < len(first.split()) <= MAX_VALUE_WORDS else ""


def _by_kind(statement: Statement) -> Templates:
    kinds: dict[str, Any] = texts("grammar.en")["kinds"]
    kind = statement.kind if statement.kind != "other" else kind_of(statement.text)
    found: Templates | str = kinds.get(kind, "other")
    return kinds[found] if isinstance(found, str) else found


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Templates], ...]:
    return tuple((re.compile(rule["says"], re.IGNORECASE), rule) for rule in texts("grammar.en")["patterns"])
