"""A persona's statements, and facts that probably hold as well: proposed by one of several means, then sifted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from personae.errors import UsageError
from personae.persona.expansion.facts import SLOTS, Dropped, Propose, Slot
from personae.persona.expansion.sifting import sift
from personae.persona.own import own_statements
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.types import Embedder, PairScorer

#: Only these are built upon: what follows from what followed drifts away (depth 1).
_FIRM = ("given", "extracted")


@dataclass(frozen=True)
class Expansion:
    """What was found.

    kept:     new statements of origin "expanded", `slot` their relation, `source` the statement they came from
    dropped:  proposals that contradict or repeat something, each with the sentence and the number
    missing:  calls and statements that gave nothing, by outcome
    """

    kept: tuple[Statement, ...]
    dropped: tuple[Dropped, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def filled(self) -> dict[Slot, int]:
        """How many facts each of the five slots got."""
        counts = Counter(statement.slot for statement in self.kept)
        return {slot: counts[slot] for slot in SLOTS}

    def added_to(self, persona: Persona) -> Persona:
        """The persona with the new statements after its own."""
        return persona.edited(statements=(*persona.statements, *self.kept))


async def expand(
    persona: Persona,
    propose: Propose,
    scorer: PairScorer,
    embedder: Embedder | None = None,
    *,
    per_slot: int = 5,
    only: Sequence[str] | None = None,
    contradiction: float = 0.5,
    same: float = 0.9,
) -> Expansion:
    """Up to `per_slot` facts in each of the five relation slots (PeaCoK, 2023), checked by `sift`.

    propose:  `AskedFacts(model)`, `GrammarFacts()` or `GraphFacts(graph)`
    only:     ids of the statements to build on; all given and extracted ones about the persona itself if None

    Statements in the third person are read in the first. Statements of origin "expanded" or "invented" are never built
    on. Raises UsageError for one named in `only`, for an id that is not there, for a persona with nothing to build on,
    and where `propose` writes another language than the persona's.

    >>> from personae.models.pairs.scripted import ScriptedPairs
    >>> from personae.persona.expansion.grammar import GrammarFacts
    >>> ana = Persona(name="Ana", statements=[{"id": "tea", "text": "I love green tea.", "kind": "food"}])
    >>> found = asyncio.run(expand(ana, GrammarFacts(), ScriptedPairs(), per_slot=1))
    >>> found.filled["goal"], found.kept[0].origin, found.kept[0].source.section
    (1, 'expanded', 'statements.tea')
    """
    if persona.language.partition("-")[0] != propose.language:
        raise UsageError(
            f"{persona.name!r} speaks {persona.language!r}, but {type(propose).__name__} writes {propose.language!r}; "
            "give another `propose`"
        )
    own = own_statements(persona)
    sources = _sources(persona, own, only)
    proposals = await asyncio.gather(*(propose(statement) for statement in sources))
    kept, dropped = await sift(
        [fact for proposed in proposals for fact in proposed.facts],
        [statement.text for statement in own],
        scorer,
        embedder,
        per_slot=per_slot,
        filled={slot: sum(s.origin == "expanded" and s.slot == slot for s in persona.statements) for slot in SLOTS},
        contradiction=contradiction,
        same=same,
    )
    missing: Counter[str] = Counter()
    for proposed in proposals:
        missing.update(proposed.missing)
    by_id = {statement.id: statement for statement in persona.statements}
    drawn = (replace(fact, source=by_id[fact.source.id]).statement() for fact in kept)
    new = tuple(statement for statement in drawn if statement.id not in by_id)
    return Expansion(new, dropped, missing)


def _sources(persona: Persona, own: Sequence[Statement], only: Sequence[str] | None) -> list[Statement]:
    if only is None:
        found = [statement for statement in own if statement.origin in _FIRM]
        if not found:
            raise UsageError(f"{persona.name!r} has no given statement about itself to build on; add some first")
        return found
    by_id = {statement.id: statement for statement in own}
    for name in only:
        if name not in by_id:
            ids = ", ".join(by_id) or "none"
            raise UsageError(f"{persona.name!r} has no statement {name!r} about itself; the ids are {ids}")
        if by_id[name].origin not in _FIRM:
            raise UsageError(
                f"statement {name!r} is itself {by_id[name].origin}; only given and extracted statements are built on"
            )
    return [by_id[name] for name in only]
